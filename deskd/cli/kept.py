"""What accounts remember between two starts, for commands: read from the database, and written by whoever may write there (`carrying.asking`)."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from deskd.errors import BrokenInvariant, DeskdError

if TYPE_CHECKING:
    from deskd.config import Settings
    from deskd.model import Position, RawMessage


class KeptForCommands:
    """A `deskd.ports.Polling` for those who look at accounts and read nothing out of them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def can_keep(self, account: str) -> bool:
        """Whether what this account is given at a look can be kept, if it is given anything."""
        imap = self._settings.mail_channels()[account].imap
        return self.ready() or imap is None or imap.oauth is None or imap.oauth.refresh_token is None

    def ready(self) -> bool:
        """Whether there is a database that can keep something."""
        from deskd.store import Store

        path = Store(self._settings.desk.database).path
        return path is None or path.exists()

    async def positions(self, account: str) -> Mapping[str, str]:
        return await asyncio.to_thread(self._positions, account) if self.ready() else {}

    def _positions(self, account: str) -> Mapping[str, str]:
        from deskd.store import Store, positions

        store = Store.open(self._settings.desk.database, write=False)
        try:
            return store.read_now(lambda work: positions.of(work, account))
        finally:
            store.close()

    async def remember(self, position: Position) -> None:
        """Raises `UsageError` where another process holds the database and can't be asked."""
        await asyncio.to_thread(self._remember, position)

    def _remember(self, position: Position) -> None:
        from deskd.cli.carrying import asking

        told = {"account": position.account, "place": position.place, "value": position.value}
        with asking(self._settings) as ask:
            if not list(ask({"do": "remember", **told})):
                raise DeskdError("nobody keeps what the provider of tokens gave")

    async def accept(self, raws: Sequence[RawMessage], position: Position | None = None) -> None:
        raise BrokenInvariant("a command hands mail to the desk by the request `ingest`")

    async def taken(self, account: str, source: str, external_ids: Sequence[str]) -> Collection[str]:
        raise BrokenInvariant("a command compares by itself")

    async def may_ask(self, account: str) -> bool:
        return False

    async def let_go(self, account: str) -> None:
        """It never has one."""
