"""What must happen to the tickets of `tests.support.month`, by the minutes that `tests.support.minutes` counts. Nothing of deskd is asked.

Teams and promises stand here once more, written by hand from the month's `deskd.yaml`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.support.minutes import HOURS, MEMBERS, counted, reached, there
from tests.support.month import DAY, END, Act, first_team

OVER: Final = ("resolved", "closed")
CLOSES: Final = 14 * DAY
LEVEL: Final = {"front-desk": 1, "balcao": 1, "specialists": 2, "makers": 3}
UP: Final = {"front-desk": "specialists", "balcao": "specialists", "specialists": "makers"}
ACCEPT: Final = {"specialists": 187}


@dataclass(frozen=True, slots=True)
class Promise:
    """A policy: minutes until each clock's deadline, percent at which it warns, steps (minutes after, whether it goes up)."""

    calendar: str
    spans: dict[str, int]
    warn: int
    steps: tuple[tuple[int, bool], ...]
    pause: tuple[str, ...] = ("pending",)


def _spans(first: int, following: int, resolution: int) -> dict[str, int]:
    return {"first_response": first, "next_response": following, "resolution": resolution}


PROMISES: Final = {
    "urgent": Promise("always", _spans(30, 60, 480), 80, ((0, False), (15, True), (120, False))),
    "makers": Promise("brasil", _spans(600, 540, 4800), 75, ((0, False), (180, True)), ("pending", "hold")),
    "brasil": Promise("brasil", _spans(180, 240, 1200), 75, ((0, True),)),
    "standard": Promise("roma", _spans(240, 180, 1440), 75, ((0, False), (97, True))),
}

Event = tuple[int, str, tuple[object, ...]]
"""When, what, and what is said of it."""
Duty = tuple[int, int, str, int, int, int, str]
"""When, order of its kind, clock, step, since, due, policy: in the order in which they are done."""
KINDS: Final = ("sla_warned", "sla_breached", "sla_step")


