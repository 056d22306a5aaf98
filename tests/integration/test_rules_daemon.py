"""Rules in a whole daemon: what nobody's doing sets off, what an agent types, and a change of the files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deskd.errors import ConfigError
from deskd.store import listing
from deskd.store.listing import Filters
from tests.support.daemon import FRONT, Desk, mail, running_desk, until

NUDGE = """
rules:
  - {name: waits, when: {new: true}, then: [{status: pending}]}
  - name: nudge the customer, then close
    event: idle
    when: {ticket: {status: pending, idle: {over: 1s}}}
    then: [{reply: still_there}, {status: resolved}]
  - {name: priority words, event: update, when: {ticket: {priority: urgent}}, then: [{tag: fire}]}
"""


def ticket(desk: Desk) -> dict[str, Any] | None:
    return next(iter(listing.ticket_lines(desk.daemon.store, Filters(), whole=True)), None)


async def test_a_customer_is_nudged_and_the_ticket_resolved_once(tmp_path: Path) -> None:
    async with running_desk(tmp_path, rules={"a.yaml": NUDGE}) as desk:
        await desk.send(mail())
        await until(lambda: (found := ticket(desk)) and found["status"] == "resolved")
        await until(lambda: desk.mail.to("maria@cliente.example"))
        found = ticket(desk)
        assert found is not None
        assert [one["actor"] for one in found["events"] if one["type"] == "rule"] == [
            "rule:waits",
            "rule:nudge the customer, then close",
        ]
        assert [one["author"] for one in found["messages"] if one["direction"] == "out"] == [
            "rule:nudge the customer, then close"
        ]


async def test_rules_that_come_while_it_runs_are_asked_of_tickets_that_wait(tmp_path: Path) -> None:
    rules = "rules: [{name: waits, when: {new: true}, then: [{status: pending}]}]"
    async with running_desk(tmp_path, rules={"a.yaml": rules}) as desk:
        await desk.send(mail())
        await until(lambda: (found := ticket(desk)) and found["status"] == "pending")
        (tmp_path / "rules" / "a.yaml").write_text(NUDGE)
        await until(lambda: (found := ticket(desk)) and found["status"] == "resolved")


async def test_an_agent_s_command_is_an_event_and_why_is_answered(tmp_path: Path) -> None:
    rules = NUDGE.replace("over: 1s", "over: 9d")
    async with running_desk(tmp_path, rules={"a.yaml": rules}) as desk:
        await desk.send(mail())
        thread = await until(lambda: next(iter(desk.slack.channel_messages(FRONT)), None))
        await until(lambda: (found := ticket(desk)) and found["messages"])
        desk.slack.post("U0ANNA", FRONT, "!priority urgent", thread_ts=thread["ts"])
        await until(lambda: (found := ticket(desk)) and found["tags"] == ["fire"])
        desk.slack.post("U0ANNA", FRONT, "!why waits", thread_ts=thread["ts"])
        await until(lambda: any("message 1: it fired" in one.text for one in desk.slack.ephemerals))


async def test_nothing_starts_on_rules_whose_own_tests_fail(tmp_path: Path) -> None:
    wrong = """
rules: [{name: all, then: [{tag: [x]}]}]
tests: [{name: it tags, message: {channel: support-mail, subject: x}, expect: {tags: [y]}}]
"""
    with pytest.raises(ConfigError, match=r"a\.yaml.*the test 'it tags' fails"):
        async with running_desk(tmp_path, rules={"a.yaml": wrong}):
            pass
