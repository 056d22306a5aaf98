"""What agents are shown in Slack: whole messages, lists, the home tab; tickets they open; shortcuts; and twenty who claim at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.screened import ANNA, BRUNO, CARLA, FRONT, STRANGER, Screened, screened_desk

REF = "ACME-1001"


@pytest.fixture
async def desk(tmp_path: Path, database_url: str) -> AsyncIterator[Screened]:
    async with screened_desk(tmp_path, database_url) as running:
        yield running


def words_of(view: Any) -> str:
    return json.dumps(view.content, ensure_ascii=False)


async def test_show_all_gives_the_whole_of_what_was_left_out(desk: Screened) -> None:
    quoted = (
        "Grazie, va bene.\r\n\r\nIl giorno lun 23 nov 2026 Acme Support ha scritto:\r\n> Le va bene giovedì?"
    )
    card = await desk.mailed(quoted)
    post = desk.thread(card)[1]
    assert "giovedì" not in desk.shown(post["ts"])
    await desk.press(ANNA, post["ts"], "show_all")
    view = await desk.form(ANNA)
    assert "Le va bene giovedì?" in words_of(view)
    await desk.slack.close_view(ANNA, view.id)
    await desk.choose(BRUNO, card, "show_all")
    assert "Le va bene giovedì?" in words_of(await desk.form(BRUNO))


async def test_a_very_long_mail_is_a_start_a_file_and_pages(desk: Screened) -> None:
    lines = [f"Riga numero {number} della lunga storia." for number in range(1_000)]
    card = await desk.mailed("\r\n".join(lines))
    _, post, file = await desk.until(lambda: desk.thread(card) if len(desk.thread(card)) == 3 else None)
    assert lines[0] in desk.shown(post["ts"])
    assert lines[500] not in desk.shown(post["ts"])
    assert file["files"][0]["name"].endswith(".txt")
    await desk.press(ANNA, post["ts"], "show_all")
    view = await desk.form(ANNA)
    assert lines[999] not in words_of(view)
    while lines[999] not in words_of(view):
        before = view.hash
        (button,) = [
            one
            for block in view.content["blocks"]
            for one in block.get("elements", [])
            if one.get("action_id")
        ]
        await desk.slack.press_in_view(ANNA, view.id, "show_more", button["value"])
        await desk.until(lambda before=before: view.hash != before)


async def test_lists_by_slash_command(desk: Screened) -> None:
    await desk.mailed(subject="Fattura 118")
    card = await desk.mailed("Il router lampeggia.", "Router")
    await desk.press(ANNA, card, "claim")
    await desk.until_ticket("ACME-1002", assignee="anna")

    async def asked(text: str, user: str = ANNA) -> str:
        return json.dumps(await desk.slack.command(user, FRONT, "/desk", text), ensure_ascii=False)

    mine = await asked("my")
    assert "ACME-1002" in mine
    assert "ACME-1001" not in mine
    assert f"https://slack.com/archives/{FRONT}/p{card.replace('.', '')}" in mine
    queue = await asked("Queue")
    assert "ACME-1001" in queue
    assert "ACME-1002" in queue
    for words, found, other in (
        ("lampeggia", "ACME-1002", "ACME-1001"),
        ("fattura 118", "ACME-1001", "ACME-1002"),
        ("acme-1001", "ACME-1001", "ACME-1002"),
    ):
        answer = await asked(f"search {words}")
        assert found in answer, words
        assert other not in answer, words
    assert "ACME-1001" in await asked("search maria cliente.example")
    assert "Tickets found for “100%”: 0" in await asked("search 100%")
    assert "There is no “frobnicate” here." in await asked("frobnicate now")
    assert "/desk search WORDS" in await asked("help")
    assert "ACME" not in await asked("my", STRANGER)
    assert "roster" in await asked("queue", STRANGER)


async def test_the_home_tab(desk: Screened) -> None:
    desk.slack.open_home(ANNA)
    home = await desk.until(lambda: desk.slack.home(ANNA))
    assert "You have no open tickets." in words_of(home)
    card = await desk.mailed()
    await desk.press(ANNA, card, "claim")
    await desk.mailed("Un'altra cosa", "Altro")
    await desk.until_ticket(REF, assignee="anna")
    await desk.slack.press_in_view(ANNA, home.id, "home_refresh")
    await desk.until(lambda: "My tickets (1)" in words_of(home))
    assert "front-desk (1 open)" in words_of(home)
    desk.slack.open_home(STRANGER)
    assert "ACME" not in words_of(await desk.until(lambda: desk.slack.home(STRANGER)))


async def test_a_call_becomes_a_ticket(desk: Screened) -> None:
    await desk.slack.command(ANNA, FRONT, "/desk", "new")
    view = await desk.form(ANNA)
    await desk.slack.submit_view(ANNA, view.id, {"address": "anna@acme.example", "text": "x"})
    assert "not a customer's" in view.errors["address"]
    given = {
        "name": "Piero Verdi",
        "address": "+39 06 1234567",
        "text": "Chiede a che ora apriamo.",
        "assignee": "mine",
    }
    await desk.slack.submit_view(ANNA, view.id, given)
    found = await desk.until_ticket(REF, assignee="anna", status="open")
    assert (found["channel"], found["contact"]) == (
        "phone",
        {"name": "Piero Verdi", "address": "phone:+39061234567"},
    )
    assert [one["actor"] for one in found["events"] if one["type"] == "logged"] == ["agent:anna"]
    await desk.until(lambda: "ACME-1001 is open: Chiede a che ora apriamo." in desk.told(ANNA))

    (card,) = await desk.until(desk.cards)
    desk.slack.post(ANNA, FRONT, "Apriamo alle nove.", card["ts"])
    await desk.until(lambda: any("stayed inside" in text for text in desk.told(ANNA)))
    assert (await desk.ticket(REF))["messages"][-1]["direction"] == "note"


async def test_a_ticket_from_a_message_is_linked_with_the_one_it_came_from(desk: Screened) -> None:
    card = await desk.mailed("E poi il router lampeggia.")
    post = desk.thread(card)[1]
    await desk.slack.shortcut(BRUNO, "new_ticket", FRONT, post["ts"])
    view = await desk.form(BRUNO)
    assert "maria@cliente.example" in words_of(view)
    await desk.slack.submit_view(BRUNO, view.id, {"subject": "Router", "team": "team:specialists"})
    found = await desk.until_ticket("ACME-1002", team="specialists", subject="Router")
    assert found["contact"]["address"] == "maria@cliente.example"
    assert [link["ref"] for link in found["links"]] == [REF]
    assert found["messages"][0]["text"] == "E poi il router lampeggia."


async def test_shortcuts_in_a_messages_menu(desk: Screened) -> None:
    card = await desk.mailed()
    reply = desk.slack.post(ANNA, FRONT, "Buongiorno Maria", card)
    await desk.until(lambda: "hourglass_flowing_sand" in desk.slack.reactions(FRONT, reply))
    await desk.slack.shortcut(ANNA, "make_note", FRONT, reply)
    await desk.until(lambda: "lock" in desk.slack.reactions(FRONT, reply))
    await desk.slack.shortcut(ANNA, "make_note", FRONT, reply)
    await desk.until(lambda: "This is a note already." in desk.told(ANNA))
    await desk.slack.shortcut(BRUNO, "send_to_customer", FRONT, reply)
    await desk.until(lambda: any("Only the person who wrote" in text for text in desk.told(BRUNO)))
    await desk.slack.shortcut(ANNA, "send_to_customer", FRONT, reply)
    await desk.until(lambda: "hourglass_flowing_sand" in desk.slack.reactions(FRONT, reply))

    expert = desk.slack.post(STRANGER, FRONT, "The pump <!here> is broken", card, raw=True)
    await desk.slack.shortcut(BRUNO, "make_note", FRONT, expert)
    await desk.until(lambda: "lock" in desk.slack.reactions(FRONT, expert))
    note = (await desk.ticket(REF))["messages"][-1]
    assert (note["direction"], note["author"]) == ("note", "agent:bruno")
    assert "The pump" in note["text"]

    talk = desk.slack.post(ANNA, FRONT, "Chi va a pranzo?")
    await desk.slack.shortcut(ANNA, "make_note", FRONT, talk)
    await desk.until(lambda: "That message is in no ticket's thread." in desk.told(ANNA))
    customer = desk.thread(card)[1]["ts"]
    await desk.slack.shortcut(ANNA, "send_to_customer", FRONT, customer)
    await desk.until(lambda: any("Only a note that you wrote" in text for text in desk.told(ANNA)))


async def test_it_is_all_the_same_over_http(tmp_path: Path, sqlite_url: str) -> None:
    """There the answer to a command or a form is the answer to Slack's request."""
    async with screened_desk(tmp_path, sqlite_url, over_http=True, language="it") as desk:
        card = await desk.mailed()
        answer = json.dumps(await desk.slack.command(ANNA, FRONT, "/desk", "queue"), ensure_ascii=False)
        assert "Ticket aperti di front-desk: 1" in answer
        assert await desk.slack.command(ANNA, FRONT, "/desk", "new") is None
        await desk.slack.close_view(ANNA, (await desk.form(ANNA)).id)
        await desk.press(ANNA, card, "escalate")
        view = await desk.submit(ANNA, reason=" ")
        assert view.errors == {"reason": "Compila questo campo."}
        await desk.slack.submit_view(ANNA, view.id, {"reason": "non è la linea"})
        await desk.until_ticket(REF, level=2)
        assert not desk.slack.open_views(ANNA)


async def test_twenty_claim_at_once_and_one_has_it(tmp_path: Path, database_url: str) -> None:
    async with screened_desk(tmp_path, database_url, agents=20) as desk:
        card = await desk.mailed()
        claimers = [f"U0A{number}" for number in range(1, 21)]
        await asyncio.gather(*(desk.press(user, card, "claim") for user in claimers))
        await desk.until(lambda: sum(len(desk.told(user)) for user in claimers) == 19)
        found = await desk.until_ticket(REF, status="open")
        winner = found["assignee"]
        assert [event["actor"] for event in found["events"] if event["type"] == "claimed"] == [
            f"agent:{winner}"
        ]
        losers = [user for user in claimers if desk.told(user)]
        assert f"U0A{winner.removeprefix('u')}" not in losers
        name = f"Agent {winner.removeprefix('u')}"
        assert all(f"{name} is already on this ticket" in text for user in losers for text in desk.told(user))
        assert desk.told(CARLA) == []
