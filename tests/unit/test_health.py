"""How good or bad what was found is: each cause of `degraded` and of `failing`, and the document's form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from deskd.errors import Problem
from deskd.ports import ConnectorHealth
from deskd.store.figures import Figures, Trouble
from deskd.watch.health import Findings, Room, RulesFound, health

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OK = ConnectorHealth("ok", NOW)
AWAY = ConnectorHealth("failing", NOW, "can't be reached")


def found(**values: object) -> Findings:
    sound: dict[str, object] = {
        "now": NOW,
        "version": "1.2",
        "since": NOW - timedelta(days=1),
        "rules": RulesFound("abc", NOW),
        "connectors": {"support-mail": OK, "slack": OK},
        "listeners": {"smtp:127.0.0.1:8025": OK},
        "figures": Figures(),
        "room": Room(2**36, 2**37, 32 * 2**20),
    }
    return Findings(**(sound | values))  # type: ignore[arg-type]


def late(minutes: float = 0) -> tuple[Trouble, ...]:
    return (Trouble(1, "slack", "card", NOW - timedelta(minutes=minutes), ""),)


@pytest.mark.parametrize(
    ("finding", "state"),
    [
        ({}, "ok"),
        ({"figures": Figures(inbox_waiting=500, oldest_inbox=NOW - timedelta(seconds=59))}, "ok"),  # busy
        ({"figures": Figures(quarantined=1, newest_quarantined=late(61))}, "ok"),  # a matter for the list
        ({"connectors": {}}, "ok"),
        ({"connectors": {"support-mail": OK, "slack": AWAY}}, "degraded"),
        ({"connectors": {"slack": ConnectorHealth("degraded", None, "?")}}, "degraded"),
        ({"rules": RulesFound("abc", NOW, (Problem("a.yaml", 1, 1, "?"),))}, "degraded"),
        (
            {"figures": Figures(inbox_waiting=1, oldest_inbox=NOW - timedelta(seconds=61))},
            "degraded",
        ),
        ({"figures": Figures(quarantined=1, newest_quarantined=late(5))}, "degraded"),
        ({"figures": Figures(outbox_unknown=1, newest_unknown=late(5))}, "degraded"),
        ({"room": Room(2**20, 2**37, 32 * 2**20)}, "degraded"),
        ({"connectors": {"support-mail": AWAY, "slack": AWAY}}, "failing"),
        ({"listeners": {"smtp:127.0.0.1:8025": ConnectorHealth("stopped")}}, "failing"),
        ({"store_error": "the disk is full"}, "failing"),
        ({"store_error": "away", "figures": None}, "failing"),
        ({"dead": ("outbox",)}, "failing"),
    ],
)
def test_the_status(finding: dict[str, object], state: str) -> None:
    said, document = health(found(**finding))
    assert said == state
    assert document["status"] == state
    assert bool(document["because"]) == (state != "ok")


def test_the_document_has_the_promised_form() -> None:
    figures = Figures(
        inbox_waiting=2,
        oldest_inbox=NOW - timedelta(seconds=3.5),
        quarantined=1,
        outbox_waiting=4,
        oldest_outbox=NOW - timedelta(seconds=2),
        outbox_unknown=5,
    )
    _, document = health(found(figures=figures, connectors={"slack": AWAY}))
    assert document["version"] == "1.2"
    assert document["since"] == "2026-11-22T09:00:00.000Z"
    assert document["connectors"] == {
        "slack": {"state": "failing", "last_ok": "2026-11-23T09:00:00.000Z", "error": "can't be reached"}
    }
    assert document["inbox"] == {"waiting": 2, "oldest_s": 3.5, "quarantined": 1}
    assert document["outbox"] == {"waiting": 4, "oldest_s": 2.0, "unknown": 5}
    assert document["rules"] == {"hash": "abc", "since": "2026-11-23T09:00:00.000Z", "error": None}


def test_a_channel_is_as_bad_as_the_worst_of_its_parts() -> None:
    """So that who asks for the channel hears of its mailbox, too."""
    parts = {"support-mail": OK, "support-mail.imap": AWAY, "support-mail-2": OK, "slack": OK}
    _, document = health(found(connectors=parts))
    states = {name: one["state"] for name, one in document["connectors"].items()}
    assert states == {
        "support-mail": "failing", "support-mail.imap": "failing", "support-mail-2": "ok", "slack": "ok",
    }  # fmt: skip
    assert document["connectors"]["support-mail"]["error"] == "can't be reached"


def test_a_clock_put_back_makes_nothing_younger_than_new() -> None:
    _, document = health(found(figures=Figures(1, NOW + timedelta(days=1))))
    assert document["inbox"]["oldest_s"] == 0.0


def test_a_database_out_of_reach_leaves_the_numbers_open() -> None:
    _, document = health(found(figures=None, store_error="away"))
    assert document["inbox"] == {"waiting": None, "oldest_s": 0.0, "quarantined": None}
