"""`!callback WHEN [NUMBER]`, `!visit WHEN [WHERE] [invite]`, `!tasks [team]`."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from deskd.desk.promised import Promise
from deskd.desk.wider import ShowTasks
from deskd.typed.asked import MAX_REASON, Asked
from deskd.typed.duty import teams_named
from deskd.typed.markup import folded, literal
from deskd.typed.moments import first_moment
from deskd.typed.wrong import Wrong, quoted

_INVITE: Final = frozenset("invite invita invitar convida convidar invito".split())


def callback(asked: Asked) -> Promise:
    at, number = _when(asked)
    return Promise(asked.actor, "callback", at, number, source=asked.source)


def visit(asked: Asked) -> Promise:
    """`invite` at the end asks for an invitation to the customer."""
    at, where = _when(asked)
    words = where.split()
    invite = bool(words) and folded(words[-1]).strip(".!") in _INVITE
    place = " ".join(words[:-1] if invite else words).rstrip(",;")
    return Promise(asked.actor, "visit", at, place, invite, asked.source)


def tasks(asked: Asked) -> ShowTasks:
    return ShowTasks(asked.actor, teams_named(asked), asked.source)


def _when(asked: Asked) -> tuple[datetime, str]:
    text = " ".join(literal(asked.rest).split())
    if not text:
        raise Wrong("needs_when")
    at, rest = first_moment(text, asked.now, asked.settings.desk.timezone)
    if at is None:
        raise Wrong("wrong_time", found=quoted(text))
    if len(rest) > MAX_REASON:
        raise Wrong("reason_too_long", limit=MAX_REASON)
    return at, rest.strip(" ,;")
