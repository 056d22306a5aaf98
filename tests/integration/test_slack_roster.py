"""Who may: the roster as deskd.yaml names people, or, with `members: channel`, whoever of the company is in the team's channel."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.daemon import until
from tests.support.slackdesk import (
    ANNA,
    CARLA,
    CLIENTI,
    FRONT,
    MARIA,
    PATIENCE,
    STRANGER,
    SlackDesk,
    slack_desk,
)

SENT = "white_check_mark"


@pytest.fixture
async def desk(tmp_path: Path, desk_url: str) -> AsyncIterator[SlackDesk]:
    async with slack_desk(
        tmp_path, desk_url, team={"members": "channel"}, slack={"customers": ["#clienti"]}
    ) as desk:
        yield desk


async def test_whoever_is_in_the_channel_may(desk: SlackDesk) -> None:
    slack = desk.slack
    slack.workspace.users["U0PASSER"].name = "Bruno"  # a handle that an agent's key has already
    await desk.start()
    slack.post(MARIA, CLIENTI, "La stampante non va.")
    card = await desk.card("La stampante non va.")
    await desk.reply(card, "Sono nuovo, ma vengo.", STRANGER)
    slack.post(STRANGER, FRONT, "!claim", card)
    assert desk.daemon is not None
    team = desk.daemon.settings.teams["front-desk"]
    assert set(team.members) == {"anna", "bruno", "bruno-u0passer"}
    await until(lambda: desk.ticket("Sono nuovo")["assignee"] == "bruno-u0passer", PATIENCE)
    replies = [one for one in desk.ticket("Sono nuovo")["messages"] if one["direction"] == "out"]
    assert [one["author"] for one in replies] == ["agent:bruno-u0passer"]


async def test_who_joins_may_from_then_on_and_who_leaves_no_more(desk: SlackDesk) -> None:
    slack = desk.slack
    await desk.start()
    daemon = desk.daemon
    assert daemon is not None
    slack.post(MARIA, CLIENTI, "La stampante non va.")
    card = await desk.card("La stampante non va.")
    slack.join(CARLA, FRONT)
    await until(lambda: "carla" in daemon.settings.teams["front-desk"].members, PATIENCE)
    await desk.reply(card, "Arrivo io.", CARLA)
    slack.leave(STRANGER, FRONT)
    await until(lambda: "passer" not in daemon.settings.agents, PATIENCE)
    slack.join(STRANGER, CLIENTI)  # anyone can still write there, as a customer
    asked = slack.post(STRANGER, CLIENTI, "Anche la mia.")
    await desk.card("Anche la mia.")
    assert desk.ticket("Anche la mia.")["contact"]["address"] == f"slack:{STRANGER}"
    assert asked


async def test_bots_guests_and_other_companies_people_are_no_agents(desk: SlackDesk) -> None:
    slack = desk.slack
    slack.fail("users.info", "500", times=1)
    for number, mark in enumerate(
        ("is_bot", "is_restricted", "is_ultra_restricted", "is_stranger", "deleted")
    ):
        user = slack.add_user(f"U0OUT{number}", f"out{number}")
        setattr(user, mark, True)
        slack.join(user.id, FRONT)
    slack.add_user("U0OTHER", "other").team_id = "T0ANOTHER"
    slack.join("U0OTHER", FRONT)
    await desk.start()
    daemon = desk.daemon
    assert daemon is not None
    daemon.rostering.wake()
    await until(lambda: bool(daemon.settings.teams["front-desk"].members), PATIENCE)
    assert set(daemon.settings.agents) == {"anna", "bruno", "carla", "passer"}


async def test_a_start_without_slack_knows_who_was_there(desk: SlackDesk) -> None:
    slack = desk.slack
    await desk.start()
    await desk.at_rest()
    await desk.stop()
    slack.outage()
    daemon = await desk.start()
    assert set(daemon.settings.teams["front-desk"].members) == {"anna", "bruno", "passer"}
    assert daemon.settings.slack_channels()["slack"].customers == (CLIENTI,)
    await slack.recover()
    slack.post(MARIA, CLIENTI, "La stampante non va.")
    card = await desk.card("La stampante non va.")
    await desk.reply(card, "Arrivo.", ANNA)


async def test_a_customers_channel_by_name_that_slack_knows_later(desk: SlackDesk) -> None:
    """Slack is away at the very first start: its names are found when it is back, without a restart."""
    slack = desk.slack
    slack.fail("conversations.list", "500", times=None)
    await desk.start()
    daemon = desk.daemon
    assert daemon is not None
    assert daemon.settings.slack_channels()["slack"].customers == ("#clienti",)
    slack.heal()
    daemon.rostering.wake()
    await until(lambda: daemon.settings.slack_channels()["slack"].customers == (CLIENTI,), PATIENCE)
    slack.post(MARIA, CLIENTI, "La stampante non va.")
    await desk.card("La stampante non va.")
