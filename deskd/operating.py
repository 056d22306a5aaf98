"""What an operator asks for by command: try a message again, drop it, send again, stop a delivery, bring old mail in, load the rules anew.

A request is a JSON object whose `do` names one of `REQUESTS`; its answers are JSON objects. The running daemon carries requests out for commands
that come over the control socket (`deskd.control`); without a daemon, and on PostgreSQL, the command does it itself (`deskd.cli.carrying`), by these same
functions.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final, Protocol

from deskd import joining
from deskd.config import Settings
from deskd.desk import desk as decide
from deskd.desk.commands import Command, Dropped, Requeue, Stop
from deskd.errors import CommandRefused, Problem, UsageError
from deskd.events import Events
from deskd.ingest import Mail, feed
from deskd.model import Envelope, Position
from deskd.pipeline import Pipeline
from deskd.ports import Clock
from deskd.store import Store, Work, apply, inbox, listing, outbox, positions, tickets
from deskd.store.outbox import CUSTOMER_KINDS
from deskd.store.times import micros

Answer = dict[str, Any]

DROPPED: Final = "dropped by the operator"
BY_COMMAND: Final = "an operator's command"


class Desk(Protocol):
    """What requests are carried out on: the daemon, or a command that stands in for it."""

    settings: Settings
    store: Store
    pipeline: Pipeline
    events: Events
    clock: Clock

    async def reload(self) -> Sequence[Problem]: ...


def carry_out(desk: Desk, request: Mapping[str, Any], body: bytes = b"") -> AsyncIterator[Answer]:
    """Raises `UsageError` for a request that nobody knows."""
    known = REQUESTS.get(str(request.get("do")))
    if known is None:
        raise UsageError(f"the running deskd doesn't know {request.get('do')!r}: is it an older version?")
    return known(desk, request, body)


# ── the inbox ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _inbox_retry(desk: Desk, request: Mapping[str, Any], body: bytes) -> AsyncIterator[Answer]:
    for row_id in request["ids"]:
        refused = await desk.store.write(partial(_try_again, row_id=row_id))
        if refused is None:
            await desk.pipeline.work_on([row_id])
        yield await _inbox_answer(desk, row_id, refused)


def _try_again(work: Work, row_id: int) -> str | None:
    """Why it can't be, or None."""
    state = inbox.state_of(work, row_id)
    if state is None:
        return f"there is no inbox row {row_id}"
    if state not in ("quarantined", "received"):
        return f"inbox row {row_id} is {state}: there is nothing to try again"
    inbox.retry(work, row_id)
    return None


async def _inbox_drop(desk: Desk, request: Mapping[str, Any], body: bytes) -> AsyncIterator[Answer]:
    for row_id in request["ids"]:
        drop = partial(_drop, settings=desk.settings, row_id=row_id, now=desk.clock.now())
        refused = await desk.store.write(drop)
        yield await _inbox_answer(desk, row_id, refused)


def _drop(work: Work, settings: Settings, row_id: int, now: datetime) -> str | None:
    state = inbox.state_of(work, row_id)
    if state is None:
        return f"there is no inbox row {row_id}"
    if state not in ("quarantined", "received"):
        return f"inbox row {row_id} is {state}: there is nothing to drop"
    placeholder = inbox.load(work, row_id).ticket_id
    inbox.end(work, row_id, "discarded", reason=DROPPED)
    if placeholder is not None:
        _decide(work, settings, placeholder, None, Dropped("system", DROPPED), now)
    return None


async def _inbox_answer(desk: Desk, row_id: int, refused: str | None) -> Answer:
    ended = (await desk.store.read(lambda work: listing.inbox_ends(work, [row_id]))).get(row_id)
    return {
        "id": row_id,
        "state": ended.state if ended else None,
        "ticket": ended.ticket if ended else None,
        "reason": ended.reason if ended else None,
        "error": refused,
    }


# ── the outbox ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def _outbox_retry(desk: Desk, request: Mapping[str, Any], body: bytes) -> AsyncIterator[Answer]:
    for row_id in request["ids"]:
        yield await _on_delivery(desk, row_id, ("failed", "unknown", "queued"), "queued", "send again")


async def _outbox_cancel(desk: Desk, request: Mapping[str, Any], body: bytes) -> AsyncIterator[Answer]:
    for row_id in request["ids"]:
        yield await _on_delivery(desk, row_id, ("held", "queued", "failed", "unknown"), "cancelled", "stop")


async def _on_delivery(desk: Desk, row_id: int, allowed: Sequence[str], state: str, verb: str) -> Answer:
    now = desk.clock.now()

    def unit(work: Work) -> str | None:
        old = outbox.state_of(work, row_id)
        if old is None:
            return f"there is no outbox row {row_id}"
        if old not in allowed:
            return f"outbox row {row_id} is {old}: there is nothing to {verb}"
        _move_delivery(work, desk.settings, row_id, old, state, now)
        return None

    refused = await desk.store.write(unit)
    found = await desk.store.read(lambda work: outbox.state_of(work, row_id))
    return {"id": row_id, "state": found, "error": refused}


