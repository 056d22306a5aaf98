"""The Web API over HTTP: finds the method, checks the token, applies ordered faults, and writes Slack's answer.

In: `POST /api/METHOD`. Out: `{"ok": true, …}` or `{"ok": false, "error": …}` with status 200, as Slack answers; other statuses only
where a fault was ordered. Every call is logged in `calls`. https://docs.slack.dev/apis/web-api/
"""

import asyncio
from collections.abc import Callable

from aiohttp import web

from connectors.standins.slack import chat, conversations, directory, scopes, uploads
from connectors.standins.slack.acts import Acts
from connectors.standins.slack.calls import Call, arguments
from connectors.standins.slack.faults import Fault, Faults
from connectors.standins.slack.pace import Pace
from connectors.standins.slack.socket_mode import SocketMode
from connectors.standins.slack.state import Json, SlackError
from connectors.standins.slack.uploads import Uploads
from connectors.standins.slack.views import Views

Method = Callable[[Acts, Json], Json]
APP_METHODS = frozenset({"apps.connections.open"})
OPEN_METHODS = frozenset({"api.test"})


class WebApi:
    """The methods, and the log of their calls."""

    def __init__(
        self, acts: Acts, socket_mode: SocketMode, views: Views, faults: Faults, pace: Pace, tokens: Json
    ) -> None:
        self.acts = acts
        self.faults = faults
        self.pace = pace
        self.tokens = tokens
        self.scopes = set(scopes.ALL)
        self.uploads = Uploads()
        self.calls: list[Call] = []
        self._socket_mode = socket_mode
        self._methods: dict[str, Method] = {
            **chat.METHODS,
            **conversations.METHODS,
            **directory.METHODS,
            **uploads.METHODS,
            "files.getUploadURLExternal": self.uploads.get_url,
            "files.completeUploadExternal": self.uploads.complete,
            "views.open": views.open,
            "views.push": views.push,
            "views.update": views.update,
            "views.publish": views.publish,
            "apps.connections.open": self._open_connection,
        }

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        call = Call(request.match_info["method"], {}, self.acts.workspace.clock())
        self.calls.append(call)
        try:
            token, call.args = await arguments(request)
        except SlackError as refused:
            return self._answer(call, error(refused))
        channel = call.args.get("channel") or call.args.get("channel_id")
        fault = self.faults.next(call.method, channel)
        if fault is None:
            return self._perform(call, token)
        return await self._perform_badly(request, call, token, fault)

    def _perform(self, call: Call, token: str) -> web.Response:
        if not self.pace.allows(call.method, call.args.get("channel")):
            return too_many(call, 1)
        try:
            self._check_token(call.method, token)
            method = self._methods.get(call.method)
            if method is None:
                raise SlackError("unknown_method", req_method=call.method)
            scopes.check_scope(call.method, self.scopes)
            return self._answer(call, {"ok": True, **method(self.acts, call.args)})
        except SlackError as refused:
            return self._answer(call, error(refused))

    def _answer(self, call: Call, answer: Json) -> web.Response:
        call.answer = answer
        call.outcome = "ok" if answer["ok"] else str(answer["error"])
        self.acts.changes.publish("call", method=call.method, args=call.args, outcome=call.outcome)
        return web.json_response(answer, headers={"X-OAuth-Scopes": ",".join(sorted(self.scopes))})

    async def _perform_badly(
        self, request: web.Request, call: Call, token: str, fault: Fault
    ) -> web.StreamResponse:
        call.outcome = fault.how
        self.acts.changes.publish("call", method=call.method, args=call.args, outcome=call.outcome)
        if fault.how == "hang":
            await asyncio.sleep(fault.seconds)
            return self._perform(call, token)
        if fault.how == "lost answer":
            self._perform(call, token)
        return fail(request, call, fault)

    def _check_token(self, method: str, token: str) -> None:
        if method in OPEN_METHODS:
            return
        if not token:
            raise SlackError("not_authed")
        if token not in self.tokens.values():
            raise SlackError("invalid_auth")
        if token != self.tokens["app" if method in APP_METHODS else "bot"]:
            raise SlackError("not_allowed_token_type")

    def _open_connection(self, acts: Acts, args: Json) -> Json:
        address = acts.workspace.origin.replace("http", "ws", 1)
        ticket = self._socket_mode.new_ticket()
        return {"url": f"{address}/link/?ticket={ticket}&app_id={acts.workspace.app_id}"}


def error(refused: SlackError) -> Json:
    """The answer for a refusal."""
    return {"ok": False, "error": refused.code, **refused.extra}


def too_many(call: Call, retry_after: int) -> web.Response:
    """429, with the seconds to wait."""
    call.outcome = "429"
    answer = {"ok": False, "error": "ratelimited"}
    return web.json_response(answer, status=429, headers={"Retry-After": str(retry_after)})


def fail(request: web.Request, call: Call, fault: Fault) -> web.Response:
    """The answer, or the lack of one, that an ordered fault makes; what it says about the deed is the caller's business."""
    call.outcome = fault.how
    if fault.how == "429":
        return too_many(call, fault.retry_after)
    if fault.how == "500":
        return web.json_response({"ok": False, "error": "internal_error"}, status=500)
    if fault.how == "503 html":
        page = "<html><body><h1>503 Service Unavailable</h1></body></html>"
        return web.Response(status=503, text=page, content_type="text/html")
    if fault.how.startswith("error:"):
        return web.json_response(error(SlackError(fault.how.removeprefix("error:"))))
    if request.transport is not None:
        request.transport.close()
    return web.Response(status=500)
