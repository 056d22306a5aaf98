"""Fills a desk's database with tickets that are closed, as years of work leave them: every row that a mail and its answer's card make, and no others.

Rows go in by the driver's `executemany` on statements of SQLAlchemy Core, in one transaction for each piece.
"""

import hashlib
from collections.abc import Iterator
from functools import partial
from typing import Any

from sqlalchemy import Table, bindparam, func, insert, select, text

from deskd.store import Store, Work, schema, tables
from deskd.store.work import Statement
from deskd.threads import reference_key

PIECE = 20_000
DAY = 86_400_000_000  # microseconds
FIRST = 1_600_000_000_000_000
FIRST_NUMBER = 1001
TEXT = (
    "Good morning,\n\nthe total on the October invoice does not match what we had agreed. Could you please check the amounts?\n"
    * 3
)
CONTACTS_SHARE = 4  # tickets a contact has

Row = dict[str, Any]


def seed(database: str, count: int) -> None:
    """Put `count` tickets into an empty desk."""
    store = Store.open(database)
    try:
        schema.prepare(store, upgrade=False)
        for first in range(1, count + 1, PIECE):
            store.write_now(partial(_piece, first=first, last=min(count, first + PIECE - 1)))
        store.write_now(lambda work: _numbers(work, count))
    finally:
        store.close()


def _piece(work: Work, first: int, last: int) -> None:
    for table, rows in _tables(first, last):
        _insert_many(work, table, rows)


def _insert_many(work: Work, table: Table, rows: Iterator[Row]) -> None:
    sample = next(rows, None)
    if sample is None:
        return
    built = insert(table).values({name: bindparam(name) for name in sample})
    sql, _ = Statement(built).sql(work.dialect)
    work._cursor.execute(sql, sample)
    work._cursor.executemany(sql, rows)


def _numbers(work: Work, count: int) -> None:
    """What counts goes on behind the rows put in by hand."""
    if work.dialect == "sqlite":
        work.insert(tables.counters, name="tickets", value=FIRST_NUMBER + count)
        return
    work.once(select(func.setval("ticket_numbers", FIRST_NUMBER + count)))
    for table in tables.metadata.sorted_tables:
        if "id" in table.c and table.c.id.autoincrement is True:
            sequence = func.pg_get_serial_sequence(table.name, "id")
            work.once(select(func.setval(sequence, func.coalesce(func.max(table.c.id), 0) + 1, False)))


def _tables(first: int, last: int) -> Iterator[tuple[Table, Iterator[Row]]]:
    """What each table gets, in the order that foreign keys ask for. Ticket, message, inbox row and conversation of one number belong together."""
    numbers = range(first, last + 1)
    people = [number for number in numbers if number % CONTACTS_SHARE == 1]
    yield (
        tables.contacts,
        ({"id": n, "name": f"Customer {n}", "tickets": CONTACTS_SHARE, "created_at": _at(n)} for n in people),
    )
    yield (
        tables.identities,
        (
            {
                "contact_id": n,
                "surface": "mail",
                "address": _address(n),
                "written": _address(n),
                "created_at": _at(n),
            }
            for n in people
        ),
    )
    yield (
        tables.blobs,
        (
            {"sha256": _digest("raw", n), "size": 60, "refs": 1, "data": _digest("raw", n).encode()}
            for n in numbers
        ),
    )
    yield tables.inbox, (_inbox(n) for n in numbers)
    yield tables.tickets, (_ticket(n) for n in numbers)
    yield tables.ticket_tags, ({"ticket_id": n, "tag": f"tag{n % 20}"} for n in numbers)
    yield tables.conversations, ({"id": n, "channel": "support-mail", "created_at": _at(n)} for n in numbers)
    yield (
        tables.ticket_conversations,
        ({"ticket_id": n, "conversation_id": n, "since": _at(n)} for n in numbers),
    )
    yield tables.anchors, (_anchor(n) for n in numbers)
    yield tables.messages, (_message(n) for n in numbers)
    yield (
        tables.reference_ids,
        ({"rfc_id": reference_key(_rfc_id(n)), "conversation_id": n, "seen": 1} for n in numbers),
    )
    yield (
        tables.clock_segments,
        (
            {
                "ticket_id": n,
                "level": 1,
                "team": "front",
                "status": "new",
                "since": _at(n),
                "until": _at(n) + DAY,
            }
            for n in numbers
        ),
    )
    yield (
        tables.events,
        (
            {"ticket_id": n, "at": _at(n), "actor": "system", "type": kind, "data": "{}"}
            for n in numbers
            for kind in ("opened", "closed")
        ),
    )
    yield (
        tables.posts,
        (
            {
                "ticket_id": n,
                "message_id": n,
                "surface": "slack",
                "channel": "C0FRONT",
                "ts": f"1600000000.{n:09d}",
                "role": "card",
            }
            for n in numbers
        ),
    )
    yield tables.outbox, (_outbox(n) for n in numbers)


