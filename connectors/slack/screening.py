"""Shows at once what a click, a choice or a slash command asks for: the desk says what (`ports.Screens`), this draws it and has Slack show it.

Slack wants a slash command's and a form's answer in the ack, and lets a view be opened only within three seconds of the click. So what is asked for here
doesn't wait for the inbox; what the gesture itself means goes there as ever.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any, Final

from connectors.slack import modals
from connectors.slack.api import SlackApi
from connectors.words import words
from deskd.errors import DeskdError
from deskd.model.panels import Answer, Form, Home, Panel, Refused
from deskd.ports import Screens

log = logging.getLogger(__name__)

ANSWER_WITHIN: Final = 2.5
"""Seconds for what is answered in the ack: Slack waits for three."""
_AT_ONCE: Final = frozenset({"block_actions", "message_action", "shortcut"})
Json = dict[str, Any]


class Screening:
    """For one account. `screens` is given when the desk is ready; without it nothing is shown."""

    def __init__(self, account: str, api: SlackApi, language: str) -> None:
        self._account = account
        self._api = api
        self._language = language
        self._showing: set[asyncio.Task[None]] = set()
        self.screens: Screens | None = None

    async def answer(self, body: Json) -> Json | None:
        """What to say in the ack and be done; None: the body goes on its way. Raises nothing."""
        if self.screens is None:
            return None
        if body.get("type") == "view_submission":
            return self._refused(body, await self._asked(body))
        if "command" in body and not body.get("type"):
            return await self._commanded(body)
        if body.get("type") in _AT_ONCE or _opens_home(body):
            task = asyncio.create_task(self._show(body))
            self._showing.add(task)
            task.add_done_callback(self._showing.discard)
        return None

    async def close(self) -> None:
        """What is being shown isn't any more."""
        for task in self._showing:
            task.cancel()
        await asyncio.gather(*self._showing, return_exceptions=True)

    def _refused(self, body: Json, panel: Panel | None) -> Json | None:
        """Where it can't be told in time, the form is taken, and answered as a typed command would be."""
        if isinstance(panel, Refused):
            values = _part(_part(body, "view"), "state").get("values")
            return modals.errors(values if isinstance(values, dict) else {}, panel.errors)
        return None

    async def _commanded(self, body: Json) -> Json:
        panel = await self._asked(body)
        if isinstance(panel, Answer):
            return modals.answer(panel, self._language)
        if isinstance(panel, Form):
            await self._place(panel, body)
            return {}
        return {"response_type": "ephemeral", "text": words(self._language).not_now}

    async def _asked(self, body: Json) -> Panel | None:
        assert self.screens is not None
        payload = json.dumps(body, separators=(",", ":")).encode("ascii")
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                return await self.screens.ask(self._account, payload)
        except (DeskdError, TimeoutError) as error:
            log.warning("the desk could not say in time what to show: %s", error or "it took too long")
        except Exception:
            log.exception("the desk failed on what to show")
        return None

    async def _show(self, body: Json) -> None:
        panel = await self._asked(body)
        if panel is not None:
            await self._place(panel, body)

    async def _place(self, panel: Panel, body: Json) -> None:
        client, user = self._api.client, str(_part(body, "user").get("id") or body.get("user_id") or "")
        try:
            match panel:
                case Form():
                    await self._view(panel, body)
                case Home():
                    user = user or str(_part(body, "event").get("user") or "")
                    view = modals.home(panel, self._language)
                    await self._api.call(client.views_publish, user_id=user, view=view)
                case Answer():
                    await self._whisper(body, user, modals.answer(panel, self._language))
        except DeskdError as error:
            log.warning("Slack did not show what was asked for: %s", error)
            if isinstance(panel, Form):
                await self._sorry(body, user)

    async def _view(self, form: Form, body: Json) -> None:
        """A new one in front of the person, or in place of the modal in which it was asked for."""
        client, view = self._api.client, modals.modal(form, self._language)
        within = _part(body, "view")
        if within.get("type") == "modal":
            unchanged: Json = {"hash": str(within["hash"])} if within.get("hash") else {}
            await self._api.call(client.views_update, view_id=str(within.get("id")), view=view, **unchanged)
        else:
            await self._api.call(client.views_open, trigger_id=str(body.get("trigger_id") or ""), view=view)

    async def _sorry(self, body: Json, user: str) -> None:
        try:
            await self._whisper(body, user, {"text": words(self._language).too_late})
        except DeskdError as error:
            log.warning("nor could it be said: %s", error)

    async def _whisper(self, body: Json, user: str, told: Json) -> None:
        """For one person, where they clicked."""
        container, message = _part(body, "container"), _part(body, "message")
        channel = container.get("channel_id") or _part(body, "channel").get("id") or body.get("channel_id")
        thread = container.get("thread_ts") or message.get("thread_ts")
        if not channel or not user:
            return
        arguments: Json = {"thread_ts": str(thread)} if thread else {}
        if "blocks" in told:
            arguments["blocks"] = told["blocks"]
        await self._api.call(
            self._api.client.chat_postEphemeral,
            channel=str(channel),
            user=user,
            text=told["text"],
            link_names=False,
            parse="none",
            **arguments,
        )


def _opens_home(body: Json) -> bool:
    return body.get("type") == "event_callback" and _part(body, "event").get("type") == "app_home_opened"


def _part(body: Json, key: str) -> Json:
    found = body.get(key)
    return found if isinstance(found, dict) else {}
