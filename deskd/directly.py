"""What an agent does in a thread that they share with the customer (`direct: true`), as a command for the desk. Pure.

Commands act as everywhere. All else is public, whatever it begins with or whom it mentions: a note is refused, so that nobody believes that it stays inside.
"""

from __future__ import annotations

from collections.abc import Mapping

from deskd import typed, words
from deskd.compose.mrkdwn import to_text
from deskd.config import Settings
from deskd.desk.commands import Said, SaidAnew, Source
from deskd.errors import CommandRefused
from deskd.model import Gesture


def is_direct(settings: Settings, account: str, channel: str) -> bool:
    """Whether agents and customers share the threads of this Slack channel."""
    slack = settings.slack_channels().get(account)
    return slack is not None and slack.direct and channel in slack.customers


def chat_of(settings: Settings, account: str, thread: tuple[str, str]) -> tuple[str, str] | None:
    """The customer's chat that this Slack thread is: the account and the chat's key; None where it is none."""
    return (account, f"{thread[0]}:{thread[1]}") if is_direct(settings, account, thread[0]) else None


def public(
    gesture: Gesture,
    actor: str,
    source: Source,
    settings: Settings,
    people: Mapping[str, str],
    names: Mapping[str, str],
) -> Said | SaidAnew | None:
    """What was written or changed there; None for an empty message. Raises `CommandRefused` for a note, with the hint for its author alone."""
    language = settings.desk.agent_language
    found = typed.classify(gesture.text, replies="public", settings=settings, people=people)
    if found.kind == "note" and not found.offer:
        raise CommandRefused(words.say(language, "direct_note_refused"))
    markup = gesture.text
    text = "\n".join([to_text(markup, names), *(f"[{file.name}]" for file in gesture.files)]).strip()
    if not text:
        return None
    made = SaidAnew if gesture.kind == "edit" else Said
    return made(actor, text, markup, source)
