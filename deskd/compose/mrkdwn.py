"""An agent's Slack message -> what a customer reads: plain text, and HTML that says the same. Pure and total.

In: mrkdwn as Slack sends it (escaped) and the names behind its ids. Out: text without Slack's marks, or HTML made only of the tags
written here; what the agent typed never becomes markup of its own (invariant I6). The lines become blocks (paragraphs, lists, quotes, code),
each line in them spans (`slack_inline`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from deskd.compose.slack_inline import Code, Link, Span, Styled, Text, flat, spans, unescape

_FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_ITEM = re.compile(r"([ \t]*)(?:([•◦▪])|(\d{1,9})[.)])[ \t]+(.*)")
_QUOTE = "&gt;"
_MENTION = re.compile(
    r"<@([A-Z0-9]+)(?:\|[^<>]*)?>|<!(here|channel|everyone)(?:\|[^<>]*)?>|<!subteam\^([A-Z0-9]+)"
)
_TYPED = re.compile(r"(?<![\w@.])@(here|channel|everyone)\b")
_TAGS = {"bold": "b", "italic": "i", "strike": "s"}
_MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class _Item:
    """One line of a list; `number` None is a bullet."""

    depth: int
    number: int | None
    line: str


def mentions(mrkdwn: str) -> tuple[str, ...]:
    """Whom a message calls, in order, each once: user ids, group ids, `here`, `channel`, `everyone`."""
    found = [next(filter(None, one.groups())) for one in _MENTION.finditer(mrkdwn)]
    found += [one.group(1) for one in _TYPED.finditer(mrkdwn)]
    return tuple(dict.fromkeys(found))


def to_text(mrkdwn: str, names: Mapping[str, str]) -> str:
    """The message as plain text: links as `label (address)`, quotes behind `> `, no marks but the ~ of what is struck out."""
    parts = [
        _pre_text(code, names) if fenced else _prose_text(code, names) for fenced, code in pieces(mrkdwn)
    ]
    return "\n".join(part for part in parts if part).strip("\n")


def to_html(mrkdwn: str, names: Mapping[str, str]) -> str:
    """The message as HTML: `p br b i s code pre blockquote ul ol li a`, and nothing else."""
    parts = [
        _pre_html(code, names) if fenced else _prose_html(code, names) for fenced, code in pieces(mrkdwn)
    ]
    return "\n".join(part for part in parts if part)


def pieces(mrkdwn: str) -> Iterator[tuple[bool, str]]:
    """The message in pieces: between ``` (True) and outside."""
    at = 0
    mrkdwn = mrkdwn.replace("\r\n", "\n").replace("\r", "\n")
    for found in _FENCE.finditer(mrkdwn):
        yield False, mrkdwn[at : found.start()].removesuffix("\n")
        yield True, found.group(1)
        at = found.end()
    yield False, mrkdwn[at:].removeprefix("\n") if at else mrkdwn


def _pre_text(code: str, names: Mapping[str, str]) -> str:
    return unescape(flat(code, names))


def _pre_html(code: str, names: Mapping[str, str]) -> str:
    return f"<pre>{escape(_pre_text(code, names))}</pre>"


# ── text ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _prose_text(prose: str, names: Mapping[str, str]) -> str:
    return "\n".join(
        ("> " if quoted else "") + _line_text(line, names)
        for quoted, lines in quoted_runs(prose)
        for line in lines
    )


def _line_text(line: str, names: Mapping[str, str]) -> str:
    return "".join(_span_text(span) for span in spans(line, names))


def _span_text(span: Span) -> str:
    match span:
        case Text(text) | Code(text):
            return text
        case Link(url, label):
            return label if _says_where(url, label) else f"{label} ({url})"
        case Styled(style, inner):
            text = "".join(_span_text(one) for one in inner)
            return f"~{text}~" if style == "strike" else text


def _says_where(url: str, label: str) -> bool:
    return label.rstrip("/") in (url.rstrip("/"), url.partition(":")[2], url.partition("://")[2].rstrip("/"))


# ── HTML ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _prose_html(prose: str, names: Mapping[str, str]) -> str:
    return "\n".join(
        f"<blockquote>{_blocks_html(lines, names)}</blockquote>" if quoted else _blocks_html(lines, names)
        for quoted, lines in quoted_runs(prose)
        if any(lines)
    )


def quoted_runs(prose: str) -> Iterator[tuple[bool, list[str]]]:
    """Runs of lines that are quoted, or not, without the marks; after `>>>` all that follows is."""
    marked: list[tuple[bool, str]] = []
    to_the_end = False
    for line in prose.split("\n"):
        if not to_the_end and line.startswith(_QUOTE * 3):
            to_the_end, line = True, line.removeprefix(_QUOTE * 3).removeprefix(" ")
            marked.append((True, line))
        elif to_the_end or line.startswith(_QUOTE):
            marked.append((True, line.removeprefix(_QUOTE).removeprefix(" ")))
        else:
            marked.append((False, line))
    for quoted, run in groupby(marked, key=lambda one: one[0]):
        yield quoted, [line for _, line in run]


def _blocks_html(lines: Sequence[str], names: Mapping[str, str]) -> str:
    drawn = []
    for kind, run in groupby(lines, key=_kind):
        if kind == "list":
            drawn.append(_list_html([item for line in run if (item := _item(line))], names))
        elif kind == "prose":
            drawn.append("<p>" + "<br>\n".join(_line_html(line, names) for line in run) + "</p>")
    return "\n".join(drawn)


def _kind(line: str) -> str:
    if not line.strip():
        return "blank"
    return "list" if _item(line) else "prose"


def _item(line: str) -> _Item | None:
    """A line of a list, as Slack writes lists (• ◦ ▪ or `1.`, four blanks a level); - and * are typed text."""
    found = _ITEM.fullmatch(line)
    if found is None:
        return None
    depth = min(len(found.group(1).expandtabs(4)) // 4, _MAX_DEPTH)
    return _Item(depth, int(found.group(3)) if found.group(3) else None, found.group(4))


def _list_html(items: Sequence[_Item], names: Mapping[str, str]) -> str:
    """Nested lists. A level is open as long as items of its depth or deeper follow."""
    drawn: list[str] = []
    opened: list[tuple[int, str]] = []  # depth and tag of the lists that are open, each with an <li> open
    for item in items:
        tag = "ul" if item.number is None else "ol"
        while opened and (
            opened[-1][0] > item.depth or (opened[-1][0] == item.depth and opened[-1][1] != tag)
        ):
            drawn.append(f"</li></{opened.pop()[1]}>")
        if opened and opened[-1][0] == item.depth:
            drawn.append("</li>")
        else:
            start = f' start="{item.number}"' if item.number not in (None, 1) else ""
            drawn.append(f"<{tag}{start}>")
            opened.append((item.depth, tag))
        drawn.append(f"<li>{_line_html(item.line, names)}")
    drawn += [f"</li></{tag}>" for _, tag in reversed(opened)]
    return "".join(drawn)


def _line_html(line: str, names: Mapping[str, str]) -> str:
    return _spans_html(spans(line, names))


def _spans_html(row: Iterable[Span]) -> str:
    return "".join(_span_html(span) for span in row)


def _span_html(span: Span) -> str:
    match span:
        case Text(text):
            return escape(text)
        case Code(text):
            return f"<code>{escape(text)}</code>"
        case Link(url, label):
            return f'<a href="{escape(url)}" rel="noopener noreferrer">{escape(label)}</a>'
        case Styled(style, inner):
            return f"<{_TAGS[style]}>{_spans_html(inner)}</{_TAGS[style]}>"
