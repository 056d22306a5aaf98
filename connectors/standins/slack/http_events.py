"""Events over HTTP: signed posts to the app's address, instead of Socket Mode.

In: parcels. Out: one POST each, with Slack's signature and, on a retry, its headers.
https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from urllib.parse import urlencode

import aiohttp

from connectors.standins.slack.delivery import Ack, NotTaken, Parcel


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of X-Slack-Signature."""
    signed = b":".join((b"v0", timestamp.encode(), body))
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


class HttpEvents:
    """The app behind one address."""

    def __init__(self, url: str, signing_secret: str, clock: Callable[[], float], ack_within: float) -> None:
        self.url = url
        self.signing_secret = signing_secret
        self.clock = clock
        self.ack_within = ack_within

    async def carry(self, parcel: Parcel) -> Ack:
        """Post one parcel; anything but a 2xx within the time is a failure."""
        body, content_type = _body(parcel)
        timestamp = str(int(self.clock()))
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self.signing_secret, timestamp, body),
        }
        if parcel.attempt:
            headers |= {"X-Slack-Retry-Num": str(parcel.attempt), "X-Slack-Retry-Reason": parcel.reason or ""}
        return await self._post(body, headers)

    async def _post(self, body: bytes, headers: dict[str, str]) -> Ack:
        limit = aiohttp.ClientTimeout(total=self.ack_within)
        try:
            async with (
                aiohttp.ClientSession(timeout=limit) as session,
                session.post(self.url, data=body, headers=headers) as response,
            ):
                answer = await response.text()
                if response.status // 100 != 2:
                    raise NotTaken("http_error")
        except TimeoutError:
            raise NotTaken("http_timeout") from None
        except aiohttp.ClientError:
            raise NotTaken("connection_failed") from None
        return Ack(_payload(answer))


def _body(parcel: Parcel) -> tuple[bytes, str]:
    if parcel.kind == "events_api":
        return json.dumps(parcel.payload).encode(), "application/json"
    form = parcel.payload if parcel.kind == "slash_commands" else {"payload": json.dumps(parcel.payload)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def _payload(answer: str) -> dict[str, object] | None:
    """What the app said in its answer: a JSON object, or a command's plain text."""
    if not answer.strip():
        return None
    try:
        decoded = json.loads(answer)
    except ValueError:
        return {"text": answer}
    return decoded if isinstance(decoded, dict) and decoded else None
