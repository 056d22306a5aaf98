"""Tickets that aren't over, for agents: theirs, their teams', and what a search finds. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from deskd.forms.lists import Row as TicketRow
from deskd.model import Place
from deskd.store import tickets as known_tickets
from deskd.store.tables import anchors, contacts, identities, messages, tickets
from deskd.store.times import moment, moment_or_none
from deskd.store.work import Row, Work, among

MOST: Final = 500
"""Tickets of a list that are looked at."""
FOUND: Final = 20
LATELY: Final = 20_000
"""Messages whose text is searched, the newest: there is no index of words."""

_UNDER_WAY: Final = among(tickets.c.status, "new", "open", "pending", "hold") & tickets.c.merged_into.is_(
    None
)


def of_agent(work: Work, agent: str) -> list[TicketRow]:
    """What an agent has, the oldest first."""
    return _made(work, work.once(_listed(_UNDER_WAY, tickets.c.assignee == agent)))


def of_team(work: Work, team: str, but: str = "") -> list[TicketRow]:
    """What a team has, but what the agent `but` has of it; the oldest first."""
    others = or_(tickets.c.assignee.is_(None), tickets.c.assignee != but)
    return _made(work, work.once(_listed(_UNDER_WAY, tickets.c.team == team, others)))


def search(work: Work, typed: str) -> list[TicketRow]:
    """By reference, customer, subject or text, the newest first; all words must be in one of these. Tickets that are over count too."""
    words = [word.casefold() for word in typed.split()[:10]]
    exact = known_tickets.by_ref(work, typed)
    found = {exact} if exact is not None else set()
    for ids in (_titled, _of_customers, _said) if words else ():
        found |= {row["id"] for row in work.once(ids(words))}
    if not found:
        return []
    rows = work.once(_listed(tickets.c.id.in_(sorted(found, reverse=True)[:FOUND])))
    rows.sort(key=lambda row: (row["id"] != exact, -row["id"]))
    return _made(work, rows)


def _titled(words: Sequence[str]) -> Select[Any]:
    fits = (func.lower(tickets.c.subject).contains(word, autoescape=True) for word in words)
    return select(tickets.c.id).where(and_(*fits)).order_by(tickets.c.id.desc()).limit(FOUND)


def _of_customers(words: Sequence[str]) -> Select[Any]:
    """By the customer's name and address together: `maria cliente.example` finds her."""
    whole = func.lower(contacts.c.name) + " " + identities.c.address
    fits = (whole.contains(word, autoescape=True) for word in words)
    people = (
        select(contacts.c.id)
        .join(identities, identities.c.contact_id == contacts.c.id)
        .where(and_(*fits))
        .order_by(contacts.c.id.desc())
        .limit(FOUND)
    )
    return (
        select(tickets.c.id)
        .where(tickets.c.contact_id.in_(people))
        .order_by(tickets.c.id.desc())
        .limit(FOUND)
    )


def _said(words: Sequence[str]) -> Select[Any]:
    newest = select(func.max(messages.c.id)).scalar_subquery()
    fits = (func.lower(messages.c.text).contains(word, autoescape=True) for word in words)
    return (
        select(messages.c.ticket_id.label("id"))
        .where(messages.c.id > newest - LATELY, and_(*fits))
        .order_by(messages.c.id.desc())
        .limit(FOUND)
    )


def _listed(*conditions: ColumnElement[bool]) -> Select[Any]:
    known = identities.alias("known")
    first = select(func.min(known.c.id)).where(known.c.contact_id == tickets.c.contact_id)
    return (
        select(
            tickets.c.id,
            tickets.c.ref,
            tickets.c.subject,
            tickets.c.status,
            tickets.c.priority,
            tickets.c.assignee,
            tickets.c.team,
            tickets.c.due_at,
            tickets.c.created_at,
            contacts.c.name,
            identities.c.written,
        )
        .join(contacts, contacts.c.id == tickets.c.contact_id)
        .join(identities, identities.c.id == first.scalar_subquery(), isouter=True)
        .where(*conditions)
        .order_by(tickets.c.id)
        .limit(MOST)
    )


def _made(work: Work, rows: Sequence[Row]) -> list[TicketRow]:
    places = _places(work, [row["id"] for row in rows])
    return [
        TicketRow(
            row["ref"],
            row["subject"],
            row["name"] or row["written"] or "",
            row["status"],
            row["priority"],
            row["assignee"],
            row["team"],
            moment_or_none(row["due_at"]),
            moment(row["created_at"]),
            places.get(row["id"]),
        )
        for row in rows
    ]


def _places(work: Work, ids: Sequence[int]) -> dict[int, Place]:
    """The thread in which each ticket lives."""
    if not ids:
        return {}
    built = select(anchors.c.ticket_id, anchors.c.channel, anchors.c.thread).where(
        anchors.c.ticket_id.in_(ids), anchors.c.role == "home", anchors.c.thread.is_not(None)
    )
    return {row["ticket_id"]: Place(row["channel"], row["thread"]) for row in work.once(built)}
