"""`direct: true`: agents and customers share one thread; what agents write there is public as it stands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deskd import words
from tests.support.daemon import until
from tests.support.slackdesk import (
    ANNA,
    BRUNO,
    CLIENTI,
    FRONT,
    LUCA,
    MARIA,
    PATIENCE,
    SlackDesk,
    slack_desk,
)


@pytest.fixture
async def desk(tmp_path: Path, desk_url: str) -> AsyncIterator[SlackDesk]:
    async with slack_desk(tmp_path, desk_url, slack={"direct": True}) as desk:
        desk.slack.join(BRUNO, CLIENTI)
        await desk.start()
        yield desk


def said(desk: SlackDesk) -> list[tuple[str, str, str]]:
    (ticket,) = desk.tickets()
    return [(one["direction"], one["author"], one["text"]) for one in ticket["messages"]]


async def test_what_an_agent_writes_there_is_the_answer(desk: SlackDesk) -> None:
    slack = desk.slack
    asked = slack.post(MARIA, CLIENTI, "La stampante non va.")
    card = await desk.card("La stampante non va.")
    slack.post(ANNA, CLIENTI, "Ciao @maria, @bruno passa *subito*.", asked)
    await slack.wait_for(lambda: any("passa" in text for text in desk.thread(card)), PATIENCE)
    slack.post(MARIA, CLIENTI, "Grazie!", asked)
    await slack.wait_for(lambda: any("Grazie" in text for text in desk.thread(card)), PATIENCE)
    await desk.at_rest()
    assert [(direction, author) for direction, author, _ in said(desk)] == [
        ("in", f"contact:slack:{MARIA}"),
        ("out", "agent:anna"),
        ("in", f"contact:slack:{MARIA}"),
    ]
    (ticket,) = desk.tickets()
    assert ticket["status"] == "open"
    assert ticket["first_response_at"]
    assert ticket["messages"][1]["delivery"] == "sent"
    assert len(desk.thread(asked, CLIENTI)) == 2  # nothing was posted a second time


async def test_a_note_is_refused_with_a_hint_to_its_author_alone(desk: SlackDesk) -> None:
    slack = desk.slack
    asked = slack.post(MARIA, CLIENTI, "La stampante non va.")
    card = await desk.card("La stampante non va.")
    slack.post(ANNA, CLIENTI, "// il solito guasto", asked)
    slack.post(BRUNO, CLIENTI, "note: chiamare il tecnico", asked)
    hint = words.say("en", "direct_note_refused")
    await slack.wait_for(lambda: hint in desk.whispers(ANNA) and hint in desk.whispers(BRUNO), PATIENCE)
    assert {one.channel for one in slack.ephemerals} == {CLIENTI}
    assert desk.whispers(MARIA) == []
    assert len(said(desk)) == 1
    await desk.reply(card, "// qui invece va bene", mark="lock")
    assert said(desk)[-1] == ("note", "agent:anna", "qui invece va bene")


async def test_edits_and_deletions_there_are_what_the_customer_reads(desk: SlackDesk) -> None:
    slack = desk.slack
    asked = slack.post(MARIA, CLIENTI, "La stampante non va.")
    card = await desk.card("La stampante non va.")
    first = slack.post(ANNA, CLIENTI, "Arrivo alle tre.", asked)
    await slack.wait_for(lambda: any("alle tre" in text for text in desk.thread(card)), PATIENCE)
    slack.edit(ANNA, CLIENTI, first, "Arrivo alle quattro.")
    await slack.wait_for(lambda: any("alle quattro" in text for text in desk.thread(card)), PATIENCE)
    slack.delete(ANNA, CLIENTI, first)
    gone = words.say("en", "direct_deleted", text="Arrivo alle quattro.")
    await slack.wait_for(lambda: any(gone == text for text in desk.thread(card)), PATIENCE)
    (ticket,) = desk.tickets()
    assert [one["text"] for one in ticket["messages"]] == ["La stampante non va.", "Arrivo alle quattro."]
    assert ticket["messages"][1]["versions"] == ["Arrivo alle tre."]
    assert desk.whispers(ANNA) == []


async def test_commands_act_there_and_the_teams_thread_still_answers(desk: SlackDesk) -> None:
    slack = desk.slack
    asked = slack.post(LUCA, CLIENTI, "Non ho rete.")
    card = await desk.card("Non ho rete.")
    slack.post(BRUNO, CLIENTI, "!claim", asked)
    await until(lambda: desk.tickets()[0]["assignee"] == "bruno", PATIENCE)
    await desk.reply(card, "Riavviamo il router.", BRUNO)
    assert any("Riavviamo" in text for text in desk.thread(asked, CLIENTI))
    slack.post(BRUNO, CLIENTI, "!resolve", asked)
    await until(lambda: desk.tickets()[0]["status"] == "resolved", PATIENCE)
    assert [direction for direction, _, _ in said(desk)] == ["in", "out"]


async def test_without_it_agents_words_among_customers_are_their_own(tmp_path: Path, desk_url: str) -> None:
    async with slack_desk(tmp_path, desk_url) as desk:
        slack = desk.slack
        await desk.start()
        asked = slack.post(MARIA, CLIENTI, "La stampante non va.")
        card = await desk.card("La stampante non va.")
        slack.post(ANNA, CLIENTI, "Provo io.", asked)
        await desk.reply(card, "Arrivo.")
        assert [text for _, _, text in said(desk)] == ["La stampante non va.", "Arrivo."]
        assert FRONT != CLIENTI
