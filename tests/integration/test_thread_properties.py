"""Threads hold whatever the order, however often mails come, whatever they claim to answer."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deskd.store import Store
from tests.support.desk import settings as desk_settings
from tests.support.mailroom import Mailroom, mail
from tests.support.store import check

PEOPLE = ("Maria <maria@cliente.example>", "João <joao@outro.example>")
# The folder of empty databases outlives every example; each example works on a copy of its own.
slow = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@contextmanager
def room(empty: Path) -> Iterator[Mailroom]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deskd.db"
        shutil.copy(empty, path)
        opened = Store.open(f"sqlite:///{path}")
        try:
            yield Mailroom(opened)
        finally:
            opened.close()
        check(f"sqlite:///{path}")


@dataclass(frozen=True)
class Mail:
    id: str
    thread: int
    payload: bytes


def name(number: int) -> str:
    return f"m{number}@cliente.example"


@st.composite
def conversations(draw: st.DrawFn) -> list[Mail]:
    """Some threads, each of one person; a mail answers an earlier one and names it, and some, all or none of those before that."""
    made: list[Mail] = []
    ancestors: list[list[str]] = []
    for number in range(draw(st.integers(1, 7))):
        parent = draw(st.none() | st.integers(0, number - 1)) if number else None
        thread = number if parent is None else made[parent].thread
        chain = [] if parent is None else [*ancestors[parent], made[parent].id]
        ancestors.append(chain)
        named = chain[-draw(st.integers(1, max(1, len(chain)))) :]
        payload = mail(
            PEOPLE[thread % 2], f"About {number}", f"Text {number}.", id=name(number),
            refs=named if draw(st.booleans()) else (), reply_to_id=chain[-1] if chain else None,
        )  # fmt: skip
        made.append(Mail(name(number), thread, payload))
    return made


def threads_of(mails: Sequence[Mail]) -> frozenset[frozenset[str]]:
    return frozenset(
        frozenset(each.id for each in mails if each.thread == thread)
        for thread in {each.thread for each in mails}
    )


@slow
@given(st.data())
def test_any_order_of_arrival_gives_the_same_threads(empty_sqlite: Path, data: st.DataObject) -> None:
    mails = data.draw(conversations())
    order = data.draw(st.permutations(mails))
    with room(empty_sqlite) as desk:
        for each in order:
            desk.arrive(each.payload)
        assert desk.partition() == threads_of(mails)


@slow
@given(st.data())
def test_mails_that_come_again_change_nothing(empty_sqlite: Path, data: st.DataObject) -> None:
    mails = data.draw(conversations())
    again = data.draw(st.lists(st.sampled_from(mails), min_size=1, max_size=5))
    with room(empty_sqlite) as desk:
        for each in mails:
            desk.arrive(each.payload)
        before = desk.all()
        for each in again:  # by another way, to another of our addresses
            once_more = b"Received: from x by y; Mon, 23 Nov 2026 10:00:00 +0000\r\nDelivered-To: billing@acme.example\r\n"
            ended = desk.arrive(once_more + each.payload, channel="billing-mail")
            assert ended.state == "duplicate"
        assert desk.all() == before


@slow
@given(st.lists(st.lists(st.integers(0, 5), max_size=4), min_size=1, max_size=6))
def test_references_in_circles_end(empty_sqlite: Path, named: list[list[int]]) -> None:
    """Every mail may name every other, itself and what comes later too: each ends in one ticket."""
    with room(empty_sqlite) as desk:
        for number, refs in enumerate(named):
            desk.arrive(mail(text=f"{number}", id=name(number), refs=[name(ref) for ref in refs]))
        lying = [m["message_id"] for ticket in desk.all() for m in ticket["messages"]]
        assert sorted(lying) == sorted(name(number) for number in range(len(named)))


@slow
@given(st.data())
def test_joining_and_unjoining_returns_to_where_it_was(empty_sqlite: Path, data: st.DataObject) -> None:
    """Any joins, undone one after the other, the last first: all is as before."""
    mails = data.draw(conversations())
    with room(empty_sqlite) as desk:
        ids = list(dict.fromkeys(desk.arrive(each.payload).ticket or 0 for each in mails))
        before = _essence(desk)
        done: list[int] = []
        for _ in range(data.draw(st.integers(1, 4))):
            left = [one for one in ids if one not in done]
            if len(left) < 2:
                break
            one, into = data.draw(st.permutations(left))[:2]
            desk.join(one, into)
            done.append(one)
        for one in reversed(done):
            desk.unjoin(one)
        assert _essence(desk) == before
        for each in mails:
            assert desk.arrive(each.payload).state == "duplicate"


def _essence(desk: Mailroom) -> list[object]:
    return [
        (
            ticket["ref"],
            ticket["status"],
            [m["id"] for m in ticket["messages"]],
            ticket["links"],
            ticket["resolved_at"],
        )
        for ticket in desk.all()
    ]


# ── one Message-ID, several mails ────────────────────────────────────────────────────────────────────────────────────


def test_one_message_id_on_two_mails_is_two_tickets(store: Store) -> None:
    """Broken programs give every mail the same id."""
    desk = Mailroom(store)
    ended = [desk.arrive(mail(text=text, id="same@broken.example")) for text in ("Uno.", "Due.")]
    assert {one.state for one in ended} == {"filed"}
    assert len({one.ticket for one in ended}) == 2


def test_one_message_id_on_two_mails_is_one_ticket_where_references_say_so(store: Store) -> None:
    desk = Mailroom(store)
    first = desk.arrive(mail(id="first@cliente.example")).ticket
    for text in ("Uno.", "Due."):
        answer = mail(text=text, id="same@broken.example", refs=["first@cliente.example"])
        assert desk.arrive(answer).ticket == first


def test_a_parent_that_comes_last_makes_one_ticket_of_two(store: Store) -> None:
    desk = Mailroom(store)
    ids = ["a@x.example", "b@x.example", "c@x.example"]
    a, b, c = (
        mail(text=one, id=one, reply_to_id=before) for one, before in zip(ids, [None, *ids[:2]], strict=True)
    )
    older = desk.arrive(c).ticket
    younger = desk.arrive(a).ticket
    assert older != younger
    assert desk.arrive(b).ticket == older
    assert desk.shown(younger)["status"] == "closed"
    assert desk.partition() == {frozenset(ids)}


# ── at once ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("round_", range(5))
def test_question_and_answers_at_once_are_one_ticket(store: Store, round_: int) -> None:
    """Over several connections, each with its own unit of work."""
    rooms = [Mailroom(store, desk_settings()) for _ in range(6)]
    ids = [f"r{round_}-{number}@cliente.example" for number in range(6)]
    mails = [mail(text=f"{number}", id=one, refs=ids[:number]) for number, one in enumerate(ids)]
    order = [mails[(number * 5 + round_) % 6] for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        ended = list(pool.map(lambda pair: pair[0].arrive(pair[1]), zip(rooms, order, strict=True)))
    assert {one.state for one in ended} == {"filed"}
    assert rooms[0].partition() == {frozenset(ids)}


def test_the_same_mail_at_once_by_several_ways_is_one(store: Store) -> None:
    payload = mail(id="once@cliente.example")
    rooms = [Mailroom(store, desk_settings()) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        ended = list(pool.map(lambda one: one.arrive(payload), rooms))
    assert sorted(one.state for one in ended) == ["duplicate"] * 5 + ["filed"]
    assert len(rooms[0].all()) == 1
