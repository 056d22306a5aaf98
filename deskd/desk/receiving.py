"""A message from outside: opens a ticket, or joins one. Command in, changes out; nothing is read or written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from deskd import files, states, words
from deskd.agents_mail import enclosed_in
from deskd.config import Settings, TelegramChannel
from deskd.desk import chats, joining, showing, waiting
from deskd.desk.answering import customer_kind, touched
from deskd.desk.changes import (
    NEW,
    AddAnchor,
    AddEvent,
    AddIncoming,
    AddLink,
    AddMessage,
    AddTags,
    Change,
    EndInbox,
    OpenTicket,
    Queue,
    RefreshCard,
    RemoveTags,
    SetDeadline,
    SetTicket,
)
from deskd.desk.commands import InChat, Receive, ReceiveUnreadable
from deskd.desk.deadlines import status_deadlines
from deskd.desk.judged import Judged, acts, assigned, classified, difference, rule_events
from deskd.desk.state import State
from deskd.model import Direction, Message, Ticket

_ON_CARD = ("status", "priority", "team", "level", "assignee")
REOPENED_BY_CUSTOMER = frozenset({"pending", "hold", "resolved"})


def receive(settings: Settings, state: State, command: Receive, now: datetime) -> tuple[Change, ...]:
    """The message joins `state.ticket`, or opens a ticket when there is none."""
    if state.ticket is None:
        changes = _open(settings, state, command, now)
    else:
        changes = _join(settings, state, state.ticket, command, now)
    end = EndInbox(command.inbox_id, "filed", joining=command.joining, auth=command.auth, facts=command.asked)
    look = [SetDeadline("idle", command.idle_at)] if command.idle_at is not None else []
    return (*changes, *look, end)


def _in_chat(
    settings: Settings, state: State, command: Receive, changes: Sequence[Change], now: datetime
) -> list[Change]:
    """Where it stands in its chat, and its files, which are fetched now."""
    if command.chat is None:
        return []
    account = _account(settings, state, command)
    shown = command.live and (state.home is not None or any(isinstance(each, AddAnchor) for each in changes))
    return chats.arrived(settings, state, command.channel, command.chat, account, now, shown=shown)


def _open(settings: Settings, state: State, command: Receive, now: datetime) -> list[Change]:
    judged = command.verdict.ticket
    team = command.assignment.team if command.assignment else None
    values: dict[str, Any] = {
        "subject": command.message.subject
        or words.start_of(command.message.text)
        or words.say(settings.desk.agent_language, "no_subject"),
        "channel": command.channel,
        "status": judged.status,
        "team": team,
        "level": settings.teams[team].level if team else 1,
        "assignee": command.assignment.agent if command.assignment else None,
        "language": command.language,
        "created_at": command.received_at,
        "updated_at": command.received_at,
        "warned": command.joining.warn,
        **classified(command.verdict),
        **_status_times(judged.status, command.received_at),
    }
    changes: list[Change] = [
        OpenTicket(values, judged.tags),
        _incoming(command),
        AddEvent(
            "opened", _author(command), {"because": command.joining.because, "channel": command.channel}
        ),
        *rule_events(command.verdict),
        *assigned(command.assignment),
    ]
    if command.joining.link is not None:
        changes.append(AddLink(command.joining.link, "related", command.joining.because))
    if command.live:
        changes += showing.open_thread(settings, team) if judged.status != "spam" else []
        if any(isinstance(change, AddAnchor) for change in changes):
            account = _account(settings, state, command)
            changes += _customer_post(settings, command, state, account)
            changes += _offer_join(settings, state, command, account)
        changes += _in_chat(settings, state, command, changes, now)
        changes += _copied(settings, state, command)
        changes += acts(settings, state, _judged(settings, state, command), now)
        changes += status_deadlines(settings, judged.status, now)
    return changes


def _offer_join(settings: Settings, state: State, command: Receive, account: str) -> list[Change]:
    """The button for a mail that named a ticket and wasn't let in."""
    decided = command.joining
    if decided.link is None or not decided.warn:
        return []
    language = settings.desk.agent_language
    button = ("join", words.say(language, "join"), f"{state.next_ref}:{decided.link}")
    text = words.say(language, "linked_here", ref=command.linked_ref, because=decided.because)
    return showing.post(state.home, text, account=account, buttons=[button])


def _copied(settings: Settings, state: State, command: Receive) -> list[Change]:
    """People in the mail's CC, as its channel has it."""
    ref = state.ticket.ref if state.ticket else state.next_ref
    shown = state.home is not None or (state.ticket is None and _has_thread(settings, command))
    account = _account(settings, state, command)
    return joining.copied(settings, state, ref, command.copied, command.channel, account, shown)


