"""The three tables of moves: complete, and nothing but them is allowed."""

from __future__ import annotations

from typing import get_args

import pytest

from deskd import states
from deskd.errors import BrokenInvariant
from deskd.model import InboxState, OutboxState, Status
from deskd.store import tables

TABLES = {"ticket": (states.TICKET, Status), "inbox": (states.INBOX, InboxState), "outbox": (states.OUTBOX, OutboxState)}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_every_state_has_its_row_and_leads_only_to_states(name: str) -> None:
    table, names = TABLES[name]
    assert set(table) == set(get_args(names))
    assert {after for row in table.values() for after in row} <= set(table)


@pytest.mark.parametrize("name", TABLES)
def test_a_move_is_allowed_if_and_only_if_the_table_has_it(name: str) -> None:
    table, _ = TABLES[name]
    for old in table:
        for new in table:
            if new == old or new in table[old]:
                states.check(table, old, new)
            else:
                with pytest.raises(BrokenInvariant):
                    states.check(table, old, new)


def test_an_unknown_state_is_a_broken_invariant() -> None:
    with pytest.raises(BrokenInvariant):
        states.check(states.TICKET, "open", "lost")
    with pytest.raises(BrokenInvariant):
        states.check(states.TICKET, "lost", "open")


def test_an_inbox_row_ends_for_good_unless_an_operator_takes_it_out_of_quarantine() -> None:
    assert {state for state in states.INBOX if not states.INBOX[state]} == states.INBOX_DONE - {"quarantined"}
    assert states.INBOX["quarantined"] == {"received", "discarded"}


def test_what_is_sent_is_never_queued_again() -> None:
    reachable, ahead = {"sent"}, ["sent"]
    while ahead:
        for after in states.OUTBOX[ahead.pop()] - reachable:
            reachable.add(after)
            ahead.append(after)
    assert reachable == {"sent", "bounced"}


@pytest.mark.parametrize(
    ("table", "names"), [(tables.tickets, Status), (tables.inbox, InboxState), (tables.outbox, OutboxState)]
)
def test_the_database_knows_the_same_states(table: object, names: object) -> None:
    """Each table's CHECK constraint names exactly the states of the model."""
    checks = [str(rule.sqltext) for rule in table.constraints if hasattr(rule, "sqltext")]  # type: ignore[attr-defined]
    listed = next(text for text in checks if text.startswith(("state IN", "status IN")))
    assert set(listed.partition("(")[2].rstrip(")").replace("'", "").split(",")) == set(get_args(names))
