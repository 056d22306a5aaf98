"""What the outbox reports of a message to a customer: ✅, ⚠️ or ❔, and what follows for the ticket."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from deskd import words
from deskd.desk.changes import SetDeadline, SetOutbox
from deskd.desk.commands import NotSent, PerhapsSent, Sent, Settle
from deskd.desk.state import KnownMessage
from deskd.errors import CommandRefused
from tests.support.desk import (
    NOW,
    REPLY,
    SOURCE,
    ask,
    events,
    marks,
    message_values,
    of,
    posted,
    queued,
    state,
    ticket_values,
)

ON_ITS_WAY = replace(REPLY, outbox_state="sending", delivery="queued")
UNKNOWN = replace(REPLY, outbox_state="unknown", delivery="unknown")
BY_RULE = replace(ON_ITS_WAY, author="rule:acknowledge", source=None)


def test_what_has_gone_is_marked_and_dated() -> None:
    made = ask(Sent(21), state(ON_ITS_WAY))
    assert message_values(made) == {"delivery": "sent", "error": None, "sent_at": NOW}
    assert marks(made) == ["-hourglass_flowing_sand", "+white_check_mark"]
    assert events(made) == ["sent"]


@pytest.mark.parametrize(
    ("message", "before", "first"),
    [
        (ON_ITS_WAY, {}, NOW),
        (ON_ITS_WAY, {"first_response_at": NOW - timedelta(hours=3)}, None),  # it was answered before
        (BY_RULE, {}, None),  # an acknowledgement is no first response
    ],
)
def test_the_first_response_is_a_persons(message: KnownMessage, before: dict[str, Any], first: Any) -> None:
    assert ticket_values(ask(Sent(21), state(message, **before))).get("first_response_at") == first


@pytest.mark.parametrize(
    ("status", "then", "becomes"),
    [
        ("open", "resolved", "resolved"),  # !resolve with last words
        ("resolved", "resolved", None),  # someone was quicker
        ("closed", "resolved", None),  # closed is no step back to resolved
        ("open", None, None),
    ],
)
def test_last_words_resolve_when_they_have_gone(status: Any, then: Any, becomes: str | None) -> None:
    made = ask(Sent(21), state(replace(ON_ITS_WAY, then=then), status=status))
    assert ticket_values(made).get("status") == becomes
    assert bool(of(SetDeadline, made)) == (becomes is not None)


def test_refused_recipients_are_named_in_the_thread() -> None:
    made = ask(Sent(21, (("capo@cliente.example", "550 no such user"),)), state(ON_ITS_WAY))
    (line,) = posted(made)
    assert "capo@cliente.example" in line
    assert "550 no such user" in line


def test_what_was_refused_says_why() -> None:
    made = ask(NotSent(21, "550 mailbox full"), state(ON_ITS_WAY))
    assert message_values(made) == {"delivery": "failed", "error": "550 mailbox full"}
    assert marks(made) == ["-hourglass_flowing_sand", "+warning"]
    assert "550 mailbox full" in posted(made)[0]


def test_what_nobody_can_know_is_asked() -> None:
    made = ask(PerhapsSent(21, "no answer"), state(ON_ITS_WAY))
    assert message_values(made)["delivery"] == "unknown"
    assert marks(made) == ["-hourglass_flowing_sand", "+grey_question"]
    (post,) = queued(made, "post")
    assert [(action, value) for action, _, value in post.payload["buttons"]] == [
        ("send_again", "21"),
        ("it_arrived", "21"),
    ]


def test_an_agent_settles_it() -> None:
    again = ask(Settle("agent:anna", again=True, source=SOURCE), state(UNKNOWN))
    assert of(SetOutbox, again) == [SetOutbox(31, "queued", NOW)]
    assert message_values(again)["delivery"] == "queued"
    arrived = ask(Settle("agent:anna", again=False, source=SOURCE), state(UNKNOWN))
    assert of(SetOutbox, arrived) == [SetOutbox(31, "sent")]
    assert message_values(arrived)["delivery"] == "sent"
    assert marks(again) == ["-grey_question"]
    assert marks(arrived) == ["-hourglass_flowing_sand", "-grey_question", "+white_check_mark"]


@pytest.mark.parametrize("outbox_state", ["sent", "queued", "sending", "cancelled", "failed"])
@pytest.mark.parametrize("again", [True, False])
def test_what_is_settled_is_not_settled_twice(outbox_state: Any, again: bool) -> None:
    with pytest.raises(CommandRefused, match=words.say("en", "settled_already")[:20]):
        ask(Settle("agent:anna", again, SOURCE), state(replace(UNKNOWN, outbox_state=outbox_state)))


@pytest.mark.parametrize("command", [Sent(21), NotSent(21, "x"), PerhapsSent(21, "x")])
def test_word_of_a_message_that_is_gone_changes_nothing(command: Any) -> None:
    assert ask(command, state(None)) == ()


@pytest.mark.parametrize("command", [Sent(21), NotSent(21, "x"), PerhapsSent(21, "x")])
def test_a_ticket_that_is_not_shown_gets_no_marks(command: Any) -> None:
    made = ask(command, state(ON_ITS_WAY, shown=False))
    assert not marks(made)
    assert not posted(made)
