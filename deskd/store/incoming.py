"""Keeps a message from outside: its words, its files, the ids it carries and names, in the conversation it belongs to."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import bindparam, select, update

from deskd.desk.changes import AddIncoming
from deskd.desk.state import State
from deskd.model import Message
from deskd.store import blobs
from deskd.store.references import keep_references
from deskd.store.tables import attachments, conversations, messages, ticket_conversations, tickets
from deskd.store.times import micros
from deskd.store.work import Statement, Work

_COUNT = Statement(
    update(tickets).where(tickets.c.id == bindparam("the_id")).values(messages=tickets.c.messages + 1)
)
_CONVERSATION = Statement(
    select(ticket_conversations.c.conversation_id)
    .join(conversations, conversations.c.id == ticket_conversations.c.conversation_id)
    .where(
        ticket_conversations.c.ticket_id == bindparam("ticket_id"),
        conversations.c.channel == bindparam("channel"),
        ticket_conversations.c.until.is_(None),
    )
    .order_by(ticket_conversations.c.id)
    .limit(1)
)
_CHATS_CONVERSATION = Statement(
    select(ticket_conversations.c.conversation_id)
    .join(conversations, conversations.c.id == ticket_conversations.c.conversation_id)
    .where(
        ticket_conversations.c.ticket_id == bindparam("ticket_id"),
        conversations.c.channel == bindparam("channel"),
        conversations.c.thread_key == bindparam("thread_key"),
        ticket_conversations.c.until.is_(None),
    )
    .order_by(ticket_conversations.c.id.desc())
    .limit(1)
)
_AUTHORS_CONVERSATION = Statement(
    select(messages.c.conversation_id)
    .join(ticket_conversations, ticket_conversations.c.conversation_id == messages.c.conversation_id)
    .where(
        messages.c.ticket_id == bindparam("ticket_id"),
        messages.c.author == bindparam("author"),
        messages.c.channel == bindparam("channel"),
        ticket_conversations.c.ticket_id == bindparam("ticket_id"),
        ticket_conversations.c.until.is_(None),
    )
    .order_by(messages.c.id.desc())
    .limit(1)
)


def count(work: Work, ticket_id: int) -> None:
    """The ticket has one message more."""
    work.run(_COUNT, the_id=ticket_id)


def keep(work: Work, state: State, ticket_id: int, made: AddIncoming, now: datetime) -> tuple[int, int]:
    """The message's id, and the id of the conversation it came in. `state` is the ticket's, from before."""
    message = made.message
    came_in = _conversation(work, state, ticket_id, made, now)
    answer_to = message.reply_to or (message.sender,)
    channel, conversation = made.channel, came_in
    # An agent's reply goes where the customer is, whichever way it came.
    if made.reply is not None and state.ticket is not None:
        channel, conversation = state.ticket.channel, state.conversation_id or came_in
    message_id = work.insert(
        messages,
        ticket_id=ticket_id,
        conversation_id=conversation,
        inbox_id=made.inbox_id,
        direction=made.direction,
        author=made.author[:600],
        author_name=message.sender.name,
        channel=channel,
        sent_at=micros(message.date or made.received_at),
        subject=message.subject,
        text=message.text if made.reply is None else made.reply,
        body=message.body,
        html=message.html,
        language=message.language,
        kind=message.kind,
        rfc_id=message.message_id,
        rfc_references=json.dumps(message.references) if message.references else None,
        reply_to=json.dumps([[address.name, address.address] for address in answer_to]),
        delivery=None if made.reply is None else "queued",
        fingerprint=message.fingerprint or None,
        rules_hash=made.rules_hash,
        rules_fired=json.dumps([[fired.name, fired.because] for fired in made.fired]) if made.fired else None,
    )
    _keep_files(work, message_id, message)
    keep_references(work, came_in, message, made.foreign)
    count(work, ticket_id)
    return message_id, came_in


def _keep_files(work: Work, message_id: int, message: Message) -> None:
    for file in message.attachments:
        if not file.sha256:
            continue  # it is still to be fetched, and kept then
        work.insert(
            attachments,
            message_id=message_id,
            name=file.name,
            type=file.type[:255],
            size=file.size,
            sha256=blobs.keep(work, file.data or b"", file.sha256),
            cid=file.cid,
            inline=int(file.inline),
        )


def _conversation(work: Work, state: State, ticket_id: int, made: AddIncoming, now: datetime) -> int:
    """The ticket's exchange on this channel: the one its author wrote in before, else the first it has, else a new one."""
    if state.ticket is not None and made.thread_key is not None:  # a chat's words never go to another chat
        known = work.value(
            _CHATS_CONVERSATION, ticket_id=ticket_id, channel=made.channel, thread_key=made.thread_key
        )
        if known is not None:
            return int(known)
    elif state.ticket is not None:
        where = {"ticket_id": ticket_id, "channel": made.channel}
        known = work.value(_AUTHORS_CONVERSATION, **where, author=made.author[:600])
        known = known or work.value(_CONVERSATION, **where)
        if known is not None:
            return int(known)
    new = work.insert(conversations, channel=made.channel, thread_key=made.thread_key, created_at=micros(now))
    work.insert(ticket_conversations, ticket_id=ticket_id, conversation_id=new, since=micros(now))
    return new
