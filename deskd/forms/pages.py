"""Whole messages as pages: what a thread shows only the start of, or without its quotes. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from deskd import words
from deskd.config import Settings
from deskd.handoff import Said, name_of
from deskd.model import Button, Ticket
from deskd.model.panels import Form

PAGE: Final = 18_000
"""Characters of a page: some minutes of reading, and whatever they are, less than Slack takes in one."""
_SIGNS: Final = {"in": "←", "out": "→", "note": "🔒"}


def page(settings: Settings, ticket: Ticket, said: Sequence[Said], what: str, part: int = 0) -> Form:
    """The page of this number, from 0. `what`: the message's number, or the ticket's reference where all of it is read; it comes back with the
    button that turns the page."""
    language = settings.desk.agent_language
    parts = _parts(whole(settings, said, settings.desk.timezone))
    part = min(max(part, 0), len(parts) - 1)
    label = words.say(language, "page_more", part=part + 2, parts=len(parts))
    buttons = (Button("show_more", label, f"{what}:{part + 1}"),) if part + 1 < len(parts) else ()
    return Form(
        name="page",
        title=words.say(language, "page_message" if len(said) == 1 else "page_ticket"),
        about=json.dumps({"ref": ticket.ref}),
        close=words.say(language, "form_close"),
        lead=" · ".join(filter(None, (ticket.ref, words.start_of(ticket.subject)))),
        text=parts[part] or words.say(language, "page_empty"),
        buttons=buttons,
    )


def whole(settings: Settings, said: Sequence[Said], zone: tzinfo) -> str:
    """Message after message, each under who wrote it and when."""
    return "\n\n".join(
        f"{_SIGNS[one.direction]} {_who(settings, one)}, {one.at.astimezone(zone):%Y-%m-%d %H:%M}\n{one.text.strip()}"
        for one in said
    )


def _who(settings: Settings, said: Said) -> str:
    """A customer's name is of their own choosing: their address stands beside it."""
    who = name_of(settings, said.author)
    return f"{words.start_of(said.name, 60)} <{who}>" if said.name else who


def _parts(text: str) -> list[str]:
    """Cut at a line's end where one is near."""
    parts = []
    while len(text) > PAGE:
        at = text.rfind("\n", PAGE // 2, PAGE) + 1 or PAGE
        parts.append(text[:at])
        text = text[at:]
    return [*parts, text]
