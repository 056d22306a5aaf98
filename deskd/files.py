"""Which files go where, and how large they may be. Pure; sizes are bytes.

A customer's files go into the ticket's thread, an agent's go to the customer with the reply they were written with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Protocol, TypeVar

PIXEL: Final = 2_000
"""An image within the text that is smaller shows nothing: it counts who opened the mail, or is a bullet."""
MOST_SHOWN: Final = 50  # files of one message
LARGEST_SHOWN: Final = 100_000_000
"""All that is shown of one message's files. Slack takes 1 GB a file; it goes through memory."""
SURELY_SHOWN: Final = 10_000
"""Characters of a text that Slack surely shows in one post; of a longer one a start stands there, and the whole goes up as a file."""
START: Final = 3_000
"""Characters of that start: what people read before they open the file."""

SENDABLE: Final[Mapping[str, int]] = {"mail": 20_000_000, "telegram": 50_000_000, "slack": 50_000_000}
"""What goes with one reply, by kind of channel: mail grows by a third on its way, and most providers take 25 MB to 35 MB; bots of Telegram send 50 MB."""


class Sized(Protocol):
    """A file that came with a message."""

    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int: ...


class Received(Sized, Protocol):
    """`type` is its media type; `inline`: it stands within the text."""

    @property
    def type(self) -> str: ...
    @property
    def inline(self) -> bool: ...


F = TypeVar("F", bound=Received)


def worth_showing(file: Received) -> bool:
    """Whether agents should see it: anything attached, and pictures within the text."""
    return not file.inline or (file.type.startswith("image/") and file.size >= PIXEL)


def fits(files: Sequence[F]) -> tuple[list[F], list[F]]:
    """Of the files worth showing: those that are shown, and those that are only named because they are too large."""
    shown: list[F] = []
    left_out: list[F] = []
    room = LARGEST_SHOWN
    for file in files:
        if not worth_showing(file):
            continue
        if file.size > room or len(shown) == MOST_SHOWN:
            left_out.append(file)
        else:
            shown.append(file)
            room -= file.size
    return shown, left_out


def too_much(files: Sequence[Sized], kind: str) -> Sized | None:
    """The file with which a reply outgrows what a channel of this kind carries; None: all of them go."""
    room = SENDABLE.get(kind, SENDABLE["mail"])
    for file in files:
        room -= file.size
        if room < 0:
            return file
    return None


def origin(message: str, unique: str) -> str:
    """Which file it is, and in which message it stands; "" where the platform has no name for the file itself."""
    return f"{message}:{unique}" if unique else ""
