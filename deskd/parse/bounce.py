"""Bounces: whom a mail did not reach, and why. RFC 3464 reports, and the half of real ones that are only prose.

`read_bounces` takes what `content` has read; it gives one `Bounce` a recipient, in the order of the report.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from deskd.model import Bounce
from deskd.parse.bounce_reason import find_reply, find_status, is_permanent, reason_of
from deskd.parse.words import one_line

_MAX_RECIPIENTS = 100
_MAX_REASON = 500
_MAX_WORDS = 4_000  # looked at for one reason
_MAX_PROSE = 50_000  # characters of a report's own words
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,200}[\w]|\b[\w.-]{1,64}@\[[\d.]{7,15}\]")
_FIELD = re.compile(r"^([A-Za-z][A-Za-z-]{2,40})[ \t]*:[ \t]*(.*(?:\n[ \t]+\S.*)*)", re.MULTILINE)
_UNDELIVERED = ("failed", "delayed", "")
# The copy of the returned mail begins here.
_COPY = re.compile(
    r"^(?:[-=_* >|]{2,}\s*)?(?:below this line is a copy|(?:this is )?a copy of (?:your|the) (?:original )?message|-+ ?(?:the )?(?:original|unsent|returned|undelivered) message|"
    r"(?:original|unsent|returned|undelivered) (?:message|mail) (?:follows|header|text|is attached|below)|(?:the )?(?:headers?|header lines?) (?:of|from) (?:the )?(?:original|returned)|-+ the header of the original|"
    r"message (?:headers?|text|header) follow|non-delivered information|your (?:original )?message (?:follows|reads|is (?:below|attached))|included is a copy|"
    r"original message:?|start of (?:the )?(?:original|returned) message|message contents? follow|text of (?:the )?(?:message|your mail))"
    r"|^(?:Received|Return-Path|DKIM-Signature|X-Originating-IP|Message-ID|MIME-Version|Content-Type):\s?\S",
    re.IGNORECASE | re.MULTILINE,
)
_OURS = re.compile(r"^(?:mailer-daemon|postmaster|mail-?daemon)@", re.IGNORECASE)
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


def returned_apart(prose: str) -> tuple[str, str]:
    """The report's own words, and the copy of the returned mail that follows them in the same text."""
    found = _COPY.search(prose)
    while found and not prose[: found.start()].strip():
        found = _COPY.search(prose, found.end())
    return (prose[: found.start()], prose[found.start() :]) if found else (prose, "")


def message_id_in(prose: str) -> str:
    """The Message-ID field in the copy of the returned mail, as written; "" when there is none."""
    found = re.search(
        r"^[>| ]{0,4}Message-ID:\s{0,5}(<[^<>\s]{3,900}>)",
        returned_apart(prose)[1][:200_000],
        re.IGNORECASE | re.MULTILINE,
    )
    return found[1] if found else ""


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
        found.append(_bounce(address, diagnostic, status, action, _words_about(address, prose), prose))
    return found


def _address_of(written: str) -> str:
    """`rfc822; user@host` -> the address, whatever stands around it."""
    value = written.partition(";")[2].strip() or written
    found = _ADDRESS.search(value)
    return found[0] if found else one_line(value.strip("<> "))[:200]


# ── prose ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _from_prose(prose: str, report: Report) -> list[Bounce]:
    """Addresses in the report's own words, each with the words up to the next."""
    named = [
        each
        for line in prose[:100_000].split("\n")
        for each in _named_recipients(line)
        if not _OURS.match(each)
    ]
    others = [each for each in named if each.lower() not in report.own]
    returned = _RETURNED_TO.findall(report.prose[:100_000])
    wanted = (
        _ADDRESS.findall(report.failed_recipients)
        or others
        or list(report.returned_to[:1])
        or returned[:1]
        or named
    )
    return [
        _bounce(each, "", None, "", _words_about(each, prose), prose)
        for each in list(dict.fromkeys(wanted))[:_MAX_RECIPIENTS]
    ]


_RETURNED_TO = re.compile(
    r"^[>| ]{0,4}To:[^\n@]{0,200}?(" + _ADDRESS.pattern + ")", re.IGNORECASE | re.MULTILINE
)
_NOT_RECIPIENT = re.compile(
    r"^\s*(?:to:|(?:from|reply-to|sender|subject|date|message-id|mail from|>>> MAIL|envelope-from|return-path|for help|contact|please)\b)",
    re.IGNORECASE,
)


