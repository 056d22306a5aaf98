"""Acts on one gesture of an agent's: looks up the ticket it is about, decides and writes, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from deskd import (
    albums,
    asking,
    directly,
    escalation,
    handing_over,
    in_groups,
    linking,
    opening,
    overtaken,
    promising,
    revising,
    ruling,
    swapping,
    why,
)
from deskd.config import Settings
from deskd.desk import desk
from deskd.desk.answering import hold_of
from deskd.desk.commands import (
    Assign,
    Command,
    Deescalate,
    EndTask,
    Escalate,
    Further,
    Invite,
    Redraw,
    Source,
    Tell,
    Why,
)
from deskd.desk.state import State
from deskd.desk.wider import Wider
from deskd.errors import CommandRefused, TemporaryFailure
from deskd.filed import Filed
from deskd.forms.about import unpacked
from deskd.forms.opening import NEW
from deskd.gestures import Ignored, Joins, Parts, Wanted, find, interpret
from deskd.joining import join, unjoin
from deskd.model import Gesture, surface_of
from deskd.rules import RuleSet
from deskd.store import Work, apply, clues, enclosed, inbox, tickets, undecided
from deskd.store.inbox import InboxRow
from deskd.workload import in_team

BY_BUTTON = "an agent pressed Join"

SOON = timedelta(milliseconds=200)
LONGEST_WAIT = timedelta(minutes=10)
"""How long a gesture waits until it is known which ticket it is about; others in its Slack channel wait with it."""
SKEW = timedelta(minutes=2)
"""Between Slack's clock and ours."""


def act(
    work: Work,
    settings: Settings,
    people: Mapping[str, str],
    row: InboxRow,
    gesture: Gesture,
    now: datetime,
    ruleset: RuleSet | None = None,
) -> Filed:
    """One unit of work: the gesture ends as applied, or as discarded with the reason why nobody acts on it."""
    in_groups.acknowledge(work, row, gesture, now)
    gesture = overtaken.in_place(work, row, in_groups.resolved(work, gesture))
    if (revised := revising.revise(work, settings, people, row, gesture, now)) is not None:
        return revised
    if gesture.kind == "submit" and gesture.name == NEW and ruleset is not None:
        return opening.open_ticket(work, settings, people, row, gesture, now, ruleset)
    wanted = find(gesture, people, settings)
    if isinstance(wanted, Ignored):
        return _discard(work, row, wanted.reason)
    if late := overtaken.too_late(work, row, gesture):
        return _discard(work, row, late)
    looked_up = _look_up(work, wanted, settings, row.channel)
    if looked_up is None:
        _wait_for_our_own(work, wanted, row, now)
        return _discard(work, row, "about no ticket's message")
    state, role = looked_up
    gesture = in_groups.placed(gesture, state)
    began = albums.first(work, gesture)
    if began is not None and began["message_id"] is None:
        return _discard(work, row, "a further file of an album that came with a command")
    if began is not None:
        state = tickets.state(work, began["ticket_id"], began["message_id"])
    source = _source(row, gesture, state)
    command: Command | Wider | Joins | Parts | Ignored
    try:
        command = (
            interpret(gesture, row.channel, state, role, settings, people, now)
            if began is None
            else _further(work, settings, people, gesture, state, source)
        )
        command = swapping.with_file(work, gesture, state, command)
        if isinstance(command, Ignored):
            return _discard(work, row, command.reason)
        if isinstance(command, Joins | Parts):
            return _between_tickets(work, settings, row, command, now)
        command = _prepared(work, settings, ruleset, row, state, command, now)
        made = desk(settings, state, command, now)
    except CommandRefused as refusal:
        command = Tell(source, str(refusal))
        made = desk(settings, state, command, now)
    if gesture.name == "menu" and not isinstance(command, Redraw):
        made = (*made, *desk(settings, state, Redraw(), now))
    applied = apply.apply(work, state, made, now)
    albums.kept_inside(work, settings, gesture, command, now)
    albums.remember(work, gesture, applied.ticket, applied.message)
    handing_over.follow(work, settings, command, applied.ticket, now)
    slow = ruling.after(work, settings, ruleset, command, applied.ticket, now) if ruleset else ()
    inbox.end(work, row.id, "applied", ticket_id=applied.ticket or None)
    return Filed("applied", applied.ticket, slow=slow)


def _further(
    work: Work,
    settings: Settings,
    people: Mapping[str, str],
    gesture: Gesture,
    state: State,
    source: Source,
) -> Further:
    """One more file of an album whose first is a message already."""
    written = replace(source, ts=gesture.ts)
    beside = enclosed.going(work, state.message.id) if state.message else ()
    actor, hold = f"agent:{people[gesture.user]}", hold_of(settings, written)
    return Further(actor, written, gesture.files, hold, beside)


