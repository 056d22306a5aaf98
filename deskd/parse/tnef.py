"""winmail.dat (MS-OXTNEF): the files and the text that Outlook packed into it."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from tnefparse import TNEF

TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")
_MAX_BYTES = 30 * 1024 * 1024
_MAX_OBJECTS = 2_000
_MAX_WORK = 4_000_000_000  # bytes the library would copy: it copies the rest of the file for each object
logging.getLogger("tnefparse").setLevel(logging.CRITICAL)  # it logs each oddity it meets


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What was inside. `text` and `html` are "" when it held none."""

    text: str
    html: str
    files: tuple[tuple[str, bytes], ...]  # name as written, content


def unpack(data: bytes) -> Unpacked | None:
    """None when it can't be read, or would cost too much; then the file itself is all there is to show."""
    objects = _count_objects(data)
    if len(data) > _MAX_BYTES or objects > _MAX_OBJECTS or objects * len(data) > _MAX_WORK:
        return None
    try:
        read = TNEF(data, do_checksum=False)
        files = tuple(
            (_text(each.long_filename() or each.name), bytes(each.data or b"")) for each in read.attachments
        )
        return Unpacked(_text(read.body), _text(read.htmlbody), files)
    except Exception:  # the library raises whatever comes on damaged input
        return None


def _count_objects(data: bytes) -> int:
    """Level (1 byte), attribute and type (4), length (4), the data, checksum (2): MS-OXTNEF 2.1.3."""
    pos, count = 6, 0
    while pos + 12 < len(data) and count <= _MAX_OBJECTS:
        pos += int.from_bytes(data[pos + 5 : pos + 9], "little") + 11
        count += 1
    return count


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").rstrip("\0")
    return str(value).rstrip("\0") if value else ""
