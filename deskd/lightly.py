"""Imports that bring along less than they would: what a library loads only in case somebody wants it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(name: str) -> Iterator[None]:
    """Whatever is imported within doesn't find the package `name`, and does what it does where that isn't installed."""
    known = sys.modules.get(name)
    sys.modules[name] = None  # type: ignore[assignment]  # the import system's own word for "there is none"
    try:
        yield
    finally:
        if known is None:
            del sys.modules[name]
        else:
            sys.modules[name] = known
