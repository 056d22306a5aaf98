"""What a ticket's card shows, from the ticket as it stands. Pure; the connector draws it."""

from __future__ import annotations

from deskd import words
from deskd.config import Settings
from deskd.model import Button, CardView, Contact, Ticket

_TAKEN = frozenset({"resolved", "closed", "spam"})
_MENU = ("menu_pending", "menu_hold", "menu_not_a_request", "menu_spam", "menu_history")
_MENU_OVER = ("menu_reopen", "menu_history")


def card_view(settings: Settings, ticket: Ticket, contact: Contact | None) -> CardView:
    language = settings.desk.agent_language
    buttons: list[Button] = []
    if ticket.status not in _TAKEN:
        if ticket.assignee is None or ticket.status == "new":  # whoever has it has taken it up
            buttons.append(Button("claim", words.say(language, "claim"), ticket.ref, "primary"))
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
        assignee=_name(settings, ticket.assignee),
        tags=ticket.tags,
        due=ticket.due_at,
        warning=ticket.warned,
        created_at=ticket.created_at,
        language=language,
        buttons=tuple(buttons),
        menu=tuple(menu),
    )


def _person(contact: Contact | None) -> str:
    if contact is None:
        return ""
    return f"{contact.name} <{contact.address}>" if contact.name else contact.address


def _name(settings: Settings, agent: str | None) -> str:
    if agent is None:
        return ""
    return settings.agents[agent].name if agent in settings.agents else agent
