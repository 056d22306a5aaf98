"""What the drivers raise, told as what happens next. The one translation at the store's boundary.

PostgreSQL's driver is asked only where it has been loaded: nothing else raises its errors, and a desk on SQLite never needs it.
"""

from __future__ import annotations

import sqlite3
import sys
from typing import Any

from deskd.errors import DeskdError, StoreAway, StoreFull, TemporaryFailure

_FULL = ("database or disk is full", "disk i/o error")


def _psycopg() -> Any:
    return sys.modules.get("psycopg")


def driver_errors() -> tuple[type[Exception], ...]:
    """All that a driver in use may raise; for `except`."""
    psycopg = _psycopg()
    return (sqlite3.Error,) if psycopg is None else (sqlite3.Error, psycopg.Error)


def is_operational(error: Exception) -> bool:
    """Whether it speaks of the connection or the server rather than of what was asked."""
    psycopg = _psycopg()
    return isinstance(error, sqlite3.OperationalError) or (
        psycopg is not None and isinstance(error, psycopg.OperationalError)
    )


def translate(error: Exception) -> Exception:
    """`StoreFull`, `StoreAway` or, for what is our own mistake (a broken constraint, wrong SQL), the error itself."""
    if isinstance(error, DeskdError):
        return error
    if isinstance(error, sqlite3.OperationalError):
        return _of_sqlite(error)
    return error if _psycopg() is None else _of_postgres(error)


def _of_sqlite(error: sqlite3.OperationalError) -> Exception:
    text = str(error).lower()
    if any(sign in text for sign in _FULL):
        return StoreFull(f"the database's disk is full: {error}")
    if "locked" in text or "busy" in text or "unable to open" in text or "readonly" in text:
        return StoreAway(f"the database is held by another program: {error}")
    return error


def _of_postgres(error: Exception) -> Exception:
    psycopg = _psycopg()
    if isinstance(error, psycopg.errors.DiskFull):
        return StoreFull(f"the database's disk is full: {error}")
    if isinstance(error, psycopg.errors.SerializationFailure | psycopg.errors.DeadlockDetected):
        return TemporaryFailure(f"the database asks to try again: {error}")
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return StoreAway(f"the database is out of reach: {error}")
    return error


def passes(error: Exception) -> bool:
    """Whether the database may take the same thing another time, or asks for it; else it is our own mistake, and stays one."""
    return isinstance(translate(error), TemporaryFailure)
