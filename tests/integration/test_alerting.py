"""Alerts of a whole daemon: what the admins' Slack channel, or their mailbox, is told."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest

from deskd.errors import MalformedMessage
from deskd.pipeline import Pipeline
from tests.support.daemon import Desk, mail, running_desk, until

WRONG = "rules:\n  - name: invoices\n    whn: {subject: x}\n    then: [{tag: [billing]}]\n"
GOOD = "rules:\n  - name: invoices\n    when: {subject: x}\n    then: [{tag: [billing]}]\n"


class Clock:
    """The machine's own, with a jump for tests that can't wait."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return monotonic() + self.ahead


async def told(desk: Desk, part: str) -> str:
    """The first alert in Slack that has `part` in it."""

    def look() -> str | None:
        desk.daemon.alerting.wake()
        return next((text for text in desk.alerts() if part in text), None)

    found: str = await until(look)
    return found


async def test_wrong_rules_are_told_with_their_place_once_and_when_they_are_good_again(
    tmp_path: Path,
) -> None:
    async with running_desk(tmp_path, rules={"a.yaml": GOOD}) as desk:
        before = desk.daemon.pipeline.ruleset
        (tmp_path / "rules" / "a.yaml").write_text(WRONG)
        text = await told(desk, "a.yaml:3:5")
        assert "'whn'" in text
        assert desk.daemon.pipeline.ruleset is before
        assert (await desk.health())["rules"]["error"].startswith(str(tmp_path / "rules" / "a.yaml:3:5"))
        await desk.daemon.reload()  # the same again: nobody is told twice
        (tmp_path / "rules" / "a.yaml").write_text(GOOD.replace("billing", "accounts"))
        await told(desk, "good again")
        assert len(desk.alerts()) == 2
        assert desk.daemon.pipeline.ruleset.hash != before.hash
        assert (await desk.health())["rules"] == {
            "hash": desk.daemon.pipeline.ruleset.hash,
            "since": (await desk.health())["rules"]["since"],
            "error": None,
        }


async def test_a_missing_folder_of_rules_leaves_the_old_ones(tmp_path: Path) -> None:
    async with running_desk(tmp_path, rules={"a.yaml": GOOD}) as desk:
        before = desk.daemon.pipeline.ruleset
        (tmp_path / "rules").rename(tmp_path / "gone")
        await told(desk, "no folder of rules")
        assert desk.daemon.pipeline.ruleset is before


async def test_slack_away_is_told_by_mail_and_its_return_too(tmp_path: Path) -> None:
    clock = Clock()
    async with running_desk(tmp_path, clock=clock) as desk:
        await until(lambda: desk.daemon.connectors["slack"].health().state == "ok")
        desk.slack.outage()
        await until(lambda: desk.daemon.connectors["slack"].health().state != "ok")
        clock.ahead += 40
        assert await until(lambda: desk.daemon.connectors["slack"].health().state == "failing")
        desk.daemon.alerting.wake()
        await until(lambda: _standing(desk))
        clock.ahead += 90
        desk.daemon.alerting.wake()
        (alert, *_) = await until(lambda: desk.mail.mails)
        assert list(alert.rcpt_to) == ["ops@acme.example"]
        assert alert.message["Auto-Submitted"] == "auto-generated"
        assert "slack doesn't work" in alert.message["Subject"]
        assert alert.mail_from == "<>"
        await desk.slack.recover()
        await told(desk, "slack works again")
        await until(lambda: len(desk.mail.mails) >= 2)
        assert "slack works again" in desk.mail.mails[-1].message["Subject"]


def _standing(desk: Desk) -> bool:
    return "connector:slack" in desk.daemon.alerting._standing


@pytest.fixture
def malformed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def stage(self: Pipeline, *_: object) -> None:
        raise MalformedMessage("it has no head")

    monkeypatch.setattr(Pipeline, "_stage", stage)


@pytest.mark.usefixtures("malformed")
async def test_quarantined_messages_come_as_a_digest(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        await desk.send(mail(number=1))
        assert "it has no head" in await told(desk, "quarantine")
        for number in range(2, 6):
            await desk.send(mail(number=number))
        await until(lambda: _quarantined(desk, 5))
        desk.daemon.alerting.wake()
        assert len(desk.alerts()) == 1
        assert (await desk.health())["status"] == "degraded"


async def _quarantined(desk: Desk, number: int) -> bool:
    return bool((await desk.health())["inbox"]["quarantined"] == number)


async def test_a_database_that_takes_nothing_is_told_straight(tmp_path: Path) -> None:
    clock = Clock()
    async with running_desk(tmp_path, clock=clock) as desk:
        await until(lambda: desk.daemon.connectors["slack"].health().state == "ok")
        other = sqlite3.connect(tmp_path / "desk.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        clock.ahead += 20
        desk.daemon.alerting.wake()
        await until(lambda: "store" in desk.daemon.alerting._standing)
        clock.ahead += 20
        await told(desk, "The database takes nothing")
        other.execute("ROLLBACK")
        other.close()
        clock.ahead += 20
        await told(desk, "The database works again")


async def test_a_part_that_dies_is_told_and_stops_the_daemon(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:

        async def broken() -> None:
            raise ZeroDivisionError

        desk.daemon._run("a part", broken)
        await until(lambda: desk.daemon.failed.is_set())
        await told(desk, "a part ended unexpectedly (ZeroDivisionError)")
        assert (await desk.health())["status"] == "failing"
