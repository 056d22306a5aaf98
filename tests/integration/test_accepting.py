"""A handoff waits for the taking team's word; what nobody accepts goes to the lead, then up. Teams of whom nobody is there are passed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deskd import escalation
from deskd.config import Settings
from deskd.desk.commands import Accept, Away, Claim, Deescalate, Escalate, Reply
from deskd.errors import CommandRefused
from deskd.store import Store, Work
from tests.support.clockwork import Clockwork, with_teams
from tests.support.desk import NOW, SETTINGS
from tests.support.mailroom import mail

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
ANNA, CARLA = "agent:anna", "agent:carla"


def three_levels(**special: object) -> Settings:
    """front-desk, specialists and, above them, accounts."""
    special = {"accept_within": 30 * MINUTE, "lead": "carla", "hours": "office", **special}
    return with_teams(
        SETTINGS,
        specialists=special,
        accounts={"level": 3, "assign": "manual", "members": ("bruno",), "accept_within": HOUR},
    )


def up(desk: Clockwork, ticket: int, to: str | None = None) -> None:
    def unit(work: Work) -> None:
        assert escalation.escalate(work, desk.settings, ticket, Escalate(ANNA, "too hard", to), desk.now)

    desk.store.write_now(unit)
    desk.wait()


def handed(store: Store, settings: Settings | None = None) -> tuple[Clockwork, int]:
    desk = Clockwork(store, settings=settings or three_levels())
    ticket = desk.opened()
    up(desk, ticket)
    return desk, ticket


def waits(desk: Clockwork, ticket: int) -> bool:
    return desk.ticket(desk.ref(ticket)).handed_at is not None


def test_the_button_takes_it_over(store: Store) -> None:
    desk, ticket = handed(store)
    assert waits(desk, ticket)
    assert desk.buttons(ticket)["handoff_accept"] == desk.ref(ticket)
    desk.press(ticket, "handoff_accept", user="U0CARLA")
    shown = desk.shown(ticket)
    assert (shown["assignee"], shown["status"], waits(desk, ticket)) == ("carla", "open", False)
    [accepted] = desk.events(ticket, "accepted")
    assert (accepted["actor"], accepted["team"]) == (CARLA, "specialists")
    desk.wait(24 * HOUR)
    assert desk.events(ticket, "handoff_late") == []


def test_only_the_taking_team_accepts(store: Store) -> None:
    desk, ticket = handed(store)
    with pytest.raises(CommandRefused, match="handed to specialists"):
        desk.ask(ticket, Accept(ANNA, "anna"))
    desk.ask(ticket, Accept(CARLA, "carla"))
    with pytest.raises(CommandRefused, match="no handoff"):
        desk.ask(ticket, Accept(CARLA, "carla"))


@pytest.mark.parametrize(
    ("command", "accepts"),
    [
        (Claim(CARLA, "carla"), True),
        (Claim("agent:bruno", "bruno"), True),  # whoever claims it has it
        (Reply(CARLA, "Arriviamo.", "Arriviamo.", None), True),
        (Reply(ANNA, "Un momento.", "Un momento.", None), False),  # level 1 keeps the customer company
    ],
)
def test_a_claim_or_the_team_s_first_reply_accepts(
    store: Store, command: Claim | Reply, accepts: bool
) -> None:
    desk, ticket = handed(store)
    desk.does(ticket, command)
    assert waits(desk, ticket) is not accepts
    assert [one["actor"] for one in desk.events(ticket, "accepted")] == [command.actor] * accepts


def test_what_nobody_accepts_goes_to_the_lead_then_up_then_to_the_lead_for_good(store: Store) -> None:
    desk, ticket = handed(store)
    desk.wait(29 * MINUTE)
    assert desk.events(ticket, "handoff_late") == []
    desk.wait(2 * MINUTE)
    assert len(desk.events(ticket, "handoff_late")) == 1
    assert desk.told(ticket, "⏳") == [["U0CARLA"]]
    desk.wait(30 * MINUTE)
    shown = desk.shown(ticket)
    assert (shown["team"], shown["level"], shown["escalations"]) == ("accounts", 3, 2)
    [*_, went_up] = desk.events(ticket, "escalated")
    assert (went_up["actor"], went_up["reason"]) == ("clock", "specialists didn't accept it in time")
    desk.wait(2 * HOUR + MINUTE)
    assert len(desk.events(ticket, "handoff_late")) == 2
    assert len(desk.events(ticket, "not_escalated")) == 1, "nobody is above"
    desk.wait(48 * HOUR)
    assert len(desk.events(ticket, "handoff_late")) == 2


def test_the_time_to_accept_is_the_team_s_own(store: Store) -> None:
    desk = Clockwork(store, settings=three_levels())
    desk.now = NOW + 2 * HOUR + 50 * MINUTE  # ten to one in Rome: the break begins at one
    ticket = desk.opened()
    up(desk, ticket)
    desk.wait(HOUR + 25 * MINUTE)
    assert desk.events(ticket, "handoff_late") == []
    desk.wait(6 * MINUTE)
    assert len(desk.events(ticket, "handoff_late")) == 1


def test_a_ticket_that_goes_back_waits_for_nobody(store: Store) -> None:
    desk, ticket = handed(store)

    def unit(work: Work) -> None:
        from deskd.desk import desk as decide
        from deskd.store import apply, tickets

        state = tickets.state(work, ticket)
        ready = escalation.prepared(work, desk.settings, state, Deescalate(CARLA, "not ours"), desk.now)
        apply.apply(work, state, decide(desk.settings, state, ready, desk.now), desk.now)

    store.write_now(unit)
    assert not waits(desk, ticket)
    desk.wait(24 * HOUR)
    assert desk.events(ticket, "handoff_late") == []


def test_without_a_time_a_handoff_waits_for_ever(store: Store) -> None:
    desk, ticket = handed(store, three_levels(accept_within=None))
    desk.wait(99 * HOUR)
    assert waits(desk, ticket)
    assert desk.events(ticket, "handoff_late") == []


# ── the way up ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("skip", "hour", "away", "team"),
    [
        (True, 0, False, "specialists"),
        (True, 12, False, "accounts"),  # at night nobody of level 2 is there
        (True, 0, True, "accounts"),  # the only one is away
        (False, 12, False, "specialists"),
    ],
)
def test_a_level_with_nobody_on_duty_is_passed_where_it_is_wanted(
    store: Store, skip: bool, hour: int, away: bool, team: str
) -> None:
    desk = Clockwork(store, settings=three_levels(skip_off_duty=skip))
    desk.now = NOW + hour * HOUR
    ticket = desk.opened()
    if away:
        desk.does(ticket, Away(CARLA, "carla"))
    up(desk, ticket)
    assert desk.shown(ticket)["team"] == team
    [went_up] = desk.events(ticket, "escalated")
    assert ("past specialists, of whom nobody is on duty" in went_up["because"]) == (team == "accounts")


def test_a_team_that_is_named_is_passed_by_nobody(store: Store) -> None:
    desk = Clockwork(store, settings=three_levels(skip_off_duty=True))
    desk.now = NOW + 12 * HOUR
    ticket = desk.opened()
    up(desk, ticket, "specialists")
    assert desk.shown(ticket)["team"] == "specialists"


# ── the customer ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_customer_is_told_where_the_taking_team_wants_it(store: Store) -> None:
    desk, ticket = handed(store, three_levels(tell_customer=True))
    [told] = desk.sent()
    assert str(told["Auto-Submitted"]) == "auto-replied"
    assert f"{desk.ref(ticket)} abbiamo coinvolto" in told.get_content()
    assert str(told["To"]) == "Maria Rossi <maria@cliente.example>"
    desk.press(ticket, "handoff_accept", user="U0CARLA")
    desk.wait(3 * MINUTE)
    up(desk, ticket)
    assert desk.sent() == [], "accounts doesn't want it"


@pytest.mark.parametrize(
    ("settings", "fields"),
    [
        (three_levels(), {}),  # nobody wants it
        (three_levels(tell_customer=True), {"Auto_Submitted": "auto-generated"}),  # a program wrote
    ],
)
def test_otherwise_the_customer_hears_nothing(
    store: Store, settings: Settings, fields: dict[str, str]
) -> None:
    desk = Clockwork(store, settings=settings)
    ticket = desk.arrive(mail(**fields)).ticket or 0
    up(desk, ticket)
    assert desk.sent() == []
