"""The Bot API's methods but the sending ones, and the table of all."""

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

from connectors.standins.changes import Changes
from connectors.standins.telegram.calls import Upload
from connectors.standins.telegram.sending import KINDS, Sending
from connectors.standins.telegram.topics import Topics
from connectors.standins.telegram.updates import WEBHOOK_ACTIVE, Updates
from connectors.standins.telegram.webhook import Webhook
from connectors.standins.telegram.world import MOST_DOWN, RIGHTS, ApiError, Chat, Json, World, bad


class Methods:
    """`call` performs one; what it returns stands in `result`."""

    def __init__(self, world: World, updates: Updates, webhook: Webhook, changes: Changes) -> None:
        self._world = world
        self._updates = updates
        self._webhook = webhook
        self._changes = changes
        self._sending = Sending(world, self._said)
        self.commands: dict[tuple[str, str], list[Json]] = {}
        """(scope's type, language code) -> the commands that were set."""
        self.presses: dict[str, asyncio.Future[Json]] = {}
        """Callback queries that wait for their answer."""
        self.topics = Topics(world, self._said, self._reacted)
        self.actions: list[tuple[int, str]] = []
        """sendChatAction: (chat, action)."""
        self._plain: dict[str, Callable[[Json], Any]] = {
            "getme": self._get_me,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._webhook_info,
            "sendmessage": self._sending.message,
            "editmessagetext": lambda args: self._sending.edit(args, text=True),
            "editmessagereplymarkup": lambda args: self._sending.edit(args, text=False),
            "sendlocation": lambda args: self._sending.other(
                args, "location", _picked(args, "latitude", "longitude")
            ),
            "senddice": lambda args: self._sending.other(args, "dice", {"emoji": "🎲", "value": 4}),
            "sendchataction": self._chat_action,
            "answercallbackquery": self._answer_press,
            "getfile": self._get_file,
            "setmycommands": self._set_commands,
            "getmycommands": lambda args: self.commands.get(_scope(args), []),
            "deletemycommands": lambda args: self.commands.pop(_scope(args), None) is None or True,
            "getchat": self._get_chat,
            "getchatmember": self._get_member,
            "deletemessage": self._delete_message,
            "pinchatmessage": self._pin,
            "setmessagereaction": self.topics.react,
            "createforumtopic": self.topics.create,
            "editforumtopic": self.topics.edit,
            "closeforumtopic": lambda args: self.topics.mark(args, closed=True),
            "reopenforumtopic": lambda args: self.topics.mark(args, closed=False),
            "deleteforumtopic": self.topics.delete,
        }

    async def call(self, method: str, args: Json, files: dict[str, Upload]) -> Any:
        """Raises `ApiError`."""
        name = method.lower()
        if name == "getupdates":
            if self._webhook.url:
                raise ApiError(409, WEBHOOK_ACTIVE)
            return await self._updates.poll(args)
        if name in self._plain:
            return self._plain[name](args)
        if name == "sendmediagroup":
            return self._sending.album(args, files)
        kind = {"sendvideonote": "video_note"}.get(name, name.removeprefix("send"))
        if name.startswith("send") and kind in KINDS:
            return self._sending.file(kind, args, files)
        raise ApiError(404, "Not Found: method not found")

    def _said(self, chat: Chat, message: Json) -> None:
        self._changes.publish("message", chat=chat.id, message_id=message["message_id"])

    def _reacted(self, chat: int, message_id: int) -> None:
        self._changes.publish("reaction", chat=chat, message_id=message_id)

    def _get_me(self, args: Json) -> Json:
        return self._world.bot.json() | {
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    # --- webhook

    def _set_webhook(self, args: Json) -> bool:
        url = str(args.get("url") or "")
        if not url:
            return self._delete_webhook(args)
        if isinstance(args.get("allowed_updates"), list):
            self._updates.allowed = list(args["allowed_updates"])
        self._drop(args)
        self._webhook.set(url, str(args.get("secret_token") or ""))
        return True

    def _delete_webhook(self, args: Json) -> bool:
        self._drop(args)
        self._webhook.clear()
        return True

    def _drop(self, args: Json) -> None:
        if args.get("drop_pending_updates") and self._updates.waiting:
            self._updates.confirm(self._updates.waiting[-1]["update_id"])

    def _webhook_info(self, args: Json) -> Json:
        found: Json = {
            "url": self._webhook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates.waiting),
        }
        if self._webhook.last_error:
            found |= {
                "last_error_date": int(self._world.clock()),
                "last_error_message": self._webhook.last_error,
            }
        return found

    # --- chats and messages

    def _chat_action(self, args: Json) -> bool:
        self.actions.append((self._world.chat(args.get("chat_id")).id, str(args.get("action"))))
        return True

    def _answer_press(self, args: Json) -> bool:
        waiting = self.presses.pop(str(args.get("callback_query_id")), None)
        if waiting is None or waiting.done():
            raise bad("query is too old and response timeout expired or query ID is invalid")
        waiting.set_result(_picked(args, "text", "show_alert", "url"))
        return True

    def _get_file(self, args: Json) -> Json:
        file = self._world.files.get(str(args.get("file_id")))
        if file is None:
            raise bad("wrong file_id or the file is temporarily unavailable")
        if file.size > MOST_DOWN:
            raise bad("file is too big")
        return {
            "file_id": file.id,
            "file_unique_id": file.unique_id,
            "file_size": file.size,
            "file_path": file.path,
        }

    def _set_commands(self, args: Json) -> bool:
        commands = args.get("commands")
        if not isinstance(commands, list) or len(commands) > 100:
            raise bad("can't parse commands")
        for each in commands:
            if (
                not str(each.get("command", "")).islower()
                or not 1 <= len(str(each.get("description", ""))) <= 256
            ):
                raise bad("BOT_COMMAND_INVALID")
        self.commands[_scope(args)] = commands
        return True

    def _get_chat(self, args: Json) -> Json:
        chat = self._world.chat(args.get("chat_id"))
        found = self._world.chat_json(chat) | {"accent_color_id": 0, "max_reaction_count": 11}
        if chat.reactions is not None:
            found["available_reactions"] = [{"type": "emoji", "emoji": emoji} for emoji in chat.reactions]
        return found

    def _get_member(self, args: Json) -> Json:
        chat, user = (
            self._world.chat(args.get("chat_id")),
            self._world.users.get(int(args.get("user_id") or 0)),
        )
        if user is None:
            raise bad("member not found")
        if user.id == self._world.bot.id:
            return self._world.membership(chat)
        if user.id in chat.anonymous:
            rights = {name: name == "is_anonymous" for name in RIGHTS}
            return {"status": "administrator", "user": user.json(), **rights}
        return {"status": "member" if user.id in chat.members else "left", "user": user.json()}

    def _delete_message(self, args: Json) -> bool:
        chat = self._world.chat(args.get("chat_id"))
        message = self._world.message(chat, args.get("message_id"))
        chat.deleted.add(message["message_id"])
        self._said(chat, message)
        return True

    def _pin(self, args: Json) -> bool:
        self._world.message(self._world.chat(args.get("chat_id")), args.get("message_id"))
        return True

    def pressed(self) -> tuple[str, "asyncio.Future[Json]"]:
        """A new callback query's id, and what will hold the bot's answer to it."""
        number = secrets.token_hex(8)
        waiting: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self.presses[number] = waiting
        return number, waiting


def _scope(args: Json) -> tuple[str, str]:
    scope = args.get("scope")
    return str(scope.get("type")) if isinstance(scope, dict) else "default", str(
        args.get("language_code") or ""
    )


def _picked(args: Json, *names: str) -> Json:
    return {name: args[name] for name in names if name in args}
