"""Hours with nobody on duty, by level."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from deskd.clock.coverage import cover
from deskd.config import Settings
from tests.support.desk import NOW, SETTINGS

HOUR = timedelta(hours=1)


def desk(**teams: dict[str, Any]) -> Settings:
    changed = {key.replace("_", "-"): changes for key, changes in teams.items()}
    return replace(
        SETTINGS,
        teams={key: team.model_copy(update=changed.get(key, {})) for key, team in SETTINGS.teams.items()},
    )


def test_a_level_with_a_team_that_has_no_hours_is_always_there() -> None:
    levels = cover(desk(front_desk={"hours": "office"}), NOW)  # accounts, of the same level, has none
    assert [(level.level, level.teams, level.hours) for level in levels] == [
        (1, ("front-desk", "accounts"), 0),
        (2, ("specialists",), 0),
    ]


def test_the_gaps_of_a_level_with_hours() -> None:
    level = cover(desk(specialists={"hours": "office"}), NOW)[
        1
    ]  # from ten in the morning of a Monday in Rome
    assert level.gaps[0] == (NOW + 3 * HOUR, NOW + 4 * HOUR), "the break"
    assert level.gaps[1] == (NOW + 8 * HOUR, NOW + 23 * HOUR), "the night"
    assert level.hours == 168 - 40


def test_a_team_without_members_has_nobody() -> None:
    level = cover(desk(specialists={"members": ()}), NOW)[1]
    assert level.gaps == ((NOW, NOW + 168 * HOUR),)
