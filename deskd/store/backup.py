"""A consistent copy of the database while the daemon runs: SQLite's own backup, or `pg_dump`."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from deskd.errors import DeskdError, UsageError
from deskd.store.database import Store


def backup(store: Store, file: Path) -> int:
    """Write the copy and give its size in bytes. The file appears whole, durable and for its owner alone, or not at all.

    Raises `UsageError` where the file exists, `DeskdError` where it can't be written.
    """
    if file.exists() and (not file.is_file() or file.stat().st_size):
        raise UsageError(f"{file} exists already: name a new file")
    part = file.with_name(f".{file.name}.part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        if store.path is not None:
            _copy_sqlite(store.path, part)
        else:
            _dump_postgres(store, part)
        _make_durable(part, file)
    except OSError as error:
        raise DeskdError(f"{file} can't be written: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)
    return file.stat().st_size


def _copy_sqlite(database: Path, part: Path) -> None:
    """One step for all pages: they are of one moment, and in WAL mode the daemon writes on meanwhile (sqlite.org/backup.html)."""
    try:
        with (
            closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(part)) as target,
        ):
            source.backup(target, pages=-1)
            target.execute("PRAGMA journal_mode = DELETE")  # one file, with no -wal beside it
            found = target.execute("PRAGMA quick_check").fetchone()
    except sqlite3.Error as error:
        raise DeskdError(f"the copy failed: {error}") from error
    if found != ("ok",):
        raise DeskdError(f"the copy is damaged, so the database may be: {found[0]}; run `deskd db check`")


def _dump_postgres(store: Store, part: Path) -> None:
    """A dump in pg_restore's own form; the password goes by the environment, which other users can't see."""
    program = shutil.which("pg_dump")
    if program is None:
        raise DeskdError(
            "a PostgreSQL database is copied by pg_dump, which isn't installed here (Debian package postgresql-client)"
        )
    url = store.url.set(drivername="postgresql", password=None)
    environment = os.environ | ({"PGPASSWORD": str(store.url.password)} if store.url.password else {})
    done = subprocess.run(  # noqa: S603 — the program's full path, and arguments of our own
        [program, "--format=custom", f"--file={part}", url.render_as_string()],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DeskdError(f"pg_dump failed: {done.stderr.strip()}")


def _make_durable(part: Path, file: Path) -> None:
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.replace(file)
    folder = os.open(file.absolute().parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
