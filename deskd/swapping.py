"""An agent puts another file into a message in a Telegram group, or adds one to it. Runs in the unit of work of the gesture."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final, TypeVar

from deskd.desk.commands import Edit
from deskd.desk.state import State
from deskd.desk.writing import Swapped
from deskd.errors import TemporaryFailure
from deskd.files import origin
from deskd.model import Gesture
from deskd.store import Work, enclosed

T = TypeVar("T")

SOON: Final = timedelta(milliseconds=200)


def with_file(work: Work, gesture: Gesture, state: State, command: T) -> T | Edit:
    """The edit, with the file that stands in the message now where it is another one. Raises `TemporaryFailure` while the old one is being fetched."""
    if not isinstance(command, Edit) or state.message is None or len(gesture.files) != 1:
        return command
    (file,), message = gesture.files, state.message
    stood, stands = enclosed.origin_of(work, message.id, gesture.ts), origin(gesture.ts, file.unique)
    if stood == stands or not stands:
        return command
    if stood is None:
        return replace(command, more=True)
    coming = enclosed.fetching(work, message.id, gesture.ts)
    if coming is not None and coming.state == "sending":
        raise TemporaryFailure("the file that stood there is being fetched", SOON)
    beside = enclosed.going(work, message.id, but=gesture.ts)
    return replace(command, swapped=Swapped(file, beside, coming.id if coming else None))
