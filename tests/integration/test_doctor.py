"""`deskd doctor` against stand-ins: each thing that can be wrong is found, named and given a remedy."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
from typer.testing import CliRunner

from connectors.slack.connector import SlackConnector
from connectors.standins.slack import SlackStandIn
from connectors.standins.smtp import SmtpStandIn
from deskd.cli import app
from deskd.config import Settings, load_config
from deskd.ports import Finding
from tests.support.daemon import free_port, running_desk

DESKD_YAML = """
desk: {{name: Acme, database: "sqlite:///desk.db", admins: C0ADMINS, alert_mail: ops@acme.example, http: {{listen: "127.0.0.1:{http}"}}}}
channels:
  support-mail:
    type: mail
    address: support@acme.example
    smtp: {{listen: "{smtp}"}}
    send: {{host: 127.0.0.1, port: {send}, tls: none, username: support, password: "{password}"}}
  slack: {{type: slack, api: "{api}", app_token: "{app_token}", bot_token: "{bot_token}"}}
agents:
  anna: {{name: Anna Rossi, slack: {anna}}}
teams:
  front-desk: {{level: 1, slack: "{front}", members: [anna]}}
"""


@dataclass
class Case:
    """The world, sound until a test spoils it, and what the doctor says of it."""

    folder: Path
    slack: SlackStandIn
    mail: SmtpStandIn
    values: dict[str, object] = field(default_factory=dict)

    def settings(self) -> Path:
        (self.folder / "rules").mkdir(exist_ok=True)
        rules = self.folder / "rules" / "a.yaml"
        if not rules.exists():
            rules.write_text("rules: [{name: all, then: [{tag: [x]}]}]\n")
        given = {
            "http": free_port(),
            "smtp": f"127.0.0.1:{free_port()}",
            "send": self.mail.port,
            "password": "right",
            "api": self.slack.api,
            "app_token": "xapp-test",
            "bot_token": "xoxb-test",
            "anna": "U0ANNA",
            "front": "C0FRONT",
        }
        path = self.folder / "deskd.yaml"
        path.write_text(DESKD_YAML.format(**(given | self.values)))
        return path

    async def run(self) -> tuple[int, list[dict[str, str]], str]:
        """The exit status, the lines of --json, and what people read."""
        path = self.settings()
        runner = CliRunner()
        as_json = await asyncio.to_thread(runner.invoke, app, ["doctor", "-c", str(path), "--json"])
        plain = await asyncio.to_thread(runner.invoke, app, ["doctor", "-c", str(path)])
        assert plain.exit_code == as_json.exit_code
        return as_json.exit_code, [json.loads(line) for line in as_json.stdout.splitlines()], plain.stdout


@pytest.fixture
async def case(tmp_path: Path) -> AsyncIterator[Case]:
    slack = SlackStandIn(bot_token="xoxb-test", app_token="xapp-test")
    slack.add_user("U0ANNA", "anna", "Anna Rossi", "anna@acme.example")
    slack.add_channel("C0FRONT", "front", ["U0ANNA"])
    slack.add_channel("C0ADMINS", "admins", ["U0ANNA"])
    async with slack.running(), SmtpStandIn(logins={"support": "right"}).running() as mail:
        yield Case(tmp_path, slack, mail)


async def test_a_sound_desk_is_found_sound_and_nothing_is_sent(case: Case) -> None:
    status, found, plain = await case.run()
    assert [one for one in found if one["state"] != "ok"] == []
    assert status == 0
    assert {one["part"] for one in found} >= {
        "rules", "support-mail.smtp", "support-mail.send", "desk.http", "database", "disk", "slack", "clock",
    }  # fmt: skip
    assert set(found[0]) == {"part", "state", "text", "remedy"}
    assert "all that must work works" in plain
    assert case.mail.mails == []
    assert case.slack.channel_messages("C0FRONT") == []
    assert not (case.folder / "desk.db").exists()


def unscoped(case: Case) -> None:
    case.slack.scopes.discard("chat:write")


def stranger_to_the_channel(case: Case) -> None:
    case.slack.workspace.channel("C0FRONT").members.remove(case.slack.workspace.bot.id)


def broken_rules(case: Case) -> None:
    (case.folder / "rules").mkdir()
    (case.folder / "rules" / "a.yaml").write_text("rules: [{nme: all}]\n")


@pytest.mark.parametrize(
    ("spoil", "values", "part", "text"),
    [
        (None, {"password": "wrong"}, "support-mail.send", "login of support was refused"),
        (None, {"send": 1}, "support-mail.send", "127.0.0.1:1"),
        (None, {"bot_token": "xoxb-other"}, "slack", "invalid_auth"),
        (None, {"app_token": "xapp-other"}, "slack", "socket mode doesn't work"),
        (None, {"front": "C0NOWHERE"}, "slack", "team front-desk: C0NOWHERE can't be reached"),
        (None, {"anna": "U0NOBODY"}, "slack", "agent anna"),
        (None, {"anna": "nobody@acme.example"}, "slack", "Slack knows nobody as nobody@acme.example"),
        (None, {"api": "http://127.0.0.1:1/api/"}, "slack", "can't be reached"),
        (None, {"smtp": "192.0.2.1:8025"}, "support-mail.smtp", "192.0.2.1:8025"),
        (unscoped, {}, "slack", "the scope chat:write is missing"),
        (stranger_to_the_channel, {}, "slack", "the bot isn't in team front-desk: #front"),
        (broken_rules, {}, "rules", "'nme'"),
    ],
)
async def test_what_is_wrong_is_found_with_a_remedy(
    case: Case, spoil: Callable[[Case], None] | None, values: dict[str, object], part: str, text: str
) -> None:
    case.values = values
    if spoil is not None:
        spoil(case)
    status, found, plain = await case.run()
    assert status == 1
    wrong = [one for one in found if one["state"] == "wrong"]
    assert [one["part"] for one in wrong if text in one["text"]] == [part], wrong
    assert all(one["remedy"] for one in wrong)
    assert "WRONG" in plain
    assert not any(secret in plain for secret in ("xoxb-test", "xapp-test", "xoxb-other", "xapp-other"))


async def test_a_port_of_another_program_is_found(case: Case) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        case.values = {"smtp": f"127.0.0.1:{other.getsockname()[1]}"}
        status, found, _ = await case.run()
    assert status == 1
    assert any("taken by another program" in one["text"] for one in found)


async def test_beside_a_running_desk_its_ports_and_database_are_well(tmp_path: Path) -> None:
    async with running_desk(tmp_path, rules={"a.yaml": "rules: [{name: a, then: [{tag: [x]}]}]\n"}):
        runner = CliRunner()
        arguments = ["doctor", "-c", str(tmp_path / "deskd.yaml"), "--json"]
        done = await asyncio.to_thread(runner.invoke, app, arguments)
        found = [json.loads(line) for line in done.stdout.splitlines()]
        assert [one for one in found if one["state"] != "ok"] == []
        assert any("as it should be" in one["text"] for one in found if one["part"] == "database")
        assert any("synced" in one["text"] for one in found)


class Tomorrow:
    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(days=1)

    def monotonic(self) -> float:
        return monotonic()


async def test_a_clock_that_is_off_is_found(case: Case) -> None:
    settings: Settings = load_config(case.settings(), {})
    connector = SlackConnector("slack", settings.slack_channels()["slack"], Tomorrow())
    try:
        found: list[Finding] = await connector.check({}, {})
    finally:
        await connector.stop()
    (off,) = [one for one in found if one.part == "clock"]
    assert off.state == "wrong"
    assert "ahead of Slack's" in off.text