def _at(number: int) -> int:
    """Microseconds; tickets come in ten seconds apart."""
    return FIRST + number * 10_000_000


def _digest(what: str, number: int) -> str:
    return hashlib.sha256(f"{what}:{number}".encode()).hexdigest()


def _address(number: int) -> str:
    return f"person{number}@old{number % 1000}.example"


def _rfc_id(number: int) -> str:
    return f"old.{number}@old{number % 1000}.example"


def _contact(number: int) -> int:
    return number - (number - 1) % CONTACTS_SHARE


def _inbox(n: int) -> Row:
    ended = {"state": "filed", "ticket_id": n, "message_id": n}
    return {
        "id": n,
        "channel": "support-mail",
        "source": "smtp",
        "external_id": f"old{n}",
        "sha256": _digest("raw", n),
        "received_at": _at(n),
        **ended,
    }


def _ticket(n: int) -> Row:
    grades = {"status": "closed", "priority": "normal", "urgency": "medium", "impact": "medium", "level": 1}
    times = {
        "created_at": _at(n),
        "updated_at": _at(n) + DAY,
        "resolved_at": _at(n) + DAY,
        "closed_at": _at(n) + DAY,
    }
    number = FIRST_NUMBER + n - 1
    named = {
        "id": n,
        "number": number,
        "ref": f"ACME-{number}",
        "subject": f"Invoice {n}",
        "contact_id": _contact(n),
    }
    return {
        **named,
        **grades,
        **times,
        "channel": "support-mail",
        "team": "front",
        "assignee": "anna",
        "language": "en",
        "messages": 1,
    }


def _anchor(n: int) -> Row:
    place = {
        "surface": "slack",
        "account": "slack",
        "channel": "C0FRONT",
        "thread": f"1600000000.{n:09d}",
        "role": "home",
    }
    return {"id": n, "ticket_id": n, **place, "created_at": _at(n)}


def _message(n: int) -> Row:
    words = {
        "subject": f"Invoice {n}",
        "text": TEXT,
        "body": TEXT,
        "language": "en",
        "kind": "message",
        "rfc_id": _rfc_id(n),
    }
    which = {
        "id": n,
        "ticket_id": n,
        "conversation_id": n,
        "inbox_id": n,
        "direction": "in",
        "channel": "support-mail",
        "sent_at": _at(n),
    }
    return {
        **which,
        **words,
        "author": f"contact:{_address(_contact(n))}",
        "fingerprint": _digest("print", n),
    }


def _outbox(n: int) -> Row:
    what = {
        "key": _digest("key", n)[:32],
        "channel": "slack",
        "ticket_id": n,
        "message_id": n,
        "anchor_id": n,
        "kind": "card",
    }
    done = {
        "state": "sent",
        "not_before": 0,
        "created_at": _at(n),
        "sent_at": _at(n),
        "external_id": f"1600000000.{n:09d}",
    }
    return {**what, "conversation": f"ticket:{n}", "lane": "slack:post:C0FRONT", "payload": "{}", **done}


def analyze(database: str) -> None:
    """Let the planner know the sizes, as PostgreSQL's autovacuum does by itself; SQLite's planner is left as the desk finds it."""
    store = Store(database)
    if store.dialect == "postgresql":
        store.write_now(lambda work: work.run(Statement(text("ANALYZE"))))
    store.close()
