"""Stage parse, for a team's Telegram group: the JSON of an update -> the same `Gesture` that Slack's agents make.

Pure and total. Who did it is Telegram's authenticated user id, never a name. A topic's id stands for Slack's thread, a message's id for its ts; reactions get
the names that Slack has for what they mean. Of deletions Telegram tells a bot nothing.
Layouts: https://core.telegram.org/bots/api#update
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any, Final

from deskd.model import Gesture, GestureFile
from deskd.model.chats import ChatUpdate
from deskd.parse.telegram import besides, object_at, read_update, text_at, words_in
from deskd.parse.telegram_markup import escaped, to_markup

Json = Mapping[str, Any]

_MEANS: Final = {"👀": "eyes", "👍": "white_check_mark", "👎": "x"}
"""Reactions as agents have them in Slack: claim, resolve, stop. Telegram has no ❌ among its reactions."""


def in_group(payload: bytes, groups: Collection[str], known: Collection[str]) -> Gesture | None:
    """What somebody did in a team's group; None where the update is of no such group. `known`: names that agents and teams go by, folded."""
    try:
        body = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    if not isinstance(body, dict):
        return None
    kind, group = _where(body)
    if group not in groups:
        return None
    match kind:
        case "message_reaction":
            return _reaction(body[kind], group)
        case "callback_query":
            return _press(body, group)
        case "message" | "edited_message":
            return _written(body, kind, group, known)
        case _:
            return _other(group, "nobody of the team did it")


def _where(body: Json) -> tuple[str, str]:
    """The kind of an update, and the chat it is about."""
    for kind, inside in body.items():
        if isinstance(inside, dict):
            about = object_at(inside, "message") if kind == "callback_query" else inside
            return kind, text_at(object_at(about, "chat"), "id")
    return "", ""


def _written(body: Json, kind: str, group: str, known: Collection[str]) -> Gesture:
    message, update = object_at(body, kind), read_update(body)
    if update.kind == "moved":
        return _other(group, f"the group has become {update.moved_to}: write that in deskd.yaml")
    if update.kind not in ("message", "edit"):
        return _other(group, update.reason or "nobody of the team did it", update.message)
    head = object_at(message, "reply_to_message")
    if "forum_topic_created" in head and object_at(head, "from").get("is_bot") is False:
        return _other(group, "in a topic that a person made, not the desk", update.message)
    text, entities = words_in(message)
    # What nobody knows yet is Telegram's own word or a colleague's game as likely as it is meant for a customer.
    beside = [escaped(one) for one in besides(message, unknown=False)]
    if not (text or beside or update.files):
        return _other(group, "neither words nor a file nor anything else known", update.message)
    markup = "\n".join(part for part in (to_markup(text, entities, known), *beside) if part)
    if object_at(message, "sender_chat"):
        return _unsigned(group, update)
    if object_at(message, "forward_origin"):  # somebody else's words, shown to colleagues
        markup = f"note: {markup}"
    return Gesture(
        kind="edit" if update.kind == "edit" else "message",
        user=update.user,
        channel=group,
        ts=update.message,
        thread_ts=update.thread or None,
        text=markup,
        edited_ts=text_at(message, "edit_date") or None,
        bot=update.bot,
        event_ts=text_at(message, "edit_date") or text_at(message, "date"),
        files=tuple(
            GestureFile(file.id, file.name, file.type, file.size, "", file.unique) for file in update.files
        ),
        album=update.album,
        aside=_answers_a_colleague(message),
    )


def _unsigned(group: str, update: ChatUpdate) -> Gesture:
    """An administrator may write as the group. Once is enough to say that nobody knows who it was: not at each edit."""
    reason = "written anonymously: nobody knows who it was"
    if update.kind == "edit" or not update.thread:
        return _other(group, reason, update.message)
    return Gesture("unsigned", "", group, update.message, update.thread, reason=reason)


def _answers_a_colleague(message: Json) -> bool:
    """Whether it is Telegram's reply to a person's words, other than its author's: so people talk to one another in a group."""
    answered = object_at(message, "reply_to_message")
    author = object_at(answered, "from")
    if "forum_topic_created" in answered or not author:  # every message of a topic answers its head
        return False
    if object_at(answered, "sender_chat"):  # an administrator, anonymously
        return True
    same = text_at(author, "id") == text_at(object_at(message, "from"), "id")
    return not same and author.get("is_bot") is not True


def _press(body: Json, group: str) -> Gesture:
    """`value` is what stands behind the action's name in the button's data (`deskd.compose.topics.data`); `trigger_id` the press, to be acknowledged."""
    update = read_update(body)
    action, _, value = update.data.partition(":")
    return Gesture(
        kind="press",
        user=update.user,
        channel=group,
        ts=update.message,
        thread_ts=update.thread or None,
        name=action,
        value=value,
        bot=update.bot,
        event_ts=update.query,
        trigger_id=update.query,
    )


def _reaction(change: Json, group: str) -> Gesture:
    """https://core.telegram.org/bots/api#messagereactionupdated: all reactions a person had, and has now."""
    before, now = _emoji(change, "old_reaction"), _emoji(change, "new_reaction")
    added, removed = [one for one in now if one not in before], [one for one in before if one not in now]
    user = object_at(change, "user")
    names = [_MEANS.get(one, one) for one in (*sorted(added, key=lambda one: one not in _MEANS), *removed)]
    if not names or not user:
        return _other(group, "a reaction of nobody's", text_at(change, "message_id"))
    return Gesture(
        kind="react" if added else "unreact",
        user=text_at(user, "id"),
        channel=group,
        ts=text_at(change, "message_id"),
        name=names[0],
        bot=user.get("is_bot") is True,
        event_ts=text_at(change, "date"),
    )


def _emoji(change: Json, key: str) -> list[str]:
    listed = change.get(key)
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return [text_at(one, "emoji") or text_at(one, "custom_emoji_id") for one in found]


def _other(group: str, reason: str, message: str = "") -> Gesture:
    return Gesture(kind="other", user="", channel=group, ts=message, reason=reason)
