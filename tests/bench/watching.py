"""What the bench asks a desk's database while the daemon works in it: how much still waits, which cards are queued. It only reads."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

LOOK_EVERY = 0.02  # seconds
PATIENCE = 600.0

# The first condition is the one of the partial index.
_WAITING = "SELECT count(*) FROM inbox WHERE state IN ('received', 'working')"
_ENDED = "SELECT count(*) FROM inbox WHERE id > {after} AND state NOT IN ('received', 'working')"
_NEWEST = "SELECT coalesce(max(id), 0) FROM inbox"
_CARDS = (
    "SELECT outbox.id, messages.rfc_id FROM outbox JOIN messages ON messages.ticket_id = outbox.ticket_id"
    " WHERE outbox.id > {after} AND outbox.kind IN ('card', 'post') ORDER BY outbox.id"
)
_POSTS = (
    "SELECT outbox.id, messages.text FROM outbox JOIN messages ON messages.id = outbox.message_id"
    " WHERE outbox.id > {after} AND outbox.kind = 'post' ORDER BY outbox.id"
)
_TEXTS = "SELECT ticket_id, text FROM messages WHERE direction = 'in' ORDER BY id"


class Watch:
    """One reading connection; close it when done."""

    def __init__(self, database: str) -> None:
        url = make_url(database)
        if url.get_backend_name() == "sqlite":
            path = Path(url.database or "").absolute()
            self._connection: Any = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
        else:
            self._connection = psycopg.connect(
                **{**url.translate_connect_args(username="user", database="dbname"), **url.query},
                autocommit=True,
            )

    def close(self) -> None:
        self._connection.close()

    def waiting(self) -> int:
        """Inbox rows that have not come to their end."""
        return self._one(_WAITING)

    def newest(self) -> int:
        return self._one(_NEWEST)

    def ended(self, after: int) -> int:
        """How many rows behind this one have."""
        return self._one(_ENDED.format(after=after))

    def cards(self, after: int) -> list[tuple[int, str]]:
        """Outbox id and Message-ID of what was queued for agents after an outbox id."""
        return self._connection.execute(_CARDS.format(after=after)).fetchall()  # type: ignore[no-any-return]

    def posts(self, after: int) -> list[tuple[int, str]]:
        """Outbox id and text of each customer's message that was queued for agents after an outbox id."""
        return self._connection.execute(_POSTS.format(after=after)).fetchall()  # type: ignore[no-any-return]

    def customers_texts(self) -> list[tuple[int, str]]:
        """Ticket and text of each message of a customer's, in the order in which they were filed."""
        return self._connection.execute(_TEXTS).fetchall()  # type: ignore[no-any-return]

    def value(self, sql: str) -> Any:
        return self._connection.execute(sql).fetchone()[0]

    def _one(self, sql: str) -> int:
        return int(self.value(sql))


async def until(condition: Callable[[], bool], every: float = LOOK_EVERY) -> float:
    """When it came true, in seconds since 1970. Raises `TimeoutError` when it doesn't within `PATIENCE`."""
    give_up = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > give_up:
            raise TimeoutError(f"it didn't come true within {PATIENCE:g} s")
        await asyncio.sleep(every)
    return time.time()
