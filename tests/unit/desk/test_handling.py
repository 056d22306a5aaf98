"""What agents do with a ticket, and what the clock does to it: a table of cases for each command."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args

import pytest

from deskd import states
from deskd.desk.changes import AddTags, RefreshCard, RemoveTags, SetDeadline, SetTicket
from deskd.desk.commands import Assign, Claim, Due, Release, SetPriority, SetStatus, Tag
from deskd.desk.state import State
from deskd.errors import CommandRefused
from deskd.model import Assignment, Status
from tests.support.desk import NOW, SOURCE, ask, events, marks, of, posted, queued, state, ticket_values

ANNA = "agent:anna"
STATUSES: tuple[Status, ...] = get_args(Status)


@pytest.mark.parametrize(
    ("before", "assignee", "status"),
    [
        ({"status": "new"}, "anna", "open"),  # the first claim opens a new ticket
        ({"status": "new", "assignee": "bruno"}, "anna", "open"),  # given to Bruno, who hasn't taken it up
        ({"status": "new", "assignee": "anna"}, "anna", "open"),  # given to her: now she has taken it up
        ({"status": "open"}, "anna", None),
        ({"status": "pending"}, "anna", None),  # claiming changes no other status
        ({"status": "resolved"}, "anna", None),
    ],
)
def test_a_claim_takes_a_ticket_that_nobody_works_on(
    before: dict[str, Any], assignee: str, status: str | None
) -> None:
    made = ask(Claim(ANNA, "anna", SOURCE), state(**before))
    values = ticket_values(made)
    assert (values["assignee"], values.get("status")) == (assignee, status)
    assert "claimed" in events(made)
    assert of(RefreshCard, made)
    assert marks(made) == ["+ok_hand"]


def test_who_claims_their_own_ticket_is_told_all_is_well() -> None:
    made = ask(Claim(ANNA, "anna", SOURCE), state(status="open", assignee="anna"))
    assert not of(SetTicket, made)
    assert marks(made) == ["+ok_hand"]


def test_who_comes_second_is_told_who_has_it() -> None:
    with pytest.raises(CommandRefused, match="Bruno Sá"):
        ask(Claim(ANNA, "anna", SOURCE), state(status="open", assignee="bruno"))


@pytest.mark.parametrize(
    ("given", "team", "level", "assignee"),
    [
        (Assignment("front-desk", "bruno", "said so"), "front-desk", 1, "bruno"),
        (Assignment("specialists", None, "said so"), "specialists", 2, None),  # a team: nobody's in it yet
        (Assignment(None, "carla", "said so"), "front-desk", 1, "carla"),  # no team named: it stays
    ],
)
def test_assigning_moves_team_level_and_assignee(
    given: Assignment, team: str, level: int, assignee: str | None
) -> None:
    made = ask(Assign(ANNA, given, SOURCE), state(assignee="anna"))
    values = ticket_values(made)
    assert (values["team"], values["level"], values["assignee"]) == (team, level, assignee)
    assert events(made) == ["assigned"]
    assert "status" not in values


def test_releasing_gives_it_back_and_nobodys_cannot_be() -> None:
    made = ask(Release(ANNA, SOURCE), state(assignee="anna"))
    assert ticket_values(made)["assignee"] is None
    with pytest.raises(CommandRefused):
        ask(Release(ANNA, SOURCE), state())


# ── status ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("old", STATUSES)
@pytest.mark.parametrize("new", STATUSES)
def test_a_status_changes_only_as_the_table_allows(old: Status, new: Status) -> None:
    command = SetStatus(ANNA, new, source=SOURCE)
    if new in states.TICKET[old]:
        made = ask(command, state(status=old))
        assert ticket_values(made)["status"] == new
        assert events(made) == ["status"]
    else:
        with pytest.raises(CommandRefused):
            ask(command, state(status=old))


@pytest.mark.parametrize(
    ("new", "until", "resolved", "closed", "close_at", "back_at"),
    [
        ("open", None, None, None, None, None),  # reopened: both times are gone, and so are the deadlines
        ("resolved", None, NOW, None, NOW + timedelta(days=14), None),  # closes after close_after
        ("closed", None, NOW, NOW, None, None),
        ("spam", None, NOW, NOW, None, None),
        ("pending", NOW + timedelta(days=2), None, None, None, NOW + timedelta(days=2)),  # !pending 2d
        ("hold", NOW + timedelta(days=1), None, None, None, NOW + timedelta(days=1)),
        ("hold", None, None, None, None, None),
    ],
)
def test_a_status_brings_its_times_and_deadlines(
    new: Any, until: Any, resolved: Any, closed: Any, close_at: Any, back_at: Any
) -> None:
    before = state(status="open" if new != "open" else "resolved", resolved_at=None)
    made = ask(SetStatus(ANNA, new, until=until, source=SOURCE), before)
    values = ticket_values(made)
    assert (values["resolved_at"], values["closed_at"], values["pending_until"]) == (resolved, closed, until)
    assert {one.kind: one.at for one in of(SetDeadline, made)} == {"close": close_at, "come_back": back_at}


def test_closing_keeps_when_it_was_resolved() -> None:
    earlier = NOW - timedelta(days=2)
    values = ticket_values(ask(SetStatus(ANNA, "closed"), state(status="resolved", resolved_at=earlier)))
    assert (values["resolved_at"], values["closed_at"]) == (earlier, NOW)


def test_a_pending_ticket_may_be_given_a_new_time() -> None:
    later = NOW + timedelta(days=5)
    made = ask(SetStatus(ANNA, "pending", until=later), state(status="pending"))
    assert ticket_values(made)["pending_until"] == later


# ── priority and tags ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("command", "before", "priority", "outright"),
    [
        (SetPriority(ANNA, priority="low"), {}, "low", True),
        (SetPriority(ANNA, urgency="high"), {}, "high", False),  # high × medium
        (SetPriority(ANNA, impact="high"), {"urgency": "high"}, "urgent", False),  # high × high
        (SetPriority(ANNA, impact="low"), {"urgency": "low"}, "low", False),
        (
            SetPriority(ANNA, urgency="high"),
            {"priority_set": True},
            "normal",
            False,
        ),  # set outright: it stays
    ],
)
def test_urgency_and_impact_decide_until_someone_sets_the_priority(
    command: SetPriority, before: dict[str, Any], priority: str, outright: bool
) -> None:
    values = ticket_values(ask(command, state(**before)))
    assert values.get("priority", "normal") == priority
    assert values.get("priority_set", False) == outright


@pytest.mark.parametrize(
    ("command", "added", "removed"),
    [
        (Tag(ANNA, ("vip", "billing")), [("vip",)], []),  # billing it has
        (Tag(ANNA, (), ("billing", "other")), [], [("billing",)]),  # other it hasn't
        (Tag(ANNA, ("vip",), ("billing",)), [("vip",)], [("billing",)]),
    ],
)
def test_tags_change_by_what_is_not_so_already(
    command: Tag, added: list[tuple[str, ...]], removed: list[tuple[str, ...]]
) -> None:
    made = ask(command, state(tags=("billing",)))
    assert [one.tags for one in of(AddTags, made)] == added
    assert [one.tags for one in of(RemoveTags, made)] == removed


# ── the clock ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "status", "becomes"),
    [
        ("close", "resolved", "closed"),
        ("close", "open", None),  # reopened meanwhile
        ("come_back", "pending", "open"),
        ("come_back", "hold", "open"),
        ("come_back", "resolved", None),  # resolved meanwhile
        ("no such kind", "open", None),  # a later deskd's: it goes, and nothing else happens
    ],
)
def test_a_deadline_acts_only_on_the_status_it_was_set_for(
    kind: str, status: Any, becomes: str | None
) -> None:
    made = ask(Due(kind), state(status=status, assignee="anna"))
    assert ticket_values(made).get("status") == becomes
    assert SetDeadline(kind, None) in made, "or it would come due again at once"
    if kind == "come_back" and becomes:
        (notice,) = queued(made, "post")
        assert notice.payload["mentions"] == ["U0ANNA"]


def test_a_ticket_that_comes_back_to_nobody_mentions_nobody() -> None:
    made = ask(Due("come_back"), state(status="pending"))
    assert len(posted(made)) == 1
    assert "mentions" not in queued(made, "post")[0].payload


COMMANDS = [Claim(ANNA, "anna"), Assign(ANNA, Assignment("front-desk", None, "")), Release(ANNA), SetStatus(ANNA, "open"),
            SetPriority(ANNA, priority="low"), Tag(ANNA, ("x",)), Due("close")]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_nothing_is_done_to_a_ticket_that_is_not_there(command: Any) -> None:
    with pytest.raises(CommandRefused):
        ask(command, State(None, None))


@pytest.mark.parametrize("command", COMMANDS[:-1], ids=lambda command: type(command).__name__)
def test_what_was_asked_outside_slack_leaves_no_mark_there(command: Any) -> None:
    assert marks(ask(command, state(status="resolved", assignee="anna"))) == []
