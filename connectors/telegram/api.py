"""The Bot API of one bot, by python-telegram-bot: raw updates in, calls out, failures as ours.

`base_url` ends in /bot, and the token follows it: no address of a call may ever be logged or told.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar, cast

from telegram import Bot, Update
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from connectors.telegram.outcome import failure
from deskd.errors import PermanentFailure

T = TypeVar("T")
Json = dict[str, Any]

POLL = 25.0  # seconds one question for updates may wait on the other side
MOST_UPDATES = 100
_PATIENCE = 10.0  # seconds beyond that until its connection counts as dead
_AT_ONCE = 32  # connections


class _RawBot(Bot):
    """With updates as they came: the library knows only kinds that existed when it was made."""

    async def raw_updates(self, offset: int | None, timeout: float, kinds: Sequence[str]) -> list[Json]:
        data = {"offset": offset, "limit": MOST_UPDATES, "timeout": int(timeout), "allowed_updates": kinds}
        return cast(list[Json], await self._post("getUpdates", data, read_timeout=timeout + _PATIENCE))


CUSTOMERS_KINDS: Final[tuple[str, ...]] = ()
"""All kinds but chat_member, message_reaction and message_reaction_count, those too that don't exist yet. https://core.telegram.org/bots/api#getupdates"""
TEAMS_KINDS: Final = tuple(
    str(kind) for kind in Update.ALL_TYPES if kind not in ("chat_member", "message_reaction_count")
)
"""With reactions, which must be asked for by name, and then so must all else."""


class TelegramApi:
    """`token` and `base` as deskd.yaml has them; `kinds` of updates that are asked for. Must be used inside one running event loop."""

    def __init__(self, token: str, base: str, kinds: Sequence[str] = CUSTOMERS_KINDS) -> None:
        self.kinds = tuple(kinds)
        base = base.rstrip("/")
        self._token = token
        self.bot = _RawBot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=HTTPXRequest(
                connection_pool_size=_AT_ONCE,
                connect_timeout=5.0,
                read_timeout=20.0,
                write_timeout=20.0,
                pool_timeout=30.0,
                media_write_timeout=120.0,
            ),
            get_updates_request=HTTPXRequest(connection_pool_size=1, connect_timeout=5.0, pool_timeout=1.0),
        )

    async def open(self) -> None:
        """Make the connections' pools. Calls nobody."""
        for request in self.bot._request:  # the library's own way calls getMe, which may fail
            await request.initialize()

    async def close(self) -> None:
        for request in self.bot._request:
            await request.shutdown()

    async def updates(self, offset: int | None, timeout: float = POLL) -> list[Json]:
        """What has happened since; the offset confirms all before it."""
        found = await self.call(lambda: self.bot.raw_updates(offset, timeout, self.kinds), "getUpdates")
        return [one for one in found if isinstance(one, dict) and isinstance(one.get("update_id"), int)]

    async def call(self, method: Callable[[], Awaitable[T]], what: str, *, once: bool = False) -> T:
        """`once`: it must not be made twice, so an outcome that nobody knows is `UnknownOutcome`."""
        try:
            return await method()
        except TelegramError as error:
            raise failure(error, what=what, once=once, secret=self._token) from error

    async def file(self, file_id: str, most: int) -> bytes:
        """Raises `PermanentFailure` where it is larger than `most` bytes or gone."""
        found = await self.call(lambda: self.bot.get_file(file_id), "getFile")
        if (found.file_size or 0) > most:
            raise PermanentFailure("it is larger than a bot may fetch")
        data = bytes(await self.call(found.download_as_bytearray, "a file's download"))
        if len(data) > most:
            raise PermanentFailure("it is larger than Telegram had said, and than a bot may fetch")
        return data
