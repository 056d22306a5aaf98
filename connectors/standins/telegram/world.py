"""What the stand-in's Telegram holds: people, chats with their messages, topics, files. Shapes are the Bot API's own (core.telegram.org/bots/api)."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
ChatType = Literal["private", "group", "supergroup", "channel"]

MOST_TEXT = 4096
MOST_CAPTION = 1024
MOST_DOWN = 20 * 2**20
MOST_UP = 50 * 2**20
MOST_PHOTO = 10 * 2**20
MANAGE_TOPICS = "can_manage_topics"
RIGHTS = (
    *"can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members".split(),
    *"can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories".split(),
    MANAGE_TOPICS,
)
"""https://core.telegram.org/bots/api#chatmemberadministrator"""


NOBODY = 1087968824
"""Who writes where an administrator does so anonymously: https://core.telegram.org/bots/api#message, `from`."""


class ApiError(Exception):
    """An answer with `ok: false`."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def bad(description: str) -> ApiError:
    return ApiError(400, f"Bad Request: {description}")


@dataclass(slots=True)
class User:
    id: int
    first_name: str
    last_name: str = ""
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False

    def json(self) -> Json:
        found = {
            "id": self.id,
            "is_bot": self.is_bot,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "username": self.username,
            "language_code": self.language_code,
        }
        return {name: value for name, value in found.items() if value not in ("", None)}


@dataclass(slots=True)
class Chat:
    id: int
    type: ChatType
    title: str = ""
    forum: bool = False
    members: set[int] = field(default_factory=set)
    admins: set[int] = field(default_factory=set)
    anonymous: set[int] = field(default_factory=set)  # those of them who write as the group
    messages: dict[int, Json] = field(default_factory=dict)
    topics: dict[int, Json] = field(default_factory=dict)  # message_thread_id -> {name, closed, by}
    rights: frozenset[str] | None = None  # the bot's as an administrator; None: it is none
    deleted: set[int] = field(default_factory=set)  # message ids
    reactions: list[str] | None = None  # those that are allowed here; None: all
    migrated_to: int | None = None
    blocked: bool = False  # a person blocked the bot, or a group put it out
    gone: bool = False  # the account or the chat was deleted

    def bot_may_manage(self, thread: int, bot: int) -> bool:
        """Change, close and delete a topic, and write in a closed one."""
        return MANAGE_TOPICS in (self.rights or ()) or self.topics[thread]["by"] == bot

    def delete_topic(self, thread: int) -> None:
        """With all that stands in it."""
        del self.topics[thread]
        self.deleted |= {
            number for number, one in self.messages.items() if one.get("message_thread_id") == thread
        }


@dataclass(slots=True)
class File:
    id: str
    unique_id: str
    name: str
    type: str
    data: bytes
    path: str
    size: int


class World:
    """All of it, in memory. `clock` gives seconds since 1970."""

    def __init__(self, clock: Callable[[], float], bot: User) -> None:
        self.clock = clock
        self.bot = bot
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, File] = {}
        self._own_ids = itertools.count(1)  # of private chats and groups: one row of numbers a bot
        self._group_ids: dict[int, itertools.count[int]] = {}
        self._file_ids = itertools.count(1)

    def user(self, user_id: int) -> User:
        if user_id not in self.users:
            raise LookupError(f"the stand-in knows nobody with the id {user_id}: add_user first")
        return self.users[user_id]

    def chat(self, chat_id: object) -> Chat:
        """The chat an API call names. Raises Telegram's answers for what isn't there, or shuts the bot out."""
        found = self.chats.get(int(str(chat_id))) if str(chat_id).lstrip("-").isdigit() else None
        if found is None:
            raise bad("chat not found")
        if found.migrated_to is not None:
            raise ApiError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=found.migrated_to,
            )
        if found.gone and found.type == "private":
            raise ApiError(403, "Forbidden: user is deactivated")
        if found.gone:
            raise bad("chat not found")
        if found.blocked:
            kicked = f"kicked from the {found.type} chat"
            which = "blocked by the user" if found.type == "private" else kicked
            raise ApiError(403, f"Forbidden: bot was {which}")
        return found

    def private(self, user_id: int) -> Chat:
        """The chat between a person and the bot; made when they first write."""
        return self.chats.setdefault(user_id, Chat(user_id, "private", members={user_id, self.bot.id}))

    def bring_back(self, user_id: int, messages: Iterable[Json]) -> None:
        """A private chat as it was in an earlier life of the bot; new messages get higher numbers than these."""
        chat = self.private(user_id)
        chat.messages |= {message["message_id"]: message for message in messages}
        self._own_ids = itertools.count(max([next(self._own_ids) - 1, *chat.messages]) + 1)

    def message(self, chat: Chat, message_id: object, missing: str = "message not found") -> Json:
        found = chat.messages.get(int(str(message_id or 0)))
        if found is None or found["message_id"] in chat.deleted:
            raise bad(missing)
        return found

    def membership(self, chat: Chat) -> Json:
        """What the bot is in a chat (ChatMember)."""
        who = {"user": self.bot.json()}
        if chat.blocked:
            return {"status": "kicked", **who, "until_date": 0}
        if chat.rights is None:
            return {"status": "member" if self.bot.id in chat.members else "left", **who}
        return {"status": "administrator", **who, **{name: name in chat.rights for name in RIGHTS}}

    def chat_json(self, chat: Chat) -> Json:
        if chat.type == "private":
            user = self.user(chat.id)
            names = {key: value for key, value in user.json().items() if key.endswith("name")}
            return {"id": chat.id, "type": "private", **names}
        forum = {"is_forum": True} if chat.forum else {}
        return {"id": chat.id, "type": chat.type, "title": chat.title, **forum}

    def author(self, chat: Chat, user: int) -> tuple[User, Json]:
        """Whom a person's message names, and what it says besides: for an anonymous administrator that the group wrote it."""
        if user not in chat.anonymous:
            return self.user(user), {}
        return User(NOBODY, "Group", username="GroupAnonymousBot", is_bot=True), {
            "sender_chat": self.chat_json(chat)
        }

    def add_message(self, chat: Chat, sender: User | None, body: Json) -> Json:
        """A message with its id and date, kept in its chat."""
        if chat.type in ("supergroup", "channel"):
            first = 2 if chat.forum else 1  # 1 is a forum's General topic
            number = next(self._group_ids.setdefault(chat.id, itertools.count(first)))
        else:
            number = next(self._own_ids)
        message: Json = {"message_id": number}
        if sender is not None:
            message["from"] = sender.json()
        message |= {"chat": self.chat_json(chat), "date": int(self.clock()), **body}
        chat.messages[number] = message
        return message

    def add_file(self, name: str, media_type: str, data: bytes, size: int | None = None) -> File:
        """`size`: larger than the data, for a file whose bytes no test needs."""
        number = next(self._file_ids)
        path = f"files/file_{number}"
        made = File(f"AgACFILE{number}", f"AQAD{number}", name, media_type, data, path, size or len(data))
        self.files[made.id] = made
        return made
