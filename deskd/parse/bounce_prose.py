"""Reports of mail systems that are only prose: whom they name, what they say of each, and where the returned mail begins."""

from __future__ import annotations

import re

from deskd.parse.bounce_verdict import ADDRESS

_MAX_PROSE = 200_000

# The copy of the returned mail begins here.
_COPY = re.compile(
    r"^(?:[-=_* >|]{2,100}\s{0,5})?(?:below this line is a copy|(?:this is )?a copy of (?:your|the) (?:original )?message|-{1,60} ?(?:the )?(?:original|unsent|returned|undelivered) message|"
    r"(?:original|unsent|returned|undelivered) (?:message|mail) (?:follows|header|text|is attached|below)|(?:the )?(?:headers?|header lines?) (?:of|from) (?:the )?(?:original|returned)|-{1,60} the header of the original|"
    r"message (?:headers?|text|header) follow|non-delivered information|your (?:original )?message (?:follows|reads|is (?:below|attached))|included is a copy|"
    r"original message:?|start of (?:the )?(?:original|returned) message|message contents? follow|text of (?:the )?(?:message|your mail))"
    r"|^(?:Received|Return-Path|DKIM-Signature|X-Originating-IP|Message-ID|MIME-Version|Content-Type):\s?\S",
    re.IGNORECASE | re.MULTILINE,
)
OURS = re.compile(r"^(?:mailer-daemon|postmaster|mail-?daemon)@", re.IGNORECASE)
RETURNED_TO = re.compile(
    r"^[>| ]{0,4}To:[^\n@]{0,200}?(" + ADDRESS.pattern + ")", re.IGNORECASE | re.MULTILINE
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


def named_recipients(line: str) -> list[str]:
    """Addresses on a line of a report, unless it speaks of the sender."""
    if "@" not in line or _NOT_RECIPIENT.match(line):
        return []
    line = _URL.sub("", line)
    return [] if _ASIDE.search(line) else ADDRESS.findall(line)[:5]


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
        returned_apart(prose[:_MAX_PROSE])[1],
        re.IGNORECASE | re.MULTILINE,
    )
    return found[1] if found else ""


_HEADS = re.compile(
    r"[ \t*\"'<>]{0,20}(?:[45]\d\d[ -]?<?)?(" + ADDRESS.pattern + ")"
)  # a line that begins with an address


def words_about(address: str, prose: str) -> str:
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
