"""Stage threads: which ticket a message belongs to, and why; or that it opens one; or that it is a duplicate.

Pure: the store looks the clues up (`Clues`), `decide` reads them by the table of INTERFACE.md section 5, one row of which is one branch here. What a
message brings only ever opens the door to those who may come in: its contact, participants an agent accepted, and agents.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any, Final

import re2

from deskd.model import AuthVerdict, Joining, Message, Status

MAX_REFERENCES: Final = 200
"""Ids of one mail that are looked up: its own, what it answers, and the ends of its References."""
MAX_FOREIGN: Final = 10
"""Numbers of other desks that are looked up of one mail."""
_SEARCHED: Final = 20_000  # characters of a mail's body in which other desks' numbers are looked for

# ── what to look up ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Known:
    """A ticket that a clue leads to. `people`: the case-folded addresses of its contact and of participants an agent accepted."""

    ticket: int
    ref: str
    status: Status
    people: frozenset[str]
    contact: frozenset[str] = frozenset()  # those of them that are the contact's own


@dataclass(frozen=True, slots=True)
class Clues:
    """What the store found for a message: each clue as the ids of the tickets it leads to, best first."""

    duplicate_of: int | None = None  # the message this is a copy of
    duplicate_ticket: int | None = None
    by_token: int | None = None  # the ticket of the signed address it was sent to
    token_of: str = ""  # and whose address that is, case-folded
    by_reference: tuple[int, ...] = ()
    awaited: tuple[int, ...] = ()  # those of them that hold an answer to this very mail, which came before it
    by_subject: int | None = None
    by_chat: int | None = None  # the ticket of the chat it was written in
    tickets: Mapping[int, Known] = field(default_factory=dict)


def reference_key(rfc_id: str) -> str:
    """The key under which a Message-ID is indexed: ids have no length limit, keys do. Ours count whatever case a mail program gave them."""
    ours = rfc_id.casefold() if rfc_id[:6].casefold() == "deskd." else rfc_id
    return hashlib.sha256(ours.encode("utf-8", "surrogatepass")).hexdigest()


def ids_named(message: Message) -> tuple[str, ...]:
    """The ids a mail names, closest first: what it answers (RFC 5322 3.6.4 In-Reply-To), then its References from the newest back.

    Its own id isn't among them: broken programs use one for many mails.
    """
    named = (*message.in_reply_to, *reversed(message.references))
    unique = dict.fromkeys(
        rfc_id for rfc_id in named[:MAX_REFERENCES] if rfc_id and rfc_id != message.message_id
    )
    return tuple(unique)


def foreign_refs(message: Message, patterns: Sequence[str]) -> tuple[str, ...]:
    """What other desks' numbers a mail carries, by the desk's `external_refs`: in the subject, then in the body. `ext:` keeps them apart from ids."""
    found: dict[str, None] = {}
    for source in patterns:
        pattern = _compiled(source)
        for text in (message.subject[:1000], message.body[:_SEARCHED]):
            for each in islice(pattern.finditer(text), MAX_FOREIGN):
                number = " ".join(((each.group(1) if pattern.groups else None) or each.group(0)).split())
                found[f"ext:{number.casefold()}"] = None
    return tuple(found)[:MAX_FOREIGN]


@lru_cache(maxsize=64)
def _compiled(source: str) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    return re2.compile(source, options)


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
    theirs = [
        (ticket, clue)
        for ticket, clue in found
        if sender in clues.tickets[ticket].people and not _others_token(clues, ticket, sender)
    ]
    ticket, clue = found[0]
    # An agent's own ticket, should they have one, is where its own clues lead: one opened in their name draws no answer to a customer away.
    if theirs and (agent is None or theirs[0][0] == ticket):
        return _joins_theirs(clues, theirs)
    if agent is not None:
        return _agents(message, auth, ticket, clue, agent)
    because = f"it brings {clue} of {_ref(clues, ticket)}, but its sender is none of that ticket's people"
    return Joining(None, because, link=ticket, warn=because)


def _joins_theirs(clues: Clues, theirs: Sequence[tuple[int, str]]) -> Joining:
    """The ticket of the surest clue; one that isn't over before one that is.

    Where answers to this mail came before it and opened tickets of their own, it shows that they all are one: the oldest takes the others in.
    """
    ticket, clue = next(
        ((ticket, clue) for ticket, clue in theirs if clues.tickets[ticket].status not in _OVER), theirs[0]
    )
    because = f"the contact brings {clue}"
    open_ones = {each for each, _ in theirs if clues.tickets[each].status not in _OVER}
    alike = {each for each in open_ones & set(clues.awaited) if clues.tickets[each].status != "spam"}
    if not open_ones:
        return _join(clues, ticket, because)
    one = sorted({ticket, *alike})
    return Joining(one[0], because, absorb=tuple(one[1:]))


def _agents(message: Message, auth: AuthVerdict, ticket: int, clue: str, agent: str) -> Joining:
    """An agent's mail acts only where it is proven, and a person's: an absence notice is no answer to a customer."""
    because = f"the agent {agent} brings {clue}"
    if auth.result != "pass":
        warn = f"written by mail from {agent}'s address, which nothing proves"
    elif message.kind != "message":
        warn = f"automatic mail from {agent}'s address"
    else:
        warn = ""
    return Joining(ticket, because, warn=warn, agent=agent)


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
        and not {clues.token_of, sender} <= clues.tickets[ticket].contact
        and ticket not in clues.by_reference
        and ticket != clues.by_subject
    )


def _join(clues: Clues, ticket: int, because: str) -> Joining:
    if clues.tickets[ticket].status in _OVER:
        return Joining(None, f"{because}, but {_ref(clues, ticket)} is closed", link=ticket)
    return Joining(ticket, because)


def _ref(clues: Clues, ticket: int) -> str:
    return clues.tickets[ticket].ref
