"""Bounces: whom a mail did not reach, and why. RFC 3464 reports, and the half of real ones that are only prose.

`read_bounces` takes what `content` has read; it gives one `Bounce` a recipient, in the order of the report.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from deskd.model import Bounce
from deskd.parse.bounce_prose import OURS, RETURNED_TO, named_recipients, returned_apart, words_about
from deskd.parse.bounce_reason import find_status
from deskd.parse.bounce_verdict import ADDRESS, judge
from deskd.parse.words import one_line

_MAX_RECIPIENTS = 100
_MAX_PROSE = 50_000  # characters of a report's own words
_FIELD = re.compile(r"^([A-Za-z][A-Za-z-]{2,40})[ \t]*:[ \t]*(.*(?:\n[ \t]+\S.*)*)", re.MULTILINE)
_UNDELIVERED = ("failed", "delayed", "")
_FAILURE = re.compile(
    r"undeliver|not (?:be |been )?deliver|(?:delivery|mail|message)[^\n]{0,60}(?:fail|error|problem|delayed|could not|couldn't|cannot|unable)|unable to deliver|returned (?:mail|to sender)|could not be (?:sent|delivered)|"
    r"(?:permanent|fatal|delivery) (?:fatal )?errors?|did not reach|was not delivered|wasn't able to deliver|couldn't be delivered|trouble delivering|returning (?:message|to sender)|failure notice|non remis|unzustellbar|"
    r"mancata consegna|non (?:è stato possibile|recapitat|consegnat)|no se (?:ha )?(?:podido|pudo) entregar|no entregado|não (?:foi possível|p[ôo]de) (?:ser )?entreg|mensagem não entregue|"
    r"unknown user|user unknown|no such user|errors? (?:while|occurred)|refused|rejected|<<< 5\d\d|transcript of session|mail(?:er)? error|配信|送信",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Report:
    """What a bounce says: the machine-readable reports, the prose, and fields of the mail it returns."""

    statuses: tuple[str, ...]  # bodies of message/delivery-status parts
    prose: str
    subject: str
    failed_recipients: str  # X-Failed-Recipients (Exim, Gmail)
    returned_to: tuple[str, ...]  # To of the mail it returns
    own: frozenset[str]  # addresses that are no recipients: ours, the reporter's; lower case


_EMBEDDED = re.compile(
    r"^(?:final|original)-recipient:", re.IGNORECASE | re.MULTILINE
)  # a report whose multipart was broken on the way


def sounds_like_failure(text: str) -> bool:
    """The words of a mail system that could not deliver."""
    return bool(_FAILURE.search(text[:4000]))


def notification(prose: str) -> dict[str, object] | None:
    """A notice as cloud mailers post it: JSON with a `notificationType` (Amazon SES over SNS)."""
    start = prose.find("{")
    if start < 0 or start > 200 or "notificationType" not in prose[:200_000]:
        return None
    try:
        found, _ = json.JSONDecoder(strict=False).raw_decode(prose[start : start + 200_000])
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def read_bounces(report: Report) -> tuple[Bounce, ...]:
    """One for each recipient not reached. Empty when the report names none, or says all was delivered."""
    posted = notification(report.prose)
    if posted is not None:
        return _from_notification(posted)
    prose = returned_apart(report.prose[:_MAX_PROSE])[0]
    found = [bounce for status in report.statuses for bounce in _from_status(status, prose)]
    found = found[:_MAX_RECIPIENTS]
    if not found and _EMBEDDED.search(report.prose):
        found = _from_status(report.prose, prose)
    if not found:
        found = _from_prose(prose, report)
    return tuple({bounce.address.lower(): bounce for bounce in reversed(found)}.values())[::-1][
        :_MAX_RECIPIENTS
    ]


def all_delivered(statuses: tuple[str, ...]) -> bool:
    """Every recipient of the reports was reached: a receipt, not a bounce."""
    actions = re.findall(r"^action[ \t]*:[ \t]*([a-z]+)", "\n".join(statuses), re.IGNORECASE | re.MULTILINE)
    return bool(actions) and all(action.lower() in ("delivered", "relayed", "expanded") for action in actions)


# ── RFC 3464 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _from_status(text: str, prose: str) -> list[Bounce]:
    found: list[Bounce] = []
    for block in re.split(r"\n[ \t]*\n+", text.replace("\r\n", "\n")[:500_000]):
        if len(found) >= _MAX_RECIPIENTS:
            break
        fields: dict[str, str] = {}
        for name, value in _FIELD.findall(block):
            fields.setdefault(name.lower(), " ".join(value.split()))
        written = (
            fields.get("final-recipient")
            or fields.get("original-recipient")
            or fields.get("x-actual-recipient")
        )
        if written is None:
            continue
        action = fields.get("action", "").partition(" ")[0].strip(";,").lower()
        if action not in _UNDELIVERED and action in ("delivered", "relayed", "expanded"):
            continue
        address = _address_of(written)
        status = find_status(fields.get("status", ""))
        diagnostic = fields.get("diagnostic-code", "").partition(";")[2].strip() or fields.get(
            "diagnostic-code", ""
        )
        found.append(judge(address, diagnostic, status, action, words_about(address, prose), prose))
    return found


def _address_of(written: str) -> str:
    """`rfc822; user@host` -> the address, whatever stands around it."""
    value = written.partition(";")[2].strip() or written
    found = ADDRESS.search(value)
    return found[0] if found else one_line(value.strip("<> "))[:200]


# ── prose ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _from_prose(prose: str, report: Report) -> list[Bounce]:
    """Addresses in the report's own words, each with the words up to the next."""
    named = [
        each
        for line in prose[:100_000].split("\n")
        for each in named_recipients(line)
        if not OURS.match(each)
    ]
    others = [each for each in named if each.lower() not in report.own]
    returned = RETURNED_TO.findall(report.prose[:100_000])
    wanted = (
        ADDRESS.findall(report.failed_recipients)
        or others
        or list(report.returned_to[:1])
        or returned[:1]
        or named
    )
    return [
        judge(each, "", None, "", words_about(each, prose), prose)
        for each in list(dict.fromkeys(wanted))[:_MAX_RECIPIENTS]
    ]


def _from_notification(posted: dict[str, object]) -> tuple[Bounce, ...]:
    """Amazon SES: developer guide, "Amazon SNS notification contents"."""
    details = posted.get("bounce")
    if not isinstance(details, dict):
        return ()
    found = []
    recipients = details.get("bouncedRecipients")
    for each in recipients if isinstance(recipients, list) else ():
        if isinstance(each, dict) and isinstance(each.get("emailAddress"), str):
            diagnostic = str(each.get("diagnosticCode", ""))
            found.append(
                judge(
                    each["emailAddress"],
                    diagnostic.partition(";")[2].strip() or diagnostic,
                    find_status(str(each.get("status", ""))),
                    "failed",
                    "",
                    "",
                )
            )
    return tuple(found[:_MAX_RECIPIENTS])
