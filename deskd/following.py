"""Where a Slack account has something to ask about after it was away (`deskd.ports.Following`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from deskd.ports import Followed
from deskd.store import Store, following

BEFORE: Final = timedelta(hours=1)
"""What was written so long before it may have been changed or deleted since: people mend what they wrote soon, or not at all."""


class StoredFollowing:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def followed(self, account: str, since: datetime) -> Sequence[Followed]:
        return await self._store.read(lambda work: following.followed(work, account, since - BEFORE))
