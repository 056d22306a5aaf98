"""Writes what the desk decided: its changes, in order, in the transaction in which the state was read (invariant I3)."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, delete, select, update

from deskd import states
from deskd.clock.duty import Absence
from deskd.desk import changes as change
from deskd.desk.state import State
from deskd.errors import BrokenInvariant
from deskd.model import surface_of
from deskd.store import absences, chats, contacts, inbox, incoming, joined, queues, tasks
from deskd.store import deadlines as deadline
from deskd.store.tables import (
    anchors,
    clock_segments,
    deadlines,
    events,
    links,
    message_versions,
    messages,
    outbox,
    posts,
    ticket_tags,
    tickets,
)
from deskd.store.times import micros, moment_or_none
from deskd.store.work import Statement, Work, among, upsert

_ADD_TAG = Statement(
    lambda dialect: (
        upsert(dialect, ticket_tags)
        .values(ticket_id=bindparam("ticket_id"), tag=bindparam("tag"))
        .on_conflict_do_nothing()
    )
)
_REMOVE_TAG = Statement(
    delete(ticket_tags).where(
        ticket_tags.c.ticket_id == bindparam("the_id"), ticket_tags.c.tag == bindparam("the_tag")
    )
)
_SET_DEADLINE = Statement(
    lambda dialect: (
        upsert(dialect, deadlines)
        .values(ticket_id=bindparam("ticket_id"), kind=bindparam("kind"), at=bindparam("at"))
        .on_conflict_do_update(
            index_elements=[deadlines.c.ticket_id, deadlines.c.kind], set_={"at": bindparam("at")}
        )
    )
)
_DROP_DEADLINE = Statement(
    delete(deadlines).where(
        deadlines.c.ticket_id == bindparam("the_id"), deadlines.c.kind == bindparam("the_kind")
    )
)
_TEXT = Statement(select(messages.c.text).where(messages.c.id == bindparam("the_id")))
_OUTBOX_STATE = Statement(  # with its lock: a worker may be claiming the row
    select(outbox.c.state).where(outbox.c.id == bindparam("the_id")).with_for_update()
)
_REFRESH_WAITS = Statement(
    select(outbox.c.id)
    .where(
        outbox.c.conversation == bindparam("conversation"),
        outbox.c.state == "queued",
        among(outbox.c.state, "held", "queued", "sending"),  # so that the index of waiting rows serves
    )
    .limit(1)
)
_LAST_REFRESH = Statement(
    select(outbox.c.state, outbox.c.sent_at)
    .where(
        outbox.c.ticket_id == bindparam("the_ticket"),
        outbox.c.conversation == bindparam("conversation"),
        outbox.c.kind == "update",
    )
    .order_by(outbox.c.id.desc())
    .limit(1)
)
REFRESH_EVERY: Final = timedelta(seconds=1)
_END_SEGMENT = Statement(
    update(clock_segments)
    .where(clock_segments.c.ticket_id == bindparam("the_id"), clock_segments.c.until.is_(None))
    .values(until=bindparam("ended"))
)
_SEGMENT: Final = ("status", "level", "team")
"""A change of one of them begins a new segment of the ticket's clocks."""


def columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the tables hold them: times as microseconds, flags as 0 or 1, lists as JSON."""
    return {name: _column(value) for name, value in values.items()}


def _column(value: Any) -> Any:
    if isinstance(value, datetime):
        return micros(value)
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    return int(value) if isinstance(value, bool) else value


class Applying:
    """One set of changes on its way into the database. Ids that the set itself makes stand in `message`, `anchor` and `conversation`."""

    def __init__(self, work: Work, state: State, now: datetime, contact_id: int | None = None) -> None:
        self.work = work
        self.state = state
        self.now = now
        self.contact_id = contact_id
        self.ticket: int = state.ticket.id if state.ticket else 0
        self.message: int | None = None
        self._incoming: int | None = None  # what the inbox row became, whatever else is written with it
        self.anchor: int | None = None
        self.anchor_channel = ""
        self.conversation: int | None = state.conversation_id
        self._stands: dict[str, Any] = {}  # status, level and team, as the changes so far leave them

    # ── the ticket ───────────────────────────────────────────────────────────────────────────────────────────────────

    def open_ticket(self, made: change.OpenTicket) -> None:
        if self.contact_id is None or not self.state.next_ref:
            raise BrokenInvariant("a ticket opens with a contact and a reference")
        ref = self.state.next_ref
        self.ticket = self.work.insert(
            tickets,
            number=int(ref.rpartition("-")[2]),
            ref=ref,
            contact_id=self.contact_id,
            **columns(made.values),
        )
        contacts.count_ticket(self.work, self.contact_id)
        self._add_tags(made.tags)
        self._stands = {name: made.values[name] for name in _SEGMENT}
        self._segment(made.values.get("created_at") or self.now)

    def set_ticket(self, made: change.SetTicket) -> None:
        self.work.update(tickets, self.ticket, **columns(made.values))
        was = self.state.ticket
        stood = self._stands or ({name: getattr(was, name) for name in _SEGMENT} if was else {})
        stands = {name: made.values.get(name, stood[name]) for name in stood}
        if stands != stood:
            self.work.run(_END_SEGMENT, the_id=self.ticket, ended=micros(self.now))
            self._stands = stands
            self._segment(self.now)

    def _segment(self, since: datetime) -> None:
        self.work.insert(clock_segments, ticket_id=self.ticket, since=micros(since), **self._stands)

    def add_tags(self, made: change.AddTags) -> None:
        self._add_tags(made.tags)

    def _add_tags(self, tags: tuple[str, ...]) -> None:
        for tag in tags:
            self.work.run(_ADD_TAG, ticket_id=self.ticket, tag=tag[:100])

    def remove_tags(self, made: change.RemoveTags) -> None:
        for tag in made.tags:
            self.work.run(_REMOVE_TAG, the_id=self.ticket, the_tag=tag[:100])

    def tag_contact(self, made: change.TagContact) -> None:
        contact_id = self.contact_id or (self.state.contact.id if self.state.contact else None)
        if contact_id is not None:
            contacts.change_tags(self.work, contact_id, made.tags, made.removed)

    def add_event(self, made: change.AddEvent) -> None:
        self.work.insert(
            events,
            ticket_id=self.ticket,
            at=micros(self.now),
            actor=made.actor[:600],
            type=made.type,
            data=json.dumps(made.data, ensure_ascii=False),
        )

    def add_link(self, made: change.AddLink) -> None:
        self.work.insert(
            links,
            ticket_id=self.ticket,
            other_id=made.other_id,
            kind=made.kind,
            because=made.because,
            at=micros(self.now),
        )

    def drop_link(self, made: change.DropLink) -> None:
        joined.drop_link(self.work, self.ticket, made.other_id, made.kind)

    def set_participant(self, made: change.SetParticipant) -> None:
        joined.set_participant(self.work, self.ticket, made, self.now)

    def move(self, made: change.Move) -> None:
        joined.move(self.work, self.ticket, made, self.now)

    def set_deadline(self, made: change.SetDeadline) -> None:
        if made.at is None:
            self.work.run(_DROP_DEADLINE, the_id=self.ticket, the_kind=made.kind)
        else:
            self.work.run(_SET_DEADLINE, ticket_id=self.ticket, kind=made.kind, at=micros(made.at))
            self.work.wake("clock")

    def set_absence(self, made: change.SetAbsence) -> None:
        absences.end(self.work, made.agent, self.now)
        absences.keep(self.work, Absence(made.agent, made.since, made.until, "typed", made.because))

    def end_absence(self, made: change.EndAbsence) -> None:
        absences.end(self.work, made.agent, self.now)

    def add_task(self, made: change.AddTask) -> None:
        tasks.add(self.work, self.ticket, made, self.now)

    def set_task(self, made: change.SetTask) -> None:
        tasks.change(self.work, self.ticket, made.task_id, columns(made.values))

    def wake_queues(self, made: change.WakeQueues) -> None:
        for team in made.teams:
            deadline.look_at(self.work, queues.first(self.work, team, 1), "assign", self.now)

    # ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def add_incoming(self, made: change.AddIncoming) -> None:
        self.message, self.conversation = incoming.keep(self.work, self.state, self.ticket, made, self.now)
        self._incoming = self.message

    def add_message(self, made: change.AddMessage) -> None:
        conversation = self.conversation if made.conversation_id == change.NEW else made.conversation_id
        self.message = self.work.insert(
            messages,
            ticket_id=self.ticket,
            conversation_id=conversation,
            direction=made.direction,
            author=made.author[:600],
            channel=made.channel,
            sent_at=micros(made.sent_at),
            subject=made.subject,
            text=made.text,
            body=made.text if made.body is None else made.body,
            kind="message",
            delivery=made.delivery,
            error=made.error,
            markup=made.markup,
        )
        incoming.count(self.work, self.ticket)

    def set_message(self, made: change.SetMessage) -> None:
        if made.keep_version:
            self.work.insert(
                message_versions,
                message_id=made.message_id,
                text=self.work.value(_TEXT, the_id=made.message_id),
                until=micros(self.now),
                actor=made.actor[:600],
            )
        self.work.update(messages, made.message_id, **columns(made.values))

    # ── what agents see, and what goes out ───────────────────────────────────────────────────────────────────────────

    def add_anchor(self, made: change.AddAnchor) -> None:
        self.anchor_channel = made.channel
        self.anchor = self.work.insert(
            anchors,
            ticket_id=self.ticket,
            surface=surface_of(made.channel),
            account=made.account,
            channel=made.channel,
            role=made.role,
            created_at=micros(self.now),
        )

    def add_post(self, made: change.AddPost) -> None:
        if made.surface != "slack":
            message_id = self._message(made.message_id)
            chats.keep_posts(self.work, made.channel, [made.ts], self.ticket, message_id, made.role)
            return
        self.work.insert(
            posts,
            ticket_id=self.ticket,
            message_id=self._message(made.message_id),
            surface=surface_of(made.channel),
            channel=made.channel,
            ts=made.ts,
            role=made.role,
        )

    def queue(self, made: change.Queue) -> None:
        self.work.insert(
            outbox,
            key=secrets.token_hex(16),
            channel=made.channel,
            ticket_id=self.ticket or None,
            message_id=self._message(made.message_id),
            anchor_id=self.anchor if made.anchor_id == change.NEW else made.anchor_id,
            kind=made.kind,
            conversation=made.conversation.replace("{ticket}", str(self.ticket)),
            lane=self._lane(made),
            payload=json.dumps(made.payload, ensure_ascii=False),
            state="held" if made.held else "queued",
            not_before=micros(made.not_before or self.now),
            created_at=micros(self.now),
        )
        self.work.wake("outbox")

    def _lane(self, made: change.Queue) -> str:
        """What Slack counts when it asks for a slower pace: one method in one channel. A mail server counts its account."""
        if made.kind in ("telegram", "prompt"):
            chat = chats.for_whom(self.work, made.payload, self._message(made.message_id))
            return f"{made.channel}:chat:{chat}"[:300]
        anchored = next((anchor.channel for anchor in self.state.anchors if anchor.id == made.anchor_id), "")
        place = self.anchor_channel if made.anchor_id == change.NEW else anchored
        method = "post" if made.kind == "card" else made.kind
        return f"{made.channel}:{method}:{place or made.payload.get('channel', '')}"[:300]

    def set_outbox(self, made: change.SetOutbox) -> None:
        states.check(states.OUTBOX, self.work.value(_OUTBOX_STATE, the_id=made.outbox_id), made.state)
        values: dict[str, Any] = {"state": made.state}
        if made.not_before is not None:
            values["not_before"] = micros(made.not_before)
        self.work.update(outbox, made.outbox_id, **values)
        self.work.wake("outbox")

    def refresh_card(self, made: change.RefreshCard) -> None:
        for anchor in self.state.anchors:
            conversation = f"card:{anchor.id}"
            if self.work.value(_REFRESH_WAITS, conversation=conversation) is None:
                due = self._next_refresh(conversation)
                self.queue(
                    change.Queue("update", anchor.account, conversation, anchor_id=anchor.id, not_before=due)
                )

    def _next_refresh(self, conversation: str) -> datetime:
        """At once, or a second after the last one: whatever changes until then shows together."""
        last = self.work.row(_LAST_REFRESH, the_ticket=self.ticket, conversation=conversation)
        if last is None:
            return self.now
        after = self.now if last["state"] == "sending" else moment_or_none(last["sent_at"])
        return self.now if after is None else max(self.now, min(after, self.now) + REFRESH_EVERY)

    def _message(self, named: int | None) -> int | None:
        return self.message if named == change.NEW else named

    # ── the inbox row ────────────────────────────────────────────────────────────────────────────────────────────────

    def end_inbox(self, made: change.EndInbox) -> None:
        values: dict[str, Any] = {"reason": made.reason, "ticket_id": self.ticket or None}
        if made.state == "filed":
            values["message_id"] = self._incoming
        if made.auth is not None:
            values["auth"] = json.dumps([made.auth.result, made.auth.because])
        if made.facts is not None:
            values["facts"] = json.dumps(made.facts, ensure_ascii=False)
        inbox.end(self.work, made.inbox_id, made.state, **values)


_HOW: Final[dict[type, Callable[[Applying, Any], None]]] = {
    change.OpenTicket: Applying.open_ticket,
    change.SetTicket: Applying.set_ticket,
    change.AddTags: Applying.add_tags,
    change.RemoveTags: Applying.remove_tags,
    change.TagContact: Applying.tag_contact,
    change.AddIncoming: Applying.add_incoming,
    change.AddMessage: Applying.add_message,
    change.SetMessage: Applying.set_message,
    change.AddEvent: Applying.add_event,
    change.Queue: Applying.queue,
    change.SetOutbox: Applying.set_outbox,
    change.RefreshCard: Applying.refresh_card,
    change.AddAnchor: Applying.add_anchor,
    change.AddPost: Applying.add_post,
    change.SetDeadline: Applying.set_deadline,
    change.AddLink: Applying.add_link,
    change.DropLink: Applying.drop_link,
    change.SetParticipant: Applying.set_participant,
    change.Move: Applying.move,
    change.EndInbox: Applying.end_inbox,
    change.SetAbsence: Applying.set_absence,
    change.EndAbsence: Applying.end_absence,
    change.WakeQueues: Applying.wake_queues,
    change.AddTask: Applying.add_task,
    change.SetTask: Applying.set_task,
}


def apply(
    work: Work, state: State, made: tuple[change.Change, ...], now: datetime, contact_id: int | None = None
) -> Applying:
    """Write `made`, which `desk` decided on `state`. Afterwards the result's `ticket`, `message` and `anchor` are the ids it made or changed."""
    applying = Applying(work, state, now, contact_id)
    for each in made:
        _HOW[type(each)](applying, each)
    return applying
