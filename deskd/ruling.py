"""Asks the rules about an open ticket, at the events that are no message from outside, and has the desk do what they say, in one transaction.

| event | when |
| --- | --- |
| `reply` | an agent has written to the customer |
| `update` | an agent has changed the ticket: status, assignment, priority, tags |
| `idle` | nobody has done anything for as long as a rule waits; each rule once in a time of idleness |
| `escalated` | the ticket went up a level |
| `breach` | a deadline of its SLA was missed |

`run` is what calls for an event come down to; whoever makes another (`escalated`, `breach`) calls it after the change, in the same unit of work. What the rules
then do is the desk's `Ruled`, which nothing calls `run` for: a rule sets off no other rules, but for those of `escalated` where a rule takes a ticket up.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime
from typing import Final

from deskd import assignment, escalation, inviting, manners, rules
from deskd.clock.calendars import open_now
from deskd.config import Settings
from deskd.desk import commands, desk
from deskd.desk.commands import Command, Ruled
from deskd.desk.state import State
from deskd.model import Address, Assignment, Message, Ticket
from deskd.store import Work, apply, idling, tickets
from deskd.workload import loads, took_turn

UPDATES: Final = (
    commands.Claim,
    commands.Assign,
    commands.Release,
    commands.SetStatus,
    commands.SetPriority,
    commands.Tag,
    commands.Deescalate,
)
"""What an agent does to a ticket's fields."""
REPLIES: Final = (commands.Reply, commands.SendNote)
OVER: Final = ("closed", "spam")

Slow = tuple[tuple[str, float], ...]
"""Rules that took long, by name, and for how many seconds."""


def after(
    work: Work, settings: Settings, ruleset: rules.RuleSet, command: Command, ticket_id: int, now: datetime
) -> Slow:
    """An agent's command has been done: the event it makes, if it makes one, and the clock of idleness from now."""
    event = _event(command)
    text = command.text if isinstance(command, commands.Reply) else ""
    actor = getattr(command, "actor", "")
    if event is not None and event in ruleset.events:
        return run(work, settings, ruleset, event, ticket_id, now, spoken(settings, actor, text))
    if event is not None and "idle" in ruleset.events:
        state = tickets.state(work, ticket_id)
        nothing = rules.Verdict((), (), rules.TicketFacts(), None, ruleset.hash)
        _apply(work, settings, ruleset, state, Ruled(event, nothing, None, None), now)
    return ()


def _event(command: Command) -> rules.Event | None:
    if isinstance(command, commands.Escalate):
        return "escalated" if command.given is not None else None
    return "update" if isinstance(command, UPDATES) else "reply" if isinstance(command, REPLIES) else None


def go_up(
    work: Work,
    settings: Settings,
    ruleset: rules.RuleSet,
    verdict: rules.Verdict,
    ticket_id: int,
    now: datetime,
    event: rules.Event = "message",
) -> None:
    """The rules' `escalate` on an open ticket: the last word counts. What rules of `escalated` escalate sets off no more of them."""
    act = next((act for act in reversed(verdict.actions) if isinstance(act.value, rules.Escalate)), None)
    if act is None or not isinstance(act.value, rules.Escalate):
        return
    command = commands.Escalate(f"rule:{act.rule}", act.value.reason, act.value.to)
    if escalation.escalate(work, settings, ticket_id, command, now) and event != "escalated":
        run(work, settings, ruleset, "escalated", ticket_id, now)


def run(
    work: Work,
    settings: Settings,
    ruleset: rules.RuleSet,
    event: rules.Event,
    ticket_id: int,
    now: datetime,
    message: Message | None = None,
) -> Slow:
    """Ask the rules of `event` about a ticket as it stands, and do what they say. `message`: what was written, where the event is a reply."""
    state = tickets.state(work, ticket_id)
    if event not in ruleset.events or state.ticket is None:
        return ()
    verdict = rules.evaluate(
        ruleset, facts(settings, state, state.ticket, event, now, message=message), time.perf_counter
    )
    verdict = rules.with_ref(verdict, state.ticket.ref)
    _ruled(work, settings, ruleset, state, event, verdict, now)
    go_up(work, settings, ruleset, verdict, state.ticket.id, now, event)
    return verdict.slow


