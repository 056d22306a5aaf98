"""HTML -> a stream of tags and text, in one pass over the characters whatever they are.

No tree is built: a tree's builder is quadratic in unclosed elements. Comments, scripts and styles are left out.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from deskd.parse import limits

_TAG_NAME = re.compile(r"/?[A-Za-z][A-Za-z0-9:-]{0,40}")
_ATTRIBUTE = re.compile(r"""([A-Za-z_:][\w:.-]{0,60})\s{0,50}=\s{0,50}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
VOID = frozenset("br img hr meta link input col wbr area base".split())  # elements without an end tag
_HIDDEN = ("style", "script", "title", "template", "noscript", "svg", "math", "textarea", "select")


@dataclass(frozen=True, slots=True)
class Text:
    data: str


@dataclass(frozen=True, slots=True)
class Open:
    name: str  # lower case
    written: str  # the attributes as they stand

    def attributes(self) -> dict[str, str]:
        """By lower-case name, entities decoded; the first of a name counts."""
        found: dict[str, str] = {}
        for name, double, single, bare in _ATTRIBUTE.findall(self.written[:10_000]):
            value = double or single or bare
            found.setdefault(name.lower(), html.unescape(value) if "&" in value else value)
        return found


@dataclass(frozen=True, slots=True)
class Close:
    name: str


def tokens(source: str) -> Iterator[Text | Open | Close]:
    """Tags and text in order. A tag or comment that never ends counts as text."""
    unclosed: set[str] = set()  # ends looked for once and not found: they are not looked for again
    pos, size = 0, len(source)
    while pos < size:
        start = source.find("<", pos)
        if start < 0:
            start = size
        if start > pos:
            yield Text(_unescape(source[pos:start]))
        if start >= size:
            return
        name = _TAG_NAME.match(source, start + 1)
        if name is None:
            pos = _skip_markup(source, start, unclosed)
            if pos == start:
                yield Text("<")
                pos = start + 1
            continue
        end = _tag_end(source, name.end())
        if end < 0:
            yield Text(_unescape(source[start:]))
            return
        tag = name[0].lower()
        if tag[0] == "/":
            yield Close(tag[1:])
            pos = end + 1
            continue
        pos = end + 1
        if tag in _HIDDEN and tag not in unclosed:
            closing = re.compile(rf"</{tag}[\s>]", re.IGNORECASE).search(source, pos)
            if closing:
                pos = (
                    closing.end()
                    if closing[0][-1] == ">"
                    else max(source.find(">", closing.end()), closing.end()) + 1
                )
                continue
            unclosed.add(tag)
        yield Open(tag, source[name.end() : end])
        if source[end - 1] == "/" and tag not in ("a", "p", "div", "span", "b", "i", "td", "tr", "table"):
            yield Close(tag)


def is_tangled(source: str) -> bool:
    """More tags than `limits.HTML_TOKENS`, or elements within elements (never closed ones counted) beyond `limits.HTML_DEPTH`: a
    sanitiser, which builds a tree, is quadratic in these."""
    depth = 0
    for count, token in enumerate(tokens(source)):
        if isinstance(token, Open):
            depth += token.name not in VOID
        elif isinstance(token, Close) and depth:
            depth -= 1
        if depth > limits.HTML_DEPTH or count > limits.HTML_TOKENS:
            return True
    return False


def _unescape(text: str) -> str:
    return html.unescape(text) if "&" in text else text


def _skip_markup(source: str, start: int, unclosed: set[str]) -> int:
    """Past a comment, a doctype or a processing instruction; `start` itself when it is none."""
    for opening, closing in (("<!--", "-->"), ("<!", ">"), ("<?", ">")):
        if closing not in unclosed and source.startswith(opening, start):
            end = source.find(closing, start + len(opening))
            if end >= 0:
                return end + len(closing)
            unclosed.add(closing)
    return start


def _tag_end(source: str, pos: int) -> int:
    """The > that ends a tag; one within quotes doesn't, if the quotes close soon."""
    end = source.find(">", pos)
    for _ in range(20):
        if end < 0:
            return -1
        inside = source[pos:end]
        quote = '"' if inside.count('"') % 2 else "'" if '"' not in inside and inside.count("'") % 2 else ""
        if not quote:
            return end
        closing = source.find(quote, end, end + 4096)
        if closing < 0:
            return end
        further = source.find(">", closing)
        if further < 0:
            return end
        end = further
    return end
