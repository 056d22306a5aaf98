"""A daemon in this process for a desk without Slack: its agents work in the topics of Telegram groups, its customers write mails, or to the bot.

async with topic_desk(tmp_path, desk_url) as desk:
    await desk.start()
    desk.telegram.write(MARIA, "Non funziona")
    topic = await desk.topic("Non funziona")
    await desk.reply(topic, "Guardo subito")
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
from connectors.standins.smtp import SmtpStandIn, send_mail
from connectors.standins.telegram import TelegramStandIn, buttons
from deskd.app import Daemon
from deskd.clock.system import SystemClock
from deskd.ports import Clock
from deskd.store.tables import inbox, outbox
from tests.support.daemon import until
from tests.support.startable import Startable

FRONT, TECH = -1001000000001, -1001000000002
ANNA, BRUNO, CARLA = 601, 602, 603
MARIA = 501
STRANGER = 699
PATIENCE = 60.0

DESKD_YAML = """
desk:
  name: Acme Support
  prefix: ACME
  languages: [it, en]
  database: {database}
channels:
  support-mail:
    type: mail
    address: support@acme.example
    smtp: {{listen: "127.0.0.1:0"}}
    send: {{host: 127.0.0.1, port: {smtp_port}, tls: none}}
  telegram: {telegram}
agents:
  anna: {{name: Anna Rossi, telegram: 601}}
  bruno: {{name: Bruno Sá, telegram: "602"}}
  carla: {{name: Carla Neri, telegram: 603}}
teams:
  front-desk: {{level: 1, telegram: {front}, members: [anna, bruno], assign: manual}}
  billing: {{level: 2, telegram: {front}, members: [bruno], assign: manual}}
  tech: {{level: 2, telegram: {tech}, members: [carla], assign: manual}}
"""


@dataclass
class TopicDesk(Startable):
    telegram: TelegramStandIn
    mail: SmtpStandIn
    folder: Path
    database: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    clock: Clock = field(default_factory=SystemClock)
    daemon: Daemon | None = None
    lines: CapturingLogger = field(default_factory=CapturingLogger)

    def config(self) -> Path:
        telegram = {
            "type": "telegram",
            "api": self.telegram.api,
            "token": self.telegram.token,
            "rating": False,
            "topics": True,
            "undo": "0s",
            **self.settings,
        }
        file = self.folder / "deskd.yaml"
        file.write_text(
            DESKD_YAML.format(
                database=json.dumps(self.database),
                smtp_port=self.mail.port,
                telegram=json.dumps(telegram),
                front=FRONT,
                tech=TECH,
            )
        )
        return file

    def smtp_port(self) -> int:
        """Where its daemon takes mails."""
        assert self.daemon is not None
        (listener,) = self.daemon.receivers
        assert isinstance(listener, SmtpListener)
        return listener.port

    # ── what happens ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def customer_mails(self, subject: str, text: str, sender: str = "luca@cliente.example") -> None:
        content = (
            f"From: Luca Neri <{sender}>\r\nTo: support@acme.example\r\nSubject: {subject}\r\n"
            f"Message-ID: <{abs(hash((subject, text)))}@cliente.example>\r\n\r\n{text}\r\n"
        )
        await send_mail("127.0.0.1", self.smtp_port(), content.encode(), sender, "support@acme.example")

    async def topic(self, text: str, group: int = FRONT) -> int:
        """The topic in which these words stand; waits for it."""

        def found() -> int:
            for thread in self.telegram.topics(group):
                if any(text in said(one) for one in self.telegram.topic(group, thread)):
                    return thread
            return 0

        return await self.telegram.wait_for(found, PATIENCE)

    def write(self, topic: int, text: str, user: int = ANNA, group: int = FRONT, **more: Any) -> int:
        """An agent writes in a topic: the message's id."""
        return int(self.telegram.write(user, text, group, thread=topic, **more)["message_id"])

    async def reply(self, topic: int, text: str, mark: str = "👍", **more: Any) -> int:
        """An agent writes in a topic, and waits for the desk's mark on it."""
        message = self.write(topic, text, **more)
        await self.marked(message, mark, more.get("group", FRONT))
        return message

    async def marked(self, message: int, mark: str, group: int = FRONT) -> None:
        await self.telegram.wait_for(lambda: self.telegram.reactions(group, message) == [mark], PATIENCE)

    async def hears(self, chat: int, text: str) -> dict[str, Any]:
        """The bot's message in a chat that holds these words; waits for it."""
        found = await self.telegram.wait_for(
            lambda: [one for one in self.telegram.sent(chat) if text in said(one)], PATIENCE
        )
        return found[-1]

    async def reads(self, topic: int, text: str, group: int = FRONT) -> dict[str, Any]:
        """What the bot has posted in a topic that holds these words; waits for it."""

        def found() -> dict[str, Any]:
            posts = [one for one in self.telegram.sent(group) if one.get("message_thread_id") == topic]
            return next((one for one in posts if text in said(one)), {})

        return await self.telegram.wait_for(found, PATIENCE)

    async def press(self, message: dict[str, Any], action: str, user: int = ANNA, group: int = FRONT) -> None:
        """A button under a message, whatever its value."""
        (data,) = [
            str(one["callback_data"])
            for one in buttons(message)
            if str(one["callback_data"]).partition(":")[0] == action
        ]
        await self.telegram.press(user, message["message_id"], data, group, within=PATIENCE)

    async def at_rest(self, seconds: float = PATIENCE) -> None:
        """All that came in has come to its end, and all that is to go out has gone or failed for good."""

        async def rests() -> bool:
            if self.telegram.waiting:
                return False
            busy = {"received", "working", "held", "queued", "sending"}
            return not any(row["state"] in busy for table in (inbox, outbox) for row in self.rows(table))

        await until(rests, seconds)

    # ── what is there then ───────────────────────────────────────────────────────────────────────────────────────────

    def card(self, topic: int, group: int = FRONT) -> dict[str, Any]:
        """The card that stands in a topic, the first of what the bot has said there."""
        return next(one for one in self.telegram.topic(group, topic) if "reply_markup" in one)

    def texts(self, topic: int, group: int = FRONT) -> list[str]:
        return [said(one) for one in self.telegram.topic(group, topic) if said(one)]


def said(message: Mapping[str, Any]) -> str:
    return str(message.get("text", "")) + str(message.get("caption", ""))


@contextlib.asynccontextmanager
async def topic_desk(folder: Path, database: str, **values: Any) -> AsyncIterator[TopicDesk]:
    telegram, mail = values.pop("telegram", None) or TelegramStandIn(), SmtpStandIn()
    telegram.add_user(ANNA, "Anna", "Rossi", "anna")
    telegram.add_user(BRUNO, "Bruno", "Sá")
    telegram.add_user(CARLA, "Carla", "Neri")
    telegram.add_user(MARIA, "Maria", "Rossi", "maria", "it")
    telegram.add_user(STRANGER, "Nino")
    telegram.add_group(FRONT, "Front desk", [ANNA, BRUNO, STRANGER], forum=True)
    telegram.add_group(TECH, "Tech people", [CARLA, ANNA], forum=True)
    async with telegram.running(), mail.running():
        desk = TopicDesk(telegram, mail, folder, database, **values)
        try:
            yield desk
        finally:
            await desk.stop()
