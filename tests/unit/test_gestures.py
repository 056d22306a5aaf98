"""What an agent's gesture in Slack asks of the desk. Who may do what follows from the roster and Slack's user id alone (I7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from deskd import roster
from deskd.desk.commands import Claim, Edit, Note, Reply, SendNote, SetStatus, Settle, Withdraw
from deskd.desk.state import State
from deskd.errors import CommandRefused
from deskd.gestures import Ignored, Wanted, find, interpret
from deskd.model import Gesture, GestureFile
from tests.support.desk import HOME, NOTE, NOW, REPLY, SETTINGS, settings, state

PEOPLE = roster.people(SETTINGS)
ROOT = HOME.thread or ""
TS = "1700000000.000500"


def gesture(kind: Any = "message", **changes: Any) -> Gesture:
    thread = ROOT if kind in ("message", "edit", "delete") else None
    return replace(Gesture(kind, "U0ANNA", "C0FRONT", TS, thread), **changes)


def what(made: Gesture, at: State | None = None, role: str | None = "source", replies: str = "public") -> Any:
    return interpret(made, "slack", at or state(REPLY), role, settings(replies=replies), PEOPLE, NOW)


# ── whose business it is, and what is looked up ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (gesture(), Wanted(thread=("C0FRONT", ROOT))),
        (gesture("edit"), Wanted(post=("C0FRONT", TS))),
        (gesture("delete"), Wanted(post=("C0FRONT", TS))),
        (gesture("delete", user=""), Wanted(post=("C0FRONT", TS))),  # Slack doesn't always say whose it was
        (gesture("react", name="eyes"), Wanted(post=("C0FRONT", TS))),
        (gesture("press", name="claim", value="ACME-1042"), Wanted(ref="ACME-1042")),
        (gesture("press", name="resolve", value="ACME-1042"), Wanted(ref="ACME-1042")),
        (gesture("press", name="send_note", value=f"C0FRONT:{TS}"), Wanted(post=("C0FRONT", TS))),
        (gesture("press", name="send_again", value="21"), Wanted(message=21)),
        (gesture("press", name="it_arrived", value="21"), Wanted(message=21)),
    ],
)
def test_what_a_gesture_is_about(made: Gesture, wanted: Wanted) -> None:
    assert find(made, PEOPLE, SETTINGS) == wanted


@pytest.mark.parametrize(
    "made",
    [
        gesture("other", reason="somebody joined"),
        gesture(bot=True),  # our own posts, and other bots'
        gesture(user="U0STRANGER"),  # people who are not in the roster never leave Slack
        gesture(user=""),  # an event that names nobody
        gesture(user="S0SPEC"),  # a user group is nobody who could write
        gesture(user="anna"),  # the roster's key is no Slack id
        gesture("press", name="claim", value="ACME-1042", user="U0STRANGER"),  # anyone can press a button
        gesture("react", name="eyes", user="U0STRANGER"),
        gesture("edit", user="U0STRANGER"),
        gesture(thread_ts=None),  # talk in the channel
        gesture(thread_ts=TS),  # a thread's own root
        gesture("press", name="launch", value="x"),
        gesture("press", name="send_again", value="../21"),
        gesture("press", name="it_arrived", value=""),
        gesture("press", name="send_again", value="²"),  # a digit for Unicode, no number
    ],
)
def test_what_is_nobodys_business(made: Gesture) -> None:
    found = find(made, PEOPLE, SETTINGS)
    assert isinstance(found, Ignored)
    assert found.reason


# ── written in the thread ────────────────────────────────────────────────────────────────────────────────────────────


def test_what_an_agent_writes_goes_to_the_customer_after_the_hold() -> None:
    made = what(gesture(text="Ciao *Maria*, <https://acme.example|qui> &amp; là"))
    assert isinstance(made, Reply)
    assert made.actor == "agent:anna"
    assert made.text == "Ciao Maria, qui (https://acme.example) & là"
    assert made.markup == "Ciao *Maria*, <https://acme.example|qui> &amp; là"
    assert (made.hold, made.source and made.source.ts) == (timedelta(seconds=10), TS)


@pytest.mark.parametrize(
    ("text", "kind", "offer"),
    [("è vero", Note, True), ("reply: è vero", Reply, False), ("note: è vero", Note, False), ("!claim", Claim, False)],
)  # fmt: skip
def test_an_answer_to_a_colleague_stays_inside_unless_it_says_otherwise(
    text: str, kind: type, offer: bool
) -> None:
    made = what(gesture(text=text, aside=True))
    assert isinstance(made, kind)
    assert getattr(made, "offer", False) == offer


def test_an_edit_of_an_answer_to_a_colleague_stays_inside_too() -> None:
    made = what(gesture("edit", text="è vero, sì", aside=True, edited_ts="1700000009"))
    assert isinstance(made, Edit)
    assert made.note


@pytest.mark.parametrize(
    ("text", "replies", "kind", "offer"),
    [
        ("note: visto", "public", Note, False),
        ("// visto", "public", Note, False),
        ("<@U0BRUNO> visto?", "public", Note, True),  # mentions an agent
        ("<!subteam^S0SPEC> visto?", "public", Note, True),  # a team
        ("<!here> visto?", "public", Note, True),
        ("visto", "internal", Note, True),  # replies: internal
        ("reply: visto", "internal", Reply, False),
        ("reply: visto", "public", Reply, False),
        ("! visto", "public", Note, True),  # nearly a command never goes out
    ],
)
def test_what_must_stay_inside_stays_inside(text: str, replies: str, kind: type, offer: bool) -> None:
    made = what(gesture(text=text), replies=replies)
    assert isinstance(made, kind)
    assert getattr(made, "offer", False) == offer


def test_the_marker_of_a_note_is_no_part_of_it() -> None:
    assert what(gesture(text="note: visto")).text == "visto"
    assert what(gesture(text="reply: visto")).text == "visto"


FILE = GestureFile("F1", "fattura.pdf", "application/pdf", 9, "")


@pytest.mark.parametrize("text", ["ecco", "", "!resolve ecco la fattura"])
def test_files_go_with_the_words_they_were_written_with(text: str) -> None:
    made = what(gesture(text=text, files=(FILE,)))
    assert isinstance(made, Reply)
    assert made.files == (FILE,)


def test_files_of_a_note_are_named_in_it_and_stay_inside() -> None:
    """Without the button that sends it after all: it would go without them."""
    made = what(gesture(text="guarda <@U0BRUNO>", files=(FILE,)))
    assert isinstance(made, Note)
    assert "fattura.pdf" in made.text
    assert not made.offer


def test_an_empty_message_is_nothing() -> None:
    assert isinstance(what(gesture(text="  \n")), Ignored)
    assert isinstance(what(gesture(text="note:")), Ignored)


@pytest.mark.parametrize(
    ("text", "kind"), [("!claim", Claim), ("!resolve", SetStatus), ("!resolve fatto, grazie", Reply)]
)
def test_commands_are_read(text: str, kind: type) -> None:
    assert isinstance(what(gesture(text=text)), kind)


@pytest.mark.parametrize("text", ["!clam", "!priority huge", "!assign"])
def test_a_wrong_command_is_refused_and_never_a_reply(text: str) -> None:
    with pytest.raises(CommandRefused):
        what(gesture(text=text))


# ── edits and deletions ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "note", "command"),
    [("Ciao Maria", False, False), ("note: aspetta", True, False), ("<@U0BRUNO> va bene?", True, False), ("!resolve", False, True)],
)  # fmt: skip
def test_an_edit_is_read_as_what_it_says_now(text: str, note: bool, command: bool) -> None:
    made = what(gesture("edit", text=text))
    assert isinstance(made, Edit)
    assert (made.note, made.command) == (note, command)


def test_an_edit_of_last_words_is_read_as_last_words() -> None:
    made = what(gesture("edit", text="!resolve Ciao Maria", edited_ts="2"))
    assert isinstance(made, Edit)
    assert (made.markup, made.note, made.command) == ("Ciao Maria", False, False)


@pytest.mark.parametrize(
    ("text", "edited", "ignored"),
    [
        ("<@U0BRUNO> guarda", None, True),  # a note sent after all by its button, whose link Slack unfurls
        ("<@U0BRUNO> guarda", "2", False),  # its author typed that anew
        ("// guarda", None, False),  # a marker nobody but a person puts there
        ("note: guarda", None, False),
    ],
)
def test_what_slack_alone_did_to_a_message_is_no_edit(text: str, edited: str | None, ignored: bool) -> None:
    before = replace(REPLY, markup=text.removeprefix("// ").removeprefix("note: "))
    made = what(gesture("edit", text=text, edited_ts=edited), state(before))
    assert isinstance(made, Ignored) == ignored


def test_a_deletion_withdraws() -> None:
    for user in ("U0ANNA", "", "U0ADMIN"):
        made = what(gesture("delete", user=user))
        assert isinstance(made, Withdraw)
        assert (made.actor, made.by_reaction) == ("agent:anna", False), "its author's, whoever Slack names"


@pytest.mark.parametrize(
    ("kind", "at", "role"),
    [
        ("edit", state(REPLY), "message"),  # the desk's own post
        ("edit", state(REPLY), "card"),
        ("edit", state(None), "source"),
        ("delete", state(REPLY), "message"),
        ("delete", state(REPLY), "card"),
        ("delete", state(None), "source"),
    ],
)
def test_what_no_agent_wrote_is_changed_by_none(kind: Any, at: State, role: str) -> None:
    assert isinstance(what(gesture(kind, text="x"), at, role), Ignored)


def test_only_its_author_edits_a_message() -> None:
    assert isinstance(what(gesture("edit", text="x", user="U0BRUNO")), Ignored)


# ── reactions and buttons ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "role", "kind"),
    [
        ("eyes", "card", Claim),
        ("eyes", "message", Claim),  # on the customer's words as well
        ("white_check_mark", "card", SetStatus),
        ("white_check_mark", "source", Ignored),  # only on the card
        ("white_check_mark", "message", Ignored),
        ("x", "source", Withdraw),
        ("x", "card", Ignored),
        ("x", "message", Ignored),
        ("tada", "card", Ignored),
    ],
)
def test_reactions(name: str, role: str, kind: type) -> None:
    assert isinstance(what(gesture("react", name=name), role=role), kind)


def test_a_reaction_taken_off_undoes_nothing() -> None:
    assert isinstance(what(gesture("unreact", name="eyes")), Ignored)


def test_any_agent_may_stop_a_held_reply() -> None:
    made = what(gesture("react", name="x", user="U0BRUNO"))
    assert isinstance(made, Withdraw)
    assert (made.actor, made.by_reaction) == ("agent:bruno", True)


@pytest.mark.parametrize(
    ("name", "value", "at", "expected"),
    [
        ("claim", "ACME-1042", state(), Claim("agent:bruno", "bruno")),
        ("resolve", "ACME-1042", state(), SetStatus("agent:bruno", "resolved")),
        ("send_note", f"C0FRONT:{TS}", state(NOTE), SendNote("agent:bruno", None, timedelta(seconds=10))),  # type: ignore[arg-type]
        ("send_again", "21", state(REPLY), Settle("agent:bruno", again=True)),
        ("it_arrived", "21", state(REPLY), Settle("agent:bruno", again=False)),
    ],
)
def test_buttons_do_what_they_say_for_who_presses_them(
    name: str, value: str, at: State, expected: Any
) -> None:
    made = what(gesture("press", name=name, value=value, user="U0BRUNO"), at)
    assert replace(made, source=None) == expected
    assert made.source.user == "U0BRUNO"
