"""Contents are kept once and come back byte for byte, however large."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from deskd.store import Store, Work, blobs, inbox
from deskd.store.blobs import LARGE
from deskd.store.tables import blobs as contents
from tests.support.store import accept, raw


def keep(store: Store, external_id: str, data: bytes) -> int:
    return store.write_now(lambda work: accept(work, raw(external_id, data))) or 0


@pytest.mark.parametrize("size", [0, 1, LARGE - 1, LARGE, 3 * LARGE + 1])
def test_a_content_comes_back_as_it_was(store: Store, size: int) -> None:
    data = (bytes(range(256)) * (size // 256 + 1))[:size]
    row_id = keep(store, "a", data)
    assert store.read_now(lambda work: inbox.load(work, row_id)).payload == data
    assert store.write_now(lambda work: inbox.load(work, row_id)).payload == data


@pytest.mark.parametrize("size", [10, LARGE])
def test_the_same_content_is_kept_once_and_counted(store: Store, size: int) -> None:
    for external_id in "abc":
        keep(store, external_id, b"x" * size)
    (row,) = store.read_now(lambda work: work.once(select(contents.c.refs, contents.c.size)))
    assert (row["refs"], row["size"]) == (3, size)


@pytest.mark.parametrize("size", [10, LARGE])
def test_a_unit_that_fails_leaves_nothing_of_it(store: Store, size: int) -> None:
    def fails(work: Work) -> None:
        blobs.keep(work, b"x" * size)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.write_now(fails)
    assert store.read_now(lambda work: work.once(select(contents.c.sha256))) == []


def test_what_is_not_there_is_said(store: Store) -> None:
    with pytest.raises(LookupError):
        store.read_now(lambda work: blobs.data_of(work, "0" * 64))
