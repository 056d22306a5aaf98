"""Reply, note or command: what a typed text is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from deskd.compose.front import MARK
from deskd.typed.markup import command_in, unwrapped
from deskd.typed.whom import mentions_someone

if TYPE_CHECKING:
    from deskd.config import Settings


@dataclass(frozen=True, slots=True)
class Classified:
    """`text` is what remains without `note:`, `//` or `reply:`. `offer`: its author may have meant it for the customer."""

    kind: Literal["command", "note", "reply"]
    text: str
    offer: bool = False


_COLON: Final = rf"{MARK}*[ \t]*(?:[:：]|&#58;){MARK}*"
_NOTE: Final = re.compile(rf"(?:note{_COLON}|//+(?:{MARK}+(?=\s))?)\s*", re.IGNORECASE)
_REPLY: Final = re.compile(rf"reply{_COLON}\s*", re.IGNORECASE)


def classify(
    text: str, *, replies: Literal["public", "internal"], settings: Settings, people: Mapping[str, str]
) -> Classified:
    """What a roster agent's message in a ticket's thread is. `text` is Slack's mrkdwn, `people` maps Slack ids to roster keys.

    A text that begins with `!` never is a reply, not even where it is no command: it is kept, and its author asked.
    """
    bare = unwrapped(text)
    if command_in(bare):
        return Classified("command", bare)
    if note := _NOTE.match(bare):
        return Classified("note", bare[note.end() :].strip())
    asked = _REPLY.match(bare)
    rest = bare[asked.end() :].strip() if asked else text.strip()
    if _begins_otherwise(rest) or mentions_someone(rest, settings, people):
        return Classified("note", rest, offer=True)
    if replies == "internal" and not asked:
        return Classified("note", rest, offer=True)
    return Classified("reply", rest)


def _begins_otherwise(text: str) -> bool:
    """Whether it begins as a command or a note does, or nearly so (`! close`, `!!!`, `reply: note: …`)."""
    bare = unwrapped(text)
    return bare.startswith(("!", "！")) or _NOTE.match(bare) is not None
