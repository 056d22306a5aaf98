"""A ticket that isn't there, for `deskd simulate --ticket FILE`: a mail, or a YAML file that describes one and what is to hold of its ticket.

```yaml
message: {channel: support-mail, from: maria@cliente.example, subject: Fattura 118, text: Non torna il totale}   # as in a rule file's tests
ticket: {priority: urgent, team: specialists, assignee: carla, tags: [vip]}                                       # over what the rules say; may be left out
```
"""

from __future__ import annotations

import email.policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Annotated, ClassVar, Final

from pydantic import Field, ValidationError

from deskd import roster
from deskd.config import Settings
from deskd.desk import desk
from deskd.desk.commands import Assign, Command, SetPriority, SetStatus, Tag
from deskd.errors import ConfigError, UsageError
from deskd.events import Events
from deskd.model import Assignment, Envelope, Grade, Priority, RawMessage, Status
from deskd.pipeline import Pipeline
from deskd.ports import Clock
from deskd.rules import RuleSet
from deskd.rules.problems import problems_of
from deskd.rules.spec import Spec
from deskd.rules.trial import TrialMessage
from deskd.store import Store, Work, apply, extract, tickets
from deskd.yamlfile import read_yaml

YAML: Final = frozenset({".yaml", ".yml"})
WHO: Final = "system"


class SupposedTicket(Spec):
    """What is to hold of the ticket."""

    EXPECTED: ClassVar[str] = "a map of priority, urgency, impact, status, team, assignee, tags"

    priority: Priority | None = None
    urgency: Grade | None = None
    impact: Grade | None = None
    status: Status | None = None
    team: str | None = None
    assignee: str | None = None
    tags: Annotated[list[str], Field(default_factory=list)]


class Supposed(Spec):
    """The whole file."""

    EXPECTED: ClassVar[str] = "a map of message, ticket"

    message: TrialMessage
    ticket: SupposedTicket | None = None


def read_supposed(path: Path, settings: Settings, clock: Clock) -> tuple[RawMessage, SupposedTicket | None]:
    """The mail of a file, and what is to hold besides. Raises `ConfigError` with the places of all that is wrong, or `UsageError`."""
    if path.suffix not in YAML:
        try:
            return _raw(path.read_bytes(), _channel(settings, "")), None
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror}") from error
    document = read_yaml(path)
    try:
        supposed = Supposed.model_validate(document.data)
    except ValidationError as error:
        raise ConfigError(list(problems_of(error, document, Supposed))) from None
    _check_names(supposed.ticket, settings, path)
    if supposed.message.file is not None:
        raise UsageError(f"{path}: message.file: give that file to --ticket itself")
    channel = _channel(settings, supposed.message.channel)
    return _raw(_mail(supposed.message, settings, channel, clock), channel), supposed.ticket


async def open_supposed(
    store: Store,
    settings: Settings,
    ruleset: RuleSet,
    clock: Clock,
    raw: RawMessage,
    facts: SupposedTicket | None,
) -> str:
    """File the mail as the daemon would and let the rest hold; the ticket's reference. Raises `UsageError` where no ticket comes of it."""
    pipeline = Pipeline(
        settings, store, ruleset, clock, Events(now=clock.now), "simulation", roster.people(settings)
    )
    try:
        await pipeline.accept(raw)
        await pipeline.work_off()
    finally:
        pipeline.close()
    ticket_id = await store.read(extract.newest)
    if ticket_id is None:
        raise UsageError("no ticket comes of that message: the rules discard it")

    def unit(work: Work) -> str:
        for command in _commands(settings, facts):
            state = tickets.state(work, ticket_id)
            apply.apply(work, state, desk(settings, state, command, clock.now()), clock.now())
        ticket = tickets.load(work, ticket_id)
        return ticket.ref if ticket is not None else ""

    return await store.write(unit)


def _commands(settings: Settings, facts: SupposedTicket | None) -> list[Command]:
    if facts is None:
        return []
    found: list[Command] = []
    if facts.team or facts.assignee:
        team = facts.team or next(
            (key for key, one in settings.teams.items() if facts.assignee in one.members), None
        )
        found.append(Assign(WHO, Assignment(team, facts.assignee, "supposed")))
    if facts.priority or facts.urgency or facts.impact:
        found.append(SetPriority(WHO, facts.priority, facts.urgency, facts.impact))
    if facts.tags:
        found.append(Tag(WHO, tuple(facts.tags)))
    if facts.status:
        found.append(SetStatus(WHO, facts.status))
    return found


def _check_names(facts: SupposedTicket | None, settings: Settings, path: Path) -> None:
    named = (
        (("teams", facts.team, settings.teams), ("agents", facts.assignee, settings.agents)) if facts else ()
    )
    for section, name, known in named:
        if name is not None and name not in known:
            raise UsageError(f"{path}: {name!r} is not in {section}: there are {', '.join(known) or 'none'}")


def _channel(settings: Settings, wanted: str) -> str:
    mails = settings.mail_channels()
    if wanted and wanted not in mails:
        raise UsageError(
            f"{wanted!r} is no mail channel: there are {', '.join(mails) or 'none'}; a simulation begins with a mail"
        )
    if not mails:
        raise UsageError("the desk has no mail channel; a simulation begins with a mail")
    return wanted or next(iter(mails))


def _raw(payload: bytes, channel: str) -> RawMessage:
    return RawMessage(channel, "simulate", "1", payload, Envelope())


def _mail(spec: TrialMessage, settings: Settings, channel: str, clock: Clock) -> bytes:
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = spec.from_
    message["To"] = ", ".join(spec.to) or settings.mail_channels()[channel].address
    if spec.cc:
        message["Cc"] = ", ".join(spec.cc)
    message["Subject"] = spec.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = "<simulated@customer.example>"
    for name, values in spec.headers.items():
        for value in values:
            message[name] = value
    message.set_content(spec.body or spec.text)
    return message.as_bytes()
