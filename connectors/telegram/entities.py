"""Formatting and buttons as the library has them: from our values, and nothing else. https://core.telegram.org/bots/api#messageentity"""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, User

from deskd.model import Button
from deskd.model.outgoing import Span


def entities(spans: Sequence[Span]) -> list[MessageEntity]:
    return [_entity(span) for span in spans]


def _entity(span: Span) -> MessageEntity:
    if span.kind == "text_mention":  # of a person only the id counts
        return MessageEntity(span.kind, span.offset, span.length, user=User(int(span.url), "-", is_bot=False))
    return MessageEntity(span.kind, span.offset, span.length, url=span.url or None)


def keyboard(rows: Sequence[Sequence[Button]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(button.label, callback_data=button.action) for button in row] for row in rows]
    )
