"""A desk's core between two accounts in memory: no network, a clock that stands still, and `settle` to let everything happen.

Mail comes in through `mail`, Slack's events through `slack.…`; what would be at the customer's is in `mailbox`, what agents would see in `thread`.
"""

from __future__ import annotations

import email
import email.policy
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

from connectors.memory import MemoryConnector
from deskd import roster
from deskd.config import Settings
from deskd.events import Events
from deskd.model import (
    Delivery,
    Envelope,
    Ephemeral,
    Post,
    PostCard,
    RawMessage,
    React,
    Receipt,
    SendMail,
    UpdateCard,
)
from deskd.outbox import Outbox
from deskd.pipeline import Pipeline
from deskd.ports import Authenticator
from deskd.store import Row, Store, Work, leases
from deskd.store.inbox import next_due
from deskd.store.tables import inbox, messages, tickets
from tests.support.desk import NOW, ruleset, settings
from tests.support.store import rows

FRONT = "C0FRONT"


@dataclass
class StillClock:
    """Time that passes only when a test says so."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - NOW).total_seconds()


class SlackInMemory(MemoryConnector):
    """Gives each post a ts of its own, as Slack does, and hears what agents do."""

    def __init__(self) -> None:
        super().__init__("slack")
        self._numbers = itertools.count(1)
        self._ts: dict[str, str] = {}
        self.reordered: list[RawMessage] | None = None

    def _receipt(self, delivery: Delivery) -> Receipt:
        ts = self._ts.setdefault(delivery.key, self.next_ts())
        place = getattr(delivery.content, "place", None)
        return Receipt(external_id=ts, place=place.channel if place else FRONT)

    def next_ts(self) -> str:
        return f"17{next(self._numbers):08d}.000100"

    def shown(self, kind: type[Any]) -> list[Any]:
        return [one.content for one in self.delivered if isinstance(one.content, kind)]

    async def happened(self, name: str, event: dict[str, Any]) -> None:
        """An event, as its connector hands it over."""
        body = {"type": "event_callback", "event": event}
        assert await self.received(RawMessage("slack", "slack", name, json.dumps(body).encode()))

    async def write(
        self, text: str, thread: str, user: str = "U0ANNA", ts: str | None = None, channel: str = FRONT
    ) -> str:
        ts = ts or self.next_ts()
        event = {
            "type": "message",
            "user": user,
            "text": text,
            "ts": ts,
            "thread_ts": thread,
            "channel": channel,
        }
        await self.happened(f"m:{channel}:{ts}", event)
        return ts

    async def edit(self, ts: str, text: str, thread: str, user: str = "U0ANNA") -> None:
        edited = self.next_ts()
        message = {
            "type": "message",
            "user": user,
            "text": text,
            "ts": ts,
            "thread_ts": thread,
            "edited": {"user": user, "ts": edited},
        }
        event = {
            "type": "message",
            "subtype": "message_changed",
            "channel": FRONT,
            "message": message,
            "ts": edited,
        }
        await self.happened(f"e:{FRONT}:{ts}:{edited}", event)

    async def delete(self, ts: str, thread: str, user: str = "U0ANNA") -> None:
        before = {"type": "message", "user": user, "ts": ts, "thread_ts": thread, "text": "x"}
        event = {
            "type": "message",
            "subtype": "message_deleted",
            "channel": FRONT,
            "deleted_ts": ts,
            "previous_message": before,
        }
        await self.happened(f"d:{FRONT}:{ts}", event)

    async def react(self, name: str, ts: str, user: str = "U0ANNA") -> None:
        item = {"type": "message", "channel": FRONT, "ts": ts}
        event = {
            "type": "reaction_added",
            "user": user,
            "reaction": name,
            "item": item,
            "event_ts": self.next_ts(),
        }
        await self.happened(f"r:{ts}:{user}:{name}:{event['event_ts']}", event)

    async def press(self, action: str, value: str, thread: str, user: str = "U0ANNA") -> None:
        body = {
            "type": "block_actions", "user": {"id": user}, "channel": {"id": FRONT},
            "container": {"type": "message", "message_ts": thread, "channel_id": FRONT, "thread_ts": thread},
            "actions": [{"action_id": action, "value": value, "action_ts": self.next_ts()}],
        }  # fmt: skip
        name = f"b:{body['actions'][0]['action_ts']}"  # type: ignore[index]
        assert await self.received(RawMessage("slack", "slack", name, json.dumps(body).encode()))

    def marks(self, ts: str) -> list[str]:
        """The reactions that stand on a message now, in the order they came."""
        standing: list[str] = []
        for react in self.shown(React):
            if react.place.thread == ts:
                if react.add:
                    standing.append(react.emoji)
                elif react.emoji in standing:
                    standing.remove(react.emoji)
        return standing


@dataclass
class World:
    """`restart` gives another one on the same database, as a new daemon would be."""

    store: Store
    rules: str = "rules: []"
    settings: Settings = field(default_factory=settings)
    clock: StillClock = field(default_factory=StillClock)
    worker: str = "w1"
    out: MemoryConnector = field(default_factory=lambda: MemoryConnector("support-mail", "resend"))
    slack: SlackInMemory = field(default_factory=SlackInMemory)
    authenticators: Mapping[str, Authenticator] = field(default_factory=dict)

    async def start(self) -> World:
        self.people = roster.people(self.settings)
        events = Events()
        self.pipeline = Pipeline(
            self.settings,
            self.store,
            ruleset(self.rules, self.settings),
            self.clock,
            events,
            self.worker,
            self.people,
            self.authenticators,
        )
        self.outbox = Outbox(
            self.settings,
            self.store,
            {"support-mail": self.out, "slack": self.slack},
            self.clock,
            events,
            self.worker,
        )
        await self.out.start(self.pipeline.accept)
        await self.slack.start(self.pipeline.accept)
        await self.store.write(lambda work: leases.alive(work, self.worker))
        return self

    async def restart(self) -> World:
        """The daemon died: its claims are nobody's. What is at the customer's and in Slack stays there."""
        await self.store.write(leases.forget_all)
        await self.store.write(leases.take_over)
        return await replace(self, worker=self.worker + "'").start()

    async def settle(self) -> None:
        """Until nothing more can happen at this moment."""
        quiet = 0
        while quiet < 2:  # what one round settles, the next one sends
            before = (len(self.out.tried), len(self.slack.tried))
            while await self.pipeline.work_off():
                pass
            await self.outbox._send_what_is_due()
            await self.outbox.rest()
            moved = (len(self.out.tried), len(self.slack.tried)) != before
            quiet = 0 if moved or await self.store.read(self._due) else quiet + 1

    def _due(self, work: Work) -> bool:
        due = next_due(work)
        return due is not None and due <= self.clock.at

    async def later(self, **time: float) -> None:
        """What is to happen now happens, some time passes, and what has come due by then happens."""
        await self.settle()
        self.clock.at += timedelta(**time)
        await self.settle()

    # ── mail ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def mail(
        self,
        content: bytes,
        sender: str = "maria@cliente.example",
        to: str = "support@acme.example",
        source: str = "smtp",
        live: bool = True,
        external_id: str = "",
    ) -> None:
        """A mail server hands a mail over, and is told that it was kept."""
        external = external_id or f"smtp-{next(_deliveries)}"
        raw = RawMessage(
            "support-mail", source, external, content, Envelope(sender, (to,), "192.0.2.7", "mx"), live
        )
        assert await self.out.received(raw)

    def mailbox(self) -> list[EmailMessage]:
        """What reached the customer, in order."""
        sent = [one.content for one in self.out.delivered if isinstance(one.content, SendMail)]
        return [_read(mail.content) for mail in sent]

    # ── what there is ────────────────────────────────────────────────────────────────────────────────────────────────

    def tickets(self) -> list[Row]:
        return rows(self.store, tickets)

    def messages(self) -> list[Row]:
        return rows(self.store, messages)

    def ends(self) -> list[str]:
        return [row["state"] for row in rows(self.store, inbox)]

    def thread(self) -> str:
        """The ts of the only ticket's card."""
        (card,) = [one for one in self.slack.delivered if isinstance(one.content, PostCard)]
        return self.slack._ts[card.key]

    def posts(self) -> list[str]:
        return [post.text for post in self.slack.shown(Post)]

    def told(self) -> list[str]:
        """What agents were told alone."""
        return [one.text for one in self.slack.shown(Ephemeral)]

    def cards(self) -> list[UpdateCard]:
        return self.slack.shown(UpdateCard)


