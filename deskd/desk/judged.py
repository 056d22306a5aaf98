"""What a verdict of the rules has the desk do, whatever they were asked about: events, and words to customers, into the thread, to people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from deskd import levels, rules, templates, words
from deskd.config import Settings
from deskd.desk import showing
from deskd.desk.answering import PHONE, customer_kind
from deskd.desk.changes import NEW, AddEvent, AddMessage, Change, Queue, TagContact
from deskd.desk.state import State
from deskd.model import Address, Assignment


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict with what it is about. `shown`: the ticket has, or is about to get, a thread."""

    verdict: rules.Verdict
    assignment: Assignment | None
    ref: str
    subject: str
    channel: str
    language: str
    contact: Address
    shown: bool
    automatic: bool = False  # it came from a program: that is never answered
    answered: frozenset[str] = frozenset()  # templates this contact was sent a short while ago: not again
    forged: bool = False  # authentication failed: an answer would go to someone who never wrote
    spent: str = (
        ""  # "now", "before": they have had all the automatic answers of a day; "now": nobody knows yet
    )
    telegram_link: str = ""  # with its token masked; "": an answer may hold none (`deskd.inviting`)


TOO_MANY: Final = "this contact has had all the automatic answers of a day"


def rule_events(verdict: rules.Verdict, event: str = "message") -> list[Change]:
    """One event a rule that fired, with the facts it saw and what it did."""
    done: dict[str, list[str]] = {fired.name: [] for fired in verdict.fired}
    for act in verdict.actions:
        done.setdefault(act.rule, []).append(act.kind)
    because = {fired.name: fired.because for fired in verdict.fired}
    told: Mapping[str, Any] = {} if event == "message" else {"event": event}
    return [
        AddEvent(
            "rule",
            f"rule:{name}",
            {**told, "because": because.get(name, ""), "did": kinds, "rules": verdict.hash[:12]},
        )
        for name, kinds in done.items()
    ]


def assigned(assignment: Assignment | None) -> list[Change]:
    return [AddEvent("assigned", "system", recorded(assignment))] if assignment is not None else []


def recorded(assignment: Assignment) -> dict[str, Any]:
    """An assignment as its event keeps it."""
    told: dict[str, Any] = {
        "team": assignment.team,
        "agent": assignment.agent,
        "because": assignment.because,
    }
    return told | ({"waiting": assignment.waiting} if assignment.waiting else {})


def classified(verdict: rules.Verdict) -> Mapping[str, Any]:
    """The ticket's priority, urgency and impact, as columns."""
    judged = verdict.ticket
    values: dict[str, Any] = {"priority": judged.priority, "urgency": judged.urgency, "impact": judged.impact}
    if any(isinstance(act.value, rules.SetPriority) for act in verdict.actions):
        values["priority_set"] = True
    return values


