"""What a team reads when it takes a ticket over: all that an agent needs to go on without asking what was tried. Pure.

One message of at most `LIMIT` characters, which Slack shows whole. What is long is cut, the oldest attempts first, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from deskd import words
from deskd.config import Settings
from deskd.model import Direction, Ticket

LIMIT: Final = 9_000  # characters: four blocks of Slack's
PROBLEM: Final = 2_000
ATTEMPT: Final = 500
ATTEMPTS: Final = 4_000  # all of them together
LINES: Final = 20  # of the timeline
FILES: Final = 20
_STEPS: Final[Mapping[str, str]] = {
    "opened": "step_opened",
    "joined": "step_wrote",
    "reply": "step_replied",
    "not_sent": "step_not_sent",
    "status": "step_status",
    "claimed": "step_claimed",
    "assigned": "step_assigned",
    "released": "step_released",
    "escalated": "step_escalated",
    "deescalated": "step_deescalated",
    "accepted": "step_accepted",
}
"""What of the record a timeline shows, and how it is called."""
_DUE: Final[Mapping[str, str]] = {
    "first_response": "due_first_response",
    "next_response": "due_next_response",
    "resolution": "due_resolution",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the ticket's: `author` is contact:ADDRESS, agent:KEY, rule:NAME or system; `files` name and size of each."""

    direction: Direction
    author: str
    at: datetime
    text: str
    files: tuple[str, ...] = ()
    name: str = ""  # of a customer, where it is known


@dataclass(frozen=True, slots=True)
class Step:
    """One event of the ticket's record."""

    at: datetime
    actor: str
    type: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Story:
    """What a ticket went through, oldest first."""

    said: tuple[Said, ...] = ()
    steps: tuple[Step, ...] = ()
    had_by: tuple[str, ...] = ()  # agents' keys, in order
    due: tuple[tuple[str, datetime], ...] = ()  # what is due when
    clock: str = ""  # how long each level had it


def compose(settings: Settings, ticket: Ticket, contact: str, story: Story, reason: str, actor: str) -> str:
    """The handoff, in the agents' language, times in the desk's zone. `reason`: why it goes up, in `actor`'s words."""
    language, zone = settings.desk.agent_language, settings.desk.timezone
    why = f"{reason or '—'} ({name_of(settings, actor)})"
    sections = (
        ("handoff_why", [why]),
        ("handoff_problem", _problem(story, contact)),
        ("handoff_tried", _tried(settings, story, zone)),
        ("handoff_files", _files(story)),
        ("handoff_had", [", ".join(name_of(settings, f"agent:{key}") for key in story.had_by)]),
        ("handoff_tags", [", ".join(ticket.tags)]),
        ("handoff_due", _due(settings, story, zone)),
        ("handoff_timeline", _timeline(settings, story, zone)),
    )
    head = words.say(language, "handoff", ref=ticket.ref, subject=words.start_of(ticket.subject, 200))
    parts = [head]
    for key, lines in sections:
        body = "\n".join(line for line in lines if line) or words.say(language, "handoff_none")
        parts.append(f"{words.say(language, key)}\n{body}")
    return cut("\n\n".join(parts), LIMIT)


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, with … where there was more."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def name_of(settings: Settings, actor: str) -> str:
    """How people call whoever did it: an agent by name, others by what they are."""
    kind, _, key = actor.partition(":")
    if kind == "agent" and key in settings.agents:
        return settings.agents[key].name
    return key or actor


def _problem(story: Story, contact: str) -> list[str]:
    """The customer's first message, and their last one where there is another."""
    own = [said for said in story.said if said.direction == "in"]
    if not own:
        return []
    lines = [contact, cut(own[0].text.strip(), PROBLEM)]
    return lines if len(own) == 1 else [*lines, "…", cut(own[-1].text.strip(), PROBLEM // 2)]


def _tried(settings: Settings, story: Story, zone: ZoneInfo) -> list[str]:
    """Replies and notes, oldest first; where there is no room for all, the newest count."""
    lines: list[str] = []
    room = ATTEMPTS
    tried = [said for said in story.said if said.direction != "in"]
    for said in reversed(tried):
        sign = "🔒" if said.direction == "note" else "→"
        text = cut(" ".join(said.text.split()), ATTEMPT)
        line = f"{sign} {_at(said.at, zone)} {name_of(settings, said.author)}: {text}"
        if len(line) > room:
            lines.append("…")
            break
        room -= len(line)
        lines.append(line)
    return lines[::-1]


def _files(story: Story) -> list[str]:
    names = [name for said in story.said for name in said.files]
    return [f"📎 {name}" for name in names[:FILES]] + (["…"] if len(names) > FILES else [])


def _due(settings: Settings, story: Story, zone: ZoneInfo) -> list[str]:
    language = settings.desk.agent_language
    lines = [f"{words.say(language, _DUE[kind])}: {_at(at, zone)}" for kind, at in story.due if kind in _DUE]
    return [*lines, *([f"{words.say(language, 'screen_clock')}: {story.clock}"] if story.clock else [])]


def _timeline(settings: Settings, story: Story, zone: ZoneInfo) -> list[str]:
    language = settings.desk.agent_language
    lines = [
        f"{_at(step.at, zone)} {words.say(language, _STEPS[step.type])} ({cut(_by(settings, step), 200)})"
        for step in story.steps
        if step.type in _STEPS
    ]
    left_out: Sequence[str] = ["…"] if len(lines) > LINES else []
    return [*left_out, *lines[-LINES:]]


def _by(settings: Settings, step: Step) -> str:
    """Who did it, and from what to what."""
    before, after = (_place(settings, step.data.get(name)) for name in ("from", "to"))
    if step.type in ("assigned", "claimed"):
        after = _place(settings, step.data)
    moved = f"{before} → {after}" if before and after else after or before
    return ": ".join(part for part in (name_of(settings, step.actor), moved) if part)


def _place(settings: Settings, value: object) -> str:
    """A status, or a team with its agent, as events have them."""
    if isinstance(value, str):
        return settings.agents[value].name if value in settings.agents else value
    if not isinstance(value, Mapping):
        return ""
    agent = value.get("agent") or value.get("assignee")
    return ", ".join(str(part) for part in (value.get("team"), _place(settings, agent)) if part)


def _at(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
