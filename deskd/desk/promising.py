"""Callbacks and visits: promised, remembered when they are due, done or called off; the customer is invited to a visit. Command in, changes out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from deskd import levels, promised, words
from deskd.compose import invitation
from deskd.config import Settings
from deskd.desk import showing
from deskd.desk.answering import customer_kind, touched
from deskd.desk.changes import NEW, AddEvent, AddMessage, AddTask, Change, Queue, SetTask
from deskd.desk.handling import existing
from deskd.desk.promised import EndTask, Invite, Promise, TasksDue
from deskd.desk.state import State
from deskd.errors import CommandRefused
from deskd.model import Task, Ticket

DUE = {"callback": "callback_due", "visit": "visit_due"}


def promise(settings: Settings, state: State, command: Promise, now: datetime) -> tuple[Change, ...]:
    """Shown in the thread, with the buttons that end it; the clock stands at it."""
    ticket = existing(state)
    task = Task(0, command.kind, command.at, command.place, command.actor, now)
    invited = _mail(settings, state, ticket, task, command.actor, now) if command.invite else []
    return (
        AddTask(command.kind, command.at, command.place, command.actor, 1 if invited else 0),
        AddEvent("promised", command.actor, _told(task)),
        *showing.notice(state, promised.said(settings, task), (), _buttons(settings, ticket, task, invited)),
        *invited,
        *touched(ticket, command.actor, now),
        *showing.done(state, command.source),
    )


def due(settings: Settings, state: State, command: TasksDue, now: datetime) -> tuple[Change, ...]:
    """Whoever has the ticket is reminded in its thread; where nobody has, whoever promised."""
    ticket = existing(state)
    language = settings.desk.agent_language
    contact = state.contact
    who = (contact.name or contact.address) if contact is not None else "?"
    people = levels.ids(settings, (ticket.assignee,))
    changes: list[Change] = []
    for task in command.tasks:
        called = people or levels.ids(settings, (task.actor.removeprefix("agent:"),))
        text = words.say(language, DUE[task.kind], who=who, place=task.place).rstrip()
        changes += [
            SetTask(task.id, {"reminded_at": now}),
            AddEvent("task_due", "clock", _told(task)),
            *showing.notice(state, text, called, _buttons(settings, ticket, task, [])),
        ]
    return tuple(changes)


def end(settings: Settings, state: State, command: EndTask, now: datetime) -> tuple[Change, ...]:
    """Done or called off, once. Whom an invitation went to is told that it won't be."""
    ticket, task = existing(state), _open(settings, command.task)
    language = settings.desk.agent_language
    key = "task_done_note" if command.outcome == "done" else "task_cancelled"
    off = command.outcome == "cancelled" and task.invited > 0
    mail = _mail(settings, state, ticket, task, command.actor, now, cancel=True) if off else []
    return (
        SetTask(
            task.id,
            {"done_at": now, "outcome": command.outcome, "invited": task.invited + (1 if mail else 0)},
        ),
        AddEvent(f"task_{command.outcome}", command.actor, _told(task)),
        *showing.notice(state, words.say(language, key, what=promised.said(settings, task))),
        *mail,
        *touched(ticket, command.actor, now),
    )


def invite(settings: Settings, state: State, command: Invite, now: datetime) -> tuple[Change, ...]:
    ticket, task = existing(state), _open(settings, command.task)
    mail = _mail(settings, state, ticket, task, command.actor, now)
    return (
        SetTask(task.id, {"invited": task.invited + 1}),
        AddEvent("invited", command.actor, _told(task)),
        *showing.notice(state, words.say(settings.desk.agent_language, "task_invited")),
        *mail,
        *touched(ticket, command.actor, now),
    )


def _open(settings: Settings, task: Task | None) -> Task:
    if task is None or task.done_at is not None:
        raise CommandRefused(words.say(settings.desk.agent_language, "task_over"))
    return task


def _told(task: Task) -> dict[str, Any]:
    return {"kind": task.kind, "due": task.at.isoformat(), "place": task.place}


def _buttons(
    settings: Settings, ticket: Ticket, task: Task, invited: list[Change]
) -> list[tuple[str, str, str]]:
    language = settings.desk.agent_language
    value = f"{ticket.ref}:{task.key}"
    asks = task.kind == "visit" and not invited and not task.invited and ticket.channel in settings.channels
    return [
        ("task_done", words.say(language, "task_done"), value),
        ("task_cancel", words.say(language, "task_cancel"), value),
        *([("task_invite", words.say(language, "task_invite"), value)] if asks else []),
    ]


def _mail(
    settings: Settings,
    state: State,
    ticket: Ticket,
    task: Task,
    actor: str,
    now: datetime,
    *,
    cancel: bool = False,
) -> list[Change]:
    """What the customer gets: by mail with an invitation for their calendar (RFC 6047), by chat in words. Raises `CommandRefused` where nothing can be sent."""
    if ticket.channel not in settings.channels:
        raise CommandRefused(words.say(settings.desk.agent_language, "task_no_way"))
    agent = settings.agents.get(actor.removeprefix("agent:"))
    text = invitation.text(
        ticket.language,
        task.kind,
        task.at,
        settings.desk.timezone,
        ref=ticket.ref,
        place=task.place if task.kind == "visit" else "",
        who=agent.name if agent else settings.desk.name,
        cancel=cancel,
    )
    kind = customer_kind(settings, ticket.channel)
    event = {"task": task.kind, "at": task.at.isoformat(), "place": task.place, "cancel": cancel}
    payload: dict[str, Any] = {"plain": True}
    if kind == "mail":
        payload["event"] = event | {"sequence": task.invited}
    return [
        AddMessage(
            "out",
            actor,
            text,
            text,
            now,
            ticket.channel,
            delivery="queued",
            conversation_id=state.conversation_id,
        ),
        Queue(kind, ticket.channel, "out:{ticket}", payload, message_id=NEW),
        AddEvent("reply", actor, {"held": False}),
    ]
