"""The clocks of a ticket: which policy applies, what is due when, and what is to be done about it. Pure: history in, deadlines out.

| clock | runs from | until |
| --- | --- | --- |
| `first_response` | the first message of a person from outside | an agent's first reply has gone |
| `next_response` | the first message after an agent's reply that nobody has answered yet | the next reply has gone |
| `resolution` | the first message | the ticket is resolved |

All of them are computed from what happened, never counted on: whatever changes (policy, priority, level), no pause is lost. A clock stands still while the
ticket is in a status of the policy's `pause` (`pending`, unless it says otherwise), and while it is over (`resolved`, `closed`, `spam`): resuming moves a
deadline later, never earlier. Acknowledgements are no response, and what was brought in as history starts no clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from deskd.clock import calendars
from deskd.clock.calendars import Hours
from deskd.config import Settings
from deskd.config.sla import Policy, TicketMatch
from deskd.model import Status, Ticket

Name = Literal["first_response", "next_response", "resolution"]
Kind = Literal["warn", "breach", "step"]
Done = tuple[str, str, str, int]
"""What was done already: kind, clock, since when the clock ran (ISO 8601), number of the step."""
Pause = tuple[datetime, datetime | None]
"""From when until when (None: still) the clocks stand still."""

PAUSE: Final = ("pending",)
"""Where no policy says when the clocks stand still."""
OVER: Final = frozenset({"resolved", "closed", "spam"})


@dataclass(frozen=True, slots=True)
class Segment:
    """A time in which the ticket's level, team and status stayed as they were; `until` None: they still do."""

    level: int
    status: Status
    since: datetime
    until: datetime | None = None
    team: str | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What happened to a ticket, oldest first: when people wrote, when agents' replies went, how it stood when, what was done about its clocks."""

    asked: tuple[datetime, ...] = ()
    answered: tuple[datetime, ...] = ()
    segments: tuple[Segment, ...] = ()
    done: frozenset[Done] = frozenset()


def pauses(segments: Iterable[Segment], policy: Policy | None) -> tuple[Pause, ...]:
    """When the clocks of a policy stand still."""
    standing = OVER | set(policy.pause if policy is not None else PAUSE)
    return tuple(
        (one.since, one.until) for one in segments if one.status in standing and one.since != one.until
    )


@dataclass(frozen=True, slots=True)
class Clock:
    """One that runs: its deadline (None while it stands), and when it warns."""

    name: Name
    since: datetime
    due: datetime | None
    warn: datetime | None


@dataclass(frozen=True, slots=True)
class Duty:
    """What is to be done at a moment: warn, note the breach, or take a step of `on_breach` (its `number`, from 0)."""

    at: datetime
    kind: Kind
    clock: Name
    since: datetime
    due: datetime
    policy: str
    number: int = 0

    @property
    def mark(self) -> Done:
        """By what it is known to have been done."""
        return (self.kind, self.clock, self.since.isoformat(), self.number)


def policy_of(settings: Settings, ticket: Ticket) -> tuple[str, Policy] | None:
    """The first policy whose `when` fits, with its key."""
    return next(((key, policy) for key, policy in settings.sla.items() if _fits(policy.when, ticket)), None)


def clocks(settings: Settings, ticket: Ticket, past: Past) -> tuple[Clock, ...]:
    """Those that run for this ticket now."""
    found = policy_of(settings, ticket)
    if found is None or not past.asked or ticket.status in OVER:
        return ()
    policy = found[1]
    hours = calendars.hours_of(settings, policy.calendar)
    promised, stood = policy.durations(), pauses(past.segments, policy)
    return tuple(
        Clock(
            name,
            since,
            deadline(hours, since, promised[name], stood),
            deadline(hours, since, promised[name] * policy.warn / 100, stood),
        )
        for name, since in _running(past)
        if name in promised
    )


def due_at(running: tuple[Clock, ...]) -> datetime | None:
    """The earliest deadline."""
    return min((clock.due for clock in running if clock.due is not None), default=None)


def duties(settings: Settings, ticket: Ticket, past: Past, running: tuple[Clock, ...]) -> tuple[Duty, ...]:
    """What is still to be done about the clocks, the earliest first. A warning is no use any more once its deadline has passed."""
    found = policy_of(settings, ticket)
    if found is None:
        return ()
    key, policy = found
    hours = calendars.hours_of(settings, policy.calendar)
    stood = pauses(past.segments, policy)
    listed: list[Duty] = []
    for clock in running:
        if clock.due is None:
            continue
        if clock.warn is not None and clock.warn < clock.due:
            listed.append(Duty(clock.warn, "warn", clock.name, clock.since, clock.due, key))
        listed.append(Duty(clock.due, "breach", clock.name, clock.since, clock.due, key))
        promised = policy.durations()[clock.name]
        for number, step in enumerate(policy.on_breach):
            at = deadline(hours, clock.since, promised + step.after, stood)
            if at is not None:
                listed.append(Duty(at, "step", clock.name, clock.since, clock.due, key, number))
    left = [duty for duty in listed if duty.mark not in past.done]
    return tuple(sorted(left, key=lambda duty: (duty.at, _ORDER[duty.kind], duty.clock, duty.number)))


def come(left: tuple[Duty, ...], now: datetime) -> tuple[Duty, ...]:
    """Those whose time has come, in order; of warnings only those that still are warnings."""
    return tuple(duty for duty in left if duty.at <= now and not (duty.kind == "warn" and duty.due <= now))


def next_look(left: tuple[Duty, ...], now: datetime) -> datetime | None:
    """When there will be something to do next."""
    return min((duty.at for duty in left if duty.at > now), default=None)


def deadline(
    hours: Hours | None, since: datetime, span: timedelta, pauses: tuple[Pause, ...]
) -> datetime | None:
    """When `span` of the calendar's open time has gone by since then, pauses left out; None: not while the present pause lasts."""
    at, left = since, span
    for begin, end in pauses:
        if end is not None and end <= at:
            continue
        if begin > at:
            gone = calendars.working(hours, at, begin)
            if gone >= left:
                break
            left -= gone
        if end is None:
            return None
        at = max(at, end)
    return calendars.after(hours, at, left)


_ORDER: Final = {"warn": 0, "breach": 1, "step": 2}


def _running(past: Past) -> list[tuple[Name, datetime]]:
    """The clocks that nothing has ended yet, each with the moment it began."""
    first = past.asked[0]
    answered = [at for at in past.answered if at >= first]
    begun: list[tuple[Name, datetime]] = [("resolution", first)]
    if not answered:
        return [("first_response", first), *begun]
    unanswered = next((at for at in past.asked if at > answered[-1]), None)
    return begun if unanswered is None else [("next_response", unanswered), *begun]


def _fits(when: TicketMatch, ticket: Ticket) -> bool:
    """All that is named must fit; a list is any of."""
    own = ("priority", "urgency", "impact", "status", "level", "team", "assignee", "channel", "language")
    if any(getattr(when, name) and getattr(ticket, name) not in getattr(when, name) for name in own):
        return False
    wanted = {tag.casefold() for tag in when.tags}
    return not wanted or bool(wanted & {tag.casefold() for tag in ticket.tags})
