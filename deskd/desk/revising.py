"""A customer changed or deleted in a chat what they had written: kept as a version and told in the thread; what was answered stays as it was."""

from __future__ import annotations

from datetime import datetime

from deskd import words
from deskd.config import Settings
from deskd.desk import chats, showing
from deskd.desk.changes import AddEvent, Change, SetMessage, SetTicket
from deskd.desk.commands import Retracted, Revised
from deskd.desk.state import State
from deskd.model import Contact


def revised(settings: Settings, state: State, command: Revised, now: datetime) -> tuple[Change, ...]:
    """The new text and file count, the earlier ones are kept. Slack tells of unfurled links as edits too: those change nothing."""
    message, chat = state.message, command.chat
    if message is None or (command.text == message.text and chat is None):
        return ()
    language = settings.desk.agent_language
    text = words.say(language, "customer_edited", text=command.text)
    lines = chats.lines(chat, language) if chat else []
    body = command.text or "\n".join(f"[{file.name}]" for file in (chat.files if chat else ()))
    return (
        SetMessage(message.id, {"text": command.text, "body": body}, keep_version=True, actor=command.actor),
        AddEvent("customer_edited", command.actor, {"message": message.id}),
        SetTicket({"updated_at": now}),
        *(
            showing.post(state.home, text, author=_name(state.contact), attachments=lines)
            if state.home
            else []
        ),
        *(
            chats.exchanged(state, command.channel, chat, message.id, command.known, now)
            if chat is not None
            else []
        ),
    )


def retracted(settings: Settings, state: State, command: Retracted, now: datetime) -> tuple[Change, ...]:
    """A deletion is noted; the desk has read the words, and may have answered them."""
    message = state.message
    if message is None:
        return ()
    text = words.say(settings.desk.agent_language, "customer_deleted", text=words.start_of(message.text, 200))
    return (
        AddEvent("customer_deleted", command.actor, {"message": message.id}),
        SetTicket({"updated_at": now}),
        *showing.notice(state, text),
    )


def _name(contact: Contact | None) -> str:
    return (contact.name or contact.address) if contact else ""
