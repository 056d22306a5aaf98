"""`db check`: what must always hold in a desk's database, asked of the database itself. Reads only; a daemon may run meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from sqlalchemy import Select, exists, func, or_, select, union_all
from sqlalchemy import text as sql_text

from deskd.store.database import Store
from deskd.store.tables import (
    attachments,
    blobs,
    inbox,
    message_versions,
    messages,
    outbox,
    tickets,
)
from deskd.store.work import Row, Work

MOST: Final = 20
"""Rows named of one kind of fault; how many more there are is said."""


def problems(store: Store) -> list[str]:
    """What doesn't hold, a sentence each; empty: all is well."""
    from deskd.store import schema  # Alembic: half a second that the other commands needn't spend

    found = [f"schema: {difference}" for difference in schema.differences(store)]
    for check in CHECKS:
        found += store.read_now(partial(_told, check))
    return found


Check = Callable[[Work], Iterator[str]]


def _told(check: Check, work: Work) -> list[str]:
    told = list(check(work))
    more = [f"… and {len(told) - MOST} more of this kind"] if len(told) > MOST else []
    return told[:MOST] + more


# ── the file itself ──────────────────────────────────────────────────────────────────────────────────────────────────


def _file(work: Work) -> Iterator[str]:
    """PostgreSQL watches over its own files and foreign keys."""
    if work.dialect != "sqlite":
        return
    for row in work.once(sql_text("PRAGMA integrity_check")):
        if row["integrity_check"] != "ok":
            yield f"file: {row['integrity_check']}"
    for row in work.once(sql_text("PRAGMA foreign_key_check")):
        yield f"{row['table']} row {row['rowid']}: names a row of {row['parent']} that isn't there"


# ── the inbox (invariant I2) ─────────────────────────────────────────────────────────────────────────────────────────


def _filed(work: Work) -> Iterator[str]:
    """A filed row has a message, which came from it, in a ticket that is there."""
    message_is_there = exists().where(messages.c.id == inbox.c.message_id, messages.c.inbox_id == inbox.c.id)
    ticket_is_there = exists().where(tickets.c.id == inbox.c.ticket_id)
    wrong = select(inbox.c.id).where(inbox.c.state == "filed", ~(message_is_there & ticket_is_there))
    yield from _each(work, wrong, "inbox row {id}: filed, but its message or its ticket isn't there")


def _duplicates(work: Work) -> Iterator[str]:
    original = exists().where(messages.c.id == inbox.c.message_id)
    wrong = select(inbox.c.id).where(inbox.c.state == "duplicate", ~original)
    yield from _each(work, wrong, "inbox row {id}: a duplicate of a message that isn't there")


def _quarantined(work: Work) -> Iterator[str]:
    placeholder = exists().where(tickets.c.id == inbox.c.ticket_id)
    wrong = select(inbox.c.id).where(inbox.c.state == "quarantined", ~placeholder)
    yield from _each(
        work, wrong, "inbox row {id}: quarantined without a placeholder ticket that shows it to a person"
    )


def _reasons(work: Work) -> Iterator[str]:
    wrong = select(inbox.c.id, inbox.c.state).where(
        inbox.c.state.in_(("discarded", "quarantined")), func.coalesce(inbox.c.reason, "") == ""
    )
    yield from _each(work, wrong, "inbox row {id}: {state} without a reason")


def _twice(work: Work) -> Iterator[str]:
    """One inbox row makes one message."""
    wrong = (
        select(messages.c.inbox_id.label("id"), func.count().label("times"))
        .where(messages.c.inbox_id.is_not(None))
        .group_by(messages.c.inbox_id)
        .having(func.count() > 1)
    )
    yield from _each(work, wrong, "inbox row {id}: made {times} messages")


# ── tickets, and what goes out ───────────────────────────────────────────────────────────────────────────────────────


