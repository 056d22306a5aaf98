"""The forms of an open ticket: what each asks, and what stands in it at first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from deskd import words
from deskd.config import Settings
from deskd.desk.answering import PHONE
from deskd.forms.about import About
from deskd.handoff import Said
from deskd.model import GRADES, PRIORITIES, Contact, Ticket
from deskd.model.panels import Choice, Field, Form
from deskd.shelf.article import Piece
from deskd.typed.asked import MAX_REASON
from deskd.words.terms import grade, impact

NEXT_LEVEL: Final = "next"
MOST_PARTS: Final = 50  # messages of which one is chosen
_SHOWN: Final = 60  # characters of a message in a choice


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form is drawn up from. `pieces`: canned replies, those that fit first; `fitting`: how many of them fit the ticket; `parts`: what the
    customer wrote, by message."""

    settings: Settings
    ticket: Ticket
    contact: Contact | None
    about: About
    pieces: Sequence[Piece] = ()
    fitting: int = 0
    parts: Sequence[tuple[int, Said]] = ()

    def say(self, key: str, **values: object) -> str:
        return words.say(self.settings.desk.agent_language, key, **values)


def form(name: str, asked: Asked) -> Form:
    """The form of this name (one of `FORMS`)."""
    return FORMS[name](asked)


def _form(asked: Asked, name: str, title: str, submit: str, *fields: Field) -> Form:
    return Form(
        name,
        asked.say(title),
        asked.about.packed(),
        asked.say(submit),
        asked.say("form_cancel"),
        lead(asked.ticket, asked.contact),
        fields,
    )


def lead(ticket: Ticket, contact: Contact | None) -> str:
    """Which ticket it is about, and whose."""
    who = (contact.name or contact.address) if contact else ""
    return " · ".join(
        part for part in (ticket.ref, words.start_of(ticket.subject), words.start_of(who, 60)) if part
    )


def _assign(asked: Asked) -> Form:
    whom = Field("to", asked.say("form_whom"), "one", choices=(*_teams(asked), *_agents(asked)))
    return _form(asked, "assign", "assign_title", "assign_title", whom)


def _teams(asked: Asked) -> list[Choice]:
    group = asked.say("form_teams")
    return [Choice(f"team:{key}", key, group) for key in asked.settings.teams]


def _agents(asked: Asked) -> list[Choice]:
    group = asked.say("form_agents")
    return [
        Choice(f"agent:{key}", f"{agent.name} ({key})" if agent.name else key, group)
        for key, agent in asked.settings.agents.items()
    ]


def _escalate(asked: Asked) -> Form:
    """Up only: levels and teams that are above the ticket's, and those of them."""
    teams = asked.settings.teams
    levels = sorted({team.level for team in teams.values() if team.level > asked.ticket.level})
    people = {agent for team in teams.values() if team.level >= asked.ticket.level for agent in team.members}
    choices = (
        Choice(NEXT_LEVEL, asked.say("escalate_next"), asked.say("form_levels")),
        *(
            Choice(f"level:L{level}", asked.say("escalate_level", level=level), asked.say("form_levels"))
            for level in levels
        ),
        *(
            choice
            for choice in _teams(asked)
            if teams[choice.label].level >= asked.ticket.level and choice.label != asked.ticket.team
        ),
        *(choice for choice in _agents(asked) if choice.value.removeprefix("agent:") in people),
    )
    return _form(
        asked,
        "escalate",
        "escalate_title",
        "escalate_title",
        Field("to", asked.say("form_whom"), "one", NEXT_LEVEL, choices),
        Field("reason", asked.say("form_reason"), "long", hint=asked.say("escalate_hint"), most=MAX_REASON),
    )


def _priority(asked: Asked) -> Form:
    ticket, language = asked.ticket, asked.settings.desk.agent_language
    urgencies = tuple(Choice(value, grade(language, value)) for value in GRADES)
    impacts = tuple(Choice(value, impact(language, value)) for value in GRADES)
    priorities = tuple(Choice(value, grade(language, value)) for value in PRIORITIES)
    return _form(
        asked,
        "priority",
        "priority_title",
        "form_save",
        Field("priority", asked.say("priority_title"), "one", ticket.priority, priorities),
        Field("urgency", asked.say("priority_urgency"), "one", ticket.urgency, urgencies),
        Field(
            "impact",
            asked.say("priority_impact"),
            "one",
            ticket.impact,
            impacts,
            hint=asked.say("priority_hint"),
        ),
    )


