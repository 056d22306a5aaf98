"""`desk`, `agents`, `teams`, `calendars` of deskd.yaml."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from deskd.config.endpoints import Listen
from deskd.config.forms import (
    AgentsPlace,
    Country,
    Database,
    Day,
    Days,
    Duration,
    FilePath,
    FilePaths,
    Hours,
    Language,
    MailAddress,
    Prefix,
    Regexp,
    Size,
    TcpAddress,
    TelegramGroup,
    TelegramUser,
    TimeZone,
)
from deskd.config.members import Members
from deskd.config.section import LISTED, Flag, Level, Section, Text, Texts, Whole
from deskd.config.times import WEEKDAYS, Span, weekdays

AgentLanguage = Literal["en", "it", "es", "pt"]
Assign = Literal["manual", "round_robin", "least_busy", "skills"]
Handoff = Literal["same_thread", "own_thread"]
Role = Literal["solver", "dispatcher"]
Redacted = Literal["name", "address", "phone", "notes", "files", "agents", "tags", "timeline"]


class Http(Section):
    """Health, metrics, webhooks and the console."""

    listen: TcpAddress = Listen("127.0.0.1", 8080)
    """Where the HTTP server listens; put a proxy with TLS in front of it before it meets the world."""


class Desk(Section):
    """What holds for the whole desk."""

    name: Text = "Support"
    """What customers read as the desk's name."""
    prefix: Prefix = "DESK"
    """Ticket references read PREFIX-1042."""
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = ("en", "it", "es", "pt")
    """The languages customers are answered in; the first is the default."""
    timezone: TimeZone = ZoneInfo("UTC")
    """The time zone of dates that people read, and of calendars that name none."""
    database: Database = Field(default="sqlite:///var/deskd.db", repr=False, validate_default=True)
    """sqlite:///PATH (a relative path starts at this file's folder) or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE."""
    rules: FilePaths = Field(default=(Path("rules"),), validate_default=True)
    rules_candidate: FilePaths = ()
    """Rules that judge beside those in force, act on nothing, and whose differences are logged and counted."""
    """A folder of *.yaml, or a list of folders. The folder that is looked for by default may be missing."""
    canned: FilePath = Field(default=Path("canned"), validate_default=True)
    """The folder of canned replies."""
    knowledge: FilePath = Field(default=Path("knowledge"), validate_default=True)
    """The folder of knowledge articles."""
    admins: AgentsPlace | None = None
    """The Slack channel that gets alerts: its id or #name; or a Telegram group: its numeric id."""
    alert_mail: MailAddress | None = None
    """Who gets alerts by mail while Slack, or Telegram, itself is what fails."""
    close_after: Duration = timedelta(days=14)
    """When a resolved ticket becomes closed. Until then a customer's message reopens it; later it opens a linked ticket."""
    answer_again: Duration = timedelta(hours=1)
    """How long one customer isn't sent the same automatic answer again, however many mails come in their name."""
    answer_limit: Annotated[Whole, Field(ge=0)] = 10
    """How many automatic answers one customer is sent in a day; then none until it is over, and the admins are told."""
    external_refs: Annotated[tuple[Regexp, ...], LISTED] = ()
    """Patterns (RE2) of other desks' ticket numbers; what one finds in a mail leads to the ticket whose mails carry it too."""
    agent_language: AgentLanguage = "en"
    """What agents read: en, it, es or pt."""
    http: Http | None = None
    """Left out: no HTTP server."""


class Agent(Section):
    """One person of the roster."""

    name: Text
    """What customers read as the agent's name."""
    slack: Text | None = None
    """The agent in Slack: id, #name or e-mail address. Without it the agent can't act in Slack."""
    telegram: TelegramUser | None = None
    """The agent's numeric user id in Telegram. Without it the agent can't act in a team's Telegram group."""
    email: MailAddress | None = None
    """The address the agent writes mail from."""
    signature: Text | None = None
    """What stands below the agent's replies by mail."""
    languages: tuple[Language, ...] = ()
    """The languages the agent answers in; none named: all of the desk's."""
    skills: Texts = ()
    """What `assign: skills` and rules look for."""
    capacity: Annotated[Whole, Field(ge=1, le=10_000)] | None = None
    """How many open tickets at most are given to the agent; left out: any number."""
    hours: Text | None = None
    """The calendar of the agent's own duty, within the team's; left out: the team's."""
    absences: FilePath | None = None
    """A calendar file (.ics): while one of its events lasts, the agent is away."""

    @property
    def users(self) -> tuple[str, ...]:
        """The agent's ids where agents work: in Slack, in Telegram. Nobody's who has only mail."""
        return tuple(user for user in (self.slack, self.telegram) if user is not None)


