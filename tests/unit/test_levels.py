"""Which team a ticket goes up or back to, and who of it is called."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from deskd import levels
from deskd.config import Settings
from deskd.errors import CommandRefused
from deskd.levels import Taking
from tests.support.desk import NOW, SETTINGS, TICKET


def desk(**teams: dict[str, Any]) -> Settings:
    """The desk of the tests with changes to its teams; a team it doesn't have is of level 3 and carla's."""
    known = dict(SETTINGS.teams)
    for key, changes in teams.items():
        name = key.replace("_", "-")
        known[name] = known.get(name, SETTINGS.teams["specialists"]).model_copy(update={"level": 3} | changes)
    return replace(SETTINGS, teams=known)


LAB = desk(lab={"mention": None, "hours": "office"})


@pytest.mark.parametrize(
    ("settings", "team", "expected"),
    [
        (SETTINGS, "front-desk", "specialists"),  # the first team of the next level
        (SETTINGS, "specialists", None),
        (LAB, "specialists", "lab"),
        (desk(specialists={"level": 4}), "front-desk", "specialists"),  # no team is of level 2 or 3
        (desk(front_desk={"level": 1, "escalates_to": "lab"}, lab={}), "front-desk", "lab"),
    ],
)
def test_up_from(settings: Settings, team: str, expected: str | None) -> None:
    ticket = replace(TICKET, team=team, level=settings.teams[team].level)
    taken = levels.taking(settings, ticket, None, NOW)
    assert taken == (None if expected is None else Taking(expected))


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("specialists", Taking("specialists")),
        ("accounts", Taking("accounts")),  # of the same level, by name
        ("L3", Taking("lab")),
        ("l2", Taking("specialists")),
        ("@carla", Taking("specialists", "carla")),  # of her teams the lowest above
        ("carla", Taking("specialists", "carla")),
        ("@bruno", Taking("front-desk", "bruno")),
    ],
)
def test_a_target(to: str, expected: Taking) -> None:
    assert levels.taking(LAB, TICKET, to, NOW) == expected


@pytest.mark.parametrize(
    ("team", "level", "to"),
    [
        ("specialists", 2, "specialists"),
        ("specialists", 2, "L2"),
        ("specialists", 2, "front-desk"),
        ("specialists", 2, "L1"),
        ("specialists", 2, "@bruno"),
        ("front-desk", 1, "L4"),
    ],
)
def test_no_way_up(team: str, level: int, to: str) -> None:
    with pytest.raises(CommandRefused):
        levels.taking(SETTINGS, replace(TICKET, team=team, level=level), to, NOW)


def test_back_is_where_it_came_from_or_the_nearest_level_below() -> None:
    in_lab = replace(TICKET, team="lab", level=3)
    assert levels.back_to(LAB, in_lab, "front-desk") == "front-desk"
    assert levels.back_to(LAB, in_lab, None) == "specialists"
    assert levels.back_to(LAB, in_lab, "gone") == "specialists"
    with pytest.raises(CommandRefused):
        levels.back_to(LAB, TICKET, "lab")


def test_a_team_is_called_by_its_group_or_its_members_on_duty() -> None:
    assert levels.called(LAB, "specialists", NOW) == ("S0SPEC",)
    assert levels.called(LAB, "lab", NOW) == ("U0CARLA",)
    assert levels.called(LAB, "lab", NOW + timedelta(hours=12)) == ()
    assert levels.called(LAB, "front-desk", NOW + timedelta(hours=12)) == ("U0ANNA", "U0BRUNO")


@pytest.mark.parametrize(
    ("team", "to", "expected"),
    [
        ("front-desk", None, Taking("specialists")),
        ("specialists", None, Taking("lab")),
        ("lab", None, None),
        (None, "L2", Taking("specialists")),
        ("front-desk", "accounts", Taking("accounts")),
        ("front-desk", "@carla", Taking("accounts", "carla")),
        ("front-desk", "L4", None),
    ],
)
def test_a_new_ticket_s_team(team: str | None, to: str | None, expected: Taking | None) -> None:
    assert levels.team_for_new(LAB, team, to) == expected
