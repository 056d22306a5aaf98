"""A daemon in this process for a desk whose customers write in Telegram, and whose agents are in Slack.

async with telegram_desk(tmp_path, desk_url) as desk:
    await desk.start()
    desk.telegram.write(MARIA, "Non funziona")
    card = await desk.card("Non funziona")
    await desk.reply(card, "Guardo subito")
    await desk.hears(MARIA, "Guardo subito")
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from structlog.testing import CapturingLogger

from connectors.smtp.listener import SmtpListener
from connectors.standins.slack import SlackStandIn
from connectors.standins.smtp import SmtpStandIn, send_mail
from connectors.standins.telegram import TelegramStandIn
from deskd.app import Daemon
from deskd.clock.system import SystemClock
from deskd.ports import Clock
from deskd.store.tables import inbox, outbox
from tests.support.daemon import until
from tests.support.startable import AnsweredInSlack, Startable

FRONT = "C0FRONT"
ANNA, BRUNO = "U0ANNA", "U0BRUNO"
MARIA, LUCA = 501, 502
PATIENCE = 60.0

DESKD_YAML = """
desk:
  name: Acme Support
  prefix: ACME
  languages: [it, en, es, pt]
  database: {database}
  http: {{listen: "127.0.0.1:{http_port}"}}
channels:
  support-mail:
    type: mail
    address: support@acme.example
    authserv: mx.acme.example
    smtp: {{listen: "127.0.0.1:0"}}
    send: {{host: 127.0.0.1, port: {smtp_port}, tls: none}}
  telegram: {telegram}
  slack: {{type: slack, api: "{slack_api}", app_token: xapp-standin, bot_token: xoxb-standin, undo: 0s}}
agents:
  anna: {{name: Anna Rossi, slack: U0ANNA, email: anna@acme.example}}
  bruno: {{name: Bruno Sá, slack: U0BRUNO}}
teams:
  front-desk: {{level: 1, slack: C0FRONT, members: [anna, bruno], assign: manual}}
"""


@dataclass
class TelegramDesk(AnsweredInSlack, Startable):
    slack: SlackStandIn
    telegram: TelegramStandIn
    mail: SmtpStandIn
    folder: Path
    database: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    more: str = ""  # further parts of deskd.yaml
    clock: Clock = field(default_factory=SystemClock)
    http_port: int = 0
    daemon: Daemon | None = None
    lines: CapturingLogger = field(default_factory=CapturingLogger)

    def config(self) -> Path:
        telegram = {
            "type": "telegram",
            "api": self.telegram.api,
            "token": self.telegram.token,
            "rating": False,
            **self.settings,
        }
        file = self.folder / "deskd.yaml"
        file.write_text(
            DESKD_YAML.format(
                database=json.dumps(self.database),
                smtp_port=self.mail.port,
                http_port=self.http_port,
                telegram=json.dumps(telegram),
                slack_api=self.slack.api,
            )
            + self.more
        )
        return file

    # ── what happens ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def send_mail(self, mail: bytes, sender: str) -> None:
        """A mail comes in over SMTP."""
        assert self.daemon is not None
        listener = self.daemon.receivers[0]
        assert isinstance(listener, SmtpListener)
        await send_mail("127.0.0.1", listener.port, mail, sender, ["support@acme.example"])

    async def reply(self, card: str, text: str, mark: str = "white_check_mark") -> str:
        """An agent writes in a ticket's thread, and waits for the desk's mark on it."""
        ts = self.slack.post(ANNA, FRONT, text, card)
        await self.marked(ts, mark)
        return ts

    async def hears(self, chat: int, text: str) -> dict[str, Any]:
        """The bot's message in a chat that holds these words; waits for it."""
        found = await self.telegram.wait_for(lambda: self.said(chat, text), PATIENCE)
        return found[-1]

    async def reads(self, card: str, text: str) -> str:
        """A post in a thread that holds these words; waits for it."""
        return await self.slack.wait_for(
            lambda: next((one for one in self.thread(card) if text in one), ""), PATIENCE
        )

    async def at_rest(self, seconds: float = PATIENCE) -> None:
        """All that came in has come to its end, and all that is to go out has gone or failed for good."""

        async def rests() -> bool:
            if self.telegram.waiting or self.slack.delivery.under_way:
                return False
            busy = {"received", "working", "held", "queued", "sending"}
            return not any(row["state"] in busy for table in (inbox, outbox) for row in self.rows(table))

        await until(rests, seconds)

    # ── what is there then ───────────────────────────────────────────────────────────────────────────────────────────

    def said(self, chat: int, text: str) -> list[dict[str, Any]]:
        return [
            one
            for one in self.telegram.sent(chat)
            if text in str(one.get("text", "")) + str(one.get("caption", ""))
        ]


@contextlib.asynccontextmanager
async def telegram_desk(folder: Path, database: str, **values: Any) -> AsyncIterator[TelegramDesk]:
    slack, telegram, mail = SlackStandIn(), TelegramStandIn(), SmtpStandIn()
    slack.add_user(ANNA, "anna", "Anna Rossi")
    slack.add_user(BRUNO, "bruno", "Bruno Sá")
    slack.add_channel(FRONT, "front-desk", [ANNA, BRUNO])
    telegram.add_user(MARIA, "Maria", "Rossi", "maria", "it")
    telegram.add_user(LUCA, "Luca", "Neri", None, "it")
    async with slack.running(), telegram.running(), mail.running():
        desk = TelegramDesk(slack, telegram, mail, folder, database, **values)
        try:
            yield desk
        finally:
            await desk.stop()
