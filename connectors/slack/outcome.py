"""What a failed call of Slack's Web API means: the one translation at this boundary, a function from exceptions to exceptions.

`once` says that the call must not be made twice (a post); what may have happened is then unknown, where a call that can be
repeated (an update, a reaction, a question) is only to be tried again. https://docs.slack.dev/reference/methods/chat.postMessage#errors
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from deskd.errors import (
    DeskdError,
    PermanentFailure,
    TemporaryFailure,
    Throttled,
    UnknownOutcome,
    Unsupported,
)

SETTING_RETRY = timedelta(minutes=2)
"""After this a fault of the set-up is tried again: someone may have mended it."""

_TOKENS = "check the tokens in deskd.yaml: bot_token starts with xoxb-, app_token with xapp-"
_REMEDIES: Mapping[str, str] = {
    "channel_not_found": "check the channel's id, and invite the bot if it is private: /invite @deskd",
    "not_in_channel": "invite the bot there: /invite @deskd",
    "is_archived": "unarchive the channel, or name another one in deskd.yaml",
    "invalid_auth": _TOKENS,
    "not_authed": _TOKENS,
    "account_inactive": "the bot's account was switched off: install the app again and set the new bot_token",
    "token_revoked": "install the app again and set the new bot_token",
    "token_expired": "install the app again and set the new bot_token",
    "not_allowed_token_type": _TOKENS,
    "missing_scope": "add the scope to the app and install it again",
    "no_permission": "add the scope to the app and install it again",
    "ekm_access_denied": "the workspace's administrators suspended access to this channel",
    "team_access_not_granted": "grant the app access to this workspace",
    "org_login_required": "the workspace is being migrated",
    "two_factor_setup_required": "the account must set up two-factor authentication",
    "access_denied": "grant the app access to this workspace",
    "posting_to_general_channel_denied": "let apps post there, or name another channel in deskd.yaml",
}
_THEIR_TROUBLE = frozenset(
    "internal_error fatal_error server_error service_unavailable request_timeout rollup_error accesslimited".split()
)
_THROTTLED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_NO_SUCH_METHOD = frozenset({"unknown_method", "method_deprecated", "deprecated_endpoint"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What Slack said no with: the HTTP status, its error code ("" if it gave none), what scope it wanted, its Retry-After."""

    status: int
    error: str
    needed: str
    retry_after: float | None


def answer(error: SlackApiError) -> Answer:
    """Read a refusal, whatever stands in it: the SDK hands out dicts, texts and raw HTTP answers there."""
    response = error.response
    status = getattr(response, "status_code", None) or getattr(response, "status", None) or 0
    data = getattr(response, "data", response)
    body: Mapping[str, Any] = data if isinstance(data, dict) else {}
    headers = getattr(response, "headers", None) or {}
    return Answer(
        int(status),
        str(body.get("error") or ""),
        str(body.get("needed") or ""),
        _seconds(headers.get("Retry-After")),
    )


def refusal(error: BaseException) -> str:
    """Slack's error code for the failure behind one of ours, "" if it gave none."""
    cause = error.__cause__
    return answer(cause).error if isinstance(cause, SlackApiError) else ""


def failure(error: Exception, *, what: str, once: bool) -> DeskdError:
    """The failure of ours that an exception of the SDK or of aiohttp means. `what` is the call in words: "chat.postMessage in C1"."""
    if isinstance(error, SlackApiError):
        return _refused(answer(error), what, once)
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError | aiohttp.InvalidURL):
        return TemporaryFailure(
            f"Slack can't be reached for {what}: {_short(error)}"
        )  # surely nothing was sent
    return _maybe(once, f"Slack gave no answer to {what}: {_short(error)}")


def _refused(found: Answer, what: str, once: bool) -> DeskdError:
    if found.status == 429 or found.error in _THROTTLED:
        wait = 30.0 if found.retry_after is None else found.retry_after
        return Throttled(f"Slack asks for a slower pace: {what}", timedelta(seconds=wait))
    if found.error in _REMEDIES:
        scope = f" ({found.needed})" if found.needed else ""
        return TemporaryFailure(
            f"Slack refuses {what}: {found.error}{scope}; {_REMEDIES[found.error]}", retry_after=SETTING_RETRY
        )
    if found.error in _THEIR_TROUBLE:
        return _maybe(once, f"Slack is in trouble over {what}: {found.error}")
    if found.error in _NO_SUCH_METHOD or (not found.error and found.status in (404, 405, 501)):
        return Unsupported(f"this Slack doesn't know the method: {what}")
    if found.error:
        return PermanentFailure(f"Slack refuses {what}: {found.error}")
    if found.status in (401, 403):
        return TemporaryFailure(f"Slack refuses {what}: HTTP {found.status}; check bot_token", SETTING_RETRY)
    return _maybe(once, f"Slack answered {what} with HTTP {found.status} and nothing to read")


def _maybe(once: bool, message: str) -> DeskdError:
    return UnknownOutcome(message) if once else TemporaryFailure(message)


def _seconds(found: object) -> float | None:
    try:
        return min(max(float(str(found)), 0.0), 3600.0)
    except ValueError:
        return None


def _short(error: Exception) -> str:
    return f"{type(error).__name__} {error}".strip()[:200]
