"""A desk's mail without its daemon: mails come in by the pipeline's own stages, answers are packed as they would go out."""

from __future__ import annotations

import email
import email.policy
import itertools
import json
from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import select

from deskd import acting, filing, joining, sending
from deskd.compose.ids import token_of
from deskd.config import Settings
from deskd.desk import desk
from deskd.desk.commands import Command, Reply
from deskd.filed import Filed, Understood
from deskd.model import (
    Address,
    AuthVerdict,
    Content,
    Envelope,
    Gesture,
    Message,
    Receipt,
    SendMail,
    Ticket,
)
from deskd.rules import RuleSet
from deskd.store import Store, Work, apply, inbox, listing, tickets
from deskd.store.outbox import OutboxRow
from deskd.store.tables import inbox as inbox_table
from deskd.store.tables import outbox as outbox_table
from deskd.store.work import Statement
from deskd.understanding import Reader
from tests.support.desk import NOW, SETTINGS, ruleset
from tests.support.store import accept, raw

SUPPORT = "support@acme.example"
_ids = itertools.count(1)


def mail(
    sender: str = "Maria Rossi <maria@cliente.example>",
    subject: str = "Fattura 118",
    text: str = "Non torna il totale.",
    *,
    to: str = SUPPORT,
    id: str | None = None,
    refs: Sequence[str] = (),
    reply_to_id: str | None = None,
    **fields: str,
) -> bytes:
    """A mail as it lies on the wire. `refs` are its References; further `fields` have _ for -, and stand on top."""
    number = next(_ids)
    head = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    head += [f"From: {sender}", f"To: {to}", f"Subject: {subject}"]
    head.append(f"Date: {(NOW + timedelta(seconds=number)).strftime('%a, %d %b %Y %H:%M:%S +0000')}")
    head.append(f"Message-ID: <{id or f'{number}@cliente.example'}>")
    if reply_to_id or refs:
        head.append(f"In-Reply-To: <{reply_to_id or refs[-1]}>")
    if refs:
        head.append("References: " + " ".join(f"<{each}>" for each in refs))
    return ("\r\n".join([*head, "Content-Type: text/plain; charset=utf-8", "", text]) + "\r\n").encode()


