"""The customers' Telegram of the demo: who writes to the bot, what the page shows of their chats, and what they do there by way of the page."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from connectors.standins.telegram import TelegramStandIn, buttons
from connectors.standins.telegram.world import Chat
from deskd.demo.attached import files_of
from deskd.demo.people import TELEGRAM_CUSTOMERS

Json = dict[str, Any]
KINDS = ("photo", "video", "audio", "voice", "document", "animation", "sticker", "video_note")


def furnish(telegram: TelegramStandIn) -> None:
    for person in TELEGRAM_CUSTOMERS:
        telegram.add_user(person.id, person.first_name, person.last_name, person.handle, person.language)


def shown(telegram: TelegramStandIn) -> list[Json]:
    """Each person with the messages of their chat with the bot, oldest first."""
    return [
        {
            **asdict(person),
            "messages": [_message(telegram, person.id, one) for one in _chat(telegram, person.id)],
        }
        for person in TELEGRAM_CUSTOMERS
    ]


def _chat(telegram: TelegramStandIn, user: int) -> list[Json]:
    return telegram.chat_messages(user) if user in telegram.world.chats else []


def _message(telegram: TelegramStandIn, user: int, message: Json) -> Json:
    return {
        "id": message["message_id"],
        "own": message.get("from", {}).get("id") == user,
        "at": message["date"],
        "text": message.get("text") or message.get("caption") or "",
        "edited": "edit_date" in message,
        "files": [_file(telegram, message[kind]) for kind in KINDS if kind in message],
        "buttons": [button for button in buttons(message) if "callback_data" in button],
        "reactions": telegram.reactions(user, message["message_id"]),
    }


def _file(telegram: TelegramStandIn, shape: Any) -> Json:
    """Of a picture Telegram has several sizes, the largest last."""
    file_id = (shape[-1] if isinstance(shape, list) else shape)["file_id"]
    return {"id": file_id, "name": telegram.file(file_id).name}


def without_files(chat: Chat) -> list[Json]:
    """The messages of a chat as they can be written down."""
    return [{key: one[key] for key in one if key not in KINDS} for one in chat.messages.values()]


async def act(telegram: TelegramStandIn, deed: str, asked: Mapping[str, Any]) -> Any:
    """`write` takes `user text files`, `edit` also `message`, `press` `user message data`. Raises as `workspace.act` does."""
    user, text = int(asked["user"]), str(asked.get("text") or "")
    if deed == "write":
        for name, content in (files := files_of(asked)):
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            sort = "photo" if kind in ("image/png", "image/jpeg") else "document"
            telegram.send_file(user, sort, content, name=name, type=kind, caption=text)
            text = ""  # it stands under the first of them
        if text or not files:
            telegram.write(user, text)
        return None
    if deed == "edit":
        telegram.edit(user, int(asked["message"]), text)
        return None
    if deed == "press":
        return await telegram.press(user, int(asked["message"]), str(asked["data"]))
    raise LookupError(f"nobody can {deed} here")
