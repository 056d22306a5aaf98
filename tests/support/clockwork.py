"""A desk whose clock a test moves: what comes due meanwhile happens, over nights, weekends and months."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from deskd.clock.timekeeper import Timekeeper, next_at
from deskd.compose.card import card_view
from deskd.config import Settings
from deskd.desk.commands import Command
from deskd.events import Events
from deskd.model import CardView
from deskd.store import Store, Work, contacts, tickets
from tests.support.desk import SETTINGS, ruleset
from tests.support.mailroom import Mailroom, mail

AT_MOST = 5_000
"""Units of work in one stretch of time, more of which mean that the clock runs in a circle."""


def with_teams(settings: Settings = SETTINGS, **teams: dict[str, Any]) -> Settings:
    """The settings with changes to teams; _ in a keyword stands for - in a key."""
    changed = {key.replace("_", "-"): changes for key, changes in teams.items()}
    return replace(
        settings,
        teams={key: team.model_copy(update=changed.get(key, {})) for key, team in settings.teams.items()},
    )


def with_agents(settings: Settings = SETTINGS, **agents: dict[str, Any]) -> Settings:
    return replace(
        settings,
        agents={key: agent.model_copy(update=agents.get(key, {})) for key, agent in settings.agents.items()},
    )


class Clockwork(Mailroom):
    """`wait` lets time go by."""

    def __init__(self, store: Store, rules: str = "rules: []", settings: Settings = SETTINGS) -> None:
        super().__init__(store, settings, ruleset(rules, settings))
        self.keeper = Timekeeper(settings, store, Standing(self), Events(), "test", lambda: self.rules)

    def opened(self, live: bool = True, **fields: str) -> int:
        ticket = self.arrive(mail(**fields), live=live).ticket
        assert ticket is not None
        self.wait()
        return ticket

    def does(self, ticket: int, command: Command) -> None:
        self.ask(ticket, command)
        self.wait()

    def replies(self, ticket: int) -> None:
        self.answer(ticket)
        self.wait()

    def wait(self, span: timedelta = timedelta(0), *, asleep: bool = False) -> None:
        """Time goes by, and what comes due meanwhile happens; `asleep`: all of it only at the end."""
        until, count = self.now + span, 0
        if asleep:
            self.now = until
        while (at := self.store.read_now(next_at)) is not None and at <= until:
            self.now = max(self.now, at)
            count += self.store.write_now(lambda work: self.keeper.act_on_due(work, self.now))
            assert count < AT_MOST, "the clock runs in a circle"
        self.now = until

    def due(self, ticket: int) -> timedelta | None:
        """How long the deadline on the card is from when the ticket was opened."""
        shown = self.shown(ticket)
        return None if shown["due_at"] is None else shown["due_at"] - shown["created_at"]

    def done(self, ticket: int) -> list[tuple[str, Any]]:
        """What the clocks did, in order."""
        kinds = ("sla_warned", "sla_breached", "sla_step", "escalated", "not_escalated")
        return [
            (one["type"], one.get("clock")) for one in self.shown(ticket)["events"] if one["type"] in kinds
        ]

    def told(self, ticket: int, sign: str) -> list[list[str]]:
        """Whom the posts with this sign mention, in order."""
        return [
            post.get("mentions", []) for post in self.posts(ticket) if post.get("text", "").startswith(sign)
        ]

    def events(self, ticket: int, kind: str) -> list[dict[str, Any]]:
        return [one for one in self.shown(ticket)["events"] if one["type"] == kind]

    def card(self, ticket: int) -> CardView:
        """What the ticket's card shows now."""

        def look(work: Work) -> CardView:
            found = tickets.load(work, ticket)
            assert found is not None
            return card_view(self.settings, found, contacts.load(work, found.contact_id))

        return self.store.read_now(look)


class Standing:
    def __init__(self, desk: Clockwork) -> None:
        self._desk = desk

    def now(self) -> datetime:
        return self._desk.now

    def monotonic(self) -> float:
        return 0.0
