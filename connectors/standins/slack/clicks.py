"""What people click: buttons, menus, shortcuts, slash commands, modals. Each click waits for the app's ack and returns what came with it.

In: who, where and which element. Out: the interaction's payload to the app, in Slack's layout
(https://docs.slack.dev/reference/interaction-payloads); the ack's payload, or None when it had none. `TimeoutError` when the app
took no notice: the person would see Slack's warning triangle.
"""

import secrets
from typing import Any

from connectors.standins.slack.acts import Acts
from connectors.standins.slack.blocks import element
from connectors.standins.slack.choices import action, filled_in
from connectors.standins.slack.delivery import Kind
from connectors.standins.slack.shapes import message_json
from connectors.standins.slack.state import Ephemeral, Json, Message, View
from connectors.standins.slack.views import Views, answered, closed, view_json


class Clicks:
    """Interactions, and the response addresses they carry (by their secret)."""

    def __init__(self, acts: Acts, views: Views) -> None:
        self._acts = acts
        self._views = views
        self.response_urls: dict[str, tuple[str, str, str]] = {}
        """secret -> (channel, ts of the message clicked on or "", user)"""

    async def _deliver(self, kind: Kind, payload: Json) -> Json | None:
        ack = await self._acts.delivery.send(kind, payload)
        if ack is None:
            raise TimeoutError(f"the app took no notice of {payload.get('type') or payload.get('command')}")
        return ack.payload

    def new_trigger(self, user: str, view_id: str | None = None) -> str:
        """A trigger id, as each click brings one, without a click."""
        return self._views.new_trigger(self._acts, user, view_id)

    def _from(self, user: str) -> Json:
        workspace = self._acts.workspace
        person = workspace.user(user)
        return {
            "user": {"id": user, "username": person.name, "name": person.name, "team_id": workspace.team_id},
            "api_app_id": workspace.app_id,
            "token": "verification-token",
            "team": {"id": workspace.team_id, "domain": workspace.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _response_url(self, channel: str, ts: str, user: str) -> str:
        secret = secrets.token_urlsafe(16)
        self.response_urls[secret] = (channel, ts, user)
        return f"{self._acts.workspace.origin}/actions/{secret}"

    async def press(
        self, user: str, channel: str, ts: str, action_id: str, value: str | list[str] | None = None
    ) -> Json | None:
        """Press a button, or choose in a menu (`value`: the option's value, the user's id…), on a message or an ephemeral one."""
        workspace = self._acts.workspace
        shown = workspace.ephemeral(ts) or workspace.message(channel, ts)
        if isinstance(shown, Ephemeral) and shown.user != user:
            raise PermissionError(f"{user} does not see {ts}")
        where = workspace.channel(channel)
        if user not in where.members:
            raise PermissionError(f"{user} is no member of {channel}")
        pressed = element(shown.blocks, action_id, value if isinstance(value, str) else None)
        payload = {
            "type": "block_actions",
            **self._from(user),
            "container": _container(shown),
            "trigger_id": self.new_trigger(user),
            "channel": {"id": where.id, "name": where.name if where.kind != "im" else "directmessage"},
            "state": {"values": {}},
            "response_url": self._response_url(where.id, ts, user),
            "actions": [action(pressed, value, workspace.next_ts())],
        }
        if isinstance(shown, Message):
            payload["message"] = message_json(workspace, shown)
        return await self._deliver("interactive", payload)

    async def press_in_view(
        self,
        user: str,
        view_id: str,
        action_id: str,
        value: str | list[str] | None = None,
        values: dict[str, Any] | None = None,
    ) -> Json | None:
        """Press or choose something in a modal or the home tab; `values` is what is filled in meanwhile, as `submit_view` takes it."""
        view = self._seen(user, view_id)
        pressed = element(view.content["blocks"], action_id, value if isinstance(value, str) else None)
        chosen = {} if pressed["type"] in ("button", "overflow") else {action_id: value}
        payload = {
            "type": "block_actions",
            **self._from(user),
            "container": {"type": "view", "view_id": view.id},
            "trigger_id": self.new_trigger(user, view.id),
            "view": view_json(self._acts, view, filled_in(view, {**(values or {}), **chosen})),
            "actions": [action(pressed, value, self._acts.workspace.next_ts())],
        }
        return await self._deliver("interactive", payload)

    async def submit_view(self, user: str, view_id: str, values: dict[str, Any] | None = None) -> Json | None:
        """Fill in a modal and submit it.

        `values` maps an action_id to what is typed or chosen (text, an option's value, a list of these); an input without one
        keeps its initial value. The ack's `response_action` is obeyed: errors keep the view open, as in the client.
        """
        view = self._seen(user, view_id)
        payload = {
            "type": "view_submission",
            **self._from(user),
            "trigger_id": self.new_trigger(user, view.id),
            "view": view_json(self._acts, view, filled_in(view, values or {})),
            "response_urls": [],
        }
        answer = await self._deliver("interactive", payload)
        answered(self._acts, view, answer)
        return answer

    async def close_view(self, user: str, view_id: str) -> None:
        """Close a modal without submitting it; the app hears of it if the view asked for that."""
        view = self._seen(user, view_id)
        closed(self._acts, view)
        if view.content.get("notify_on_close"):
            shown = view_json(self._acts, view)
            await self._deliver(
                "interactive", {"type": "view_closed", **self._from(user), "view": shown, "is_cleared": False}
            )

    def _seen(self, user: str, view_id: str) -> View:
        view = self._acts.workspace.views.get(view_id)
        if view is None or not view.is_open or view.user != user:
            raise LookupError(f"{user} sees no view {view_id}")
        return view

    def open_views(self, user: str) -> list[View]:
        """The modals in front of someone, the topmost last."""
        views = self._acts.workspace.views.values()
        return [v for v in views if v.user == user and v.is_open and v.content.get("type") == "modal"]

    def home(self, user: str) -> View | None:
        """Someone's home tab, as last published."""
        views = self._acts.workspace.views.values()
        return next((v for v in views if v.user == user and v.content.get("type") == "home"), None)

    async def shortcut(
        self, user: str, callback_id: str, channel: str | None = None, ts: str | None = None
    ) -> Json | None:
        """Choose a shortcut: on a message when channel and ts are given, else a global one."""
        workspace = self._acts.workspace
        payload = {
            "type": "shortcut",
            **self._from(user),
            "callback_id": callback_id,
            "trigger_id": self.new_trigger(user),
            "action_ts": workspace.next_ts(),
        }
        if channel is not None and ts is not None:
            where = workspace.channel(channel)
            payload |= {
                "type": "message_action",
                "channel": {"id": where.id, "name": where.name},
                "message_ts": ts,
                "message": message_json(workspace, workspace.message(channel, ts)),
                "response_url": self._response_url(where.id, "", user),
            }
        return await self._deliver("interactive", payload)

    async def command(self, user: str, channel: str, command: str, text: str = "") -> Json | None:
        """Type a slash command, outside threads as Slack wants it."""
        workspace = self._acts.workspace
        where = workspace.channel(channel)
        payload = {
            "token": "verification-token",
            "team_id": workspace.team_id,
            "team_domain": workspace.domain,
            "channel_id": where.id,
            "channel_name": where.name if where.kind != "im" else "directmessage",
            "user_id": user,
            "user_name": workspace.user(user).name,
            "command": command,
            "text": text,
            "api_app_id": workspace.app_id,
            "is_enterprise_install": "false",
            "response_url": self._response_url(where.id, "", user),
            "trigger_id": self.new_trigger(user),
        }
        return await self._deliver("slash_commands", payload)

    async def suggest(self, user: str, view_id: str, action_id: str, query: str) -> Json | None:
        """Type into an external_select of a modal; returns the app's `options`."""
        view = self._seen(user, view_id)
        asked = element(view.content["blocks"], action_id)
        payload = {
            "type": "block_suggestion",
            **self._from(user),
            "container": {"type": "view", "view_id": view.id},
            "view": view_json(self._acts, view),
            "block_id": asked["block_id"],
            "action_id": action_id,
            "value": query,
        }
        return await self._deliver("interactive", payload)


def _container(shown: Message | Ephemeral) -> Json:
    container: Json = {
        "type": "message",
        "message_ts": shown.ts,
        "channel_id": shown.channel,
        "is_ephemeral": isinstance(shown, Ephemeral),
    }
    return container | ({"thread_ts": shown.thread_ts} if shown.thread_ts else {})
