"""Content-Transfer-Encoding (RFC 2045 6): body bytes as sent -> bytes as meant. Never raises."""

from __future__ import annotations

import binascii
import re

from deskd.parse.words import base64_bytes

_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} [^\r\n]{0,255}\r?\n", re.MULTILINE)
_IDENTITY = ("", "7bit", "8bit", "binary")


def decode_body(data: memoryview, encoding: str) -> tuple[bytes, str | None]:
    """The decoded bytes, and the defect met if any. An unknown encoding leaves them as they are.

    A view is taken so that a large attachment isn't copied before it is decoded.
    """
    name = encoding.partition(";")[0].strip().strip("\"'").lower()
    if name in _IDENTITY:
        return bytes(data), None
    if name == "base64":
        try:
            return binascii.a2b_base64(data), None
        except binascii.Error:
            return base64_bytes(bytes(data)), "damaged base64"
    if name == "quoted-printable":
        return binascii.a2b_qp(data), None
    if name in ("uuencode", "x-uuencode", "x-uue", "uue"):
        return _uudecode(bytes(data))
    return bytes(data), f"unknown transfer encoding {name[:40]!a}"


def _uudecode(data: bytes) -> tuple[bytes, str | None]:
    begin = _UU_BEGIN.search(data)
    if begin is None:
        return data, "damaged uuencoding"
    out: list[bytes] = []
    for line in data[begin.end() :].splitlines():
        if line.strip() in (b"end", b"`", b""):
            break
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:  # some encoders pad a line with one letter too many
            length = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                out.append(binascii.a2b_uu(line[:length]))
            except binascii.Error:
                return b"".join(out), "damaged uuencoding"
    return b"".join(out), None
