"""What a server said of one recipient -> a `Bounce`: whether for good, the status code, the words that tell why."""

from __future__ import annotations

import re

from deskd.model import Bounce
from deskd.parse.bounce_reason import find_reply, find_status, is_permanent, reason_of
from deskd.parse.words import one_line

ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,200}[\w]|\b[\w.-]{1,64}@\[[\d.]{7,15}\]")
_MAX_REASON = 500
_MAX_WORDS = 4_000  # looked at for one reason
_SAYS_NOTHING = re.compile(r"^(?:smtp;\s*)?(?:\d{3}[ -])?(?:\d\.\d+\.\d+\s*)?\W*$")


def judge(address: str, diagnostic: str, status: str | None, action: str, about: str, prose: str) -> Bounce:
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
    return ADDRESS.sub("…", words[:_MAX_WORDS])


def _telling_line(about: str, address: str) -> str:
    """The line of the prose that holds a code, else the first that isn't the address alone."""
    lines = [one_line(line) for line in about.split("\n")]
    lines = [line for line in lines if line and line.strip("<>:* ").lower() != address.lower()]
    return next((line for line in lines if find_status(line) or find_reply(line)), lines[0] if lines else "")
