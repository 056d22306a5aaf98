"""Why a mail server refused: its own words and codes -> a reason, and whether the address itself is no good.

`permanent` is about the recipient, not about the answer's first digit: only an address, domain or mailbox that isn't there (any more)
is permanent. A full mailbox, a blocked sender or a message taken for spam says nothing about the next one, even if the code was 5xx.
RFC 3463 (status codes), RFC 5321 4.2 (reply codes), and the phrases mail systems use.
"""

from __future__ import annotations

import re

from deskd.parse.bounce_phrases import PHRASES

PERMANENT = ("user unknown", "host unknown", "moved", "takes no mail")

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]\d)")
_REPLY = re.compile(r"(?<![\d.:-])([45]\d\d)(?=[\s:;#-])")

_VAGUE = re.compile(
    r"unavailable|recipient rejected", re.IGNORECASE
)  # a code that says the user is unknown says more
_COMPILED = tuple((name, re.compile("|".join(phrases), re.IGNORECASE)) for name, phrases in PHRASES)
# What the enhanced codes mean by themselves (RFC 3463 3), where the words say nothing.
_BY_STATUS = {
    "1.0": "user unknown", "1.1": "user unknown", "1.2": "host unknown", "1.3": "user unknown", "1.4": "user unknown", "1.6": "moved", "1.10": "takes no mail",
    "1.7": "rejected sender", "1.8": "rejected sender", "2.0": "filtered", "2.1": "suspended", "2.2": "mailbox full", "2.3": "too big", "2.4": "filtered",
    "3.0": "system error", "3.1": "mailbox full", "3.2": "takes no mail", "3.4": "too big", "3.5": "system error", "4.1": "expired", "4.2": "network",
    "4.3": "network", "4.4": "host unknown", "4.6": "network", "4.7": "expired", "7.1": "policy", "7.25": "needs reverse DNS", "7.26": "authentication",
}  # fmt: skip


def find_status(text: str) -> str | None:
    """The first enhanced status code in a server's words: 5.1.1."""
    found = _STATUS.search(text)
    return f"{found[1]}.{found[2]}.{found[3]}" if found else None


def find_reply(text: str) -> str | None:
    """The first SMTP reply code: 550."""
    found = _REPLY.search(text)
    return found[1] if found else None


def reason_of(words: str, status: str | None) -> str:
    """A short name for why, from the server's words first and its status code second; "" when neither tells."""
    words = words[:2000]
    meant = _BY_STATUS.get(status.partition(".")[2]) if status else None
    if meant in PERMANENT and status and status[0] == "4" and meant != "user unknown":
        meant = "expired"
    for name, pattern in _COMPILED:
        if pattern.search(words):
            vague = name == "filtered" and meant == "user unknown" and _VAGUE.search(words)
            return "user unknown" if vague else name
    return meant or ""


def is_permanent(reason: str, status: str | None, action: str) -> bool:
    """Whether writing to that address again is useless."""
    if action in ("delayed", "relayed", "expanded", "delivered"):
        return False
    return reason in PERMANENT and not (reason == "host unknown" and (status or "").startswith("4"))
