"""The content of DATA: what is on the wire in pieces of any size, what was meant out. No I/O.

The end of a mail is CRLF.CRLF and nothing else: whoever takes `LF.LF` or `LF.CRLF` for it lets a second mail be smuggled in
behind a relay that doesn't (CVE-2023-51764, CVE-2024-27305). Bare CR and LF, which RFC 5321 2.3.8 forbids, become CRLF after that.
"""

from __future__ import annotations

import re

_END = b"\r\n.\r\n"
_LONGEST_HEADER = (
    1_000_000  # bytes that are searched for Received lines; a longer one is parse's to complain of
)
_BREAK = re.compile(rb"\r\n|\r|\n")


class DataDecoder:
    """Undoes dot-stuffing (RFC 5321 4.5.2) and normalises line ends, piece by piece and in bulk.

    `ended` is True once the end was seen; `rest` is then what came after it: the next commands.
    """

    def __init__(self) -> None:
        self.ended = False
        self.rest = b""
        self.normalised = False  # there were bare CRs or LFs
        self._held = b"\r\n"  # so that a dot in the very first line is one at the start of a line
        self._lead = 2  # bytes of the above still to be dropped from what goes out

    def feed(self, piece: bytes) -> bytes:
        """The content that is certain by now. Must not be called after the end."""
        wire = self._held + piece
        end = wire.find(_END)
        if end >= 0:
            self.ended, self.rest = True, wire[end + len(_END) :]
            settled = wire[: end + 2]
        else:
            keep = _length_of_possible_end(wire)
            settled, self._held = wire[: len(wire) - keep], wire[len(wire) - keep :]
        return self._decode(settled) if settled else b""

    def _decode(self, wire: bytes) -> bytes:
        """`wire` neither starts nor stops inside CRLF or CRLF-dot, so that each piece can be read alone."""
        content = wire.replace(b"\r\n.", b"\r\n")
        breaks = content.count(b"\r\n")
        if content.count(b"\n") != breaks or content.count(b"\r") != breaks:
            self.normalised = True
            content = _BREAK.sub(b"\r\n", content)
        lead, self._lead = self._lead, 0
        return content[lead:]


def _length_of_possible_end(wire: bytes) -> int:
    """How many of the last bytes may be the beginning of the end of data."""
    for length in range(min(len(_END) - 1, len(wire)), 0, -1):
        if wire.endswith(_END[:length]):
            return length
    return 0


def hops(content: bytes) -> int:
    """How many servers a mail went through: its Received lines (RFC 5321 6.3)."""
    header_end = content.find(b"\r\n\r\n", 0, _LONGEST_HEADER)
    header = content[: header_end if header_end >= 0 else _LONGEST_HEADER]
    return (b"\r\n" + header).lower().count(b"\r\nreceived:")
