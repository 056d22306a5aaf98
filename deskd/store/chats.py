"""Chats: which tickets each has, which of its messages is which of ours, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from deskd.chats.choosing import Standing
from deskd.chats.memory import Memory, dumps, loads
from deskd.model import Ticket
from deskd.store import tickets
from deskd.store.tables import chats, contacts, conversations, messages, outbox, posts, ticket_conversations
from deskd.store.tables import tickets as ticket_rows
from deskd.store.times import micros, moment_or_none
from deskd.store.work import Row, Statement, Work, among, upsert

_TICKETS = Statement(
    select(
        ticket_rows.c.id,
        ticket_rows.c.ref,
        ticket_rows.c.status,
        ticket_rows.c.resolved_at,
        ticket_rows.c.merged_into,
    )
    .select_from(ticket_conversations)
    .join(ticket_rows, ticket_rows.c.id == ticket_conversations.c.ticket_id)
    .join(conversations, conversations.c.id == ticket_conversations.c.conversation_id)
    .where(
        conversations.c.channel == bindparam("channel"),
        conversations.c.thread_key == bindparam("thread_key"),
        ticket_conversations.c.until.is_(None),
    )
    .order_by(ticket_conversations.c.id.desc())
    .limit(20)
)
_POST = Statement(
    select(posts).where(
        posts.c.surface == "telegram", posts.c.channel == bindparam("place"), posts.c.ts == bindparam("ts")
    )
)
_KEEP_POST = Statement(
    lambda dialect: (
        upsert(dialect, posts)
        .values(
            ticket_id=bindparam("ticket_id"),
            message_id=bindparam("message_id"),
            surface="telegram",
            channel=bindparam("place"),
            ts=bindparam("ts"),
            role=bindparam("role"),
        )
        .on_conflict_do_nothing()
    )
)
_MEMORY = Statement(
    select(chats.c.memory).where(chats.c.channel == bindparam("channel"), chats.c.chat == bindparam("chat"))
)


def _remember(dialect: str) -> Any:
    built = upsert(dialect, chats).values(
        channel=bindparam("channel"),
        chat=bindparam("chat"),
        memory=bindparam("memory"),
        updated_at=bindparam("now"),
    )
    return built.on_conflict_do_update(
        index_elements=[chats.c.channel, chats.c.chat],
        set_={"memory": bindparam("memory"), "updated_at": bindparam("now")},
    )


_REMEMBER = Statement(_remember)
_LAST_OF_CUSTOMER = Statement(
    select(posts.c.ts)
    .join(messages, messages.c.id == posts.c.message_id)
    .where(
        posts.c.surface == "telegram",
        posts.c.role == "customer",
        posts.c.channel == bindparam("place"),
        messages.c.conversation_id == bindparam("conversation_id"),
    )
    .order_by(posts.c.id.desc())
    .limit(1)
)
_KEY = Statement(select(conversations.c.thread_key).where(conversations.c.id == bindparam("the_id")))
_KEYS = Statement(
    select(conversations.c.id, conversations.c.thread_key).where(
        conversations.c.channel == bindparam("channel"), conversations.c.thread_key.like(bindparam("start"))
    )
)
_CONVERSATION_OF = Statement(select(messages.c.conversation_id).where(messages.c.id == bindparam("the_id")))
_FILES_UNDER_WAY = Statement(
    select(outbox.c.id)
    .where(
        outbox.c.message_id == bindparam("message_id"),
        outbox.c.kind == bindparam("kind"),
        among(outbox.c.state, "held", "queued", "sending"),
    )
    .limit(1)
)


def place(channel: str, chat: str) -> str:
    """A chat as `posts` names it: two bots may talk with the same person."""
    return f"{channel}:{chat}"


def standing(ticket: Ticket) -> Standing:
    return Standing(ticket.id, ticket.ref, ticket.status, ticket.resolved_at)


def tickets_of(work: Work, channel: str, thread_key: str) -> tuple[Standing, ...]:
    """The chat's tickets, the newest first, those that went into others as these."""
    found: dict[int, Standing] = {}
    for row in work.rows(_TICKETS, channel=channel, thread_key=thread_key):
        one = Standing(row["id"], row["ref"], row["status"], moment_or_none(row["resolved_at"]))
        if row["merged_into"] is not None:
            ticket = follow(work, row["merged_into"])
            one = standing(ticket) if ticket is not None else one
        found.setdefault(one.ticket, one)
    return tuple(found.values())


