"""The control socket: what a command asks is carried out by whoever listens, and failures arrive as what they are."""

import asyncio
import stat
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from deskd.control import ControlClient, ControlServer
from deskd.errors import Problem, StoreFull, TemporaryFailure, UsageError
from deskd.operating import Desk


class FakeDesk:
    """Answers `reload` with `problems`, or fails with `failure`, or waits for ever."""

    def __init__(self) -> None:
        self.problems: Sequence[Problem] = ()
        self.failure: Exception | None = None
        self.waits = False
        self.asked = asyncio.Event()
        self.failed: list[str] = []
        self.events = SimpleNamespace(task_failed=lambda task, failure: self.failed.append(task))

    async def reload(self) -> Sequence[Problem]:
        self.asked.set()
        if self.waits:
            await asyncio.Event().wait()
        if self.failure is not None:
            raise self.failure
        return self.problems


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """In a folder whose name is longer than a Unix socket's may be."""
    folder = tmp_path / ("x" * 120)
    folder.mkdir()
    return folder / "deskd.db"


@pytest.fixture
async def server(desk: FakeDesk, database: Path) -> AsyncIterator[ControlServer]:
    server = ControlServer(database, cast(Desk, desk))
    await server.start()
    yield server
    await server.stop()


async def ask(database: Path, request: dict[str, Any], body: bytes = b"") -> list[dict[str, Any]]:
    def asked() -> list[dict[str, Any]]:
        client = ControlClient.connect(database)
        assert client is not None
        with closing(client):
            return list(client.ask(request, body))

    return await asyncio.to_thread(asked)


async def test_answers_come_one_by_one(server: ControlServer, desk: FakeDesk, database: Path) -> None:
    assert await ask(database, {"do": "reload"}) == []
    desk.problems = [Problem("a.yaml", 3, 1, "wrong"), Problem("b.yaml", None, None, "worse")]
    assert await ask(database, {"do": "reload"}) == [
        {"problem": "a.yaml:3:1: wrong"},
        {"problem": "b.yaml: worse"},
    ]


async def test_the_socket_is_for_its_owner_alone(server: ControlServer, database: Path) -> None:
    found = database.with_name("deskd.db.sock").stat()
    assert stat.S_ISSOCK(found.st_mode)
    assert stat.S_IMODE(found.st_mode) == 0o600


async def test_several_requests_on_one_connection(
    server: ControlServer, desk: FakeDesk, database: Path
) -> None:
    def asked() -> list[list[dict[str, Any]]]:
        client = ControlClient.connect(database)
        assert client is not None
        with closing(client):
            return [list(client.ask({"do": "reload"}, b"x" * size)) for size in (0, 1, 300_000)]

    assert await asyncio.to_thread(asked) == [[], [], []]


@pytest.mark.parametrize(
    "failure", [UsageError("wrongly asked"), StoreFull("no room"), TemporaryFailure("not now")]
)
async def test_a_failure_arrives_as_what_it_is(
    failure: Exception, server: ControlServer, desk: FakeDesk, database: Path
) -> None:
    desk.failure = failure
    with pytest.raises(type(failure), match=f"^{failure}$"):
        await ask(database, {"do": "reload"})
    desk.failure = None
    assert await ask(database, {"do": "reload"}) == []


async def test_an_unforeseen_failure_is_logged_and_told(
    server: ControlServer, desk: FakeDesk, database: Path
) -> None:
    desk.failure = RuntimeError("something odd")
    with pytest.raises(Exception, match="RuntimeError: something odd"):
        await ask(database, {"do": "reload"})
    assert desk.failed == ["control"]


async def test_a_request_nobody_knows_is_wrong_usage(server: ControlServer, database: Path) -> None:
    with pytest.raises(UsageError, match=r"doesn't know 'dance'"):
        await ask(database, {"do": "dance"})


async def test_who_speaks_something_else_is_hung_up_on(server: ControlServer, database: Path) -> None:
    reader, writer = await _open(database)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    assert await reader.read() == b""
    writer.close()
    assert await ask(database, {"do": "reload"}) == []


async def _open(database: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    client = ControlClient.connect(database)
    assert client is not None
    connection = client._connection.dup()
    client.close()
    return await asyncio.open_unix_connection(sock=connection)


async def test_a_daemon_that_stops_is_no_answer(
    server: ControlServer, desk: FakeDesk, database: Path
) -> None:
    desk.waits = True
    asking = asyncio.ensure_future(ask(database, {"do": "reload"}))
    await desk.asked.wait()
    await server.stop()
    with pytest.raises(TemporaryFailure, match="stopped before it had answered"):
        await asking


async def test_where_nobody_listens_there_is_no_client(desk: FakeDesk, database: Path) -> None:
    assert ControlClient.connect(database) is None
    server = ControlServer(database, cast(Desk, desk))
    await server.start()
    await server.stop()
    assert ControlClient.connect(database) is None
    assert list(database.parent.iterdir()) == []


async def test_a_dead_daemons_socket_is_replaced(desk: FakeDesk, database: Path) -> None:
    dead, alive = ControlServer(database, cast(Desk, desk)), ControlServer(database, cast(Desk, desk))
    await dead.start()
    await alive.start()
    assert await ask(database, {"do": "reload"}) == []
    await alive.stop()
    await dead.stop()


async def test_a_socket_that_can_t_be_made_is_said(desk: FakeDesk, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no control socket"):
        await ControlServer(tmp_path / "missing" / "deskd.db", cast(Desk, desk)).start()
