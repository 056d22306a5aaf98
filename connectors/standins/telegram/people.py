"""What people do in Telegram: they write, send, edit, press buttons, block the bot. Each call makes the update that the bot gets."""

import asyncio
import itertools
from collections.abc import Sequence

from connectors.standins.changes import Changes
from connectors.standins.telegram.groups import Groups
from connectors.standins.telegram.methods import Methods
from connectors.standins.telegram.sending import shape, units
from connectors.standins.telegram.topics import ALLOWED_REACTIONS
from connectors.standins.telegram.updates import Updates
from connectors.standins.telegram.world import Chat, Json, User, World


class People:
    """People are named by their id, a chat by its own; without one it is the private chat with the bot."""

    def __init__(self, world: World, updates: Updates, methods: Methods, changes: Changes) -> None:
        self._world = world
        self._updates = updates
        self._methods = methods
        self._changes = changes
        self.groups = Groups(world, updates, methods.topics, changes)
        self._albums = itertools.count(13_000_000_000_000_001)
        self.reactions: dict[tuple[int, int, int], str] = {}
        """(chat, message, person) -> what they reacted with."""

    def write(
        self,
        user: int,
        text: str,
        chat: int | None = None,
        *,
        reply_to: int | None = None,
        thread: int | None = None,
        entities: Sequence[Json] = (),
    ) -> Json:
        """A text; a `/command` at its start and `@name`s in it become entities, as Telegram's own apps make them."""
        found = list(entities) or _entities(text)
        return self.send(
            user, {"text": text} | ({"entities": found} if found else {}), chat, reply_to, thread
        )

    def send_file(
        self,
        user: int,
        kind: str,
        data: bytes,
        chat: int | None = None,
        *,
        name: str = "",
        type: str = "application/octet-stream",
        caption: str = "",
        size: int | None = None,
        album: str | None = None,
        reply_to: int | None = None,
        thread: int | None = None,
    ) -> Json:
        """A photo, document, voice, video, audio, animation, sticker or video_note. `size`: what Telegram says of it, the bytes' own when None."""
        file = self._world.add_file(name, type, data, size)
        body: Json = {kind: shape(kind, file)}
        body |= {"caption": caption} if caption else {}
        body |= {"media_group_id": album} if album else {}
        return self.send(user, body, chat, reply_to, thread)

    def album(
        self,
        user: int,
        files: Sequence[tuple[str, str, bytes]],
        chat: int | None = None,
        *,
        caption: str = "",
        thread: int | None = None,
    ) -> list[Json]:
        """Several files (kind, name, bytes) as one album: an update each, as Telegram sends them; the caption stands on the first."""
        group = str(next(self._albums))
        return [
            self.send_file(
                user,
                kind,
                data,
                chat,
                name=name,
                caption=caption if at == 0 else "",
                album=group,
                thread=thread,
            )
            for at, (kind, name, data) in enumerate(files)
        ]

    def send(
        self,
        user: int,
        body: Json,
        chat: int | None = None,
        reply_to: int | None = None,
        thread: int | None = None,
    ) -> Json:
        """A message of any content: `{"location": {…}}`, `{"a_kind_of_tomorrow": {…}}`."""
        where = self._where(user, chat)
        if thread is not None:
            self._may_write(user, where, thread)
            reply_to = thread if reply_to is None else reply_to  # every message of a topic answers its head
        if reply_to is not None:
            answered = {k: v for k, v in where.messages[reply_to].items() if k != "reply_to_message"}
            body = {**body, "reply_to_message": answered}
        if thread is not None:
            body = {**body, "message_thread_id": thread, "is_topic_message": True}
        sender, said_of = self._world.author(where, user)
        message = self._world.add_message(where, sender, {**body, **said_of})
        if self._bot_sees(where, message):
            self._updates.add("message", message)
        self._changes.publish("message", chat=where.id, message_id=message["message_id"])
        return message

    def edit(self, user: int, message_id: int, text: str, chat: int | None = None) -> Json:
        """The text, or the caption, becomes another."""
        where = self._where(user, chat)
        message = where.messages[message_id]
        if message.get("from", {}).get("id") != user:
            raise PermissionError("only its author may edit it")
        message["text" if "text" in message else "caption"] = text
        message["edit_date"] = int(self._world.clock())
        if self._bot_sees(where, message):
            self._updates.add("edited_message", message)
        self._changes.publish("message", chat=where.id, message_id=message_id)
        return message

    async def press(
        self, user: int, message_id: int, data: str, chat: int | None = None, *, within: float = 10.0
    ) -> Json:
        """A button under a message; what the bot answered to the press. LookupError where no such button is, TimeoutError where no answer comes."""
        where = self._where(user, chat)
        message = where.messages[message_id]
        if data not in [button.get("callback_data") for button in buttons(message)]:
            raise LookupError(f"message {message_id} has no button {data!r}, but {buttons(message)}")
        number, waiting = self._methods.pressed()
        body = {
            "id": number,
            "from": self._world.user(user).json(),
            "message": message,
            "chat_instance": str(where.id),
            "data": data,
        }
        self._updates.add("callback_query", body)
        async with asyncio.timeout(within):
            return await waiting

    def react(self, user: int, message_id: int, emoji: str, chat: int | None = None) -> None:
        """A reaction in the place of the one before, "" takes it off; the bot hears of it only if it asked for `message_reaction`, and of a group's only as its
        administrator."""
        where = self._where(user, chat)
        if emoji and emoji not in ALLOWED_REACTIONS:
            raise ValueError(f"nobody can react with {emoji!r} in Telegram")
        before = self.reactions.pop((where.id, message_id, user), "")
        if emoji:
            self.reactions[where.id, message_id, user] = emoji
        body = {
            "chat": self._world.chat_json(where),
            "message_id": message_id,
            "user": self._world.user(user).json(),
            "date": int(self._world.clock()),
            "old_reaction": _reaction(before),
            "new_reaction": _reaction(emoji),
        }
        if where.type == "private" or where.rights is not None:
            self._updates.add("message_reaction", body)
        self._changes.publish("reaction", chat=where.id, message_id=message_id)

    def block(self, user: int) -> None:
        """The bot is blocked: sending to them answers 403."""
        self._membership(user, blocked=True)

    def unblock(self, user: int) -> None:
        self._membership(user, blocked=False)

    def delete_account(self, user: int) -> None:
        self._world.private(user).gone = True

    def upgrade(self, chat: int) -> int:
        """A group becomes a supergroup, with another id: the id. Both service messages come."""
        old = self._world.chats[chat]
        new = Chat(int(f"-100{abs(chat)}"), "supergroup", old.title, members=set(old.members))
        self._world.chats[new.id] = new
        someone = self._world.user(next(iter(old.members - {self._world.bot.id})))
        first = self._world.add_message(old, someone, {"migrate_to_chat_id": new.id})
        self._updates.add("message", first)
        old.migrated_to = new.id
        self._updates.add("message", self._world.add_message(new, someone, {"migrate_from_chat_id": chat}))
        return new.id

    def update(self, body: Json) -> int:
        """Any update at all, its id given anew: a captured one, or one of a kind that doesn't exist yet."""
        return self._updates.add_raw(body)

    def _membership(self, user: int, *, blocked: bool) -> None:
        self.groups.become(user, self._world.private(user), blocked=blocked)

    def _may_write(self, user: int, chat: Chat, thread: int) -> None:
        if thread not in chat.topics:
            raise LookupError(f"the chat {chat.id} has no topic {thread}, but {sorted(chat.topics)}")
        if chat.topics[thread]["closed"] and user not in chat.admins:
            raise PermissionError(f"the topic {thread} is closed")

    def _where(self, user: int, chat: int | None) -> Chat:
        self._world.user(user)
        if chat is None:
            return self._world.private(user)
        return self.groups.of(user, chat)

    def _bot_sees(self, chat: Chat, message: Json) -> bool:
        """Privacy mode: in groups a bot hears commands, mentions and replies to it; as an administrator it hears all."""
        if chat.blocked:
            return False
        if chat.type == "private" or chat.rights is not None:
            return True
        text = str(message.get("text") or message.get("caption") or "")
        name = f"@{self._world.bot.username}".lower()
        answered = message.get("reply_to_message", {}).get("from", {}).get("id")
        return text.startswith("/") or name in text.lower() or answered == self._world.bot.id


def buttons(message: Json) -> list[Json]:
    """The buttons under a message, row by row."""
    return [button for row in message.get("reply_markup", {}).get("inline_keyboard", ()) for button in row]


def _reaction(emoji: str) -> list[Json]:
    return [{"type": "emoji", "emoji": emoji}] if emoji else []


def _entities(text: str) -> list[Json]:
    found: list[Json] = []
    at = 0
    for word in text.split(" "):
        bare = word.split("\n")[0]
        length = units(bare)
        if bare.startswith("/") and len(bare) > 1 and at == 0:
            found.append({"type": "bot_command", "offset": at, "length": length})
        elif bare.startswith("@") and len(bare) > 1:
            found.append({"type": "mention", "offset": at, "length": units(bare.rstrip(",.:;!?"))})
        at += units(word) + 1
    return found


def new_user(
    user_id: int, first_name: str, last_name: str, username: str | None, language: str | None
) -> User:
    return User(user_id, first_name, last_name, username, language)
