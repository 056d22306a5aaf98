"""What the bot can and can't do in the teams' groups, for `deskd doctor`: read only, nothing is sent.

https://core.telegram.org/bots/api#chatfullinfo, #chatmember
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from telegram import ChatFullInfo, ChatMember, ChatMemberAdministrator, ReactionTypeEmoji

from connectors.telegram.api import TelegramApi
from connectors.telegram.outcome import Moved
from connectors.telegram.reactions import SHOWN
from deskd.errors import DeskdError, PermanentFailure
from deskd.ports import Finding

_ADD: Final = (
    "add the bot to the group as an administrator who may manage topics; its id is what `teams` must have"
)
_ADMIN: Final = "group, Edit, Administrators, the bot: allow it to manage topics"
_TOPICS: Final = "group, Edit, Topics: turn them on"
_INVITE: Final = (
    "add them to the group; the id is theirs if what they write to the bot opens a ticket of telegram:ID"
)
_SIGN: Final = "group, Edit, Administrators, the person: turn off that they remain anonymous"
_REACTIONS: Final = "group, Edit, Reactions: allow all of them"


@dataclass(frozen=True, slots=True)
class TeamsGroup:
    """A group as deskd.yaml has it: what for (team front-desk), its id, and who works there (agent anna -> their id). Where alerts go needs no `topics`."""

    name: str
    id: str
    people: Mapping[str, str] = field(default_factory=dict)
    topics: bool = True


async def check(part: str, api: TelegramApi, groups: Sequence[TeamsGroup]) -> list[Finding]:
    return [finding for group in groups async for finding in _group(part, api, group)]


async def _group(part: str, api: TelegramApi, asked: TeamsGroup) -> AsyncIterator[Finding]:
    bot, name, group, chat = api.bot, asked.name, asked.id, int(asked.id)
    try:
        me = await api.call(bot.get_me, "getMe")
        found = await api.call(lambda: bot.get_chat(chat), "getChat")
        member = await api.call(lambda: bot.get_chat_member(chat, me.id), "getChatMember")
    except Moved as moved:
        yield Finding(part, "wrong", f"{name}: its group {group} has another id now", f"write {moved.chat}")
        return
    except DeskdError as failure:
        yield Finding(part, "wrong", f"{name}: its group {group}: {failure}", _ADD)
        return
    where = f"{name}: its group {found.title or group} ({group})"
    if not asked.topics:
        yield Finding(part, "ok", f"{where} has @{me.username} in it")
        return
    if not found.is_forum:
        yield Finding(part, "wrong", f"{where} has no topics", _TOPICS)
    if not isinstance(member, ChatMemberAdministrator):
        yield Finding(
            part,
            "wrong",
            f"{where} has @{me.username} as a mere {member.status}: it hears next to nothing there",
            _ADMIN,
        )
    elif not member.can_manage_topics:
        yield Finding(part, "wrong", f"{where} doesn't let @{me.username} open topics", _ADMIN)
    elif found.is_forum:
        yield Finding(part, "ok", f"{where} is a forum, and @{me.username} may open topics and hears all")
    for person, user in asked.people.items():
        found_there = await _member(api, chat, int(user))
        if found_there is None:
            yield Finding(part, "warning", f"{where} doesn't have {person} ({user}) in it", _INVITE)
        elif getattr(found_there, "is_anonymous", False):  # administrators and the owner alone can be
            text = f"{where} has {person} ({user}) as an anonymous administrator: what they write is nobody's"
            yield Finding(part, "warning", text, _SIGN)
    if lacking := _lacking(found):
        yield Finding(
            part, "warning", f"{where} doesn't allow {' '.join(lacking)}, the marks on replies", _REACTIONS
        )


async def _member(api: TelegramApi, chat: int, user: int) -> ChatMember | None:
    """The person as the group has them; None where they aren't in it."""
    try:
        found = await api.call(lambda: api.bot.get_chat_member(chat, user), "getChatMember")
    except PermanentFailure:  # Telegram has never seen them there
        return None
    return None if found.status in ("left", "kicked") else found


def _lacking(chat: ChatFullInfo) -> list[str]:
    """The marks that the group forbids; where it names no reactions, all are allowed."""
    if not chat.available_reactions:
        return []
    allowed = {one.emoji for one in chat.available_reactions if isinstance(one, ReactionTypeEmoji)}
    return [emoji for emoji in SHOWN.values() if emoji not in allowed]
