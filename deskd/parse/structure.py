"""Raw bytes -> a tree of parts, by offsets into the bytes: nothing is copied, nothing decoded but names and types.

Total and linear: each multipart's bytes are searched once for its own boundary, and trees deeper or wider than `limits`
allow end in `MalformedMessage`. RFC 5322 2 (header section), RFC 2046 5.1 (multiparts), both read forgivingly.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from deskd.errors import MalformedMessage
from deskd.parse import limits
from deskd.parse.parameters import ContentType, parse_content_type
from deskd.parse.words import to_text, unfold

_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_GUESSED_BOUNDARY = re.compile(rb"^--([!-~][^\r\n]{0,68}?)[ \t]*\r?$", re.MULTILINE)


@dataclass(slots=True)
class Part:
    """One entity: its header fields as written, and where its body lies in the payload."""

    fields: list[tuple[str, bytes]]
    start: int
    end: int
    content_type: ContentType
    children: list[Part] = field(default_factory=list)

    @property
    def type(self) -> str:
        return self.content_type.type

    def raw(self, name: str) -> bytes | None:
        """The first field of that (lower-case) name, as written; None when there is none."""
        for found, value in self.fields:
            if found.lower() == name:
                return value
        return None

    def value(self, name: str) -> str:
        """The same as text on one line, not decoded; "" when there is none."""
        raw = self.raw(name)
        return "" if raw is None else unfold(to_text(raw))


def read_structure(payload: bytes) -> tuple[bytes, Part, list[str]]:
    """The payload (with its line ends mended where they are bare CRs), its root part, and the defects met.

    Raises `MalformedMessage` for what exceeds `limits`.
    """
    defects: list[str] = []
    if b"\n" not in payload and b"\r" in payload:
        payload = payload.replace(b"\r", b"\n")
        defects.append("lines end in bare CR")
    root = _read_part(payload, _skip_leading(payload, defects), len(payload), "text/plain", defects)
    todo = [(root, 1)]
    parts = 1
    while todo:
        part, depth = todo.pop()
        if not part.type.startswith("multipart/"):
            continue
        if depth > limits.DEPTH:
            raise MalformedMessage(f"parts are nested more than {limits.DEPTH} deep")
        spans = _split(payload, part, defects, limits.PARTS - parts)
        parts += len(spans)
        default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
        part.children = [_read_part(payload, start, end, default, defects) for start, end in spans]
        todo.extend((child, depth + 1) for child in part.children)
    return payload, root, list(dict.fromkeys(defects))


def read_fields(payload: bytes, start: int, end: int) -> tuple[list[tuple[str, bytes]], int, str | None]:
    """The header section at `start`: its fields, where the body begins, and the defect met if any.

    A line that is no field ends the section, unless fields follow it at once: then it alone is left out.
    """
    spans: list[list[int]] = []  # of each field: start, colon, end of value
    pos, defect = start, None
    while pos < end:
        newline = payload.find(b"\n", pos, end)
        stop, following = (newline, newline + 1) if newline >= 0 else (end, end)
        if stop > pos and payload[stop - 1] == 13:
            stop -= 1
        if stop == pos:
            pos = following
            break
        if payload[pos] in b" \t":
            if spans:
                spans[-1][2] = stop
            elif not payload[pos:stop].strip() or not _NAME.match(payload, following, end):
                defect = "the header begins with white space"
                break
        elif found := _NAME.match(payload, pos, stop):
            spans.append([pos, found.end(), stop])
        elif (spans or payload[pos : pos + 5] in (b"From ", b">From")) and _field_follows(
            payload, following, end
        ):
            defect = "a line of the header is no field" if spans else defect
        else:
            defect = "no blank line between header and body" if spans else "no header"
            break
        if len(spans) > limits.HEADERS:
            raise MalformedMessage(f"more than {limits.HEADERS} header fields")
        if spans and spans[-1][2] - start > limits.HEADER_BYTES:
            raise MalformedMessage(f"more than {limits.HEADER_BYTES // 1024} KB of header")
        pos = following
    fields = [(payload[a : b - 1].rstrip().decode("ascii"), payload[b:c]) for a, b, c in spans]
    return fields, pos, defect


def _field_follows(payload: bytes, pos: int, end: int) -> bool:
    """Whether a field stands at `pos`, after a few folded lines at the most."""
    for _ in range(5):
        if payload[pos : pos + 1] not in (b" ", b"\t"):
            return _NAME.match(payload, pos, end) is not None
        newline = payload.find(b"\n", pos, end)
        if newline < 0:
            return False
        pos = newline + 1
    return False


def _skip_leading(payload: bytes, defects: list[str]) -> int:
    """Past blank lines in front of a header, which some programs leave there."""
    if payload[:1] not in (b"\n", b"\r"):
        return 3 if payload[:3] == b"\xef\xbb\xbf" else 0
    start = len(payload) - len(payload.lstrip(b"\r\n"))
    if _NAME.match(payload, start):
        defects.append("blank lines before the header")
        return start
    return 0


def _read_part(payload: bytes, start: int, end: int, default: str, defects: list[str]) -> Part:
    fields, body, defect = read_fields(payload, start, end)
    if defect:
        defects.append(defect)
    part = Part(fields, min(body, end), end, ContentType(default, {}))
    written = part.raw("content-type")
    if written is not None:
        part.content_type = parse_content_type(to_text(written), default)
    return part


def _split(payload: bytes, part: Part, defects: list[str], room: int) -> list[tuple[int, int]]:
    """Where the children of a multipart lie. None found: the part becomes plain text, so that nothing is lost."""
    boundary = part.content_type.boundary
    if not boundary or payload.find(b"--" + boundary, part.start, part.end) < 0:
        boundary = _guess_boundary(payload, part)
    spans: list[tuple[int, int]] = []
    begin, closed = -1, False
    mark = b"--" + boundary
    at = payload.find(mark, part.start, part.end) if boundary else -1
    while at >= 0:
        newline = payload.find(b"\n", at, part.end)
        stop = newline if newline >= 0 else part.end
        rest = payload[at + len(mark) : min(stop, at + len(mark) + 80)].strip()
        if (at == part.start or payload[at - 1] == 10) and rest in (b"", b"--"):
            if begin >= 0:
                spans.append((begin, max(begin, _before_break(payload, at))))
            if len(spans) > room:
                raise MalformedMessage(f"more than {limits.PARTS} parts")
            begin = min(stop + 1, part.end)
            if rest == b"--":
                closed = True
                break
        at = payload.find(mark, at + len(mark), part.end)
    if not closed and begin >= 0:
        defects.append("a multipart is not closed")
        if begin < part.end or not spans:
            spans.append((begin, part.end))
    if not spans:
        defects.append("a multipart without its boundary: read as text")
        part.content_type = ContentType("text/plain", dict(part.content_type.parameters))
    return spans


def _before_break(payload: bytes, at: int) -> int:
    """The line break before a boundary belongs to the boundary (RFC 2046 5.1.1)."""
    at -= 1
    return at - 1 if at > 0 and payload[at - 1] == 13 else at


def _guess_boundary(payload: bytes, part: Part) -> bytes:
    """For a multipart that doesn't name its boundary, or names another one: the first line that looks like one, if it is closed later."""
    found = _GUESSED_BOUNDARY.search(payload, part.start, min(part.end, part.start + 20_000))
    if found and payload.find(b"--" + found[1] + b"--", found.end(), part.end) >= 0:
        return found[1]
    return b""