@dataclass
class Life:
    """One ticket, from its first mail on. `stood`: what the clocks show after each act (clock -> since, due, warn); `refused`: acts that couldn't be."""

    ticket: int
    opened: int
    team: str
    status: str = "new"
    priority: str = "normal"
    asked: list[int] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)
    segments: list[tuple[int, int, str]] = field(default_factory=list)  # since, level, status
    done: set[tuple[str, str, int, int]] = field(default_factory=set)
    trail: list[Event] = field(default_factory=list)
    stood: list[dict[str, tuple[int, int | None, int | None]]] = field(default_factory=list)
    refused: list[Act] = field(default_factory=list)
    came_up: list[str] = field(default_factory=list)  # from which teams
    up_at: int | None = None
    handed: int | None = None
    late_told: bool = False
    accept_at: int | None = None
    back_at: int | None = None
    close_at: int | None = None

    # ── what runs ────────────────────────────────────────────────────────────────────────────────────────────────────

    def policy(self) -> str:
        if self.priority == "urgent":
            return "urgent"
        return {"makers": "makers", "balcao": "brasil"}.get(self.team, "standard")

    def pauses(self, promise: Promise) -> list[tuple[int, int | None]]:
        ends: list[int | None] = [since for since, _, _ in self.segments[1:]]
        return [
            (since, end)
            for (since, _, status), end in zip(self.segments, [*ends, None], strict=True)
            if status in (*promise.pause, *OVER) and since != end
        ]

    def clocks(self) -> dict[str, tuple[int, int | None, int | None]]:
        """Clock -> since, due, warn."""
        if self.status in OVER:
            return {}
        begun = {"resolution": self.asked[0]}
        if not self.answered:
            begun["first_response"] = self.asked[0]
        elif later := [at for at in self.asked if at > self.answered[-1]]:
            begun["next_response"] = later[0]
        promise = PROMISES[self.policy()]
        stood = self.pauses(promise)
        found = {}
        for clock, since in begun.items():
            span = promise.spans[clock]
            due = reached(promise.calendar, since, span, stood)
            found[clock] = (
                since,
                due,
                reached(promise.calendar, since, span * promise.warn // 100, stood),
            )
        return found

    def duties(self, now: int) -> list[Duty]:
        """What is left to be done."""
        key = self.policy()
        promise = PROMISES[key]
        stood = self.pauses(promise)
        left: list[Duty] = []
        for clock, (since, due, warn) in self.clocks().items():
            if due is None:
                continue
            if warn is not None and warn < due and due > now:
                left.append((warn, 0, clock, 0, since, due, key))
            left.append((due, 1, clock, 0, since, due, key))
            for number, (after, _) in enumerate(promise.steps):
                at = reached(promise.calendar, since, promise.spans[clock] + after, stood)
                if at is not None:
                    left.append((at, 2, clock, number, since, due, key))
        return sorted(one for one in left if (KINDS[one[1]], one[2], one[4], one[3]) not in self.done)

    # ── what happens ─────────────────────────────────────────────────────────────────────────────────────────────────

    def live(self, acts: Sequence[Act]) -> None:
        now = self.opened
        for act in acts:
            now = self.until(now, act.at)
            self.act(act)
            now = self.until(now, act.at)
            self.stood.append(self.clocks())
        self.until(now, END)

    def until(self, now: int, end: int) -> int:
        """All that the clock brings up to and with `end`."""
        while self.asked:
            duties = self.duties(now)
            named = {
                "sla": max(now, duties[0][0]) if duties else None,
                "accept": self.accept_at,
                "back": self.back_at,
                "close": self.close_at,
            }
            coming = sorted((at, name) for name, at in named.items() if at is not None)
            if not coming or coming[0][0] > end:
                break
            assert len(coming) < 2 or coming[0][0] < coming[1][0], (
                f"{self.ticket}: two things at once, take another seed"
            )
            now, name = coming[0]
            if name == "sla":
                self.sla(duties, now)
            elif name == "accept":
                self.unaccepted(now)
            else:
                self.become("open" if name == "back" else "closed", now)
        return end

    def sla(self, duties: list[Duty], now: int) -> None:
        for at, kind, clock, number, since, due, key in duties:
            if at > now:
                continue
            self.done.add((KINDS[kind], clock, since, number))
            self.trail.append((now, KINDS[kind], (clock, key, since, due, number)))
            if kind == 2 and PROMISES[key].steps[number][1]:
                self.escalate(now, "clock")

    def unaccepted(self, now: int) -> None:
        assert self.handed is not None
        if self.late_told:
            self.accept_at = None
            self.escalate(now, "clock")
            return
        self.late_told = True
        self.trail.append((now, "handoff_late", (self.team, self.handed)))
        self.accept_at = reached(HOURS[self.team], now, ACCEPT[self.team], ())

    def act(self, act: Act) -> None:
        if not getattr(self, f"_{act.kind}")(act):
            self.refused.append(act)

    def _mail(self, act: Act) -> bool:
        self.asked.append(act.at)
        self.segments.append((act.at, LEVEL[self.team], "new"))
        return True

    def _answer(self, act: Act) -> bool:
        self.asked.append(act.at)
        if self.status in ("pending", "hold", "resolved"):
            self.become("open", act.at)
        return True

    def _reply(self, act: Act) -> bool:
        self.answered.append(act.at)
        if self.status == "new":
            self.become("open", act.at)
        if self.handed is not None and act.who in MEMBERS[self.team]:
            self.taken(act)
        return True

    def _pending(self, act: Act) -> bool:
        return self.status not in ("pending", *OVER) and self.become("pending", act.at, act.until)

    def _hold(self, act: Act) -> bool:
        return self.status != "hold" and self.become("hold", act.at)

    def _resolve(self, act: Act) -> bool:
        return self.status not in OVER and self.become("resolved", act.at)

    def _urgent(self, act: Act) -> bool:
        self.priority = "urgent"
        return True

    def _accept(self, act: Act) -> bool:
        if self.handed is None or act.who not in MEMBERS[self.team]:
            return False
        self.taken(act)
        if self.status == "new":
            self.become("open", act.at)
        return True

    def _escalate(self, act: Act) -> bool:
        if self.status in OVER or act.to == self.team:
            return False
        just_now = self.up_at is not None and act.at - self.up_at <= 2
        if just_now and act.who not in MEMBERS[self.team] and act.to in (None, self.team):
            return False
        return self.escalate(act.at, act.who, act.to)

    def _deescalate(self, act: Act) -> bool:
        if self.status in OVER or LEVEL[self.team] == 1:
            return False
        before, self.team = self.team, self.came_up.pop()
        self.trail.append((act.at, "deescalated", (act.who, before, self.team)))
        self.handed = self.accept_at = None
        self.stands(act.at)
        return True

    def escalate(self, now: int, who: str, to: str | None = None) -> bool:
        """Up; past the specialists while none of them is there. Nobody above the makers: only said."""
        team = to or UP.get(self.team)
        if team == "specialists" and not there(team, now):
            team = "makers"
        if team is None:
            self.trail.append((now, "not_escalated", (who,)))
            return True
        self.trail.append((now, "escalated", (who, self.team, team)))
        self.came_up.append(self.team)
        self.team, self.up_at, self.handed, self.late_told = team, now, now, False
        self.accept_at = reached(HOURS[team], now, ACCEPT[team], ()) if team in ACCEPT else None
        self.stands(now)
        return True

    def become(self, status: str, now: int, until: int | None = None) -> bool:
        self.status, self.back_at = status, until
        self.close_at = now + CLOSES if status == "resolved" else None
        if status in OVER:
            self.handed = self.accept_at = None
        self.trail.append((now, "status", (status,)))
        self.stands(now)
        return True

    def stands(self, now: int) -> None:
        """A new segment: the level or the status is another from now on."""
        self.segments.append((now, LEVEL[self.team], self.status))

    def taken(self, act: Act) -> None:
        assert self.handed is not None
        self.trail.append((act.at, "accepted", (act.who, self.team, act.at - self.handed)))
        self.handed = self.accept_at = None

    def levels(self) -> dict[int, int]:
        """Open minutes that each level had the ticket until the month's end, pauses left out."""
        promise = PROMISES[self.policy()]
        ends = [since for since, _, _ in self.segments[1:]] + [END]
        spent = {level: 0 for _, level, _ in self.segments}
        for (since, level, status), end in zip(self.segments, ends, strict=True):
            if status not in (*promise.pause, *OVER):
                spent[level] += counted(promise.calendar, since, end)
        return spent


def lives(acts: Sequence[Act]) -> dict[int, Life]:
    """Each ticket's life through the whole month."""
    each: dict[int, list[Act]] = {}
    for act in acts:
        each.setdefault(act.ticket, []).append(act)
    found = {ticket: Life(ticket, own[0].at, first_team(ticket)) for ticket, own in each.items()}
    for ticket, life in found.items():
        life.live(each[ticket])
    return found
