"""Buttons, choices in menus, shortcuts and forms: what each press looks up, and what it asks for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from deskd import words
from deskd.compose.mrkdwn import to_text
from deskd.config import Settings
from deskd.desk.answering import hold_of
from deskd.desk.commands import (
    Accept,
    AcceptParticipant,
    Claim,
    Command,
    EndTask,
    Invite,
    KeepInside,
    Note,
    Redraw,
    SendNote,
    SetStatus,
    Settle,
    Source,
)
from deskd.desk.state import State
from deskd.desk.wider import Look, SendPiece, Wider
from deskd.errors import CommandRefused
from deskd.forms.about import WrongField, filled, unpacked
from deskd.forms.reading import Filled, read
from deskd.gestures.wanted import Ignored, Joins, Parts, Wanted
from deskd.model import Gesture, Status, surface_of

LEVELS: Final = ("handoff_accept", "task_done", "task_cancel", "task_invite")
"""Buttons of handoffs and promises."""
ADDS = "add_participant"
SENDS_CANNED = "send_canned"
STATUSES: Final[Mapping[str, tuple[Status, str]]] = {
    "pending": ("pending", ""),
    "hold": ("hold", ""),
    "spam": ("spam", ""),
    "not_a_request": ("closed", "not a request"),
    "reopen": ("open", ""),
}
"""What the card's menu sets, and the reason that the record keeps."""
SENDS_ARTICLE = "send_article"
BY_MENU: Final[Mapping[str, str]] = {
    "note": "note",
    "pending_until": "pending",
    "hold_because": "hold",
    "priority": "priority",
    "tags": "tags",
    "merge": "merge",
    "split": "split",
}
"""Choices of the card's menu that open a form, and which."""
BY_BUTTON: Final[Mapping[str, str]] = {"assign": "assign", "escalate": "escalate", "reply_with": "reply"}
"""Buttons of the card that open a form, and which."""
SHOW_ALL, SHOW_MORE = "show_all", "show_more"
HOME_REFRESH, HOME_NEW = "home_refresh", "home_new"
SENDS_MESSAGE, MAKES_NOTE, OPENS_FROM = "send_to_customer", "make_note", "new_ticket"
"""Shortcuts in a message's menu, by their callback ids."""
LONGEST_NUMBER: Final = 18
"""Digits that an id in the database surely holds."""
SHOWN_AT_ONCE: Final = frozenset({*BY_BUTTON, SHOW_ALL, SHOW_MORE, HOME_REFRESH, HOME_NEW, OPENS_FROM})
"""Presses that ask for a form or a page and for nothing else (`deskd.panels`)."""


def pressed(gesture: Gesture) -> Wanted | Ignored:
    if gesture.name == SHOW_ALL and surface_of(gesture.channel) == "telegram" and is_number(gesture.value):
        return Wanted(message=int(gesture.value))
    if gesture.name in SHOWN_AT_ONCE:
        return Ignored("it asks for something to be shown")
    if gesture.name in (SENDS_MESSAGE, MAKES_NOTE):
        thread = (gesture.channel, gesture.thread_ts or gesture.ts)
        return Wanted(post=(gesture.channel, gesture.ts), thread=thread)
    if gesture.name in ("claim", "resolve", *LEVELS):
        return Wanted(ref=gesture.value.partition(":")[0])
    if gesture.name == "menu" and gesture.value.partition(":")[2] in (
        *STATUSES,
        *BY_MENU,
        SHOW_ALL,
        "history",
    ):
        return Wanted(ref=gesture.value.partition(":")[0])
    if gesture.name in ("join", "unjoin", "part_contacts") or gesture.name.startswith(
        (ADDS, SENDS_CANNED, SENDS_ARTICLE)
    ):
        return Wanted(ref=gesture.value.partition(":")[0])
    if gesture.name == "send_note":
        channel, _, ts = gesture.value.partition(":")
        return Wanted(post=(channel, ts))
    if gesture.name in ("send_again", "it_arrived") and is_number(gesture.value):
        return Wanted(message=int(gesture.value))
    return Ignored(f"an unknown button {gesture.name!r}")


