"""A whole daemon and a Slack of its own, for tests of what agents see and press: cards, menus, forms, lists.

The genuine bolt client stands between them. Nothing here is timed: what waits for Slack's three seconds may take a minute.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import select

from connectors.slack import screening
from connectors.smtp.listener import SmtpListener
from connectors.standins.slack import SlackStandIn
from connectors.standins.slack.blocks import elements, options
from connectors.standins.slack.state import View
from connectors.standins.smtp import SmtpStandIn, send_mail
from deskd.app import Daemon
from deskd.config import load_config
from deskd.store import Row
from deskd.store.listing import ticket_whole
from deskd.store.tables import outbox

FRONT, SPECIAL = "C0FRONT", "C0SPECIAL"
ANNA, BRUNO, CARLA, STRANGER = "U0ANNA", "U0BRUNO", "U0CARLA", "U0STRANGER"
PATIENCE = 60.0
SECRET = "a-secret-of-this-test"

DESKD_YAML = """
desk: {{name: Acme Support, prefix: ACME, languages: [it, en], database: "{database}", agent_language: {language}, http: {{listen: "127.0.0.1:0"}}}}
channels:
  support-mail:
    type: mail
    address: support@acme.example
    smtp: {{listen: "127.0.0.1:0"}}
    send: {{host: 127.0.0.1, port: {smtp_port}, tls: none}}
  slack: {{type: slack, api: "{slack_api}", {way_in}, bot_token: xoxb-standin, undo: {undo}}}
agents:
  anna: {{name: Anna Rossi, slack: U0ANNA, email: anna@acme.example}}
  bruno: {{name: Bruno Sá, slack: U0BRUNO}}
  carla: {{name: Carla Ruiz, slack: U0CARLA}}
{more_agents}
teams:
  front-desk: {{level: 1, slack: C0FRONT, members: [anna, bruno{members}], assign: manual, escalates_to: specialists}}
  specialists: {{level: 2, slack: C0SPECIAL, members: [carla], assign: manual}}
"""
CANNED = {
    "refund": "---\nname: refund\ntitle: Refund\nlanguages: [en, it]\ntags: [billing]\n---\n# en\nDear {{ contact.name }}\n"
    "# it\nGentile {{ contact.name }}, il rimborso per {{ ticket.ref }} è in arrivo.\n",
    "hello": "---\nname: hello\ntitle: A word of welcome\nlanguages: [it]\n---\nBenvenuti!\n",
}


@dataclass
class Screened:
    """The desk, its Slack and its customers' mail server."""

    daemon: Daemon
    slack: SlackStandIn
    mail: SmtpStandIn
    number: int = 0

    # ── customers ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def mailed(
        self,
        text: str = "Non torna il totale.",
        subject: str = "Fattura 118",
        sender: str = "Maria Rossi <maria@cliente.example>",
    ) -> str:
        """A customer's mail becomes a ticket: the ts of its card."""
        self.number += 1
        before = len(self.cards())
        content = (
            f"From: {sender}\r\nTo: support@acme.example\r\nSubject: {subject}\r\nMessage-ID: <{self.number}@cliente.example>\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
        )
        listener = self.daemon.receivers[0]
        assert isinstance(listener, SmtpListener)
        await send_mail(
            "127.0.0.1", listener.port, content.encode(), "maria@cliente.example", ["support@acme.example"]
        )
        card = await self.until(lambda: self.cards()[before:])
        ts = str(card[0]["ts"])
        await self.until(lambda: len(self.slack.thread(FRONT, ts)) > 1)
        await self.quiet()
        return ts

    async def quiet(self) -> None:
        """Until all that is to be shown now is shown, and the desk knows where."""
        waiting = select(outbox.c.id).where(outbox.c.state.in_(["queued", "sending"]))
        async with asyncio.timeout(PATIENCE):
            while await self.daemon.store.read(  # noqa: ASYNC110 - the database tells nobody
                lambda work: work.once(waiting)
            ):
                await asyncio.sleep(0.02)

    # ── what there is ────────────────────────────────────────────────────────────────────────────────────────────────

    async def until(self, true: Any) -> Any:
        return await self.slack.wait_for(true, PATIENCE)

    def cards(self, channel: str = FRONT) -> list[dict[str, Any]]:
        return [
            one
            for one in self.slack.channel_messages(channel)
            if one.get("blocks") and one["blocks"][0]["type"] == "header"
        ]

    def shown(self, ts: str, channel: str = FRONT) -> str:
        """A card or a post, as JSON."""
        return json.dumps(self.slack.message(channel, ts), ensure_ascii=False)

    def thread(self, ts: str, channel: str = FRONT) -> list[dict[str, Any]]:
        return self.slack.thread(channel, ts)

    def labels(self, ts: str) -> list[str]:
        """What can be pressed and chosen on a card."""
        found = list(elements(self.slack.message(FRONT, ts)["blocks"]))
        chosen = [option["text"]["text"] for one in found for option in options(one)]
        return [one["text"]["text"] for one in found if one["type"] == "button"] + chosen

    def told(self, user: str) -> list[str]:
        """What was whispered to somebody."""
        return [one.text for one in self.slack.ephemerals if one.user == user]

    async def ticket(self, ref: str) -> Row:
        found = await self._look_up(ref)
        assert found is not None, f"no ticket {ref}"
        return found

    async def _look_up(self, ref: str) -> Row | None:
        return await self.daemon.store.read(lambda work: ticket_whole(work, ref))

    async def until_ticket(self, ref: str, **values: Any) -> Row:
        """Wait until a ticket's fields have these values."""
        async with asyncio.timeout(PATIENCE):
            while True:
                found = await self._look_up(ref)
                if found and all(found[name] == value for name, value in values.items()):
                    return found
                await asyncio.sleep(0.02)

    # ── agents ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def press(
        self, user: str, ts: str, action: str, value: str | None = None, channel: str = FRONT
    ) -> None:
        await self.slack.press(user, channel, ts, action, value)

    async def choose(self, user: str, ts: str, choice: str) -> None:
        """In the menu of a card."""
        menu = next(
            one for one in elements(self.slack.message(FRONT, ts)["blocks"]) if one["action_id"] == "menu"
        )
        value = next(each["value"] for each in options(menu) if each["value"].endswith(f":{choice}"))
        await self.slack.press(user, FRONT, ts, "menu", value)

    async def form(self, user: str) -> View:
        """The form in front of somebody."""
        views = await self.until(lambda: self.slack.open_views(user))
        found: View = views[-1]
        return found

    async def submit(self, user: str, **values: Any) -> View:
        """Fill in the form in front of somebody and send it in."""
        view = await self.form(user)
        await self.slack.submit_view(user, view.id, values)
        return view


