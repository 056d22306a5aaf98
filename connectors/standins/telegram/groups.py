"""What a group's administrators do: they put the bot out, give it rights, and open, close and delete topics."""

from collections.abc import Sequence
from typing import Any

from connectors.standins.changes import Changes
from connectors.standins.telegram.topics import Topics
from connectors.standins.telegram.updates import Updates
from connectors.standins.telegram.world import Chat, Json, World


class Groups:
    """Each call names who does it, a member of the group."""

    def __init__(self, world: World, updates: Updates, topics: Topics, changes: Changes) -> None:
        self._world = world
        self._updates = updates
        self._topics = topics
        self._changes = changes

    def put_out(self, user: int, chat: int) -> None:
        """The bot is put out of a group: sending there answers 403."""
        self.become(user, self.of(user, chat), blocked=True)

    def take_back(self, user: int, chat: int) -> None:
        """It is a member again, a mere one."""
        self.become(user, self.of(user, chat), blocked=False, rights=None)

    def give_rights(self, user: int, chat: int, rights: Sequence[str] | None) -> None:
        """The bot is an administrator with just these rights; None: a mere member."""
        where = self.of(user, chat)
        self.become(user, where, rights=None if rights is None else frozenset(rights))

    def hide(self, user: int, chat: int) -> None:
        """An administrator who writes as the group from now on; reads as nobody."""
        where = self.of(user, chat)
        where.admins.add(user)
        where.anonymous.add(user)

    def open_topic(self, user: int, chat: int, name: str) -> int:
        """A topic that a person opens: its id."""
        where = self.of(user, chat)
        message = self._topics.open(where, self._world.user(user), name)
        self._updates.add("message", message)
        return int(message["message_id"])

    def close_topic(self, user: int, chat: int, thread: int, *, closed: bool = True) -> None:
        """Closed, only administrators write there; `closed=False` opens it again."""
        where = self.of(user, chat)
        where.topics[thread]["closed"] = closed
        kind = "forum_topic_closed" if closed else "forum_topic_reopened"
        body: Json = {kind: {}}
        message = self._topics.tell(where, thread, self._world.user(user), body)
        self._updates.add("message", message)

    def delete_topic(self, user: int, chat: int, thread: int) -> None:
        """It is gone with all that stood in it. Telegram tells no bot of it."""
        self.of(user, chat).delete_topic(thread)
        self._changes.publish("message", chat=chat, message_id=thread)

    def become(self, user: int, chat: Chat, *, blocked: bool = False, rights: Any = ...) -> None:
        """The bot's standing in a chat changes, and it hears of it."""
        old = self._world.membership(chat)
        chat.blocked = blocked
        if rights is not ...:
            chat.rights = rights
        body: Json = {
            "chat": self._world.chat_json(chat),
            "from": self._world.user(user).json(),
            "date": int(self._world.clock()),
            "old_chat_member": old,
            "new_chat_member": self._world.membership(chat),
        }
        self._updates.add("my_chat_member", body)

    def of(self, user: int, chat: int) -> Chat:
        """The group, to one of its members. Raises `PermissionError`."""
        found = self._world.chats[chat]
        if user not in found.members:
            raise PermissionError(f"{user} isn't in the chat {chat}")
        return found
