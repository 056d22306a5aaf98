"""Makes of an outbox row what a ticket's thread is to show, in Slack or in a topic of a Telegram group: cards, posts, marks, answers to one agent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, select

from deskd import roster, words
from deskd.compose import topics
from deskd.compose.card import card_view
from deskd.config import Settings, TelegramChannel
from deskd.errors import PermanentFailure, TemporaryFailure
from deskd.model import (
    Anchor,
    Button,
    CardView,
    Content,
    Ephemeral,
    Place,
    Post,
    PostCard,
    React,
    UpdateCard,
)
from deskd.store import contacts, tickets
from deskd.store.outbox import OutboxRow
from deskd.store.tables import anchors
from deskd.store.work import Statement, Work

_ANCHOR = Statement(select(anchors).where(anchors.c.id == bindparam("the_id")))


class NotYet(TemporaryFailure):
    """The row waits for another: its thread has no card yet."""


def _card(work: Work, settings: Settings, row: OutboxRow, now: datetime) -> Content:
    anchor = _anchor(work, row)
    return PostCard(Place(anchor.channel, row.payload.get("topic")), _view(work, settings, row))


def _update(work: Work, settings: Settings, row: OutboxRow, now: datetime) -> Content:
    anchor = posted(work, row)
    return UpdateCard(Place(anchor.channel, anchor.card or anchor.thread), _view(work, settings, row))


def _view(work: Work, settings: Settings, row: OutboxRow) -> CardView:
    ticket = tickets.load(work, row.ticket_id or 0)
    if ticket is None:
        raise PermanentFailure("its ticket is gone")
    view = card_view(settings, ticket, contacts.load(work, ticket.contact_id))
    return topics.card(view) if _in_telegram(settings, row) else view


def _in_telegram(settings: Settings, row: OutboxRow) -> bool:
    return isinstance(settings.channels.get(row.channel), TelegramChannel)


def _post(work: Work, settings: Settings, row: OutboxRow, now: datetime) -> Content:
    anchor = posted(work, row)
    payload = row.payload
    return Post(
        Place(anchor.channel, anchor.thread),
        _once_more(settings, payload) + payload.get("text", ""),
        author=payload.get("author", ""),
        mentions=roster.mentioned(settings, row.channel, payload.get("mentions", ())),
        buttons=_buttons(settings, row, _show_all(settings, row)),
        attachments=tuple(payload.get("attachments", ())),
        most=payload.get("most", 0),
        done=payload.get("done", 0),
    )


def _once_more(settings: Settings, payload: Mapping[str, Any]) -> str:
    """Told where a post may stand there already. One of which a part surely does is not changed: its rest must fit."""
    if not payload.get("again") or payload.get("done"):
        return ""
    return words.say(settings.desk.agent_language, "perhaps_twice") + "\n"


def _show_all(settings: Settings, row: OutboxRow) -> tuple[Button, ...]:
    """The button under a message of which not all is shown. The message has its number only now."""
    if not row.payload.get("more"):
        return ()
    label = words.say(settings.desk.agent_language, "show_all")
    return (Button("show_all", label, str(row.message_id)),)


def _react(work: Work, settings: Settings, row: OutboxRow, now: datetime) -> Content:
    payload = row.payload
    return React(Place(payload["channel"], payload["ts"]), payload["emoji"], payload["add"])


def _ephemeral(work: Work, settings: Settings, row: OutboxRow, now: datetime) -> Content:
    payload = row.payload
    place = Place(payload["channel"], payload.get("thread") or None)
    return Ephemeral(place, payload["user"], payload["text"], _buttons(settings, row))


def _buttons(settings: Settings, row: OutboxRow, more: tuple[Button, ...] = ()) -> tuple[Button, ...]:
    own = (Button(action, label, value) for action, label, value in row.payload.get("buttons", ()))
    return topics.pressable((*own, *more), row.id) if _in_telegram(settings, row) else (*own, *more)


def posted(work: Work, row: OutboxRow) -> Anchor:
    """The thread that a row is for. Raises `NotYet` while it has no card, `PermanentFailure` where it is gone."""
    anchor = _anchor(work, row)
    if anchor.thread is None:
        raise NotYet("the card isn't posted yet")
    return anchor


def _anchor(work: Work, row: OutboxRow) -> Anchor:
    found = work.row(_ANCHOR, the_id=row.anchor_id)
    if found is None:
        raise PermanentFailure("its thread is gone")
    return tickets.anchor_of(found)


KINDS: Final[Mapping[str, Callable[[Work, Settings, OutboxRow, datetime], Content]]] = {
    "card": _card,
    "update": _update,
    "post": _post,
    "react": _react,
    "ephemeral": _ephemeral,
}
