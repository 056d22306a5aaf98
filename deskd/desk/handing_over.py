"""A handoff goes by mail to people outside Slack. Command in, changes out; what of the ticket leaves is `deskd.outside`'s."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from deskd import words
from deskd.config import Settings
from deskd.desk import showing
from deskd.desk.changes import NEW, AddEvent, AddMessage, Change, Queue
from deskd.desk.state import State


@dataclass(frozen=True, slots=True)
class Mailed:
    """One mail: to whom, what it says, which files of the ticket's go with it (their ids)."""

    key: str
    address: str
    subject: str
    text: str
    files: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class HandOver:
    """The ticket was given to people outside Slack: each gets a mail through `channel`."""

    actor: str
    channel: str
    mails: tuple[Mailed, ...]


def hand_over(settings: Settings, state: State, command: HandOver, now: datetime) -> tuple[Change, ...]:
    """The record keeps what left, as a note."""
    changes: list[Change] = []
    for mail in command.mails:
        payload = {
            "handoff": mail.key,
            "address": mail.address,
            "subject": mail.subject,
            "enclosed": mail.files,
        }
        changes += [
            AddMessage(
                "note",
                "system",
                mail.text,
                mail.text,
                now,
                command.channel,
                delivery="queued",
                conversation_id=state.conversation_id,
            ),
            Queue("mail", command.channel, f"handoff:{{ticket}}:{mail.key}", payload, message_id=NEW),
            AddEvent("handed_over", command.actor, {"to": mail.key, "address": mail.address}),
            *showing.notice(
                state,
                words.say(
                    settings.desk.agent_language, "outside_mailed", name=settings.agents[mail.key].name
                ),
            ),
        ]
    return tuple(changes)
