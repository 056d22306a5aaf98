"""What an agent reads of a ticket on one screen: who the customer is, what happened, how it stands. Pure; plain text, bounded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

from deskd import levels, words
from deskd.config import Settings
from deskd.handoff import Said, Step, cut, name_of
from deskd.model import Contact, Ticket

LIMIT: Final = 6_000  # characters of a screen
LINES: Final = 40  # of a history
_LINE: Final = 160
_WORDS: Final = 700
_SIGNS: Final[Mapping[str, str]] = {"in": "←", "out": "→", "note": "🔒"}
_SHOWN_AS_MESSAGES: Final = frozenset({"joined", "reply", "note"})
_STEPS: Final[Mapping[str, str]] = {
    "opened": "step_opened",
    "status": "step_status",
    "claimed": "step_claimed",
    "assigned": "step_assigned",
    "released": "step_released",
    "escalated": "step_escalated",
    "deescalated": "step_deescalated",
    "not_sent": "step_not_sent",
    "tags": "step_tags",
    "classified": "step_classified",
    "merged": "step_merged",
    "took_in": "step_took_in",
    "split": "step_split",
    "linked": "step_linked",
    "unlinked": "step_unlinked",
}


class Line(Protocol):
    """Another ticket."""

    @property
    def ref(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def status(self) -> str: ...


class Waits(Protocol):
    """A ticket that waits for somebody."""

    @property
    def ref(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def team(self) -> str: ...
    @property
    def priority(self) -> str: ...
    @property
    def waiting(self) -> str: ...
    @property
    def since(self) -> datetime: ...


def contact(
    settings: Settings,
    person: Contact | None,
    addresses: Sequence[str],
    others: Sequence[Line],
    people: Sequence[str],
) -> str:
    """Who the customer is. `people`: who else may write into the ticket; `others`: their other tickets that aren't over."""
    language = settings.desk.agent_language
    rows = (
        ("screen_language", person.language or "" if person else ""),
        ("screen_tags", ", ".join(person.tags) if person else ""),
        ("screen_tickets", str(person.tickets) if person else ""),
        ("screen_participants", ", ".join(people)),
        ("screen_undelivered", _one_line(person.undelivered) if person else ""),
    )
    lines = [
        f"👤 {_one_line(person.name if person and person.name else next(iter(addresses), '?'))}",
        *(f"• {address}" for address in addresses),
        *(f"{words.say(language, key)}: {value}" for key, value in rows if value),
        f"{words.say(language, 'screen_other_open')}: {len(others) or '–'}",
        *map(_neighbour, others),
    ]
    return cut("\n".join(lines), LIMIT)


def history(settings: Settings, ticket: Ticket, said: Sequence[Said], steps: Sequence[Step]) -> str:
    """Messages and events, oldest first; of many the newest."""
    dated = [
        *((one.at, _message(settings, one)) for one in said),
        *((step.at, _step(settings, step)) for step in steps if step.type not in _SHOWN_AS_MESSAGES),
    ]
    dated.sort(key=lambda one: one[0])
    lines = [f"{_at(settings, at)} {cut(text, _LINE)}" for at, text in dated[-LINES:]]
    head = f"🕓 {ticket.ref} · {_one_line(ticket.subject)}"
    left_out = ["…"] if len(dated) > LINES else []
    while sum(map(len, lines)) + len(lines) > LIMIT - len(head) - 4:
        lines, left_out = lines[1:], ["…"]
    return "\n".join([head, *left_out, *lines])


