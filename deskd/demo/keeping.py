"""What `--keep DIR` keeps beside the desk's own database: the stand-ins' memory, so that threads and mailboxes are there after a restart.

One JSON file, written whole under another name and then renamed. Files in Slack and what was shown to one person alone are not kept.
"""

from __future__ import annotations

import base64
import json
import os
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.standins.slack import SlackStandIn
from connectors.standins.slack.state import Message
from deskd.demo.clock import MovableClock
from deskd.demo.mailboxes import Mailboxes
from deskd.demo.mails import Letter

_FILE = "standins.json"


def save(folder: Path, slack: SlackStandIn, mailboxes: Mailboxes, clock: MovableClock) -> None:
    content = {
        "ahead": clock.ahead.total_seconds(),
        "last_ts": slack.workspace.next_ts(),
        "slack": [
            {**asdict(message), "files": []}
            for channel in slack.workspace.channels.values()
            for message in channel.messages.values()
        ],
        "mails": [_kept(letter) for letter in mailboxes.letters],
    }
    unfinished = folder / f"{_FILE}.new"
    unfinished.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    os.replace(unfinished, folder / _FILE)


def load(folder: Path, slack: SlackStandIn, mailboxes: Mailboxes, clock: MovableClock) -> bool:
    """Bring back what is there, and how far the clock was ahead; whether anything was. To be called before anybody acts."""
    path = folder / _FILE
    if not path.exists():
        return False
    content = json.loads(path.read_text(encoding="utf-8"))
    clock.ahead = timedelta(seconds=content.get("ahead", 0))
    slack.workspace.go_on_after(content["last_ts"])
    for fields in content["slack"]:
        slack.workspace.channel(fields["channel"]).add(Message(**fields))
    mailboxes.letters += [_letter(fields) for fields in content["mails"]]
    return True


def _kept(letter: Letter) -> dict[str, Any]:
    fields = asdict(letter)
    return {**fields, "content": base64.b64encode(letter.content).decode(), "at": letter.at.isoformat()}


def _letter(fields: dict[str, Any]) -> Letter:
    content, at = base64.b64decode(fields["content"]), datetime.fromisoformat(fields["at"])
    return Letter(**{**fields, "content": content, "at": at})
