"""Names of attachments as data people may read and save under: never a path, never a trick (THREATS: path traversal)."""

from __future__ import annotations

import mimetypes
import re
import unicodedata

_MAX_BYTES = 255
_MAX_EXTENSION = 20
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE
)  # devices, on Windows, whatever the extension
_EXTENSIONS = {"text/plain": ".txt", "text/html": ".html", "message/rfc822": ".eml", "image/jpeg": ".jpg", "text/calendar": ".ics",
               "application/octet-stream": ".bin", "message/delivery-status": ".txt", "message/feedback-report": ".txt",
               "application/pgp-encrypted": ".asc", "application/pgp-signature": ".asc", "application/pkcs7-mime": ".p7m",
               "application/pkcs7-signature": ".p7s", "text/rfc822-headers": ".txt", "audio/ogg": ".ogg", "image/heic": ".heic"}  # fmt: skip


def clean_name(written: str) -> str:
    """The last part of the path, in NFC, without controls, bidi marks and other invisible characters, at most 255 bytes; may be ""."""
    name = unicodedata.normalize("NFC", written[:20_000])
    name = name.replace("\\", "/").rstrip("/ ").rpartition("/")[2]
    name = "".join(_shown(character) for character in name)
    name = " ".join(name.split()).strip(". ") if name.strip(". ") else ""
    if _RESERVED.match(name):
        name = f"_{name}"
    return _shorten(name)


def name_by_type(kind: str, number: int) -> str:
    """A name for an attachment that has none: `attachment-1.pdf`."""
    extension = (
        _EXTENSIONS.get(kind) or (mimetypes.guess_extension(kind) if kind.isascii() else None) or ".bin"
    )
    return f"attachment-{number}{extension}"


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] == "Z" or character in "\t\n\r":
        return " "
    return "" if category in ("Cc", "Cf", "Cs", "Co", "Cn") else character


def _shorten(name: str) -> str:
    data = name.encode("utf-8", "ignore")
    if len(data) <= _MAX_BYTES:
        return data.decode("utf-8")
    stem, dot, extension = name.rpartition(".")
    tail = f"{dot}{extension}".encode("utf-8", "ignore") if stem and len(extension) <= _MAX_EXTENSION else b""
    return data[: _MAX_BYTES - len(tail)].decode("utf-8", "ignore").rstrip() + tail.decode("utf-8")
