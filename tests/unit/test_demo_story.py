"""The guided story: what of a ticket's record ticks which step."""

from typing import Any

from deskd.demo.story import STEPS, told


def message(number: int, direction: str, author: str, delivery: str | None = None) -> dict[str, Any]:
    return {"id": number, "direction": direction, "author": author, "delivery": delivery}


def ticket(**facts: Any) -> dict[str, Any]:
    begun = [message(1, "in", "contact:maria@cliente.example")]
    plain: dict[str, Any] = {
        "ref": "ACME-1006",
        "status": "new",
        "tags": [],
        "assignee": None,
        "resolved_at": None,
        "events": [],
    }
    return {**plain, "messages": begun, **facts}


def done(record: dict[str, Any] | None) -> list[str]:
    return [step["key"] for step in told(record) if step["done"]]


def step(record: dict[str, Any], key: str) -> dict[str, Any]:
    return next(one for one in told(record) if one["key"] == key)


def test_nothing_is_done_before_a_mail_came() -> None:
    assert [one["key"] for one in told(None)] == list(STEPS)
    assert done(None) == []


def test_a_mail_that_no_rule_fits_is_the_first_step_alone() -> None:
    assert done(ticket()) == ["mail"]


def test_a_rules_tag_is_told_with_the_rules_reason() -> None:
    fired = {"type": "rule", "actor": "rule:about refunds", "because": "subject has it", "did": ["tag"]}
    noted = {"type": "rule", "actor": "rule:other", "because": "always", "did": ["note"]}
    record = ticket(tags=["refund"], events=[fired, noted])
    assert done(record) == ["mail", "tagged"]
    assert step(record, "tagged")["rules"] == [{"name": "about refunds", "because": "subject has it"}]


def test_only_an_agents_reply_that_has_gone_is_an_answer() -> None:
    asked = ticket()["messages"]
    acknowledged = [*asked, message(2, "out", "rule:acknowledge", "sent")]
    held = [*acknowledged, message(3, "out", "agent:anna", "held")]
    assert done(ticket(messages=acknowledged)) == ["mail"]
    assert step(ticket(messages=held), "answered") == {
        "key": "answered",
        "done": False,
        "by": None,
        "held": True,
    }
    sent = [*acknowledged, message(3, "out", "agent:anna", "sent")]
    assert done(ticket(messages=sent)) == ["mail", "answered"]


def test_what_the_customer_wrote_before_the_answer_is_no_reply_to_it() -> None:
    maria = "contact:maria@cliente.example"
    answered = [message(1, "in", maria), message(2, "in", maria), message(3, "out", "agent:anna", "sent")]
    assert "replied" not in done(ticket(messages=answered))
    assert "replied" in done(ticket(messages=[*answered, message(4, "in", maria)]))


def test_it_stays_escalated_and_resolved_whatever_happens_then() -> None:
    up = {"type": "escalated", "actor": "agent:anna", "to": {"team": "specialists"}, "reason": "over 500"}
    record = ticket(events=[up], status="open", resolved_at="2026-11-22T09:00:00+00:00")
    assert done(record) == ["mail", "escalated", "resolved"]
    assert step(record, "escalated") == {
        "key": "escalated",
        "done": True,
        "team": "specialists",
        "reason": "over 500",
    }


def test_last_words_that_are_held_are_waited_for() -> None:
    messages = [
        message(1, "in", "contact:a@b.example"),
        message(2, "out", "agent:anna", "sent"),
        message(3, "out", "agent:carla", "held"),
    ]
    assert step(ticket(messages=messages), "resolved") == {"key": "resolved", "done": False, "held": True}
    assert step(ticket(messages=messages[:2]), "resolved")["held"] is False