def follow(work: Work, ticket_id: int) -> Ticket | None:
    ticket = tickets.load(work, ticket_id)
    while ticket is not None and ticket.merged_into is not None:
        ticket = tickets.load(work, ticket.merged_into)
    return ticket


def posted(work: Work, where: str, ts: str) -> Row | None:
    """Which ticket and message a chat's message is, or None when the desk doesn't have it."""
    return work.row(_POST, place=where, ts=ts)


def keep_posts(
    work: Work, where: str, ids: Iterable[str], ticket_id: int, message_id: int | None, role: str
) -> None:
    for ts in ids:
        work.run(_KEEP_POST, place=where, ts=ts, ticket_id=ticket_id, message_id=message_id, role=role)


def memory(work: Work, channel: str, chat: str) -> Memory:
    return loads(work.value(_MEMORY, channel=channel, chat=chat))


def remember(work: Work, channel: str, chat: str, kept: Memory, now: datetime) -> None:
    work.run(_REMEMBER, channel=channel, chat=chat, memory=dumps(kept), now=micros(now))


def key_of(work: Work, conversation_id: int | None) -> str:
    """The chat of a conversation: `CHAT`, `CHAT:USER` or `CHAT:USER:TOPIC`; "" where it is none."""
    return work.value(_KEY, the_id=conversation_id) or "" if conversation_id is not None else ""


def for_whom(work: Work, payload: Mapping[str, Any], message_id: int | None) -> str:
    """The chat that a row of the outbox is for: Telegram counts what a chat gets, whichever ticket it is about."""
    conversation = payload.get("conversation")
    if conversation is None and message_id is not None:
        conversation = work.value(_CONVERSATION_OF, the_id=message_id)
    return str(payload.get("chat") or "") or key_of(work, conversation).partition(":")[0]


def last_of_customer(work: Work, where: str, conversation_id: int) -> str:
    """The id of the customer's last message in it."""
    return work.value(_LAST_OF_CUSTOMER, place=where, conversation_id=conversation_id) or ""


def moved(work: Work, channel: str, old: str, new: str) -> None:
    """A group became a supergroup: what was said in the one goes on in the other, whose messages are numbered anew."""
    for row in work.rows(_KEYS, channel=channel, start=f"{old}%"):
        chat, colon, rest = row["thread_key"].partition(":")
        if chat == old:
            work.update(conversations, row["id"], thread_key=f"{new}{colon}{rest}")


def waits(work: Work, message_id: int, kind: str) -> bool:
    """Whether a row of this kind is still to go for the message."""
    return work.value(_FILES_UNDER_WAY, message_id=message_id, kind=kind) is not None


def set_language(work: Work, contact_id: int, language: str) -> None:
    """The contact's own choice."""
    work.update(contacts, contact_id, language=language, language_set=1)


@dataclass(frozen=True, slots=True)
class Unsure:
    """A reply of which nobody knows whether it arrived."""

    ref: str
    chat: str
    text: str


_UNSURE = Statement(
    select(ticket_rows.c.ref, conversations.c.thread_key, messages.c.text)
    .select_from(outbox)
    .join(messages, messages.c.id == outbox.c.message_id)
    .join(ticket_rows, ticket_rows.c.id == messages.c.ticket_id)
    .join(conversations, conversations.c.id == messages.c.conversation_id)
    .where(
        among(outbox.c.state, "unknown", "failed"),
        outbox.c.state == "unknown",
        outbox.c.kind == "telegram",
        outbox.c.channel == bindparam("channel"),
    )
    .order_by(outbox.c.id)
)


def unsure(work: Work, channel: str) -> list[Unsure]:
    return [
        Unsure(row["ref"], row["thread_key"] or "", row["text"][:80])
        for row in work.rows(_UNSURE, channel=channel)
    ]
