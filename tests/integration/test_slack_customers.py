"""Customers in Slack, over true HTTP: their names, files both ways, what they change, and answers that wait while they write."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest

from connectors.slack import screening
from deskd import files
from deskd.store import Work
from deskd.store.tables import outbox
from tests.support.daemon import until
from tests.support.slackdesk import ANNA, BRUNO, CLIENTI, FRONT, LUCA, MARIA, PATIENCE, SlackDesk, slack_desk

SENT, HELD, FAILED = "white_check_mark", "hourglass_flowing_sand", "warning"
PDF, CSV = b"%PDF-1.7 " + bytes(range(256)), b"a,b\n1,2\n"


@pytest.fixture
async def desk(tmp_path: Path, desk_url: str) -> AsyncIterator[SlackDesk]:
    async with slack_desk(tmp_path, desk_url) as desk:
        await desk.start()
        yield desk


def given(desk: SlackDesk, channel: str, thread: str) -> list[tuple[str, tuple[str, ...]]]:
    """What our bot put into a thread: text, or the files' names."""
    posts = desk.slack.thread(channel, thread)[1:]
    ours = [one for one in posts if one.get("bot_id")]
    return [
        ("" if one.get("files") else str(one["text"]), tuple(file["title"] for file in one.get("files", ())))
        for one in ours
    ]


async def test_customers_have_their_names(desk: SlackDesk) -> None:
    desk.slack.fail("users.info", "500", times=1)
    desk.slack.post(LUCA, CLIENTI, "Non ho rete.")  # Slack doesn't tell his name now; that holds nothing up
    await desk.card("Non ho rete.")
    desk.slack.post(MARIA, CLIENTI, "La stampante non va.")
    card = await desk.card("La stampante non va.")
    assert "Maria Verdi" in str(desk.slack.message(FRONT, card)["blocks"])
    assert [one["username"] for one in desk.slack.thread(FRONT, card)[1:]] == ["Maria Verdi"]
    assert desk.ticket("La stampante")["contact"] == {"name": "Maria Verdi", "address": f"slack:{MARIA}"}


async def test_a_customers_files_are_kept_and_shown(desk: SlackDesk) -> None:
    slack = desk.slack
    slack.post(MARIA, CLIENTI, "Ecco la fattura.", files=[("fattura.pdf", PDF), ("righe.csv", CSV)])
    card = await desk.card("Ecco la fattura.")
    await slack.wait_for(lambda: len(given(desk, FRONT, card)) == 2, PATIENCE)
    await desk.at_rest()
    assert sorted(given(desk, FRONT, card)[1][1]) == ["fattura.pdf", "righe.csv"]
    (message,) = desk.ticket("Ecco la fattura.")["messages"]
    assert {one["name"]: one["size"] for one in message["attachments"]} == {
        "fattura.pdf": len(PDF),
        "righe.csv": len(CSV),
    }


async def test_files_go_with_the_answer_all_of_them_behind_its_words(desk: SlackDesk) -> None:
    slack = desk.slack
    asked = slack.post(MARIA, CLIENTI, "La stampante non va.")
    card = await desk.card("La stampante non va.")
    slack.fail("download", "500", times=1)
    written = slack.post(ANNA, FRONT, "I manuali.", card, files=[("uno.pdf", PDF), ("due.csv", CSV)])
    await desk.marked(written, SENT)
    await slack.wait_for(lambda: len(given(desk, CLIENTI, asked)) == 2, PATIENCE)
    assert given(desk, CLIENTI, asked) == [("I manuali.", ()), ("", ("uno.pdf", "due.csv"))]
    shown = slack.thread(CLIENTI, asked)[-1]["files"]
    assert [one["size"] for one in shown] == [len(PDF), len(CSV)]


