"""A whole daemon in this process, between stand-ins for Slack and the mail server, for tests of what operators see."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import structlog
from structlog.testing import CapturingLogger

from connectors.smtp.listener import SmtpListener
from connectors.standins.slack import SlackStandIn
from connectors.standins.smtp import SmtpStandIn, send_mail
from deskd.app import Daemon
from deskd.config import load_config
from deskd.events import Events

ADMINS = "C0ADMINS"
FRONT = "C0FRONT"

DESKD_YAML = """
desk:
  name: Acme Support
  prefix: ACME
  database: {database}
  admins: {admins}
  alert_mail: {alert_mail}
  http: {{listen: "127.0.0.1:0"}}
channels:
  support-mail:
    type: mail
    address: support@acme.example
    smtp: {{listen: "127.0.0.1:0"}}
    send: {{host: 127.0.0.1, port: {smtp_port}, tls: none}}
  slack: {{type: slack, api: "{slack_api}", app_token: "xapp-test", bot_token: "xoxb-test", undo: 0s}}
agents:
  anna: {{name: Anna Rossi, slack: U0ANNA, email: anna@acme.example}}
teams:
  front-desk: {{level: 1, slack: C0FRONT, members: [anna]}}
"""


@dataclass
class Desk:
    """The daemon, what stands around it, and the lines it logged (each a dict with `event`)."""

    daemon: Daemon
    slack: SlackStandIn
    mail: SmtpStandIn
    folder: Path
    logged: Callable[[], list[dict[str, Any]]]

    async def get(self, path: str) -> tuple[int, str, str]:
        """HTTP status, content type and body of a page of the daemon's."""
        assert self.daemon.web is not None
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{self.daemon.web.port}{path}") as answer,
        ):
            return answer.status, answer.headers["Content-Type"], await answer.text()

    async def health(self) -> dict[str, Any]:
        import json

        found: dict[str, Any] = json.loads((await self.get("/health"))[2])
        return found

    async def send(self, content: bytes) -> None:
        """Maria mails the desk."""
        listener = self.daemon.receivers[0]
        assert isinstance(listener, SmtpListener)
        await send_mail(
            "127.0.0.1", listener.port, content, "maria@cliente.example", ["support@acme.example"]
        )

    def alerts(self) -> list[str]:
        """What the admins' channel was told, in order."""
        return [str(message["text"]) for message in self.slack.channel_messages(ADMINS)]


def mail(subject: str = "Fattura 118", text: str = "Il totale non torna.", number: int = 1) -> bytes:
    """A customer's mail, as it goes over the wire."""
    lines = (
        "From: Maria Rossi <maria@cliente.example>",
        "To: support@acme.example",
        f"Subject: {subject}",
        f"Message-ID: <{number}.{abs(hash(subject))}@cliente.example>",
        "Date: Sun, 22 Nov 2026 05:00:00 +0000",
        "",
        text,
        "",
    )
    return "\r\n".join(lines).encode()


@contextlib.asynccontextmanager
async def running_desk(
    folder: Path,
    *,
    rules: Mapping[str, str] | None = None,
    alert_mail: str = "ops@acme.example",
    database: str | None = None,
    domain: str = "acme.example",
    **daemon: Any,
) -> AsyncIterator[Desk]:
    """A started daemon; `rules` are the texts of its rule files, `database` its address (None: SQLite in `folder`), `domain` where it has its addresses, `daemon` further arguments of `Daemon`."""
    slack, server = SlackStandIn(bot_token="xoxb-test", app_token="xapp-test"), SmtpStandIn()
    slack.add_user("U0ANNA", "anna", "Anna Rossi", "anna@acme.example")
    slack.add_channel(FRONT, "front", ["U0ANNA"])
    slack.add_channel(ADMINS, "admins", ["U0ANNA"])
    async with slack.running(), server.running():
        config = write_config(
            folder, slack, server, rules or {}, alert_mail, database or f"sqlite:///{folder / 'desk.db'}"
        )
        config.write_text(config.read_text().replace("acme.example", domain))
        lines = CapturingLogger()
        log = structlog.wrap_logger(
            lines, processors=[structlog.stdlib.add_log_level, structlog.processors.EventRenamer("event")]
        )
        running = Daemon(load_config(config, {}), events=Events(log), **daemon)
        await running.start()
        try:
            yield Desk(running, slack, server, folder, lambda: [call.kwargs for call in lines.calls])
        finally:
            await running.stop()


def write_config(
    folder: Path,
    slack: SlackStandIn,
    server: SmtpStandIn,
    rules: Mapping[str, str],
    alert_mail: str,
    database: str,
) -> Path:
    (folder / "rules").mkdir(exist_ok=True)
    for name, text in rules.items():
        (folder / "rules" / name).write_text(text)
    config = folder / "deskd.yaml"
    config.write_text(
        DESKD_YAML.format(
            database=database,
            admins=ADMINS,
            alert_mail=alert_mail,
            smtp_port=server.port,
            slack_api=slack.api,
        )
    )
    return config


async def until(true: Callable[[], Awaitable[Any] | Any], seconds: float = 20.0) -> Any:
    """Wait for a condition, with a deadline; its value."""
    async with asyncio.timeout(seconds):
        while True:
            found = true()
            if isinstance(found, Awaitable):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.02)


_PORTS = list(range(10_000, 30_000))
random.SystemRandom().shuffle(_PORTS)  # another order in each process, whatever seeds it


def free_port() -> int:
    """A port that is free, and that nobody has been given by this before. Below those that the system gives by itself: of these, any may be some connection's
    end by the time somebody listens there."""
    while True:
        port = _PORTS.pop()
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
