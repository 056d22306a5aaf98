"""What the bot sends: texts, files, albums; checked as Telegram checks them, and kept in their chat."""

from collections.abc import Callable
from typing import Any

from connectors.standins.telegram.calls import Upload
from connectors.standins.telegram.world import (
    MOST_CAPTION,
    MOST_PHOTO,
    MOST_TEXT,
    MOST_UP,
    ApiError,
    Chat,
    File,
    Json,
    World,
    bad,
)

KINDS = ("photo", "document", "voice", "video", "audio", "animation", "sticker", "video_note")
_SPANS = frozenset(
    "mention hashtag cashtag bot_command url email phone_number bold italic underline strikethrough spoiler "
    "blockquote expandable_blockquote code pre text_link text_mention custom_emoji".split()
)


def units(text: str) -> int:
    """A text's length as entities count it: in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


class Sending:
    """The send… methods. `said` is called with each message that was sent."""

    def __init__(self, world: World, said: Callable[[Chat, Json], None]) -> None:
        self._world = world
        self._said = said

    def message(self, args: Json) -> Json:
        """sendMessage."""
        text = str(args.get("text") or "")
        _check_text(text, MOST_TEXT, "message text is empty", "message is too long")
        return self._keep(args, {"text": text} | _entities(args.get("entities"), text, "entities"))

    def file(self, kind: str, args: Json, files: dict[str, Upload]) -> Json:
        """sendPhoto and its kin."""
        return self._keep(args, self._media(kind, args.get(kind), args, files))

    def album(self, args: Json, files: dict[str, Upload]) -> list[Json]:
        """sendMediaGroup: two to ten, photos and videos together, documents and audio each among themselves."""
        media = args.get("media")
        if not isinstance(media, list) or not 2 <= len(media) <= 10:
            raise bad("group of media must contain 2 to 10 items")
        kinds = {item["type"] for item in media}
        if len(kinds) > 1 and not kinds <= {"photo", "video"}:
            raise bad("media group can't mix these kinds")
        made = [self._media(item["type"], item.get("media"), item, files) for item in media]
        group = {"media_group_id": str(abs(hash((self._world.clock(), len(self._world.files)))))}
        return [self._keep(args, body | group) for body in made]

    def other(self, args: Json, name: str, body: Json) -> Json:
        """sendLocation, sendDice…"""
        return self._keep(args, {name: body})

    def _media(self, kind: str, named: Any, args: Json, files: dict[str, Upload]) -> Json:
        file = self._file(kind, named, files)
        caption = str(args.get("caption") or "")
        if units(caption) > MOST_CAPTION:
            raise bad("message caption is too long")
        words = (
            {"caption": caption} | _entities(args.get("caption_entities"), caption, "caption_entities")
            if caption
            else {}
        )
        return {kind: shape(kind, file)} | words

    def _file(self, kind: str, named: Any, files: dict[str, Upload]) -> File:
        field = str(named).removeprefix("attach://") if named else kind
        if field in files or kind in files:
            upload = files.get(field) or files[kind]
            if len(upload.data) > (MOST_PHOTO if kind == "photo" else MOST_UP):
                raise ApiError(413, "Request Entity Too Large")
            if not upload.data:
                raise bad("file must be non-empty")
            return self._world.add_file(upload.name, upload.type, upload.data)
        if named in self._world.files:
            return self._world.files[str(named)]
        raise bad("there is no file in the request")

    def _keep(self, args: Json, body: Json) -> Json:
        world, chat = self._world, self._world.chat(args.get("chat_id"))
        thread = args.get("message_thread_id")
        if thread is not None:
            if thread not in chat.topics:
                raise bad("message thread not found")
            if chat.topics[thread]["closed"] and not chat.bot_may_manage(thread, world.bot.id):
                raise bad("TOPIC_CLOSED")
            body = {**body, "message_thread_id": thread, "is_topic_message": True}
        if isinstance(reply := args.get("reply_parameters"), dict):
            body = {**body, **self._answered(chat, reply)}
        if "reply_markup" in args:
            body["reply_markup"] = _markup(args["reply_markup"])
        message = world.add_message(chat, world.bot, body)
        self._said(chat, message)
        return message

    def _answered(self, chat: Chat, reply: Json) -> Json:
        try:
            return {"reply_to_message": self._world.message(chat, reply.get("message_id"))}
        except ApiError:
            if reply.get("allow_sending_without_reply"):
                return {}
            raise bad("message to be replied not found") from None

    def edit(self, args: Json, *, text: bool) -> Json:
        """editMessageText, editMessageReplyMarkup."""
        chat = self._world.chat(args.get("chat_id"))
        message = self._world.message(chat, args.get("message_id"), "message to edit not found")
        if message.get("from", {}).get("id") != self._world.bot.id:
            raise bad("message can't be edited")
        before = dict(message)
        if text:
            words = str(args.get("text") or "")
            _check_text(words, MOST_TEXT, "message text is empty", "message is too long")
            message.pop("entities", None)
            message |= {"text": words} | _entities(args.get("entities"), words, "entities")
        message.pop("reply_markup", None)
        if args.get("reply_markup"):
            message["reply_markup"] = _markup(args["reply_markup"])
        if before == message:
            raise bad("message is not modified")
        message["edit_date"] = int(self._world.clock())
        self._said(chat, message)
        return message


def shape(kind: str, file: File) -> Any:
    """How a message shows a file of each kind."""
    ids = {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": file.size}
    if kind == "photo":
        return [{**ids, "width": 90, "height": 60}, {**ids, "width": 1280, "height": 853}]
    named = {**ids, "mime_type": file.type} | ({"file_name": file.name} if file.name else {})
    match kind:
        case "voice":
            return {**ids, "mime_type": file.type, "duration": 4}
        case "audio":
            return {**named, "duration": 4}
        case "video" | "animation":
            return {**named, "width": 640, "height": 480, "duration": 4}
        case "video_note":
            return {**ids, "length": 240, "duration": 4}
        case "sticker":
            return {
                **ids,
                "type": "regular",
                "width": 512,
                "height": 512,
                "is_animated": False,
                "is_video": False,
                "emoji": "👍",
            }
        case _:
            return named


def _check_text(text: str, most: int, empty: str, long: str) -> None:
    if not text.strip():
        raise bad(empty)
    if units(text) > most:
        raise bad(long)


def _entities(found: Any, text: str, name: str) -> Json:
    """Entities as they were sent. Raises where one lies outside the text, or cuts a character in two."""
    if not found:
        return {}
    length, cuts = units(text), _inside_pairs(text)
    for entity in found:
        start, end = int(entity["offset"]), int(entity["offset"]) + int(entity["length"])
        if entity.get("type") not in _SPANS:
            raise bad(f"can't parse MessageEntity: unsupported type {entity.get('type')}")
        if start < 0 or end > length or end <= start:
            raise bad(f"entity {entity} lies outside the text")
        if start in cuts or end in cuts:
            raise bad("entity begins or ends in the middle of a UTF-16 symbol")
    return {name: list(found)}


def _inside_pairs(text: str) -> set[int]:
    cuts, at = set(), 0
    for character in text:
        if ord(character) > 0xFFFF:
            cuts.add(at + 1)
            at += 1
        at += 1
    return cuts


def _markup(found: Any) -> Any:
    if isinstance(found, dict):
        for row in found.get("inline_keyboard", ()):
            for button in row:
                if len(str(button.get("callback_data", "")).encode()) > 64:
                    raise bad("BUTTON_DATA_INVALID")
                if not str(button.get("text", "")).strip():
                    raise bad("can't parse inline keyboard button: text must be non-empty")
    return found
