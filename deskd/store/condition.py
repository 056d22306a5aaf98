"""How fit a desk's database is, for `deskd doctor`. Reads only, and makes nothing that isn't there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import text

from deskd.errors import DeskdError
from deskd.ports import Finding
from deskd.store import schema
from deskd.store.database import Store
from deskd.store.work import Work

PART: Final = "database"


def condition(url: str) -> list[Finding]:
    """Whether it can be reached, whose schema it has, whether commits are durable, and how much room there is."""
    try:
        store = Store.open(url, write=False)
    except DeskdError as failure:
        return [Finding(PART, "wrong", str(failure), "correct desk.database")]
    try:
        if store.path is not None and not store.path.exists():
            return [_not_there_yet(store.path), *_room(store)]
        return [*_schema(store), *store.read_now(_durable), *_room(store)]
    except Exception as failure:
        return [
            Finding(PART, "wrong", f"it can't be read: {failure}", "check desk.database, and that it runs")
        ]
    finally:
        store.close()


def _not_there_yet(path: Path) -> Finding:
    folder = next(parent for parent in path.parents if parent.exists())
    if os.access(folder, os.W_OK):
        return Finding(PART, "ok", f"{path} isn't there yet; the first start makes it")
    return Finding(
        PART, "wrong", f"{path} can't be made: {folder} isn't writable", "let deskd's user write there"
    )


def _schema(store: Store) -> Iterator[Finding]:
    found, wanted = schema.current(store), schema.newest()
    if found == wanted:
        yield Finding(PART, "ok", f"reached; its schema is {found}, as it should be")
    elif found is None:
        yield Finding(PART, "ok", "reached; it is empty, and the first start makes the tables")
    else:
        remedy = "make a backup, then `deskd db upgrade`; or install the deskd it belongs to"
        yield Finding(PART, "wrong", f"its schema is {found}, this deskd works with {wanted}", remedy)


def _durable(work: Work) -> list[Finding]:
    """What PostgreSQL calls durable is set on its side; on SQLite deskd sets it itself at each start."""
    if work.dialect == "sqlite":
        mode = work.once(text("PRAGMA journal_mode"))[0]["journal_mode"]
        if mode != "wal":
            return [Finding(PART, "warning", f"its journal mode is {mode}; the next start makes it WAL")]
        return [Finding(PART, "ok", "commits are synced to disk (WAL, synchronous=FULL)")]
    off = [
        name
        for name in ("fsync", "synchronous_commit", "full_page_writes")
        if work.once(text(f"SHOW {name}"))[0][name] == "off"
    ]
    if off:
        names = ", ".join(off)
        return [
            Finding(
                PART,
                "wrong",
                f"{names} is off: a crash loses mail that was answered 250",
                f"switch {names} on",
            )
        ]
    return [Finding(PART, "ok", "commits are synced to disk (fsync, synchronous_commit)")]


def _room(store: Store) -> Iterator[Finding]:
    path = store.path
    while path is not None and not path.exists():
        path = path.parent
    if path is None:
        return
    disk = os.statvfs(path)
    free = disk.f_bavail * disk.f_frsize // 2**20
    if free < 1024:
        yield Finding(
            "disk", "warning", f"{free} MB are free under the database", "make room: mail is kept whole"
        )
    else:
        yield Finding("disk", "ok", f"{free // 1024} GB are free under the database")
