"""Tickets in a team's forum group: a topic each, with its card, what is said in it and its files.

In: what Slack's connector gets too. A topic that was deleted by hand is `ThreadGone`: the core has it made anew. One that was closed is opened again, because what
was said there still stands in it, and who may not manage topics could not answer in a closed one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from typing import Final

from connectors.telegram import drawing
from connectors.telegram.api import TelegramApi
from connectors.telegram.closed import ClosedTopics
from connectors.telegram.groups import TOPIC_CLOSED, Groups
from connectors.telegram.messages import Messages
from connectors.telegram.reactions import Reactions
from deskd.errors import DeskdError, PermanentFailure
from deskd.model import Button, CardView, Ephemeral, Post, PostCard, PostFiles, React, Receipt, UpdateCard
from deskd.model.outgoing import AmendChat, SendChat

SPARE: Final = 8
"""Of a group's messages a minute, so many are kept from cards that are drawn anew: customers' words need them."""

Shown = PostCard | UpdateCard | Post | PostFiles | React | Ephemeral


@dataclass(frozen=True, slots=True)
class Reading:
    """How a team's agents read: their language, the zone of times, and their names by id."""

    language: str = "en"
    zone: tzinfo = UTC
    names: Mapping[str, str] = field(default_factory=dict)


class Topics:
    """Shows tickets for one bot."""

    def __init__(
        self, api: TelegramApi, messages: Messages, groups: Groups, closed: ClosedTopics, reading: Reading
    ) -> None:
        self._api = api
        self._messages = messages
        self._groups = groups
        self._closed = closed
        self._reading = reading
        self._reactions = Reactions(api)

    async def send(self, content: Shown) -> Receipt:
        group = content.place.channel
        try:
            receipt = await self._send(content)
        except DeskdError as error:
            raise self._groups.failed(group, error) from error
        self._groups.well(group)
        return receipt

    async def _send(self, content: Shown) -> Receipt:
        group, thread = content.place.channel, content.place.thread
        reading = self._reading
        match content:
            case PostCard(card=card) if thread is None:
                return await self._open(group, drawing.topic_name(card))
            case PostCard(card=card):
                said = SendChat(group, (drawing.card(card, reading.zone),), buttons=_below(card))
                return replace(await self._say(said, thread), thread=thread or "")
            case UpdateCard(card=card):
                await self._messages.turn(group, SPARE)
                drawn = AmendChat(group, _first(thread), drawing.card(card, reading.zone), _below(card))
                return await self._messages.amend(drawn)
            case Post():
                parts, buttons = drawing.post(content, reading.language), drawing.rows(content.buttons)
                return await self._say(SendChat(group, parts, buttons=buttons, done=content.done), thread)
            case PostFiles(files=files, done=done):
                return await self._say(SendChat(group, (), files, done=done), thread)
            case React():
                return await self._reactions.react(content)
            case Ephemeral(user=user, text=text):
                parts = drawing.to_one(user, reading.names.get(user, ""), text, reading.language)
                return await self._say(SendChat(group, parts, buttons=drawing.rows(content.buttons)), thread)

    async def _open(self, group: str, name: str) -> Receipt:
        """A new topic: the first of a card's two steps."""
        bot = self._api.bot
        await self._messages.turn(group)
        made = await self._messages.slowed(
            group,
            lambda: self._api.call(
                lambda: bot.create_forum_topic(int(group), name), "a new topic", once=True
            ),
        )
        return Receipt(place=group, thread=str(made.message_thread_id))

    async def _say(self, content: SendChat, thread: str | None) -> Receipt:
        content = replace(content, thread=thread or "")
        if thread is not None and await self._closed.holds(content.chat, thread):
            await self._reopen(int(content.chat), int(thread))
            await self._closed.opened(content.chat, thread)
        try:
            return await self._messages.send(content, follow=False)
        except PermanentFailure as error:
            if TOPIC_CLOSED not in str(error).lower():
                raise
            return await self._in_opened(replace(content, done=error.done), error.receipt)

    async def _in_opened(self, rest: SendChat, gone: Receipt | None) -> Receipt:
        """The rest of what stopped at a closed topic; the receipt is for all of it."""
        try:
            await self._reopen(int(rest.chat), int(rest.thread))
            return _both(gone, await self._messages.send(rest, follow=False))
        except DeskdError as error:
            error.done = max(error.done, rest.done)
            error.receipt = _both(gone, error.receipt) if error.receipt else gone
            raise

    async def _reopen(self, group: int, thread: int) -> None:
        bot = self._api.bot
        try:
            await self._api.call(lambda: bot.reopen_forum_topic(group, thread), "opening a closed topic")
        except PermanentFailure as error:
            if not any(known in str(error).lower() for known in ("not_modified", "topic_id_invalid")):
                raise


def _below(card: CardView) -> tuple[tuple[Button, ...], ...]:
    """Telegram has no menu: its choices are buttons like the others."""
    return drawing.rows(card.buttons) + drawing.rows(card.menu)


def _both(first: Receipt | None, second: Receipt) -> Receipt:
    """One receipt for what went at two times."""
    ids = [one.external_id for one in (first, second) if one is not None and one.external_id]
    return replace(second, external_id=",".join(ids))


def _first(message: str | None) -> str:
    """Of what went as several messages, the one that counts."""
    return (message or "").partition(",")[0]
