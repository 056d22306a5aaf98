"""A daemon in this process for a company that lives in Slack: agents in #front, customers in #clienti and in direct messages, and by mail.

async with slack_desk(tmp_path, desk_url) as desk:
    await desk.start()
    root = desk.slack.post(MARIA, CLIENTI, "Non funziona")
    card = await desk.card("Non funziona")
    await desk.stop()        # and start it again, as often as wanted: Slack and the database stay
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import select
from structlog.testing import CapturingLogger

from connectors.smtp.listener import SmtpListener
from connectors.standins.slack import SlackStandIn
from connectors.standins.smtp import SmtpStandIn, send_mail
from deskd.app import Daemon
from deskd.clock.system import SystemClock
from deskd.ports import Clock
from deskd.store.tables import inbox, outbox
from tests.support.daemon import until
from tests.support.startable import AnsweredInSlack, Startable

FRONT, CLIENTI = "C0FRONT", "C0CLIENTI"
ANNA, BRUNO, CARLA = "U0ANNA", "U0BRUNO", "U0CARLA"
MARIA, LUCA, NINA = "U0MARIA", "U0LUCA", "U0NINA"
STRANGER = "U0PASSER"
PATIENCE = 60.0

PEOPLE = {
    ANNA: ("anna", "Anna Rossi"),
    BRUNO: ("bruno", "Bruno Sá"),
    CARLA: ("carla", "Carla Ruiz"),
    MARIA: ("maria", "Maria Verdi"),
    LUCA: ("luca", "Luca Neri"),
    NINA: ("nina", "Nina Bianchi"),
    STRANGER: ("passer", "Some Colleague"),
}

DESKD_YAML = """
desk:
  name: Acme Support
  prefix: ACME
  database: {database}
  admins: C0ADMINS
  http: {{listen: "127.0.0.1:0"}}
channels:
  support-mail:
    type: mail
    address: support@acme.example
    smtp: {{listen: "127.0.0.1:0"}}
    send: {{host: 127.0.0.1, port: {smtp_port}, tls: none}}
  slack: {slack}
agents:
  anna: {{name: Anna Rossi, slack: U0ANNA, email: anna@acme.example}}
  bruno: {{name: Bruno Sá, slack: U0BRUNO, email: bruno@acme.example}}
  carla: {{name: Carla Ruiz, slack: U0CARLA, email: carla@acme.example}}
teams: {teams}
"""


@dataclass
class SlackDesk(AnsweredInSlack, Startable):
    slack: SlackStandIn
    mail: SmtpStandIn
    folder: Path
    database: str
    slack_settings: Mapping[str, Any] = field(default_factory=dict)
    team: Mapping[str, Any] = field(default_factory=dict)
    more_teams: Mapping[str, Any] = field(default_factory=dict)
    clock: Clock = field(default_factory=SystemClock)
    daemon: Daemon | None = None
    lines: CapturingLogger = field(default_factory=CapturingLogger)

    def config(self) -> Path:
        slack: dict[str, Any] = {
            "type": "slack",
            "api": self.slack.api,
            "app_token": self.slack.app_token,
            "bot_token": self.slack.bot_token,
            "customers": [CLIENTI],
            "undo": "0s",
            **self.slack_settings,
        }
        slack = {name: value for name, value in slack.items() if value is not None}
        team = {"level": 1, "slack": FRONT, "members": ["anna", "bruno"], "assign": "manual", **self.team}
        file = self.folder / "deskd.yaml"
        file.write_text(
            DESKD_YAML.format(
                database=json.dumps(self.database),
                smtp_port=self.mail.port,
                slack=json.dumps(slack),
                teams=json.dumps({"front-desk": team, **self.more_teams}),
            )
        )
        return file

    # ── what happens ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def send(self, content: bytes, sender: str = "maria@cliente.example") -> None:
        """A customer mails the desk."""
        assert self.daemon is not None
        listener = self.daemon.receivers[0]
        assert isinstance(listener, SmtpListener)
        await send_mail("127.0.0.1", listener.port, content, sender, ["support@acme.example"])

    async def reply(self, card: str, text: str, user: str = ANNA, mark: str = "white_check_mark") -> str:
        """An agent writes in a ticket's thread, and waits for the desk's mark on it."""
        ts = self.slack.post(user, FRONT, text, card)
        await self.marked(ts, mark)
        return ts

    async def unheard(self) -> None:
        """Wait until Slack has given up on all that the daemon, which is away, didn't take."""
        await self.slack.wait_for(lambda: self.slack.delivery.under_way == 0, PATIENCE)

    async def at_rest(self) -> None:
        """All that came in has come to its end, and all that is to go out now has gone or failed for good; nothing more is on its way here."""
        busy = (
            select(inbox.c.id).where(inbox.c.state.in_(("received", "working"))).limit(1),
            select(outbox.c.id).where(outbox.c.state.in_(("queued", "sending"))).limit(1),
        )

        async def rests() -> bool:
            assert self.daemon is not None
            waiting = await self.daemon.store.read(lambda work: [work.once(each) for each in busy])
            return self.slack.delivery.under_way == 0 and not any(waiting)

        await until(rests, PATIENCE)

    async def caught_up(self) -> None:
        """What was missed has been read back."""
        assert self.daemon is not None
        abreast = self.daemon.connectors["slack"]._abreast  # type: ignore[attr-defined]
        assert await abreast.until_there(PATIENCE)
        await self.at_rest()

    # ── what is there then ───────────────────────────────────────────────────────────────────────────────────────────

    def whispers(self, user: str) -> list[str]:
        return [one.text for one in self.slack.ephemerals if one.user == user]

    def ticket(self, text: str) -> dict[str, Any]:
        """The only one with these words in it."""
        (found,) = (one for one in self.tickets() if any(text in m["text"] for m in one["messages"]))
        return found

    async def get(self, path: str) -> tuple[int, str]:
        assert self.daemon is not None
        assert self.daemon.web is not None
        url = f"http://127.0.0.1:{self.daemon.web.port}{path}"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return answer.status, await answer.text()


@contextlib.asynccontextmanager
async def slack_desk(
    folder: Path,
    database: str,
    *,
    slack: Mapping[str, Any] | None = None,
    team: Mapping[str, Any] | None = None,
    more_teams: Mapping[str, Any] | None = None,
    clock: Clock | None = None,
    queue_for: float = 360.0,
    standin_clock: Callable[[], float] = time.time,
    **patience: Any,
) -> AsyncIterator[SlackDesk]:
    """Nothing runs yet but Slack and the mail server. `slack` and `team`: further settings of theirs; `queue_for`: seconds after which an event that nobody
    takes is lost."""
    workspace = SlackStandIn(queue_for=queue_for, clock=standin_clock, **patience)
    for user, (name, real_name) in PEOPLE.items():
        workspace.add_user(user, name, real_name, f"{name}@acme.example")
    workspace.add_channel(FRONT, "front", [ANNA, BRUNO, STRANGER])
    workspace.add_channel("C0ADMINS", "admins", [ANNA])
    workspace.add_channel(CLIENTI, "clienti", [MARIA, LUCA, NINA, ANNA])
    server = SmtpStandIn()
    async with workspace.running(), server.running():
        desk = SlackDesk(
            workspace,
            server,
            folder,
            database,
            slack or {},
            team or {},
            more_teams or {},
            clock or SystemClock(),
        )
        try:
            yield desk
        finally:
            await asyncio.wait_for(desk.stop(), PATIENCE)
