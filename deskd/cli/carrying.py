"""What a command works on: the settings, the database to read, and whoever carries out what it asks (`deskd.operating`).

On SQLite that is the running daemon, by its control socket; without one, and on PostgreSQL, the command itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from deskd.errors import DeskdError, UsageError

if TYPE_CHECKING:
    from deskd.config import Settings
    from deskd.store import Store

Ask = Callable[..., Iterator[dict[str, Any]]]
"""`ask(request, body=b"")`: the answers, as `deskd.operating` gives them."""

WAIT_FOR_LOCK: Final = 5.0
"""Seconds: a daemon that starts has the lock before it listens, another command has it for as long as it works."""


def settings_for(config: Path | None) -> Settings:
    """Raises `ConfigError` with all that is wrong."""
    from deskd.config import find_config, load_config

    path = find_config(config, os.environ, Path.cwd())
    settings = load_config(path, os.environ)
    if settings.templates:
        _check_templates(settings, path)
    return settings


def _check_templates(settings: Settings, path: Path) -> None:
    """Raises `ConfigError` with all that is wrong with the desk's own templates, each with its place in the file."""
    from deskd.errors import ConfigError, Problem
    from deskd.templates import faults
    from deskd.yamlfile import read_yaml

    found = [
        (("templates", name, language), fault)
        for name, texts in settings.templates.items()
        for language, source in texts.items()
        for fault in faults(source)
    ]
    if found:
        document = read_yaml(path)
        raise ConfigError(
            [
                Problem(
                    document.name,
                    *document.place(steps),
                    f"{fault.message}, in {'.'.join(steps)}, line {fault.line} of it",
                    fault.remedy,
                )
                for steps, fault in found
            ]
        )


@contextlib.contextmanager
def reading(config: Path | None) -> Iterator[Store]:
    """The desk's database, to read. Raises `DeskdError` where there is none yet, or an older deskd's."""
    from deskd.store import Store

    store = Store.open(settings_for(config).desk.database, write=False)
    try:
        if store.path is not None and not store.path.exists():
            raise DeskdError(
                f"there is no database at {store.path} yet: `deskd run` or `deskd db upgrade` makes it"
            )
        with _fitting():
            yield store
    finally:
        store.close()


@contextlib.contextmanager
def _fitting() -> Iterator[None]:
    """A table or column that isn't there means a schema of another version."""
    try:
        yield
    except Exception as error:
        if any(sign in str(error) for sign in ("no such table", "no such column")) or (
            type(error).__name__ in ("UndefinedTable", "UndefinedColumn")
        ):
            raise DeskdError(
                "the database's schema is not this deskd's: run `deskd db upgrade` (make a backup first)"
            ) from error
        raise


@contextlib.contextmanager
def asking(settings: Settings, *, many: bool = False) -> Iterator[Ask]:
    """Whoever carries out requests on this desk; `many`: mails enough for a process of their own to read them.

    Raises `UsageError` where another process holds the database and doesn't listen.
    """
    from deskd.control import ControlClient
    from deskd.store import Store

    until = time.monotonic() + WAIT_FOR_LOCK
    while True:
        path = Store(settings.desk.database).path
        client = ControlClient.connect(path) if path is not None and path.parent.is_dir() else None
        if client is not None:
            with contextlib.closing(client):
                yield client.ask
            return
        try:
            store = Store.open(settings.desk.database)
        except UsageError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
            continue
        with contextlib.closing(store), _own_hands(settings, store, many) as ask:
            yield ask
        return


@contextlib.contextmanager
def _own_hands(settings: Settings, store: Store, many: bool) -> Iterator[Ask]:
    """No daemon: the same requests, carried out here; on SQLite the store's lock is held."""
    from deskd.parsing import ParsingProcess

    with contextlib.closing(ParsingProcess()) as parsing, asyncio.Runner() as runner:
        if many:
            parsing.begin()  # it starts while the rest is loaded here
        from deskd.cli.standin import StandIn
        from deskd.operating import carry_out
        from deskd.store import schema

        schema.prepare(store, upgrade=False)
        desk = StandIn(settings, store, parsing)

        async def answers(request: Mapping[str, Any], body: bytes) -> list[dict[str, Any]]:
            async with desk.alive():
                return [answer async for answer in carry_out(desk, request, body)]

        def ask(request: Mapping[str, Any], body: bytes = b"") -> Iterator[dict[str, Any]]:
            yield from runner.run(answers(request, body))

        try:
            runner.run(desk.begin())
            yield ask
        finally:
            runner.run(desk.end())
