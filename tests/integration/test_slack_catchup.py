"""The daemon, or its line to Slack, was away for longer than Slack repeats events: what was missed comes in after all, and nothing twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deskd import words
from deskd.store.tables import inbox
from tests.support.daemon import mail
from tests.support.slackdesk import ANNA, BRUNO, CLIENTI, FRONT, LUCA, MARIA, NINA, SlackDesk, slack_desk

EYES, SENT = "eyes", "white_check_mark"


@pytest.fixture
async def desk(tmp_path: Path, desk_url: str) -> AsyncIterator[SlackDesk]:
    """Slack gives up at once on what nobody takes."""
    async with slack_desk(tmp_path, desk_url, queue_for=0.05, retry_delays=()) as desk:
        await desk.start()
        yield desk


async def test_what_happened_while_the_daemon_was_down_comes_in(desk: SlackDesk) -> None:
    slack = desk.slack
    await desk.send(mail(text="Il totale non torna."))
    by_mail = await desk.card("Il totale non torna.")
    asked = slack.post(MARIA, CLIENTI, "La stampante non va.")
    in_channel = await desk.card("La stampante non va.")
    slack.post(NINA, slack.dm(NINA), "Sono Nina.")
    direct = await desk.card("Sono Nina.")
    answered = await desk.reply(by_mail, "Guardo subito.")
    taken_back = slack.post(MARIA, CLIENTI, "Scusate, risolto.", asked)
    await desk.card("Scusate, risolto.")
    await desk.at_rest()
    await desk.stop()

    slack.post(ANNA, FRONT, "Ecco la fattura giusta.", by_mail)
    slack.edit(ANNA, FRONT, answered, "Guardo domani.")
    slack.post(BRUNO, FRONT, "// il toner è finito", in_channel)
    slack.react(BRUNO, FRONT, in_channel, EYES)
    slack.react(ANNA, FRONT, direct, SENT)
    slack.edit(MARIA, CLIENTI, asked, "La stampante grande non va.")
    slack.delete(MARIA, CLIENTI, taken_back)
    slack.post(MARIA, CLIENTI, "Anzi, ancora niente.", asked)
    slack.post(LUCA, CLIENTI, "Non ho rete.")
    slack.post(NINA, slack.dm(NINA), "C'è qualcuno?")
    slack.post(LUCA, slack.dm(LUCA), "Scrivo anche qui.")
    await desk.unheard()
    assert slack.delivery.dropped

    await desk.start()
    await desk.caught_up()
    assert len(desk.mail.to("maria@cliente.example")) == 2
    assert b"fattura giusta" in desk.mail.to("maria@cliente.example")[-1].content
    assert words.say("en", "edit_too_late") in desk.whispers(ANNA)
    printer = desk.ticket("La stampante grande non va.")
    assert [(one["direction"], one["text"]) for one in printer["messages"]] == [
        ("in", "La stampante grande non va."),
        ("in", "Scusate, risolto."),
        ("in", "Anzi, ancora niente."),
        ("note", "il toner è finito"),
    ]
    assert printer["assignee"] == "bruno"
    kinds = [event["type"] for event in printer["events"]]
    assert {"customer_edited", "customer_deleted", "claimed"} <= set(kinds)
    nina = desk.ticket("Sono Nina.")
    assert [one["text"] for one in nina["messages"]] == ["Sono Nina.", "C'è qualcuno?"]
    assert "resolved" in [event.get("to") for event in nina["events"]]
    assert len(desk.tickets()) == 5
    assert desk.ticket("Non ho rete.")["contact"]["address"] == f"slack:{LUCA}"
    assert desk.ticket("Scrivo anche qui.")["ref"] != desk.ticket("Non ho rete.")["ref"]


async def test_nothing_comes_in_twice(desk: SlackDesk) -> None:
    slack = desk.slack
    asked = slack.post(MARIA, CLIENTI, "La stampante non va.")
    card = await desk.card("La stampante non va.")
    slack.react(BRUNO, FRONT, card, EYES)
    await desk.marked(await desk.reply(card, "Arrivo.", BRUNO), SENT)
    await desk.at_rest()
    slack.post(ANNA, FRONT, "!release", card)
    await slack.wait_for(lambda: desk.ticket("Arrivo.")["assignee"] is None, 60)
    before = desk.tickets()
    for _ in range(2):
        await desk.stop()
        await desk.start()
        await desk.caught_up()
    after = desk.tickets()
    assert after == before  # the 👀 that still stands claims nothing a second time
    assert len(desk.thread(asked, CLIENTI)) == 1
    came = [row["external_id"] for row in desk.rows(inbox)]
    assert len(came) == len(set(came))


async def test_a_line_that_was_cut_is_made_up_for(desk: SlackDesk) -> None:
    """The daemon runs on; Slack refuses a new line until it has given up on the events."""
    slack = desk.slack
    slack.post(MARIA, CLIENTI, "La stampante non va.")
    card = await desk.card("La stampante non va.")
    await desk.caught_up()
    slack.fail("apps.connections.open", "500", times=None)
    slack.close_sockets()
    slack.post(ANNA, FRONT, "Provi a riaccenderla.", card)
    slack.post(LUCA, CLIENTI, "Non ho rete.")
    await desk.unheard()
    assert len(slack.delivery.dropped) == 2
    slack.heal()
    await desk.card("Non ho rete.")
    await desk.caught_up()
    assert desk.ticket("Provi a riaccenderla.")["messages"][-1]["delivery"] == "sent"
    assert len(desk.tickets()) == 2


async def test_slack_sets_the_pace_of_reading_back(desk: SlackDesk) -> None:
    slack = desk.slack
    slack.post(MARIA, CLIENTI, "La stampante non va.")
    await desk.card("La stampante non va.")
    await desk.at_rest()
    await desk.stop()
    slack.post(LUCA, CLIENTI, "Non ho rete.")
    await desk.unheard()
    slack.fail("conversations.history", "429", times=1)
    slack.fail("users.conversations", "error:missing_scope", times=1)
    slack.fail("conversations.history", "500", times=1)
    await desk.start()
    await desk.card("Non ho rete.")
    await desk.caught_up()
    assert len(desk.tickets()) == 2
