"""`deskd reconcile` beside a running desk, over what the stand-in for Slack really holds."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from deskd.cli import app
from tests.support.daemon import FRONT, Desk, mail, running_desk, until
from tests.support.slackdesk import CLIENTI, LUCA, MARIA, NINA, SlackDesk, slack_desk


async def found(desk: Desk, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    command = ["reconcile", "-c", str(desk.folder / "deskd.yaml"), "--json", *arguments]
    done = await asyncio.to_thread(CliRunner().invoke, app, command)
    assert done.exit_code in (0, 1), done.output
    return done.exit_code, [json.loads(line) for line in done.stdout.splitlines()]


async def a_ticket(desk: Desk) -> str:
    """A ticket with its card, the customer's words and an agent's note; the card's ts."""
    await desk.send(mail())
    card = await until(lambda: next(iter(desk.slack.channel_messages(FRONT)), None))
    root = str(card["ts"])
    await until(lambda: len(desk.slack.thread(FRONT, root)) >= 2)
    note = desk.slack.post("U0ANNA", FRONT, "// sentito Bruno", thread_ts=root)
    await until(lambda: "lock" in desk.slack.reactions(FRONT, note))
    return root


async def test_a_desk_in_order_has_no_differences(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        await a_ticket(desk)
        assert await found(desk) == (0, [])
        assert await found(desk, "--since", "1h") == (0, [])


async def test_what_was_deleted_posted_twice_or_missed_is_listed(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        root = await a_ticket(desk)
        _, words, *_ = desk.slack.thread(FRONT, root)
        channel = desk.slack.workspace.channel(FRONT)
        channel.remove(desk.slack.workspace.message(FRONT, words["ts"]))
        again = desk.slack.workspace.next_ts()
        channel.add(replace(channel.messages[root], ts=again, thread_ts=None))
        await desk.daemon.connectors["slack"].stop_receiving()
        missed = desk.slack.post("U0ANNA", FRONT, "questa nessuno la sente", thread_ts=root)
        status, lines = await found(desk)
        assert status == 1
        assert {(one["what"], one["where"], one["ts"]) for one in lines} == {
            ("missing", "slack", words["ts"]),
            ("twice", "slack", again),
            ("missing", "desk", missed),
        }
        assert {one["ticket"] for one in lines} == {"ACME-1001"}


async def test_the_threads_in_which_customers_write_are_compared_too(tmp_path: Path, desk_url: str) -> None:
    async with slack_desk(tmp_path, desk_url) as desk:
        slack = desk.slack
        await desk.start()
        asked = slack.post(MARIA, CLIENTI, "La stampante non va.")
        card = await desk.card("La stampante non va.")
        slack.post(NINA, slack.dm(NINA), "Sono Nina.")
        direct = await desk.card("Sono Nina.")
        await desk.reply(card, "Arrivo.")
        await desk.reply(direct, "Buongiorno.")
        await desk.at_rest()
        assert await compared(desk) == []

        assert desk.daemon is not None
        await desk.daemon.connectors["slack"].stop_receiving()
        channel = slack.workspace.channel(CLIENTI)
        answer = slack.thread(CLIENTI, asked)[1]["ts"]
        again = slack.workspace.next_ts()
        channel.add(replace(channel.messages[answer], ts=again))
        (greeting,) = [one["ts"] for one in slack.channel_messages(slack.dm(NINA)) if one.get("bot_id")]
        slack.workspace.channel(slack.dm(NINA)).remove(slack.workspace.message(slack.dm(NINA), greeting))
        unheard = slack.post(MARIA, CLIENTI, "Ci siete?", asked)
        unasked = slack.post(LUCA, CLIENTI, "Non ho rete.")
        more = slack.post(NINA, slack.dm(NINA), "C'è qualcuno?")
        assert sorted(await compared(desk)) == sorted(
            [
                ("twice", "slack", again),
                ("missing", "slack", greeting),
                ("missing", "desk", unheard),
                ("missing", "desk", unasked),
                ("missing", "desk", more),
            ]
        )


async def compared(desk: SlackDesk) -> list[tuple[str, str, str]]:
    command = ["reconcile", "-c", str(desk.folder / "deskd.yaml"), "--json"]
    done = await asyncio.to_thread(CliRunner().invoke, app, command)
    assert done.exit_code in (0, 1), done.output
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return [(one["what"], one["where"], one["ts"]) for one in found]
