"""Makes of an outbox row what a chat's program is to send: replies, the bot's own words, changes of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, select

from deskd.compose import chat as compose
from deskd.config import Settings
from deskd.desk.chats import stars
from deskd.errors import PermanentFailure
from deskd.model import Button, OutgoingFile
from deskd.model.outgoing import Acknowledge, AmendChat, Content, SendChat, Words
from deskd.store import chats
from deskd.store.outbox import OutboxRow
from deskd.store.tables import messages
from deskd.store.work import Row, Statement, Work

_WORDS = Statement(select(messages).where(messages.c.id == bindparam("the_id")))


def reply(work: Work, settings: Settings, row: OutboxRow, files: tuple[OutgoingFile, ...]) -> Content:
    """To a customer: what an agent wrote keeps its formatting; a rule's text is plain."""
    words = work.row(_WORDS, the_id=row.message_id)
    if words is None:
        raise PermanentFailure("its message is gone")
    payload = row.payload
    asks = row.ticket_id if payload.get("template") == "rate" else None
    chat, thread, answers = _place(work, row.channel, words["conversation_id"])
    return SendChat(
        chat,
        compose.split(said(words, payload, settings)),
        files,
        thread,
        answers,
        _rows(stars(asks)) if asks is not None else (),
        payload.get("done", 0),
    )


def said(words: Row, payload: Mapping[str, Any], settings: Settings) -> Words:
    """A message's words; what an agent wrote in Slack with its formatting."""
    if payload.get("auto") or payload.get("plain") or not words["markup"]:
        return compose.plain(words["text"])
    return compose.to_words(words["markup"], settings.names_of_users())


def _prompt(work: Work, settings: Settings, row: OutboxRow, now: datetime) -> Content:
    """What the bot says of itself: in the chat it names, or in a conversation's."""
    payload = row.payload
    chat, thread, answers = (
        _place(work, row.channel, payload["conversation"])
        if "conversation" in payload
        else (payload["chat"], payload.get("thread", ""), payload.get("answers", ""))
    )
    parts = compose.split(compose.plain(payload["text"]))
    buttons = _rows(payload.get("buttons", ()))
    return SendChat(chat, parts, (), thread, answers, buttons, payload.get("done", 0))


def _amend(work: Work, settings: Settings, row: OutboxRow, now: datetime) -> Content:
    payload = row.payload
    words = next(iter(compose.split(compose.plain(payload["text"]))), Words("…"))
    return AmendChat(payload["chat"], payload["message"], words, _rows(payload.get("buttons", ())))


def _acknowledge(work: Work, settings: Settings, row: OutboxRow, now: datetime) -> Content:
    return Acknowledge(row.payload["query"], row.payload.get("text", ""))


KINDS: Final[Mapping[str, Callable[[Work, Settings, OutboxRow, datetime], Content]]] = {
    "prompt": _prompt,
    "amend": _amend,
    "ack": _acknowledge,
}


def _place(work: Work, channel: str, conversation: int | None) -> tuple[str, str, str]:
    """Where a conversation stands: its chat, a forum's topic, and in a group the message that is answered."""
    chat, _, rest = chats.key_of(work, conversation).partition(":")
    if not chat or conversation is None:
        raise PermanentFailure("the customer's chat is gone")
    answers = chats.last_of_customer(work, chats.place(channel, chat), conversation) if rest else ""
    return chat, rest.partition(":")[2], answers


def _rows(found: Sequence[Sequence[Sequence[str]]]) -> tuple[tuple[Button, ...], ...]:
    return tuple(tuple(Button(data, label, "") for data, label in row) for row in found)