def _spoken(
    settings: Settings, state: State, ticket: Ticket, command: Receive, said: str, now: datetime
) -> list[Change]:
    """What an agent wrote by mail goes to the customer; their thread shows it under the agent's name."""
    actor = _author(command)
    agent = settings.agents[command.joining.agent or ""]
    kind = customer_kind(settings, ticket.channel)
    carried = enclosed_in(command.message)
    return [
        _incoming(command),
        Queue(
            kind,
            ticket.channel,
            "out:{ticket}",
            {"plain": True} | ({"files": len(carried)} if carried else {}),
            message_id=NEW,
        ),
        AddEvent("reply", actor, {"by": "mail", "because": command.joining.because}),
        *touched(ticket, actor, now),
        *(
            showing.post(
                state.home,
                said,
                author=agent.name,
                attachments=[f"{file.name} ({words.size(file.size)})" for file in carried],
                message_id=NEW,
            )
            if state.home is not None and command.live
            else []
        ),
    ]


def _join(settings: Settings, state: State, ticket: Ticket, command: Receive, now: datetime) -> list[Change]:
    if command.reply is not None and command.live:
        return _spoken(settings, state, ticket, command, command.reply, now)
    changes: list[Change] = [
        _incoming(command),
        AddEvent(
            "joined", _author(command), {"because": command.joining.because, "channel": command.channel}
        ),
        *rule_events(command.verdict),
    ]
    values: dict[str, Any] = {
        "updated_at": max(ticket.updated_at, command.received_at),
        **classified(command.verdict),
    }
    status = _status_after(ticket, command)
    if status != ticket.status:
        values |= {"status": status, "pending_until": None, **_status_times(status, now)}
        changes.append(
            AddEvent(
                "status", _author(command), {"from": ticket.status, "to": status, "because": "a message came"}
            )
        )
        changes += status_deadlines(settings, status, now)
    if command.assignment is not None:
        team = command.assignment.team
        values |= {
            "team": team,
            "assignee": command.assignment.agent,
            "level": settings.teams[team].level if team else ticket.level,
        }
        changes += assigned(command.assignment)
    added, removed = difference(ticket.tags, command.verdict.ticket.tags)
    changes += [AddTags(added)] if added else []
    changes += [RemoveTags(removed)] if removed else []
    changes.append(SetTicket(values))
    if command.live:
        if state.home is not None:
            changes += _customer_post(settings, command, state, state.home.account)
            changes += showing.notice(state, command.joining.warn) if command.joining.warn else []
            changes += _kept_inside(settings, state, command)
            changes += waiting.warned(settings, state, command.held, now)
            changes += (
                [RefreshCard()] if _shows(state, ticket, command, values, bool(added or removed)) else []
            )
        changes += _in_chat(settings, state, command, changes, now)
        changes += _copied(settings, state, command)
        changes += acts(settings, state, _judged(settings, state, command), now)
    return changes


def _shows(state: State, ticket: Ticket, command: Receive, values: Mapping[str, Any], tags: bool) -> bool:
    """Whether the card, as it stands, tells something else than the ticket now does: mostly it doesn't, and a busy thread leaves Slack's limits to others."""
    named = state.contact is not None and not state.contact.name and bool(command.message.sender.name)
    return tags or named or any(name in values and values[name] != getattr(ticket, name) for name in _ON_CARD)


def _kept_inside(settings: Settings, state: State, command: Receive) -> list[Change]:
    if not command.inside:
        return []
    text = words.say(settings.desk.agent_language, "agent_kept_inside", because=command.inside)
    return showing.notice(state, text)


def _status_after(ticket: Ticket, command: Receive) -> str:
    """A rule's word, else: what a person writes brings back a ticket that waits or is resolved (INTERFACE.md, section 4)."""
    if command.verdict.ticket.status in states.TICKET[ticket.status]:
        return command.verdict.ticket.status
    reopens = command.live and command.message.kind == "message" and ticket.status in REOPENED_BY_CUSTOMER
    return "open" if reopens and command.joining.agent is None else ticket.status


def _status_times(status: str, at: datetime) -> Mapping[str, Any]:
    return {
        "resolved_at": at if status in ("resolved", "closed", "spam") else None,
        "closed_at": at if status in ("closed", "spam") else None,
    }


def _author(command: Receive) -> str:
    if command.joining.agent is not None:
        return f"agent:{command.joining.agent}"
    return f"contact:{command.message.sender.address}"


def _incoming(command: Receive) -> AddIncoming:
    return AddIncoming(
        command.message,
        command.inbox_id,
        command.channel,
        command.received_at,
        _author(command),
        command.verdict.hash,
        command.verdict.fired,
        command.thread_key,
        command.foreign,
        _direction(command),
        command.reply if command.live else None,
    )


