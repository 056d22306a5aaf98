"""What `--keep DIR` keeps beside the desk's own database: the stand-ins' memory, so that threads and mailboxes are there after a restart.

One JSON file, written whole under another name and then renamed. Files in chats and what was shown to one person alone are not kept.
"""

from __future__ import annotations

import base64
import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.standins.slack import SlackStandIn
from connectors.standins.slack.state import Message
from connectors.standins.telegram import TelegramStandIn
from deskd.demo import telegram as chats
from deskd.demo.clock import MovableClock
from deskd.demo.mailboxes import Mailboxes
from deskd.demo.mails import Letter

_FILE = "standins.json"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is remembered: the stand-ins, and how far the clock is ahead."""

    clock: MovableClock
    slack: SlackStandIn
    telegram: TelegramStandIn
    mailboxes: Mailboxes


def save(folder: Path, kept: Kept) -> None:
    content = {
        "ahead": kept.clock.ahead.total_seconds(),
        "last_ts": kept.slack.workspace.next_ts(),
        "slack": [
            {**asdict(message), "files": []}
            for channel in kept.slack.workspace.channels.values()
            for message in channel.messages.values()
        ],
        "last_update": kept.telegram.updates.last,
        "telegram": {str(chat.id): chats.without_files(chat) for chat in kept.telegram.world.chats.values()},
        "mails": [_kept(letter) for letter in kept.mailboxes.letters],
    }
    unfinished = folder / f"{_FILE}.new"
    unfinished.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    os.replace(unfinished, folder / _FILE)


def load(folder: Path, kept: Kept) -> bool:
    """Bring back what is there; whether anything was. To be called before anybody acts."""
    path = folder / _FILE
    if not path.exists():
        return False
    content = json.loads(path.read_text(encoding="utf-8"))
    kept.clock.ahead = timedelta(seconds=content.get("ahead", 0))
    kept.slack.workspace.go_on_after(content["last_ts"])
    for fields in content["slack"]:
        kept.slack.workspace.channel(fields["channel"]).add(Message(**fields))
    kept.telegram.updates.go_on_after(content.get("last_update", 0))
    for user, messages in content.get("telegram", {}).items():
        kept.telegram.world.bring_back(int(user), messages)
    kept.mailboxes.letters += [_letter(fields) for fields in content["mails"]]
    return True


def _kept(letter: Letter) -> dict[str, Any]:
    fields = asdict(letter)
    return {**fields, "content": base64.b64encode(letter.content).decode(), "at": letter.at.isoformat()}


def _letter(fields: dict[str, Any]) -> Letter:
    content, at = base64.b64decode(fields["content"]), datetime.fromisoformat(fields["at"])
    return Letter(**{**fields, "content": content, "at": at})