@contextlib.asynccontextmanager
async def screened_desk(
    folder: Path,
    database: str,
    *,
    undo: str = "1h",
    language: str = "en",
    agents: int = 0,
    over_http: bool = False,
) -> AsyncIterator[Screened]:
    """A started daemon; `agents`: so many more in the front desk's team (u1 …, with the Slack ids U0A1 …)."""
    slack, server = SlackStandIn(ack_within=PATIENCE, trigger_life=PATIENCE), SmtpStandIn()
    for user, name in (
        (ANNA, "Anna Rossi"),
        (BRUNO, "Bruno Sá"),
        (CARLA, "Carla Ruiz"),
        (STRANGER, "Sam Stranger"),
    ):
        slack.add_user(user, user.lower(), name)
    more = [f"U0A{number}" for number in range(1, agents + 1)]
    for user in more:
        slack.add_user(user, user.lower(), user)
    slack.add_channel(FRONT, "front", [ANNA, BRUNO, CARLA, STRANGER, *more])
    slack.add_channel(SPECIAL, "special", [CARLA])
    (folder / "canned").mkdir(exist_ok=True)
    for name, text in CANNED.items():
        (folder / "canned" / f"{name}.md").write_text(text)
    async with slack.running(), server.running():
        config = folder / "deskd.yaml"
        config.write_text(
            DESKD_YAML.format(
                database=database,
                language=language,
                smtp_port=server.port,
                slack_api=slack.api,
                undo=undo,
                way_in=f"signing_secret: {SECRET}" if over_http else "app_token: xapp-standin",
                more_agents="\n".join(
                    f"  u{number}: {{name: Agent {number}, slack: {user}}}"
                    for number, user in enumerate(more, 1)
                ),
                members="".join(f", u{number}" for number in range(1, agents + 1)),
            )
        )
        daemon = Daemon(load_config(config, {}))
        with patch.object(screening, "ANSWER_WITHIN", PATIENCE):
            await daemon.start()
            try:
                if over_http:
                    assert daemon.web is not None
                    slack.use_http(f"http://127.0.0.1:{daemon.web.port}/slack/events", SECRET)
                yield Screened(daemon, slack, server)
            finally:
                await daemon.stop()
