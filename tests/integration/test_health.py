"""`/health` and `/metrics` of a whole daemon, over true HTTP."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from deskd import __version__
from deskd.store import database
from deskd.watch import watching
from tests.support.daemon import Desk, mail, running_desk, until
from tests.support.postgres import PostgresCluster


async def test_a_sound_desk_says_ok_with_every_part_by_name(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        found = await until(lambda: _ok(desk))
        assert found["version"] == __version__
        assert found["since"].endswith("Z")
        assert set(found["connectors"]) == {"support-mail", "slack"}
        assert {one["state"] for one in found["connectors"].values()} == {"ok"}
        assert set(found["connectors"]["slack"]) == {"state", "last_ok", "error"}
        assert [name.partition(":")[0] for name in found["listeners"]] == ["smtp", "http"]
        assert found["inbox"] == {"waiting": 0, "oldest_s": 0.0, "quarantined": 0}
        assert found["outbox"] == {"waiting": 0, "oldest_s": 0.0, "unknown": 0}
        assert found["rules"]["hash"] == desk.daemon.pipeline.ruleset.hash
        assert found["rules"]["error"] is None
        assert (await desk.get("/health"))[0] == 200


async def _ok(desk: Desk) -> dict[str, Any] | None:
    return await _status(desk, "ok")


async def test_slack_away_degrades_and_its_return_mends(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        await until(lambda: _ok(desk))
        desk.slack.outage()
        found = await until(lambda: _status(desk, "degraded"))
        assert found["connectors"]["slack"]["state"] in ("degraded", "failing")
        assert found["connectors"]["slack"]["error"]
        assert found["connectors"]["support-mail"]["state"] == "ok"
        await desk.slack.recover()
        await until(lambda: _ok(desk))


async def _status(desk: Desk, status: str) -> dict[str, Any] | None:
    found = await desk.health()
    return found if found["status"] == status else None


async def test_a_locked_database_is_failing_with_503_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY", 0.5)
    monkeypatch.setattr(watching, "ANSWER_WITHIN", 0.6)
    async with running_desk(tmp_path) as desk:
        await until(lambda: _ok(desk))
        other = sqlite3.connect(tmp_path / "desk.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        async def names_the_lock() -> bool:
            """Until the writer has waited its time for the lock, no more is known than that no answer comes."""
            found = await _status(desk, "failing")
            return found is not None and "held by another program" in found["store"]["error"]

        await until(names_the_lock, 60)
        assert (await desk.get("/health"))[0] == 503
        other.execute("ROLLBACK")
        other.close()
        await until(lambda: _ok(desk))


async def test_no_customers_word_is_told(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        await desk.send(mail("Segreto 4711", "la mia password"))
        await until(lambda: desk.slack.channel_messages("C0FRONT"))
        for path in ("/health", "/metrics"):
            body = (await desk.get(path))[2]
            assert "Segreto" not in body
            assert "cliente" not in body
            assert "xoxb" not in body


async def test_metrics_are_prometheus_text(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        await desk.send(mail())
        await until(lambda: desk.slack.channel_messages("C0FRONT"))
        status, kind, body = await desk.get("/metrics")
        assert status == 200
        assert kind.startswith("text/plain")
        assert 'deskd_inbox_accepted_total{channel="support-mail",source="smtp"} 1.0' in body
        assert f'deskd_build_info{{version="{__version__}"}} 1.0' in body
        assert "deskd_store_ok 1.0" in body


async def test_pages_that_are_not_there_are_not_found(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        assert (await desk.get("/etc/passwd"))[0] == 404


async def test_postgresql_away_is_failing_and_mends_without_a_restart(
    tmp_path: Path, postgresql_url: str, postgres: PostgresCluster
) -> None:
    async with running_desk(tmp_path, database=postgresql_url) as desk:
        await until(lambda: _ok(desk))
        await asyncio.to_thread(postgres.stop)
        found = await until(lambda: _status(desk, "failing"))
        assert "out of reach" in found["store"]["error"]
        assert found["inbox"]["waiting"] is None
        await asyncio.to_thread(postgres.start)
        await until(lambda: _ok(desk), 40)
        assert not desk.daemon.failed.is_set()
