"""`!escalate [@agent|team|L3] reason`, `!deescalate reason`."""

from __future__ import annotations

import re
from typing import Final

from deskd.desk.commands import Command, Deescalate, Escalate
from deskd.typed.asked import MAX_REASON, Asked
from deskd.typed.markup import folded, literal
from deskd.typed.whom import whom
from deskd.typed.wrong import Wrong

_LEVEL: Final = re.compile(r"[lL][1-9]")
_MENTION: Final = re.compile(r"<(?:@|!subteam\^)[A-Z0-9]+(?:\|[^<>]*)?>")


def escalate(asked: Asked) -> Command:
    to, rest = _target(asked)
    return Escalate(asked.actor, _reason(rest, "needs_why_up"), to, asked.source)


def deescalate(asked: Asked) -> Command:
    return Deescalate(asked.actor, _reason(asked.rest, "needs_why_down"), asked.source)


def _target(asked: Asked) -> tuple[str | None, str]:
    """Whom the first word names, and what is left. A first word that names nobody begins the reason."""
    mention = _MENTION.match(asked.rest)
    first = mention.group() if mention else asked.rest.split(maxsplit=1)[0] if asked.rest.strip() else ""
    rest = asked.rest[len(first) :].strip(" \t\n,;:")
    word = literal(first).strip("`*_,;:") if not mention else first
    if not mention and _LEVEL.fullmatch(word):
        return word.upper(), rest
    teams = {folded(key): key for key in asked.settings.teams}
    if not mention and folded(word) in teams:
        return teams[folded(word)], rest
    if mention or word.startswith("@"):
        kind, key = whom(first if mention else word, asked.settings, asked.people)
        return (f"@{key}" if kind == "agent" else key), rest
    return None, asked.rest


def _reason(markup: str, missing: str) -> str:
    reason = " ".join(literal(markup).split())
    if not reason:
        raise Wrong(missing)
    if len(reason) > MAX_REASON:
        raise Wrong("reason_too_long", limit=MAX_REASON)
    return reason