def _message_counts(work: Work) -> Iterator[str]:
    counted = select(func.count()).where(messages.c.ticket_id == tickets.c.id).scalar_subquery()
    wrong = select(tickets.c.ref, tickets.c.messages, counted.label("counted")).where(
        tickets.c.messages != counted
    )
    yield from _each(work, wrong, "{ref}: says it has {messages} messages, and has {counted}")


def _merged(work: Work) -> Iterator[str]:
    other = tickets.alias("other")
    wrong = select(tickets.c.ref).where(
        tickets.c.merged_into.is_not(None), ~exists().where(other.c.id == tickets.c.merged_into)
    )
    yield from _each(work, wrong, "{ref}: merged into a ticket that isn't there")


def _deliveries(work: Work) -> Iterator[str]:
    """A row that names a ticket or a message names one that is there; SQLite's foreign keys hold only where they were switched on."""
    ticket = outbox.c.ticket_id.is_not(None) & ~exists().where(tickets.c.id == outbox.c.ticket_id)
    message = outbox.c.message_id.is_not(None) & ~exists().where(messages.c.id == outbox.c.message_id)
    yield from _each(work, select(outbox.c.id).where(ticket), "outbox row {id}: its ticket isn't there")
    yield from _each(work, select(outbox.c.id).where(message), "outbox row {id}: its message isn't there")


def _delivery_states(work: Work) -> Iterator[str]:
    """What a ticket says became of a message is what became of its delivery."""
    newest = outbox.alias("newest")
    last = select(func.max(newest.c.id)).where(
        newest.c.message_id == messages.c.id, newest.c.kind.in_(("mail", "slack", "telegram"))
    )
    ended = ("sent", "failed", "cancelled")
    wrong = (
        select(messages.c.id, messages.c.delivery, outbox.c.state)
        .select_from(messages)
        .join(outbox, outbox.c.id == last.scalar_subquery())
        .where(
            messages.c.delivery != outbox.c.state,
            messages.c.delivery != "bounced",
            or_(messages.c.delivery.in_(ended), outbox.c.state.in_(ended)),
        )
    )
    yield from _each(work, wrong, "message {id}: the ticket says {delivery}, the outbox {state}")


def _versions(work: Work) -> Iterator[str]:
    wrong = select(message_versions.c.id).where(
        ~exists().where(messages.c.id == message_versions.c.message_id)
    )
    yield from _each(work, wrong, "version {id}: of a message that isn't there")


# ── contents ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _blob_counts(work: Work) -> Iterator[str]:
    """`refs` counts the rows that name a content."""
    named = union_all(select(inbox.c.sha256), select(attachments.c.sha256)).subquery("named")
    counted = (
        select(named.c.sha256, func.count().label("counted")).group_by(named.c.sha256).subquery("counted")
    )
    wrong = (
        select(blobs.c.sha256, blobs.c.refs, func.coalesce(counted.c.counted, 0).label("counted"))
        .join(counted, counted.c.sha256 == blobs.c.sha256, isouter=True)
        .where(blobs.c.refs != func.coalesce(counted.c.counted, 0))
    )
    yield from _each(work, wrong, "content {sha256}: says {refs} rows name it, {counted} do")


def _blob_sizes(work: Work) -> Iterator[str]:
    wrong = select(blobs.c.sha256).where(blobs.c.size != func.length(blobs.c.data))
    yield from _each(work, wrong, "content {sha256}: its size isn't what is said")


def _each(work: Work, wrong: Select[Any], sentence: str) -> Iterator[str]:
    for row in work.once(wrong):
        yield sentence.format_map(_named(row))


def _named(row: Row) -> Row:
    return {name: "?" if value is None else value for name, value in row.items()}


CHECKS: Final[tuple[Check, ...]] = (
    _file,
    _filed,
    _duplicates,
    _quarantined,
    _reasons,
    _twice,
    _message_counts,
    _merged,
    _deliveries,
    _delivery_states,
    _versions,
    _blob_counts,
    _blob_sizes,
)
