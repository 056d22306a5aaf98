"""A part of a mail, or a file found within one -> an `Attachment` with a name people can use."""

from __future__ import annotations

import hashlib
import mimetypes
import re

from deskd.errors import MalformedMessage
from deskd.model import Attachment
from deskd.parse import charsets
from deskd.parse.filenames import clean_name, name_by_type
from deskd.parse.parameters import parse_parameters
from deskd.parse.structure import Part, read_fields
from deskd.parse.words import decode_words, to_text, unfold

_MAX_CID = 500
_MAX_TYPE = 200
_MAX_SUBJECT = 80  # characters of a mail's subject that name it


def attachment_of(part: Part, data: bytes, parent: str, charset: str | None, number: int) -> Attachment:
    """`data` is the part decoded, `parent` the type of the multipart it stands in, `number` its place among the attachments, from 1."""
    disposition, parameters = parse_parameters(to_text(part.raw("content-disposition") or b"", charset))
    written = parameters.get("filename") or part.content_type.parameters.get("name") or ""
    name = clean_name(charsets.clean(written))
    if not name and part.type == "message/rfc822":
        name = _name_of_mail(data)
    cid = charsets.clean(part.value("content-id").strip().strip("<>").strip())[:_MAX_CID] or None
    related = cid is not None and disposition != "attachment" and parent == "multipart/related"
    inline = disposition == "inline" or related
    return _attachment(name or name_by_type(part.type, number), part.type, data, cid, inline)


def unpacked_attachment(written: str, data: bytes, number: int) -> Attachment:
    """A file that came out of another one; its type goes by its name."""
    kind = mimetypes.guess_type(written[-300:])[0] or "application/octet-stream"
    return _attachment(
        clean_name(charsets.clean(written)) or name_by_type(kind, number), kind, data, None, False
    )


def fields_of(data: bytes) -> list[tuple[str, str]]:
    """The header of a mail attached to another, names in lower case, values not decoded. Empty when it can't be read."""
    try:
        fields, _, _ = read_fields(data, 0, len(data))
    except MalformedMessage:
        return []
    return [(name.lower(), unfold(to_text(value[:20_000]))) for name, value in fields]


def _attachment(name: str, kind: str, data: bytes, cid: str | None, inline: bool) -> Attachment:
    digest = hashlib.sha256(data).hexdigest()
    return Attachment(name, charsets.clean(kind)[:_MAX_TYPE], len(data), digest, data, cid, inline)


def _name_of_mail(data: bytes) -> str:
    """A forwarded mail is named by its subject."""
    subject = next((value for name, value in fields_of(data) if name == "subject"), "")
    name = clean_name(re.sub(r"[/\\\\:]+", "-", decode_words(subject[:2000])))
    return f"{name[:_MAX_SUBJECT].strip()}.eml" if name else ""
