"""The stages together, on both databases."""

from tests.support.store import desk_url, empty_postgresql, empty_sqlite, open_store, store

__all__ = ["desk_url", "empty_postgresql", "empty_sqlite", "open_store", "store"]
