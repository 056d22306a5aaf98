"""Files one understood message: looks up, decides and writes in one transaction (ARCHITECTURE.md, The store).

The stages in the order a message meets them: threads, rules, assignment, desk. Each is pure; this module only carries what one says to the next, inside a
unit of work.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from deskd import assignment, bouncing, handing_over, inviting, manners, rules, ruling, threads
from deskd.agents_mail import spoken
from deskd.clock.calendars import open_now
from deskd.compose.ids import token_hash
from deskd.config import Settings
from deskd.desk import desk
from deskd.desk.commands import Dropped, Receive, ReceiveUnreadable, Replaced
from deskd.desk.state import HeldAnswer, State
from deskd.filed import Filed, Understood
from deskd.joining import join
from deskd.model import Address, Assignment, Contact, Joining, Message, Ticket
from deskd.rules.record import recorded
from deskd.shadow import differences
from deskd.store import Work, answers, apply, clues, contacts, inbox, joined, keys, outbox, tickets
from deskd.store.inbox import InboxRow
from deskd.workload import loads, took_turn

MAX_CC = 100
MAX_PROPOSED = 5
"""People in one mail's CC who are looked at, and who are proposed."""


def file(
    work: Work,
    settings: Settings,
    ruleset: rules.RuleSet,
    row: InboxRow,
    found: Understood,
    now: datetime,
    candidate: rules.RuleSet | None = None,
) -> Filed:
    """One unit of work: the message ends as filed, duplicate or discarded."""
    found = manners.as_written(settings, found, row.envelope)
    message = found.message
    clues.lock(work, message, found.foreign)
    chat = (row.channel, found.thread_key) if found.thread_key else None
    known = clues.find(work, message, found.tokens, settings.desk.prefix, chat, found.foreign, now=now)
    sender = message.sender.key
    agent = settings.agent_by_email(message.sender.address)
    joining = found.joining or threads.decide(message, sender, found.auth, known, agent)
    if joining.duplicate_of is not None:
        inbox.end(
            work,
            row.id,
            "duplicate",
            reason=joining.because,
            message_id=joining.duplicate_of,
            ticket_id=joining.ticket,
        )
        return Filed("duplicate", joining.ticket)
    if why := manners.turned_away(work, settings, message, known):
        inbox.end(work, row.id, "discarded", reason=f"guard:{why}")
        return Filed("discarded", None, f"guard:{why}")
    if message.kind == "bounce" and (ended := bouncing.file(work, settings, row, found, now)) is not None:
        return ended
    if known.by_token is not None and joining.ticket is None and known.token_of != sender:
        _replace_tokens(work, found.tokens, now)
    for other in joining.absorb:
        _absorb(work, settings, message, other, joining, now)
    state = tickets.state(work, joining.ticket) if joining.ticket is not None else State(None, None)
    at = row.received_at if row.live else min(message.date or row.received_at, row.received_at)
    contact = contacts.find_or_add(work, message.sender.address or "unknown", message.sender.name, at)
    if message.kind == "message" and found.auth.result != "fail":
        contacts.reached(work, contact)
    facts = _facts(settings, row, message, state.ticket, contact, at, found.tags)
    acts = joining.agent is not None  # an agent's own words are no message that rules are about
    verdict = _no_verdict(ruleset, facts) if acts else rules.evaluate(ruleset, facts, time.perf_counter)
    otherwise = () if acts else differences(candidate, facts, verdict)
    if verdict.discarded_by is not None:
        told = json.dumps(recorded(facts, ruleset.hash), ensure_ascii=False)
        inbox.end(work, row.id, "discarded", reason=f"rule:{verdict.discarded_by}", facts=told)
        return Filed("discarded", None, f"rule:{verdict.discarded_by}", otherwise, verdict.slow)
    if state.ticket is None:
        state = replace(state, next_ref=f"{settings.desk.prefix}-{tickets.next_number(work)}")
    verdict = rules.with_ref(verdict, state.ticket.ref if state.ticket is not None else state.next_ref)
    to = state.ticket.channel if state.ticket is not None else row.channel
    said, inside = (
        spoken(settings, message, to, joining.agent or "") if acts and not joining.warn else (None, "")
    )
    language = language_of(settings, verdict, state.ticket, contact, message)
    command = Receive(
        message=message,
        inbox_id=row.id,
        channel=row.channel,
        joining=joining,
        verdict=verdict,
        assignment=_assign(
            work,
            settings,
            row.channel,
            state.ticket,
            replace(verdict, actions=(*verdict.actions, *found.acts)),
            contact,
            language,
            now,
        ),
        auth=found.auth,
        received_at=at,
        language=language,
        live=row.live,
        answered=_answered(work, settings, verdict, contact, now),
        spent=manners.spent(work, settings, contact.id, verdict, now),
        thread_key=found.thread_key,
        foreign=found.foreign,
        copied=_copied(work, settings, found, joining, contact),
        reply=said,
        inside=inside,
        linked_ref=_ref_of(known, joining.link),
        asked=None if acts else recorded(facts, ruleset.hash),
        idle_at=_idle_at(ruleset, row, state.ticket, message, acts, now),
        chat=found.chat,
        held=_held(work, state, row, message, acts),
        telegram_link=(
            inviting.to_writer(work, settings, message, found.auth, contact.id, state.ticket)
            if manners.wanted(verdict)
            else ""
        ),
    )
    applied = apply.apply(work, state, desk(settings, state, command, now), now, contact.id)
    _remember_answers(work, command, contact, now)
    handing_over.follow(work, settings, command, applied.ticket, now)
    if state.ticket is not None and row.live:
        ruling.go_up(work, settings, ruleset, verdict, applied.ticket, now)
    if said is not None and row.live:
        words = ruling.spoken(settings, f"agent:{joining.agent}", said)
        ruling.run(work, settings, ruleset, "reply", applied.ticket, now, words)
    return Filed("filed", applied.ticket, shadow=otherwise, slow=verdict.slow)


