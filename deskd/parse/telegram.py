"""Stage parse, for Telegram: the JSON of an update -> a `ChatUpdate`.

Total: any bytes give one; what nobody acts on is `other`, with the reason. Kinds of content that don't exist yet are shown as what they are called, for the raw
update is kept. Who wrote is Telegram's authenticated user id, never a name. Layouts: https://core.telegram.org/bots/api#update
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from deskd.model.chats import ChatFile, ChatKind, ChatUpdate

Json = Mapping[str, Any]

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL refuses NUL; lone surrogates are no UTF-8
_MAX_FILE_NAME: Final = 200
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{3,40}))?(?:\s+|$)")

# What a message says of itself rather than in itself.
_ABOUT = frozenset(
    """
    message_id message_thread_id direct_messages_topic from sender_chat sender_boost_count sender_business_bot sender_tag date business_connection_id chat
    forward_origin forward_from forward_from_chat forward_from_message_id forward_signature forward_sender_name forward_date is_topic_message
    is_automatic_forward reply_to_message external_reply quote reply_to_story reply_to_checklist_task_id via_bot edit_date has_protected_content is_from_offline
    is_paid_post media_group_id author_signature paid_star_count text entities link_preview_options suggested_post_info effect_id caption caption_entities
    show_caption_above_media has_media_spoiler reply_markup guest_bot_caller_user guest_bot_caller_chat guest_query_id reply_to_poll_option_id
    """.split()
)
# Telegram tells that something happened in the chat; nobody said anything.
_SERVICE = frozenset(
    """
    new_chat_members new_chat_member new_chat_participant left_chat_member left_chat_participant chat_owner_left chat_owner_changed new_chat_title
    new_chat_photo delete_chat_photo group_chat_created supergroup_chat_created channel_chat_created message_auto_delete_timer_changed pinned_message
    proximity_alert_triggered boost_added chat_background_set checklist_tasks_done checklist_tasks_added direct_message_price_changed forum_topic_created
    forum_topic_edited forum_topic_closed forum_topic_reopened general_forum_topic_hidden general_forum_topic_unhidden giveaway_created giveaway
    giveaway_winners giveaway_completed managed_bot_created paid_message_price_changed poll_option_added poll_option_deleted suggested_post_approved
    suggested_post_approval_failed suggested_post_declined suggested_post_paid suggested_post_refunded video_chat_scheduled video_chat_started
    video_chat_ended video_chat_participants_invited voice_chat_started voice_chat_ended write_access_allowed
    """.split()
)
_FILES: Final[Mapping[str, tuple[str, str]]] = {  # kind -> the ending and the type where Telegram gives none
    "document": ("", "application/octet-stream"),
    "voice": (".ogg", "audio/ogg"),
    "audio": (".mp3", "audio/mpeg"),
    "video": (".mp4", "video/mp4"),
    "animation": (".mp4", "video/mp4"),
    "video_note": (".mp4", "video/mp4"),
    "sticker": (".webp", "image/webp"),
}


def parse_telegram(payload: bytes) -> ChatUpdate:
    """What happened. `payload` is one Update, as JSON."""
    try:
        body = json.loads(payload)
    except (ValueError, RecursionError):
        return _other("not JSON")
    return read_update(body) if isinstance(body, dict) else _other("not a JSON object")


def read_update(body: Json) -> ChatUpdate:
    """As `parse_telegram`, of an Update that was read already."""
    for kind, read in _KINDS.items():
        if isinstance(body.get(kind), dict):
            return read(body[kind])
    names = ", ".join(sorted(key for key in body if key != "update_id"))[:200]
    return _other(f"an update of the kind {_plain(names) or 'nothing'} concerns no ticket")


def chat_of(payload: bytes) -> str:
    """The id of the chat an update is about; "" where it is about none."""
    return parse_telegram(payload).chat


# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _message(message: Json) -> ChatUpdate:
    return _written(message, edited=False)


def _edited(message: Json) -> ChatUpdate:
    if object_at(message, "location").get("live_period") or (
        "location" in message and "edit_date" in message
    ):
        return _other("a live location that moved on", message)
    return _written(message, edited=True)


def _written(message: Json, *, edited: bool) -> ChatUpdate:
    chat, sender = object_at(message, "chat"), object_at(message, "from")
    moved = text_at(message, "migrate_to_chat_id")
    if moved:
        return ChatUpdate(
            "moved", text_at(chat, "id"), "group", message=text_at(message, "message_id"), moved_to=moved
        )
    if message.get("migrate_from_chat_id"):
        return _other("the group's own word that it has moved here", message)
    service = sorted(_SERVICE.intersection(message))
    if service:
        return _other(f"a service message ({', '.join(service)[:100]}): nobody wrote it", message)
    if text_at(chat, "type") == "channel" or object_at(message, "sender_chat").get("type") == "channel":
        return _other("a channel's post: no person wrote it to the desk", message)
    written, entities = words_in(message)
    files = tuple(_files(message))
    command, called, argument = _command(written)
    answered = object_at(message, "reply_to_message")
    topic_head = "forum_topic_created" in answered  # every message of a topic answers its head
    return ChatUpdate(
        "edit" if edited else "message",
        chat=text_at(chat, "id"),
        chat_kind=_chat_kind(chat),
        user=text_at(sender, "id") or text_at(chat, "id"),
        name=_name(sender or chat),
        language=text_at(sender, "language_code"),
        message=text_at(message, "message_id"),
        thread=text_at(message, "message_thread_id") if message.get("is_topic_message") else "",
        date=_when(message.get("date")),
        text="\n".join(part for part in (_with_links(written, entities), *besides(message)) if part),
        command=command,
        argument=argument,
        called=called,
        files=files,
        album=text_at(message, "media_group_id"),
        answers="" if topic_head else text_at(answered, "message_id"),
        answers_user="" if topic_head else text_at(object_at(answered, "from"), "id"),
        mentions=tuple(_mentions(written, entities)),
        bot=sender.get("is_bot") is True,
    )


def words_in(message: Json) -> tuple[str, Sequence[Json]]:
    """A message's text, or its caption, with the entities that say how it looks."""
    key = "text" if "text" in message else "caption"
    listed = message.get("entities" if key == "text" else "caption_entities")
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return text_at(message, key), found


