"""Who has a ticket when nobody asked for it: it waits until someone can have it, and is given to another when its agent is gone. Command in, changes out.

`queued` follows every command: it keeps why a ticket waits and when to look again, and tells the queues when somebody has room.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from deskd import levels, words
from deskd.clock import duty
from deskd.config import Settings
from deskd.desk import showing
from deskd.desk.changes import (
    AddEvent,
    Change,
    EndAbsence,
    OpenTicket,
    RefreshCard,
    SetAbsence,
    SetDeadline,
    SetTicket,
    WakeQueues,
)
from deskd.desk.commands import Away, Back, Command, Dispatched, Receive, Release
from deskd.desk.handling import existing
from deskd.desk.judged import recorded
from deskd.desk.state import State
from deskd.model import Assignment, Ticket, Waiting

KIND: Final = "assign"
"""The deadline at which a ticket that waits is looked at."""
GONE: Final = "reassign"
"""The deadline at which a ticket is looked at whose agent is gone."""
REST: Final = timedelta(minutes=5)
"""How long a released ticket is left for someone to claim, before another is given it."""
OVER: Final = ("resolved", "closed", "spam")
_KEPT: Final = ("assignee", "status", "team", "merged_into")


def away(settings: Settings, state: State, command: Away, now: datetime) -> tuple[Change, ...]:
    language = settings.desk.agent_language
    told = words.say(language, "away_now")
    if command.until is not None:
        until = f"{command.until.astimezone(settings.desk.timezone):%Y-%m-%d %H:%M}"
        told = words.say(language, "away_until", until=until)
    return (
        SetAbsence(command.agent, now, command.until, command.because),
        *showing.done(state, command.source),
        *showing.tell(command.source, told),
    )


def back(settings: Settings, state: State, command: Back, now: datetime) -> tuple[Change, ...]:
    key = "back_now" if duty.away(state.absences, command.agent, now) else "was_not_away"
    return (
        EndAbsence(command.agent),
        WakeQueues(_queues_of(settings, command.agent)),
        *showing.done(state, command.source),
        *showing.tell(command.source, words.say(settings.desk.agent_language, key)),
    )


def dispatched(settings: Settings, state: State, command: Dispatched, now: datetime) -> tuple[Change, ...]:
    """Given to `assignment.agent`; without one it waits, or goes on waiting."""
    ticket, given = existing(state), command.assignment
    if given.agent is None and ticket.assignee is None and given.waiting == ticket.waiting:
        return ()
    team = given.team or ticket.team
    values: dict[str, Any] = {"team": team, "assignee": given.agent}
    if team is not None:
        values["level"] = settings.teams[team].level
    before = {"team": ticket.team, "assignee": ticket.assignee}
    return (
        SetTicket(values),
        AddEvent("assigned", "clock", {"from": before, **recorded(given), "team": team}),
        *_told(settings, state, ticket, given, now),
        RefreshCard(),
    )


def _told(settings: Settings, state: State, ticket: Ticket, given: Assignment, now: datetime) -> list[Change]:
    """Whoever has it now is called; the team, where its agent is gone and nobody has it."""
    language = settings.desk.agent_language
    if given.agent is not None:
        text = words.say(language, "queue_given", name=settings.agents[given.agent].name)
        return showing.notice(state, text, levels.ids(settings, (given.agent,)))
    if ticket.assignee is None:
        return []
    called = levels.called(settings, given.team, now, state.absences) if given.team else ()
    name = settings.agents[ticket.assignee].name if ticket.assignee in settings.agents else ticket.assignee
    return showing.notice(state, words.say(language, "queue_lost", name=name), called)


# ── after every command ──────────────────────────────────────────────────────────────────────────────────────────────


def queued(
    settings: Settings, state: State, command: Command, changes: tuple[Change, ...], now: datetime
) -> tuple[Change, ...]:
    """`changes` with what follows for who has the ticket."""
    given: Assignment | None = getattr(command, "assignment", None) or getattr(command, "given", None)
    if state.ticket is None:
        return tuple(each for change in changes for each in (_opened(change, given) if given else (change,)))
    ticket = state.ticket
    stands = _stands(ticket, changes)
    return (
        *changes,
        *_waits(settings, ticket, command, stands, given, now),
        *_room(settings, ticket, stands),
        *_agent_is_away(state, ticket, command, stands, now),
    )


def _opened(change: Change, given: Assignment) -> tuple[Change, ...]:
    """A new ticket knows from the start why nobody has it."""
    if not isinstance(change, OpenTicket) or change.values["status"] in OVER:
        return (change,)
    opened = replace(change, values={**change.values, "waiting": given.waiting, "skills": given.skills})
    again = given.again if given.waiting not in ("", "by_hand") else None
    return (opened, SetDeadline(KIND, again)) if again is not None else (opened,)


def _stands(ticket: Ticket, changes: Sequence[Change]) -> Mapping[str, Any]:
    """How the ticket stands once the changes are done."""
    stands = {name: getattr(ticket, name) for name in _KEPT}
    for change in changes:
        if isinstance(change, SetTicket):
            stands |= {name: value for name, value in change.values.items() if name in _KEPT}
    return stands


def _waits(
    settings: Settings,
    ticket: Ticket,
    command: Command,
    stands: Mapping[str, Any],
    given: Assignment | None,
    now: datetime,
) -> list[Change]:
    waiting, again = _why(settings, ticket, command, stands, given, now)
    values: dict[str, Any] = {} if waiting == ticket.waiting else {"waiting": waiting}
    if given is not None and given.skills and given.skills != ticket.skills:
        values["skills"] = given.skills
    changes: list[Change] = [SetTicket(values)] if values else []
    if again is not None or (ticket.waiting and (given is not None or not waiting)):
        changes.append(SetDeadline(KIND, again))
    return changes


def _why(
    settings: Settings,
    ticket: Ticket,
    command: Command,
    stands: Mapping[str, Any],
    given: Assignment | None,
    now: datetime,
) -> tuple[Waiting, datetime | None]:
    """Why it waits from now on, and when it is looked at."""
    team = settings.teams.get(stands["team"] or "")
    if stands["assignee"] is not None or stands["status"] in OVER or stands["merged_into"] or team is None:
        return "", None
    if given is not None:
        return given.waiting, None if given.waiting in ("", "by_hand") else given.again
    if isinstance(command, Release):
        return ("by_hand", None) if team.assign == "manual" else ("released", now + REST)
    if ticket.status in OVER and not ticket.waiting:  # it came back, and nobody has it
        return ("by_hand", None) if team.assign == "manual" else ("off_duty", now)
    return ticket.waiting, None


def _room(settings: Settings, ticket: Ticket, stands: Mapping[str, Any]) -> list[Change]:
    """Whoever had it has one less to do."""
    agent = ticket.assignee
    if agent is None or ticket.status in OVER or agent not in settings.agents:
        return []
    still = stands["assignee"] == agent and stands["status"] not in OVER and not stands["merged_into"]
    queues = _queues_of(settings, agent)
    if still or not queues or settings.agents[agent].capacity is None:
        return []
    return [WakeQueues(queues)]


def _queues_of(settings: Settings, agent: str) -> tuple[str, ...]:
    """The teams of an agent's that give tickets out by themselves."""
    return tuple(key for key in settings.teams_of(agent) if settings.teams[key].assign != "manual")


def _agent_is_away(
    state: State, ticket: Ticket, command: Command, stands: Mapping[str, Any], now: datetime
) -> list[Change]:
    """The customer writes to someone who isn't there: what is urgent is looked at."""
    agent = stands["assignee"]
    if not isinstance(command, Receive) or agent is None or duty.away(state.absences, agent, now) is None:
        return []
    return [SetDeadline(GONE, now)]
