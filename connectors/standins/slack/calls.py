"""The arguments of a Web API call, and the log of all calls.

Slack takes arguments as a JSON body, a form, multipart or a query, and structured ones (blocks, metadata, view) also as JSON in
a string: https://docs.slack.dev/apis/web-api/#methods-supporting-json
"""

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from connectors.standins.slack.state import Json, SlackError

_STRUCTURED = frozenset({"blocks", "attachments", "metadata", "view", "files", "icons"})
_TRUE = frozenset({"1", "true", "True", True})


@dataclass(slots=True)
class Call:
    """One call of the Web API: `at` in seconds since the epoch; `outcome` is `ok`, Slack's error or the fault that was ordered."""

    method: str
    args: Json
    at: float
    outcome: str = "under way"
    answer: Json | None = None


async def arguments(request: web.Request) -> tuple[str, Json]:
    """The token (from the Authorization header, else the argument `token`, else empty) and all other arguments of a call."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        args.update(_json_object(await request.text()))
    elif request.can_read_body:
        args.update(await request.post())
    in_arguments = str(args.pop("token", ""))
    scheme, _, in_header = request.headers.get("Authorization", "").partition(" ")
    token = in_header if scheme == "Bearer" else in_arguments
    return token, {key: _decoded(key, value) for key, value in args.items()}


def _json_object(body: str) -> Json:
    try:
        decoded = json.loads(body or "{}")
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(decoded, dict):
        raise SlackError("json_not_object")
    return decoded


def _decoded(key: str, value: Any) -> Any:
    if key in _STRUCTURED and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(f"invalid_{'blocks_format' if key == 'blocks' else key}") from None
    return value


def flag(args: Json, name: str, default: bool = False) -> bool:
    """A yes-or-no argument, in any of the forms in which SDKs send one."""
    return args[name] in _TRUE if name in args else default


def limit(args: Json, default: int, most: int) -> int:
    """The argument `limit`; raises invalid_limit."""
    try:
        wanted = int(args.get("limit") or default)
    except ValueError:
        raise SlackError("invalid_limit") from None
    if wanted < 1:
        raise SlackError("invalid_limit")
    return min(wanted, most)


def page(items: list[Json], args: Json, default: int = 100, most: int = 1000) -> tuple[list[Json], Json]:
    """One page of the items and its `response_metadata`; the cursor is the place of the next page. Raises invalid_cursor."""
    cursor = str(args.get("cursor") or "at:0")
    if not cursor.removeprefix("at:").isdigit():
        raise SlackError("invalid_cursor")
    start = int(cursor.removeprefix("at:"))
    end = start + limit(args, default, most)
    return items[start:end], {"next_cursor": f"at:{end}" if end < len(items) else ""}
