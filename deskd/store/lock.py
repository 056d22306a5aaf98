"""The lock beside an SQLite file: one daemon, or one writing command, at a time, and the next one learns who."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import sys
from pathlib import Path
from typing import IO

from deskd.errors import UsageError


class Lock:
    """An exclusive `flock` on `FILE.lock`, which the kernel gives back when its holder dies. Inside it stands who holds it."""

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(database.name + ".lock")
        self._file: IO[str] | None = None

    def take(self) -> None:
        """Raises `UsageError` naming the holder."""
        file = open(self.path, "a+", encoding="utf-8")  # noqa: SIM115 — it stays open as long as the lock is held
        os.chmod(self.path, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = self._holder(file)
            file.close()
            raise UsageError(
                f"{holder} has this database ({self.path}); stop it first, or talk to it"
            ) from None
        file.seek(0)
        file.truncate()
        json.dump({"pid": os.getpid(), "host": socket.gethostname(), "command": " ".join(sys.argv[:2])}, file)
        file.flush()
        self._file = file

    @staticmethod
    def _holder(file: IO[str]) -> str:
        file.seek(0)
        try:
            held = json.loads(file.read())
            return f"process {held['pid']} on {held['host']} ({held['command']})"
        except (ValueError, KeyError, TypeError):
            return "another process"

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
