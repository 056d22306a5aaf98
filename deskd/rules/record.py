"""What a run of the rules was told, as it is kept with the message: enough to ask the same rules, or others, again. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from deskd.model import Message
from deskd.model.flat import flat
from deskd.rules.facts import ContactFacts, Facts, TicketFacts

_SPANS: Final = ("age", "idle")


def recorded(facts: Facts, rules_hash: str) -> dict[str, Any]:
    """As JSON may hold it; spans in seconds. The message isn't in it: that is kept itself."""
    ticket = flat(facts.ticket) | {name: getattr(facts.ticket, name).total_seconds() for name in _SPANS}
    return {
        "rules": rules_hash,
        "event": facts.event,
        "channel": facts.channel,
        "new": facts.new,
        "language": facts.language,
        "hours": dict(facts.hours),
        "ticket": ticket,
        "contact": flat(facts.contact),
    }


def recalled(kept: Mapping[str, Any], message: Message | None) -> Facts:
    """The facts that `recorded` kept, with the message they are about."""
    spans = {name: timedelta(seconds=kept["ticket"][name]) for name in _SPANS}
    ticket = TicketFacts(**{**kept["ticket"], **spans, "tags": tuple(kept["ticket"]["tags"])})
    contact = ContactFacts(**{**kept["contact"], "tags": tuple(kept["contact"]["tags"])})
    return Facts(
        event=kept["event"],
        channel=kept["channel"],
        message=message,
        new=kept["new"],
        ticket=ticket,
        contact=contact,
        hours=kept["hours"],
        language=kept["language"],
    )
