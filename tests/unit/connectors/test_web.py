"""The HTTP server: pages over the wire, and what it does with those that fail, are too big, or aren't there."""

from __future__ import annotations

import io
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from time import monotonic

import aiohttp
import pytest

from connectors.web import MOST, Answer, Asked, WebServer
from deskd.config import Listen
from deskd.errors import ConfigError


class Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return monotonic()


async def echo(asked: Asked) -> Answer:
    told = f"{asked.method} {asked.path} {asked.query.get('q')} {asked.headers['x-test']} {len(asked.body)}"
    return Answer(201, told.encode(), "text/plain; charset=utf-8")


async def broken(asked: Asked) -> Answer:
    raise LookupError("a secret of ours")


ROUTES = {("GET", "/echo"): echo, ("POST", "/echo"): echo, ("GET", "/broken"): broken}


@pytest.fixture
async def server() -> AsyncIterator[WebServer]:
    made = WebServer(Listen("127.0.0.1", 0), ROUTES, Clock())
    await made.start()
    yield made
    await made.stop()


async def ask(server: WebServer, method: str, path: str, body: bytes = b"") -> tuple[int, str, str]:
    url = f"http://127.0.0.1:{server.port}{path}"
    async with (
        aiohttp.ClientSession(headers={"X-Test": "yes"}) as session,
        session.request(method, url, data=io.BytesIO(body)) as answer,
    ):
        return answer.status, answer.headers.get("Content-Type", ""), await answer.text()


async def test_a_page_gets_the_request_and_its_answer_goes_out_as_it_is(server: WebServer) -> None:
    assert await ask(server, "GET", "/echo?q=1") == (201, "text/plain; charset=utf-8", "GET /echo 1 yes 0")
    assert (await ask(server, "POST", "/echo", b"four"))[2] == "POST /echo None yes 4"
    assert server.health().state == "ok"
    assert server.health().last_ok is not None


async def test_head_is_answered_where_get_is(server: WebServer) -> None:
    assert (await ask(server, "HEAD", "/echo"))[0] == 201


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/", 404), ("PUT", "/echo", 405)])
async def test_what_is_not_there(server: WebServer, method: str, path: str, status: int) -> None:
    assert (await ask(server, method, path))[0] == status


async def test_a_page_that_fails_tells_the_outside_nothing(server: WebServer) -> None:
    status, _, text = await ask(server, "GET", "/broken")
    assert status == 500
    assert "secret" not in text


async def test_a_body_too_big_is_refused(server: WebServer) -> None:
    assert (await ask(server, "POST", "/echo", b"x" * (MOST + 1)))[0] == 413


async def test_a_port_that_is_taken_is_a_mistake_of_configuration() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        server = WebServer(Listen("127.0.0.1", other.getsockname()[1]), ROUTES, Clock())
        with pytest.raises(ConfigError, match=r"desk\.http.*another program listens there"):
            await server.start()
        assert server.health().state == "stopped"


async def test_it_serves_on_a_socket_it_is_handed() -> None:
    handed = socket.socket()
    handed.bind(("127.0.0.1", 0))
    server = WebServer(Listen("127.0.0.1", 1), ROUTES, Clock())
    await server.start([handed])
    assert server.port == handed.getsockname()[1]
    assert (await ask(server, "GET", "/echo"))[0] == 201
    await server.stop()
