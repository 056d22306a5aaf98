"""Attacks on threads are tried on both databases: what lets a mail in is looked up there."""

from tests.support.store import desk_url, empty_postgresql, empty_sqlite, open_store, store

__all__ = ["desk_url", "empty_postgresql", "empty_sqlite", "open_store", "store"]
