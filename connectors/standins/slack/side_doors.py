"""The addresses beside the Web API: where files are sent and fetched, and where an app answers a click.

`/upload/v1/ID` takes an upload's bytes; `/files-pri/…` gives a file to whoever shows the bot's token (others get the sign-in page,
with status 200, as from Slack); `/actions/SECRET` is a response_url, good for five answers.
https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

import json
from collections.abc import Sequence

from aiohttp import web

from connectors.standins.slack.acts import Acts
from connectors.standins.slack.blocks import check_blocks
from connectors.standins.slack.calls import Call
from connectors.standins.slack.clicks import Clicks
from connectors.standins.slack.state import Ephemeral, Json, Message, SlackError
from connectors.standins.slack.web_api import WebApi, fail

MAX_ANSWERS = 5


class SideDoors:
    """Uploads, downloads and answers to clicks."""

    def __init__(self, acts: Acts, clicks: Clicks, web_api: WebApi) -> None:
        self._acts = acts
        self._clicks = clicks
        self._web_api = web_api
        self._answers: dict[str, int] = {}

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """What the server listens to."""
        return [
            web.post("/upload/v1/{file}", self._upload),
            web.get("/files-pri/{team_file}/{rest:.*}", self._download),
            web.post("/actions/{secret}", self._respond),
        ]

    def _fault(self, request: web.Request, name: str) -> web.Response | None:
        fault = self._web_api.faults.next(name, None)
        if fault is None:
            return None
        call = Call(name, {"path": request.path}, self._acts.workspace.clock())
        self._web_api.calls.append(call)
        return fail(request, call, fault)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        if (failed := self._fault(request, "upload")) is not None:
            return failed
        content = await self._uploaded(request)
        if not self._web_api.uploads.receive(request.match_info["file"], content):
            return web.Response(status=400, text="invalid upload")
        return web.Response(text=f"OK - {len(content)}")

    async def _uploaded(self, request: web.Request) -> bytes:
        if request.content_type != "multipart/form-data":
            return await request.read()
        for value in (await request.post()).values():
            if isinstance(value, web.FileField):
                return value.file.read()
        return b""

    async def _download(self, request: web.Request) -> web.StreamResponse:
        if (failed := self._fault(request, "download")) is not None:
            return failed
        file = self._acts.workspace.files.get(request.match_info["team_file"].partition("-")[2])
        if request.headers.get("Authorization") != f"Bearer {self._web_api.tokens['bot']}":
            return web.Response(text="<!DOCTYPE html><html>Sign in to Slack</html>", content_type="text/html")
        if file is None:
            return web.Response(status=404, text="File not found.")
        return web.Response(body=file.content, content_type=file.mimetype)

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        if (failed := self._fault(request, "response_url")) is not None:
            return failed
        secret = request.match_info["secret"]
        known = self._clicks.response_urls.get(secret)
        self._answers[secret] = self._answers.get(secret, 0) + 1
        if known is None or self._answers[secret] > MAX_ANSWERS:
            return web.json_response(
                {"ok": False, "error": "used_url" if known else "expired_url"}, status=404
            )
        try:
            self._answer(known, json.loads(await request.text()))
        except SlackError as refused:
            return web.json_response({"ok": False, "error": refused.code}, status=400)
        return web.Response(text="ok")

    def _answer(self, known: tuple[str, str, str], said: Json) -> None:
        channel, ts, user = known
        workspace = self._acts.workspace
        text, blocks = str(said.get("text") or ""), check_blocks(said.get("blocks") or [])
        gone = bool(said.get("delete_original"))
        shown = workspace.ephemeral(ts)
        if shown is not None and (gone or said.get("replace_original")):
            self._acts.change_ephemeral(shown, None if gone else text, blocks)
        elif ts and gone:
            self._acts.delete(workspace.message(channel, ts))
        elif ts and said.get("replace_original"):
            self._acts.change(workspace.message(channel, ts), None, text=text, blocks=blocks)
        elif not (text or blocks):
            raise SlackError("no_text")
        elif said.get("response_type") == "in_channel":
            self._post(channel, text, blocks, said.get("thread_ts"))
        else:
            ephemeral = Ephemeral(workspace.next_ts(), channel, user, text, blocks, said.get("thread_ts"))
            self._acts.post_ephemeral(ephemeral)

    def _post(self, channel: str, text: str, blocks: list[Json], thread_ts: str | None) -> None:
        workspace = self._acts.workspace
        message = Message(
            workspace.next_ts(),
            channel,
            workspace.bot.id,
            text,
            blocks=blocks,
            thread_ts=thread_ts,
            bot_id=workspace.bot.bot_id,
            app_id=workspace.app_id,
        )
        self._acts.post(workspace.channels[channel], message)
