"""The arguments of a Bot API call, and the log of all calls.

Telegram takes them as a query, a form, multipart or JSON, structured ones as JSON in a string: https://core.telegram.org/bots/api#making-requests
"""

import json
import re
from dataclasses import dataclass, field

from aiohttp import web

from connectors.standins.telegram.world import Json, bad

_WORDS = frozenset({"text", "caption", "title", "name", "url", "secret_token", "callback_query_id", "data"})
_NUMBER = re.compile(r"-?\d{1,18}")


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    type: str
    data: bytes


@dataclass(slots=True)
class Call:
    """One call: `at` in seconds since the epoch; `outcome` is `ok`, Telegram's description or the fault that was ordered."""

    method: str
    args: Json
    at: float
    files: dict[str, Upload] = field(default_factory=dict)
    outcome: str = "under way"
    result: object = None


async def arguments(request: web.Request) -> tuple[Json, dict[str, Upload]]:
    """All arguments, and the files that came with them by field name."""
    args: Json = {key: _decoded(key, value) for key, value in request.query.items()}
    files: dict[str, Upload] = {}
    if request.content_type == "application/json" and request.can_read_body:
        try:
            args |= dict(json.loads(await request.text() or "{}"))
        except (ValueError, TypeError):
            raise bad("can't parse JSON object") from None
    elif request.can_read_body:
        for key, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                files[key] = Upload(value.filename, value.content_type, value.file.read())
            else:
                args[key] = _decoded(key, str(value))
    return args, files


def _decoded(key: str, value: str) -> object:
    if key in _WORDS:
        return value
    if _NUMBER.fullmatch(value):
        return int(value)
    if value.lower() in ("true", "false"):
        return value.lower() == "true"
    if value[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except ValueError:
            raise bad(f"can't parse {key} JSON object") from None
    return value
