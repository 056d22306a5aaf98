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

from deskd import bouncing, handing_over, manners, rules, ruling, threads
from deskd.case import Case, receive
from deskd.clock.calendars import open_now
from deskd.compose.ids import token_hash
from deskd.config import Settings
from deskd.desk import desk
from deskd.desk.commands import Dropped, Receive, ReceiveUnreadable, Replaced
from deskd.desk.state import State
from deskd.filed import Filed, Understood
from deskd.joining import join
from deskd.model import Contact, Joining, Message, Ticket
from deskd.rules.record import recorded
from deskd.shadow import differences
from deskd.store import Work, answers, apply, clues, contacts, inbox, joined, keys, tickets
from deskd.store.inbox import InboxRow


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
    if (ended := _ended(work, settings, row, found, known, joining, now)) is not None:
        return ended
    if known.by_token is not None and joining.ticket is None and known.token_of != sender:
        _replace_tokens(work, found.tokens, now)
    for other in joining.absorb:
        _absorb(work, settings, message, other, joining, now)
    case = _judged(work, settings, ruleset, row, found, known, joining, now)
    verdict = case.verdict
    otherwise = () if case.acts else differences(candidate, case.facts, verdict)
    if verdict.discarded_by is not None:
        told = json.dumps(recorded(case.facts, ruleset.hash), ensure_ascii=False)
        inbox.end(work, row.id, "discarded", reason=f"rule:{verdict.discarded_by}", facts=told)
        return Filed("discarded", None, f"rule:{verdict.discarded_by}", otherwise, verdict.slow)
    ticket = _received(work, settings, ruleset, _named(work, settings, case), now)
    return Filed("filed", ticket, shadow=otherwise, slow=verdict.slow)


def _ended(
    work: Work,
    settings: Settings,
    row: InboxRow,
    found: Understood,
    known: threads.Clues,
    joining: Joining,
    now: datetime,
) -> Filed | None:
    """The end of a message that is no news for any ticket: it came before, nobody is to answer it, or it is a mail server's report."""
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
    if why := manners.turned_away(work, settings, found.message, known):
        inbox.end(work, row.id, "discarded", reason=f"guard:{why}")
        return Filed("discarded", None, f"guard:{why}")
    return bouncing.file(work, settings, row, found, now) if found.message.kind == "bounce" else None


def _judged(
    work: Work,
    settings: Settings,
    ruleset: rules.RuleSet,
    row: InboxRow,
    found: Understood,
    known: threads.Clues,
    joining: Joining,
    now: datetime,
) -> Case:
    """With the ticket as it stands, its sender, and what the rules say."""
    message = found.message
    state = tickets.state(work, joining.ticket) if joining.ticket is not None else State(None, None)
    at = row.received_at if row.live else min(message.date or row.received_at, row.received_at)
    contact = contacts.find_or_add(work, message.sender.address or "unknown", message.sender.name, at)
    if message.kind == "message" and found.auth.result != "fail":
        contacts.reached(work, contact)
    facts = _facts(settings, row, message, state.ticket, contact, at, found.tags)
    verdict = (
        _no_verdict(ruleset, facts)
        if joining.agent is not None
        else rules.evaluate(ruleset, facts, time.perf_counter)
    )
    return Case(row, found, known, joining, state, contact, at, facts, verdict)


def _named(work: Work, settings: Settings, case: Case) -> Case:
    """With the reference that its ticket has, or will have: texts of the rules may name it."""
    state = case.state
    if state.ticket is None:
        state = replace(state, next_ref=f"{settings.desk.prefix}-{tickets.next_number(work)}")
    ref = state.ticket.ref if state.ticket is not None else state.next_ref
    return replace(case, state=state, verdict=rules.with_ref(case.verdict, ref))


def _received(
    work: Work, settings: Settings, ruleset: rules.RuleSet, case: Case, now: datetime
) -> int | None:
    """The desk takes it, and what follows from that is done; the ticket it is in."""
    live, had = case.row.live, case.state.ticket is not None
    command = receive(work, settings, ruleset, case, now)
    applied = apply.apply(work, case.state, desk(settings, case.state, command, now), now, case.contact.id)
    _remember_answers(work, command, case.contact, now)
    handing_over.follow(work, settings, command, applied.ticket, now)
    if had and live:
        ruling.go_up(work, settings, ruleset, case.verdict, applied.ticket, now)
    if command.reply is not None and live:
        words = ruling.spoken(settings, f"agent:{case.joining.agent}", command.reply)
        ruling.run(work, settings, ruleset, "reply", applied.ticket, now, words)
    return applied.ticket


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
