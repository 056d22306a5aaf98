"""Compares what a mailbox holds with what the desk took from it: pure, over what was read on both sides.

A mail is known by the id of its delivery (folder, uidvalidity, uid); one that came another way, or before the uids changed, by its Message-ID.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from deskd.ports import HeldMail
from deskd.reconcile import Difference


@dataclass(frozen=True, slots=True)
class TakenMail:
    """An inbox row that came out of this folder, with uids as they are counted now. `rfc_id`: "" where no message was made of it."""

    external_id: str
    rfc_id: str
    ticket: str | None


def mail_differences(
    channel: str,
    held: Sequence[HeldMail],
    taken: Sequence[TakenMail],
    known: Collection[str],
    *,
    after: Literal["seen", "move", "delete"],
) -> list[Difference]:
    """`held`: the folder that is read, and the one that mails are moved to; `known`: those of its delivery ids and Message-IDs that the desk has."""
    return [
        *_never_taken(channel, held, known),
        *(_gone(channel, held, taken) if after != "delete" else ()),
        *_in_both(channel, held),
    ]


def _never_taken(channel: str, held: Sequence[HeldMail], known: Collection[str]) -> Iterator[Difference]:
    for one in held:
        if not one.moved and one.external_id not in known and one.rfc_id not in known:
            detail = f"a mail of {one.size} bytes in the mailbox never reached the desk"
            yield Difference("missing", "desk", None, channel, one.folder, str(one.uid), detail)


def _gone(channel: str, held: Sequence[HeldMail], taken: Sequence[TakenMail]) -> Iterator[Difference]:
    """Taken, and in neither folder any more: somebody moved or deleted it."""
    there = {one.external_id for one in held if not one.moved} | {one.rfc_id for one in held if one.moved}
    for one in taken:
        if one.rfc_id and one.external_id not in there and one.rfc_id not in there:
            uid = one.external_id.rpartition(":")[2]
            detail = "the desk has the mail, the mailbox doesn't (any more)"
            yield Difference("missing", "mailbox", one.ticket, channel, None, uid, detail)


def _in_both(channel: str, held: Sequence[HeldMail]) -> Iterator[Difference]:
    """A move that was broken off, and not completed."""
    moved = Counter((one.rfc_id, one.size) for one in held if one.moved and one.rfc_id)
    told: set[tuple[str, int]] = set()
    for one in held:
        key = (one.rfc_id, one.size)
        if not one.moved and moved[key]:
            detail = "the mail was moved, and is still here as well"
            yield Difference("twice", "mailbox", None, channel, one.folder, str(one.uid), detail)
        elif one.moved and moved[key] > 1 and key not in told:
            told.add(key)
            detail = f"the mail is here {moved[key]} times"
            yield Difference("twice", "mailbox", None, channel, one.folder, str(one.uid), detail)
