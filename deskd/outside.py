"""Handoffs for people outside Slack: who gets one by mail, and what of the ticket leaves with it. Pure.

What a team's `redact` names never leaves: it is left out where it stands by itself, and blotted out where somebody wrote it within a text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from deskd import handoff, words
from deskd.config import Settings
from deskd.config.desk import Redacted
from deskd.handoff import Story
from deskd.model import Assignment, Attachment, Contact, Ticket

BLOT: Final = "[…]"
_PHONE: Final = re.compile(r"(?<![\w@.-])(?:\+|00)?\(?[0-9][0-9 ().\-/]{6,18}[0-9](?![\w@])")
_DIGITS: Final = 8
"""So many digits make a phone number; fewer are amounts, dates, numbers of things."""
_SHORTEST_NAME: Final = 3


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who gets the handoff by mail: an agent's key (a vendor team's own is one) and address."""

    key: str
    address: str


def recipients(settings: Settings, given: Assignment) -> tuple[Recipient, ...]:
    """Those outside Slack whom an assignment concerns: its agent; without one the team's address, else its members who have only mail."""
    team = settings.teams.get(given.team or "")
    if given.agent is not None:
        return _outside(settings, (given.agent,))
    if team is None:
        return ()
    if team.email is not None and given.team is not None:
        return _outside(settings, (given.team,))
    return _outside(settings, team.members)


def _outside(settings: Settings, agents: Iterable[str]) -> tuple[Recipient, ...]:
    return tuple(
        Recipient(key, agent.email)
        for key in agents
        if (agent := settings.agents.get(key)) is not None and not agent.users and agent.email is not None
    )


def may_reply(settings: Settings, agent: str) -> bool:
    """Whether what an agent writes by mail may go to the customer: of those outside Slack, only whose team says so."""
    configured = settings.agents.get(agent)
    if configured is None or configured.users:
        return configured is not None
    teams = settings.teams_of(agent)
    return any(settings.teams[team].may_reply for team in teams) if teams else True


def channel_for(settings: Settings, ticket: Ticket) -> str | None:
    """The mail channel that carries a ticket's handoffs: its own, else the first that sends."""
    sending = [key for key, channel in settings.mail_channels().items() if channel.send is not None]
    return ticket.channel if ticket.channel in sending else next(iter(sending), None)


def text(
    settings: Settings,
    team: str,
    ticket: Ticket,
    contact: Contact | None,
    addresses: Sequence[str],
    story: Story,
    reason: str,
    actor: str,
) -> tuple[str, str]:
    """Subject and words of the mail, redacted as the team says. `addresses`: all of the customer's."""
    hidden = frozenset(settings.teams[team].redact)
    person = _person(contact, hidden)
    shown = replace(ticket, tags=() if "tags" in hidden else ticket.tags)
    by = "system" if "agents" in hidden else actor
    told = handoff.compose(settings, shown, person, _left(story, hidden), reason, by)
    asks = words.say(settings.desk.agent_language, "outside_asks", desk=settings.desk.name)
    blot = _blotter(hidden, contact, addresses)
    return blot(ticket.subject), f"{asks}\n\n{blot(told)}"


def enclosed(
    settings: Settings, team: str, files: Sequence[Attachment]
) -> tuple[tuple[Attachment, ...], tuple[Attachment, ...]]:
    """The files that go with it, up to the team's limit, and those that don't. Where files never leave, there are neither."""
    configured = settings.teams[team]
    if "files" in configured.redact:
        return (), ()
    room, go, stay = configured.attachments, [], []
    for file in files:
        if file.size <= room:
            go.append(file)
            room -= file.size
        else:
            stay.append(file)
    return tuple(go), tuple(stay)


def _person(contact: Contact | None, hidden: Collection[Redacted]) -> str:
    if contact is None:
        return ""
    name = "" if "name" in hidden else contact.name
    address = "" if "address" in hidden else contact.address
    return f"{name} <{address}>" if name and address else name or address


def _left(story: Story, hidden: Collection[Redacted]) -> Story:
    """The story without what never leaves."""
    said = tuple(one for one in story.said if "notes" not in hidden or one.direction != "note")
    if "files" in hidden:
        said = tuple(replace(one, files=()) for one in said)
    if "agents" in hidden:
        said = tuple(replace(one, author="–") if one.direction != "in" else one for one in said)
    steps = () if {"timeline", "agents"} & set(hidden) else story.steps
    return replace(story, said=said, steps=steps, had_by=() if "agents" in hidden else story.had_by)


class _Blotter:
    """Blots out what is hidden, wherever it stands in a text."""

    def __init__(self, patterns: Sequence[re.Pattern[str]], phones: bool) -> None:
        self._patterns = patterns
        self._phones = phones

    def __call__(self, text: str) -> str:
        for pattern in self._patterns:
            text = pattern.sub(BLOT, text)
        return _PHONE.sub(_blot_phone, text) if self._phones else text


def _blotter(hidden: Collection[Redacted], contact: Contact | None, addresses: Sequence[str]) -> _Blotter:
    patterns: list[re.Pattern[str]] = []
    if "address" in hidden:
        known = {*addresses, *([contact.address] if contact is not None else [])}
        patterns += [_whole(address) for address in sorted(known, key=len, reverse=True)]
    if "name" in hidden and contact is not None:
        parts = [part for part in contact.name.split() if len(part) >= _SHORTEST_NAME]
        patterns += [
            _whole(part, r"[\w.@-]") for part in parts
        ]  # within an address it is the address's business
    return _Blotter(patterns, "phone" in hidden)


def _whole(text: str, beside: str = r"\w") -> re.Pattern[str]:
    """`text` by itself: with nothing of `beside` before it, nor @ or a letter behind it."""
    return re.compile(rf"(?<!{beside}){re.escape(text)}(?![\w@])", re.IGNORECASE)


def _blot_phone(found: re.Match[str]) -> str:
    number = found.group()
    digits = sum(char.isdigit() for char in number)
    date = re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9]{1,2})?", number)
    return BLOT if digits >= _DIGITS and not date else number