_deliveries = itertools.count(1)


def _read(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).strip()


def question(
    text: str = "Non torna il totale.", subject: str = "Fattura 118", number: int = 1, **headers: str
) -> bytes:
    """A customer's mail."""
    lines = {
        "From": "Maria Rossi <maria@cliente.example>", "To": "support@acme.example", "Subject": subject,
        "Message-ID": f"<q{number}@cliente.example>", "Date": f"Mon, 23 Nov 2026 09:00:{number:02d} +0000",
        "Content-Type": "text/plain; charset=utf-8", **{name.replace("_", "-"): value for name, value in headers.items()},
    }  # fmt: skip
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return f"{head}\r\n{text}\r\n".encode()


def answer_to(
    mail: EmailMessage, text: str, number: int = 2, sender: str = "Maria Rossi <maria@cliente.example>"
) -> tuple[bytes, str]:
    """The customer's answer to a mail of ours, and the address it goes to."""
    references = f"{mail['References'] or ''} {mail['Message-ID']}".strip()
    content = question(
        f"{text}\r\n\r\nIl giorno lun 23 nov 2026 Acme Support ha scritto:\r\n> {body(mail)}", f"Re: {mail['Subject']}", number,
        From=sender, In_Reply_To=str(mail["Message-ID"]), References=references,
    )  # fmt: skip
    return content, parseaddr(str(mail["Reply-To"] or mail["From"]))[1]
