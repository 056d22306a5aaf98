"""A month on a desk of three levels in two countries, over holidays, absences and the night in which clocks change: each deadline, warning, breach,
escalation and handoff is where `tests.support.reckoning` says, which counts minutes and knows nothing of deskd."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
from sqlalchemy import bindparam, select

from deskd import escalation, queueing
from deskd.clock import telling
from deskd.clock.duty import Absence
from deskd.desk import desk
from deskd.desk.commands import Accept, Command, Deescalate, Escalate, Reply, SetPriority, SetStatus
from deskd.errors import CommandRefused
from deskd.model import Status
from deskd.store import Store, Work, apply, tickets
from deskd.store.tables import outbox
from deskd.store.work import Statement
from tests.support import month
from tests.support.clockwork import Clockwork
from tests.support.mailroom import mail
from tests.support.minutes import first_there, there
from tests.support.month import ABSENT, END, START, Act
from tests.support.reckoning import KINDS, LEVEL, Event, Life, lives

MINUTE = timedelta(minutes=1)
TICKETS = {"sqlite": 300, "postgresql": 60}
"""The first 60 show what the other database might do differently."""
STATUS: dict[str, Status] = {"pending": "pending", "hold": "hold", "resolve": "resolved"}
COMPARED = (*KINDS, "handoff_late", "escalated", "not_escalated", "deescalated", "accepted", "status")
HANDOFFS = Statement(
    select(outbox.c.anchor_id, outbox.c.payload)
    .where(outbox.c.ticket_id == bindparam("ticket"), outbox.c.kind == "post")
    .order_by(outbox.c.id)
)


@cache
def reckoned(count: int) -> tuple[list[Act], dict[int, Life]]:
    acts = month.script(count)
    return acts, lives(acts)


def at(minute: int) -> datetime:
    return START + minute * MINUTE


def minute_of(moment: str | datetime) -> int:
    """Everything happens at whole minutes."""
    moment = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    whole, rest = divmod(moment - START, MINUTE)
    assert not rest
    return whole


def minute_or_none(moment: datetime | None) -> int | None:
    return None if moment is None else minute_of(moment)


class Month:
    """Lives through the script on a desk; `ids`: number in the script -> the desk's ticket."""

    def __init__(self, store: Store) -> None:
        self.desk = Clockwork(store, settings=month.settings())
        self.desk.now = START
        self.ids: dict[int, int] = {}
        self.refs: dict[int, str] = {}
        self.refused: set[Act] = set()
        self.stood: dict[int, list[dict[str, tuple[int, int | None, int | None]]]] = {}
        away = [
            (who, [Absence(who, at(a), at(b), "file") for a, b in spans]) for who, spans in ABSENT.items()
        ]
        store.write_now(lambda work: queueing.absences_said(work, self.desk.settings, away, START))

    def live(self, acts: list[Act]) -> None:
        for act in acts:
            self.desk.wait(at(act.at) - self.desk.now)
            try:
                self.act(act)
            except CommandRefused:
                self.refused.add(act)
            self.desk.wait()
            self.stood.setdefault(act.ticket, []).append(self.clocks(act.ticket))
        self.desk.wait(at(END) - self.desk.now)

    def act(self, act: Act) -> None:
        actor = f"agent:{act.who}"
        if act.kind in ("mail", "answer"):
            self.comes(act)
        elif act.kind == "reply":
            self.desk.ask(self.ids[act.ticket], Reply(actor, act.text, act.text, None))
            self.desk.sent()
        elif act.kind == "escalate":
            self.moves(act, Escalate(actor, act.text, act.to))
        elif act.kind == "deescalate":
            self.moves(act, Deescalate(actor, act.text))
        else:
            self.desk.ask(self.ids[act.ticket], self.command(act, actor))

    def command(self, act: Act, actor: str) -> Command:
        if act.kind == "accept":
            return Accept(actor, act.who)
        if act.kind == "urgent":
            return SetPriority(actor, priority="urgent")
        until = at(act.until) if act.until is not None else None
        return SetStatus(actor, STATUS[act.kind], act.text, until=until)

    def comes(self, act: Act) -> None:
        """A customer's mail, received at that minute."""
        to = "suporte" if month.first_team(act.ticket) == "balcao" else "support"
        sender, first = f"c{act.ticket}@x{act.ticket}.example", f"{act.ticket}@x.example"
        again = {"refs": [first]} if act.kind == "answer" else {"id": first}
        self.desk.now -= timedelta(seconds=1)  # `arrive` takes one
        content = mail(sender, f"Request {act.ticket}", act.text, to=f"{to}@acme.example", **again)
        ticket = self.desk.arrive(content, channel=f"{to}-mail").ticket
        assert ticket is not None
        assert self.ids.setdefault(act.ticket, ticket) == ticket
        if act.ticket not in self.refs:
            self.refs[act.ticket] = self.desk.ref(ticket)

    def moves(self, act: Act, command: Escalate | Deescalate) -> None:
        """As an agent's gesture does it."""

        def unit(work: Work) -> None:
            now, settings = self.desk.now, self.desk.settings
            state = tickets.state(work, self.ids[act.ticket])
            ready = escalation.prepared(work, settings, state, command, now)
            apply.apply(work, state, desk(settings, state, ready, now), now)

        self.desk.store.write_now(unit)

    # ── what the desk has then ───────────────────────────────────────────────────────────────────────────────────────

    def told(self, ticket: int) -> dict[str, Any]:
        ref, desk = self.refs[ticket], self.desk
        found = desk.store.read_now(lambda work: telling.line(work, desk.settings, ref, desk.now))
        assert found is not None
        return found

    def clocks(self, ticket: int) -> dict[str, tuple[int, int | None, int | None]]:
        """Clock -> since, due, warn, in minutes."""
        return {
            one["clock"]: (
                minute_of(one["since"]),
                minute_or_none(one["due_at"]),
                minute_or_none(one["warn_at"]),
            )
            for one in self.told(ticket)["deadlines"]
        }

    def handoffs(self, ticket: int) -> list[tuple[int, str]]:
        """In which thread each stands, and what it says; in order."""
        rows = self.desk.store.read_now(lambda work: work.rows(HANDOFFS, ticket=self.ids[ticket]))
        posts = [(row["anchor_id"], str(json.loads(row["payload"])["text"])) for row in rows]
        return [post for post in posts if post[1].startswith("📋")]


