"""An agent opens a ticket, from `/desk new`, the home tab or a message's menu: what they filled in is filed like any customer's message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from deskd import asking, filing, words
from deskd.config import Settings
from deskd.desk import desk
from deskd.desk.commands import Claim, Command, Logged, Source, Tell
from deskd.desk.wider import LinkTo
from deskd.errors import CommandRefused
from deskd.filed import Filed, Understood
from deskd.forms import opening
from deskd.forms.about import About, WrongField, filled, unpacked
from deskd.model import AuthVerdict, Gesture
from deskd.rules import Act, Assign, RuleSet
from deskd.store import Work, apply, inbox, tickets
from deskd.store.inbox import InboxRow


def open_ticket(
    work: Work,
    settings: Settings,
    people: Mapping[str, str],
    row: InboxRow,
    gesture: Gesture,
    now: datetime,
    ruleset: RuleSet,
) -> Filed:
    """In the unit of work of the form that was sent in. Rules are asked as for any message; what the agent chose counts after them."""
    agent = people.get(gesture.user, "")
    if agent not in settings.agents:
        return _discarded(work, row, "not of the roster: nothing is done")
    try:
        wanted = opening.read(settings, filled(gesture.text), gesture.event_ts, row.received_at)
    except WrongField as wrong:
        return _discarded(work, row, f"the form can't be taken: {wrong.key} in {wrong.field}")
    chosen = Assign(wanted.team, agent if wanted.mine else None)
    acts = (Act(f"agent:{agent}", "assign", chosen),) if wanted.team or wanted.mine else ()
    auth = AuthVerdict("none", f"{agent} took it down")
    found = Understood(wanted.message, auth, acts=acts)
    filed = filing.file(work, settings, ruleset, replace(row, channel=wanted.channel), found, now)
    if filed.ticket is not None and filed.state == "filed":
        _afterwards(work, settings, agent, gesture, row, filed.ticket, mine=wanted.mine, now=now)
    return filed


def _afterwards(
    work: Work,
    settings: Settings,
    agent: str,
    gesture: Gesture,
    row: InboxRow,
    ticket_id: int,
    *,
    mine: bool,
    now: datetime,
) -> None:
    """Who opened it is kept and told; theirs is taken up; the ticket that it came from is linked."""
    about = unpacked(gesture.about)
    source = Source(row.channel, about.channel, "", gesture.user, about.thread)
    actor = f"agent:{agent}"
    _do(work, settings, ticket_id, Logged(actor), now)
    if mine:
        _do(work, settings, ticket_id, Claim(actor, agent), now)
    if about.ref:
        _link(work, settings, ticket_id, LinkTo(actor, about.ref, source), now)
    if about.channel:
        _do(work, settings, ticket_id, _told(work, settings, source, about, ticket_id), now)


def _told(work: Work, settings: Settings, source: Source, about: About, ticket_id: int) -> Tell:
    ticket = tickets.load(work, ticket_id)
    ref, subject = (ticket.ref, words.start_of(ticket.subject)) if ticket else (about.ref, "")
    return Tell(source, words.say(settings.desk.agent_language, "new_opened", ref=ref, subject=subject))


def _link(work: Work, settings: Settings, ticket_id: int, command: LinkTo, now: datetime) -> None:
    state = tickets.state(work, ticket_id)
    try:
        ready = asking.prepared(work, settings, state, command, now)
    except CommandRefused:
        return  # that ticket is gone, or linked by the mail's own words
    apply.apply(work, state, desk(settings, state, ready, now), now)


def _do(work: Work, settings: Settings, ticket_id: int, command: Command, now: datetime) -> None:
    state = tickets.state(work, ticket_id)
    try:
        changes = desk(settings, state, command, now)
    except CommandRefused:
        return  # a rule gave it to somebody who took it up, or closed it
    apply.apply(work, state, changes, now)


def _discarded(work: Work, row: InboxRow, reason: str) -> Filed:
    inbox.end(work, row.id, "discarded", reason=reason)
    return Filed("discarded", None, reason)
