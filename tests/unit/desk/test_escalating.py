"""Up a level and back: what changes, and who is told where."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deskd.desk.changes import AddAnchor, AddEvent, Queue
from deskd.desk.commands import Deescalate, Edit, Escalate, Note, Reply
from deskd.errors import CommandRefused
from deskd.model import Anchor, Assignment
from tests.support.desk import (
    HOME,
    NOTE,
    SETTINGS,
    SOURCE,
    ask,
    events,
    marks,
    of,
    posted,
    queued,
    state,
    ticket_values,
)

UP = Escalate(
    "agent:anna", "needs hands", None, SOURCE, Assignment("specialists", None, "because"), "the handoff"
)
DOWN = Deescalate("agent:carla", "it was the cable", SOURCE, Assignment("front-desk", "anna", "because"))
OWN = replace(
    SETTINGS,
    teams={
        **SETTINGS.teams,
        "specialists": SETTINGS.teams["specialists"].model_copy(update={"handoff": "own_thread"}),
    },
)
GUEST = Anchor(12, "slack", "slack", "C0SPECIAL", "1700000000.000200", "guest")


def test_up() -> None:
    changes = ask(UP, state(assignee="anna", escalations=1))
    values = ticket_values(changes)
    assert (values["team"], values["level"], values["assignee"], values["escalations"]) == (
        "specialists",
        2,
        None,
        2,
    )
    [event] = of(AddEvent, changes)
    assert (event.type, event.actor) == ("escalated", "agent:anna")
    assert event.data == {
        "from": {"team": "front-desk", "level": 1, "assignee": "anna"},
        "to": {"team": "specialists", "level": 2, "assignee": None},
        "reason": "needs hands",
        "because": "because",
    }


def test_the_thread_and_the_team_s_own_channel_are_told() -> None:
    changes = ask(UP)
    note, handoff = queued(changes, "post")
    assert note.payload["mentions"] == ["S0SPEC"]
    assert "needs hands" in note.payload["text"]
    assert handoff.payload["text"] == "the handoff"
    assert {note.anchor_id, handoff.anchor_id} == {HOME.id}
    [line] = queued(changes, "alert")
    assert (line.payload["place"], line.anchor_id) == ("C0SPECIAL", HOME.id)
    assert "ACME-1042" in str(line.payload["text"])
    assert marks(changes) == ["+ok_hand"]
    assert of(AddAnchor, changes) == [], "nobody's conversation moves"


def test_a_linked_thread() -> None:
    changes = ask(UP, desk_settings=OWN)
    [anchor] = of(AddAnchor, changes)
    assert (anchor.channel, anchor.role) == ("C0SPECIAL", "guest")
    home = [post for post in queued(changes, "post") if post.anchor_id == HOME.id]
    there = [post for post in queued(changes, "post") if post.anchor_id != HOME.id]
    assert [post.payload["text"] for post in there][1:] == ["the handoff"]
    assert "/archives/C0FRONT/p1700000000000100" in there[0].payload["text"]
    assert len(home) == 1
    assert queued(changes, "alert") == []


def test_a_second_time_the_linked_thread_is_there() -> None:
    at = replace(state(), anchors=(HOME, GUEST))
    changes = ask(UP, at, OWN)
    assert of(AddAnchor, changes) == []
    assert [post.anchor_id for post in queued(changes, "post")] == [11, 12, 11, 12]


def test_nobody_above_is_told_to_the_lead_and_changes_nothing() -> None:
    changes = ask(replace(UP, given=None))
    assert ticket_values(changes) == {}
    assert events(changes) == ["not_escalated"]
    [post] = queued(changes, "post")
    assert post.payload["mentions"] == ["U0ANNA"]
    assert "needs hands" in post.payload["text"]


@pytest.mark.parametrize("status", ["resolved", "closed", "spam"])
@pytest.mark.parametrize("command", [UP, DOWN])
def test_what_is_over_goes_nowhere(command: Escalate | Deescalate, status: str) -> None:
    with pytest.raises(CommandRefused):
        ask(command, state(status=status))


def test_back() -> None:
    changes = ask(DOWN, state(team="specialists", level=2, escalations=1))
    values = ticket_values(changes)
    assert (values["team"], values["level"], values["assignee"]) == ("front-desk", 1, "anna")
    assert "escalations" not in values
    assert events(changes) == ["deescalated"]
    [post] = queued(changes, "post")
    assert post.payload["mentions"] == ["U0ANNA"]
    assert queued(changes, "alert") == [], "the ticket's thread stands in that channel"


def test_without_a_thread_nothing_is_shown() -> None:
    assert of(Queue, ask(replace(UP, source=None), state(shown=False))) == []


# ── two threads in step ──────────────────────────────────────────────────────────────────────────────────────────────

BOTH = replace(state(), anchors=(HOME, GUEST))
THERE = replace(SOURCE, channel="C0SPECIAL", thread=str(GUEST.thread), ts="1700000000.000900")


def test_what_is_written_in_one_shows_in_the_other() -> None:
    [shown] = queued(ask(Reply("agent:anna", "Ciao", "Ciao", SOURCE), BOTH), "post")
    assert (shown.anchor_id, shown.payload) == (12, {"text": "Ciao", "author": "Anna Rossi"})
    [shown] = queued(ask(Note("agent:carla", "mah", "mah", THERE), BOTH), "post")
    assert (shown.anchor_id, shown.payload) == (11, {"text": "🔒 mah", "author": "Carla Ruiz"})


def test_what_is_changed_in_one_shows_in_the_other() -> None:
    at = replace(BOTH, message=NOTE)
    [shown] = queued(ask(Edit("agent:anna", "neu", "neu", SOURCE, note=True), at), "post")
    assert (shown.anchor_id, shown.payload["text"]) == (12, "✏️ 🔒 neu")
    assert queued(ask(Edit("agent:anna", NOTE.text, NOTE.markup, SOURCE, note=True), at), "post") == []


def test_one_thread_needs_no_echo() -> None:
    assert posted(ask(Reply("agent:anna", "Ciao", "Ciao", SOURCE))) == []
