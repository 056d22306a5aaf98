"""A desk to which Slack posts its events, over true HTTP, signed; bolt behind it as behind a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deskd.errors import StoreAway
from tests.support.daemon import mail
from tests.support.slackdesk import ANNA, CLIENTI, FRONT, MARIA, SlackDesk, slack_desk

SECRET = "made-up-signing-secret"


@pytest.fixture
async def desk(tmp_path: Path, desk_url: str) -> AsyncIterator[SlackDesk]:
    settings = {"app_token": None, "signing_secret": SECRET}
    async with slack_desk(tmp_path, desk_url, slack=settings, retry_delays=(0.1, 0.1, 0.1)) as desk:
        await started(desk)
        yield desk


async def started(desk: SlackDesk) -> None:
    daemon = await desk.start()
    assert daemon.web is not None
    desk.slack.use_http(f"http://127.0.0.1:{daemon.web.port}/slack/events", SECRET)


async def test_all_that_a_socket_brings_comes_over_http(desk: SlackDesk) -> None:
    slack = desk.slack
    await desk.send(mail(text="Il totale non torna."))
    card = await desk.card("Il totale non torna.")
    await slack.press(ANNA, FRONT, card, "claim")
    slack.duplicate_events(1)
    await desk.reply(card, "Guardo subito.")
    slack.post(MARIA, CLIENTI, "La stampante non va.")
    await desk.card("La stampante non va.")
    await desk.at_rest()
    assert len(desk.mail.to("maria@cliente.example")) == 1
    assert desk.ticket("Guardo subito.")["assignee"] == "anna"
    assert slack.socket_mode.envelopes == []
    assert not slack.calls_of("apps.connections.open")
    assert '"slack": {"state": "ok"' in (await desk.get("/health"))[1]


async def test_an_event_that_was_not_kept_comes_again(
    desk: SlackDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = []

    def no_room() -> None:
        refused.append(1)
        if len(refused) <= 2:
            raise StoreAway("away")

    assert desk.daemon is not None
    monkeypatch.setattr(desk.daemon.store, "check_room", no_room)
    desk.slack.post(MARIA, CLIENTI, "La stampante non va.")
    await desk.card("La stampante non va.")
    await desk.at_rest()
    assert len(refused) >= 3
    assert len(desk.tickets()) == 1


async def test_what_slack_gave_up_on_is_read_back_at_the_next_start(desk: SlackDesk) -> None:
    slack = desk.slack
    slack.post(MARIA, CLIENTI, "La stampante non va.")
    card = await desk.card("La stampante non va.")
    await desk.at_rest()
    await desk.stop()
    slack.post(ANNA, FRONT, "Arrivo.", card)
    await desk.unheard()
    assert len(slack.delivery.dropped) == 1
    await started(desk)
    await desk.caught_up()
    assert [one["text"] for one in desk.ticket("Arrivo.")["messages"]] == ["La stampante non va.", "Arrivo."]
