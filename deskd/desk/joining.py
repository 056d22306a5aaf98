"""Two tickets become one, and two again; and who else may write into a ticket. Each half of a join is decided on its own ticket (`deskd.joining`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from deskd import words
from deskd.config import Settings
from deskd.desk import showing
from deskd.desk.changes import (
    AddEvent,
    AddLink,
    Change,
    DropLink,
    Move,
    RefreshCard,
    SetDeadline,
    SetParticipant,
    SetTicket,
)
from deskd.desk.commands import AcceptParticipant, GiveBack, JoinInto, StandAlone, TakeIn
from deskd.desk.handling import existing
from deskd.desk.state import State
from deskd.errors import CommandRefused
from deskd.model import Address

MERGED = "merged"  # the event that holds what is needed to undo it
_DEADLINES = ("close", "come_back")
_SHOWN = 20  # messages of a ticket that are shown anew in the thread it comes to


# ── one ticket goes into another ─────────────────────────────────────────────────────────────────────────────────────


def join_into(settings: Settings, state: State, command: JoinInto, now: datetime) -> tuple[Change, ...]:
    """The ticket is closed and leads to the other one; its event keeps all that its undo needs."""
    ticket = existing(state)
    language = settings.desk.agent_language
    if ticket.id == command.into:
        raise CommandRefused(words.say(language, "join_itself", ref=ticket.ref))
    if ticket.quarantined:
        raise CommandRefused(words.say(language, "join_unreadable", ref=ticket.ref))
    moved = command.moved
    before = {
        "status": ticket.status,
        **{name: _iso(getattr(ticket, name)) for name in ("resolved_at", "closed_at", "pending_until")},
        "deadlines": {kind: at.isoformat() for kind, at in moved.deadlines},
    }
    kept = {
        "into_id": command.into,
        "before": before,
        "messages": list(moved.messages),
        "conversations": list(moved.conversations),
        "known": dict(moved.known),
    }
    button = ("unjoin", words.say(language, "unjoin"), ticket.ref)
    return (
        Move(command.into, moved.conversations, moved.messages),
        SetTicket(
            {
                "status": "closed",
                "merged_into": command.into,
                "closed_at": now,
                "resolved_at": ticket.resolved_at or now,
                "pending_until": None,
            }
        ),
        *(SetDeadline(kind, None) for kind in _DEADLINES),
        AddLink(command.into, "merged", command.because),
        AddEvent(MERGED, command.actor, {"into": command.ref, "because": command.because, "undo": kept}),
        RefreshCard(),
        *showing.notice(state, words.say(language, "joined_into", ref=command.ref), buttons=[button]),
    )


def take_in(settings: Settings, state: State, command: TakeIn, now: datetime) -> tuple[Change, ...]:
    """The other ticket's people may write into this one, and its thread shows what they wrote."""
    ticket = existing(state)
    language = settings.desk.agent_language
    moved = command.moved
    button = ("unjoin", words.say(language, "unjoin"), command.ref)
    changes: list[Change] = [
        *(SetParticipant(address, "accepted", command.actor) for address in moved.people),
        AddEvent(
            "took_in",
            command.actor,
            {"from": command.ref, "because": command.because, "messages": len(moved.messages)},
        ),
        SetTicket({"updated_at": max(ticket.updated_at, now)}),
        *showing.notice(state, words.say(language, "took_in", ref=command.ref), buttons=[button]),
    ]
    if state.home is not None:
        for author, text, message_id in moved.words[-_SHOWN:]:
            changes += showing.post(state.home, text, author=author, message_id=message_id)
    return (*changes, RefreshCard())


# ── and comes out again ──────────────────────────────────────────────────────────────────────────────────────────────


def give_back(settings: Settings, state: State, command: GiveBack, now: datetime) -> tuple[Change, ...]:
    """What came from the other ticket, and what came to it since, goes back; its people are to this ticket what they were before."""
    moved = command.moved
    return (
        Move(command.to, moved.conversations, moved.messages),
        *(SetParticipant(address, _known(was), command.actor) for address, was in moved.known),
        AddEvent("gave_back", command.actor, {"to": command.ref, "messages": len(moved.messages)}),
        SetTicket({"updated_at": now}),
        RefreshCard(),
        *showing.notice(state, words.say(settings.desk.agent_language, "gave_back", ref=command.ref)),
    )


def stand_alone(settings: Settings, state: State, command: StandAlone, now: datetime) -> tuple[Change, ...]:
    existing(state)
    deadlines = dict(command.deadlines)
    return (
        SetTicket(
            {
                "status": command.status,
                "merged_into": None,
                "closed_at": command.closed_at,
                "resolved_at": command.resolved_at,
                "pending_until": command.pending_until,
            }
        ),
        *(SetDeadline(kind, deadlines.get(kind)) for kind in _DEADLINES),
        DropLink(command.was_in, "merged"),
        AddEvent("unmerged", command.actor, {"from": command.ref, "to": command.status}),
        RefreshCard(),
        *showing.notice(state, words.say(settings.desk.agent_language, "stands_alone", ref=command.ref)),
    )


def _known(was: str | None) -> Literal["accepted", "proposed"] | None:
    return "accepted" if was == "accepted" else "proposed" if was == "proposed" else None


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


# ── participants ─────────────────────────────────────────────────────────────────────────────────────────────────────


def copied(
    settings: Settings,
    state: State,
    ref: str,
    people: Sequence[Address],
    channel: str,
    account: str,
    shown: bool,
) -> list[Change]:
    """Addresses in a mail's CC: proposed to the agents, with a button for each; accepted where the channel trusts them."""
    if not people:
        return []
    configured = settings.mail_channels().get(channel)
    trusted = configured is not None and configured.cc == "trust"
    changes: list[Change] = [
        SetParticipant(person.key, "accepted" if trusted else "proposed", "system") for person in people
    ]
    names = ", ".join(_whole(person) for person in people)
    changes.append(
        AddEvent(
            "participants", "system", {"accepted" if trusted else "proposed": [one.key for one in people]}
        )
    )
    if not shown:
        return changes
    language = settings.desk.agent_language
    if trusted:
        return changes + showing.post(
            state.home, words.say(language, "cc_trusted", names=names), account=account
        )
    buttons = [
        (
            f"add_participant_{number}",
            words.say(language, "add_person", name=_name(person)),
            f"{ref}:{person.key}",
        )
        for number, person in enumerate(people)
    ]
    text = words.say(language, "cc_proposed", names=names)
    return changes + showing.post(state.home, text, account=account, buttons=buttons)


def _whole(person: Address) -> str:
    """Name and address: anyone may call themselves as an agent is called."""
    return f"{person.name} <{person.address}>" if person.name else person.address


def _name(person: Address) -> str:
    """The name, but the address where the name might be taken for another's."""
    return person.name if person.name and "@" not in person.name else person.address


def accept(settings: Settings, state: State, command: AcceptParticipant, now: datetime) -> tuple[Change, ...]:
    existing(state)
    return (
        SetParticipant(command.address, "accepted", command.actor),
        AddEvent("participants", command.actor, {"accepted": [command.address]}),
        *showing.notice(
            state, words.say(settings.desk.agent_language, "participant_added", address=command.address)
        ),
    )
