"""The commands agents type, in one table: names, forms, help and reading all come from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from deskd import words
from deskd.compose.mrkdwn import to_text
from deskd.desk.answering import hold_of
from deskd.desk.commands import (
    Assign,
    Claim,
    Command,
    Release,
    Reply,
    SetStatus,
    Source,
    Tell,
    Why,
)
from deskd.desk.wider import Wider
from deskd.errors import CommandRefused
from deskd.model import Assignment, Status, Ticket
from deskd.typed import duty, grades, levels, promises, references, screens
from deskd.typed.asked import MAX_REASON, Asked
from deskd.typed.intent import classify
from deskd.typed.markup import command_in, folded, literal
from deskd.typed.moments import leading_moment, moment
from deskd.typed.tags import tags
from deskd.typed.whom import whom
from deskd.typed.wrong import Wrong, quoted

if TYPE_CHECKING:
    from deskd.config import Settings


@dataclass(frozen=True, slots=True)
class TypedCommand:
    """`form` is INTERFACE.md's, for readers of any language; {agent} in `example` is one of the desk's; `help` is a key of `deskd.words`."""

    name: str
    form: str
    example: str
    help: str
    read: Callable[[Asked], Command | Wider]


def read_command(
    text: str,
    *,
    agent: str,
    source: Source,
    ticket: Ticket,
    settings: Settings,
    people: Mapping[str, str],
    now: datetime,
) -> Command | Wider:
    """What a typed command asks of the desk. `text` is Slack's mrkdwn, `people` maps Slack ids to the keys of agents and teams.

    Raises `CommandRefused`: what is wrong and the right form, in the agents' language.
    """
    name, rest = command_in(text) or ("", "")
    language = settings.desk.agent_language
    command = COMMANDS.get(name)
    try:
        if command is None:
            raise _unknown(name or text)
        return command.read(Asked(name, rest, agent, source, ticket, settings, people, now))
    except Wrong as wrong:
        said = words.say(language, wrong.key, **wrong.values)
        raise CommandRefused(f"{said}\n{_form(settings, command)}" if command else said) from None


def _form(settings: Settings, command: TypedCommand) -> str:
    language = settings.desk.agent_language
    if not command.example:
        return words.say(language, "right_form_alone", form=command.form)
    example = command.example.format(agent=next(iter(settings.agents), "anna"))
    return words.say(language, "right_form", form=command.form, example=example)


def _unknown(name: str) -> Wrong:
    near = get_close_matches(name[:40], COMMANDS, n=1, cutoff=0.7)
    shown = quoted(name.lstrip("!！"), 40)
    return (
        Wrong("unknown_command_near", command=shown, near=near[0])
        if near
        else Wrong("unknown_command", command=shown)
    )


def _alone(asked: Asked) -> None:
    """What follows may have been meant for the customer: doing the one without the other would hide that."""
    if asked.rest:
        raise Wrong("takes_nothing", command=asked.name, found=quoted(literal(asked.rest)))


# ── whose it is ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _claim(asked: Asked) -> Command:
    _alone(asked)
    return Claim(asked.actor, asked.agent, asked.source)


def _assign(asked: Asked) -> Command:
    kind, key = whom(asked.rest, asked.settings, asked.people)
    because = f"{asked.agent} said so"
    if kind == "team":
        return Assign(asked.actor, Assignment(key, None, because), asked.source)
    return Assign(
        asked.actor, Assignment(team_for(key, asked.ticket, asked.settings), key, because), asked.source
    )


def team_for(agent: str, ticket: Ticket, settings: Settings) -> str | None:
    """The ticket's own team if the agent is in it, else theirs: of the same level where there is one."""
    teams = settings.teams_of(agent)
    if not teams or ticket.team in teams:
        return ticket.team
    same_level = (team for team in teams if settings.teams[team].level == ticket.level)
    return next(same_level, teams[0])


def _release(asked: Asked) -> Command:
    _alone(asked)
    return Release(asked.actor, asked.source)


# ── its status ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _resolve(asked: Asked) -> Command:
    """With last words it resolves when they have gone."""
    if not asked.rest:
        return SetStatus(asked.actor, "resolved", source=asked.source)
    read = classify(asked.rest, replies="public", settings=asked.settings, people=asked.people)
    if read.kind != "reply":
        raise Wrong("resolve_inside")
    hold = hold_of(asked.settings, asked.source)
    return Reply(asked.actor, to_text(read.text, {}), read.text, asked.source, hold, then="resolved")


def _pending(asked: Asked) -> Command:
    until = moment(literal(asked.rest), asked.now, asked.settings.desk.timezone) if asked.rest else None
    return SetStatus(asked.actor, "pending", until=until, source=asked.source)


def _hold(asked: Asked) -> Command:
    until, reason = leading_moment(literal(asked.rest), asked.now, asked.settings.desk.timezone)
    reason = " ".join(reason.split())
    if not reason:
        raise Wrong("needs_reason")
    if len(reason) > MAX_REASON:
        raise Wrong("reason_too_long", limit=MAX_REASON)
    return SetStatus(asked.actor, "hold", reason, until, asked.source)


