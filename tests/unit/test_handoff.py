"""What the taking team reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskd.handoff import LIMIT, Said, Step, Story, compose
from tests.support.desk import NOW, SETTINGS, TICKET

STORY = Story(
    said=(
        Said("in", "contact:maria@cliente.example", NOW, "Il router non parte.", ("foto.jpg (12 KB)",)),
        Said("out", "agent:anna", NOW + timedelta(hours=1), "Ha provato\na riavviarlo?"),
        Said("note", "agent:bruno", NOW + timedelta(hours=2), "sembra l'alimentatore"),
        Said("in", "contact:maria@cliente.example", NOW + timedelta(hours=3), "Sì, non cambia nulla."),
    ),
    steps=(
        Step(NOW, "contact:maria@cliente.example", "opened", {"because": "nothing to go by"}),
        Step(NOW + timedelta(minutes=5), "agent:anna", "claimed", {"from": None, "assignee": "anna"}),
        Step(NOW + timedelta(hours=3), "clock", "status", {"from": "pending", "to": "open"}),
        Step(NOW + timedelta(hours=3), "system", "internal_detail", {}),
    ),
    had_by=("anna",),
    due=(("resolution", NOW + timedelta(days=1)),),
)


def handoff(story: Story = STORY, reason: str = "needs hands on site") -> str:
    ticket = replace(TICKET, tags=("router", "vip"))
    return compose(SETTINGS, ticket, "Maria Rossi <maria@cliente.example>", story, reason, "agent:anna")


def test_all_that_the_next_level_needs() -> None:
    assert handoff() == (
        """📋 Handoff of ACME-1042: Fattura 118

Why it goes up
needs hands on site (Anna Rossi)

The problem, as the customer put it
Maria Rossi <maria@cliente.example>
Il router non parte.
…
Sì, non cambia nulla.

What was asked and tried (→ to the customer, 🔒 inside)
→ 2026-11-23 11:00 Anna Rossi: Ha provato a riavviarlo?
🔒 2026-11-23 12:00 Bruno Sá: sembra l'alimentatore

Attachments
📎 foto.jpg (12 KB)

Who had it
Anna Rossi

Tags
router, vip

What is due when
resolution: 2026-11-24 10:00

Timeline
2026-11-23 10:00 opened (maria@cliente.example)
2026-11-23 10:05 claimed (Anna Rossi: Anna Rossi)
2026-11-23 13:00 status changed (clock: pending → open)"""
    )


def test_what_there_is_none_of_is_said() -> None:
    assert handoff(Story(), "").count("– none –") == 6


@given(
    texts=st.lists(st.text(max_size=3000), max_size=30),
    direction=st.sampled_from(["in", "out", "note"]),
)
def test_it_is_bounded_whatever_was_written(texts: list[str], direction: str) -> None:
    said = tuple(Said(direction, "agent:anna", NOW, text, ("x" * 200,) * 5) for text in texts)  # type: ignore[arg-type]
    steps = tuple(Step(NOW, "agent:anna", "opened", {}) for _ in texts)
    assert len(handoff(Story(said, steps, ("anna",) * 99))) <= LIMIT


@pytest.mark.parametrize("count", [2, 60])
def test_the_newest_attempts_count(count: int) -> None:
    said = tuple(Said("out", "agent:anna", NOW, f"attempt {number} " + "x" * 300) for number in range(count))
    text = handoff(Story(said))
    assert f"attempt {count - 1} " in text
    assert ("attempt 0 " in text) == (count == 2)
    assert ("\n…\n→" in text) == (count == 60)
