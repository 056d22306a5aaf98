"""What was filled in, read back."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskd.desk.commands import Assign, Escalate, Note, Reply, SetPriority, SetStatus, Tag
from deskd.desk.wider import Merge, Split
from deskd.forms.about import About, WrongField, filled, unpacked
from deskd.forms.making import FORMS
from deskd.forms.reading import Filled, read
from deskd.model import Assignment
from tests.support.desk import NOW, SETTINGS, SOURCE, TICKET

PEOPLE = {"U0ANNA": "anna", "U0BRUNO": "bruno"}
SAID = "anna said so"


def form(name: str, **values: str) -> Filled:
    return Filled(
        name, values, "anna", SOURCE, replace(TICKET, tags=("billing", "VIP")), SETTINGS, PEOPLE, NOW
    )


@pytest.mark.parametrize(
    ("given", "command"),
    [
        (
            form("assign", to="team:accounts"),
            Assign("agent:anna", Assignment("accounts", None, SAID), SOURCE),
        ),
        (
            form("assign", to="agent:bruno"),
            Assign("agent:anna", Assignment("front-desk", "bruno", SAID), SOURCE),
        ),
        (form("escalate", reason="a\n b"), Escalate("agent:anna", "a b", None, SOURCE)),
        (form("escalate", to="level:L2", reason="x"), Escalate("agent:anna", "x", "L2", SOURCE)),
        (form("escalate", to="agent:carla", reason="x"), Escalate("agent:anna", "x", "@carla", SOURCE)),
        (form("priority", priority="high"), SetPriority("agent:anna", "high", None, None, SOURCE)),
        (
            form("priority", urgency="high", priority="normal"),
            SetPriority("agent:anna", None, "high", None, SOURCE),
        ),
        (form("priority", priority="normal", urgency="medium", impact="medium"), None),
        (form("tags", tags="billing, Vip"), None),
        (form("tags", tags="#new vip"), Tag("agent:anna", ("new",), ("billing",), SOURCE)),
        (form("tags", tags=""), Tag("agent:anna", (), ("billing", "VIP"), SOURCE)),
        (form("note", text="@bruno sa"), Note("agent:anna", "@bruno sa", "@bruno sa", SOURCE, shown=True)),
        (form("hold", reason="x"), SetStatus("agent:anna", "hold", "x", None, SOURCE)),
        (
            form("pending", until="2d"),
            SetStatus("agent:anna", "pending", "", NOW + timedelta(days=2), SOURCE),
        ),
        (form("merge", ref="1041"), Merge("agent:anna", "ACME-1041", SOURCE)),
        (form("split", **{"from": "23"}), Split("agent:anna", SOURCE, 23)),
    ],
)
def test_what_it_asks_of_the_desk(given: Filled, command: object) -> None:
    assert read(given) == command


def test_a_reply_is_plain_held_and_knows_what_it_was_made_of() -> None:
    found = read(form("reply", text="*Ciao* <b>", piece="hello", then="resolved"))
    assert isinstance(found, Reply)
    assert (found.text, found.markup, found.shown, found.by, found.then) == (
        "*Ciao* <b>",
        "*Ciao* <b>",
        True,
        "canned hello",
        "resolved",
    )
    assert found.hold == timedelta(seconds=10)


@pytest.mark.parametrize(
    ("given", "field", "key"),
    [
        (form("assign"), "to", "form_empty"),
        (form("assign", to="agent:gone"), "to", "form_not_offered"),
        (form("assign", to="anna"), "to", "form_not_offered"),
        (form("escalate", to="next", reason=""), "reason", "form_empty"),
        (form("escalate", to="next", reason="x" * 501), "reason", "form_too_long"),
        (form("escalate", to="team:gone", reason="x"), "to", "form_not_offered"),
        (form("reply", text="note: nein"), "text", "reply_mentions"),
        (form("reply", text="!close"), "text", "reply_mentions"),
        (form("reply", text="frag @bruno"), "text", "reply_mentions"),
        (form("priority", priority="huge"), "priority", "form_not_offered"),
        (form("tags", tags="a/b"), "tags", "wrong_tag"),
        (form("note"), "text", "form_empty"),
        (form("hold", reason="x", until="yesterday"), "until", "wrong_time"),
        (form("pending", until="2020-01-01"), "until", "time_past"),
        (form("merge", ref="no number"), "ref", "wrong_ref"),
        (form("merge", ref="acme-1042"), "ref", "this_ticket_itself"),
        (form("split", **{"from": "²"}), "from", "form_not_offered"),
        (form("launch"), "", "form_not_offered"),
    ],
)
def test_what_is_wrong_in_which_field(given: Filled, field: str, key: str) -> None:
    with pytest.raises(WrongField) as wrong:
        read(given)
    assert (wrong.value.field, wrong.value.key) == (field, key)


def test_about_comes_back_as_it_was_packed_and_nothing_else_does() -> None:
    about = About("ACME-1", "C1", "1.1")
    assert unpacked(about.packed()) == about
    for text in ("", "{", "[]", "7", '{"ref": 7, "other": "x"}', "[" * 100_000):
        assert unpacked(text) == About()


@given(
    st.text(max_size=40),
    st.dictionaries(
        st.sampled_from(["to", "reason", "text", "tags", "until", "ref", "from", "then", "priority"]),
        st.text(max_size=30),
    ),
)
def test_whatever_is_filled_in_is_a_command_or_a_wrong_field(about: str, values: dict[str, Any]) -> None:
    unpacked(about)
    filled(about)
    for name in FORMS:
        with contextlib.suppress(WrongField):
            assert read(form(name, **values)) is None or name in FORMS
