"""Tickets are given to people who are there and have room; the others wait, say so, and are given out when somebody comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from deskd.clock.duty import Absence
from deskd.config import Settings
from deskd.desk.commands import Assign, Away, Back, Claim, Release, SetPriority, SetStatus
from deskd.model import Assignment
from deskd.store import Store, queues
from deskd.store import absences as kept
from tests.support.clockwork import Clockwork, with_agents, with_teams
from tests.support.desk import NOW
from tests.support.mailroom import mail

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
ANNA, BRUNO = "agent:anna", "agent:bruno"


def busy(**changes: Any) -> Settings:
    """front-desk gives out by itself, in its hours."""
    return with_teams(front_desk={"assign": "least_busy", "hours": "office", **changes})


def has(desk: Clockwork, *tickets: int) -> list[str | None]:
    return [desk.shown(ticket)["assignee"] for ticket in tickets]


def alone(capacity: int) -> Settings:
    """anna is the only one, and has room for so many."""
    return with_agents(busy(members=("anna",)), anna={"capacity": capacity})


def test_at_night_a_ticket_waits_and_says_so_and_in_the_morning_someone_has_it(store: Store) -> None:
    desk = Clockwork(store, settings=busy())
    desk.now = NOW + 12 * HOUR  # ten in the evening in Rome
    ticket = desk.opened()
    assert has(desk, ticket) == [None]
    [why] = desk.events(ticket, "assigned")
    assert why["waiting"] == "off_duty"
    assert "anna is off duty (office is closed), bruno is off duty (office is closed)" in why["because"]
    assert desk.card(ticket).assignee == "waits: nobody is on duty"
    desk.wait(11 * HOUR - MINUTE)
    assert has(desk, ticket) == [None]
    desk.wait(2 * MINUTE)
    assert has(desk, ticket) == ["anna"]
    given = desk.events(ticket, "assigned")[-1]
    assert (given["actor"], given["agent"]) == ("clock", "anna")
    assert "anna has the least to do" in given["because"]
    assert desk.told(ticket, "📥") == [["U0ANNA"]]
    assert desk.card(ticket).assignee == "Anna Rossi"


def test_what_came_at_night_is_shared_out(store: Store) -> None:
    desk = Clockwork(store, settings=busy())
    desk.now = NOW + 12 * HOUR
    tickets = [desk.opened() for _ in range(6)]
    desk.wait(12 * HOUR)
    assert sorted(str(agent) for agent in has(desk, *tickets)) == ["anna"] * 3 + ["bruno"] * 3


def test_a_full_team_takes_the_next_one_when_it_has_room_the_most_urgent_first(store: Store) -> None:
    desk = Clockwork(store, settings=alone(1))
    first, second, third = (desk.opened() for _ in range(3))
    assert has(desk, first, second, third) == ["anna", None, None]
    assert desk.card(second).assignee == "waits: everyone has enough"
    desk.does(third, SetPriority(ANNA, priority="urgent"))
    desk.does(first, SetStatus(ANNA, "resolved"))
    assert has(desk, second, third) == [None, "anna"]
    desk.does(third, Release(ANNA))
    assert has(desk, second, third) == ["anna", None], "and not straight back to whom it was with"


def test_room_for_two_takes_two(store: Store) -> None:
    desk = Clockwork(store, settings=alone(2))
    tickets = [desk.opened() for _ in range(5)]
    assert has(desk, *tickets) == ["anna", "anna", None, None, None]
    desk.does(tickets[0], SetStatus(ANNA, "resolved"))
    desk.does(tickets[1], SetStatus(ANNA, "resolved"))
    assert has(desk, *tickets[2:]) == ["anna", "anna", None]


def test_a_released_ticket_is_left_for_a_while_then_another_has_it(store: Store) -> None:
    desk = Clockwork(store, settings=busy())
    ticket = desk.opened()
    assert has(desk, ticket) == ["anna"]
    desk.does(ticket, Release(ANNA))
    assert has(desk, ticket) == [None]
    assert desk.card(ticket).assignee == "waits: it was released"
    desk.wait(4 * MINUTE)
    assert has(desk, ticket) == [None]
    desk.wait(2 * MINUTE)
    assert has(desk, ticket) == ["bruno"]
    desk.does(ticket, Release(BRUNO))
    desk.wait(20 * HOUR)
    assert has(desk, ticket) == [None], "both let it go: a person decides"


def test_a_claim_wins_over_the_queue(store: Store) -> None:
    desk = Clockwork(store, settings=busy())
    ticket = desk.opened()
    desk.does(ticket, Release(ANNA))
    desk.does(ticket, Claim(ANNA, "anna"))
    desk.wait(20 * HOUR)
    assert has(desk, ticket) == ["anna"]
    assert desk.store.read_now(lambda work: queues.first(work, "front-desk", 5)) == ()


def test_turns_go_round(store: Store) -> None:
    desk = Clockwork(store, settings=busy(assign="round_robin", members=("anna", "bruno", "carla")))
    tickets = [desk.opened() for _ in range(4)]
    assert has(desk, *tickets) == ["anna", "bruno", "carla", "anna"]
    desk.does(tickets[0], Away(BRUNO, "bruno"))
    assert has(desk, desk.opened(), desk.opened()) == ["carla", "anna"]
    desk.does(tickets[0], Back(BRUNO, "bruno"))
    assert has(desk, desk.opened()) == ["bruno"]


def test_who_goes_away_leaves_the_urgent_work_to_others(store: Store) -> None:
    desk = Clockwork(store, settings=busy(members=("anna", "bruno")))
    urgent, normal, answered = (desk.opened() for _ in range(3))
    for ticket in (urgent, normal, answered):
        desk.does(ticket, Assign("agent:bruno", Assignment("front-desk", "anna", "a test")))
    desk.does(urgent, SetPriority(ANNA, priority="urgent"))
    desk.does(answered, SetPriority(ANNA, priority="urgent"))
    desk.does(answered, SetStatus(ANNA, "pending"))
    desk.does(normal, Away(ANNA, "anna", NOW + 48 * HOUR, "flu"))
    assert has(desk, urgent, normal, answered) == ["bruno", "anna", "anna"]
    [*_, moved] = desk.events(urgent, "assigned")
    assert moved["actor"] == "clock"
    assert moved["because"].startswith("anna is away until 2026-11-25 10:00; bruno has the least to do")
    assert desk.told(urgent, "📥") == [["U0BRUNO"]]
    assert has(desk, desk.opened()) == ["bruno"]


def test_the_customer_s_answer_to_someone_who_is_away_goes_to_another(store: Store) -> None:
    desk = Clockwork(store, settings=busy())
    ticket = desk.arrive(mail(id="a@x.example")).ticket or 0
    desk.does(ticket, SetPriority(ANNA, priority="urgent"))
    desk.does(ticket, SetStatus(ANNA, "pending"))
    desk.does(ticket, Away(ANNA, "anna"))
    assert has(desk, ticket) == ["anna"]
    desk.arrive(mail(refs=["a@x.example"], subject="Re: Fattura 118"))
    desk.wait()
    assert has(desk, ticket) == ["bruno"]


def test_where_nobody_is_left_what_is_urgent_waits_for_the_next_who_comes(store: Store) -> None:
    desk = Clockwork(store, settings=busy(members=("anna",)))
    ticket = desk.opened()
    desk.does(ticket, SetPriority(ANNA, priority="urgent"))
    desk.does(ticket, Away(ANNA, "anna", NOW + 5 * HOUR))
    assert has(desk, ticket) == [None]
    assert desk.card(ticket).assignee == "waits: nobody is on duty"
    desk.wait(4 * HOUR)
    assert has(desk, ticket) == [None]
    desk.wait(2 * HOUR)
    assert has(desk, ticket) == ["anna"]


def test_who_is_back_early_gets_what_waits(store: Store) -> None:
    desk = Clockwork(store, settings=busy(members=("anna",)))
    other = desk.opened()
    desk.does(other, Away(ANNA, "anna", NOW + 48 * HOUR))
    ticket = desk.opened()
    assert has(desk, ticket) == [None]
    desk.does(other, Back(ANNA, "anna"))
    assert has(desk, ticket) == ["anna"]


def test_an_absence_that_begins_later(store: Store) -> None:
    desk = Clockwork(store, settings=busy())
    ticket = desk.opened()
    desk.does(ticket, SetPriority(ANNA, priority="urgent"))
    soon = Absence("anna", NOW + HOUR, NOW + 30 * HOUR, "file")
    store.write_now(lambda work: kept.replace(work, "anna", "file", [soon]))
    desk.wait(59 * MINUTE)
    assert has(desk, ticket) == ["anna"]
    desk.wait(2 * MINUTE)
    assert has(desk, ticket) == ["bruno"]


@pytest.mark.parametrize(("assign", "after"), [("least_busy", "bruno"), ("manual", None)])
def test_who_left_the_roster_has_no_tickets_any_more(store: Store, assign: str, after: str | None) -> None:
    desk = Clockwork(store, settings=busy())
    ticket = desk.opened()
    assert has(desk, ticket) == ["anna"]
    settings = busy(assign=assign, members=("bruno",))
    agents = {key: agent for key, agent in settings.agents.items() if key != "anna"}
    later = Clockwork(store, settings=replace(settings, agents=agents))
    store.write_now(later.keeper._look_at_all)
    later.wait()
    assert has(later, ticket) == [after]
    [*_, moved] = later.events(ticket, "assigned")
    assert moved["because"].startswith("anna left the roster")


def test_a_ticket_that_comes_back_and_has_nobody_is_given_out(store: Store) -> None:
    desk = Clockwork(store, settings=busy())
    desk.now = NOW + 12 * HOUR
    ticket = desk.arrive(mail(id="a@x.example")).ticket or 0
    desk.does(ticket, SetStatus(ANNA, "resolved"))
    desk.wait(13 * HOUR)
    assert has(desk, ticket) == [None]
    desk.arrive(mail(refs=["a@x.example"], subject="Re: Fattura 118"))
    desk.wait()
    assert has(desk, ticket) == ["anna"]


def test_history_waits_for_nobody(store: Store) -> None:
    desk = Clockwork(store, settings=busy())
    desk.now = NOW + 12 * HOUR
    ticket = desk.opened(live=False)
    desk.wait(24 * HOUR)
    assert desk.events(ticket, "assigned")[1:] == []


async def test_a_calendar_file_says_who_is_away(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "anna.ics"
    event = "BEGIN:VEVENT\nUID:1\nDTSTART:20261123T080000Z\nDTEND:20261124T080000Z\nEND:VEVENT"
    path.write_text(f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{event}\nEND:VCALENDAR\n")
    desk = Clockwork(store, settings=with_agents(busy(), anna={"absences": path}))
    await desk.keeper.read_absences()
    assert has(desk, desk.opened(), desk.opened()) == ["bruno", "bruno"]
    path.write_text("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nEND:VCALENDAR\n")
    await desk.keeper.read_absences()
    assert has(desk, desk.opened()) == ["anna"]
