"""An agent's Slack message -> what a chat's program takes: texts with spans that say how they look, parted by `deskd.model.parting`. Pure and total.

No markup is ever written: what somebody typed stays literally what it is, whatever it looks like (THREATS, Telegram). Offsets count UTF-16 code units.
https://core.telegram.org/bots/api#messageentity
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from deskd.compose.mrkdwn import pieces, quoted_runs
from deskd.compose.slack_inline import Code, Link, Styled, Text, flat, spans, unescape
from deskd.compose.slack_inline import Span as Inline
from deskd.model.outgoing import Span, Words
from deskd.model.parting import MOST, split, trimmed, units

__all__ = ["MOST", "plain", "split", "to_words", "units"]

_KINDS: Final = {"bold": "bold", "italic": "italic", "strike": "strikethrough"}


def plain(text: str) -> Words:
    return Words(text.strip())


def to_words(mrkdwn: str, names: Mapping[str, str]) -> Words:
    """The message with its formatting. `names`: people's and groups' names by Slack id."""
    drawn = _Drawn()
    for fenced, piece in pieces(mrkdwn):
        if not piece.strip("\n"):
            continue
        drawn.line_end()
        if fenced:
            start = drawn.at
            drawn.add(unescape(flat(piece, names)))
            drawn.mark("pre", start)
            continue
        for quoted, lines in quoted_runs(piece):
            drawn.line_end()
            start = drawn.at
            for number, line in enumerate(lines):
                drawn.add("\n" if number else "")
                drawn.draw(spans(line, names))
            if quoted:
                drawn.mark("blockquote", start)
    return trimmed(Words("".join(drawn.parts), tuple(drawn.spans)))


class _Drawn:
    """A text on its way, with its length so far in UTF-16 units."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.spans: list[Span] = []
        self.at = 0

    def add(self, text: str) -> None:
        if text:
            self.parts.append(text)
            self.at += units(text)

    def line_end(self) -> None:
        if self.parts and not self.parts[-1].endswith("\n"):
            self.add("\n")

    def mark(self, kind: str, start: int, url: str = "") -> None:
        if self.at > start:
            self.spans.append(Span(kind, start, self.at - start, url))  # type: ignore[arg-type]

    def draw(self, row: Iterable[Inline]) -> None:
        for one in row:
            start = self.at
            match one:
                case Text(text):
                    self.add(text)
                case Code(text):
                    self.add(text)
                    self.mark("code", start)
                case Link(url, label) if label == url or not url.startswith(("http://", "https://")):
                    self.add(label)  # Telegram finds addresses and numbers by itself
                case Link(url, label):
                    self.add(label)
                    self.mark("text_link", start, url)
                case Styled(style, inner):
                    self.draw(inner)
                    self.mark(_KINDS[style], start)
