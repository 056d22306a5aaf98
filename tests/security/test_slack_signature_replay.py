"""Slack signature replay: who posts to /slack/events without the signing secret is refused, and what was recorded on its way works neither later nor twice."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from connectors.slack.api import SlackApi
from connectors.slack.http import HttpDoor
from connectors.slack.receive import Intake, bolt_app
from connectors.standins.slack.http_events import signature
from deskd.errors import StoreAway
from deskd.model import RawMessage
from tests.support.desk import NOW
from tests.support.world import StillClock

SECRET = "made-up-signing-secret"
EVENT = json.dumps(
    {
        "type": "event_callback",
        "event_id": "Ev0000000001",
        "event": {
            "type": "message",
            "channel": "C0FRONT",
            "user": "U0ANNA",
            "text": "ciao",
            "ts": "1700000000.000100",
        },
    }
).encode()


class Door:
    """A door before an inbox that keeps each id once, at a time that stands still."""

    def __init__(self) -> None:
        self.rows: dict[str, RawMessage] = {}
        self.repeated: list[bool] = []
        self.away = False
        self.clock = StillClock()
        intake = Intake("slack", lambda: ())
        intake.open(self._accept)
        self._api = SlackApi("xoxb-test", "http://127.0.0.1:9/api/", self.clock)
        self._door = HttpDoor(bolt_app(self._api.client, intake), SECRET, self.clock, self.repeated.append)

    async def _accept(self, raw: RawMessage) -> None:
        if self.away:
            raise StoreAway("away")
        self.rows.setdefault(raw.external_id, raw)

    async def post(
        self,
        body: bytes = EVENT,
        *,
        age: float = 0,
        secret: str = SECRET,
        signed: bytes | None = None,
        **more: str,
    ) -> tuple[int, str]:
        stamp = str(int((NOW - timedelta(seconds=age)).timestamp()))
        headers = {
            "content-type": "application/json",
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": signature(secret, stamp, signed or body),
            **{name.replace("_", "-"): value for name, value in more.items()},
        }
        status, text, _ = await self._door.answer(headers, body)
        return status, text

    async def close(self) -> None:
        await self._api.close()


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    made = Door()
    yield made
    await made.close()


async def test_a_signed_event_is_kept_before_it_is_answered(door: Door) -> None:
    assert await door.post() == (200, "")
    assert list(door.rows) == ["m:C0FRONT:1700000000.000100"]


@pytest.mark.parametrize(("age", "status"), [(299, 200), (301, 401), (-299, 200), (-301, 401), (86_400, 401)])
async def test_a_recorded_request_works_for_five_minutes_at_the_most(
    door: Door, age: float, status: int
) -> None:
    assert (await door.post(age=age))[0] == status
    assert bool(door.rows) is (status == 200)


async def test_and_within_them_only_once(door: Door) -> None:
    for _ in range(3):
        assert (await door.post(x_slack_retry_num="1"))[0] == 200
    assert len(door.rows) == 1


@pytest.mark.parametrize(
    "forged",
    [
        {"secret": "another"},
        {"signed": EVENT.replace(b"ciao", b"addio")},
        {"signed": b" " + EVENT},
        {"x_slack_signature": ""},
        {"x_slack_signature": "v0="},
        {"x_slack_signature": "v0=é"},
        {"x_slack_request_timestamp": "soon"},
        {"x_slack_request_timestamp": "9" * 400},
        {"body": b"\xff\xfe", "signed": b"\xff\xfe"},
    ],
)
async def test_what_is_not_slacks_is_refused_unread(door: Door, forged: dict[str, str]) -> None:
    assert await door.post(**forged) == (401, "")  # type: ignore[arg-type]
    assert door.rows == {}


async def test_unsigned_is_refused_too(door: Door) -> None:
    assert (await door._door.answer({}, EVENT))[0] == 401
    assert (await door._door.answer({}, b"ssl_check=1&token=x"))[0] == 401


async def test_a_retry_is_taken_when_nothing_came_before(door: Door) -> None:
    """The first attempt, which would have carried no retry header, never arrived."""
    assert (await door.post(x_slack_retry_num="2", x_slack_retry_reason="http_timeout"))[0] == 200
    assert len(door.rows) == 1
    assert door.repeated == [True]


async def test_what_is_not_kept_is_not_acknowledged(door: Door) -> None:
    door.away = True
    assert (await door.post())[0] == 503
    door.away = False
    assert (await door.post(x_slack_retry_num="1"))[0] == 200
    assert len(door.rows) == 1


async def test_the_address_is_confirmed_only_to_slack(door: Door) -> None:
    asked = json.dumps({"type": "url_verification", "token": "x", "challenge": "3eZbrw1a"}).encode()
    status, text = await door.post(asked)
    assert (status, json.loads(text)) == (200, {"challenge": "3eZbrw1a"})
    assert await door.post(asked, secret="another") == (401, "")


async def test_left_out_events_are_noticed(door: Door) -> None:
    told = json.dumps({"type": "app_rate_limited", "minute_rate_limited": 1518467820}).encode()
    assert (await door.post(told))[0] == 200
    assert door.repeated == [True]
