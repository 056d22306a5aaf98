"""Up to where an account has been read is kept with what was read, or not at all; of several daemons one asks."""

from __future__ import annotations

import pytest

from deskd.model import Position
from deskd.store import Store, Work, leases, positions
from deskd.store.tables import inbox as inbox_table
from tests.support.desk import NOW
from tests.support.store import accept, raw, rows


def keep(store: Store, place: str, value: str, account: str = "support-mail") -> None:
    store.write_now(lambda work: positions.keep(work, Position(account, place, value), NOW))


def test_the_newest_position_of_each_place_is_known(store: Store) -> None:
    keep(store, "INBOX", "1:10")
    keep(store, "INBOX", "1:11")
    keep(store, "Spam", "7:3")
    keep(store, "", "900", account="telegram")
    assert store.read_now(lambda work: positions.of(work, "support-mail")) == {"INBOX": "1:11", "Spam": "7:3"}
    assert store.read_now(lambda work: positions.of(work, "nobody")) == {}


def test_a_position_is_lost_together_with_the_messages_it_covers(store: Store) -> None:
    def unit(work: Work) -> None:
        accept(work, raw("12"), None)
        positions.keep(work, Position("support-mail", "INBOX", "1:12"), NOW)
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        store.write_now(unit)
    assert store.read_now(lambda work: positions.of(work, "support-mail")) == {}
    assert rows(store, inbox_table) == []


def test_an_account_is_one_daemons_until_it_lets_go(store: Store) -> None:
    def take(who: str) -> bool:
        return store.write_now(lambda work: leases.take(work, "account:telegram", who))

    assert take("a")
    assert not take("b")
    store.write_now(lambda work: leases.release(work, "account:telegram", "b"))
    assert not take("b"), "it was not b's to give back"
    store.write_now(lambda work: leases.release(work, "account:telegram", "a"))
    assert take("b")
