"""Forms in Slack, through the genuine bolt client: opened at the click, judged as they are sent in, done like typed commands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.screened import ANNA, BRUNO, FRONT, SPECIAL, STRANGER, Screened, screened_desk

REF = "ACME-1001"


@pytest.fixture
async def desk(tmp_path: Path, database_url: str) -> AsyncIterator[Screened]:
    async with screened_desk(tmp_path, database_url) as running:
        yield running


async def test_what_is_filled_in_is_done(desk: Screened) -> None:
    card = await desk.mailed()
    await desk.press(ANNA, card, "assign")
    await desk.submit(ANNA, to="agent:bruno")
    await desk.until_ticket(REF, assignee="bruno", team="front-desk")

    await desk.choose(ANNA, card, "priority")
    await desk.submit(ANNA, priority="high", urgency="high")
    await desk.until_ticket(REF, priority="high", urgency="high", impact="medium")

    await desk.choose(ANNA, card, "tags")
    await desk.submit(ANNA, tags="Billing, vip")
    await desk.until_ticket(REF, tags=["billing", "vip"])

    await desk.choose(ANNA, card, "note")
    await desk.submit(ANNA, text="Sentito Bruno: <!channel> & co.")
    (post,) = await desk.until(lambda: [one for one in desk.thread(card) if "Sentito" in str(one)])
    await desk.until(lambda: "lock" in desk.slack.reactions(FRONT, post["ts"]))
    assert desk.slack.pings(FRONT, post["ts"]) == set()

    await desk.choose(ANNA, card, "hold_because")
    view = await desk.form(ANNA)
    await desk.slack.submit_view(ANNA, view.id, {"reason": "the supplier", "until": "never ever"})
    assert "isn't a time" in view.errors["until"]
    await desk.slack.submit_view(ANNA, view.id, {"reason": "the supplier", "until": "3d"})
    found = await desk.until_ticket(REF, status="hold")
    assert [one["to"] for one in found["events"] if one["type"] == "status"][-1] == "hold"
    assert not desk.slack.open_views(ANNA)


async def test_what_is_wrong_is_said_in_the_form_and_stays_there(desk: Screened) -> None:
    card = await desk.mailed()
    await desk.press(ANNA, card, "escalate")
    view = await desk.submit(ANNA, reason="   ")
    assert view.errors == {"reason": "Please fill this in."}
    assert view.is_open
    await desk.submit(ANNA, to="team:specialists", reason="the router is broken")
    await desk.until_ticket(REF, team="specialists", level=2)
    await desk.until(lambda: desk.slack.channel_messages(SPECIAL))

    for typed, told in (
        ("ACME-9", "There is no ticket ACME-9."),
        ("1001", "ACME-1001 is this ticket itself."),
        ("?", "isn't the reference"),
    ):
        await desk.choose(ANNA, card, "merge")
        view = await desk.submit(ANNA, ref=typed)
        assert told in view.errors["ref"]
        await desk.slack.close_view(ANNA, view.id)


async def test_sent_in_twice_it_is_done_once(desk: Screened) -> None:
    card = await desk.mailed()
    await desk.choose(ANNA, card, "note")
    view = await desk.form(ANNA)
    await desk.slack.submit_view(ANNA, view.id, {"text": "once"})
    view.is_open = True  # Slack showed an error, though the desk had it, and she presses again
    await desk.slack.submit_view(ANNA, view.id, {"text": "once"})
    await desk.choose(ANNA, card, "note")
    await desk.submit(ANNA, text="after that")
    await desk.until(lambda: "after that" in str(desk.thread(card)))
    found = await desk.ticket(REF)
    assert [one["text"] for one in found["messages"] if one["direction"] == "note"] == ["once", "after that"]


async def test_a_reply_with_a_canned_text_is_held_marked_and_stopped(desk: Screened) -> None:
    card = await desk.mailed()
    await desk.press(ANNA, card, "reply_with")
    view = await desk.form(ANNA)
    groups = view.content["blocks"][1]["element"]["option_groups"]
    assert [option["value"] for group in groups for option in group["options"]] == ["hello", "refund"]
    await desk.slack.press_in_view(ANNA, view.id, "piece", "refund")
    filled = "Gentile Maria Rossi, il rimborso per ACME-1001 è in arrivo."
    await desk.until(lambda: filled in str(view.content))
    await desk.slack.submit_view(ANNA, view.id, {"text": f"{filled}\n\nAnna *R*", "then": "pending"})
    (post,) = await desk.until(lambda: [one for one in desk.thread(card) if "rimborso" in str(one)])
    await desk.until(lambda: "hourglass_flowing_sand" in desk.slack.reactions(FRONT, post["ts"]))
    assert (await desk.ticket(REF))["messages"][-1]["delivery"] == "held"

    desk.slack.react(BRUNO, FRONT, post["ts"], "x")
    await desk.until(lambda: "hourglass_flowing_sand" not in desk.slack.reactions(FRONT, post["ts"]))
    found = await desk.ticket(REF)
    assert (found["messages"][-1]["delivery"], found["status"]) == ("cancelled", "open")
    assert desk.mail.mails == []


async def test_a_colleague_mentioned_in_a_reply_is_refused(desk: Screened) -> None:
    card = await desk.mailed()
    await desk.press(ANNA, card, "reply_with")
    view = await desk.submit(ANNA, text="@bruno was meinst du?")
    assert "mentions a colleague" in view.errors["text"]


async def test_a_part_becomes_a_ticket_of_its_own(desk: Screened) -> None:
    card = await desk.mailed()
    await desk.choose(ANNA, card, "split")
    await desk.until(lambda: "nothing to split" in " ".join(desk.told(ANNA)))
    assert not desk.slack.open_views(ANNA)


async def test_strangers_see_and_do_nothing(desk: Screened) -> None:
    card = await desk.mailed()
    for action in ("assign", "escalate", "reply_with"):
        await desk.press(STRANGER, card, action)
    await desk.choose(STRANGER, card, "note")
    await desk.until(lambda: len(desk.told(STRANGER)) == 4)
    assert not desk.slack.open_views(STRANGER)
    assert {text[:32] for text in desk.told(STRANGER)} == {"You aren't in this desk's roster"}

    # a form that an agent left open, sent in by somebody else
    await desk.choose(ANNA, card, "note")
    view = await desk.form(ANNA)
    view.user = STRANGER
    await desk.slack.submit_view(STRANGER, view.id, {"text": "from outside"})
    await desk.choose(ANNA, card, "tags")
    await desk.submit(ANNA, tags="done")
    found = await desk.until_ticket(REF, tags=["done"])
    assert [one for one in found["messages"] if one["direction"] == "note"] == []
