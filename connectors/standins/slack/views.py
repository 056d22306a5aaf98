"""Web API: views.*, and what becomes of a view when a person submits it.

A trigger id, which each click or command brings, opens one view and lives three seconds.
https://docs.slack.dev/surfaces/modals
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from connectors.standins.slack.acts import Acts
from connectors.standins.slack.blocks import check_blocks
from connectors.standins.slack.state import Json, SlackError, View

MOST_BYTES = 250_000
"""Of a view, as JSON."""


@dataclass(slots=True)
class Trigger:
    """A click's right to open a view: whose, until when, and from which view it came (for views.push)."""

    user: str
    until: float
    view_id: str | None
    used: bool = False


class Views:
    """The workspace's views and the triggers that may open them."""

    def __init__(self, trigger_life: float) -> None:
        self.trigger_life = trigger_life
        self.triggers: dict[str, Trigger] = {}

    def new_trigger(self, acts: Acts, user: str, view_id: str | None = None) -> str:
        """A trigger id for something that `user` just did."""
        trigger_id = f"{acts.workspace.next_id('')}.{acts.workspace.next_id('')}.{user.lower()}"
        self.triggers[trigger_id] = Trigger(user, acts.workspace.clock() + self.trigger_life, view_id)
        return trigger_id

    def _trigger(self, acts: Acts, args: Json) -> Trigger:
        trigger = self.triggers.get(str(args.get("trigger_id") or args.get("interactivity_pointer") or ""))
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if acts.workspace.clock() > trigger.until:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    def open(self, acts: Acts, args: Json) -> Json:
        """views.open"""
        content = checked(args.get("view"), "modal")
        trigger = self._trigger(acts, args)
        return {"view": view_json(acts, keep(acts, trigger.user, content))}

    def push(self, acts: Acts, args: Json) -> Json:
        """views.push: at most three views on one another."""
        content = checked(args.get("view"), "modal")
        trigger = self._trigger(acts, args)
        below = acts.workspace.views.get(trigger.view_id or "")
        if below is None:
            raise SlackError("not_found")
        return {"view": view_json(acts, push(acts, below, content))}

    def update(self, acts: Acts, args: Json) -> Json:
        """views.update, by view_id or external_id; a stale `hash` is refused."""
        view = _wanted(acts, args)
        if args.get("hash") and args["hash"] != view.hash:
            raise SlackError("hash_conflict")
        replace(acts, view, checked(args.get("view"), str(view.content.get("type"))))
        return {"view": view_json(acts, view)}

    def publish(self, acts: Acts, args: Json) -> Json:
        """views.publish: the home tab of one user."""
        content = checked(args.get("view"), "home")
        user = acts.workspace.user(args.get("user_id"))
        for view in acts.workspace.views.values():
            if view.user == user.id and view.content.get("type") == "home":
                if args.get("hash") and args["hash"] != view.hash:
                    raise SlackError("hash_conflict")
                replace(acts, view, content)
                return {"view": view_json(acts, view)}
        return {"view": view_json(acts, keep(acts, user.id, content))}


def _wanted(acts: Acts, args: Json) -> View:
    for view in acts.workspace.views.values():
        by_name = args.get("external_id") and view.content.get("external_id") == args["external_id"]
        if view.id == args.get("view_id") or by_name:
            return view
    raise SlackError("not_found")


def checked(content: Any, kind: str) -> Json:
    """A view that Slack would take. Raises invalid_arguments, invalid_blocks."""
    if not isinstance(content, dict) or content.get("type") != kind:
        raise SlackError("invalid_arguments", response_metadata={"messages": [f"[ERROR] view is no {kind}"]})
    if len(json.dumps(content)) > MOST_BYTES:
        raise SlackError("view_too_large")
    complaints = [f"[ERROR] {found}" for found in _complaints(content)]
    if complaints:
        raise SlackError("invalid_arguments", response_metadata={"messages": complaints})
    return content | {"blocks": check_blocks(content.get("blocks"), "view")}


def _complaints(content: Json) -> Iterator[str]:
    if len(str(content.get("private_metadata", ""))) > 3000:
        yield "private_metadata must be at most 3000 characters"
    if content["type"] != "modal":
        return
    title = content.get("title")
    if not (isinstance(title, dict) and 0 < len(str(title.get("text", ""))) <= 24):
        yield "title must have 1 to 24 characters"
    for name in ("submit", "close"):
        if len(str((content.get(name) or {}).get("text", ""))) > 24:
            yield f"{name} must be at most 24 characters"
    if any(block.get("type") == "input" for block in content.get("blocks", [])) and not content.get("submit"):
        yield "submit is missing beside input blocks"


def _hash(acts: Acts, content: Json) -> str:
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:8]
    return f"{acts.workspace.next_ts()}.{digest}"


def keep(acts: Acts, user: str, content: Json) -> View:
    """A new view in front of a user."""
    view_id = acts.workspace.next_id("V")
    view = View(view_id, user, content, _hash(acts, content), view_id)
    acts.workspace.views[view_id] = view
    _published(acts, view)
    return view


def push(acts: Acts, below: View, content: Json) -> View:
    """A new view on top of another. Raises push_limit_reached."""
    depth = sum(
        view.is_open for view in acts.workspace.views.values() if view.root_view_id == below.root_view_id
    )
    if depth >= 3:
        raise SlackError("push_limit_reached")
    view = keep(acts, below.user, content)
    view.root_view_id, view.previous_view_id = below.root_view_id, below.id
    return view


def replace(acts: Acts, view: View, content: Json) -> None:
    """New content in the same view."""
    view.content, view.hash, view.errors = content, _hash(acts, content), {}
    _published(acts, view)


def answered(acts: Acts, view: View, answer: Json | None) -> None:
    """Do what the app's answer to a submission says: close (no answer), `errors`, `update`, `push`, `clear`."""
    action = (answer or {}).get("response_action")
    if answer is None or action is None:
        view.is_open = False
    elif action == "errors":
        view.errors = dict(answer.get("errors", {}))
    elif action == "update":
        replace(acts, view, checked(answer.get("view"), "modal"))
    elif action == "push":
        push(acts, view, checked(answer.get("view"), "modal"))
    elif action == "clear":
        for other in acts.workspace.views.values():
            other.is_open = other.is_open and other.root_view_id != view.root_view_id
    _published(acts, view)


def closed(acts: Acts, view: View) -> None:
    """The person closed it."""
    view.is_open = False
    _published(acts, view)


def _published(acts: Acts, view: View) -> None:
    acts.changes.publish(
        "view", user=view.user, view=view_json(acts, view), open=view.is_open, errors=view.errors
    )


def view_json(acts: Acts, view: View, values: Json | None = None) -> Json:
    """A view as answers and payloads show it; `values` is what the person filled in."""
    workspace, content = acts.workspace, view.content
    empty: Json = {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "close": None,
        "submit": None,
    }
    flags: Json = {"clear_on_close": False, "notify_on_close": False}
    return (
        empty
        | flags
        | content
        | {
            "id": view.id,
            "team_id": workspace.team_id,
            "app_id": workspace.app_id,
            "app_installed_team_id": workspace.team_id,
            "bot_id": workspace.bot.bot_id,
            "hash": view.hash,
            "root_view_id": view.root_view_id,
            "previous_view_id": view.previous_view_id,
            "state": {"values": values or {}},
        }
    )
