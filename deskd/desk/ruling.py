"""The rules' word on an open ticket: what an event other than a message makes of it. Command in, changes out.

Rules act on the ticket and set off nothing else: no event is made of what they do here, so that no set of rules can run in a circle.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from deskd import rules, states
from deskd.config import Settings
from deskd.desk.changes import AddTags, Change, RefreshCard, RemoveTags, SetDeadline, SetTicket
from deskd.desk.commands import Ruled
from deskd.desk.handling import existing, move
from deskd.desk.judged import Judged, acts, assigned, classified, difference, rule_events
from deskd.desk.state import State
from deskd.model import Address, Ticket


def ruled(settings: Settings, state: State, command: Ruled, now: datetime) -> tuple[Change, ...]:
    """What fired is done: fields, tags, status, assignment, words."""
    ticket = existing(state)
    look = SetDeadline("idle", command.idle_at)
    verdict = command.verdict
    if not verdict.fired:
        return (look,)
    added, removed = difference(ticket.tags, verdict.ticket.tags)
    return (
        *rule_events(verdict, command.event),
        *_fields(settings, ticket, command, now),
        *([AddTags(added)] if added else []),
        *([RemoveTags(removed)] if removed else []),
        *acts(settings, state, _judged(state, ticket, command), now),
        *_status(settings, ticket, verdict, now),
        look,
        RefreshCard(),
    )


def _fields(settings: Settings, ticket: Ticket, command: Ruled, now: datetime) -> list[Change]:
    values: dict[str, Any] = {"updated_at": now, **classified(command.verdict)}
    language = next(
        (
            act.value.language
            for act in reversed(command.verdict.actions)
            if isinstance(act.value, rules.SetLanguage)
        ),
        None,
    )
    if language is not None:
        values["language"] = language
    given = command.assignment
    if given is not None:
        team = given.team or ticket.team
        level = settings.teams[team].level if team else ticket.level
        values |= {"team": team, "assignee": given.agent, "level": level}
    return [SetTicket(values), *assigned(given)]


def _status(settings: Settings, ticket: Ticket, verdict: rules.Verdict, now: datetime) -> list[Change]:
    """A status that can't follow the ticket's own is left: a rule is no way around the table of moves."""
    status = verdict.ticket.status
    if status == ticket.status or status not in states.TICKET[ticket.status]:
        return []
    by = next(
        act.rule for act in reversed(verdict.actions) if isinstance(act.value, rules.SetStatus | rules.Spam)
    )
    return move(settings, ticket, status, f"rule:{by}", now)


def _judged(state: State, ticket: Ticket, command: Ruled) -> Judged:
    contact = state.contact
    return Judged(
        verdict=command.verdict,
        assignment=command.assignment,
        ref=ticket.ref,
        subject=ticket.subject,
        channel=ticket.channel,
        language=command.verdict.language or ticket.language,
        contact=Address(contact.name, contact.address) if contact else Address("", ""),
        shown=state.home is not None,
        automatic=not command.answerable,
        spent=command.spent,
        telegram_link=command.telegram_link,
    )
