"""What stands at the front of a typed message, whatever formatting stands around it; words made comparable."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from deskd.compose.front import MARK, front, without_end
from deskd.compose.slack_inline import flat, unescape

_COMMAND: Final = re.compile(rf"[!！]([^\W\d_][\w-]*){MARK}*[ \t]*:?(.*)", re.DOTALL)


def unwrapped(text: str) -> str:
    """`text` without blanks and formatting at its front, and without the same formatting's end."""
    at, marks = front(text)
    return without_end(text[at:].strip(), marks)


def command_in(text: str) -> tuple[str, str] | None:
    """A command's name, lower case, and what follows it as Slack has it; None where `text` isn't `!` and a letter."""
    found = _COMMAND.match(unwrapped(text))
    return (found.group(1).casefold().rstrip("_"), found.group(2).strip()) if found else None


def literal(markup: str) -> str:
    """What the agent sees: Slack's escapes undone, links and mentions as they show; formatting stays."""
    return unescape(flat(markup, {}))


def folded(text: str) -> str:
    """Case and accents aside: `Mañana` -> `manana`."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))
