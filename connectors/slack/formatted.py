"""Words with spans (`deskd.model.outgoing.Span`) -> Block Kit's rich text, in which formatting is structure and no character is markup. Pure.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

from deskd.model.outgoing import Span

Element = dict[str, Any]

_WHOLE: Final = {"pre": "rich_text_preformatted", "blockquote": "rich_text_quote"}
_STYLES: Final = {"bold": "bold", "italic": "italic", "strikethrough": "strike", "code": "code"}


def rich_text(text: str, spans: Sequence[Span]) -> Element:
    """One block. Offsets count UTF-16 code units; spans that don't fit the text are left out."""
    units = text.encode("utf-16-le", "surrogatepass")
    inner = [span for span in spans if span.offset >= 0 and 2 * (span.offset + span.length) <= len(units)]
    elements = [
        {"type": kind, "elements": row}
        for kind, start, end in _runs(inner, len(units) // 2)
        if (row := list(_row(units, inner, start, end)))
    ]
    return {"type": "rich_text", "elements": elements}


def _runs(spans: Sequence[Span], length: int) -> Iterator[tuple[str, int, int]]:
    """Sections, and the code and quotations between them, in the order of the text."""
    at = 0
    for span in sorted((one for one in spans if one.kind in _WHOLE), key=lambda one: one.offset):
        if span.offset < at:
            continue  # within one that has begun: Block Kit knows no nesting
        yield "rich_text_section", at, span.offset
        at = span.offset + span.length
        yield _WHOLE[span.kind], span.offset, at
    yield "rich_text_section", at, length


def _row(units: bytes, spans: Sequence[Span], start: int, end: int) -> Iterator[Element]:
    inline = [one for one in spans if one.kind not in _WHOLE]
    edges = {edge for one in inline for edge in (one.offset, one.offset + one.length) if start < edge < end}
    cuts = sorted({start, end, *edges})
    for left, right in pairwise(cuts):
        text = units[2 * left : 2 * right].decode("utf-16-le", "replace")
        over = [one for one in inline if one.offset <= left and right <= one.offset + one.length]
        style = {_STYLES[one.kind]: True for one in over if one.kind in _STYLES}
        link = next((one.url for one in over if one.kind == "text_link"), "")
        element: Element = (
            {"type": "link", "url": link, "text": text} if link else {"type": "text", "text": text}
        )
        yield element | ({"style": style} if style else {})
