"""A daemon that is told to stop leaves nothing that another would have to wait for."""

from __future__ import annotations

from pathlib import Path

from deskd.store import Row, Store
from deskd.store.tables import leases
from tests.support.daemon import running_desk, until
from tests.support.store import rows


async def test_a_stop_gives_back_what_the_daemon_held(tmp_path: Path, desk_url: str) -> None:
    async with running_desk(tmp_path, database=desk_url) as desk:
        worker = desk.daemon.worker
        assert await until(lambda: held(desk.daemon.store, worker), 60)
    store = Store.open(desk_url, write=False)
    try:
        assert held(store, worker) == []
    finally:
        store.close()


def held(store: Store, worker: str) -> list[Row]:
    return rows(store, leases, holder=worker)
