"""Tries other rules on what has come in: each message as it was told to the rules then, through the set in force at the time and through the candidate.

Nothing is written and nothing sent. A difference of one message is carried to the ticket's next one: a tag that the candidate would have given is there for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from deskd.config import Settings
from deskd.errors import MalformedMessage
from deskd.remembering import facts_of, sets_by_hash
from deskd.rules import RuleSet, evaluate
from deskd.rules.compared import Carried, compared
from deskd.store import Store
from deskd.store.judged import JudgedMessage, count_since, judged_since


@dataclass(slots=True)
class Replayed:
    """How it went: `messages` were tried, `skipped` could not be (their rules or their raw form can't be read any more)."""

    messages: int = 0
    skipped: int = 0
    tickets: set[str | None] = field(default_factory=set)  # with at least one difference
    fields: dict[str, int] = field(default_factory=dict)  # field -> tickets in which it would be otherwise


Line = dict[str, Any]


def replay(
    store: Store,
    settings: Settings,
    candidate: RuleSet,
    since: datetime,
    told: Callable[[int, int], None] = lambda done, of: None,
) -> tuple[Replayed, Iterator[Line]]:
    """What became of it, filled as the lines are read; a line a ticket and field: `ticket field before after because`.

    The first difference of a field counts for its ticket. `told` is called with how many messages are done, and of how many.
    """
    replayed = Replayed()
    return replayed, _lines(store, settings, candidate, since, told, replayed)


def _lines(
    store: Store,
    settings: Settings,
    candidate: RuleSet,
    since: datetime,
    told: Callable[[int, int], None],
    replayed: Replayed,
) -> Iterator[Line]:
    find = sets_by_hash(store, settings)
    carried = Carried()
    seen: set[tuple[str | None, str]] = set()
    of = store.read_now(lambda work: count_since(work, since))
    for judged in judged_since(store, since):
        told(replayed.messages + replayed.skipped, of)
        in_force = find(str(judged.kept["rules"]))
        lines = _differences(settings, judged, in_force, candidate, carried) if in_force else None
        if lines is None:
            replayed.skipped += 1
            continue
        replayed.messages += 1
        for line in lines:
            key = (judged.ticket, line["field"])
            if judged.ticket is None or key not in seen:
                seen.add(key)
                replayed.tickets.add(judged.ticket)
                replayed.fields[line["field"]] = replayed.fields.get(line["field"], 0) + 1
                yield line
    told(of, of)


def _differences(
    settings: Settings, judged: JudgedMessage, in_force: RuleSet, candidate: RuleSet, carried: Carried
) -> list[Line] | None:
    """None where it can't be tried."""
    try:
        facts = facts_of(settings, judged)
    except MalformedMessage:
        return None
    before = evaluate(in_force, facts)
    after = evaluate(candidate, carried.put_on(judged.ticket, facts) if judged.ticket else facts)
    if judged.ticket:
        carried.keep(judged.ticket, before, after)
    return [
        {
            "ticket": judged.ticket,
            "field": change.field,
            "before": change.before,
            "after": change.after,
            "because": change.because,
        }
        for change in compared(before, after)
    ]
