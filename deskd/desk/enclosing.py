"""The files of an agent's reply: which are fetched, which is exchanged for which, and what becomes of a reply that has grown too large for its channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from deskd import files, words
from deskd.config import Settings
from deskd.desk import showing
from deskd.desk.changes import AddEvent, Change, Queue, SetMessage, SetOutbox
from deskd.desk.source import Source
from deskd.desk.state import KnownMessage, State
from deskd.desk.writing import Swapped
from deskd.model import GestureFile

FURTHER: Final = "further"
"""What the second message of an album, and each after it, is to the reply that the first became."""


def to_fetch(found: Sequence[GestureFile], kind: str, source: Source) -> dict[str, object]:
    """What a row of kind `fetch` carries. `kind`: of the row that will carry the reply."""
    payload: dict[str, object] = {
        "files": [[file.id, file.name, file.type, file.size, file.url] for file in found],
        "most": files.SENDABLE.get(kind, files.SENDABLE["mail"]),
    }
    known = files.origin(
        source.ts, found[0].unique if found else ""
    )  # where files have such a name, each message holds one
    return {**payload, "origin": known} if known else payload


def exchanged(message_id: int, swapped: Swapped, kind: str, source: Source) -> list[Change]:
    """The file that stands in the message now is fetched, and not the one that stood there; what of that is here already is put aside."""
    payload = {**to_fetch([swapped.file], kind, source), "instead": True}
    place = f"fetch:{source.channel}:{files.origin(source.ts, swapped.file.unique)}"
    return [
        *([SetOutbox(swapped.row, "cancelled")] if swapped.row is not None else []),
        Queue("fetch", source.account, place, payload, message_id=message_id),
    ]


def outgrown(
    settings: Settings,
    state: State,
    message: KnownMessage,
    kind: str,
    actor: str,
    found: Sequence[GestureFile],
    file: files.Sized,
) -> tuple[Change, ...]:
    """A reply that waits, and that `file`, one of its `found`, has made too large: it is stopped whole."""
    error = too_large(settings, kind, found, file)
    return (
        *([SetOutbox(message.outbox_id, "cancelled")] if message.outbox_id is not None else []),
        SetMessage(message.id, {"delivery": "failed", "error": error}),
        AddEvent("not_sent", actor, {"error": error}),
        *showing.mark(state, message, showing.FAILED),
        *showing.notice(state, words.say(settings.desk.agent_language, "not_sent", error=error)),
    )


def too_large(settings: Settings, kind: str, found: Sequence[GestureFile], file: files.Sized) -> str:
    """Why a reply with these files can't go, for agents."""
    language = settings.desk.agent_language
    return words.say(
        language,
        "files_too_large",
        name=file.name,
        size=words.size(file.size, language),
        total=words.size(sum(each.size for each in found), language),
        limit=words.size(files.SENDABLE.get(kind, files.SENDABLE["mail"]), language),
    )
