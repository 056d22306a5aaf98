"""What is remembered of a mailbox's folder, and what is told from a mail's first lines."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.imap.handed_over import envelope_of
from connectors.imap.progress import TRIES, Progress, as_ranges, delivery_id, from_ranges, place
from connectors.imap.visit import MOST, MOST_BYTES, batches
from deskd.model import Envelope

BEGUN = date(2026, 11, 22)
UIDS = st.integers(1, 2**32 - 1)


@given(st.sets(st.one_of(st.integers(1, 60), UIDS)))
def test_ranges_give_the_same_set(uids: set[int]) -> None:
    assert set(from_ranges(as_ranges(uids))) == uids


def test_a_thousand_uids_in_a_row_are_one_range() -> None:
    assert as_ranges([3, 1, 2, *range(10, 1000), 2000]) == "1:3,10:999,2000"


def test_progress_is_kept_as_text() -> None:
    progress = Progress(7, BEGUN).kept([1, 2, 5]).tried(6).finished([1]).seen_up_to(9)
    assert Progress.from_text(progress.to_text()) == progress
    assert progress.last == 9
    assert progress.unfinished == {2, 5}
    assert progress.tries == {6: 1}


def test_a_mail_is_given_up_after_its_tries_and_forgiven_when_it_is_kept() -> None:
    progress = Progress(7, BEGUN)
    for count in range(1, TRIES + 1):
        progress = progress.tried(4)
        assert progress.tries == {4: count}
        assert not progress.given_up
    progress = progress.tried(4)
    assert not progress.tries
    assert progress.given_up == {4}
    assert progress.kept([4]).given_up == frozenset()


def test_a_changed_uidvalidity_keeps_nothing_but_the_beginning() -> None:
    assert Progress(7, BEGUN).kept([1]).tried(2).started_over(8) == Progress(8, BEGUN)


def test_another_server_is_another_place_and_ids_fit_their_column() -> None:
    assert place("support", "a.example", "INBOX") != place("support", "b.example", "INBOX")
    for user, folder in (("u" * 400, "INBOX"), ("support", "f" * 400), ("sup\nport", "INBOX")):
        long = place(user, "h" * 253, folder)
        assert len(delivery_id(long, 2**32 - 1, 2**32 - 1)) <= 300
        assert long.isprintable()
        assert long != place(user, "h" * 253, "other")


@given(st.lists(st.integers(0, 3 * MOST_BYTES), max_size=200), st.sets(st.integers(0, 200)))
def test_batches_hold_all_in_order_within_their_limits(sizes: list[int], alone: set[int]) -> None:
    known = dict(enumerate(sizes))
    found = list(batches(list(known), known, alone))
    assert [uid for batch in found for uid in batch] == list(known)
    for batch in found:
        assert 1 <= len(batch) <= MOST
        assert len(batch) == 1 or sum(known[uid] for uid in batch) <= MOST_BYTES
        assert len(batch) == 1 or not alone & set(batch)


@pytest.mark.parametrize(
    ("top", "envelope"),
    [
        (b"", Envelope()),
        (b"Return-Path: <c@x.example>\r\nDelivered-To: a@b.example\r\n", Envelope("c@x.example", ("a@b.example",))),
        (b"Return-Path: <>\r\n", Envelope("")),
        (b"Return-Path: c@x.example\r\n", Envelope("c@x.example")),
        (b"Return-Path:\r\n", Envelope()),
        (b"Delivered-To:\r\n a@b.example\r\nX-Original-To: c@b.example\r\n", Envelope(None, ("a@b.example", "c@b.example"))),
        # Gmail's own Received stands between what it wrote; what another machine brought is its own word.
        (
            b"Delivered-To: a@b.example\r\nReceived: by 2002:a05 with SMTP id 1\r\nReturn-Path: <c@x.example>\r\n"
            b"Received: from evil by mx; Sun\r\nReturn-Path: <x@y.example>\r\nDelivered-To: boss@b.example\r\n",
            Envelope("c@x.example", ("a@b.example",)),
        ),
        (b"Received: from evil by mx; Sun\r\nDelivered-To: boss@b.example\r\n", Envelope()),
        (b"Return-Path: two words\r\n", Envelope()),
    ],
)  # fmt: skip
def test_only_what_the_mailboxs_own_server_wrote_is_believed(top: bytes, envelope: Envelope) -> None:
    rest = b"From: x@y.example\r\nSubject: x\r\n\r\nReturn-Path: <body@x.example>\r\n"
    assert envelope_of(top + rest) == envelope
    assert envelope_of((top + rest).replace(b"\r\n", b"\n")) == envelope