def _status(status: Status) -> Callable[[Asked], Command]:
    def read(asked: Asked) -> Command:
        _alone(asked)
        return SetStatus(asked.actor, status, source=asked.source)

    return read


# ── help ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _why(asked: Asked) -> Command:
    """Names of rules may hold blanks: all that follows is one."""
    return Why(asked.source, " ".join(literal(asked.rest).split()))


def _help(asked: Asked) -> Command:
    language = asked.settings.desk.agent_language
    wanted = folded(literal(asked.rest)).lstrip("!！")
    if not wanted:
        return Tell(asked.source, _list(language, asked))
    command = COMMANDS.get(wanted)
    if command is None:
        raise _unknown(wanted)
    said = words.say(language, command.help)
    return Tell(asked.source, f"!{command.name}: {said}\n{_form(asked.settings, command)}")


def _list(language: str, asked: Asked) -> str:
    lines = [f"{command.form} – {words.say(language, command.help)}" for command in COMMANDS.values()]
    internal = asked.settings.agents_channels()[asked.source.account].replies == "internal"
    foot = words.say(language, "help_foot_internal") if internal else words.say(language, "help_foot")
    return "\n".join([words.say(language, "help_head"), "", *lines, "", foot])


COMMANDS: Final[Mapping[str, TypedCommand]] = {
    command.name: command
    for command in (
        TypedCommand("claim", "!claim", "", "help_claim", _claim),
        TypedCommand("assign", "!assign @agent|team", "!assign @{agent}", "help_assign", _assign),
        TypedCommand("release", "!release", "", "help_release", _release),
        TypedCommand("accept", "!accept", "", "help_accept", duty.accept),
        TypedCommand("queue", "!queue [team]", "", "help_queue", duty.queue),
        TypedCommand("away", "!away [until monday]", "!away until monday", "help_away", duty.away),
        TypedCommand("back", "!back", "", "help_back", duty.back),
        TypedCommand(
            "escalate",
            "!escalate [@agent|team|L3] reason",
            "!escalate the router is broken, not the line",
            "help_escalate",
            levels.escalate,
        ),
        TypedCommand(
            "deescalate",
            "!deescalate reason",
            "!deescalate it was the cable after all",
            "help_deescalate",
            levels.deescalate,
        ),
        TypedCommand(
            "callback",
            "!callback WHEN [NUMBER]",
            "!callback tomorrow 10:00 +39 06 1234567",
            "help_callback",
            promises.callback,
        ),
        TypedCommand(
            "visit",
            "!visit WHEN [WHERE] [invite]",
            "!visit friday 9:00 Via Roma 1 invite",
            "help_visit",
            promises.visit,
        ),
        TypedCommand("tasks", "!tasks [team]", "", "help_tasks", promises.tasks),
        TypedCommand(
            "resolve",
            "!resolve [last reply]",
            "!resolve Done, thank you for your patience.",
            "help_resolve",
            _resolve,
        ),
        TypedCommand("pending", "!pending [2d]", "!pending until monday", "help_pending", _pending),
        TypedCommand("hold", "!hold reason", "!hold 3d the supplier sends a new one", "help_hold", _hold),
        TypedCommand("reopen", "!reopen", "", "help_reopen", _status("open")),
        TypedCommand("close", "!close", "", "help_close", _status("closed")),
        TypedCommand("spam", "!spam", "", "help_spam", _status("spam")),
        TypedCommand(
            "priority", "!priority low|normal|high|urgent", "!priority high", "help_priority", grades.priority
        ),
        TypedCommand("urgency", "!urgency low|medium|high", "!urgency high", "help_urgency", grades.urgency),
        TypedCommand("impact", "!impact low|medium|high", "!impact low", "help_impact", grades.impact),
        TypedCommand("tag", "!tag a -b", "!tag billing -install", "help_tag", tags),
        TypedCommand("merge", "!merge REF", "!merge ACME-1041", "help_merge", references.merge),
        TypedCommand("unmerge", "!unmerge [REF]", "", "help_unmerge", references.unmerge),
        TypedCommand("split", "!split", "", "help_split", references.split),
        TypedCommand("link", "!link REF", "!link ACME-1041", "help_link", references.link),
        TypedCommand("unlink", "!unlink REF", "!unlink ACME-1041", "help_unlink", references.unlink),
        TypedCommand("note", "!note text", "!note the customer called, too", "help_note", screens.note),
        TypedCommand("canned", "!canned [NAME]", "!canned refund", "help_canned", screens.canned),
        TypedCommand("kb", "!kb words", "!kb reset the router", "help_kb", screens.article),
        TypedCommand("contact", "!contact", "", "help_contact", screens.screen("contact")),
        TypedCommand("history", "!history", "", "help_history", screens.screen("history")),
        TypedCommand("summary", "!summary", "", "help_summary", screens.screen("summary")),
        TypedCommand("why", "!why [RULE]", "!why invoices", "help_why", _why),
        TypedCommand("help", "!help [command]", "!help resolve", "help_help", _help),
    )
}
