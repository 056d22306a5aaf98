"""What stands at the front of a typed message, whatever formatting Slack put around it; words made comparable."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from deskd.compose.slack_inline import flat, unescape

MARKS: Final = "*_~`"  # bold, italic, struck out, code: an editor's doing, and no part of what was meant
_UNSEEN: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})  # categories of characters without ink
_COMMAND: Final = re.compile(r"[!！]([^\W\d_][\w-]*)[ \t]*:?(.*)", re.DOTALL)


def unwrapped(text: str) -> str:
    """`text` without blanks and formatting at its front, and without the same formatting's end."""
    at = next((at for at, character in enumerate(text) if not _is_wrapping(character)), len(text))
    marks = "".join(mark for mark in MARKS if mark in text[:at])
    cut = text[at:].strip()
    return cut.rstrip(marks).rstrip() if marks else cut


def _is_wrapping(character: str) -> bool:
    return character in MARKS or unicodedata.category(character) in _UNSEEN


def command_in(text: str) -> tuple[str, str] | None:
    """A command's name, lower case, and what follows it as Slack has it; None where `text` isn't `!` and a letter."""
    found = _COMMAND.match(unwrapped(text))
    return (found.group(1).casefold(), found.group(2).strip()) if found else None


def literal(markup: str) -> str:
    """What the agent sees: Slack's escapes undone, links and mentions as they show; formatting stays."""
    return unescape(flat(markup, {}))


def folded(text: str) -> str:
    """Case and accents aside: `Mañana` -> `manana`."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))
