"""What rules see during one run: the facts, what the rules before did to the ticket, and texts prepared once for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from deskd.model import Address, Attachment
from deskd.rules.facts import ContactFacts, Facts, TicketFacts
from deskd.rules.names import Names
from deskd.rules.patterns import PatternSet
from deskd.rules.text import Text


@dataclass(frozen=True, slots=True)
class State:
    """What actions change, for the rules behind them to see."""

    ticket: TicketFacts
    contact: ContactFacts
    language: str
    names: Names = field(default_factory=Names)

    def with_ticket(self, **changes: Any) -> State:
        """The same with other fields of the ticket."""
        return replace(self, ticket=replace(self.ticket, **changes))


class SeenAddress:
    """An address with its parts as texts."""

    __slots__ = ("address", "domain", "name")

    def __init__(self, address: Address) -> None:
        domain = address.address.rpartition("@")[2] if "@" in address.address else ""
        self.address = _texts(address.address)
        self.domain = _texts(domain)
        self.name = _texts(address.name)


class SeenAttachment:
    __slots__ = ("name", "size", "type")

    def __init__(self, attachment: Attachment) -> None:
        self.name = _texts(attachment.name)
        self.type = _texts(attachment.type)
        self.size = (attachment.size,)


class View:
    """Made afresh for each run; `state` alone changes, by `State -> State`."""

    __slots__ = ("_attachments", "_cc", "_headers", "_sender", "_sets", "_texts", "_to", "facts", "state")

    def __init__(self, facts: Facts, names: Names, sets: Mapping[str, PatternSet]) -> None:
        self.facts = facts
        self.state = State(facts.ticket, facts.contact, facts.language, names)
        self._sets = sets
        self._texts: dict[str, tuple[Text, ...]] = {}
        self._sender: tuple[SeenAddress, ...] | None = None
        self._to: tuple[SeenAddress, ...] | None = None
        self._cc: tuple[SeenAddress, ...] | None = None
        self._attachments: tuple[SeenAttachment, ...] | None = None
        self._headers: dict[str, list[Text]] | None = None

    def text(self, field: str, raw: str) -> tuple[Text, ...]:
        """The fact `field` that never changes during a run, prepared once. An empty one is missing."""
        known = self._texts.get(field)
        if known is None:
            known = self._texts[field] = (Text(raw, self._sets.get(field)),) if raw else ()
        return known

    @property
    def sender(self) -> tuple[SeenAddress, ...]:
        if self._sender is None:
            message = self.facts.message
            self._sender = _addresses((message.sender,)) if message else ()
        return self._sender

    @property
    def to(self) -> tuple[SeenAddress, ...]:
        if self._to is None:
            self._to = _addresses(self.facts.message.to) if self.facts.message else ()
        return self._to

    @property
    def cc(self) -> tuple[SeenAddress, ...]:
        if self._cc is None:
            self._cc = _addresses(self.facts.message.cc) if self.facts.message else ()
        return self._cc

    @property
    def attachments(self) -> tuple[SeenAttachment, ...]:
        if self._attachments is None:
            message = self.facts.message
            self._attachments = tuple(map(SeenAttachment, message.attachments)) if message else ()
        return self._attachments

    def header(self, name: str) -> Sequence[Text]:
        """Each value of the header `name` (in lower case), an empty one too."""
        if self._headers is None:
            headers: dict[str, list[Text]] = {}
            for key, value in self.facts.message.headers if self.facts.message else ():
                headers.setdefault(key.lower(), []).append(Text(value))
            self._headers = headers
        return self._headers.get(name, ())


def _texts(raw: str | None) -> tuple[Text, ...]:
    return (Text(raw),) if raw else ()


def _addresses(addresses: tuple[Address, ...]) -> tuple[SeenAddress, ...]:
    return tuple(SeenAddress(address) for address in addresses if address.address or address.name)