def idle(work: Work, settings: Settings, ruleset: rules.RuleSet, ticket_id: int, now: datetime) -> Slow:
    """The moment has come for which a rule of the event `idle` waits, if nothing has happened meanwhile."""
    state = tickets.state(work, ticket_id, follow=False)
    ticket = state.ticket
    since = _idle_since(work, ticket) if ticket else now
    if (
        ticket is None
        or ticket.merged_into is not None
        or ticket.status in OVER
        or "idle" not in ruleset.events
    ):
        nothing = rules.Verdict((), (), rules.TicketFacts(), None, ruleset.hash)
        apply.apply(work, state, desk(settings, state, Ruled("idle", nothing, None, None), now), now)
        return ()
    done = idling.fired_since(work, ticket.id, since)
    asked = replace(facts(settings, state, ticket, "idle", now, idle_since=since), done=done)
    verdict = rules.with_ref(rules.evaluate(ruleset, asked, time.perf_counter), ticket.ref)
    _ruled(work, settings, ruleset, state, "idle", verdict, now)
    go_up(work, settings, ruleset, verdict, ticket.id, now, "idle")
    return verdict.slow


def idle_at(ruleset: rules.RuleSet, ticket: Ticket | None, now: datetime) -> datetime | None:
    """When a ticket to which something has just happened is to be looked at."""
    return ruleset.idle.first_after(now, ticket.created_at if ticket else now, now)


def facts(
    settings: Settings,
    state: State,
    ticket: Ticket,
    event: rules.Event,
    now: datetime,
    *,
    message: Message | None = None,
    idle_since: datetime | None = None,
) -> rules.Facts:
    """What the rules are told of an open ticket."""
    seen = rules.TicketFacts.of(ticket, now)
    return rules.Facts(
        event=event,
        channel=ticket.channel,
        message=message,
        ticket=seen if idle_since is None else replace(seen, idle=now - idle_since),
        contact=rules.ContactFacts.of(state.contact) if state.contact else rules.ContactFacts(),
        hours=open_now(settings, now),
        language=ticket.language,
    )


def spoken(settings: Settings, actor: str, text: str) -> Message | None:
    """An agent's words as rules of the event `reply` see them."""
    if not text:
        return None
    agent = settings.agents.get(actor.removeprefix("agent:"))
    sender = Address(agent.name if agent else "", (agent.email if agent else None) or "")
    return Message(sender, text=text, body=text)


def _ruled(
    work: Work,
    settings: Settings,
    ruleset: rules.RuleSet,
    state: State,
    event: rules.Event,
    verdict: rules.Verdict,
    now: datetime,
) -> None:
    given = _assignment(work, settings, state, verdict, now)
    _apply(work, settings, ruleset, state, Ruled(event, verdict, given, None), now)


def _apply(
    work: Work,
    settings: Settings,
    ruleset: rules.RuleSet,
    state: State,
    command: Ruled,
    now: datetime,
) -> None:
    """With the next moment to look at the ticket, and whether anybody is there to be answered."""
    ticket = state.ticket
    if ticket is None:
        return
    since = now if command.event in ("reply", "update") else _idle_since(work, ticket)
    done = (
        idling.fired_since(work, ticket.id, since) | {rule.name for rule in command.verdict.fired}
        if command.event == "idle"
        else frozenset()
    )
    command = replace(
        command,
        idle_at=ruleset.idle.next_look(since, ticket.created_at, now, done)
        if ticket.status not in OVER
        else None,
        answerable=not command.verdict.fired or idling.wrote_at(work, ticket.id) is not None,
        spent=manners.spent(work, settings, ticket.contact_id, command.verdict, now),
        telegram_link=inviting.to_contact(work, settings, ticket) if manners.wanted(command.verdict) else "",
    )
    apply.apply(work, state, desk(settings, state, command, now), now)
    sent = len(manners.wanted(command.verdict)) if command.answerable and not command.spent else 0
    manners.remember(work, ticket.contact_id, sent, command.spent, now)


def _idle_since(work: Work, ticket: Ticket) -> datetime:
    """When anyone last did anything: a person from outside, or an agent. Programs, clocks and rules don't count."""
    moments = (ticket.created_at, idling.wrote_at(work, ticket.id), idling.acted_at(work, ticket.id))
    return max(moment for moment in moments if moment is not None)


def _assignment(
    work: Work, settings: Settings, state: State, verdict: rules.Verdict, now: datetime
) -> Assignment | None:
    ticket = state.ticket
    if ticket is None:
        return None
    given = assignment.assign_again(
        settings,
        ticket,
        verdict.actions,
        lambda team: loads(work, settings, team, ticket.contact_id, now, ticket=ticket),
    )
    took_turn(work, settings, given)
    return given
