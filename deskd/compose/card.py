"""What a ticket's card shows, from the ticket as it stands. Pure; the connector draws it."""

from __future__ import annotations

from typing import Literal

from deskd import levels, words
from deskd.config import Settings
from deskd.model import Button, CardView, Contact, Ticket

_TAKEN = frozenset({"resolved", "closed", "spam"})
_MENU = (
    "menu_note",
    "menu_pending",
    "menu_pending_until",
    "menu_hold",
    "menu_hold_because",
    "menu_priority",
    "menu_tags",
    "menu_merge",
    "menu_split",
    "menu_history",
    "menu_show_all",
    "menu_not_a_request",
    "menu_spam",
)
_MENU_OVER = ("menu_reopen", "menu_note", "menu_history", "menu_show_all")


def card_view(settings: Settings, ticket: Ticket, contact: Contact | None) -> CardView:
    language = settings.desk.agent_language
    buttons: list[Button] = []
    if ticket.status not in _TAKEN:
        free = ticket.assignee is None or ticket.status == "new"
        style: Literal["", "primary"] = "primary" if free else ""
        buttons.append(Button("claim", words.say(language, "claim"), ticket.ref, style))
        buttons += [
            Button(action, words.say(language, action), ticket.ref)
            for action in ("assign", "escalate", "reply_with")
        ]
        buttons.append(Button("resolve", words.say(language, "resolve"), ticket.ref))
    menu = [
        Button("menu", words.say(language, choice), f"{ticket.ref}:{choice.removeprefix('menu_')}")
        for choice in (_MENU_OVER if ticket.status in _TAKEN else _MENU)
        if choice != f"menu_{ticket.status}"
    ]
    return CardView(
        ref=ticket.ref,
        subject=ticket.subject,
        contact=_person(contact),
        channel=ticket.channel,
        status=ticket.status,
        priority=ticket.priority,
        level=ticket.level,
        team=ticket.team or "",
        assignee=_name(settings, ticket.assignee) or _waits(settings, ticket),
        tags=ticket.tags,
        due=ticket.due_at,
        warning=ticket.warned,
        created_at=ticket.created_at,
        language=language,
        buttons=tuple(buttons),
        menu=tuple(menu),
        more=words.say(language, "menu_more"),
    )


def _waits(settings: Settings, ticket: Ticket) -> str:
    """Why nobody has it, where that is more than that nobody took it yet."""
    key = levels.WAITS.get(ticket.waiting)
    return words.say(settings.desk.agent_language, key) if key else ""


def _person(contact: Contact | None) -> str:
    if contact is None:
        return ""
    return f"{contact.name} <{contact.address}>" if contact.name else contact.address


def _name(settings: Settings, agent: str | None) -> str:
    if agent is None:
        return ""
    return settings.agents[agent].name if agent in settings.agents else agent
