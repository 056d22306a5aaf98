"""Why a ticket is as the rules made it: for each message, every rule and why it fired or didn't, by the set that judged it then.

What fired is stored with the message; the rest is derived again by the same evaluator, from what the rules were told (`deskd.rules.record`) and the set kept
under its hash. The mail's texts are the stored ones; its headers are read again by today's parser. Names that the desk doesn't have any more (a team) leave levels as they were
told. What rules did at other events stands in the ticket's events with its reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from deskd import words
from deskd.config import Settings
from deskd.config.nearest import did_you_mean
from deskd.errors import MalformedMessage
from deskd.remembering import facts_of, kept_set
from deskd.rules import RuleSet, RuleTrace, explain
from deskd.store import Work
from deskd.store.judged import JudgedMessage, judged_of

MOST: Final = 20
"""Rules that are told of in Slack at once."""


def why(work: Work, settings: Settings, ref: str, in_force: RuleSet | None = None) -> list[dict[str, Any]]:
    """One object a message, oldest first: `message at rules traces[{name, fired, because}]`; `error` where it can't be derived any more."""
    return [_told(judged, _traces(work, settings, judged, in_force)) for judged in judged_of(work, ref)]


def _told(judged: JudgedMessage, traces: Sequence[RuleTrace] | None) -> dict[str, Any]:
    known = (
        traces if traces is not None else [RuleTrace(name, True, because) for name, because in judged.fired]
    )
    return {
        "message": judged.stored["id"] if judged.stored else None,
        "at": judged.received_at,
        "rules": str(judged.kept["rules"]),
        "error": None
        if traces is not None
        else "only what fired is known: the rules of then, or the mail, can't be read any more",
        "traces": [{"name": one.name, "fired": one.fired, "because": one.because} for one in known],
    }


def _traces(
    work: Work, settings: Settings, judged: JudgedMessage, in_force: RuleSet | None
) -> Sequence[RuleTrace] | None:
    wanted = str(judged.kept["rules"])
    ruleset = in_force if in_force and in_force.hash == wanted else kept_set(work, settings, wanted)
    if ruleset is None:
        return None
    try:
        return explain(ruleset, facts_of(settings, judged))
    except MalformedMessage:
        return None


def said(work: Work, settings: Settings, ref: str, rule: str, in_force: RuleSet) -> str:
    """The answer to `!why [RULE]`: what fired on the ticket; or what one rule made of each message."""
    language = settings.desk.agent_language
    messages = why(work, settings, ref, in_force)
    if not rule:
        fired = [
            f"• {one['name']}: {one['because']}"
            for each in messages
            for one in each["traces"]
            if one["fired"]
        ]
        more = [f"… +{len(fired) - MOST}"] if len(fired) > MOST else []
        return (
            "\n".join([words.say(language, "why_fired"), *fired[-MOST:], *more])
            if fired
            else words.say(language, "why_none")
        )
    names = list(dict.fromkeys(one["name"] for each in messages for one in each["traces"]))
    name = next((each for each in names if each.casefold() == rule.casefold()), None)
    if name is None:
        return f"{words.say(language, 'why_unknown', rule=rule[:80])} {did_you_mean(rule, names)}".strip()
    lines = [
        words.say(
            language, "why_did" if one["fired"] else "why_did_not", number=number, because=one["because"]
        )
        for number, each in enumerate(messages, 1)
        for one in each["traces"]
        if one["name"] == name
    ]
    return "\n".join([f"{name}:", *lines[-MOST:]])
