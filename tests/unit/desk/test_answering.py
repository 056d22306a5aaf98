"""What goes to the customer and what stays inside: replies, holds, edits, withdrawals, notes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from deskd.desk.changes import AddMessage, AddPost, RefreshCard, SetMessage, SetOutbox
from deskd.desk.commands import Edit, Further, Note, Reply, SendNote, Withdraw
from deskd.desk.state import KnownMessage, State
from deskd.desk.writing import Swapped
from deskd.errors import CommandRefused
from deskd.model import GestureFile
from tests.support.desk import (
    NOTE,
    NOW,
    REPLY,
    SOURCE,
    ask,
    events,
    marks,
    message_values,
    of,
    queued,
    state,
    ticket_values,
    told,
)

HOLD = timedelta(seconds=10)
GONE = replace(REPLY, delivery="sent", outbox_state="sent")
ANNA = "agent:anna"


def reply(**changes: Any) -> Reply:
    return replace(Reply(ANNA, "Ciao", "*Ciao*", SOURCE, HOLD), **changes)


@pytest.mark.parametrize(
    ("hold", "delivery", "held", "not_before", "mark"),
    [
        (HOLD, "held", True, NOW + HOLD, ["+hourglass_flowing_sand"]),  # undo: 10s
        (timedelta(0), "queued", False, None, []),  # undo: 0s, it goes at once and nothing says it waits
    ],
)
def test_a_reply_waits_as_long_as_undo_says(
    hold: timedelta, delivery: str, held: bool, not_before: Any, mark: list[str]
) -> None:
    made = ask(reply(hold=hold))
    (message,) = of(AddMessage, made)
    assert (message.direction, message.author, message.text, message.markup) == (
        "out",
        ANNA,
        "Ciao",
        "*Ciao*",
    )
    assert (message.delivery, message.conversation_id) == (delivery, 5)
    (row,) = queued(made, "mail")
    assert (row.held, row.not_before, row.channel) == (held, not_before, "support-mail")
    assert marks(made) == mark
    assert [(post.ts, post.role) for post in of(AddPost, made)] == [(SOURCE.ts, "source")]


@pytest.mark.parametrize(
    ("status", "then"),
    [
        ("new", "open"),  # the first reply opens a new ticket
        ("open", None),  # replies change no other status
        ("pending", None),
        ("hold", None),
        ("resolved", None),
        ("closed", None),
    ],
)
def test_a_reply_opens_a_new_ticket_and_changes_no_other_status(status: Any, then: str | None) -> None:
    made = ask(reply(), state(status=status))
    assert ticket_values(made).get("status") == then
    assert bool(of(RefreshCard, made)) == (then is not None)


def test_last_words_carry_the_status_that_follows_them() -> None:
    (row,) = queued(ask(reply(then="resolved")), "mail")
    assert row.payload == {"then": "resolved"}


def test_a_reply_without_a_place_in_slack_leaves_no_marks() -> None:
    made = ask(reply(source=None))
    assert not marks(made)
    assert not of(AddPost, made)


def test_a_reply_needs_a_ticket() -> None:
    with pytest.raises(CommandRefused):
        ask(reply(), State(None, None))


@pytest.mark.parametrize("offer", [True, False])
def test_a_note_stays_inside(offer: bool) -> None:
    made = ask(Note(ANNA, "sentito Bruno", "sentito Bruno", SOURCE, offer))
    (message,) = of(AddMessage, made)
    assert (message.direction, message.delivery, message.conversation_id) == ("note", None, None)
    assert not queued(made, "mail")
    assert marks(made) == ["+lock"]
    assert [row.payload["buttons"][0][0] for row in queued(made, "ephemeral")] == ["send_note"] * offer
    assert "status" not in ticket_values(made)


def test_a_note_on_a_new_ticket_does_not_open_it() -> None:
    assert "status" not in ticket_values(ask(Note(ANNA, "a", "a", SOURCE), state(status="new")))


# ── edits ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def edit(text: str = "Ciao Maria", **changes: Any) -> Edit:
    return replace(Edit(ANNA, text, text, SOURCE), **changes)


def test_a_held_reply_is_edited_and_held_again() -> None:
    made = ask(edit(), state(REPLY))
    (change,) = of(SetMessage, made)
    assert (change.values["markup"], change.keep_version) == ("Ciao Maria", True)
    assert of(SetOutbox, made) == [SetOutbox(31, "held", NOW + HOLD)]
    assert events(made) == ["edited"]


def test_an_edit_that_changes_nothing_does_nothing() -> None:
    """Slack tells of an unfurled link, and of a thread that grew, as an edit."""
    assert ask(edit("Ciao"), state(REPLY)) == ()
    assert ask(edit("sentito Bruno", note=True), state(NOTE)) == ()


@pytest.mark.parametrize("how", [{"note": True}, {"command": True}])
def test_a_marker_put_in_front_of_the_same_words_keeps_them_inside(how: dict[str, bool]) -> None:
    """`Ciao` becomes `// Ciao`: not a letter of what the customer would get has changed."""
    made = ask(edit("Ciao", **how), state(REPLY))
    assert of(SetOutbox, made) == [SetOutbox(31, "cancelled")]
    assert message_values(made)["direction"] == "note"


@pytest.mark.parametrize(
    ("how", "told_so"),
    [
        ({"note": True}, False),  # note: … keeps it inside
        ({"command": True}, True),  # !resolve typed over a reply does nothing but stop it
    ],
)
def test_an_edit_to_a_note_keeps_a_held_reply_inside(how: dict[str, bool], told_so: bool) -> None:
    made = ask(edit("x", **how), state(REPLY))
    assert of(SetOutbox, made) == [SetOutbox(31, "cancelled")]
    assert (message_values(made)["direction"], message_values(made)["delivery"]) == ("note", None)
    assert marks(made) == ["-hourglass_flowing_sand", "+lock"]
    assert bool(told(made)) == told_so


@pytest.mark.parametrize("outbox_state", ["queued", "sending", "sent", "failed", "unknown", "bounced"])
def test_an_edit_that_comes_too_late_is_told_to_its_author(outbox_state: Any) -> None:
    made = ask(edit(), state(replace(REPLY, outbox_state=outbox_state)))
    assert len(told(made)) == 1
    assert not of(SetMessage, made)
    assert not of(SetOutbox, made)


def test_an_edit_of_a_reply_that_was_stopped_brings_it_not_back() -> None:
    made = ask(edit(), state(replace(REPLY, outbox_state="cancelled", delivery="cancelled")))
    assert not of(SetOutbox, made)
    assert not queued(made, "mail")
    assert not told(made), "it is not so that the customer has an earlier text"


@pytest.mark.parametrize("how", [{}, {"note": True}, {"command": True}])
def test_an_edited_note_never_goes_out(how: dict[str, bool]) -> None:
    made = ask(edit("per il cliente", **how), state(NOTE))
    assert not queued(made, "mail")
    assert not of(SetOutbox, made)
    assert "direction" not in message_values(made)
    assert events(made) == ["edited"]


# ── withdrawals ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("message", "by_reaction", "stopped", "kinds", "hints", "taken_off"),
    [
        (REPLY, False, True, ["reply_stopped"], 0, []),  # deleted while held
        (REPLY, True, True, ["reply_stopped"], 0, ["-hourglass_flowing_sand"]),  # ❌ while held
        (GONE, False, False, [], 1, []),  # too late
        (GONE, True, False, [], 1, []),
        (replace(REPLY, outbox_state="sending"), True, False, [], 1, []),  # on its way: too late as well
        (NOTE, False, False, ["note_deleted"], 0, []),  # a deleted note is kept in the record
        (NOTE, True, False, [], 0, []),  # ❌ on a note means nothing
        (replace(REPLY, outbox_state="cancelled", delivery="cancelled"), True, False, [], 0, []),  # twice
    ],
)
def test_a_withdrawal_stops_only_what_is_held(
    message: KnownMessage,
    by_reaction: bool,
    stopped: bool,
    kinds: list[str],
    hints: int,
    taken_off: list[str],
) -> None:
    made = ask(Withdraw(ANNA, SOURCE, by_reaction), state(message))
    assert of(SetOutbox, made) == ([SetOutbox(31, "cancelled")] if stopped else [])
    assert message_values(made) == ({"delivery": "cancelled"} if stopped else {})
    assert events(made) == kinds
    assert len(told(made)) == hints
    assert marks(made) == taken_off


# ── Send to customer ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_note_is_sent_after_all_and_held_as_any_reply() -> None:
    made = ask(SendNote(ANNA, SOURCE, HOLD), state(NOTE, status="new"))
    assert (message_values(made)["direction"], message_values(made)["delivery"]) == ("out", "held")
    (row,) = queued(made, "mail")
    assert (row.message_id, row.held, row.not_before) == (22, True, NOW + HOLD)
    assert marks(made) == ["-lock", "+hourglass_flowing_sand"]
    assert ticket_values(made)["status"] == "open"


@pytest.mark.parametrize(
    ("message", "actor"),
    [
        (NOTE, "agent:bruno"),  # another's note
        (REPLY, ANNA),  # pressed twice: it is a reply by now
    ],
)
def test_a_note_is_sent_by_its_author_once(message: KnownMessage, actor: str) -> None:
    with pytest.raises(CommandRefused):
        ask(SendNote(actor, SOURCE, HOLD), state(message))


FILE = GestureFile("F2", "due.jpg", "image/jpeg", 7, "")
"""The second file of an album: what is said of both stands with the first."""


@pytest.mark.parametrize("waits", [REPLY, replace(REPLY, delivery="queued", outbox_state="queued")])
def test_a_further_file_goes_with_the_reply_that_waits(waits: KnownMessage) -> None:
    made = ask(Further(ANNA, SOURCE, (FILE,), HOLD), state(waits))
    (row,) = queued(made, "fetch")
    assert (row.message_id, row.payload["files"]) == (waits.id, [["F2", "due.jpg", "image/jpeg", 7, ""]])
    assert not of(AddMessage, made)
    assert [(post.ts, post.role, post.message_id) for post in of(AddPost, made)] == [
        (SOURCE.ts, "further", waits.id)
    ]


def test_a_further_file_that_outgrows_the_channel_stops_the_reply_whole() -> None:
    large = replace(FILE, name="uno.jpg", size=19_999_999)
    made = ask(Further(ANNA, SOURCE, (FILE,), HOLD, (large,)), state(REPLY))
    assert of(SetOutbox, made) == [SetOutbox(31, "cancelled")]
    assert message_values(made)["delivery"] == "failed"
    assert "+warning" in marks(made)
    assert not queued(made, "fetch")
    fits = replace(large, size=19_999_993)
    assert queued(ask(Further(ANNA, SOURCE, (FILE,), HOLD, (fits,)), state(REPLY)), "fetch")


@pytest.mark.parametrize("row", [41, None])
def test_a_file_in_another_s_place_is_fetched_and_the_other_is_not(row: int | None) -> None:
    file = replace(FILE, unique="u2")
    made = ask(edit("Ciao", swapped=Swapped(file, (), row)), state(REPLY))
    (fetch,) = queued(made, "fetch")
    assert (fetch.payload["origin"], fetch.payload["instead"]) == (f"{SOURCE.ts}:u2", True)
    stopped = [SetOutbox(row, "cancelled")] if row else []
    assert of(SetOutbox, made) == [SetOutbox(31, "held", NOW + HOLD), *stopped]


@pytest.mark.parametrize(
    ("message", "told_so"), [(GONE, True), (NOTE, False), (replace(REPLY, delivery="cancelled"), False)]
)
def test_a_file_that_is_exchanged_too_late_is_not_fetched(message: KnownMessage, told_so: bool) -> None:
    made = ask(edit(message.markup, swapped=Swapped(FILE, (), None)), state(message))
    assert not queued(made, "fetch")
    assert bool(told(made)) == told_so


def test_a_file_that_outgrows_the_channel_in_another_s_place_stops_the_reply() -> None:
    large = replace(FILE, size=20_000_001, unique="u2")
    made = ask(edit("Ciao", swapped=Swapped(large, (), 41)), state(REPLY))
    assert of(SetOutbox, made) == [SetOutbox(31, "cancelled")]
    assert message_values(made)["delivery"] == "failed"
    assert not queued(made, "fetch")


@pytest.mark.parametrize("by_itself", [False, True])
def test_what_is_added_to_a_held_reply_keeps_it_inside(by_itself: bool) -> None:
    made = ask(edit("Ciao", more=True, note=by_itself), state(REPLY))
    assert of(SetOutbox, made) == [SetOutbox(31, "cancelled")]
    assert message_values(made)["direction"] == "note"
    assert bool(told(made)) != by_itself


@pytest.mark.parametrize(
    "inside", [NOTE, *(replace(REPLY, delivery=how, outbox_state=how) for how in ("cancelled", "failed"))]
)
def test_a_further_file_of_what_stays_inside_stays_inside(inside: KnownMessage) -> None:
    made = ask(Further(ANNA, SOURCE, (FILE,), HOLD), state(inside))
    (message,) = of(AddMessage, made)
    assert (message.direction, message.text) == ("note", "[due.jpg]")
    assert queued(made, "mail") == queued(made, "fetch") == []


@pytest.mark.parametrize("how", ["sending", "sent", "unknown"])
def test_a_further_file_of_what_has_gone_goes_behind_it(how: Any) -> None:
    made = ask(Further(ANNA, SOURCE, (FILE,), HOLD), state(replace(REPLY, outbox_state=how)))
    (message,) = of(AddMessage, made)
    assert (message.direction, message.delivery) == ("out", "held")
    assert len(queued(made, "fetch")) == len(queued(made, "mail")) == 1