class Team(Section):
    """Agents who share a level, a place (a Slack channel or a Telegram group) and hours."""

    level: Level = 1
    """1 to 4; a ticket goes up from level to level."""
    slack: Text | None = None
    """The Slack channel in which this team's tickets are threads: id or #name."""
    telegram: TelegramGroup | None = None
    """In place of slack: the Telegram group, with topics, in which this team's tickets are topics: its numeric id."""
    members: Members = ()
    """Keys of agents; `channel`: whoever is in the team's Slack channel is one of them, under `agents` or not."""
    role: Role = "solver"
    """solver: its people work on tickets; dispatcher: they only direct them, so `assign` is manual."""
    lead: Text | None = None
    """The key of the agent who is told when a deadline is missed."""
    assign: Assign = "manual"
    """manual: someone claims or picks; round_robin: in turn; least_busy: who has fewest open; skills: who has the skills."""
    sticky: Flag = False
    """A contact's next ticket goes to the agent who had the last one."""
    escalates_to: Text | None = None
    """The team of a higher level that takes what this one can't solve; left out: the team of the next level."""
    hours: Text | None = None
    """The calendar of the team's duty; left out: always on duty."""
    handoff: Handoff = "same_thread"
    """same_thread: this team joins the ticket's thread when it takes over; own_thread: a linked thread in this team's channel."""
    mention: Text | None = None
    """The Slack user group to mention (S0GROUP); left out: the members on duty."""
    accept_within: Duration | None = None
    """How long the team has, in its hours, to accept what was escalated to it; then its lead is told, after as long again it goes up. Left out: any time."""
    skip_off_duty: Flag = False
    """true: while nobody of this team is on duty, escalations pass it and go to the next level."""
    tell_customer: Flag = False
    """true: when a ticket goes up to this team, the customer is sent the template `escalated`."""
    email: MailAddress | None = None
    """A team outside Slack (a vendor): it gets its handoffs by mail, to this address, and answers by mail."""
    may_reply: Flag = False
    """true: what people outside Slack answer to a handoff, in mail that is authenticated, goes to the customer; else it is a note."""
    attachments: Size = 10_000_000
    """How many bytes of a ticket's files go with a handoff by mail; 0B: none. The others are only named."""
    redact: Annotated[tuple[Redacted, ...], LISTED] = ()
    """What never leaves with a handoff by mail: name, address, phone, notes, files, agents, tags, timeline."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.slack is not None and self.telegram is not None:
            raise PydanticCustomError(
                "whole",
                "found both slack and telegram, expected one of them: a team's tickets show in one place",
                {},
            )
        return self


class Holidays(Section):
    """Public holidays, closed all day."""

    country: Country
    """The country's two letters (ISO 3166-1): IT."""
    subdivision: Text | None = None
    """The region's or state's code (ISO 3166-2, without the country): BZ."""


class Calendar(Section):
    """Hours a team is on duty and a clock counts. `always` is built in."""

    timezone: TimeZone | None = None
    """Left out: the desk's."""
    open: Annotated[dict[Days, Annotated[tuple[Hours, ...], LISTED]], Field(min_length=1)]
    """The hours of each day; a day that is not named is closed. `week` is the form to reckon with."""
    holidays: Holidays | None = None
    """Public holidays on which it stays closed."""
    closed: tuple[Day, ...] = ()
    """Further days on which it stays closed."""

    @property
    def week(self) -> dict[int, tuple[Span, ...]]:
        """Weekday (0 is Monday) -> its spans, in order and apart from one another. Closed days are not in it."""
        spans = {
            day: tuple(sorted(hours)) for days, hours in self.open.items() for day in weekdays(days) if hours
        }
        return dict(sorted(spans.items()))

    @property
    def closes(self) -> bool:
        """Whether there is any time at which it isn't open."""
        whole_days = sum(sum(span.end - span.start for span in spans) == 1440 for spans in self.week.values())
        return whole_days < 7 or self.holidays is not None or bool(self.closed)

    @model_validator(mode="after")
    def _hours_fit_together(self) -> Self:
        named: dict[int, str] = {}
        for days, hours in self.open.items():
            for day in weekdays(days):
                if day in named:
                    message = "found {day} in both {first} and {second}, expected each day once"
                    raise PydanticCustomError(
                        "whole", message, {"day": WEEKDAYS[day], "first": named[day], "second": days}
                    )
                named[day] = days
            spans = sorted(hours)
            for earlier, later in pairwise(spans):
                if later.start < earlier.end:
                    message = "found {first} and {second} of {days}, which overlap, expected hours apart from one another"
                    raise PydanticCustomError(
                        "whole", message, {"first": str(earlier), "second": str(later), "days": days}
                    )
        if not self.week:
            raise PydanticCustomError(
                "whole", "found a calendar that never opens, expected hours on at least one day", {}
            )
        return self