def _with_links(text: str, entities: Sequence[Json]) -> str:
    """Where a link hides behind other words, it is shown beside them."""
    units = text.encode("utf-16-le", "surrogatepass")
    for entity in sorted(entities, key=end_of, reverse=True):
        url = text_at(entity, "url")
        end = 2 * end_of(entity)
        if text_at(entity, "type") == "text_link" and url and 0 < end <= len(units):
            units = units[:end] + f" ({url})".encode("utf-16-le", "surrogatepass") + units[end:]
    return _plain(units.decode("utf-16-le", "replace"))


def _mentions(text: str, entities: Sequence[Json]) -> Iterator[str]:
    units = text.encode("utf-16-le", "surrogatepass")
    for entity in entities:
        if text_at(entity, "type") in ("mention", "bot_command"):
            word = units[2 * number_at(entity, "offset") : 2 * end_of(entity)].decode("utf-16-le", "replace")
            yield word.rpartition("@")[2].lower() if "@" in word else ""
        elif text_at(entity, "type") == "text_mention":
            yield text_at(object_at(entity, "user"), "id")


def _command(text: str) -> tuple[str, str, str]:
    found = _COMMAND.match(text)
    if found is None:
        return "", "", ""
    return found.group(1).lower(), (found.group(2) or "").lower(), text[found.end() :].strip()


def besides(message: Json, *, unknown: bool = True) -> Iterator[str]:
    """What a message holds that is neither text nor a file: a place, a person, a question, or (`unknown`) what nobody knows yet."""
    for key in message:
        if key in _ABOUT or key in _FILES or key == "photo":
            if key == "sticker":
                yield _bracket("sticker", text_at(object_at(message, key), "emoji"))
            continue
        if key == "venue" or (key == "location" and "venue" not in message):
            yield _location(message)
        elif key in ("location", "game") and key != "game":
            continue
        elif key in _TOLD:
            yield _TOLD[key](object_at(message, key))
        elif unknown:
            yield _bracket(_plain(str(key))[:60].replace("_", " "), "")
    origin = object_at(message, "forward_origin")
    if origin:
        yield _bracket("forwarded", _origin(origin))


def _location(message: Json) -> str:
    venue = object_at(message, "venue")
    place = object_at(venue, "location") or object_at(message, "location")
    where = f"{place.get('latitude')}, {place.get('longitude')}"
    named = ", ".join(part for part in (text_at(venue, "title"), text_at(venue, "address")) if part)
    link = f"https://maps.google.com/?q={place.get('latitude')},{place.get('longitude')}"
    return _bracket("location", f"{named + '; ' if named else ''}{where}") + f" {_plain(link)}"


def _contact(contact: Json) -> str:
    names = " ".join(part for part in (text_at(contact, "first_name"), text_at(contact, "last_name")) if part)
    return _bracket("contact", ", ".join(part for part in (names, text_at(contact, "phone_number")) if part))


