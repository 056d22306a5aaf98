"""A forum's topics and the reactions in it, as the bot makes them: allowed and refused as Telegram does.

https://core.telegram.org/bots/api#createforumtopic: a topic's id is that of the service message it begins with. Who made a topic may change, close and write in it;
for the rest a bot needs to be an administrator with can_manage_topics.
"""

from collections.abc import Callable

from connectors.standins.telegram.world import MANAGE_TOPICS, Chat, Json, User, World, bad

ALLOWED_REACTIONS = frozenset(
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 "
    "😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡".split()
)
"""https://core.telegram.org/bots/api#reactiontypeemoji: no others."""


class Topics:
    """`said` is called with each service message, `reacted` with a chat and a message that was reacted to."""

    def __init__(
        self, world: World, said: Callable[[Chat, Json], None], reacted: Callable[[int, int], None]
    ) -> None:
        self._world = world
        self._said = said
        self._reacted = reacted
        self.reactions: dict[tuple[int, int], list[str]] = {}
        """(chat, message) -> what the bot reacted with."""

    def create(self, args: Json) -> Json:
        """createForumTopic."""
        chat, name = self._forum(args), str(args.get("name") or "")
        if chat.rights is None or MANAGE_TOPICS not in chat.rights:
            raise bad("not enough rights to create a topic")
        if not 1 <= len(name) <= 128:
            raise bad("TOPIC_TITLE_EMPTY" if not name else "TOPIC_TITLE_TOO_LONG")
        thread = self.open(chat, self._world.bot, name)["message_id"]
        return {"message_thread_id": thread, "name": name, "icon_color": 7322096}

    def open(self, chat: Chat, by: User, name: str) -> Json:
        """A new topic; the service message it begins with."""
        body = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        message = self._world.add_message(chat, by, body)
        thread = message["message_id"]
        message |= {"message_thread_id": thread, "is_topic_message": True}
        chat.topics[thread] = {"name": name, "closed": False, "by": by.id}
        self._said(chat, message)
        return message

    def edit(self, args: Json) -> bool:
        """editForumTopic."""
        chat, thread, topic = self._topic(args, "edit the topic")
        name = str(args.get("name") or topic["name"])
        if name == topic["name"]:
            raise bad("TOPIC_NOT_MODIFIED")
        topic["name"] = name
        self.tell(chat, thread, self._world.bot, {"forum_topic_edited": {"name": name}})
        return True

    def mark(self, args: Json, *, closed: bool) -> bool:
        """closeForumTopic, reopenForumTopic."""
        chat, thread, topic = self._topic(args, "close or open the topic")
        if topic["closed"] == closed:
            raise bad("TOPIC_NOT_MODIFIED")
        topic["closed"] = closed
        kind = "forum_topic_closed" if closed else "forum_topic_reopened"
        self.tell(chat, thread, self._world.bot, {kind: {}})
        return True

    def delete(self, args: Json) -> bool:
        """deleteForumTopic."""
        chat, thread, _ = self._topic(args, "delete the topic")
        chat.delete_topic(thread)
        return True

    def tell(self, chat: Chat, thread: int, by: User, body: Json) -> Json:
        """A service message in a topic."""
        message = self._world.add_message(
            chat, by, {**body, "message_thread_id": thread, "is_topic_message": True}
        )
        self._said(chat, message)
        return message

    def react(self, args: Json) -> bool:
        """setMessageReaction: a bot has one a message, which takes the place of the one before."""
        chat = self._world.chat(args.get("chat_id"))
        message = self._world.message(chat, args.get("message_id"), "message to react not found")
        wanted = [str(each.get("emoji")) for each in args.get("reaction") or []]
        place = chat.id, message["message_id"]
        allowed = ALLOWED_REACTIONS if chat.reactions is None else chat.reactions
        if any(emoji not in allowed for emoji in wanted) or any("forum_topic" in key for key in message):
            raise bad("REACTION_INVALID")
        if not wanted and not self.reactions.get(place):
            raise bad("REACTION_EMPTY")
        self.reactions[place] = wanted[:1]
        self._reacted(*place)
        return True

    def _topic(self, args: Json, what: str) -> tuple[Chat, int, Json]:
        chat = self._forum(args)
        thread = int(args.get("message_thread_id") or 0)
        if thread not in chat.topics:
            raise bad("TOPIC_ID_INVALID")
        if not chat.bot_may_manage(thread, self._world.bot.id):
            raise bad(f"not enough rights to {what}")
        return chat, thread, chat.topics[thread]

    def _forum(self, args: Json) -> Chat:
        chat = self._world.chat(args.get("chat_id"))
        if not chat.forum:
            raise bad("the chat is not a forum")
        return chat
