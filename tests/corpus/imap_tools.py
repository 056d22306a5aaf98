"""imap_tools' mails: the fields, and the attachments by name, type and hash. Its answers are the standard library's: differences.md."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deskd.model import Address, Message
from tests.corpus.score import Score, read, squeezed

UNREADABLE = 1900  # the year imap_tools gives a date it can't read
# Attachments whose hash can't agree, with the reason in differences.md.
NOT_COMPARABLE = {"attachment_7bit", "attachment_message_rfc822", "text_with_content_id"}


def scores(folder: Path) -> list[Score]:
    """Fields by field and mail; attachments by mail."""
    fields, files = Score("imap_tools: fields", 0.97), Score("imap_tools: attachments by hash", 1.0)
    for path in sorted((folder / "imap_tools").rglob("*.expected.json")):
        name = path.name.removesuffix(".expected.json")
        answer = json.loads(path.read_text())
        message = read((path.parent / f"{name}.eml").read_bytes())
        for field, expected, got in _fields(answer, message):
            fields.count(f"{name} {field}", expected, got)
        if name not in NOT_COMPARABLE:
            expected_files = Counter(each["payload"]["sha256"] for each in answer["attachments"])
            files.count(name, expected_files, Counter(each.sha256 for each in message.attachments))
    return [fields, files]


def _fields(answer: dict[str, Any], message: Message) -> Iterator[tuple[str, object, object]]:
    yield "subject", squeezed(answer["subject"]), squeezed(message.subject)
    nobody = {"name": "", "email": ""}
    yield "from", [answer["from_values"] or nobody], _addresses([message.sender])
    yield "to", answer["to_values"], _addresses(message.to)
    yield "cc", answer["cc_values"], _addresses(message.cc)
    yield "reply-to", answer["reply_to_values"], _addresses(message.reply_to)
    yield "date", _instant(answer["date"]), message.date
    if answer["text"].strip():  # without any, imap_tools gives none; deskd makes it from the HTML
        yield "text", squeezed(answer["text"]), squeezed(message.body)
    yield "html", bool(answer["html"].strip()), message.html is not None
    named = zip(answer["attachments"], message.attachments, strict=False)
    for number, (expected, got) in enumerate(named):
        yield f"attachment {number} type", expected["content_type"], got.type
        if expected["filename"]:  # deskd gives a name to what has none
            yield f"attachment {number} name", expected["filename"], got.name


def _addresses(addresses: Sequence[Address]) -> list[dict[str, str]]:
    return [{"name": each.name, "email": each.address} for each in addresses]


def _instant(written: str) -> datetime | None:
    when = datetime.fromisoformat(written)
    if when.year == UNREADABLE:
        return None
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
