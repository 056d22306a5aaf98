"""Deliveries out: each kind of content to what sends it.

In: a `Delivery`. Out: a `Receipt`, or one of the failures of `deskd.ports.Connector.deliver`. What customers get is sent by `messages`, what agents see in their
groups by `topics`.
"""

from __future__ import annotations

from connectors.telegram.api import TelegramApi
from connectors.telegram.messages import Messages
from connectors.telegram.topics import Topics
from deskd.errors import BrokenInvariant, PermanentFailure
from deskd.model import Delivery, Ephemeral, FetchFiles, Post, PostCard, PostFiles, React, Receipt, UpdateCard
from deskd.model.outgoing import Acknowledge, AmendChat, SendChat


class Sender:
    """Sends for one bot."""

    def __init__(self, api: TelegramApi, messages: Messages, topics: Topics) -> None:
        self._api = api
        self._messages = messages
        self._topics = topics

    async def send(self, delivery: Delivery) -> Receipt:
        match delivery.content:
            case SendChat() as content:
                return await self._messages.send(content)
            case AmendChat() as content:
                return await self._messages.amend(content)
            case Acknowledge(query, text):
                await self._acknowledge(query, text)
                return Receipt()
            case FetchFiles(files, most):
                found = [await self._api.file(file.id, most) for file in files]
                return Receipt(files=tuple(found))
            case PostCard() | UpdateCard() | Post() | PostFiles() | React() | Ephemeral() as content:
                return await self._topics.send(content)
            case other:
                raise BrokenInvariant(f"a Telegram channel was given {type(other).__name__}")

    async def _acknowledge(self, query: str, text: str) -> None:
        bot = self._api.bot
        try:
            await self._api.call(lambda: bot.answer_callback_query(query, text=text or None), "a press")
        except PermanentFailure as error:  # it was too long ago: the app has stopped waiting
            if "query" not in str(error).lower():
                raise