async def test_over_the_limit_nothing_goes_and_the_file_is_named(
    desk: SlackDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    slack = desk.slack
    monkeypatch.setattr(files, "SENDABLE", {"mail": 10, "slack": len(PDF) + 1})
    asked = slack.post(MARIA, CLIENTI, "La stampante non va.")
    card = await desk.card("La stampante non va.")
    written = slack.post(ANNA, FRONT, "I manuali.", card, files=[("uno.pdf", PDF), ("due.csv", CSV)])
    await desk.marked(written, FAILED)
    await slack.wait_for(lambda: any("due.csv" in text for text in desk.thread(card)), PATIENCE)
    await desk.at_rest()
    assert given(desk, CLIENTI, asked) == []


async def test_a_file_that_can_not_be_had_keeps_the_whole_answer(desk: SlackDesk) -> None:
    slack = desk.slack
    asked = slack.post(MARIA, CLIENTI, "La stampante non va.")
    card = await desk.card("La stampante non va.")
    slack.scopes.discard("files:read")
    slack.fail("download", "error:403", times=None)
    slack.fail("download", "503 html", times=None)
    written = slack.post(ANNA, FRONT, "I manuali.", card, files=[("uno.pdf", PDF)])
    await slack.wait_for(lambda: len(slack.thread(FRONT, card)) >= 2, PATIENCE)
    assert given(desk, CLIENTI, asked) == []
    slack.heal()
    await desk.marked(written, SENT)
    await slack.wait_for(lambda: len(given(desk, CLIENTI, asked)) == 2, PATIENCE)


async def test_edits_and_deletions_are_versions(desk: SlackDesk) -> None:
    slack = desk.slack
    asked = slack.post(MARIA, CLIENTI, "La stampante non va.")
    card = await desk.card("La stampante non va.")
    await desk.reply(card, "Quale?")
    slack.edit(MARIA, CLIENTI, asked, "La stampante *grande* non va.")
    await desk.card("grande")
    slack.delete(MARIA, CLIENTI, asked)
    await slack.wait_for(lambda: any(text.startswith("🗑️") for text in desk.thread(card)), PATIENCE)
    (first, answer) = desk.ticket("grande")["messages"]
    assert (first["text"], first["versions"]) == ("La stampante grande non va.", ["La stampante non va."])
    assert (answer["text"], answer["delivery"]) == ("Quale?", "sent")


async def test_joined_tickets_answer_in_the_thread_in_which_they_were_asked(desk: SlackDesk) -> None:
    slack = desk.slack
    first = slack.post(MARIA, CLIENTI, "La stampante non va.")
    one = await desk.card("La stampante non va.")
    second = slack.post(MARIA, CLIENTI, "E il toner è finito.")
    two = await desk.card("toner")
    ref = desk.ticket("La stampante")["ref"]
    slack.post(ANNA, FRONT, f"!merge {ref}", two)
    await until(lambda: desk.ticket("toner")["ref"] == ref, PATIENCE)
    slack.post(MARIA, CLIENTI, "Ci siete?", first)
    await desk.card("Ci siete?")
    await desk.reply(one, "Sì, arriviamo.")
    assert [text for text, _ in given(desk, CLIENTI, first)] == ["Sì, arriviamo."]
    slack.post(MARIA, CLIENTI, "E per il toner?", second)
    await desk.card("E per il toner?")
    await desk.reply(two, "Anche quello.", BRUNO)  # in the thread that led to the other ticket
    assert [text for text, _ in given(desk, CLIENTI, second)] == ["Anche quello."]
    assert len(desk.ticket("Ci siete?")["messages"]) == 6


# ── what stays inside ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_where_replies_are_internal_only_asking_for_it_sends(
    tmp_path: Path, desk_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screening, "ANSWER_WITHIN", PATIENCE)
    async with slack_desk(
        tmp_path, desk_url, slack={"replies": "internal"}, ack_within=PATIENCE, trigger_life=PATIENCE
    ) as desk:
        slack = desk.slack
        await desk.start()
        asked = slack.post(MARIA, CLIENTI, "La stampante non va.")
        card = await desk.card("La stampante non va.")
        written = await desk.reply(card, "Forse il toner.", mark="lock")
        (offer,) = await slack.wait_for(
            lambda: [one for one in slack.ephemerals if one.user == ANNA], PATIENCE
        )
        await desk.reply(card, "reply: Arriviamo subito.")
        assert [text for text, _ in given(desk, CLIENTI, asked)] == ["Arriviamo subito."]
        await slack.press(ANNA, FRONT, offer.ts, "send_note")
        await desk.marked(written, SENT)
        await slack.press(BRUNO, FRONT, card, "reply_with")
        (view,) = await slack.wait_for(lambda: slack.open_views(BRUNO), PATIENCE)
        await slack.submit_view(BRUNO, view.id, {"text": "Con il modulo."})
        await slack.wait_for(lambda: len(given(desk, CLIENTI, asked)) == 3, PATIENCE)
        assert [text for text, _ in given(desk, CLIENTI, asked)][1:] == ["Forse il toner.", "Con il modulo."]


