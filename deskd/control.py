"""The control socket: how a command that writes asks the running daemon to do it, since SQLite has one writer (ARCHITECTURE.md, The store).

A Unix socket beside the database file, `<database>.sock`, for its owner alone (mode 0600). The client sends a line of JSON, and behind it as many bytes as its
`size` says; the server answers in lines of JSON, the last of which is `{"done": true}` or `{"failed": CLASS, "message": …}`. What can be asked stands in
`deskd.operating`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from deskd import errors
from deskd.errors import DeskdError, TemporaryFailure, UsageError

if TYPE_CHECKING:
    from deskd.operating import Desk

HEADER: Final = 16 * 1024 * 1024
"""Bytes of one line at the most."""

_RAISED: Final[Mapping[str, type[DeskdError]]] = {
    kind.__name__: kind
    for kind in (UsageError, TemporaryFailure, errors.StoreFull, errors.StoreAway, errors.BrokenInvariant)
}


@contextlib.contextmanager
def _address(database: Path) -> Iterator[str]:
    """A name of the socket that is short however deep its folder lies: a Unix socket's may have 107 bytes."""
    folder = os.open(database.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{database.name}.sock"
    finally:
        os.close(folder)


# ── the daemon's side ────────────────────────────────────────────────────────────────────────────────────────────────


class ControlServer:
    """Carries out on `desk` what commands ask. Whoever starts it holds the database's lock, so a socket that is there already is a dead daemon's."""

    def __init__(self, database: Path, desk: Desk) -> None:
        self._database = database
        self._desk = desk
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Raises `UsageError` where the socket can't be made."""
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with _address(self._database) as address:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(address)
                listener.bind(address)
                os.chmod(address, 0o600)  # before `listen`: until then nobody can connect
        except OSError as error:
            listener.close()
            raise UsageError(
                f"no control socket can be made beside {self._database}: {error.strerror or error}"
            ) from error
        self._server = await asyncio.start_unix_server(self._connected, sock=listener, limit=HEADER)

    async def stop(self) -> None:
        """Hang up; what was asked and isn't done yet can be asked again."""
        if self._server is None:
            return
        self._server.close()
        for client in list(self._clients):
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)
        with contextlib.suppress(OSError), _address(self._database) as address:
            os.unlink(address)
        self._server = None

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = asyncio.ensure_future(self._serve(reader, writer))
        self._clients.add(client)
        client.add_done_callback(self._clients.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while header := await reader.readline():
                await self._answer(header, reader, writer)
        except (ConnectionError, EOFError, ValueError):  # gone, or nobody who speaks this
            pass
        finally:
            writer.close()

    async def _answer(
        self, header: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        from deskd.operating import carry_out  # not the client's to load: it is all the desk can do

        request = json.loads(header)
        body = await reader.readexactly(int(request.get("size", 0)))
        try:
            async for answer in carry_out(self._desk, request, body):
                await _send(writer, answer)
        except DeskdError as failure:
            await _send(writer, {"failed": type(failure).__name__, "message": str(failure)})
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception as failure:
            self._desk.events.task_failed("control", failure)
            await _send(
                writer, {"failed": "BrokenInvariant", "message": f"{type(failure).__name__}: {failure}"}
            )
        else:
            await _send(writer, {"done": True})


async def _send(writer: asyncio.StreamWriter, answer: Mapping[str, Any]) -> None:
    writer.write(json.dumps(answer).encode() + b"\n")
    await writer.drain()


# ── a command's side ─────────────────────────────────────────────────────────────────────────────────────────────────


class ControlClient:
    """A connection to the daemon that runs on a database."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._answers = connection.makefile("rb")

    @classmethod
    def connect(cls, database: Path) -> ControlClient | None:
        """None: no daemon runs on it. Raises `UsageError` where one does and this user may not talk to it."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with _address(database) as address:
                connection.connect(address)
        except PermissionError as error:
            connection.close()
            raise UsageError(
                f"only the user who runs deskd may write to its database: {database}.sock is not yours"
            ) from error
        except OSError:
            connection.close()
            return None
        return cls(connection)

    def ask(self, request: Mapping[str, Any], body: bytes = b"") -> Iterator[dict[str, Any]]:
        """The answers, as they come. Raises what the daemon raised, and `TemporaryFailure` when it stopped meanwhile."""
        try:
            self._connection.sendall(json.dumps({**request, "size": len(body)}).encode() + b"\n" + body)
            for line in self._answers:
                answer = json.loads(line)
                if "done" in answer:
                    return
                if "failed" in answer:
                    raise _RAISED.get(answer["failed"], DeskdError)(answer["message"])
                yield answer
        except (ConnectionError, json.JSONDecodeError) as error:
            raise TemporaryFailure("the daemon stopped before it had answered; ask again") from error
        raise TemporaryFailure("the daemon stopped before it had answered; ask again")

    def close(self) -> None:
        self._answers.close()
        self._connection.close()
