"""Looks up what `threads.decide` needs: for every id, address and subject a message brings, the tickets it leads to.

On PostgreSQL the unit first takes locks on all that two messages of one thread have in common, in sorted order, so that a question and its answer
that arrive at once are filed one after the other. SQLite has one writer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, func, select

from deskd.compose.ids import token_hash
from deskd.model import Message
from deskd.store import contacts, tickets
from deskd.store.tables import (
    conversations,
    messages,
    participants,
    reference_ids,
    reply_tokens,
    ticket_conversations,
)
from deskd.store.times import micros
from deskd.store.work import Statement, Work
from deskd.threads import Clues, Known, ids_named, reference_key, subject_refs

TOKEN_LIFE: Final = timedelta(days=365)
"""How long a signed reply address leads to its ticket; each answer carries a new one."""

_LOCK = Statement(select(func.pg_advisory_xact_lock(bindparam("key"))))
_FINGERPRINT = Statement(
    select(messages.c.id, messages.c.ticket_id)
    .where(messages.c.fingerprint == bindparam("fingerprint"))
    .limit(1)
)
_REFERENCE = Statement(
    select(ticket_conversations.c.ticket_id)
    .join(reference_ids, reference_ids.c.conversation_id == ticket_conversations.c.conversation_id)
    .where(reference_ids.c.rfc_id == bindparam("rfc_id"), ticket_conversations.c.until.is_(None))
    # Where the mail of that id lies comes before where it is only named: anyone can open a ticket that names it.
    .order_by(reference_ids.c.seen.desc(), ticket_conversations.c.id.desc())
)
_AWAITED = Statement(
    select(ticket_conversations.c.ticket_id)
    .join(reference_ids, reference_ids.c.conversation_id == ticket_conversations.c.conversation_id)
    .where(
        reference_ids.c.rfc_id == bindparam("rfc_id"),
        reference_ids.c.seen == 0,
        ticket_conversations.c.until.is_(None),
    )
    .order_by(ticket_conversations.c.id.desc())
)
_TOKEN = Statement(
    select(reply_tokens).where(
        reply_tokens.c.hash == bindparam("hash"),
        reply_tokens.c.replaced_at.is_(None),
        reply_tokens.c.created_at > bindparam("since"),
    )
)
_PARTICIPANTS = Statement(
    select(participants.c.address).where(
        participants.c.ticket_id == bindparam("ticket_id"), participants.c.state == "accepted"
    )
)
_CHAT = Statement(
    select(ticket_conversations.c.ticket_id)
    .join(conversations, conversations.c.id == ticket_conversations.c.conversation_id)
    .where(
        conversations.c.channel == bindparam("channel"),
        conversations.c.thread_key == bindparam("thread_key"),
        ticket_conversations.c.until.is_(None),
    )
    .order_by(ticket_conversations.c.id.desc())
    .limit(1)
)


def lock(work: Work, message: Message, foreign: Sequence[str] = ()) -> None:
    """Hold everything by which another message could belong with this one, until the transaction ends."""
    if work.dialect != "postgresql":
        return
    names = {*ids_named(message), message.message_id or "", message.fingerprint, message.sender.key, *foreign}
    for key in sorted(int(reference_key(name)[:15], 16) for name in names if name):
        work.run(_LOCK, key=key)


def of_fingerprint(work: Work, fingerprint: str) -> int | None:
    """The message of this fingerprint; a chat's is made of where and when it was written."""
    row = work.row(_FINGERPRINT, fingerprint=fingerprint)
    return None if row is None else int(row["id"])


def find(
    work: Work,
    message: Message,
    tokens: Sequence[str],
    prefix: str,
    chat: tuple[str, str] | None = None,
    foreign: Sequence[str] = (),
    *,
    now: datetime,
) -> Clues:
    """The clues of a message. `tokens`: what stood behind the plus of our addresses it was sent to; `chat`: channel and thread key; `foreign`: other
    desks' numbers in it.
    """
    same = work.row(_FINGERPRINT, fingerprint=message.fingerprint) if message.fingerprint else None
    if same is not None:
        return Clues(duplicate_of=same["id"], duplicate_ticket=same["ticket_id"])
    clues: dict[str, Any] = {}
    token = _token(work, tokens, now)
    if token is not None:
        clues |= {"by_token": token[0], "token_of": token[1]}
    clues["awaited"] = _awaited(work, message)
    clues["by_reference"] = tuple(dict.fromkeys((*_references(work, message, foreign), *clues["awaited"])))
    refs = subject_refs(message.subject, prefix)
    clues["by_subject"] = next(
        (found for ref in refs if (found := tickets.by_ref(work, ref)) is not None), None
    )
    if chat is not None:
        clues["by_chat"] = work.value(_CHAT, channel=chat[0], thread_key=chat[1])
    named = {clues.get("by_token"), clues["by_subject"], clues.get("by_chat"), *clues["by_reference"]} - {
        None
    }
    known = {ticket_id: _known(work, ticket_id) for ticket_id in named}
    return _follow(clues, known)


def of_chat(work: Work, account: str, thread_key: str) -> int | None:
    """The ticket of a chat with a customer."""
    found: int | None = work.value(_CHAT, channel=account, thread_key=thread_key)
    return found


def _token(work: Work, tokens: Sequence[str], now: datetime) -> tuple[int, str] | None:
    for token in tokens:
        row = work.row(_TOKEN, hash=token_hash(token), since=micros(now - TOKEN_LIFE))
        if row is not None:
            return row["ticket_id"], row["address"]
    return None


def _references(work: Work, message: Message, foreign: Sequence[str]) -> tuple[int, ...]:
    """The tickets that know an id the mail names, the closest first; then those that know a number of another desk in it."""
    found: dict[int, None] = {}
    for rfc_id in (*ids_named(message), *foreign):
        for row in work.rows(_REFERENCE, rfc_id=reference_key(rfc_id)):
            found[row["ticket_id"]] = None
    return tuple(found)


def _awaited(work: Work, message: Message) -> tuple[int, ...]:
    """The tickets that hold an answer to this mail, which came before it."""
    if not message.message_id:
        return ()
    rows = work.rows(_AWAITED, rfc_id=reference_key(message.message_id))
    return tuple(dict.fromkeys(row["ticket_id"] for row in rows))


def _known(work: Work, ticket_id: int) -> Known:
    ticket = tickets.load(work, ticket_id)
    while ticket is not None and ticket.merged_into is not None:
        ticket = tickets.load(work, ticket.merged_into)
    if ticket is None:
        raise LookupError(f"no ticket {ticket_id}")
    accepted = (row["address"] for row in work.rows(_PARTICIPANTS, ticket_id=ticket.id))
    own = frozenset(contacts.addresses(work, ticket.contact_id))
    return Known(ticket.id, ticket.ref, ticket.status, own.union(accepted), own)


def _follow(clues: dict[str, Any], known: dict[int, Known]) -> Clues:
    """The clues with merged tickets replaced by the ones they went into."""

    def now(ticket_id: int | None) -> int | None:
        return None if ticket_id is None else known[ticket_id].ticket

    return Clues(
        awaited=tuple(dict.fromkeys(known[ticket_id].ticket for ticket_id in clues["awaited"])),
        by_token=now(clues.get("by_token")),
        token_of=clues.get("token_of", ""),
        by_reference=tuple(dict.fromkeys(known[ticket_id].ticket for ticket_id in clues["by_reference"])),
        by_subject=now(clues["by_subject"]),
        by_chat=now(clues.get("by_chat")),
        tickets={found.ticket: found for found in known.values()},
    )
