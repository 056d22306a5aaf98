"""A ticket goes up a level, or back: another team has it, nobody's conversation moves. Command in, changes out.

The team that takes it is mentioned in the thread, gets the handoff there, and one line with a link in its own channel; with `handoff: own_thread`, or where it
can't see that thread, it gets a thread of its own, in step with the first (`in_step`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from deskd import levels, templates, words
from deskd.config import Settings
from deskd.desk import accepting, placing, showing
from deskd.desk.changes import AddEvent, Change, Queue, RefreshCard, SetTicket
from deskd.desk.commands import Deescalate, Escalate
from deskd.desk.handling import existing
from deskd.desk.judged import automatic
from deskd.desk.state import State
from deskd.errors import CommandRefused
from deskd.handoff import name_of
from deskd.model import Assignment, Ticket

OVER = ("resolved", "closed", "spam")
TOLD = "escalated"
"""The template that tells the customer."""


def escalate(settings: Settings, state: State, command: Escalate, now: datetime) -> tuple[Change, ...]:
    """Up to `command.given`; where nobody is above, the lead is told and nothing changes."""
    ticket = _under_way(settings, state)
    if command.given is None or command.given.team is None:
        return tuple(_nobody_above(settings, state, ticket, command))
    team = command.given.team
    level = settings.teams[team].level
    said = words.say(
        settings.desk.agent_language, "escalated_note", team=team, level=level, reason=command.reason or "—"
    )
    return (
        SetTicket(
            {
                "team": team,
                "level": level,
                "assignee": command.given.agent,
                "escalations": ticket.escalations + 1,
                "updated_at": now,
            }
        ),
        AddEvent("escalated", command.actor, _moved(settings, ticket, command.given, command.reason)),
        *accepting.handed(settings, team, now),
        *_shown(settings, state, ticket, team, said, command, now),
        *_customer_told(settings, state, ticket, command, now),
        RefreshCard(),
        *showing.done(state, command.source),
    )


def _customer_told(
    settings: Settings, state: State, ticket: Ticket, command: Escalate, now: datetime
) -> list[Change]:
    """Where the taking team wants it, and there is somebody who wrote."""
    if not command.tell or state.contact is None:
        return []
    context = {
        "contact": {"name": state.contact.name, "address": state.contact.address},
        "ticket": {
            "ref": ticket.ref,
            "subject": ticket.subject,
            "status": ticket.status,
            "priority": ticket.priority,
        },
        "desk": {"name": settings.desk.name},
        "telegram_link": command.telegram_link,
        "match": (),
    }
    text = templates.render(settings, TOLD, ticket.language, context)
    return automatic(settings, ticket.channel, text, TOLD, "system", state.conversation_id, now)


def deescalate(settings: Settings, state: State, command: Deescalate, now: datetime) -> tuple[Change, ...]:
    """Back to `command.given`, which is looked up by `levels.back_to`."""
    ticket = _under_way(settings, state)
    if command.given is None or command.given.team is None:
        raise CommandRefused(words.say(settings.desk.agent_language, "nothing_below"))
    team = command.given.team
    level = settings.teams[team].level
    language = settings.desk.agent_language
    said = words.say(language, "deescalated_note", team=team, level=level, reason=command.reason)
    here = words.say(
        language,
        "deescalated_here",
        ref=ticket.ref,
        subject=words.start_of(ticket.subject),
        team=ticket.team or "—",
        reason=command.reason,
    )
    return (
        SetTicket({"team": team, "level": level, "assignee": command.given.agent, "updated_at": now}),
        AddEvent("deescalated", command.actor, _moved(settings, ticket, command.given, command.reason)),
        *showing.notice(state, said, _mentions(settings, state, command.given, now)),
        *_line(settings, state, team, here),
        RefreshCard(),
        *showing.done(state, command.source),
    )


def _under_way(settings: Settings, state: State) -> Ticket:
    ticket = existing(state)
    if ticket.status in OVER:
        raise CommandRefused(words.say(settings.desk.agent_language, "escalate_over", status=ticket.status))
    return ticket


def _moved(settings: Settings, ticket: Ticket, given: Assignment, reason: str) -> dict[str, Any]:
    team = given.team or ""
    return {
        "from": {"team": ticket.team, "level": ticket.level, "assignee": ticket.assignee},
        "to": {"team": team, "level": settings.teams[team].level, "assignee": given.agent},
        "reason": reason,
        "because": given.because,
    }


def _nobody_above(settings: Settings, state: State, ticket: Ticket, command: Escalate) -> list[Change]:
    team = settings.teams.get(ticket.team or "")
    lead = levels.ids(settings, (team.lead,)) if team is not None else ()
    text = words.say(
        settings.desk.agent_language,
        "nothing_above",
        who=name_of(settings, command.actor),
        level=ticket.level,
        reason=command.reason or "—",
    )
    because = "nobody is above"
    return [
        AddEvent("not_escalated", command.actor, {"reason": command.reason, "because": because}),
        *showing.notice(state, text, lead),
        *showing.done(state, command.source),
    ]


def _mentions(settings: Settings, state: State, given: Assignment, now: datetime) -> tuple[str, ...]:
    """The agent who got it, else the team."""
    own = levels.ids(settings, (given.agent,))
    return own or levels.called(settings, given.team or "", now, state.absences)


def _shown(
    settings: Settings, state: State, ticket: Ticket, team: str, said: str, command: Escalate, now: datetime
) -> list[Change]:
    """What the thread, and the taking team's channel, see of it."""
    home, place = state.home, settings.place_of(team)
    if home is None:
        return []
    mentions = levels.called(settings, team, now, state.absences)
    own = place is not None and (
        settings.teams[team].handoff == "own_thread" or not placing.reaches(state, place)
    )
    if place is not None and own and showing.thread_in(state, place.channel) is None:
        return [
            *showing.post(home, said, mentions=mentions),
            *placing.guest(home, place, said, mentions),
            *showing.post(
                None,
                command.handoff,
                account=place.account,
                beside=place.channel,
                buttons=_accepts(settings, ticket),
            ),
        ]
    here = words.say(
        settings.desk.agent_language,
        "escalated_here",
        ref=ticket.ref,
        subject=words.start_of(ticket.subject),
        team=ticket.team or "—",
        reason=command.reason or "—",
    )
    return [
        *showing.post(home, said, mentions=mentions),
        *showing.post(home, command.handoff, buttons=_accepts(settings, ticket)),
        *_line(settings, state, team, here),
    ]


def _accepts(settings: Settings, ticket: Ticket) -> list[tuple[str, str, str]]:
    return [("handoff_accept", words.say(settings.desk.agent_language, "accept"), ticket.ref)]


def _line(settings: Settings, state: State, team: str, text: str) -> list[Change]:
    """One line in a team's own channel, with a link; none where the ticket's thread stands there already. Who couldn't follow the link gets a thread."""
    place, home = settings.place_of(team), state.home
    if place is None or home is None or showing.thread_in(state, place.channel) is not None:
        return []
    channel = place.channel
    if not placing.reaches(state, place):
        return placing.guest(home, place, text, ())
    return [
        Queue("alert", place.account, f"alert:{channel}", {"place": channel, "text": text}, anchor_id=home.id)
    ]