def _prepared(
    work: Work,
    settings: Settings,
    ruleset: RuleSet | None,
    row: InboxRow,
    state: State,
    command: Command | Wider,
    now: datetime,
) -> Command:
    """With what the desk must know for it beside the ticket. Raises `CommandRefused`."""
    if isinstance(command, Wider):
        command = asking.prepared(work, settings, state, command, now)
    if isinstance(command, Assign) and command.assignment.agent is None:
        command = _choose_agent(work, settings, state, command, now)
    if isinstance(command, Escalate | Deescalate):
        command = escalation.prepared(work, settings, state, command, row.received_at)
    if isinstance(command, EndTask | Invite):
        command = promising.prepared(work, settings, state, command)
    if isinstance(command, Why):
        command = _why(work, settings, state, command, ruleset)
    return command


def _source(row: InboxRow, gesture: Gesture, state: State) -> Source:
    """Where whoever did it is answered: where they did it, or where the form was asked for."""
    if gesture.kind == "submit":
        about = unpacked(gesture.about)
        return Source(row.channel, about.channel, "", gesture.user, about.thread)
    return Source(row.channel, gesture.channel, "", gesture.user, gesture.thread_ts or _thread(state))


def _why(work: Work, settings: Settings, state: State, command: Why, ruleset: RuleSet | None) -> Tell:
    """The answer, for the agent who asked alone."""
    ref = state.ticket.ref if state.ticket else ""
    told = why.said(work, settings, ref, command.rule, ruleset) if ruleset else ""
    return Tell(command.source, told)


def _between_tickets(
    work: Work, settings: Settings, row: InboxRow, command: Joins | Parts, now: datetime
) -> Filed:
    """Tickets become one or part again; contacts part."""
    ticket_id = tickets.by_ref(work, command.ref) or 0
    if isinstance(command, Parts):
        ticket_id = linking.part(work, settings, ticket_id, command.actor, now)
    elif command.into is None:
        ticket_id = unjoin(work, settings, ticket_id, command.actor, now)[0].id
    else:
        ticket_id = join(work, settings, ticket_id, command.into, command.actor, now, BY_BUTTON)[0].id
    inbox.end(work, row.id, "applied", ticket_id=ticket_id)
    return Filed("applied", ticket_id)


def _choose_agent(work: Work, settings: Settings, state: State, command: Assign, now: datetime) -> Assign:
    """Given to a team, a ticket gets its agent by that team's own way."""
    team = command.assignment.team
    if team is None or state.ticket is None:
        return command
    given = in_team(work, settings, team, command.assignment.because, state.ticket, now)
    return replace(command, assignment=given)


def _look_up(work: Work, wanted: Wanted, settings: Settings, account: str) -> tuple[State, str | None] | None:
    """The ticket's state, with the message in question, and what that message, where agents read, is to the ticket."""
    ticket_id: int | None = None
    message_id = wanted.message
    role: str | None = None
    if wanted.post is not None:
        post = tickets.post(work, *wanted.post)
        if post is not None:
            ticket_id, message_id, role = post["ticket_id"], post["message_id"], post["role"]
    if ticket_id is None and wanted.thread is not None:
        ticket_id = tickets.by_thread(work, *wanted.thread)
        if ticket_id is None and (chat := directly.chat_of(settings, account, wanted.thread)) is not None:
            ticket_id = clues.of_chat(work, *chat)
        if ticket_id is None:
            ticket_id = in_groups.of_new_topic(work, account, *wanted.thread)
    elif wanted.ref is not None:
        ticket_id = tickets.by_ref(work, wanted.ref)
    elif wanted.message is not None:
        ticket_id = tickets.of_message(work, wanted.message)
    if ticket_id is None:
        return None
    return tickets.state(work, ticket_id, message_id), role


def _wait_for_our_own(work: Work, wanted: Wanted, row: InboxRow, now: datetime) -> None:
    """Someone may answer to a card before the receipt for it is kept, or while its outcome is unknown.

    Raises `TemporaryFailure` while the message in question may be one of ours whose ts isn't known yet.
    """
    about = wanted.thread or wanted.post
    if about is None or now - row.received_at > LONGEST_WAIT:
        return
    if surface_of(about[0]) == "telegram":
        unsure = in_groups.may_be_ours(work, row, wanted, about[0], now)
    else:
        since = undecided.since(work, row.channel, about[0])
        unsure = since is not None and _posted_at(about[1]) >= since - SKEW
    if unsure:
        raise TemporaryFailure("it may be about a post of ours that has not been confirmed yet", SOON)


def _posted_at(ts: str) -> datetime:
    """When a Slack message was posted: its ts is seconds since 1970, made unique. What is no ts is of no time."""
    try:
        return datetime.fromtimestamp(float(ts), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.min.replace(tzinfo=UTC)


def _discard(work: Work, row: InboxRow, reason: str) -> Filed:
    inbox.end(work, row.id, "discarded", reason=reason)
    return Filed("discarded", None, reason)


def _thread(state: State) -> str:
    return (state.home.thread or "") if state.home else ""
