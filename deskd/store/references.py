"""The index of Message-IDs: every id that a conversation's mails carry or name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam

from deskd.model import Message
from deskd.store.tables import reference_ids
from deskd.store.work import Statement, Work, upsert
from deskd.threads import ids_named, reference_key


def _insert(dialect: str) -> Any:
    return upsert(dialect, reference_ids).values(
        rfc_id=bindparam("rfc_id"), conversation_id=bindparam("conversation_id"), seen=bindparam("seen")
    )


_NAMED = Statement(lambda dialect: _insert(dialect).on_conflict_do_nothing())
_SEEN = Statement(
    lambda dialect: _insert(dialect).on_conflict_do_update(
        index_elements=[reference_ids.c.rfc_id, reference_ids.c.conversation_id], set_={"seen": 1}
    )
)


def keep_references(work: Work, conversation_id: int, message: Message, foreign: Sequence[str] = ()) -> None:
    """Index a mail's own id as seen, and the ids it names, other desks' numbers among them."""
    for rfc_id in (*ids_named(message), *foreign):
        work.run(_NAMED, rfc_id=reference_key(rfc_id), conversation_id=conversation_id, seen=0)
    if message.message_id:
        keep_own(work, conversation_id, message.message_id)


def keep_own(work: Work, conversation_id: int, rfc_id: str) -> None:
    """Index the id of a mail that is here, one of ours among them."""
    work.run(_SEEN, rfc_id=reference_key(rfc_id), conversation_id=conversation_id, seen=1)
