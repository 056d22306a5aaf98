"""`tests:` as they are written in a rule file: a message or event, and what the rules should make of it."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field
from pydantic.json_schema import JsonSchemaValue

from deskd.model import Grade, Kind, Priority, Status
from deskd.rules.facts import Event
from deskd.rules.operators.number import Duration, Size
from deskd.rules.spec import Listed, OneOrMore, Spec

Names = Annotated[
    list[str],
    OneOrMore(empty=True),
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
]
"""Text or a list of texts, which may be empty."""


class TrialAttachment(Spec):
    """An attachment of a test's message: its name, or a map."""

    EXPECTED: ClassVar[str] = "a file name, or a map of name, type, size"

    name: str = Field(description="The file's name.")
    type: str = Field("application/octet-stream", description="Its media type.")
    size: Size = Field(0, description="Its size.")

    @classmethod
    def written_out(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else value

    @classmethod
    def short_forms(cls, full: JsonSchemaValue) -> list[JsonSchemaValue]:
        return [{"type": "string"}]


class TrialMessage(Spec):
    """The message of a test."""

    EXPECTED: ClassVar[str] = "a map of channel, from, to, cc, subject, text, …, or of file"

    file: str | None = Field(
        None,
        min_length=1,
        description="An .eml file, or a .json file of these same keys, by its path from this one. What else is given here stands instead of what is in it.",
    )
    channel: str = Field("", description="The channel it comes on.")
    from_: str = Field(
        "customer@example.com", alias="from", description="Who writes: Maria <maria@cliente.example>."
    )
    to: Listed[str] = Field([], description="To whom.")
    cc: Listed[str] = Field([], description="Who gets a copy.")
    subject: str = Field("", description="The subject line.")
    text: str = Field("", description="What is newly written.")
    body: str | None = Field(None, description="All of the text; left out: the same as `text`.")
    headers: dict[str, Listed[str]] = Field({}, description="Further headers by name.")
    kind: Kind = Field("message", description="message, auto_reply, bounce, complaint or bulk.")
    language: str | None = Field(None, description="The message's language.")
    attachments: Annotated[
        list[TrialAttachment],
        OneOrMore(empty=True),
        BeforeValidator(lambda value: value if isinstance(value, list) else [value]),
    ] = Field([], description="What it brings along.")


class TrialTicket(Spec):
    """The ticket of a test, before the rules; what is left out is as in a new one."""

    EXPECTED: ClassVar[str] = (
        "a map of status, priority, urgency, impact, level, team, assignee, tags, age, idle, messages"
    )

    status: Status = Field("new", description="Its status.")
    priority: Priority | None = Field(
        None, description="Its priority, set outright; left out: by urgency and impact."
    )
    urgency: Grade = Field("medium", description="Its urgency.")
    impact: Grade = Field("medium", description="Its impact.")
    level: int | None = Field(None, ge=1, le=4, description="Its level; left out: its team's.")
    team: str | None = Field(None, description="Its team; left out: the channel's.")
    assignee: str | None = Field(None, description="Its agent.")
    tags: Names = Field([], description="Its tags.")
    age: Duration | None = Field(None, description="Time since it was opened.")
    idle: Duration | None = Field(None, description="Time since anything happened to it.")
    messages: int = Field(0, description="How many messages it holds.")


class TrialContact(Spec):
    """The customer of a test; what is left out comes from the message."""

    EXPECTED: ClassVar[str] = "a map of address, domain, name, language, tags, tickets"

    address: str | None = Field(None, description="Their address.")
    domain: str | None = Field(None, description="What follows the @ in it.")
    name: str | None = Field(None, description="Their name.")
    language: str | None = Field(None, description="The language kept for them.")
    tags: Names = Field([], description="Their tags.")
    tickets: int = Field(0, description="How many tickets they had before.")


class Expectation(Spec):
    """What a test expects. What isn't named isn't looked at."""

    EXPECTED: ClassVar[str] = "a map of rules, tags, priority, team, …"

    rules: Names | None = Field(None, description="The rules that fire: these and no others, in any order.")
    fires: Names | None = Field(None, description="Rules that fire, whichever others do.")
    not_fires: Names | None = Field(None, description="Rules that don't fire.")
    tags: Names | None = Field(None, description="The ticket's tags afterwards: these and no others.")
    contact_tags: Names | None = Field(None, description="The customer's tags afterwards.")
    priority: Priority | None = Field(None, description="The priority afterwards.")
    urgency: Grade | None = Field(None, description="The urgency afterwards.")
    impact: Grade | None = Field(None, description="The impact afterwards.")
    status: Status | None = Field(None, description="The status afterwards.")
    level: int | None = Field(None, description="The level afterwards.")
    team: str | None = Field(None, description="The team afterwards.")
    assignee: str | None = Field(None, description="The agent afterwards, where a rule names one.")
    agent: str | None = Field(None, description="The same as assignee.")
    language: str | None = Field(None, description="The ticket's language afterwards.")
    replies: Names | None = Field(None, description="Templates that are sent, in order; [] for none.")
    notes: Names | None = Field(None, description="Internal notes, in order.")
    notifies: Names | None = Field(None, description="Who is notified, in order.")
    escalated: bool | None = Field(None, description="Does a rule escalate it?")
    spam: bool | None = Field(None, description="Is it spam?")
    discard: bool | None = Field(None, description="Is the message discarded?")
    stop: bool | None = Field(None, description="Does a rule end the run?")


class TrialSpec(Spec):
    """A test: what comes in, and what the rules should make of it."""

    EXPECTED: ClassVar[str] = "a test: a map of name, message, expect"

    name: str = Field(min_length=1, max_length=200, description="What the test is about.")
    event: Event = Field("message", description="The event, as in rules.")
    new: bool | None = Field(
        None,
        description="Does the message open the ticket? Left out: yes, for the events message and ticket.",
    )
    message: TrialMessage | None = Field(None, description="The message.")
    ticket: TrialTicket | None = Field(None, description="The ticket before the rules.")
    contact: TrialContact | None = Field(None, description="The customer.")
    hours: dict[str, Literal["open", "closed"]] = Field({}, description="Calendars: open or closed now.")
    language: str | None = Field(None, description="The language the desk takes the message to be in.")
    channel: str | None = Field(None, description="The ticket's channel, where there is no message.")
    expect: Expectation = Field(description="What the rules should make of it.")
