"""The guided first story: how far a ticket has come on its six steps, from its record. Pure.

In: the ticket as `deskd tickets show --json` gives it. Out: each step with whether it has really happened and the facts that the page tells of it. A step stays done:
what counts are the record's events and messages, not how the ticket stands now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Json = dict[str, Any]
STEPS = ("mail", "tagged", "answered", "replied", "escalated", "resolved")


def told(ticket: Mapping[str, Any] | None) -> list[Json]:
    """The six steps, each `{key, done, …facts}`; None: no ticket has come of a mail yet."""
    if ticket is None:
        return [{"key": key, "done": False} for key in STEPS]
    answer = _answer(ticket)
    facts = (
        {"done": True, "ref": ticket["ref"], "status": ticket["status"]},
        _tagged(ticket),
        {"done": _is(answer, "sent"), "by": ticket["assignee"], "held": _is(answer, "held", "queued")},
        {"done": _replied(ticket, answer)},
        _escalated(ticket),
        {"done": ticket["resolved_at"] is not None, "held": _waits_for_last_words(ticket, answer)},
    )
    return [{"key": key, **one} for key, one in zip(STEPS, facts, strict=True)]


def _tagged(ticket: Mapping[str, Any]) -> Json:
    """The tags, and the rules that gave some, each with its reason."""
    rules = [
        {"name": event["actor"].partition(":")[2], "because": event["because"]}
        for event in _events(ticket, "rule")
        if "tag" in event.get("did", ())
    ]
    return {"done": bool(ticket["tags"]), "tags": list(ticket["tags"]), "rules": rules}


def _answers(ticket: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [
        message
        for message in ticket["messages"]
        if message["direction"] == "out" and message["author"].startswith("agent:")
    ]


def _answer(ticket: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The first answer of an agent that has gone, else the newest that is on its way."""
    answers = _answers(ticket)
    sent = [message for message in answers if message["delivery"] == "sent"]
    return sent[0] if sent else answers[-1] if answers else None


def _is(message: Mapping[str, Any] | None, *states: str) -> bool:
    return message is not None and message["delivery"] in states


def _replied(ticket: Mapping[str, Any], answer: Mapping[str, Any] | None) -> bool:
    """Whether the customer wrote again after the answer."""
    if answer is None or answer["delivery"] != "sent":
        return False
    messages: Sequence[Mapping[str, Any]] = ticket["messages"]
    return any(one["direction"] == "in" and one["id"] > answer["id"] for one in messages)


def _escalated(ticket: Mapping[str, Any]) -> Json:
    first = next(_events(ticket, "escalated"), None)
    if first is None:
        return {"done": False}
    return {"done": True, "team": first.get("to", {}).get("team"), "reason": first.get("reason")}


def _waits_for_last_words(ticket: Mapping[str, Any], answer: Mapping[str, Any] | None) -> bool:
    """An answer after the first is on its way: `!resolve` with last words resolves when they have gone."""
    return any(one is not answer and _is(one, "held", "queued") for one in _answers(ticket))


def _events(ticket: Mapping[str, Any], kind: str) -> Iterator[Mapping[str, Any]]:
    return (event for event in ticket["events"] if event["type"] == kind)
