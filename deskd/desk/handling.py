"""What agents do with a ticket: claim, assign, release, set its status, priority and tags; and what the clock does to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from deskd import levels, states, words
from deskd.config import Settings
from deskd.desk import showing
from deskd.desk.answering import touched
from deskd.desk.changes import AddEvent, AddTags, Change, RefreshCard, RemoveTags, SetDeadline, SetTicket
from deskd.desk.commands import Assign, Claim, Due, Release, SetPriority, SetStatus, Tag
from deskd.desk.deadlines import status_deadlines
from deskd.desk.judged import recorded
from deskd.desk.state import State
from deskd.errors import CommandRefused
from deskd.model import Ticket
from deskd.priority import priority_of


def claim(settings: Settings, state: State, command: Claim, now: datetime) -> tuple[Change, ...]:
    """Two who claim at once: one has it, the other is told. A claim wins over an assignment that nobody has taken up yet."""
    ticket = existing(state)
    if ticket.assignee == command.agent and ticket.status != "new":
        return tuple(showing.done(state, command.source))
    if ticket.assignee not in (None, command.agent) and ticket.status != "new":
        holder = (
            settings.agents[ticket.assignee].name if ticket.assignee in settings.agents else ticket.assignee
        )
        raise CommandRefused(
            words.say(settings.desk.agent_language, "claimed_by_other", agent=holder or "", me=command.agent)
        )
    return (
        SetTicket({"assignee": command.agent}),
        AddEvent("claimed", command.actor, {"from": ticket.assignee, "assignee": command.agent}),
        *touched(ticket, command.actor, now),
        RefreshCard(),
        *showing.done(state, command.source),
    )


def assign(settings: Settings, state: State, command: Assign, now: datetime) -> tuple[Change, ...]:
    ticket = existing(state)
    given = command.assignment
    team = given.team or ticket.team
    values = {
        "team": team,
        "assignee": given.agent,
        "level": settings.teams[team].level if team else ticket.level,
        "updated_at": now,
    }
    return (
        SetTicket(values),
        AddEvent(
            "assigned",
            command.actor,
            {"from": {"team": ticket.team, "assignee": ticket.assignee}, **recorded(given), "team": team},
        ),
        RefreshCard(),
        *showing.done(state, command.source),
    )


def release(settings: Settings, state: State, command: Release, now: datetime) -> tuple[Change, ...]:
    ticket = existing(state)
    if ticket.assignee is None:
        raise CommandRefused(words.say(settings.desk.agent_language, "nobodys"))
    return (
        SetTicket({"assignee": None, "updated_at": now}),
        AddEvent("released", command.actor, {"from": ticket.assignee}),
        RefreshCard(),
        *showing.done(state, command.source),
    )


def set_status(settings: Settings, state: State, command: SetStatus, now: datetime) -> tuple[Change, ...]:
    ticket = existing(state)
    if command.status == ticket.status and command.until is None:
        raise CommandRefused(words.say(settings.desk.agent_language, "already", status=ticket.status))
    if command.status not in states.TICKET[ticket.status] and command.status != ticket.status:
        raise CommandRefused(
            words.say(settings.desk.agent_language, "no_move", old=ticket.status, new=command.status)
        )
    return (
        *move(settings, ticket, command.status, command.actor, now, command.until, command.reason),
        *showing.done(state, command.source),
    )


def move(
    settings: Settings,
    ticket: Ticket,
    status: str,
    actor: str,
    now: datetime,
    until: datetime | None = None,
    reason: str = "",
) -> list[Change]:
    """The ticket's status becomes `status`, with the times and deadlines that go with it."""
    over = status in ("resolved", "closed", "spam")
    values: dict[str, Any] = {
        "status": status,
        "updated_at": now,
        "pending_until": until,
        "resolved_at": (ticket.resolved_at or now) if over else None,
        "closed_at": now if status in ("closed", "spam") else None,
    }
    data = {"from": ticket.status, "to": status} | ({"because": reason} if reason else {})
    if until is not None:
        data["until"] = until.isoformat()
    return [
        SetTicket(values),
        AddEvent("status", actor, data),
        *status_deadlines(settings, status, now, until),
        RefreshCard(),
    ]


def set_priority(settings: Settings, state: State, command: SetPriority, now: datetime) -> tuple[Change, ...]:
    """A priority set outright stays; urgency and impact decide it only where nobody did."""
    ticket = existing(state)
    urgency, impact = command.urgency or ticket.urgency, command.impact or ticket.impact
    values: dict[str, Any] = {"urgency": urgency, "impact": impact, "updated_at": now}
    if command.priority is not None:
        values |= {"priority": command.priority, "priority_set": True}
    elif not ticket.priority_set:
        values["priority"] = priority_of(urgency, impact)
    before = {"priority": ticket.priority, "urgency": ticket.urgency, "impact": ticket.impact}
    after = {name: values[name] for name in before if name in values and values[name] != before[name]}
    return (
        SetTicket(values),
        AddEvent("classified", command.actor, {"from": {name: before[name] for name in after}, "to": after}),
        RefreshCard(),
        *showing.done(state, command.source),
    )


def tag(settings: Settings, state: State, command: Tag, now: datetime) -> tuple[Change, ...]:
    ticket = existing(state)
    add = tuple(name for name in command.add if name not in ticket.tags)
    remove = tuple(name for name in command.remove if name in ticket.tags)
    return (
        *([AddTags(add)] if add else []),
        *([RemoveTags(remove)] if remove else []),
        SetTicket({"updated_at": now}),
        AddEvent("tags", command.actor, {"added": list(add), "removed": list(remove)}),
        RefreshCard(),
        *showing.done(state, command.source),
    )


def due(settings: Settings, state: State, command: Due, now: datetime) -> tuple[Change, ...]:
    """A deadline has come: resolved becomes closed, a pending or held ticket comes back."""
    ticket = existing(state)
    gone = SetDeadline(command.kind, None)
    if command.kind == "close" and ticket.status == "resolved":
        return (gone, *move(settings, ticket, "closed", "clock", now))
    if command.kind == "come_back" and ticket.status in ("pending", "hold"):
        language = settings.desk.agent_language
        mentions = levels.ids(settings, (ticket.assignee,))
        return (
            gone,
            *move(settings, ticket, "open", "clock", now, reason="its time is up"),
            *showing.notice(state, words.say(language, "came_back", status=ticket.status), mentions),
        )
    return (gone,)


def existing(state: State) -> Ticket:
    if state.ticket is None:
        raise CommandRefused("there is no such ticket")
    return state.ticket