def summary(
    settings: Settings,
    ticket: Ticket,
    person: Contact | None,
    said: Sequence[Said],
    links: Sequence[Line],
    clock: str = "",
    promised: Sequence[str] = (),
) -> str:
    """How the ticket stands: its fields, what the customer wrote first and last, and what they were answered last.

    `clock`: how long each level had it; `promised`: callbacks and visits to come.
    """
    language = settings.desk.agent_language
    asked = [one for one in said if one.direction == "in"]
    answers = [one for one in said if one.direction == "out"]
    notes = [one for one in said if one.direction == "note"]
    lines = [
        f"📄 {ticket.ref} · {_one_line(ticket.subject)}",
        *_fields(settings, ticket, person),
        *([f"{words.say(language, 'screen_clock')}: {clock}"] if clock else []),
        *([f"{words.say(language, 'screen_tasks')}:", *promised] if promised else []),
        *_quoted(settings, "screen_first", asked[:1]),
        *_quoted(settings, "screen_last", asked[1:][-1:]),
        *_quoted(settings, "screen_answer", answers[-1:]),
        *_quoted(settings, "screen_note", notes[-1:]),
        *([f"{words.say(language, 'screen_links')}:"] if links else []),
        *map(_neighbour, links),
    ]
    return cut("\n".join(lines), LIMIT)


def queue(settings: Settings, waiting: Sequence[Waits]) -> str:
    """What waits for somebody, the most urgent first: which, where, since when and why."""
    language = settings.desk.agent_language
    head = words.say(language, "screen_queue", count=len(waiting))
    lines = [
        f"• {one.ref} ({one.priority}, {one.team}) {_at(settings, one.since)} {cut(_one_line(one.subject), _LINE)}"
        + (f" – {words.say(language, levels.WAITS[one.waiting])}" if one.waiting in levels.WAITS else "")
        for one in waiting
    ]
    return cut("\n".join([head, *lines]), LIMIT)


def _fields(settings: Settings, ticket: Ticket, person: Contact | None) -> Iterable[str]:
    language = settings.desk.agent_language
    who = f"{person.name} <{person.address}>" if person and person.name else person.address if person else ""
    assignee = name_of(settings, f"agent:{ticket.assignee}") if ticket.assignee else "–"
    rows = (
        ("screen_contact", _one_line(who)),
        ("screen_state", f"{ticket.status} · {ticket.priority}"),
        ("screen_weight", f"{ticket.urgency} × {ticket.impact}{_outright(language, ticket)}"),
        ("screen_with", f"{ticket.team or '–'} (L{ticket.level}) · {assignee}"),
        ("screen_tags", ", ".join(ticket.tags)),
        ("screen_opened", _at(settings, ticket.created_at)),
        ("screen_updated", _at(settings, ticket.updated_at)),
        ("screen_due", _at(settings, ticket.due_at) if ticket.due_at else ""),
        ("screen_messages", str(ticket.messages)),
    )
    return [f"{words.say(language, key)}: {value}" for key, value in rows if value]


def _outright(language: str, ticket: Ticket) -> str:
    """Where somebody set the priority itself, urgency and impact decide nothing."""
    return f" ({words.say(language, 'weight_set')}: {ticket.priority})" if ticket.priority_set else ""


def _quoted(settings: Settings, key: str, said: Sequence[Said]) -> list[str]:
    return [
        f"\n{words.say(settings.desk.agent_language, key)} ({_at(settings, one.at)}):\n{cut(one.text.strip(), _WORDS)}"
        for one in said
    ]


def _message(settings: Settings, said: Said) -> str:
    files = f" 📎 {len(said.files)}" if said.files else ""
    return f"{_SIGNS[said.direction]} {name_of(settings, said.author)}: {_one_line(said.text)}{files}"


def _step(settings: Settings, step: Step) -> str:
    key = _STEPS.get(step.type)
    what = words.say(settings.desk.agent_language, key) if key else step.type.replace("_", " ")
    details = (step.data.get(name) for name in ("from", "to", "into", "because"))
    told = " → ".join(text for text in details if isinstance(text, str) and text)
    return f"· {what} ({name_of(settings, step.actor)})" + (f": {_one_line(told)}" if told else "")


def _neighbour(line: Line) -> str:
    return f"• {line.ref} ({line.status}) {cut(_one_line(line.subject), _LINE)}"


def _one_line(text: str) -> str:
    return " ".join(text[:2_000].split())


def _at(settings: Settings, moment: datetime) -> str:
    return f"{moment.astimezone(settings.desk.timezone):%Y-%m-%d %H:%M}"
