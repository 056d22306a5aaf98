"""What agents are shown at once, before anything is done: a form to fill in, a page to read, a list of tickets, their home tab.

All text is plain and of anyone's making; whoever draws it escapes it. Labels are in the agents' language already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from deskd.model.outgoing import Button, Place
from deskd.model.terms import Priority, Status


@dataclass(frozen=True, slots=True)
class Choice:
    """One of what a field offers. Those of one `group` stand together under its name."""

    value: str
    label: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in: a line (`text`), lines (`long`), or one of its choices (`one`).

    `turn` tells a field whose text the desk replaced from what it was before: what stood in it is gone then. `live`: a choice is told at once,
    and the form is drawn anew.
    """

    name: str
    label: str
    kind: Literal["text", "long", "one"]
    value: str = ""
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    sample: str = ""  # shown in it while it is empty
    optional: bool = False
    live: bool = False
    turn: str = ""
    most: int = 3_000  # characters


@dataclass(frozen=True, slots=True)
class Form:
    """A form, or with no `submit` a page. `about` comes back with what was filled in, unseen by whoever fills it in."""

    name: str
    title: str
    about: str
    submit: str = ""
    close: str = ""
    lead: str = ""  # what it is about, in a line or two
    fields: tuple[Field, ...] = ()
    text: str = ""  # of a page
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that can't be taken as it was filled in: what is wrong, by the name of the field."""

    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A ticket in a list. `place`: its thread, None while it has none."""

    ref: str
    subject: str
    contact: str
    status: Status
    priority: Priority
    assignee: str | None  # the agent's name, "" when nobody's; None where the list says it already
    team: str  # "" likewise
    due: datetime | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What whoever typed a slash command alone is told."""

    text: str
    lines: tuple[Line, ...] = ()
    foot: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Part of a home tab. `text` stands in place of tickets, or says how many more there are."""

    title: str
    lines: tuple[Line, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    title: str
    text: str
    sections: tuple[Section, ...] = ()
    buttons: tuple[Button, ...] = ()
    made_at: datetime | None = None


Panel = Form | Refused | Answer | Home