def happened(events: list[dict[str, Any]]) -> Iterator[Event]:
    """A ticket's record as the reckoning has it."""
    for one in events:
        kind, who = one["type"], str(one["actor"]).removeprefix("agent:")
        said: tuple[object, ...]
        if kind in KINDS:
            said = (
                one["clock"],
                one["policy"],
                minute_of(one["since"]),
                minute_of(one["due"]),
                one["step"],
            )
        elif kind == "handoff_late":
            said = (one["team"], minute_of(one["since"]))
        elif kind in ("escalated", "deescalated"):
            said = (who, one["from"]["team"], one["to"]["team"])
        elif kind == "accepted":
            said = (who, one["team"], one["after_s"] // 60)
        else:
            said = (one["to"],) if kind == "status" else (who,)
        if kind in COMPARED:
            yield minute_of(one["at"]), kind, said


@pytest.mark.timeout(900)
def test_a_month(store: Store) -> None:
    acts, expected = reckoned(TICKETS[store.dialect])
    lived = Month(store)
    lived.live(acts)
    assert lived.refused == {act for life in expected.values() for act in life.refused}
    wrong = [problem for life in expected.values() for problem in problems(lived, life, acts)]
    assert wrong == []


def problems(lived: Month, life: Life, acts: list[Act]) -> Iterator[str]:
    shown = lived.desk.shown(lived.ids[life.ticket])
    own = [act for act in acts if act.ticket == life.ticket and act not in lived.refused]
    yield from _clocks(lived, life, shown)
    record = list(happened(shown["events"]))
    if record != life.trail:
        yield f"{life.ticket}: the record says {record}, reckoned {life.trail}"
    yield from _handoffs(lived, life, own, shown)
    yield from _given(life, shown)


def _clocks(lived: Month, life: Life, shown: dict[str, Any]) -> Iterator[str]:
    """What the clocks showed after each act, the deadline on the card, how long each level had it."""
    if lived.stood[life.ticket] != life.stood:
        yield f"{life.ticket}: the clocks showed {lived.stood[life.ticket]}, reckoned {life.stood}"
    told = lived.told(life.ticket)
    due = min((due for _, due, _ in life.clocks().values() if due is not None), default=None)
    if minute_or_none(shown["due_at"]) != due:
        yield f"{life.ticket}: the card shows {shown['due_at']}, reckoned {due}"
    levels = {one["level"]: one["elapsed_s"] // 60 for one in told["levels"]}
    if levels != life.levels() or told["elapsed_s"] != 60 * sum(levels.values()):
        yield f"{life.ticket}: the levels had it {levels}, reckoned {life.levels()}"


def _handoffs(lived: Month, life: Life, own: list[Act], shown: dict[str, Any]) -> Iterator[str]:
    """One for each escalation, once a thread: why, what the customer wrote, and all that was tried until then."""
    ups = [one for one in shown["events"] if one["type"] == "escalated"]
    posts = lived.handoffs(life.ticket)
    if len(set(posts)) != len(posts):
        yield f"{life.ticket}: a handoff stands twice in a thread"
    texts = list(dict.fromkeys(text for _, text in posts))
    if len(texts) != len(ups):
        yield f"{life.ticket}: {len(ups)} escalations, {len(texts)} handoffs"
        return
    for up, text in zip(ups, texts, strict=True):
        since = minute_of(up["at"])
        needed = [act.text for act in own if act.kind in ("mail", "reply") and act.at <= since]
        for part in (up["reason"], *needed):
            if not part or part not in text:
                yield f"{life.ticket}: the handoff of {since} lacks {part!r}"


def _given(life: Life, shown: dict[str, Any]) -> Iterator[str]:
    """Only to people on duty, and as soon as there is one: from the ticket's opening, or since it came up."""
    team, since, had, over = life.team, life.opened, False, False
    for one in shown["events"]:
        now, to = minute_of(one["at"]), one.get("to")
        if one["type"] == "status":
            since = now if over and not had else since  # what is resolved waits for nobody
            over = to in ("resolved", "closed")
        if one["type"] not in ("assigned", "escalated", "deescalated"):
            continue
        assert not over
        if one["type"] == "assigned":
            team, agent = one["team"], one["agent"]
        else:
            team, agent, since, had = to["team"], to["assignee"], now, False
            assert to["level"] == LEVEL[team]
        if agent is None:
            continue
        if one["type"] != "deescalated" and agent not in there(team, now):
            yield f"{life.ticket}: {agent} got it at {now} and wasn't there"
        if not had and one["type"] != "deescalated" and now != first_there(team, since):
            yield f"{life.ticket}: {team} had somebody at {first_there(team, since)}, got it at {now}"
        had = True
