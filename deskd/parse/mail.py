"""Stage parse, for mail: raw bytes and envelope -> `Message`. Pure and total.

Any bytes give a Message, with `defects` that name what was wrong, or one `MalformedMessage`: empty, no mail at all, or beyond `limits`.
It never follows a link, opens an archive or reads a clock.
"""

from __future__ import annotations

from collections.abc import Sequence

from deskd.errors import MalformedMessage
from deskd.model import Address, Envelope, Kind, Message
from deskd.parse import limits
from deskd.parse.addresses import parse_addresses
from deskd.parse.bounce_prose import message_id_in
from deskd.parse.charsets import codec
from deskd.parse.content import Content, read_content
from deskd.parse.dates import parse_date
from deskd.parse.fingerprint import fingerprint
from deskd.parse.html import show_html
from deskd.parse.ids import parse_ids, parse_references
from deskd.parse.kind import Facts, classify, is_by_machine
from deskd.parse.language import detect
from deskd.parse.newly_written import newly_written
from deskd.parse.structure import Part, read_structure
from deskd.parse.words import decode_header, to_text

_OURS = "x-deskd-"  # a namespace nobody outside may write in (THREATS: control headers)
_SINGLE = ("from", "date", "subject", "message-id", "sender")  # fields of which RFC 5322 3.6 allows one


def is_heavy(payload: bytes) -> bool:
    """Whether parsing it could keep the event loop from its other work for more than some milliseconds."""
    return len(payload) > limits.HEAVY_BYTES


def parse_mail(
    payload: bytes, envelope: Envelope, languages: Sequence[str] = ("it", "en", "es", "pt")
) -> Message:
    """What a mail says. `languages` are the candidates its language is chosen among. Raises `MalformedMessage` only."""
    payload, root, defects = read_structure(_checked(payload))
    if not root.fields:
        _refuse_binary(payload)
    fields = _Fields(root)
    defects.extend(fields.defects())
    sender = fields.sender(defects, envelope)
    by_machine = is_by_machine(fields.first, sender, envelope.mail_from, root.type)
    content = read_content(payload, root, defects, forwards=not by_machine)
    date = parse_date(fields.text("date"))
    if date is None:
        defects.append("the date can't be read" if fields.text("date") else "no date")
    ids = parse_ids(fields.text("message-id"))
    subject = fields.first.get("subject", "")
    kind, bounces = classify(Facts(fields.first, sender, subject, envelope.mail_from, by_machine, content))
    text = newly_written(content.marked, sender)
    return Message(
        sender=sender,
        to=fields.addresses("to"),
        cc=fields.addresses("cc"),
        reply_to=fields.addresses("reply-to"),
        subject=subject,
        date=date,
        message_id=ids[0] if ids else None,
        in_reply_to=parse_references(fields.text("in-reply-to")),
        references=_references(fields, kind, content),
        kind=kind,
        language=detect(text or content.body, languages),
        text=text,
        body=content.body,
        html=show_html(content.html) if content.html else None,
        attachments=content.attachments,
        bounces=bounces,
        defects=tuple(dict.fromkeys(defects)),
        headers=fields.pairs,
        fingerprint=_fingerprint(ids, sender, fields, subject, content),
    )


def _references(fields: _Fields, kind: Kind, content: Content) -> tuple[str, ...]:
    """The References field; a bounce or complaint refers to the mail it returns as well, last."""
    found = parse_references(" ".join(fields.texts("references")))
    if kind not in ("bounce", "complaint"):
        return found
    returned = next((value for name, value in content.returned if name == "message-id"), "") or message_id_in(
        content.body
    )
    return tuple(dict.fromkeys((*found, *parse_ids(returned))))


def _checked(payload: bytes) -> bytes:
    if not payload.strip():
        raise MalformedMessage("it is empty")
    return payload


def _refuse_binary(payload: bytes) -> None:
    """Without any header it may still be a text somebody sent; if it isn't even text, it is no mail."""
    head = payload[:4096]
    controls = sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in head)
    if b"\0" in head or controls > len(head) // 20:
        raise MalformedMessage("it has no header and is not text")
    try:
        head.decode("utf-8", "strict")
    except UnicodeDecodeError as problem:
        if problem.start < len(head) - 4 and sum(byte > 126 for byte in head) > len(head) // 4:
            raise MalformedMessage("it has no header and is not text") from problem


class _Fields:
    """The header fields of a mail, decoded once each. Ours are left out as if they had not been there."""

    def __init__(self, root: Part) -> None:
        said = root.content_type.charset
        self.charset = said if said and codec(said) else None
        self.raw: dict[str, list[bytes]] = {}
        self.order: list[tuple[str, bytes]] = []
        for name, value in root.fields:
            lower = name.lower()
            if not lower.startswith(_OURS):
                self.raw.setdefault(lower, []).append(value)
                self.order.append((name, value))
        self.pairs = tuple((name, decode_header(value, self.charset)) for name, value in self.order)
        self.first: dict[str, str] = {}
        for name, text in self.pairs:
            self.first.setdefault(name.lower(), text)

    def defects(self) -> list[str]:
        found = [
            f"{len(self.raw[name])} {name.title()} fields"
            for name in _SINGLE
            if len(self.raw.get(name, ())) > 1
        ]
        if not all(value.isascii() for _, value in self.order):
            found.append("8-bit header")
        return found

    def texts(self, name: str) -> list[str]:
        """The values as written, 8-bit bytes decoded."""
        return [to_text(value, self.charset) for value in self.raw.get(name, ())]

    def text(self, name: str) -> str:
        return next(iter(self.texts(name)), "")

    def addresses(self, name: str) -> tuple[Address, ...]:
        found = [address for value in self.texts(name) for address in parse_addresses(value, self.charset)]
        if len(found) > limits.ADDRESSES:
            raise MalformedMessage(f"more than {limits.ADDRESSES} addresses in {name.title()}")
        return tuple(found)

    def sender(self, defects: list[str], envelope: Envelope) -> Address:
        """The first address of the first From; without one, of Sender, Reply-To, Return-Path or the envelope."""
        found = parse_addresses(self.text("from"), self.charset)
        if len(found) > 1:
            defects.append(f"From holds {len(found)} addresses")
        if found:
            return found[0]
        defects.append("no sender in From" if "from" in self.raw else "no From")
        for name in ("sender", "reply-to", "return-path"):
            if others := parse_addresses(self.text(name), self.charset):
                return others[0]
        name = self.first.get("from", "").partition("<")[0].strip('" ')
        return Address(name or self.first.get("from", "").strip("<> "), envelope.mail_from or "")


def _fingerprint(
    ids: tuple[str, ...], sender: Address, fields: _Fields, subject: str, content: Content
) -> str:
    when = " ".join(fields.text("date").split())
    return fingerprint(
        ids[0] if ids else "", f"{sender.name} <{sender.address}>", when, subject, content.decoded
    )
