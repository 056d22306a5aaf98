"""What a failed call means: a table, row by row."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from slack_sdk.errors import SlackApiError

from connectors.slack.outcome import answer, failure, refusal
from deskd.errors import (
    DeskdError,
    PermanentFailure,
    TemporaryFailure,
    Throttled,
    UnknownOutcome,
    Unsupported,
)


class Response:
    """As the SDK hands it out: a status, headers, and a body that may be anything."""

    def __init__(self, status: int, data: Any, headers: dict[str, str] | None = None) -> None:
        self.status_code, self.data, self.headers = status, data, headers or {}


def says(error: str, status: int = 200, **more: Any) -> SlackApiError:
    return SlackApiError("no", Response(status, {"ok": False, "error": error, **more}))  # type: ignore[no-untyped-call]


def http(status: int, data: Any = "", **headers: str) -> SlackApiError:
    return SlackApiError("no", Response(status, data, headers))  # type: ignore[no-untyped-call]


PLACE = ConnectionKey("slack.example", 443, True, True, None, None, None)
REFUSED = aiohttp.ClientConnectorError(PLACE, OSError("refused"))

TABLE: list[tuple[Exception, type[DeskdError], type[DeskdError]]] = [
    # the exception, what it means for a post, what for a call that may be repeated
    (REFUSED, TemporaryFailure, TemporaryFailure),  # nothing was sent
    (aiohttp.ConnectionTimeoutError(), TemporaryFailure, TemporaryFailure),  # nor here
    (aiohttp.ServerDisconnectedError(), UnknownOutcome, TemporaryFailure),
    (aiohttp.SocketTimeoutError(), UnknownOutcome, TemporaryFailure),
    (aiohttp.ClientPayloadError(), UnknownOutcome, TemporaryFailure),
    (TimeoutError(), UnknownOutcome, TemporaryFailure),  # the whole call's time
    (ConnectionResetError(), UnknownOutcome, TemporaryFailure),
    (AttributeError("'str' has no get"), UnknownOutcome, TemporaryFailure),  # the SDK, on 200 with plain text
    (http(500), UnknownOutcome, TemporaryFailure),
    (http(502, "<html>"), UnknownOutcome, TemporaryFailure),
    (http(200, {}), UnknownOutcome, TemporaryFailure),
    (says("internal_error"), UnknownOutcome, TemporaryFailure),
    (says("service_unavailable", 503), UnknownOutcome, TemporaryFailure),
    (says("ratelimited", 429), Throttled, Throttled),
    (http(429), Throttled, Throttled),
    (says("not_in_channel"), TemporaryFailure, TemporaryFailure),
    (says("channel_not_found"), TemporaryFailure, TemporaryFailure),
    (says("token_revoked"), TemporaryFailure, TemporaryFailure),
    (http(403, "<html>"), TemporaryFailure, TemporaryFailure),
    (says("msg_too_long"), PermanentFailure, PermanentFailure),
    (says("invalid_blocks"), PermanentFailure, PermanentFailure),
    (says("restricted_action"), PermanentFailure, PermanentFailure),
    (says("something_new"), PermanentFailure, PermanentFailure),
    (says("unknown_method"), Unsupported, Unsupported),
    (http(404, "<html>"), Unsupported, Unsupported),
]


@pytest.mark.parametrize(("error", "post", "repeatable"), TABLE)
def test_what_a_failure_means(error: Exception, post: type[DeskdError], repeatable: type[DeskdError]) -> None:
    assert type(failure(error, what="a call", once=True)) is post
    assert type(failure(error, what="a call", once=False)) is repeatable


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("", 30.0), ("soon", 30.0), ("-1", 0.0), ("1e9", 3600.0)]
)
def test_how_long_to_wait(header: str, seconds: float) -> None:
    found = failure(http(429, "", **{"Retry-After": header}), what="a call", once=True)
    assert isinstance(found, Throttled)
    assert found.retry_after == timedelta(seconds=seconds)


def test_the_remedy_and_the_scope_are_named() -> None:
    found = failure(says("missing_scope", needed="reactions:write"), what="reactions.add in C1", once=False)
    assert isinstance(found, TemporaryFailure)
    assert found.retry_after
    assert str(found) == (
        "Slack refuses reactions.add in C1: missing_scope (reactions:write); add the scope to the app and install it again"
    )


def test_slacks_own_code_is_read_through_our_exception() -> None:
    ours = PermanentFailure("no")
    assert refusal(ours) == ""
    ours.__cause__ = says("already_reacted")
    assert refusal(ours) == "already_reacted"
    assert answer(http(502, b"\xff")).error == ""