def is_number(text: str) -> bool:
    """Whether it may be a row's id. In Telegram a button's value is whatever the presser's program says it is."""
    return text.isdecimal() and len(text) <= LONGEST_NUMBER


def in_view(gesture: Gesture, people: Mapping[str, str], settings: Settings) -> Wanted | Ignored:
    """What was done in a form or on the home tab: only sending a form in asks for anything."""
    if gesture.kind != "submit":
        return Ignored("it asks for something to be shown")
    if people.get(gesture.user) not in settings.agents:
        return Ignored("not of the roster: nothing is done")
    return Wanted(ref=unpacked(gesture.about).ref)


def button(
    gesture: Gesture, agent: str, source: Source, settings: Settings
) -> Command | Wider | Joins | Parts:
    actor = f"agent:{agent}"
    ref, _, other = gesture.value.partition(":")
    if gesture.name.startswith(ADDS):
        return AcceptParticipant(actor, other, source)
    if gesture.name.startswith((SENDS_CANNED, SENDS_ARTICLE)):
        canned = gesture.name.startswith(SENDS_CANNED)
        return SendPiece(actor, "canned" if canned else "knowledge", other, source)
    match gesture.name:
        case "claim":
            return Claim(actor, agent, source)
        case "resolve":
            return SetStatus(actor, "resolved", source=source)
        case "task_done" | "task_cancel":
            return EndTask(actor, other, "done" if gesture.name == "task_done" else "cancelled", source)
        case "task_invite":
            return Invite(actor, other, source)
        case "handoff_accept":
            return Accept(actor, agent, source)
        case "menu" if other in STATUSES:
            status, reason = STATUSES[other]
            return SetStatus(actor, status, reason, source=source)
        case "menu" if other == "history":
            return Look(actor, "history", source)
        case "show_all":
            return Look(actor, "message", source, int(gesture.value))
        case "menu":
            return Redraw()
        case "join":
            return Joins(actor, ref, int(other) if is_number(other) else 0)
        case "unjoin":
            return Joins(actor, ref)
        case "part_contacts":
            return Parts(actor, ref)
        case "send_note":
            return SendNote(actor, source, hold_of(settings, source))
        case _:
            return Settle(actor, again=gesture.name == "send_again", source=source)


def submitted(
    gesture: Gesture,
    account: str,
    agent: str,
    state: State,
    settings: Settings,
    people: Mapping[str, str],
    now: datetime,
) -> Command | Wider | Ignored:
    """A form that was sent in: it was looked at while its sender waited, but the ticket may stand otherwise by now."""
    if state.ticket is None:
        return Ignored("about no ticket")
    about = unpacked(gesture.about)
    source = Source(account, about.channel, "", gesture.user, about.thread)
    given = Filled(gesture.name, filled(gesture.text), agent, source, state.ticket, settings, people, now)
    try:
        return read(given) or Ignored("nothing was changed in the form")
    except WrongField as wrong:
        raise CommandRefused(words.say(settings.desk.agent_language, wrong.key, **wrong.values)) from None


def shortcut(
    gesture: Gesture,
    agent: str,
    source: Source,
    state: State,
    role: str | None,
    settings: Settings,
    people: Mapping[str, str],
) -> Command:
    """*Send to customer* and *Make it a note*, in the menu of a message."""
    language, actor = settings.desk.agent_language, f"agent:{agent}"
    own = replace(source, ts=gesture.ts)
    if gesture.name == SENDS_MESSAGE:
        if role != "source":
            raise CommandRefused(words.say(language, "only_own_notes"))
        return SendNote(actor, own, hold_of(settings, source))
    if role == "source":
        return KeepInside(actor, own)
    if role is not None:
        raise CommandRefused(words.say(language, "note_of_desk"))
    names = names_of(settings, people)
    text = to_text(gesture.text, names).strip()
    if not text:
        raise CommandRefused(words.say(language, "no_text"))
    writer = names.get(gesture.value, "") if gesture.value != gesture.user else ""
    said = f"{writer}: {text}" if writer else text
    return Note(actor, said, gesture.text, own)


def names_of(settings: Settings, people: Mapping[str, str]) -> Mapping[str, str]:
    """User id -> the name people read."""
    return {
        user: settings.agents[key].name if key in settings.agents else key for user, key in people.items()
    }
