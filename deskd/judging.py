"""Looks at a form that was sent in, while its sender waits: whether the desk would do what it asks for. Changes nothing.

What is found wrong here is told in the form, which keeps what was typed. Between this look and the work the ticket may change: then the answer comes as
to a typed command.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from deskd import levels, words
from deskd.config import Settings
from deskd.desk import desk
from deskd.desk.commands import Command, Escalate, Source
from deskd.desk.escalating import OVER
from deskd.desk.state import State
from deskd.desk.wider import Merge, Split, Wider
from deskd.errors import CommandRefused
from deskd.forms.about import WrongField, filled, unpacked
from deskd.forms.reading import Filled, read
from deskd.model import Gesture
from deskd.store import Work, beside, tickets

_BLAMED: Mapping[str, str] = {
    "assign": "to",
    "escalate": "to",
    "reply": "text",
    "priority": "priority",
    "tags": "tags",
    "note": "text",
    "hold": "reason",
    "pending": "until",
    "merge": "ref",
    "split": "from",
}
"""Under which field stands what is wrong with the whole."""


class Refusal(Exception):
    """The desk wouldn't do it; its text, in the agents' language, stands under `field`."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


def judge(
    work: Work,
    settings: Settings,
    people: Mapping[str, str],
    account: str,
    agent: str,
    gesture: Gesture,
    now: datetime,
) -> None:
    """Raises `WrongField` or `Refusal` where what was filled in can't be done."""
    about = unpacked(gesture.about)
    ticket_id = tickets.by_ref(work, about.ref)
    state = tickets.glance(work, ticket_id) if ticket_id is not None else None
    field = _BLAMED.get(gesture.name, "")
    if state is None or state.ticket is None:
        raise Refusal(field, words.say(settings.desk.agent_language, "no_such_ref", ref=about.ref))
    source = Source(account, about.channel, "", gesture.user, about.thread)
    command = read(
        Filled(gesture.name, filled(gesture.text), agent, source, state.ticket, settings, people, now)
    )
    try:
        _try(work, settings, state, command, now)
    except CommandRefused as refusal:
        raise Refusal(field, str(refusal)) from None


def _try(
    work: Work, settings: Settings, state: State, command: Command | Wider | None, now: datetime
) -> None:
    language = settings.desk.agent_language
    ticket_id = state.ticket.id if state.ticket else 0
    match command:
        case None:
            return
        case Merge():
            into = tickets.by_ref(work, command.ref)
            other = tickets.glance(work, into) if into is not None else None
            if other is None or other.ticket is None:
                raise CommandRefused(words.say(language, "no_such_ref", ref=command.ref))
            if other.ticket.id == ticket_id:
                raise WrongField("ref", "this_ticket_itself", ref=other.ticket.ref)
        case Split():
            if not beside.last_part(work, ticket_id, command.first):
                raise WrongField("from", "form_not_offered")
        case Escalate() if state.ticket is not None:
            if state.ticket.status in OVER:
                raise CommandRefused(words.say(language, "escalate_over", status=state.ticket.status))
            levels.taking(settings, state.ticket, command.to, now)
        case _ if not isinstance(command, Wider):
            desk(settings, state, command, now)
