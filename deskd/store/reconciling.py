"""What the desk has of each ticket's Slack threads, for `deskd reconcile`. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from deskd.reconcile import Post, Thread
from deskd.reconcile_mail import TakenMail
from deskd.store.tables import (
    anchors,
    conversations,
    inbox,
    messages,
    outbox,
    ticket_conversations,
    tickets,
)
from deskd.store.times import micros
from deskd.store.work import Work

_AT_ONCE = 500  # ids a question


def threads(work: Work, account: str, since: datetime | None) -> list[Thread]:
    """Where the tickets that changed since then are shown by this account."""
    built = (
        select(tickets.c.ref, anchors.c.channel, anchors.c.thread)
        .join(tickets, tickets.c.id == anchors.c.ticket_id)
        .where(anchors.c.account == account)
        .order_by(anchors.c.id)
    )
    if since is not None:
        built = built.where(tickets.c.updated_at >= micros(since))
    return [Thread(row["ref"], account, row["channel"], row["thread"]) for row in work.once(built)]


def posts(work: Work, account: str, since: datetime | None) -> list[Post]:
    """The cards and posts of these tickets."""
    built = (
        select(
            outbox.c.key,
            outbox.c.kind,
            outbox.c.state,
            outbox.c.external_id,
            tickets.c.ref,
            anchors.c.channel,
            anchors.c.thread,
        )
        .join(tickets, tickets.c.id == outbox.c.ticket_id)
        .join(anchors, anchors.c.id == outbox.c.anchor_id)
        .where(outbox.c.channel == account, outbox.c.kind.in_(("card", "post")))
        .order_by(outbox.c.id)
    )
    if since is not None:
        built = built.where(tickets.c.updated_at >= micros(since))
    return [
        Post(
            row["key"],
            row["kind"],
            row["ref"],
            row["channel"],
            row["thread"],
            row["external_id"] or None,
            row["state"],
        )
        for row in work.once(built)
    ]


def _chats(account: str, since: datetime | None) -> Any:
    """Customers' chats of this account, with the tickets they belong to now."""
    built = (
        select(tickets.c.ref, conversations.c.id, conversations.c.thread_key)
        .select_from(conversations)
        .join(ticket_conversations, ticket_conversations.c.conversation_id == conversations.c.id)
        .join(tickets, tickets.c.id == ticket_conversations.c.ticket_id)
        .where(
            conversations.c.channel == account,
            conversations.c.thread_key.is_not(None),
            ticket_conversations.c.until.is_(None),
        )
        .order_by(conversations.c.id)
    )
    return built if since is None else built.where(tickets.c.updated_at >= micros(since))


def chats(work: Work, account: str, since: datetime | None) -> list[Thread]:
    """The threads in which customers write; a direct exchange has no thread."""
    return [
        Thread(row["ref"], account, *_place(row["thread_key"])) for row in work.once(_chats(account, since))
    ]


def answers(work: Work, account: str, since: datetime | None) -> list[Post]:
    """What was sent, or is to be sent, into these chats."""
    chat = _chats(account, since).subquery()
    built = (
        select(
            outbox.c.key, outbox.c.kind, outbox.c.state, outbox.c.external_id, chat.c.ref, chat.c.thread_key
        )
        .join(messages, messages.c.id == outbox.c.message_id)
        .join(chat, chat.c.id == messages.c.conversation_id)
        .where(outbox.c.channel == account, outbox.c.kind == "slack")
        .order_by(outbox.c.id)
    )
    return [
        Post(
            row["key"],
            "answer",
            row["ref"],
            *_place(row["thread_key"]),
            row["external_id"] or None,
            row["state"],
        )
        for row in work.once(built)
    ]


def _place(thread_key: str) -> tuple[str, str | None]:
    channel, _, thread = thread_key.partition(":")
    return channel, thread or None


def received(work: Work, account: str, external_ids: Sequence[str], *, source: str = "slack") -> set[str]:
    """Which of these the inbox has."""
    found: set[str] = set()
    for at in range(0, len(external_ids), _AT_ONCE):
        built = select(inbox.c.external_id).where(
            inbox.c.channel == account,
            inbox.c.source == source,
            inbox.c.external_id.in_(external_ids[at : at + _AT_ONCE]),
        )
        found |= {row["external_id"] for row in work.once(built)}
    return found


def mails_from(work: Work, account: str, prefix: str, since: datetime | None) -> list[TakenMail]:
    """What was taken out of a mailbox's folder, by what its delivery ids begin with; kept since then."""
    built = (
        select(inbox.c.external_id, messages.c.rfc_id, tickets.c.ref)
        .join(messages, messages.c.id == inbox.c.message_id, isouter=True)
        .join(tickets, tickets.c.id == messages.c.ticket_id, isouter=True)
        .where(
            inbox.c.channel == account,
            inbox.c.source == "imap",
            inbox.c.external_id.startswith(prefix, autoescape=True),
        )
        .order_by(inbox.c.id)
    )
    if since is not None:
        built = built.where(inbox.c.received_at >= micros(since))
    return [TakenMail(row["external_id"], row["rfc_id"] or "", row["ref"]) for row in work.once(built)]


def known_mails(work: Work, account: str, rfc_ids: Sequence[str]) -> set[str]:
    """Those of these Message-IDs that came in over the account, by whatever way."""
    found: set[str] = set()
    for at in range(0, len(rfc_ids), _AT_ONCE):
        built = select(messages.c.rfc_id).where(
            messages.c.channel == account,
            messages.c.direction == "in",
            messages.c.rfc_id.in_(rfc_ids[at : at + _AT_ONCE]),
        )
        found |= {row["rfc_id"] for row in work.once(built)}
    return found
