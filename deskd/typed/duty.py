"""`!away [until WHEN] [why]`, `!back`, `!queue [team]`, `!accept`: who is there, and what waits for whom."""

from __future__ import annotations

from deskd.desk.commands import Accept, Away, Back
from deskd.desk.wider import ShowQueue
from deskd.typed.asked import MAX_REASON, Asked
from deskd.typed.markup import folded, literal
from deskd.typed.moments import leading_moment, moment
from deskd.typed.whom import whom
from deskd.typed.wrong import Wrong, quoted


def away(asked: Asked) -> Away:
    """A time alone is the end; behind it stands why. Without one it lasts until `!back`."""
    text = " ".join(literal(asked.rest).split())
    zone = asked.settings.desk.timezone
    if not text:
        return Away(asked.actor, asked.agent, None, "", asked.source)
    try:
        until, why = moment(text, asked.now, zone), ""
    except Wrong:
        found, why = leading_moment(text, asked.now, zone)
        if found is None:
            raise
        until = found
    return Away(asked.actor, asked.agent, until, why[:MAX_REASON], asked.source)


def back(asked: Asked) -> Back:
    _alone(asked)
    return Back(asked.actor, asked.agent, asked.source)


def accept(asked: Asked) -> Accept:
    _alone(asked)
    return Accept(asked.actor, asked.agent, asked.source)


def queue(asked: Asked) -> ShowQueue:
    return ShowQueue(asked.actor, teams_named(asked), asked.source)


def teams_named(asked: Asked) -> tuple[str, ...]:
    """The team that is named; (): none is, which means the agent's own, and for a dispatcher all."""
    if not asked.rest.strip():
        return ()
    word = literal(asked.rest).strip("`*_,;:. ")
    teams = {folded(key): key for key in asked.settings.teams}
    if folded(word) in teams:
        return (teams[folded(word)],)
    kind, key = whom(asked.rest, asked.settings, asked.people)
    if kind != "team":
        raise Wrong("nobody_called", name=quoted(word))
    return (key,)


def _alone(asked: Asked) -> None:
    if asked.rest:
        raise Wrong("takes_nothing", command=asked.name, found=quoted(literal(asked.rest)))
