"""One demo at a time on a folder and on a port; the next one learns where the first is."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import socket
import urllib.request
from pathlib import Path
from typing import IO

from deskd.errors import UsageError

_PATIENCE = 2.0  # seconds for whatever holds the port to say what it is


class Folder:
    """The right to a folder, given back by the kernel when its holder dies; inside the lock file stands the holder's address."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "demo.lock"
        self._file: IO[str] | None = None

    def take(self) -> None:
        """Raises `UsageError` that says where the demo on this folder is."""
        try:
            file = open(self.path, "a+", encoding="utf-8")  # noqa: SIM115 — open as long as the demo runs
        except OSError as failure:
            raise UsageError(f"the demo's folder can't be written: {failure}") from failure
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            address = file.read().strip()
            file.close()
            where = f": {address}" if address else ""
            raise UsageError(f"a demo already runs on {self.path.parent}{where}") from None
        file.truncate(0)
        self._file = file

    def say(self, address: str) -> None:
        """Write down where the page is."""
        assert self._file is not None
        self._file.write(address)
        self._file.flush()

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


async def listen(port: int) -> socket.socket:
    """A socket that listens on loopback. Raises `UsageError` that says who has the port."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(64)
    except OSError as failure:
        listener.close()
        folder = await asyncio.to_thread(_demo_on, port)
        if folder is not None:
            raise UsageError(
                f"a demo already runs there: http://127.0.0.1:{port}/ (its folder: {folder})"
            ) from None
        raise UsageError(f"port {port} of 127.0.0.1 can't be used: {failure.strerror}") from failure
    listener.setblocking(False)
    return listener


def _demo_on(port: int) -> str | None:
    """The folder of the demo that listens on this port; None when it is something else."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with (
        contextlib.suppress(OSError, ValueError, KeyError, TypeError),
        direct.open(f"http://127.0.0.1:{port}/about", timeout=_PATIENCE) as answer,
    ):
        return str(json.loads(answer.read(10_000))["deskd demo"])
    return None
