"""A desk of any earlier schema comes up to the newest with all it holds, on both databases."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, MetaData, Table, event, inspect, select

from deskd.store import Store, checking, schema

T = 1_772_445_600_000_000

# A ticket with Maria's mail, Anna's reply and a note, as the first schema has them: what is answered, what still waits, and where it is shown. A column or
# table of a later one isn't named: what it holds for old rows is its migration's matter.
ROWS: dict[str, list[dict[str, object]]] = {
    "contacts": [{"id": 1, "name": "Maria Rossi", "tickets": 1, "created_at": T}],
    "identities": [
        {"id": 1, "contact_id": 1, "surface": "mail", "address": "maria@cliente.example", "written": "Maria@cliente.example", "created_at": T}
    ],
    "blobs": [{"sha256": "a" * 64, "size": 5, "refs": 2, "data": b"hello"}, {"sha256": "b" * 64, "size": 3, "refs": 1, "data": b"pdf"}],
    "counters": [{"name": "number", "value": 1042}],
    "inbox": [
        {
            "id": 1, "channel": "support-mail", "source": "smtp", "external_id": "x1", "sha256": "a" * 64, "live": 1, "received_at": T,
            "state": "filed", "attempts": 1, "not_before": 0, "ticket_id": 1, "message_id": 1,
        },
        {
            "id": 2, "channel": "support-mail", "source": "smtp", "external_id": "x2", "sha256": "a" * 64, "live": 1, "received_at": T,
            "state": "received", "attempts": 0, "not_before": 0, "ticket_id": None, "message_id": None,
        },
    ],
    "tickets": [
        {
            "id": 1, "number": 1042, "ref": "ACME-1042", "subject": "Fattura", "status": "pending", "priority": "high", "urgency": "high",
            "impact": "medium", "channel": "support-mail", "team": "front-desk", "level": 1, "assignee": "anna", "language": "it", "contact_id": 1,
            "created_at": T, "updated_at": T + 3, "first_response_at": T + 2, "pending_until": T + 9, "messages": 3,
        }
    ],
    "ticket_tags": [{"ticket_id": 1, "tag": "billing"}],
    "conversations": [{"id": 1, "channel": "support-mail", "thread_key": None, "created_at": T}],
    "ticket_conversations": [{"id": 1, "ticket_id": 1, "conversation_id": 1, "since": T, "until": None}],
    "reference_ids": [{"rfc_id": "c" * 64, "conversation_id": 1, "seen": 1}],
    "reply_tokens": [{"hash": "d" * 64, "ticket_id": 1, "address": "maria@cliente.example", "created_at": T}],
    "participants": [{"id": 1, "ticket_id": 1, "address": "capo@cliente.example", "state": "proposed", "actor": "rule", "at": T}],
    "messages": [
        {
            "id": number, "ticket_id": 1, "conversation_id": conversation, "inbox_id": inbox, "direction": direction, "author": author,
            "channel": "support-mail", "sent_at": T + number, "subject": "Fattura", "text": text, "body": text, "kind": "message", "delivery": delivery,
        }
        for number, direction, author, text, conversation, inbox, delivery in (
            (1, "in", "maria@cliente.example", "Non torna: 😀 è 30 €.", 1, 1, None),
            (2, "out", "agent:anna", "Guardo subito.", 1, None, "queued"),
            (3, "note", "agent:anna", "sentito Bruno", None, None, None),
        )
    ],
    "message_versions": [{"id": 1, "message_id": 2, "text": "Guardo.", "until": T + 2, "actor": "agent:anna"}],
    "attachments": [
        {"id": 1, "message_id": 1, "name": "fattura.pdf", "type": "application/pdf", "size": 3, "sha256": "b" * 64, "cid": None, "inline": 0}
    ],
    "anchors": [
        {"id": 1, "ticket_id": 1, "surface": "slack", "account": "slack", "channel": "C0FRONT", "thread": "1.1", "role": "home", "created_at": T}
    ],
    "posts": [{"id": 1, "ticket_id": 1, "message_id": 2, "surface": "slack", "channel": "C0FRONT", "ts": "1.2", "role": "source"}],
    "outbox": [
        {
            "id": number, "key": key, "channel": channel, "ticket_id": 1, "message_id": message, "anchor_id": anchor, "kind": kind,
            "conversation": f"{channel}:1", "lane": channel, "payload": "{}", "content": content, "state": state, "attempts": attempts,
            "not_before": 0, "created_at": T, "external_id": external_id,
        }
        for number, key, channel, message, anchor, kind, content, state, attempts, external_id in (
            (1, "k1", "slack", None, 1, "card", None, "sent", 1, "1.1"),
            (2, "k2", "support-mail", 2, None, "mail", b"From: x", "queued", 1, None),
        )
    ],
    "events": [{"id": 1, "ticket_id": 1, "at": T, "actor": "system", "type": "opened", "data": "{}"}],
    "deadlines": [{"id": 1, "ticket_id": 1, "kind": "pending", "at": T + 9}],
    "clock_segments": [{"id": 1, "ticket_id": 1, "level": 1, "team": "front-desk", "status": "pending", "since": T, "until": None}],
    "leases": [{"name": "worker:gone", "holder": "gone", "until": T}],
}  # fmt: skip


@pytest.fixture
def bare(database_url: str) -> Iterator[Store]:
    store = Store.open(database_url)
    yield store
    store.close()


def fill(store: Store) -> dict[str, list[dict[str, object]]]:
    """Puts the rows in, as far as this schema has their columns, and gives them back as they went in."""
    with schema.connected(store) as connection:
        metadata = MetaData()
        metadata.reflect(connection)
        found = {}
        for table in metadata.sorted_tables:
            rows = [
                {name: value for name, value in row.items() if name in table.c}
                for row in ROWS.get(table.name, [])
            ]
            for row in rows:
                connection.execute(table.insert().values(row))
            if rows:
                found[table.name] = rows
        connection.commit()
    return found


@pytest.mark.parametrize("revision", schema.revisions()[:-1])
def test_a_desk_of_an_earlier_schema_loses_nothing(bare: Store, revision: str) -> None:
    schema.bring_to(bare, revision)
    assert schema.current(bare) == revision
    before = fill(bare)
    assert set(before) == set(ROWS)
    schema.prepare(bare, upgrade=True)
    assert schema.current(bare) == schema.newest()
    assert schema.differences(bare) == []
    with schema.connected(bare) as connection:
        for name, rows in before.items():
            columns = inspect(connection).get_columns(name)
            kept = [column["name"] for column in columns if column["name"] in rows[0]]
            table = Table(name, MetaData(), autoload_with=connection)
            found = [
                dict(row._mapping)
                for row in connection.execute(
                    select(*[table.c[one] for one in kept]).order_by(*table.primary_key.columns)
                )
            ]
            assert found == [{one: row[one] for one in kept} for row in rows]
    assert checking.problems(bare) == []


@pytest.mark.parametrize("revision", [None, schema.revisions()[0]])
def test_whoever_ends_in_the_middle_finds_the_schema_as_it_was(bare: Store, revision: str | None) -> None:
    if revision:
        schema.bring_to(bare, revision)
    before = schema.tables(bare)
    changes = 0

    def the_power_goes(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        nonlocal changes
        changes += statement.lstrip().startswith(("CREATE TABLE", "ALTER TABLE"))
        if changes == 5:
            raise RuntimeError("the power goes")

    event.listen(Engine, "before_cursor_execute", the_power_goes)
    try:
        with pytest.raises(RuntimeError, match="the power goes"):
            schema.prepare(bare, upgrade=True)
    finally:
        event.remove(Engine, "before_cursor_execute", the_power_goes)
    assert (schema.current(bare), schema.tables(bare)) == (revision, before)
    schema.prepare(bare, upgrade=True)
    assert schema.differences(bare) == []


def test_the_migrations_are_numbered_one_after_the_other() -> None:
    """`schema.newest` reads it off the names of the files, without asking Alembic."""
    from alembic.script import ScriptDirectory

    from deskd.store import migrating

    scripts = ScriptDirectory.from_config(migrating.configuration())
    chain = [script.revision for script in reversed(list(scripts.walk_revisions()))]
    assert chain == schema.revisions()
    assert scripts.get_heads() == [schema.newest()]
    assert all(
        os.path.basename(script.path).startswith(script.revision) for script in scripts.walk_revisions()
    )
