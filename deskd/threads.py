"""Stage threads: which ticket a message belongs to, and why; or that it opens one; or that it is a duplicate.

Pure: the store looks the clues up (`Clues`), `decide` reads them by the table of INTERFACE.md section 5, one row of which is one branch here. What a
message brings only ever opens the door to those who may come in: its contact, participants an agent accepted, and agents.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from deskd.model import AuthVerdict, Joining, Message, Status

MAX_REFERENCES: Final = 200
"""Ids of one mail that are looked up: its own, what it answers, and the ends of its References."""

# ── what to look up ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Known:
    """A ticket that a clue leads to. `people`: the case-folded addresses of its contact and of participants an agent accepted."""

    ticket: int
    ref: str
    status: Status
    people: frozenset[str]


@dataclass(frozen=True, slots=True)
class Clues:
    """What the store found for a message: each clue as the ids of the tickets it leads to, best first."""

    duplicate_of: int | None = None  # the message this is a copy of
    duplicate_ticket: int | None = None
    by_token: int | None = None  # the ticket of the signed address it was sent to
    token_of: str = ""  # and whose address that is, case-folded
    by_reference: tuple[int, ...] = ()
    by_subject: int | None = None
    by_chat: int | None = None  # the ticket of the chat it was written in
    tickets: Mapping[int, Known] = field(default_factory=dict)


def reference_key(rfc_id: str) -> str:
    """The key under which a Message-ID is indexed: ids have no length limit, keys do."""
    return hashlib.sha256(rfc_id.encode("utf-8", "surrogatepass")).hexdigest()


def ids_named(message: Message) -> tuple[str, ...]:
    """The ids a mail names, closest first: what it answers (RFC 5322 3.6.4 In-Reply-To), then its References from the newest back.

    Its own id isn't among them: broken programs use one for many mails.
    """
    named = (*message.in_reply_to, *reversed(message.references))
    unique = dict.fromkeys(
        rfc_id for rfc_id in named[:MAX_REFERENCES] if rfc_id and rfc_id != message.message_id
    )
    return tuple(unique)


def subject_refs(subject: str, prefix: str) -> tuple[str, ...]:
    """The tickets named in a subject: `[ACME-1042]`."""
    pattern = rf"\[\s*({re.escape(prefix)}-[0-9]{{1,12}})\s*\]"
    return tuple(dict.fromkeys(found.upper() for found in re.findall(pattern, subject[:1000], re.IGNORECASE)))


# ── what follows from it ─────────────────────────────────────────────────────────────────────────────────────────────

_OVER: Final = frozenset({"closed"})


def decide(message: Message, sender: str, auth: AuthVerdict, clues: Clues, agent: str | None) -> Joining:
    """The ticket the message joins, or why it opens one.

    `sender` is the case-folded address of the From line, `agent` the roster key of who has that address, if anyone.
    """
    if clues.duplicate_of is not None:
        return Joining(
            clues.duplicate_ticket, "the same mail is here already", duplicate_of=clues.duplicate_of
        )
    failed = auth.result == "fail"
    unproven = f"the sender isn't proven: {auth.because}" if failed else ""
    if clues.by_chat is not None:
        return _join(clues, clues.by_chat, "it was written in this ticket's chat")
    found = list(_candidates(clues))
    if not found:
        return Joining(None, "it names no ticket", warn=unproven)
    if failed:
        ticket, clue = found[0]
        return Joining(None, f"{clue} of {_ref(clues, ticket)}, but {unproven}", link=ticket, warn=unproven)
    for ticket, clue in found:
        if sender in clues.tickets[ticket].people and not _others_token(clues, ticket, sender):
            return _join(clues, ticket, f"the contact brings {clue}")
    if agent is not None:
        ticket, clue = found[0]
        warn = (
            "" if auth.result == "pass" else f"written by mail from {agent}'s address, which nothing proves"
        )
        return Joining(ticket, f"the agent {agent} brings {clue}", warn=warn, agent=agent)
    ticket, clue = found[0]
    because = f"it brings {clue} of {_ref(clues, ticket)}, but its sender is none of that ticket's people"
    return Joining(None, because, link=ticket, warn=because)


def _candidates(clues: Clues) -> Iterable[tuple[int, str]]:
    """Tickets that the message leads to, the surest clue first."""
    if clues.by_token is not None:
        yield clues.by_token, "a signed reply address"
    for ticket in clues.by_reference:
        yield ticket, "an id the ticket knows"
    if clues.by_subject is not None:
        yield clues.by_subject, "the ticket's reference in its subject"


def _others_token(clues: Clues, ticket: int, sender: str) -> bool:
    """Whether the only thing that leads there is an address that was signed for somebody else."""
    return (
        clues.by_token == ticket
        and clues.token_of != sender
        and ticket not in clues.by_reference
        and ticket != clues.by_subject
    )


def _join(clues: Clues, ticket: int, because: str) -> Joining:
    if clues.tickets[ticket].status in _OVER:
        return Joining(None, f"{because}, but {_ref(clues, ticket)} is closed", link=ticket)
    return Joining(ticket, because)


def _ref(clues: Clues, ticket: int) -> str:
    return clues.tickets[ticket].ref