def _poll(poll: Json) -> str:
    listed = poll.get("options")
    options = (
        [text_at(one, "text") for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    )
    return _bracket("poll", f"{text_at(poll, 'question')} — {' / '.join(options)}")


def _dice(dice: Json) -> str:
    return _bracket("dice", f"{text_at(dice, 'emoji')} {text_at(dice, 'value')}")


_TOLD: Final[Mapping[str, Callable[[Json], str]]] = {
    "contact": _contact,
    "poll": _poll,
    "dice": _dice,
    "game": lambda game: _bracket("game", text_at(game, "title")),
    "story": lambda story: _bracket("story", ""),
    "invoice": lambda invoice: _bracket("invoice", text_at(invoice, "title")),
    "checklist": lambda checklist: _bracket("checklist", text_at(checklist, "title")),
}


def _bracket(kind: str, what: str) -> str:
    return f"[{kind}: {what}]" if what.strip() else f"[{kind}]"


def _origin(origin: Json) -> str:
    for key in ("sender_user", "sender_chat", "chat"):
        if object_at(origin, key):
            return _name(object_at(origin, key))
    return text_at(origin, "sender_user_name")


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _files(message: Json) -> Iterator[ChatFile]:
    number = text_at(message, "message_id")
    photo = message.get("photo")
    sizes = [one for one in photo if isinstance(one, dict)] if isinstance(photo, list) else []
    if sizes:
        best = max(
            sizes,
            key=lambda one: (number_at(one, "width") * number_at(one, "height"), number_at(one, "file_size")),
        )
        yield ChatFile(
            text_at(best, "file_id"),
            f"photo-{number}.jpg",
            "image/jpeg",
            number_at(best, "file_size"),
            "photo",
            text_at(best, "file_unique_id"),
        )
    for kind, (ending, usual) in _FILES.items():
        file = object_at(message, kind)
        if not file.get("file_id") or (kind == "document" and "animation" in message):
            continue
        if kind == "sticker":
            ending, usual = _sticker(file)
        name = text_at(file, "file_name")[:_MAX_FILE_NAME] or f"{kind.replace('_', '-')}-{number}{ending}"
        media_type = text_at(file, "mime_type").lower() or usual
        size, unique = number_at(file, "file_size"), text_at(file, "file_unique_id")
        yield ChatFile(text_at(file, "file_id"), name, media_type, size, kind, unique)


def _sticker(sticker: Json) -> tuple[str, str]:
    if sticker.get("is_animated"):
        return ".tgs", "application/x-tgsticker"
    return (".webm", "video/webm") if sticker.get("is_video") else (".webp", "image/webp")


# ── the rest ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _pressed(query: Json) -> ChatUpdate:
    message, sender = object_at(query, "message"), object_at(query, "from")
    chat = object_at(message, "chat")
    return ChatUpdate(
        "press",
        chat=text_at(chat, "id"),
        chat_kind=_chat_kind(chat),
        user=text_at(sender, "id"),
        name=_name(sender),
        language=text_at(sender, "language_code"),
        message=text_at(message, "message_id"),
        thread=text_at(message, "message_thread_id") if message.get("is_topic_message") else "",
        query=text_at(query, "id"),
        data=text_at(query, "data"),
        bot=sender.get("is_bot") is True,
    )


def _membership(change: Json) -> ChatUpdate:
    """The bot itself was let in or put out. https://core.telegram.org/bots/api#chatmemberupdated"""
    chat, sender = object_at(change, "chat"), object_at(change, "from")
    status = text_at(object_at(change, "new_chat_member"), "status")
    return ChatUpdate(
        "member",
        chat=text_at(chat, "id"),
        chat_kind=_chat_kind(chat),
        user=text_at(sender, "id"),
        name=_name(sender),
        date=_when(change.get("date")),
        member=status not in ("kicked", "left"),
    )


def _post(message: Json) -> ChatUpdate:
    return _other("a channel's post: no person wrote it to the desk", message)


_KINDS: Final[Mapping[str, Callable[[Json], ChatUpdate]]] = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _pressed,
    "my_chat_member": _membership,
    "channel_post": _post,
    "edited_channel_post": _post,
    "message_reaction": lambda change: _other("a reaction concerns no customer's ticket", change),
}


def _other(reason: str, message: Json | None = None) -> ChatUpdate:
    chat = object_at(message or {}, "chat")
    return ChatUpdate("other", chat=text_at(chat, "id"), chat_kind=_chat_kind(chat), reason=reason)


def _chat_kind(chat: Json) -> ChatKind:
    kind = text_at(chat, "type")
    if kind in ("group", "supergroup"):
        return "group"
    return "private" if kind == "private" else "channel" if kind == "channel" else ""


def _name(person: Json) -> str:
    names = " ".join(part for part in (text_at(person, "first_name"), text_at(person, "last_name")) if part)
    return (names or text_at(person, "title") or text_at(person, "username"))[:200]


def _when(seconds: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(str(seconds)), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def end_of(entity: Json) -> int:
    return number_at(entity, "offset") + number_at(entity, "length")


def object_at(found: Json, key: str) -> Json:
    """The object at this key; an empty one where there is none or something else stands there."""
    part = found.get(key)
    return part if isinstance(part, dict) else {}


def text_at(found: Json, key: str) -> str:
    """The text or number at this key, storable, as text; "" where there is none or something else stands there."""
    value = found.get(key)
    return _plain(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def number_at(found: Json, key: str) -> int:
    """The number at this key, from 0; 0 where there is none or something else stands there."""
    value = found.get(key)
    return value if isinstance(value, int) and 0 <= value < 2**53 else 0


def _plain(text: str) -> str:
    return _UNSTORABLE.sub("\ufffd", text)