def quarantine(work: Work, settings: Settings, row: InboxRow, reason: str, now: datetime) -> Filed:
    """The message can't be read: a placeholder ticket shows that to a person; the raw form stays in the inbox."""
    if row.ticket_id is not None:  # the placeholder of an earlier try stands already
        inbox.end(work, row.id, "quarantined", reason=reason)
        return Filed("quarantined", row.ticket_id, reason)
    sender = row.envelope.mail_from or ""
    contact = contacts.find_or_add(work, sender or "unknown", "", row.received_at)
    state = State(None, None, next_ref=f"{settings.desk.prefix}-{tickets.next_number(work)}")
    command = ReceiveUnreadable(
        inbox_id=row.id,
        channel=row.channel,
        reason=reason,
        sender=sender,
        received_at=row.received_at,
        team=settings.default_team(row.channel),
        language=settings.desk.languages[0],
        live=row.live,
    )
    applied = apply.apply(work, state, desk(settings, state, command, now), now, contact.id)
    return Filed("quarantined", applied.ticket, reason)


def replace_placeholder(
    work: Work, settings: Settings, placeholder: int, filed: Filed, now: datetime
) -> None:
    """A message that was quarantined has come to another end: the ticket that stood for it leads to where it went, or is closed."""
    state = tickets.state(work, placeholder)
    if state.ticket is None or state.ticket.id != placeholder or not state.ticket.quarantined:
        return
    found = tickets.load(work, filed.ticket) if filed.ticket else None
    command = (
        Replaced("system", found.id, found.ref)
        if found is not None
        else Dropped("system", filed.reason or "its message was read on another try, and makes no ticket")
    )
    apply.apply(work, state, desk(settings, state, command, now), now)


def _absorb(
    work: Work, settings: Settings, message: Message, other: int, joining: Joining, now: datetime
) -> None:
    """A ticket that answers to this message opened before it came goes into the one that the message shows it to be part of."""
    if joining.ticket is None:
        return
    because = "a mail came that both are about: an answer to it had come before it"
    taken, _ = join(work, settings, other, joining.ticket, "system", now, because)
    moved = joined.undo_of(work, taken.id) or {}
    joined.no_longer_awaited(
        work, threads.reference_key(message.message_id or ""), moved.get("conversations", ())
    )


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


def _no_verdict(ruleset: rules.RuleSet, facts: rules.Facts) -> rules.Verdict:
    return rules.Verdict((), (), facts.ticket, None, ruleset.hash, facts.language)


def _facts(
    settings: Settings,
    row: InboxRow,
    message: Message,
    ticket: Ticket | None,
    contact: Contact,
    now: datetime,
    tags: tuple[str, ...] = (),
) -> rules.Facts:
    return rules.Facts(
        event="message",
        channel=row.channel,
        message=message,
        new=ticket is None,
        ticket=rules.TicketFacts.of(ticket, now)
        if ticket
        else rules.TicketFacts(team=settings.default_team(row.channel), tags=tags),
        contact=rules.ContactFacts(
            address=contact.address,
            domain=contact.address.rpartition("@")[2],
            name=contact.name,
            language=contact.language,
            tags=contact.tags,
            tickets=contact.tickets,
        ),
        hours=open_now(settings, now),
        language=contact.language or message.language or settings.desk.languages[0],
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


def _remember_answers(work: Work, command: Receive, contact: Contact, now: datetime) -> None:
    if not command.live or command.message.kind != "message" or command.auth.result == "fail":
        return
    sent = [name for name in manners.wanted(command.verdict) if name not in command.answered]
    for name in sent if not command.spent else ():
        answers.remember(work, contact.id, name, now)
    manners.remember(work, contact.id, 0 if command.spent else len(sent), command.spent, now)


def _replace_tokens(work: Work, tokens: Sequence[str], now: datetime) -> None:
    for token in tokens:
        keys.replace_token(work, token_hash(token), now)