class Mailroom:
    """`arrive` brings a mail in; `answer` lets an agent answer and gives the mail that would go to the customer."""

    def __init__(self, store: Store, settings: Settings = SETTINGS, rules: RuleSet | None = None) -> None:
        self.store = store
        self.settings = settings
        self.rules = rules or ruleset()
        self.candidate: RuleSet | None = None
        self.now = NOW
        self._reader = Reader(settings)

    def arrive(
        self, payload: bytes, *, channel: str = "support-mail", rcpt_to: Sequence[str] = (), live: bool = True
    ) -> Filed:
        self.now += timedelta(seconds=1)
        message = raw(
            str(next(_ids)), payload, channel=channel, envelope=Envelope(None, tuple(rcpt_to)), live=live
        )
        row_id = self.store.write_now(lambda work: accept(work, message, now=self.now))
        assert row_id is not None
        return self.work_on(row_id)

    def work_on(self, row_id: int) -> Filed:
        [row] = self.store.write_now(lambda work: inbox.claim_these(work, "test", self.now, [row_id]))
        found = self._reader.understand_now(row)
        return self.store.write_now(
            lambda work: filing.file(work, self.settings, self.rules, row, found, self.now, self.candidate)
        )

    def chat(self, sender: str, text: str, thread_key: str) -> int:
        """A customer writes in Slack; the ticket it opens."""
        message = Message(Address("", sender), text=text, body=text)
        found = Understood(message, AuthVerdict(), thread_key=thread_key)

        def unit(work: Work) -> Filed:
            row_id = accept(work, raw(str(next(_ids)), b"{}", channel="slack", source="slack"), now=self.now)
            [row] = inbox.claim_these(work, "test", self.now, [row_id or 0])
            return filing.file(work, self.settings, self.rules, row, found, self.now)

        return self.store.write_now(unit).ticket or 0

    def ask(self, ticket: int, command: Command, message: int | None = None) -> None:
        def unit(work: Work) -> None:
            state = tickets.state(work, ticket, message)
            apply.apply(work, state, desk(self.settings, state, command, self.now), self.now)

        self.store.write_now(unit)

    def press(self, ticket: int, button: str, user: str = "U0ANNA") -> Filed:
        """An agent presses a button in the ticket's thread."""
        value = self.buttons(ticket)[button]
        gesture = Gesture("press", user, "C0FRONT", "1.1", "1.0", name=button, value=value)
        message = raw(str(next(_ids)), b"{}", channel="slack", source="slack")
        people = {agent.slack: key for key, agent in self.settings.agents.items() if agent.slack}

        def unit(work: Work) -> Filed:
            row_id = accept(work, message, now=self.now) or 0
            [row] = inbox.claim_these(work, "test", self.now, [row_id])
            return acting.act(work, self.settings, people, row, gesture, self.now)

        return self.store.write_now(unit)

    def join(self, ticket: int, into: int) -> None:
        self.store.write_now(
            lambda work: joining.join(work, self.settings, ticket, into, "agent:anna", self.now, "a test")
        )

    def unjoin(self, ticket: int) -> None:
        self.store.write_now(lambda work: joining.unjoin(work, self.settings, ticket, "agent:anna", self.now))

    def answer(self, ticket: int, text: str = "Ecco.", agent: str = "anna") -> EmailMessage:
        """An agent's reply, sent: the mail that the customer gets."""
        self.ask(ticket, Reply(f"agent:{agent}", text, text, None))
        return self.sent()[-1]

    def sent(self) -> list[EmailMessage]:
        """The mails that wait, sent; in order."""
        return [email.message_from_bytes(one.content, policy=email.policy.default) for one in self.deliver()]

    def deliver(self) -> list[SendMail]:
        return [one for one in self.contents() if isinstance(one, SendMail)]

    def contents(self) -> list[Content]:
        """All that waits, for customers and for agents, sent; in order."""

        def unit(work: Work) -> list[Content]:
            gone: list[Content] = []
            for row, delivery in sending.claim(work, self.settings, "test", self.now, 100, ()):
                assert isinstance(row, OutboxRow)
                sending.sent(work, self.settings, row, Receipt(f"{row.id}.0"), self.now)
                gone.append(delivery.content)
            return gone

        gone: list[Content] = []
        while found := self.store.write_now(unit):
            gone += found
        return gone

    # ── what the desk has then ───────────────────────────────────────────────────────────────────────────────────────

    def ref(self, ticket: int | None) -> str:
        assert ticket is not None
        found = self.store.read_now(lambda work: tickets.load(work, ticket))
        assert found is not None
        return found.ref

    def ticket(self, ref: str) -> Ticket:
        def look(work: Work) -> Ticket | None:
            return tickets.load(work, tickets.by_ref(work, ref) or 0)

        found = self.store.read_now(look)
        assert found is not None
        return found

    def shown(self, ticket: int | None) -> dict[str, Any]:
        """As `tickets show --json` tells it."""
        ref = self.ref(ticket)
        found = self.store.read_now(lambda work: listing.ticket_whole(work, ref))
        assert found is not None
        return found

    def verdict(self, ticket: int) -> tuple[str, str]:
        """What was found of who sent the mail that opened the ticket."""
        built = select(inbox_table.c.auth).where(inbox_table.c.ticket_id == ticket).order_by(inbox_table.c.id)
        result, because = json.loads(self.store.read_now(lambda work: work.value(Statement(built))))
        return result, because

    def all(self) -> list[dict[str, Any]]:
        return list(listing.ticket_lines(self.store, listing.Filters(), whole=True))

    def partition(self) -> frozenset[frozenset[str]]:
        """Which mails lie together, by Message-ID, whatever the tickets are called."""
        return frozenset(
            ids
            for ticket in self.all()
            if (ids := frozenset(m["message_id"] for m in ticket["messages"] if m["direction"] == "in"))
        )

    def posts(self, ticket: int) -> list[dict[str, Any]]:
        """What stands in the ticket's thread, or is on its way there."""
        built = select(outbox_table.c.payload).where(
            outbox_table.c.ticket_id == ticket, outbox_table.c.kind == "post"
        )
        rows = self.store.read_now(lambda work: work.rows(Statement(built.order_by(outbox_table.c.id))))
        return [json.loads(row["payload"]) for row in rows]

    def buttons(self, ticket: int) -> dict[str, str]:
        """Action -> value of the buttons in the ticket's thread, the newest of each."""
        return {button[0]: button[2] for post in self.posts(ticket) for button in post.get("buttons", ())}


def signed_address(answer: EmailMessage) -> str:
    """The reply address of a mail of ours; it holds a token."""
    address = str(answer["Reply-To"]).partition("<")[2].rstrip(">")
    assert token_of(address)
    return address


def id_of(answer: EmailMessage) -> str:
    return str(answer["Message-ID"]).strip("<>")
