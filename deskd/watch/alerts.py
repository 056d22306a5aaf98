"""What admins are told, and when: pure decisions over what was found.

`faults` names what is wrong now. `decide` remembers since when and says what to tell: what lasts is told once and again every few hours, its end is told
too, and what comes and goes doesn't ring each time. `gather` makes a digest of single rows that need a person. Times are seconds of a
clock that never jumps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from deskd.ports import ConnectorHealth
from deskd.store.figures import Trouble
from deskd.watch.health import SLOW, Findings

AT_ONCE: Final = 0.0
PASSING: Final = 15.0  # seconds that a database may be held by a backup or a migration
FAILING: Final = 60.0  # seconds that an account may be away without anyone being told
LINGERING: Final = 600.0  # the same for trouble with which it still works
QUIET: Final = 600.0  # between two alerts of one key, however often it comes and goes
REMIND: Final = 6 * 3600.0
DIGEST: Final = 900.0  # between two digests of one kind
SHOWN: Final = 5  # rows of a digest that are named


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong now. `after`: seconds it must last before it is told. `account`: the account that it is about.

    A change of `told_anew` is told at once (the rules' errors); other texts may change without anyone hearing of it.
    """

    key: str
    text: str
    over: str
    after: float = AT_ONCE
    account: str | None = None
    told_anew: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is remembered of a key: since when it is wrong (None: it no longer is), and what was told when."""

    since: float | None
    over: str = ""
    account: str | None = None
    told: bool = False
    told_at: float | None = None
    told_anew: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """`over`: it tells of an end. `account`: the account it is about, and by which it can't go while that one fails."""

    key: str
    text: str
    over: bool = False
    account: str | None = None


# ── what is wrong ────────────────────────────────────────────────────────────────────────────────────────────────────


def faults(found: Findings) -> list[Fault]:
    """All that is wrong now, whether anyone should hear of it yet or not."""
    return [*_store(found), *_parts(found), *_queues(found), *_rules(found)]


def _store(found: Findings) -> Iterator[Fault]:
    if found.store_error:
        yield Fault(
            "store",
            f"The database takes nothing: {found.store_error}. Mail is answered 451 or 452 and comes again; nothing is lost, nothing moves.",
            "The database works again.",
            PASSING,
        )
    room = found.room
    if room is not None and room.nearly_full:
        yield Fault(
            "disk",
            f"The database's disk is nearly full: {room.free // 2**20} MB of {room.total // 2**20} MB are free; "
            f"below {room.floor // 2**20} MB mail is refused for the time being (452).",
            "The database's disk has room again.",
        )


def _parts(found: Findings) -> Iterator[Fault]:
    for name, one in found.connectors.items():
        if one.state == "failing":
            yield _account(name, one, "doesn't work", AT_ONCE if one.lasting else FAILING)
        elif one.state == "degraded":
            yield _account(name, one, "has trouble", LINGERING)
    for name, one in found.listeners.items():
        if one.state in ("failing", "stopped"):
            yield Fault(
                f"listener:{name}", f"{name} is not open: {one.error or one.state}.", f"{name} is open again."
            )


def _account(name: str, one: ConnectorHealth, what: str, after: float) -> Fault:
    worked = f" It last worked at {one.last_ok:%Y-%m-%d %H:%M:%S} UTC." if one.last_ok else ""
    return Fault(
        f"connector:{name}",
        f"{name} {what}: {one.error or 'no reason known'}.{worked}",
        f"{name} works again.",
        after,
        name,
    )


def _queues(found: Findings) -> Iterator[Fault]:
    numbers = found.figures
    if numbers is None:
        return
    if numbers.oldest_inbox is not None and found.now - numbers.oldest_inbox > SLOW:
        yield Fault(
            "inbox",
            f"{numbers.inbox_waiting} messages wait to be worked off, the oldest for more than {SLOW.seconds} s.",
            "The inbox is worked off again.",
            FAILING,
        )
    if numbers.late:
        oldest = numbers.late[0]
        minutes = int((found.now - oldest.since).total_seconds() // 60)
        yield Fault(
            "outbox",
            f"{len(numbers.late)} deliveries can't get out, the oldest for {minutes} min ({oldest.channel}): "
            f"{oldest.why or 'no attempt was answered'}. `deskd outbox list` names them.",
            "No delivery is stuck any more.",
        )


def _rules(found: Findings) -> Iterator[Fault]:
    if found.rules.error is not None:
        text = f"The rule files have errors; the rules from before stay in force:\n{found.rules.error}"
        yield Fault(
            "rules", text, "The rule files are good again, and in force.", told_anew=found.rules.error
        )


# ── when it is told ──────────────────────────────────────────────────────────────────────────────────────────────────


def decide(
    standing: Mapping[str, Standing], wrong: Sequence[Fault], at: float
) -> tuple[dict[str, Standing], list[Alert]]:
    """What stands now, and what is to be told of it."""
    alerts: list[Alert] = []
    now = {one.key: _goes_on(standing.get(one.key), one, at, alerts) for one in wrong}
    for key, old in standing.items():
        if key in now:
            continue
        if old.told:
            alerts.append(Alert(key, old.over, True, old.account))
        if old.told_at is not None and at - old.told_at < QUIET:
            now[key] = replace(old, since=None, told=False)
    return now, alerts


def _goes_on(old: Standing | None, one: Fault, at: float, alerts: list[Alert]) -> Standing:
    new = replace(old or Standing(at), over=one.over, account=one.account)
    since = at if new.since is None else new.since
    new = replace(new, since=since)
    if not _due(new, one, at - since, at):
        return new
    still = "Still: " if new.told and new.told_anew == one.told_anew else ""
    alerts.append(Alert(one.key, still + one.text, False, one.account))
    return replace(new, told=True, told_at=at, told_anew=one.told_anew)


def _due(old: Standing, one: Fault, lasted: float, at: float) -> bool:
    if one.told_anew and (not old.told or old.told_anew != one.told_anew):
        return True
    silent = None if old.told_at is None else at - old.told_at
    if old.told:
        return silent is not None and silent >= REMIND
    return lasted >= one.after and (silent is None or silent >= QUIET)


# ── single rows ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Gathered:
    """Rows of one kind: `known` were told or stood there at the start, `waiting` are to be told in the next digest."""

    known: frozenset[int]
    waiting: tuple[Trouble, ...] = ()
    told_at: float | None = None


def gather(
    old: Gathered, rows: Sequence[Trouble], at: float, key: str, what: str
) -> tuple[Gathered, list[Alert]]:
    """The first is told at once, what follows in one alert for all, now and then. `what` they are, and what to do."""
    here = {row.id: row for row in rows}
    waiting = tuple(row for row in here.values() if row.id not in old.known)
    known = frozenset(old.known & here.keys())
    if not waiting or (old.told_at is not None and at - old.told_at < DIGEST):
        return Gathered(known, waiting, old.told_at), []
    text = f"{what} ({len(waiting)}):\n" + "\n".join(_named(waiting))
    return Gathered(frozenset(here), (), at), [Alert(key, text)]


def _named(rows: Sequence[Trouble]) -> Iterator[str]:
    for row in sorted(rows, key=lambda row: row.id)[:SHOWN]:
        yield f"#{row.id} ({row.channel}, {row.kind}): {' '.join(row.why.split())[:160]}"
    if len(rows) > SHOWN:
        yield f"and {len(rows) - SHOWN} more"
