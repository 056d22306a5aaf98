"""What the desk is told of a message that came: who gets it, in which language, what may be answered, whom it proposes. Looked up in the unit of work that files it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from deskd import assignment, inviting, manners, rules, ruling, threads
from deskd.agents_mail import spoken
from deskd.config import Settings
from deskd.desk.commands import Receive
from deskd.desk.state import HeldAnswer, State
from deskd.filed import Understood
from deskd.model import Address, Assignment, Contact, Joining, Message, Ticket
from deskd.rules.record import recorded
from deskd.store import Work, answers, contacts, joined, outbox, tickets
from deskd.store.inbox import InboxRow
from deskd.workload import loads, took_turn

MAX_CC = 100
MAX_PROPOSED = 5
"""People in one mail's CC who are looked at, and who are proposed."""


@dataclass(frozen=True, slots=True)
class Case:
    """A message with all that was found out about it, on its way to the desk."""

    row: InboxRow
    found: Understood
    known: threads.Clues
    joining: Joining
    state: State
    contact: Contact
    at: datetime  # when it came; for history, when it was written
    facts: rules.Facts
    verdict: rules.Verdict

    @property
    def acts(self) -> bool:
        """An agent wrote it, and it acts as theirs: it is no message that rules are about."""
        return self.joining.agent is not None


def receive(work: Work, settings: Settings, ruleset: rules.RuleSet, case: Case, now: datetime) -> Receive:
    """The command for the desk."""
    row, found, joining, verdict = case.row, case.found, case.joining, case.verdict
    message, ticket, contact, acts = found.message, case.state.ticket, case.contact, case.acts
    to = ticket.channel if ticket is not None else row.channel
    said, inside = (
        spoken(settings, message, to, joining.agent or "") if acts and not joining.warn else (None, "")
    )
    language = language_of(settings, verdict, ticket, contact, message)
    asked_for = replace(verdict, actions=(*verdict.actions, *found.acts))
    return Receive(
        message=message,
        inbox_id=row.id,
        channel=row.channel,
        joining=joining,
        verdict=verdict,
        assignment=_assign(work, settings, row.channel, ticket, asked_for, contact, language, now),
        auth=found.auth,
        received_at=case.at,
        language=language,
        live=row.live,
        answered=_answered(work, settings, verdict, contact, now),
        spent=manners.spent(work, settings, contact.id, verdict, now),
        thread_key=found.thread_key,
        foreign=found.foreign,
        copied=_copied(work, settings, found, joining, contact),
        reply=said,
        inside=inside,
        linked_ref=_ref_of(case.known, joining.link),
        asked=None if acts else recorded(case.facts, ruleset.hash),
        idle_at=_idle_at(ruleset, row, ticket, message, acts, now),
        chat=found.chat,
        held=_held(work, case.state, row, message, acts),
        telegram_link=(
            inviting.to_writer(work, settings, message, found.auth, contact.id, ticket)
            if manners.wanted(verdict)
            else ""
        ),
    )


def language_of(
    settings: Settings, verdict: rules.Verdict, ticket: Ticket | None, contact: Contact, message: Message
) -> str:
    """Set by a rule, else the ticket's, else the contact's own, else detected among the desk's languages, else the desk's first."""
    spoken = settings.desk.languages
    set_by_rule = next(
        (act.value.language for act in verdict.actions if isinstance(act.value, rules.SetLanguage)), None
    )
    detected = message.language if message.language in spoken else None
    return set_by_rule or (ticket.language if ticket else None) or contact.language or detected or spoken[0]


def _assign(
    work: Work,
    settings: Settings,
    channel: str,
    ticket: Ticket | None,
    verdict: rules.Verdict,
    contact: Contact,
    language: str,
    now: datetime,
) -> Assignment | None:
    def asked(team: str) -> assignment.Loads:
        return loads(work, settings, team, contact.id, now, language, ticket)

    if ticket is None:
        given: Assignment | None = assignment.assign_new(settings, channel, verdict.actions, asked)
    else:
        given = assignment.assign_again(settings, ticket, verdict.actions, asked)
    took_turn(work, settings, given)
    return given


def _copied(
    work: Work, settings: Settings, found: Understood, joining: Joining, contact: Contact
) -> tuple[Address, ...]:
    """Whom a person's mail has in CC and the ticket doesn't know yet: neither the desk's own, nor agents, nor its people."""
    message = found.message
    if (
        not message.cc
        or message.kind != "message"
        or found.auth.result == "fail"
        or joining.agent is not None
    ):
        return ()
    people = {message.sender.key, *contacts.addresses(work, contact.id)}
    if joining.ticket is not None:
        holder = tickets.load(work, joining.ticket)
        people |= set(joined.participants_of(work, joining.ticket))
        people |= set(contacts.addresses(work, holder.contact_id)) if holder else set()
    new = {
        each.key: each
        for each in message.cc[:MAX_CC]
        if each.key not in people
        and settings.mail_channel_for(each.address) is None
        and settings.agent_by_email(each.address) is None
    }
    return tuple(new.values())[:MAX_PROPOSED]


def _held(work: Work, state: State, row: InboxRow, message: Message, acts: bool) -> tuple[HeldAnswer, ...]:
    """The answers that a person's new words may change."""
    if state.ticket is None or not row.live or acts or message.kind != "message":
        return ()
    return outbox.held_answers(work, state.ticket.id)


def _ref_of(known: threads.Clues, ticket_id: int | None) -> str:
    found = known.tickets.get(ticket_id) if ticket_id is not None else None
    return found.ref if found else ""


def _idle_at(
    ruleset: rules.RuleSet, row: InboxRow, ticket: Ticket | None, message: Message, acts: bool, now: datetime
) -> datetime | None:
    """A person's words begin the time of idleness anew; a program's don't, and history has no clock."""
    if not row.live or (ticket is not None and message.kind != "message" and not acts):
        return None
    return ruling.idle_at(ruleset, ticket, now)


def _answered(
    work: Work, settings: Settings, verdict: rules.Verdict, contact: Contact, now: datetime
) -> frozenset[str]:
    since = now - settings.desk.answer_again
    return frozenset(
        name for name in manners.wanted(verdict) if answers.sent_since(work, contact.id, name, since)
    )