def difference(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tags that are new, and those that are gone."""
    return tuple(sorted(set(after) - set(before))), tuple(sorted(set(before) - set(after)))


def acts(settings: Settings, state: State, judged: Judged, now: datetime) -> list[Change]:
    """What the rules have the desk say: to the customer, in the thread, to people."""
    changes: list[Change] = []
    if judged.verdict.ticket.status == "spam":
        return changes  # nobody is answered, and nobody called
    for act in judged.verdict.actions:
        match act.value:
            case rules.Reply(template=template):
                changes += _reply(settings, state, judged, template, act.rule, now)
            case rules.Note(text=text):
                changes += _note(settings, state, judged, text, act.rule, now)
            case rules.Notify(whom=whom, text=text):
                changes += _notify(settings, state, judged, whom, text)
            case rules.ContactTag(tags=tags, removed=removed):
                changes.append(TagContact(tags, removed))
            case _:
                pass  # the others are in the verdict's ticket, or were for assignment
    return changes


def _reply(
    settings: Settings, state: State, judged: Judged, template: str, rule: str, now: datetime
) -> list[Change]:
    """A rule's answer. Automatic and forged mail is never answered, and nobody is answered more often than the desk allows."""
    because = _unanswered(judged, template)
    if because:
        skipped = AddEvent("reply_skipped", f"rule:{rule}", {"template": template, "because": because})
        return [skipped, *(_told(settings, state, judged) if because == TOO_MANY else [])]
    ticket = judged.verdict.ticket
    context = {
        "contact": {"name": judged.contact.name, "address": judged.contact.address},
        "ticket": {
            "ref": judged.ref,
            "subject": judged.subject,
            "status": ticket.status,
            "priority": ticket.priority,
        },
        "desk": {"name": settings.desk.name},
        "telegram_link": judged.telegram_link,
        "match": judged.verdict.match,
    }
    text = templates.render(settings, template, judged.language, context)
    return automatic(settings, judged.channel, text, template, f"rule:{rule}", state.conversation_id, now)


def automatic(
    settings: Settings,
    channel: str,
    text: str,
    template: str,
    actor: str,
    conversation: int | None,
    now: datetime,
) -> list[Change]:
    """The desk's own words to the customer, from a template: marked as automatic, and no response."""
    payload = {"auto": True, "template": template}
    return [
        AddMessage(
            "out",
            actor,
            text,
            text,
            now,
            channel,
            delivery="queued",
            conversation_id=conversation or NEW,
        ),
        Queue(customer_kind(settings, channel), channel, "out:{ticket}", payload, message_id=NEW),
        AddEvent("reply", actor, {"template": template}),
    ]


def _unanswered(judged: Judged, template: str) -> str:
    """Why no automatic answer goes out; "" when one does."""
    if judged.automatic:
        return "automatic mail"
    if judged.channel == PHONE:
        return "it came by phone: nothing can be sent there"
    if judged.forged:
        return "its sender isn't proven: the answer would go to someone who never wrote"
    if template in judged.answered:
        return "this contact was sent it a short while ago"
    return TOO_MANY if judged.spent else ""


def _told(settings: Settings, state: State, judged: Judged) -> list[Change]:
    """Once, in the ticket's thread and to the admins: most likely a program answers there."""
    admins, account = settings.desk.admins, _account(settings, state, judged)
    if judged.spent != "now":
        return []
    text = words.say(
        settings.desk.agent_language,
        "answers_spent",
        ref=judged.ref,
        address=judged.contact.address,
        count=settings.desk.answer_limit,
    )
    shown = showing.post(state.home, text, account=account) if judged.shown else []
    to = settings.account_at(admins) if admins else None
    alert = [Queue("alert", to, f"alert:{admins}", {"place": admins, "text": text})] if to else []
    return [*shown, *alert]


def _account(settings: Settings, state: State, judged: Judged) -> str:
    return showing.account_of(settings, state, judged.assignment.team if judged.assignment else None)


def _note(
    settings: Settings, state: State, judged: Judged, text: str, rule: str, now: datetime
) -> list[Change]:
    account = _account(settings, state, judged)
    return [
        AddMessage("note", f"rule:{rule}", text, text, now, judged.channel),
        *(
            showing.post(state.home, text, account=account, author=rule, message_id=NEW)
            if judged.shown
            else []
        ),
    ]


def _notify(settings: Settings, state: State, judged: Judged, whom: str, text: str) -> list[Change]:
    """A word in the ticket's thread to those whom it is for; or one in a channel, which says of which ticket it speaks."""
    said = text or words.say(settings.desk.agent_language, "look_here")
    if whom.startswith("#"):
        place, to = {"place": whom, "text": f"{judged.ref}: {said}"}, settings.account_at(whom)
        return [Queue("alert", to, f"alert:{whom}", place)] if to else []
    if not judged.shown:
        return []
    account = _account(settings, state, judged)
    people = _people(settings, state, judged.assignment, whom)
    return showing.post(state.home, said, account=account, mentions=people)


def _people(settings: Settings, state: State, given: Assignment | None, whom: str) -> tuple[str, ...]:
    """The ids of `agent`, `team` or `lead`, as far as they are known."""
    ticket = state.ticket
    agent = given.agent if given else ticket.assignee if ticket else None
    team = settings.teams.get((given.team if given else ticket.team if ticket else None) or "")
    keys: tuple[str | None, ...] = ()
    if whom == "agent":
        keys = (agent,)
    elif whom == "lead" and team:
        keys = (team.lead,)
    elif whom == "team" and team:
        keys = tuple(team.members)
    return levels.ids(settings, keys)
