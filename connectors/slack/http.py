"""What Slack posts to our address, in place of a socket: events, interactions and commands, all at one.

In: headers (names in lower case) and the raw body. Out: status, body and type of the answer. What isn't signed by Slack, or was five minutes ago, is refused
before anyone looks inside; what is sent once more within them is known by its id, as everything that comes twice is. A body is kept before it
is answered 200; a 503 makes Slack try again. https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import Clock as SignatureClock
from slack_sdk.signature import SignatureVerifier

from deskd.ports import Clock

log = logging.getLogger(__name__)

Answered = tuple[int, str, str]
"""Status, body, media type."""

_JSON: Final = "application/json"
_NOT_SLACK: Final = (401, "", "text/plain")
_NOT_READABLE: Final = (400, "", "text/plain")


class _Ours(SignatureClock):
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now().timestamp()


class HttpDoor:
    """For one account. `came` is told of each request that was Slack's, and whether it was a repeated one."""

    def __init__(
        self, app: AsyncApp, signing_secret: str, clock: Clock, came: Callable[[bool], None]
    ) -> None:
        self._app = app
        self._verifier = SignatureVerifier(signing_secret, _Ours(clock))
        self._came = came

    async def answer(self, headers: Mapping[str, str], body: bytes) -> Answered:
        """Raises nothing."""
        if not self._is_slacks(headers, body):
            return _NOT_SLACK
        text = body.decode()
        challenge = _challenge(text)
        if challenge is not None:
            return 200, json.dumps({"challenge": challenge}), _JSON
        self._came("x-slack-retry-num" in headers or _was_limited(text))
        try:
            request = AsyncBoltRequest(body=text, headers=dict(headers), mode="http")
        except ValueError:
            return _NOT_READABLE
        answer = await self._app.async_dispatch(request)
        kind = (
            answer.headers.get("content-type") or [_JSON if answer.body.startswith("{") else "text/plain"]
        )[0]
        return answer.status, answer.body, kind

    def _is_slacks(self, headers: Mapping[str, str], body: bytes) -> bool:
        try:
            return self._verifier.is_valid(
                body, headers.get("x-slack-request-timestamp"), headers.get("x-slack-signature")
            )
        except (ValueError, TypeError, OverflowError):  # no number, no UTF-8, no ASCII
            return False


def _challenge(text: str) -> str | None:
    """Slack asks once, when the address is entered, whether it is ours."""
    found = _object(text)
    return str(found.get("challenge")) if found.get("type") == "url_verification" else None


def _was_limited(text: str) -> bool:
    """Slack says that it left events out: more than 30,000 came within the hour."""
    return '"app_rate_limited"' in text[:2_000] and _object(text).get("type") == "app_rate_limited"


def _object(text: str) -> Mapping[str, object]:
    if not text.startswith("{"):
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