_ASIDE = re.compile(
    r"\bcontact\b|assistance|generated from|for more information|\bsupport\b|MAIL FROM|returned to",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://\S+", re.IGNORECASE)


def _named_recipients(line: str) -> list[str]:
    """Addresses on a line of a report, unless it speaks of the sender."""
    if "@" not in line or _NOT_RECIPIENT.match(line):
        return []
    line = _URL.sub("", line)
    return [] if _ASIDE.search(line) else _ADDRESS.findall(line)[:5]


_HEADS = re.compile(
    r"[ \t*\"'<>]{0,20}(?:[45]\d\d[ -]?<?)?(" + _ADDRESS.pattern + ")"
)  # a line that begins with an address


def _words_about(address: str, prose: str) -> str:
    """What the prose says on the lines after it names the address, up to the next address or 12 lines on."""
    lines = prose.split("\n")
    wanted = address.lower()
    words: list[str] = []
    for number, line in enumerate(lines):
        if wanted not in line.lower():
            continue
        words.append(line)
        for following in lines[number + 1 : number + 12]:
            if (other := _HEADS.match(following)) and other[1].lower() != wanted:
                break
            words.append(following)
        if len(words) > 60:
            break
    return "\n".join(dict.fromkeys(words))


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
                _bounce(
                    each["emailAddress"],
                    diagnostic.partition(";")[2].strip() or diagnostic,
                    find_status(str(each.get("status", ""))),
                    "failed",
                    "",
                    "",
                )
            )
    return tuple(found[:_MAX_RECIPIENTS])


# ── both ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

_SAYS_NOTHING = re.compile(r"^(?:smtp;\s*)?(?:\d{3}[ -])?(?:\d\.\d+\.\d+\s*)?\W*$")


def _bounce(address: str, diagnostic: str, status: str | None, action: str, about: str, prose: str) -> Bounce:
    """Judged by the diagnostic code; where that says nothing by what the prose says about the address, then by all of it."""
    words = diagnostic if not _SAYS_NOTHING.match(diagnostic) else ""
    told = find_status(words)
    if status is None or (told and status.endswith(".0.0")):
        status = told or status or find_status(about)
    reason = reason_of(_without_addresses(words), status) if words else ""
    if not reason and (
        answer := next((line for line in about.split("\n") if address in line and find_reply(line)), "")
    ):
        reason = reason_of(_without_addresses(answer), status)
    reason = reason or reason_of(_without_addresses(about), status)
    reason = reason or reason_of(_without_addresses(prose), status)
    about = about or prose
    refused_later = (
        not _HAS_NO_ACCOUNT.search(words)
        and _AFTER_DATA.search(about)
        and not _AT_RCPT.search(about)
        and status != "5.1.1"
    )
    if reason == "user unknown" and (refused_later or (status or "").startswith(("5.7.", "4.7."))):
        reason = "filtered"  # the server knew the user when asked, and refused the mail: another one may pass
    shown = one_line(words) or _telling_line(about, address) or reason
    return Bounce(one_line(address)[:320], is_permanent(reason, status, action), status, shown[:_MAX_REASON])


_AFTER_DATA = re.compile(
    r">>> DATA|end of data|final DATA|after DATA|(?:DATA|TEXT) command|\[DATA\]|^\s{0,20}DATA\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_HAS_NO_ACCOUNT = re.compile(r"does ?n[o']t have an? \S+ account", re.IGNORECASE)
_AT_RCPT = re.compile(r">>> RCPT|RCPT TO command|\[RCPT|after RCPT|our RCPT", re.IGNORECASE)


def _without_addresses(words: str) -> str:
    return _ADDRESS.sub("…", words[:_MAX_WORDS])


def _telling_line(about: str, address: str) -> str:
    """The line of the prose that holds a code, else the first that isn't the address alone."""
    lines = [one_line(line) for line in about.split("\n")]
    lines = [line for line in lines if line and line.strip("<>:* ").lower() != address.lower()]
    return next((line for line in lines if find_status(line) or find_reply(line)), lines[0] if lines else "")
