"""Which team and agent a ticket gets, and why: a table for each way of assigning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from deskd import rules
from deskd.assignment import Loads, assign_again, assign_new, in_team
from deskd.config import Settings
from deskd.model import Assignment
from tests.support.desk import SETTINGS, TICKET


def loads(open_tickets: Mapping[str, int] | None = None, **others: Any) -> Callable[[str], Loads]:
    """Of tickets of priority normal, where no weights are given."""
    normal = {agent: 2 * count for agent, count in (open_tickets or {}).items()}
    return lambda team: Loads(open_tickets or {}, **({"weights": normal} | others))


def with_team(key: str, **changes: Any) -> Settings:
    return replace(SETTINGS, teams={**SETTINGS.teams, key: SETTINGS.teams[key].model_copy(update=changes)})


def who(
    settings: Settings, team: str, how: Callable[[str], Loads], skills: tuple[str, ...] = ()
) -> str | None:
    assignment = in_team(settings, team, "because", skills, how)
    assert assignment.team == team
    assert assignment.because.startswith("because; ")
    return assignment.agent


def act(**values: Any) -> rules.Act:
    return rules.Act("a rule", "assign", rules.Assign(**values))


@pytest.mark.parametrize("skills", [(), ("billing",)])
def test_by_hand_nobody_is_chosen(skills: tuple[str, ...]) -> None:
    assert who(SETTINGS, "front-desk", loads(), skills) is None


@pytest.mark.parametrize(
    ("open_tickets", "skills", "agent"),
    [
        ({}, (), "anna"),  # as the file has them, where they have as much to do
        ({"anna": 2, "carla": 1}, (), "carla"),
        ({"anna": 8}, (), "carla"),  # anna's capacity is 8
        ({"anna": 8, "carla": 99}, (), "carla"),  # who names no capacity takes any number
        ({"carla": 3}, ("network",), "carla"),  # the skill counts before the load
        ({"carla": 3}, ("billing",), "anna"),  # both have it
        ({}, ("cooking",), "anna"),  # nobody has it: then whoever is free
    ],
)
def test_the_least_busy(open_tickets: dict[str, int], skills: tuple[str, ...], agent: str) -> None:
    assert who(SETTINGS, "accounts", loads(open_tickets), skills) == agent


def test_what_is_urgent_weighs_more() -> None:
    two_of_each = {"anna": 1, "carla": 3}
    assert who(SETTINGS, "accounts", loads(two_of_each, weights={"anna": 8, "carla": 3})) == "carla"


@pytest.mark.parametrize(
    ("turns", "open_tickets", "agent"),
    [
        ({}, {}, "anna"),  # nobody had a turn yet: as the file has them
        ({"anna": 0}, {}, "carla"),  # who never had one is before who had
        ({"anna": 2, "carla": 1}, {}, "carla"),
        ({"anna": 1, "carla": 2}, {}, "anna"),
        ({"carla": 5}, {"anna": 8}, "carla"),  # who is full is passed over
        ({"bruno": 1, "anna": 4, "carla": 3}, {}, "carla"),  # others' turns don't count
    ],
)
def test_round_robin(turns: dict[str, int], open_tickets: dict[str, int], agent: str) -> None:
    settings = with_team("accounts", assign="round_robin")
    assert who(settings, "accounts", loads(open_tickets, turns=turns)) == agent


@pytest.mark.parametrize("way", ["least_busy", "round_robin", "skills"])
def test_turns_and_loads_are_for_those_on_duty(way: str) -> None:
    settings = with_team("accounts", assign=way, sticky=True)
    off = loads(off={"anna": "anna is away"}, sticky="anna")
    assert who(settings, "accounts", off, ("billing",)) == "carla"


@pytest.mark.parametrize(
    ("language", "agent"),
    [
        ("it", "anna"),  # carla names no languages: she speaks all; both do, and the file has anna first
        ("pt", "carla"),  # anna doesn't
        (None, "anna"),
    ],
)
def test_who_speaks_the_customer_s_language_comes_first(language: str | None, agent: str) -> None:
    assert who(SETTINGS, "accounts", loads(language=language)) == agent


def test_a_language_that_nobody_there_speaks_keeps_no_customer_waiting() -> None:
    assert who(SETTINGS, "accounts", loads(language="pt", off={"carla": "carla is away"})) == "anna"


@pytest.mark.parametrize(
    ("given", "skills", "waiting", "told"),
    [
        ({"off": {"anna": "anna is away", "carla": "carla is away"}}, (), "off_duty", "anna is away, carla"),
        ({"open_tickets": {"anna": 8}, "off": {"carla": "carla is away"}}, (), "full", "anna has 8 of 8"),
        ({"released": frozenset({"anna", "carla"})}, (), "released", "anna let it go"),
        (
            {"released": frozenset({"anna"}), "off": {"carla": "carla is away"}},
            (),
            "released",
            "carla is away",
        ),
        ({}, ("cooking",), "unskilled", "anna lacks cooking"),
        ({"off": {"carla": "carla is away"}}, ("network",), "unskilled", "anna lacks network"),
        ({"off": {"anna": "anna is away", "carla": "gone"}}, ("network",), "off_duty", "gone"),
    ],
)
def test_why_a_ticket_waits(given: dict[str, Any], skills: tuple[str, ...], waiting: str, told: str) -> None:
    settings = with_team("accounts", assign="skills")
    assignment = in_team(settings, "accounts", "because", skills, loads(**given))
    assert (assignment.agent, assignment.waiting, assignment.skills) == (None, waiting, skills)
    assert told in assignment.because


def test_a_released_ticket_goes_to_another() -> None:
    assert who(SETTINGS, "accounts", loads(released=frozenset({"anna"}))) == "carla"


@pytest.mark.parametrize(
    ("skills", "agent"),
    [
        (("network",), "carla"),
        (("network", "billing"), "carla"),  # all of them
        (("cooking",), None),  # nobody has it: a person decides
        ((), "anna"),  # nothing asked
    ],
)
def test_by_skills(skills: tuple[str, ...], agent: str | None) -> None:
    assert who(with_team("accounts", assign="skills"), "accounts", loads(), skills) == agent


@pytest.mark.parametrize(
    ("last", "agent"),
    [
        ("carla", "carla"),  # the contact keeps their agent
        ("bruno", "anna"),  # who isn't in this team
        (None, "anna"),  # the first time
    ],
)
def test_sticky(last: str | None, agent: str) -> None:
    assert who(with_team("accounts", sticky=True), "accounts", loads(sticky=last)) == agent


def test_where_everyone_is_full_a_person_decides() -> None:
    alone = with_team("accounts", members=("anna",))
    assert who(alone, "accounts", loads({"anna": 8})) is None


# ── new tickets ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("channel", "acts", "team", "agent"),
    [
        ("support-mail", [], "front-desk", None),  # the channel's team
        ("billing-mail", [], "accounts", "anna"),  # and that team's way
        ("support-mail", [act(team="accounts")], "accounts", "anna"),  # the rule's word
        ("support-mail", [act(team="accounts", skills=("network",))], "accounts", "carla"),
        (
            "support-mail",
            [act(team="accounts"), act(team="specialists")],
            "specialists",
            None,
        ),  # the last one's
        ("support-mail", [act(agent="bruno")], "front-desk", "bruno"),  # who is in the channel's team
        ("support-mail", [act(agent="carla")], "accounts", "carla"),  # who isn't: their first team
        (
            "support-mail",
            [act(team="front-desk", agent="carla")],
            "front-desk",
            "carla",
        ),  # both, said outright
        (
            "billing-mail",
            [act(skills=("network",))],
            "accounts",
            "carla",
        ),  # skills alone, in the channel's team
        ("phone", [], "front-desk", None),  # a channel that isn't in the file: the first of the lowest level
    ],
)
def test_a_new_ticket(channel: str, acts: list[rules.Act], team: str, agent: str | None) -> None:
    assignment = assign_new(SETTINGS, channel, acts, loads())
    assert (assignment.team, assignment.agent) == (team, agent)
    assert ("'a rule'" in assignment.because) == bool(acts)


def test_a_desk_without_teams() -> None:
    bare = replace(SETTINGS, teams={}, channels={})
    assert assign_new(bare, "support-mail", [], loads()).team is None


# ── open tickets ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("ticket", "acts", "becomes"),
    [
        ({"assignee": "anna"}, [], None),  # no rule has a say
        ({"assignee": "anna"}, [act(team="specialists")], ("specialists", None)),
        ({"assignee": "anna"}, [act(agent="bruno")], ("front-desk", "bruno")),
        # the same rule fires at every answer of the customer's: it must not take the ticket from who works on it
        ({"assignee": "anna"}, [act(team="front-desk")], None),
        ({"assignee": "bruno", "team": "accounts"}, [act(team="accounts", skills=("billing",))], None),
        ({"assignee": "anna"}, [act(skills=("install",))], None),
        ({"assignee": "anna"}, [act(agent="anna")], None),
        ({}, [act(team="front-desk")], None),  # nobody's, and the team assigns by hand: nothing to say
        (
            {"team": "accounts"},
            [act(team="accounts")],
            ("accounts", "anna"),
        ),  # nobody's: now it is somebody's
    ],
)
def test_an_open_ticket(
    ticket: dict[str, Any], acts: list[rules.Act], becomes: tuple[str, str | None] | None
) -> None:
    assignment: Assignment | None = assign_again(SETTINGS, replace(TICKET, **ticket), acts, loads())
    assert (assignment and (assignment.team, assignment.agent)) == becomes