def _tags(asked: Asked) -> Form:
    field = Field(
        "tags",
        asked.say("tags_title"),
        "text",
        ", ".join(asked.ticket.tags),
        hint=asked.say("tags_hint"),
        optional=True,
    )
    return _form(asked, "tags", "tags_title", "form_save", field)


def _note(asked: Asked) -> Form:
    field = Field("text", asked.say("note_text"), "long", hint=asked.say("note_hint"))
    return _form(asked, "note", "note_title", "form_save", field)


def _hold(asked: Asked) -> Form:
    reason = Field("reason", asked.say("hold_reason"), "text", most=MAX_REASON)
    return _form(asked, "hold", "hold_title", "form_save", reason, _until(asked))


def _pending(asked: Asked) -> Form:
    return _form(asked, "pending", "pending_title", "form_save", _until(asked))


def _until(asked: Asked) -> Field:
    return Field(
        "until",
        asked.say("form_until"),
        "text",
        hint=asked.say("form_until_hint"),
        sample="2d",
        optional=True,
        most=100,
    )


def _merge(asked: Asked) -> Form:
    number = asked.ticket.ref.rpartition("-")[0]
    field = Field(
        "ref", asked.say("merge_ref"), "text", hint=asked.say("merge_hint"), sample=f"{number}-1041", most=60
    )
    return _form(asked, "merge", "merge_title", "merge_title", field)


def _split(asked: Asked) -> Form:
    """The customer's first message stays where it is: the others may begin a ticket of their own."""
    zone = asked.settings.desk.timezone
    choices = tuple(
        Choice(
            str(message_id), f"{said.at.astimezone(zone):%d.%m. %H:%M} {words.start_of(said.text, _SHOWN)}"
        )
        for message_id, said in asked.parts[-MOST_PARTS:]
    )
    last = choices[-1].value if choices else ""
    field = Field("from", asked.say("split_from_which"), "one", last, choices, hint=asked.say("split_hint"))
    return _form(asked, "split", "split_title", "split_title", field)


# ── a reply ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _reply(asked: Asked) -> Form:
    return reply(asked)


def reply(asked: Asked, chosen: str = "", text: str = "") -> Form:
    """`chosen`: the canned reply whose `text`, filled in for this customer, stands ready to be changed and sent."""
    fields = [
        Field("text", asked.say("reply_text"), "long", text, hint=_held(asked), turn=chosen),
        Field(
            "then",
            asked.say("reply_then"),
            "one",
            "stay",
            (
                Choice("stay", asked.say("reply_then_stays")),
                Choice("resolved", asked.say("reply_then_resolved")),
                Choice("pending", asked.say("reply_then_pending")),
            ),
        ),
    ]
    if asked.pieces:
        fields.insert(0, _pieces(asked, chosen))
    return _form(asked, "reply", "reply_title", "reply_send", *fields)


def _pieces(asked: Asked, chosen: str) -> Field:
    fitting, others = asked.say("reply_fitting"), asked.say("reply_others")
    choices = tuple(
        Choice(piece.name, piece.title, fitting if number < asked.fitting else others)
        for number, piece in enumerate(asked.pieces)
    )
    return Field(
        "piece",
        asked.say("reply_canned"),
        "one",
        chosen,
        choices,
        sample=asked.say("reply_choose"),
        optional=True,
        live=True,
    )


def _held(asked: Asked) -> str:
    if asked.ticket.channel == PHONE:
        return asked.say("reply_by_phone")
    undo = next((channel.undo for channel in asked.settings.slack_channels().values()), None)
    seconds = round(undo.total_seconds()) if undo is not None else 0
    return asked.say("reply_held", seconds=seconds) if seconds else asked.say("reply_at_once")


FORMS: Final[Mapping[str, Callable[[Asked], Form]]] = {
    "assign": _assign,
    "escalate": _escalate,
    "reply": _reply,
    "priority": _priority,
    "tags": _tags,
    "note": _note,
    "hold": _hold,
    "pending": _pending,
    "merge": _merge,
    "split": _split,
}
