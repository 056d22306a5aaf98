"""What attacks on threads have in common: a desk that trusts a relay, the people, and a ticket with an answer that has gone out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from email.message import EmailMessage

from deskd.config import Settings
from deskd.store import Store
from tests.support.desk import ruleset, settings
from tests.support.mailroom import Mailroom, id_of, mail, signed_address

MARIA = "Maria Rossi <maria@cliente.example>"
MALLORY = "Mallory <mallory@evil.example>"
ANNA = "Anna Rossi <anna@acme.example>"
PASSES = "mx.acme.example; dmarc=pass"
FAILS = "mx.acme.example; dmarc=fail"
ACKNOWLEDGE = "rules: [{name: acknowledge, then: [{reply: received}]}]"


@dataclass(frozen=True)
class Scene:
    """Maria's ticket, answered once: `signed` is her reply address, `ours` the answer's Message-ID."""

    desk: Mailroom
    ticket: int
    answer: EmailMessage

    @property
    def signed(self) -> str:
        return signed_address(self.answer)

    @property
    def ours(self) -> str:
        return id_of(self.answer)

    @property
    def ref(self) -> str:
        return self.desk.ref(self.ticket)


def trusting(made: Settings, **changes: object) -> Settings:
    """The desk, with a relay whose word it takes."""
    channel = made.mail_channels()["support-mail"]
    trusted = channel.model_copy(update={"authserv": ("mx.acme.example",), **changes})
    return replace(made, channels={**made.channels, "support-mail": trusted})


def scene(store: Store, rules: str = "rules: []") -> Scene:
    desk = Mailroom(store, trusting(settings()), ruleset(rules))
    ticket = desk.arrive(mail(id="first@cliente.example")).ticket
    assert ticket is not None
    desk.sent()
    return Scene(desk, ticket, desk.answer(ticket))
