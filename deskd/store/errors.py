"""What the drivers raise, told as what happens next. The one translation at the store's boundary."""

from __future__ import annotations

import sqlite3

import psycopg

from deskd.errors import DeskdError, StoreAway, StoreFull, TemporaryFailure

DRIVER_ERRORS = (sqlite3.Error, psycopg.Error)

_FULL = ("database or disk is full", "disk i/o error")


def translate(error: Exception) -> Exception:
    """`StoreFull`, `StoreAway` or, for what is our own mistake (a broken constraint, wrong SQL), the error itself."""
    if isinstance(error, DeskdError):
        return error
    if isinstance(error, sqlite3.OperationalError):
        text = str(error).lower()
        if any(sign in text for sign in _FULL):
            return StoreFull(f"the database's disk is full: {error}")
        if "locked" in text or "busy" in text or "unable to open" in text or "readonly" in text:
            return StoreAway(f"the database is held by another program: {error}")
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
