"""What Telegram can show of what agents see in Slack: no forms, and of what a button means no more than 64 bytes. Pure.

https://core.telegram.org/bots/api#inlinekeyboardbutton
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from deskd.model import Button, CardView

MOST: Final = 64  # bytes of what a button says when it is pressed
KEPT: Final = "kept"
"""The action of a button whose own doesn't fit; its value is an outbox row and the button's place in it."""
OPEN_FORMS: Final = frozenset({"assign", "escalate", "reply_with", "show_more"})
"""Buttons that are answered by a form, for which Telegram has nothing; agents type the command."""
MENU_FORMS: Final = frozenset(
    {"note", "pending_until", "hold_because", "priority", "tags", "merge", "split", "show_all"}
)
"""And choices of the card's menu."""


def data(button: Button) -> str:
    """What comes back when the button is pressed (`deskd.parse.telegram_team` reads it)."""
    return f"{button.action}:{button.value}"


def pressable(buttons: Iterable[Button], row: int = 0) -> tuple[Button, ...]:
    """Those that are of use there. One that says too much names the outbox `row` in which it stands, and its place there."""
    of_use = [(place, button) for place, button in enumerate(buttons) if _works(button)]
    return tuple(button if _fits(button) else _kept(button, row, place) for place, button in of_use)


def _fits(button: Button) -> bool:
    return len(data(button).encode()) <= MOST


def _kept(button: Button, row: int, place: int) -> Button:
    return replace(button, action=KEPT, value=f"{row}:{place}")


def card(view: CardView) -> CardView:
    return replace(view, buttons=pressable(view.buttons), menu=pressable(view.menu))


def _works(button: Button) -> bool:
    if button.action == "menu":
        return button.value.partition(":")[2] not in MENU_FORMS
    return button.action not in OPEN_FORMS
