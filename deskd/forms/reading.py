"""What was filled in, read back: the same commands that are typed, or what is wrong in which field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from deskd.config import Settings
from deskd.desk.answering import hold_of
from deskd.desk.commands import (
    Assign,
    Command,
    Escalate,
    Note,
    Reply,
    SetPriority,
    SetStatus,
    Source,
    Tag,
)
from deskd.desk.wider import Merge, Split, Wider
from deskd.forms.about import WrongField
from deskd.forms.making import NEXT_LEVEL
from deskd.model import GRADES, PRIORITIES, Assignment, Grade, Priority, Status, Ticket
from deskd.typed.asked import MAX_REASON
from deskd.typed.intent import classify
from deskd.typed.moments import moment
from deskd.typed.references import reference
from deskd.typed.table import team_for
from deskd.typed.tags import tags_set
from deskd.typed.wrong import Wrong

MOST_TEXT: Final = 3_000
"""Characters of a long field, Slack's own limit."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that was filled in: by whom, on which ticket, and what stands in its fields."""

    name: str
    values: Mapping[str, str]
    agent: str
    source: Source
    ticket: Ticket
    settings: Settings
    people: Mapping[str, str]
    now: datetime

    @property
    def actor(self) -> str:
        return f"agent:{self.agent}"

    def given(self, field: str, most: int = MOST_TEXT) -> str:
        """What stands in a field that can't be left empty."""
        found = self.values.get(field, "")
        if not found:
            raise WrongField(field, "form_empty")
        return self.short(field, most)

    def short(self, field: str, most: int) -> str:
        found = self.values.get(field, "")
        if len(found) > most:
            raise WrongField(field, "form_too_long", limit=most)
        return found

    def until(self) -> datetime | None:
        text = self.short("until", 100)
        if not text:
            return None
        try:
            return moment(text, self.now, self.settings.desk.timezone)
        except Wrong as wrong:
            raise WrongField("until", wrong.key, **wrong.values) from None


def read(filled: Filled) -> Command | Wider | None:
    """What the form asks of the desk; None where nothing was changed in it. Raises `WrongField`."""
    reader = _READERS.get(filled.name)
    if reader is None:
        raise WrongField("", "form_not_offered")
    return reader(filled)


def _assign(filled: Filled) -> Command:
    kind, _, key = filled.given("to").partition(":")
    because = f"{filled.agent} said so"
    if kind == "team" and key in filled.settings.teams:
        return Assign(filled.actor, Assignment(key, None, because), filled.source)
    if kind == "agent" and key in filled.settings.agents:
        team = team_for(key, filled.ticket, filled.settings)
        return Assign(filled.actor, Assignment(team, key, because), filled.source)
    raise WrongField("to", "form_not_offered")


def _escalate(filled: Filled) -> Command:
    kind, _, key = (filled.values.get("to") or NEXT_LEVEL).partition(":")
    reason = " ".join(filled.given("reason", MAX_REASON).split())
    if kind == NEXT_LEVEL:
        to = None
    elif kind == "agent" and key in filled.settings.agents:
        to = f"@{key}"
    elif (kind == "team" and key in filled.settings.teams) or kind == "level":
        to = key
    else:
        raise WrongField("to", "form_not_offered")
    return Escalate(filled.actor, reason, to, filled.source)


def _reply(filled: Filled) -> Command:
    text = filled.given("text")
    if classify(text, replies="public", settings=filled.settings, people=filled.people).kind != "reply":
        raise WrongField("text", "reply_mentions")
    chosen = filled.values.get("then", "")
    then = cast(Status, chosen) if chosen in ("resolved", "pending") else None
    piece = filled.values.get("piece", "")
    return Reply(
        filled.actor,
        text,
        text,
        filled.source,
        hold_of(filled.settings, filled.source),
        then,
        shown=True,
        by=f"canned {piece}" if piece else "",
    )


def _priority(filled: Filled) -> Command | None:
    ticket = filled.ticket
    priority = _changed(filled, "priority", PRIORITIES, ticket.priority)
    urgency = _changed(filled, "urgency", GRADES, ticket.urgency)
    impact = _changed(filled, "impact", GRADES, ticket.impact)
    if not (priority or urgency or impact):
        return None
    return SetPriority(
        filled.actor,
        cast("Priority | None", priority),
        cast("Grade | None", urgency),
        cast("Grade | None", impact),
        filled.source,
    )


def _changed(filled: Filled, field: str, known: tuple[str, ...], now: str) -> str | None:
    chosen = filled.values.get(field) or now
    if chosen not in known:
        raise WrongField(field, "form_not_offered")
    return chosen if chosen != now else None


def _tags(filled: Filled) -> Command | None:
    try:
        add, remove = tags_set(filled.short("tags", MOST_TEXT), filled.ticket.tags)
    except Wrong as wrong:
        raise WrongField("tags", wrong.key, **wrong.values) from None
    return Tag(filled.actor, add, remove, filled.source) if add or remove else None


def _note(filled: Filled) -> Command:
    text = filled.given("text")
    return Note(filled.actor, text, text, filled.source, shown=True)


def _hold(filled: Filled) -> Command:
    reason = " ".join(filled.given("reason", MAX_REASON).split())
    return SetStatus(filled.actor, "hold", reason, filled.until(), filled.source)


def _pending(filled: Filled) -> Command:
    return SetStatus(filled.actor, "pending", until=filled.until(), source=filled.source)


def _merge(filled: Filled) -> Wider:
    try:
        ref = reference(filled.given("ref", 60), filled.ticket)
    except Wrong as wrong:
        raise WrongField("ref", wrong.key, **wrong.values) from None
    if ref.lower() == filled.ticket.ref.lower():
        raise WrongField("ref", "this_ticket_itself", ref=filled.ticket.ref)
    return Merge(filled.actor, ref, filled.source)


def _split(filled: Filled) -> Wider:
    first = filled.given("from")
    if not (first.isascii() and first.isdigit() and len(first) < 19):
        raise WrongField("from", "form_not_offered")
    return Split(filled.actor, filled.source, int(first))


_READERS: Final[Mapping[str, Callable[[Filled], Command | Wider | None]]] = {
    "assign": _assign,
    "escalate": _escalate,
    "reply": _reply,
    "priority": _priority,
    "tags": _tags,
    "note": _note,
    "hold": _hold,
    "pending": _pending,
    "merge": _merge,
    "split": _split,
}