def _move_delivery(work: Work, settings: Settings, row_id: int, old: str, state: str, now: datetime) -> None:
    """A customer's message is moved by the desk, so that its ticket tells of it; what only shows agents something is just a row."""
    row = outbox.load(work, row_id)
    if row.kind in CUSTOMER_KINDS and row.ticket_id is not None and row.message_id is not None:
        command = Requeue("system") if state == "queued" else Stop("system")
        _decide(work, settings, row.ticket_id, row.message_id, command, now)
    else:
        outbox.end(work, row_id, old, state, not_before=micros(now))


def _decide(
    work: Work, settings: Settings, ticket_id: int, message_id: int | None, command: Command, now: datetime
) -> None:
    state = tickets.state(work, ticket_id, message_id)
    try:
        apply.apply(work, state, decide(settings, state, command, now), now)
    except CommandRefused as refusal:
        raise UsageError(str(refusal)) from refusal


# ── tickets ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _tickets_join(desk: Desk, request: Mapping[str, Any], body: bytes) -> AsyncIterator[Answer]:
    """`ref` goes into `into`."""
    now = desk.clock.now()

    def unit(work: Work) -> Answer:
        ticket_id, into = _ticket(work, request["ref"]), _ticket(work, request["into"])
        ticket, other = joining.join(work, desk.settings, ticket_id, into, "system", now, BY_COMMAND)
        return {"ref": ticket.ref, "into": other.ref}

    yield await desk.store.write(_answered(unit))


async def _tickets_unjoin(desk: Desk, request: Mapping[str, Any], body: bytes) -> AsyncIterator[Answer]:
    """`ref` comes out of where it went."""
    now = desk.clock.now()

    def unit(work: Work) -> Answer:
        ticket_id = _ticket(work, request["ref"])
        ticket, holder = joining.unjoin(work, desk.settings, ticket_id, "system", now)
        return {"ref": ticket.ref, "out_of": holder.ref}

    yield await desk.store.write(_answered(unit))


def _answered(unit: Callable[[Work], Answer]) -> Callable[[Work], Answer]:
    """A refusal undoes all that was written, and is told as a usage error."""

    def answered(work: Work) -> Answer:
        try:
            return unit(work)
        except CommandRefused as refusal:
            raise UsageError(str(refusal)) from refusal

    return answered


def _ticket(work: Work, ref: str) -> int:
    found = tickets.by_ref(work, ref)
    if found is None:
        raise UsageError(f"there is no ticket {ref}")
    return found


# ── the rest ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _ingest(desk: Desk, request: Mapping[str, Any], body: bytes) -> AsyncIterator[Answer]:
    """`mails`: `name`, `channel` and `size` of each, whose bytes follow one another in the body; of a connector's own, its `delivery` (source and
    external id), `mail_from` and `rcpt_to` as well."""
    mails: list[Mail] = []
    at = 0
    for told in request["mails"]:
        data, envelope = body[at : at + told["size"]], Envelope()
        if "delivery" in told:
            envelope = Envelope(told["mail_from"], tuple(told["rcpt_to"]))
        delivery = tuple(told["delivery"]) if "delivery" in told else None
        mails.append(Mail(told["name"], told["channel"], data, delivery, envelope))
        at += told["size"]
    async for outcome in feed(desk.store, desk.pipeline, mails, live=bool(request.get("live"))):
        yield outcome


async def _remember(desk: Desk, request: Mapping[str, Any], body: bytes) -> AsyncIterator[Answer]:
    """Keep what an account must know at its next start: a token that a command was given."""
    position = Position(request["account"], request["place"], request["value"])
    await desk.store.write(lambda work: positions.keep(work, position, desk.clock.now()))
    yield {"kept": True}


async def _reload(desk: Desk, request: Mapping[str, Any], body: bytes) -> AsyncIterator[Answer]:
    for problem in await desk.reload():
        yield {"problem": str(problem)}


async def _ping(desk: Desk, request: Mapping[str, Any], body: bytes) -> AsyncIterator[Answer]:
    yield {"desk": desk.settings.desk.name, "now": desk.clock.now().isoformat()}


REQUESTS: Final[Mapping[str, Callable[[Desk, Mapping[str, Any], bytes], AsyncIterator[Answer]]]] = {
    "ping": _ping,
    "inbox.retry": _inbox_retry,
    "inbox.drop": _inbox_drop,
    "outbox.retry": _outbox_retry,
    "outbox.cancel": _outbox_cancel,
    "tickets.join": _tickets_join,
    "tickets.unjoin": _tickets_unjoin,
    "ingest": _ingest,
    "remember": _remember,
    "reload": _reload,
}
