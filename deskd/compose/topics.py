"""What Telegram can show of what agents see in Slack: no forms, and of a button no more than 64 bytes. Pure.

https://core.telegram.org/bots/api#inlinekeyboardbutton
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from deskd.model import Button, CardView

MOST: Final = 64  # bytes of what a button says when it is pressed
OPEN_FORMS: Final = frozenset({"assign", "escalate", "reply_with", "show_more"})
"""Buttons that are answered by a form, for which Telegram has nothing; agents type the command."""
MENU_FORMS: Final = frozenset(
    {"note", "pending_until", "hold_because", "priority", "tags", "merge", "split", "show_all"}
)
"""And choices of the card's menu."""


def data(button: Button) -> str:
    """What comes back when the button is pressed (`deskd.parse.telegram_team` reads it)."""
    return f"{button.action}:{button.value}"


def pressable(buttons: Iterable[Button]) -> tuple[Button, ...]:
    """Those that Telegram can show, and that are of use there."""
    return tuple(button for button in buttons if _works(button) and len(data(button).encode()) <= MOST)


def card(view: CardView) -> CardView:
    return replace(view, buttons=pressable(view.buttons), menu=pressable(view.menu))


def _works(button: Button) -> bool:
    if button.action == "menu":
        return button.value.partition(":")[2] not in MENU_FORMS
    return button.action not in OPEN_FORMS
