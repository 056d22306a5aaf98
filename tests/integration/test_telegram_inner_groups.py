"""The desk's own Telegram groups, its teams' and its admins': nobody in them is a customer, whichever of its bots hears what is said there."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from connectors.standins.smtp import SmtpStandIn
from connectors.standins.telegram import TelegramStandIn
from deskd.store.tables import inbox
from tests.support.topicdesk import ANNA, FRONT, MARIA, STRANGER, TopicDesk

ADMINS = -1001000000009


def another_bot() -> TelegramStandIn:
    return TelegramStandIn(token="4300000001:standin-token", username="other_bot")


@dataclass
class TwoBots(TopicDesk):
    """The first works in the groups; `other` is for customers, and was let into a team's group as well."""

    other: TelegramStandIn = field(default_factory=another_bot)

    def config(self) -> Path:
        file = super().config()
        other = json.dumps({"type": "telegram", "api": self.other.api, "token": self.other.token})
        text = file.read_text().replace("  prefix: ACME\n", f"  prefix: ACME\n  admins: {ADMINS}\n")
        file.write_text(text.replace("agents:\n", f"  other: {other}\nagents:\n", 1))
        return file


@pytest.fixture
async def desk(tmp_path: Path, desk_url: str) -> AsyncIterator[TwoBots]:
    telegram, mail = TelegramStandIn(), SmtpStandIn()
    made = TwoBots(telegram, mail, tmp_path, desk_url)
    for bot in (telegram, made.other):
        bot.add_user(ANNA, "Anna", "Rossi", "anna")
        bot.add_user(MARIA, "Maria", "Rossi", "maria", "it")
        bot.add_user(STRANGER, "Nino")
        bot.add_group(FRONT, "Front desk", [ANNA, STRANGER], forum=True)
    telegram.add_group(ADMINS, "Admins", [ANNA, STRANGER])
    async with telegram.running(), made.other.running(), mail.running():
        try:
            await made.start()
            yield made
        finally:
            await made.stop()


async def ended(desk: TwoBots, channel: str) -> list[str]:
    """How all that a bot heard has ended, in the order in which it came; waits for it."""
    await desk.telegram.wait_for(lambda: not desk.telegram.waiting, 60)
    await desk.other.wait_for(lambda: not desk.other.waiting, 60)
    await desk.at_rest()
    rows = sorted(desk.rows(inbox, channel=channel), key=lambda row: int(row["id"]))
    return [f"{row['state']}: {row['reason']}" for row in rows]


async def test_who_answers_an_alert_is_no_customer(desk: TwoBots) -> None:
    desk.telegram.write(ANNA, "@deskd_bot ci guardo io", ADMINS)
    desk.telegram.write(STRANGER, "@deskd_bot che cos'è?", ADMINS)
    assert await ended(desk, "telegram") == [
        "discarded: outside any thread",
        "discarded: not of the roster: it stays where it is",
    ]
    assert desk.tickets() == []


async def test_another_bot_of_the_desk_leaves_a_teams_group_alone(desk: TwoBots) -> None:
    desk.other.write(ANNA, "@other_bot chi è di turno?", FRONT)
    desk.other.write(STRANGER, "@other_bot aiuto", FRONT)
    reason = "discarded: in a group of the desk's own, where another bot works"
    assert await ended(desk, "other") == [reason, reason]
    assert desk.tickets() == []
    desk.other.write(MARIA, "La stampante non va")
    await desk.topic("La stampante non va")
