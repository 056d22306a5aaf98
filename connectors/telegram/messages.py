"""Words, files and albums for a chat, one call after the other and each once.

In: a `SendChat`. Out: a `Receipt` with the ids of the messages it became, or a failure that says how many of them had gone. Formatting goes as entities, never as
markup: nothing that anybody typed can break or be taken for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeVar

from telegram import InputFile, Message, ReplyParameters

from connectors.telegram.api import TelegramApi
from connectors.telegram.entities import entities, keyboard
from connectors.telegram.files import MOST_SENT, grouped, in_album, kind_of
from connectors.telegram.outcome import Moved
from connectors.telegram.pace import Pace
from deskd.errors import DeskdError, PermanentFailure, Throttled
from deskd.model import OutgoingFile, Receipt
from deskd.model.outgoing import AmendChat, SendChat, Words
from deskd.model.parting import units
from deskd.ports import Clock

T = TypeVar("T")

MOST_CAPTION: Final = 1024  # UTF-16 units of the words under a file
_AMENDED = ("message is not modified", "message to edit not found", "message_id_invalid")
SHORT: Final = 0.25  # seconds that are worth waiting for a turn; for longer the lane rests


@dataclass(frozen=True, slots=True)
class _Step:
    """One call: words, a file with or without words, or an album."""

    words: Words
    files: tuple[OutgoingFile, ...] = ()
    last: bool = False  # the buttons stand under it


class Messages:
    """Sends for one bot, in the pace that Telegram asks for."""

    def __init__(self, api: TelegramApi, pace: Pace, clock: Clock) -> None:
        self._api = api
        self._pace = pace
        self._clock = clock

    async def send(self, content: SendChat, *, follow: bool = True) -> Receipt:
        """What has gone is never sent again: a failure says how far it came. `follow` a group to where it has moved."""
        chat, sent = content.chat, list[str]()
        steps = steps_of(content)
        for number, step in enumerate(steps[content.done :], content.done):
            try:
                try:
                    sent += await self._step(content, step, chat, first=number == 0)
                except Moved as moved:
                    if not follow:
                        raise
                    chat = moved.chat
                    sent += await self._step(content, step, chat, first=False)
            except DeskdError as error:
                error.done, error.receipt = number, _receipt(content, chat, sent)
                raise
        return _receipt(content, chat, sent)

    async def amend(self, content: AmendChat) -> Receipt:
        """A message that reads so already, or is gone, is as well as amended."""
        bot, words = self._api.bot, content.words
        markup = keyboard(content.buttons) if content.buttons else None
        try:
            await self._api.call(
                lambda: bot.edit_message_text(
                    words.text,
                    chat_id=int(content.chat),
                    message_id=int(content.message),
                    entities=entities(words.spans),
                    reply_markup=markup,
                ),
                "a change of a message",
            )
        except Throttled as error:
            self._rest(content.chat, error)
            raise
        except PermanentFailure as error:
            if not any(known in str(error).lower() for known in _AMENDED):
                raise
        return Receipt(external_id=content.message)

    async def _step(self, content: SendChat, step: _Step, chat: str, *, first: bool) -> list[str]:
        await self.turn(chat)
        common: dict[str, Any] = {"chat_id": int(chat)}
        if content.thread:
            common["message_thread_id"] = int(content.thread)
        if first and content.answers:
            common["reply_parameters"] = ReplyParameters(
                int(content.answers), allow_sending_without_reply=True
            )
        if step.last and content.buttons:
            common["reply_markup"] = keyboard(content.buttons)
        return await self.slowed(chat, lambda: self._call(step, common))

    async def slowed(self, chat: str, call: Callable[[], Awaitable[T]]) -> T:
        """Make a call, and keep it in mind where Telegram wants a chat to rest."""
        try:
            return await call()
        except Throttled as error:
            self._rest(chat, error)
            raise

    def _rest(self, chat: str, asked: Throttled) -> None:
        wait = asked.retry_after or timedelta(seconds=1)
        self._pace.refused(chat, wait.total_seconds(), self._clock.monotonic())

    async def turn(self, chat: str, spare: int = 0) -> None:
        """Wait for this chat's turn. Raises `Throttled` where that takes a while; `spare`: so many of a group's messages are left to others."""
        while (wait := self._pace.take(chat, self._clock.monotonic(), spare)) > 0:
            if wait > SHORT:
                raise Throttled(
                    f"Telegram's limits: {chat} is not to be written to yet", timedelta(seconds=wait)
                )
            await asyncio.sleep(wait)

    async def _call(self, step: _Step, common: dict[str, Any]) -> list[str]:
        bot = self._api.bot
        if not step.files:
            spans = entities(step.words.spans)
            return await self._sent(
                lambda: bot.send_message(text=step.words.text, entities=spans, **common), "a message"
            )
        if len(step.files) > 1:
            media = [
                in_album(file, step.words if number == 0 else Words(""))
                for number, file in enumerate(step.files)
            ]
            common.pop("reply_markup", None)
            return await self._sent(lambda: bot.send_media_group(media=media, **common), "an album")
        return await self._file(step.files[0], step.words, common)

    async def _file(self, file: OutgoingFile, words: Words, common: dict[str, Any]) -> list[str]:
        if len(file.data) > MOST_SENT:
            raise PermanentFailure(f"{file.name} is larger than a bot may send")
        kind = kind_of(file)
        try:
            return await self._sent(self._as(kind, file, words, common), f"a {kind}")
        except PermanentFailure as error:
            if kind == "document" or "refuses" not in str(error):
                raise
            # refused as what it is (a picture's measures, a codec), and so surely not sent: it goes as a file
            return await self._sent(self._as("document", file, words, common), "a document")

    def _as(
        self, kind: str, file: OutgoingFile, words: Words, common: dict[str, Any]
    ) -> Callable[[], Awaitable[Message]]:
        method = getattr(self._api.bot, f"send_{kind}")
        spans = entities(words.spans)
        caption = {"caption": words.text, "caption_entities": spans} if words.text else {}
        return lambda: method(**{kind: InputFile(file.data, file.name or "file")}, **caption, **common)

    async def _sent(self, method: Callable[[], Awaitable[Any]], what: str) -> list[str]:
        found = await self._api.call(method, what, once=True)
        messages = found if isinstance(found, list | tuple) else [found]
        return [str(message.message_id) for message in messages]


def _receipt(content: SendChat, chat: str, sent: list[str]) -> Receipt:
    place = content.chat if chat == content.chat else f"{content.chat}>{chat}"
    return Receipt(external_id=",".join(sent), place=place)


def steps_of(content: SendChat) -> tuple[_Step, ...]:
    """The calls a delivery takes, always the same ones: some of them may have been made already. Short words go with the first file."""
    parts, files = list(content.parts), grouped(content.files)
    words = Words("")
    if files and len(parts) == 1 and units(parts[0].text) <= MOST_CAPTION and not content.buttons:
        words = parts.pop()
    steps = [_Step(part) for part in parts]
    steps += [_Step(words if number == 0 else Words(""), group) for number, group in enumerate(files)]
    if not steps:
        raise PermanentFailure("there is nothing to send: the message is empty")
    under = max((number for number, step in enumerate(steps) if len(step.files) < 2), default=0)
    return tuple(_Step(step.words, step.files, last=number == under) for number, step in enumerate(steps))
