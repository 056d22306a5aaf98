"""What Slack tells us, into the inbox: kept first, acked then, by one middleware of bolt for everything.

In: bodies of events and interactions, over whichever transport bolt has. Out: a `RawMessage` each, through `accept`. An answer other
than 200 means that it was not kept: Slack sends it again. The middleware stands before bolt's authorization, which asks
auth.test about each event: an event must not wait for that.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from connectors.slack.identify import external_id, happened_at, is_echo, is_membership
from connectors.slack.screening import Screening
from deskd.errors import DeskdError, TemporaryFailure
from deskd.model import RawMessage
from deskd.ports import Accept

log = logging.getLogger(__name__)

SOURCE = "slack"
_SECRETS = frozenset({"token", "response_url"})  # of no use later, and of use to a thief

_KEPT = 200
_NOT_KEPT = 503


class Intake:
    """Takes bodies in. `own` gives our bot's ids as far as they are known; `membership` is told when somebody joined or left a channel."""

    def __init__(
        self,
        channel: str,
        own: Callable[[], Collection[str]],
        membership: Callable[[], None] = lambda: None,
    ) -> None:
        self._channel = channel
        self._own = own
        self._membership = membership
        self._accept: Accept | None = None
        self.newest = 0.0
        """When the newest event that came in happened, by Slack's own clock; our own echoes count."""

    def open(self, accept: Accept) -> None:
        self._accept = accept

    def close(self) -> None:
        """From now on nothing is kept, so nothing is acked."""
        self._accept = None

    async def take(self, body: dict[str, Any]) -> None:
        """Keep it, unless it is our own echo or concerns nobody. Raises what `accept` raises, `TemporaryFailure` when closed."""
        if is_membership(body):
            self._membership()
        raw = self.raw(body)
        if raw is not None:
            if self._accept is None:
                raise TemporaryFailure("nothing is taken in any more")
            await self._accept(raw)
        self.newest = max(self.newest, happened_at(body))

    def raw(self, body: dict[str, Any]) -> RawMessage | None:
        """As it is kept; None for our own echo, and for what concerns nobody."""
        known_as = external_id(body)
        if known_as is None or is_echo(body, self._own()):
            return None
        kept = {key: value for key, value in body.items() if key not in _SECRETS}
        # ASCII: a lone surrogate in a text is valid JSON and no UTF-8
        payload = json.dumps(kept, separators=(",", ":")).encode("ascii")
        return RawMessage(self._channel, SOURCE, known_as, payload)

    async def answer(self, body: dict[str, Any]) -> int:
        """The status to answer Slack with. Raises nothing: what could not be kept is said in the log and comes again."""
        try:
            await self.take(body)
        except DeskdError as error:
            log.warning("an event of Slack was not kept and will come again: %s", error)
            return _NOT_KEPT
        except Exception:
            log.exception("an event of Slack was not kept and will come again")
            return _NOT_KEPT
        return _KEPT


def bolt_app(client: AsyncWebClient, intake: Intake, screening: Screening | None = None) -> AsyncApp:
    """The bolt app whose every request goes through the intake, unless it only asks for something to be shown."""

    async def keep(body: dict[str, Any]) -> BoltResponse:
        answer = await screening.answer(body) if screening is not None else None
        if answer is not None:
            return BoltResponse(status=_KEPT, body=answer or "")
        return BoltResponse(status=await intake.answer(body), body="")

    return AsyncApp(
        name="deskd",
        client=client,
        signing_secret="",  # a socket needs none, and `http` has looked before bolt hears of it
        request_verification_enabled=False,
        process_before_response=True,
        before_authorize=keep,
        ignoring_self_events_enabled=False,  # `is_echo` knows our own, without asking Slack
        logger=logging.getLogger(f"{__name__}.bolt"),
    )
