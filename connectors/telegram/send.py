"""Deliveries out: words with their formatting, files as what they are; each message once.

In: a `Delivery`. Out: a `Receipt` with the ids of the messages it became, or one of the failures of `deskd.ports.Connector.deliver`, which says how many of
several had gone. Formatting goes as entities, never as markup: nothing that anybody typed can break or be taken for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaPhoto,
    InputMediaVideo,
    Message,
    MessageEntity,
    ReplyParameters,
)

from connectors.telegram.api import TelegramApi
from connectors.telegram.outcome import Moved
from connectors.telegram.pace import Pace
from deskd.errors import BrokenInvariant, DeskdError, PermanentFailure, Throttled
from deskd.model import Button, Delivery, FetchFiles, OutgoingFile, Receipt
from deskd.model.outgoing import Acknowledge, AmendChat, SendChat, Span, Words
from deskd.model.parting import units
from deskd.ports import Clock

MOST_CAPTION: Final = 1024  # UTF-16 units of the words under a file
MOST_PHOTO: Final = 10_000_000
MOST_SENT: Final = 50_000_000
MOST_ALBUM: Final = 10
SHORT: Final = 0.25  # seconds that are worth waiting for a turn; for longer the lane rests
_PHOTOS = frozenset({"image/jpeg", "image/png", "image/webp"})
_VOICES = frozenset({"audio/ogg", "audio/opus"})
_AUDIOS = frozenset({"audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/mp3"})


@dataclass(frozen=True, slots=True)
class _Step:
    """One call: words, a file with or without words, or an album."""

    words: Words
    files: tuple[OutgoingFile, ...] = ()
    last: bool = False  # the buttons stand under it


class Sender:
    """Sends for one bot."""

    def __init__(self, api: TelegramApi, pace: Pace, clock: Clock) -> None:
        self._api = api
        self._pace = pace
        self._clock = clock

    async def send(self, delivery: Delivery) -> Receipt:
        match delivery.content:
            case SendChat() as content:
                return await self._send_all(content)
            case AmendChat() as content:
                return await self._amend(content)
            case Acknowledge(query, text):
                await self._acknowledge(query, text)
                return Receipt()
            case FetchFiles(files, most):
                found = [await self._api.file(file.id, most) for file in files]
                return Receipt(files=tuple(found))
            case other:
                raise BrokenInvariant(f"a Telegram channel was given {type(other).__name__}")

    async def _send_all(self, content: SendChat) -> Receipt:
        """What has gone is never sent again: a failure says how far it came."""
        chat, sent = content.chat, list[str]()
        steps = steps_of(content)
        for number, step in enumerate(steps[content.done :], content.done):
            try:
                try:
                    sent += await self._step(content, step, chat, first=number == 0)
                except Moved as moved:
                    chat = moved.chat
                    sent += await self._step(content, step, chat, first=False)
            except DeskdError as error:
                error.done = number
                raise
        place = content.chat if chat == content.chat else f"{content.chat}>{chat}"
        return Receipt(external_id=",".join(sent), place=place)

    async def _step(self, content: SendChat, step: _Step, chat: str, *, first: bool) -> list[str]:
        await self._turn(chat)
        common: dict[str, Any] = {"chat_id": int(chat)}
        if content.thread:
            common["message_thread_id"] = int(content.thread)
        if first and content.answers:
            common["reply_parameters"] = ReplyParameters(
                int(content.answers), allow_sending_without_reply=True
            )
        if step.last and content.buttons:
            common["reply_markup"] = keyboard(content.buttons)
        try:
            return await self._call(step, common)
        except Throttled as error:
            wait = error.retry_after or timedelta(seconds=1)
            self._pace.refused(chat, wait.total_seconds(), self._clock.monotonic())
            raise

    async def _turn(self, chat: str) -> None:
        """Raises `Throttled` where it isn't this chat's turn for a while."""
        while (wait := self._pace.take(chat, self._clock.monotonic())) > 0:
            if wait > SHORT:
                raise Throttled(
                    f"Telegram's limits: {chat} is not to be written to yet", timedelta(seconds=wait)
                )
            await asyncio.sleep(wait)

    async def _call(self, step: _Step, common: dict[str, Any]) -> list[str]:
        bot = self._api.bot
        if not step.files:
            spans = _entities(step.words.spans)
            return await self._sent(
                lambda: bot.send_message(text=step.words.text, entities=spans, **common), "a message"
            )
        if len(step.files) > 1:
            media = [
                _media(file, step.words if number == 0 else Words(""))
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
        spans = _entities(words.spans)
        caption = {"caption": words.text, "caption_entities": spans} if words.text else {}
        return lambda: method(**{kind: InputFile(file.data, file.name or "file")}, **caption, **common)

    async def _sent(self, method: Callable[[], Awaitable[Any]], what: str) -> list[str]:
        found = await self._api.call(method, what, once=True)
        messages = found if isinstance(found, list | tuple) else [found]
        return [str(message.message_id) for message in messages]

    async def _amend(self, content: AmendChat) -> Receipt:
        """A message that reads so already, or is gone, is as well as amended."""
        bot, words = self._api.bot, content.words
        markup = keyboard(content.buttons) if content.buttons else None
        try:
            await self._api.call(
                lambda: bot.edit_message_text(
                    words.text,
                    chat_id=int(content.chat),
                    message_id=int(content.message),
                    entities=_entities(words.spans),
                    reply_markup=markup,
                ),
                "a change of a message",
            )
        except PermanentFailure as error:
            if "not modified" not in str(error) and "not found" not in str(error):
                raise
        return Receipt(external_id=content.message)

    async def _acknowledge(self, query: str, text: str) -> None:
        bot = self._api.bot
        try:
            await self._api.call(lambda: bot.answer_callback_query(query, text=text or None), "a press")
        except PermanentFailure as error:  # it was too long ago: the app has stopped waiting
            if "query" not in str(error).lower():
                raise


def steps_of(content: SendChat) -> tuple[_Step, ...]:
    """The calls a delivery takes, always the same ones: some of them may have been made already. Short words go with the first file."""
    parts, files = list(content.parts), _grouped(content.files)
    words = Words("")
    if files and len(parts) == 1 and units(parts[0].text) <= MOST_CAPTION and not content.buttons:
        words = parts.pop()
    steps = [_Step(part) for part in parts]
    steps += [_Step(words if number == 0 else Words(""), group) for number, group in enumerate(files)]
    if not steps:
        raise PermanentFailure("there is nothing to send: the message is empty")
    under = max((number for number, step in enumerate(steps) if len(step.files) < 2), default=0)
    return tuple(_Step(step.words, step.files, last=number == under) for number, step in enumerate(steps))


def _grouped(files: Sequence[OutgoingFile]) -> list[tuple[OutgoingFile, ...]]:
    """Pictures and videos that follow one another make an album; all else goes by itself."""
    groups: list[tuple[OutgoingFile, ...]] = []
    for file in files:
        seen = kind_of(file) in ("photo", "video")
        if groups and seen and len(groups[-1]) < MOST_ALBUM and kind_of(groups[-1][0]) in ("photo", "video"):
            groups[-1] = (*groups[-1], file)
        else:
            groups.append((file,))
    return groups


def kind_of(file: OutgoingFile) -> str:
    """As what Telegram shows a file: photo, video, voice, audio, animation or document."""
    media_type = file.type.partition(";")[0].strip().lower()
    if media_type in _PHOTOS and len(file.data) <= MOST_PHOTO:
        return "photo"
    if media_type == "image/gif":
        return "animation"
    if media_type == "video/mp4":
        return "video"
    if media_type in _VOICES:
        return "voice"
    return "audio" if media_type in _AUDIOS else "document"


def keyboard(rows: Sequence[Sequence[Button]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(button.label, callback_data=button.action) for button in row] for row in rows]
    )


def _media(file: OutgoingFile, words: Words) -> InputMediaPhoto | InputMediaVideo:
    made = InputMediaPhoto if kind_of(file) == "photo" else InputMediaVideo
    return made(
        InputFile(file.data, file.name or "file", attach=True),
        caption=words.text or None,
        caption_entities=_entities(words.spans) or None,
    )


def _entities(spans: Sequence[Span]) -> list[MessageEntity]:
    return [MessageEntity(span.kind, span.offset, span.length, url=span.url or None) for span in spans]