async def test_a_card_is_drawn_once_a_second_at_the_most_and_last_as_it_is(desk: SlackDesk) -> None:
    slack = desk.slack
    slack.post(MARIA, CLIENTI, "La stampante non va.")
    card = await desk.card("La stampante non va.")
    for number in range(12):
        slack.post(ANNA, FRONT, f"!tag t{number}", card)
    await slack.wait_for(lambda: "t11" in str(slack.message(FRONT, card)["blocks"]), PATIENCE)
    await desk.at_rest()
    drawn = [call.at for call in slack.calls_of("chat.update")]
    assert all(later - earlier >= 0.9 for earlier, later in pairwise(drawn))
    assert all(f"t{number}" in str(slack.message(FRONT, card)["blocks"]) for number in range(12))


# ── held ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def slow(tmp_path: Path, desk_url: str) -> AsyncIterator[SlackDesk]:
    """Replies are held for an hour."""
    async with slack_desk(tmp_path, desk_url, slack={"undo": "1h"}) as desk:
        await desk.start()
        yield desk


async def test_who_has_an_answer_waiting_hears_that_the_customer_writes_again(slow: SlackDesk) -> None:
    slack = slow.slack
    asked = slack.post(MARIA, CLIENTI, "La stampante non va.")
    card = await slow.card("La stampante non va.")
    written = await slow.reply(card, "Provi a spegnerla.", mark=HELD)
    (before,) = slow.rows(outbox, kind="slack")
    slack.post(MARIA, CLIENTI, "Già spenta e riaccesa.", asked)
    told = await slack.wait_for(lambda: [text for text in slow.whispers(ANNA) if "❌" in text], PATIENCE)
    assert len(told) == 1
    (after,) = slow.rows(outbox, kind="slack")
    assert after["state"] == "held"
    assert after["not_before"] > before["not_before"]
    slack.react(ANNA, FRONT, written, "x")
    await until(lambda: slow.rows(outbox, kind="slack")[0]["state"] == "cancelled", PATIENCE)
    assert slow.whispers(BRUNO) == []


async def test_a_stopped_answer_takes_its_files_with_it(slow: SlackDesk) -> None:
    slack = slow.slack
    asked = slack.post(MARIA, CLIENTI, "La stampante non va.")
    card = await slow.card("La stampante non va.")
    written = slack.post(ANNA, FRONT, "Il listino.", card, files=[("riservato.pdf", PDF)])
    await slow.marked(written, HELD)
    slack.react(ANNA, FRONT, written, "x")
    await until(lambda: slow.rows(outbox, kind="slack")[0]["state"] == "cancelled", PATIENCE)
    # the time is over for the files, too
    assert slow.daemon is not None
    waiting = [row["id"] for row in slow.rows(outbox, state="queued")]

    def time_is_over(work: Work) -> None:
        for row_id in waiting:
            work.update(outbox, row_id, not_before=0)

    await slow.daemon.store.write(time_is_over)
    slow.daemon.outbox.wake()
    ended = ("sent", "failed", "cancelled")
    await until(lambda: all(row["state"] in ended for row in slow.rows(outbox)), PATIENCE)
    assert given(slow, CLIENTI, asked) == []
