"""Where the words of an agent's message begin: behind blanks and the marks of formatting, drawn by an editor or typed. Pure and total."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from deskd.compose.slack_inline import unescape

MARKS: Final = "*_~`"  # bold, italic, struck out, code: an editor's doing, and no part of what was meant
MARK: Final = rf"(?:[{MARKS}]|&#(?:{'|'.join(str(ord(mark)) for mark in MARKS)});)"
"""A pattern: a mark, or the entity by which `deskd.parse.telegram_markup` writes one that was typed."""

_MARK: Final = re.compile(MARK)
_UNSEEN: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})  # categories of characters without ink


def front(markup: str) -> tuple[int, str]:
    """Where the words begin, and the marks before them."""
    at, marks = 0, ""
    while at < len(markup):
        if found := _MARK.match(markup, at):
            marks += unescape(found.group())
            at = found.end()
        elif unicodedata.category(markup[at]) in _UNSEEN:
            at += 1
        else:
            break
    return at, marks


def without_end(markup: str, marks: str) -> str:
    """`markup` without those of `marks` that it ends with."""
    ends = tuple(form for mark in marks for form in (mark, f"&#{ord(mark)};"))
    end = len(markup)
    while ends and markup.endswith(ends, 0, end):
        end = markup.rindex("&", 0, end) if markup[end - 1] == ";" else end - 1
    return markup[:end].rstrip() if end < len(markup) else markup
