"""What an operator does by command."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from deskd.desk.changes import AddLink, SetOutbox
from deskd.desk.commands import Dropped, Replaced, Requeue, Stop, Tell
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
    state,
    ticket_values,
    told,
)


def test_a_placeholder_that_was_replaced_leads_to_the_new_ticket() -> None:
    made = ask(Replaced("system", 9, "ACME-1043"), state(status="new", quarantined=True))
    assert (ticket_values(made)["status"], ticket_values(made)["merged_into"]) == ("closed", 9)
    assert [(link.other_id, link.kind) for link in of(AddLink, made)] == [(9, "merged")]
    assert "ACME-1043" in str([change for change in made if events([change]) == ["merged"]])


@pytest.mark.parametrize(
    ("status", "becomes"),
    [
        ("new", "closed"),
        ("open", "closed"),
        ("resolved", "closed"),
        ("closed", None),  # someone closed it before
        ("spam", None),
    ],
)
def test_a_placeholder_that_is_dropped_is_closed(status: Any, becomes: str | None) -> None:
    made = ask(Dropped("system", "dropped by the operator"), state(status=status))
    assert ticket_values(made).get("status") == becomes


def test_a_delivery_is_sent_again_or_stopped() -> None:
    failed = replace(REPLY, delivery="failed", outbox_state="failed")
    again = ask(Requeue("system"), state(failed))
    assert of(SetOutbox, again) == [SetOutbox(31, "queued", NOW)]
    assert message_values(again) == {"delivery": "queued", "error": None}
    stopped = ask(Stop("system"), state(failed))
    assert of(SetOutbox, stopped) == [SetOutbox(31, "cancelled")]
    assert message_values(stopped) == {"delivery": "cancelled"}
    assert marks(stopped) == [], "⏳ stands only on what is held"
    assert marks(ask(Stop("system"), state(REPLY))) == ["-hourglass_flowing_sand"]


@pytest.mark.parametrize("command", [Requeue("system"), Stop("system")])
def test_there_must_be_something_to_send(command: Any) -> None:
    with pytest.raises(CommandRefused):
        ask(command, state(None))


def test_an_answer_is_for_one_agent_alone() -> None:
    made = ask(Tell(SOURCE, "help"))
    assert told(made) == ["help"]
    assert len(made) == 1
