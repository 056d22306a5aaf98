"""What a failed call of the Bot API means: the one translation at this boundary. https://core.telegram.org/bots/api#making-requests

`once` says that the call must not be made twice (a message): what may have happened is then unknown. A connection that was refused has surely brought nothing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from deskd.errors import DeskdError, PermanentFailure, TemporaryFailure, Throttled, UnknownOutcome

SETTING_RETRY: Final = timedelta(minutes=2)
"""After this a fault of the set-up is tried again: someone may have mended it."""

_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


class Elsewhere(TemporaryFailure):
    """409: another program fetches this bot's updates, or a webhook takes them."""


class Moved(TemporaryFailure):
    """The chat is a supergroup now, under another id."""

    def __init__(self, message: str, chat: str) -> None:
        super().__init__(message)
        self.chat = chat


def failure(error: TelegramError, *, what: str, once: bool, secret: str) -> DeskdError:
    """The failure of ours that an exception of the library means. `what` is the call in words; `secret` is never told."""
    said = str(error).replace(secret, "…")[:300]
    match error:
        case RetryAfter():
            wait = error.retry_after
            seconds = wait if isinstance(wait, timedelta) else timedelta(seconds=wait)
            return Throttled(f"Telegram asks for a slower pace: {what}", min(seconds, timedelta(hours=1)))
        case ChatMigrated():
            return Moved(said, str(error.new_chat_id))
        case Forbidden():
            return PermanentFailure(f"Telegram: {said}")
        case InvalidToken():
            return TemporaryFailure(
                f"Telegram refuses the token ({what}): {said}; set the one @BotFather gives", SETTING_RETRY
            )
        case Conflict():
            return Elsewhere(f"Telegram: {said}")
        case BadRequest():
            return PermanentFailure(f"Telegram refuses {what}: {said}")
    cause = error.__cause__
    if isinstance(cause, _NOT_SENT):
        return TemporaryFailure(f"Telegram can't be reached for {what}: {type(cause).__name__}")
    message = f"Telegram gave no answer to {what}: {said}"
    return UnknownOutcome(message) if once else TemporaryFailure(message)