def _direction(command: Receive) -> Direction:
    """An agent's mail is a note, unless it speaks to the customer."""
    if command.joining.agent is None:
        return "in"
    return "note" if command.reply is None else "out"


def _customer_post(settings: Settings, command: Receive, state: State, account: str) -> list[Change]:
    """What the customer wrote, under their name, then their files. Automatic mail is shown as what it is.

    The files' names stand with the text: they are there whatever becomes of the files.
    """
    message, chat, language = command.message, command.chat, settings.desk.agent_language
    if chat is not None and chat.quiet:
        return _quiet(settings, state, command, chat)
    name = message.sender.name or message.sender.address
    shown, left_out = files.fits(message.attachments)
    too_large = words.say(settings.desk.agent_language, "file_not_shown")
    lines = [f"{file.name} ({words.size(file.size)})" for file in shown]
    lines += [f"{file.name} ({words.size(file.size)}): {too_large}" for file in left_out]
    if chat is not None:
        shown, lines = [], chats.lines(chat, language)
    text = message.text or message.body
    long = len(text) > files.SURELY_SHOWN
    return [
        *showing.post(
            state.home,
            text,
            account=account,
            author=name,
            attachments=lines,
            message_id=NEW,
            more=long or _holds_more(message),
            most=files.START if long else 0,
        ),
        *showing.files(
            state.home,
            account=account,
            whole=long,
            some=any(file.size for file in shown),
        ),
    ]


def _quiet(settings: Settings, state: State, command: Receive, chat: InChat) -> list[Change]:
    """A chat over its budget: said once, and what it brings stays in the ticket."""
    channel = settings.channels.get(command.channel)
    if not chat.told or not isinstance(channel, TelegramChannel):
        return []
    per = f"{channel.flood.per.total_seconds():g} s"
    text = words.say(
        settings.desk.agent_language, "customer_floods", messages=channel.flood.messages, per=per
    )
    return showing.notice(state, text)


def _holds_more(message: Message) -> bool:
    """Whether something of it was left out as a quote or a signature. White space is no loss."""
    if len(message.body) > 2 * len(message.text) + files.START:
        return bool(message.text)
    return bool(message.text) and message.text.split() != message.body.split()


def _judged(settings: Settings, state: State, command: Receive) -> Judged:
    ticket = state.ticket
    return Judged(
        verdict=command.verdict,
        assignment=command.assignment,
        ref=ticket.ref if ticket else state.next_ref,
        subject=ticket.subject if ticket else command.message.subject,
        channel=command.channel,
        language=command.language,
        contact=command.message.sender,
        shown=state.home is not None or (ticket is None and _has_thread(settings, command)),
        automatic=command.message.kind != "message"
        or settings.mail_channel_for(command.message.sender.address) is not None,
        answered=command.answered,
        forged=command.auth.result == "fail",
        spent=command.spent,
        telegram_link=command.telegram_link,
    )


def _account(settings: Settings, state: State, command: Receive) -> str:
    return showing.account_of(settings, state, command.assignment.team if command.assignment else None)


def _has_thread(settings: Settings, command: Receive) -> bool:
    return bool(showing.open_thread(settings, command.assignment.team if command.assignment else None))


def receive_unreadable(settings: Settings, command: ReceiveUnreadable) -> tuple[Change, ...]:
    """A placeholder ticket, so that a person sees what no program could read; `inbox retry` replaces it later."""
    language = settings.desk.agent_language
    values = {
        "subject": words.say(language, "unreadable_subject", sender=command.sender or "?"),
        "channel": command.channel,
        "status": "new",
        "priority": "normal",
        "urgency": "medium",
        "impact": "medium",
        "team": command.team,
        "level": settings.teams[command.team].level if command.team else 1,
        "assignee": None,
        "language": command.language,
        "created_at": command.received_at,
        "updated_at": command.received_at,
        "warned": command.reason,
        "quarantined": True,
    }
    text = words.say(language, "unreadable", reason=command.reason, inbox=command.inbox_id)
    changes: list[Change] = [
        OpenTicket(values),
        AddMessage("note", "system", text, text, command.received_at, command.channel),
        AddEvent("quarantined", "system", {"because": command.reason, "inbox": command.inbox_id}),
    ]
    thread = showing.open_thread(settings, command.team) if command.live else []
    if thread:
        changes += [
            *thread,
            *showing.post(
                None,
                text,
                account=showing.account_of(settings, State(None, None), command.team),
                message_id=NEW,
            ),
        ]
    return (*changes, EndInbox(command.inbox_id, "quarantined", command.reason))
