"""`tests:` of rule files, run without a desk: each a message or event made up from what the test says, and the verdict beside what it expects."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from email.utils import parseaddr
from typing import Any

from deskd.errors import MalformedMessage
from deskd.model import Address, Attachment, Envelope, Message
from deskd.parse import parse_mail
from deskd.priority import priority_of
from deskd.rules.evaluate import evaluate, explain
from deskd.rules.facts import ContactFacts, Facts, TicketFacts
from deskd.rules.names import Names, names_of
from deskd.rules.ruleset import RuleSet, Trial
from deskd.rules.trial import TrialMessage, TrialSpec, TrialTicket
from deskd.rules.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing expected that turned out otherwise."""

    key: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.key}: expected {self.expected}, found {self.found}"


@dataclass(frozen=True, slots=True)
class TestResult:
    """`fired` are the rules that fired, in order. `line` counts from 1."""

    __test__ = False  # for pytest: no class of tests

    name: str
    file: str
    line: int
    differences: tuple[Difference, ...]
    fired: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.differences

    def __str__(self) -> str:
        told = "".join(f"\n    {difference}" for difference in self.differences)
        return f"{self.file}:{self.line}: {self.name}: {'ok' if self.passed else 'failed'}{told}"


def run_tests(
    rules: RuleSet, settings: Any | None = None, only: Iterable[Trial] | None = None
) -> tuple[TestResult, ...]:
    """The outcome of each test of `rules` (or of `only` those given). `settings` fills in what a desk would know: the channel's team, its level."""
    names = names_of(settings) if settings is not None else rules.names
    return tuple(
        _run(replace(rules, names=names), trial, names) for trial in (rules.tests if only is None else only)
    )


def _run(rules: RuleSet, trial: Trial, names: Names) -> TestResult:
    try:
        facts = facts_of(trial.spec, names, trial.mail)
    except MalformedMessage as malformed:
        unread = Difference("message", "a message that can be read", str(malformed))
        return TestResult(trial.name, trial.file, trial.line, (unread,), ())
    verdict = evaluate(rules, facts)
    fired = tuple(rule.name for rule in verdict.fired)
    differences = tuple(_differences(trial.spec, verdict, fired))
    if any(one.key in ("rules", "fires") for one in differences):
        differences = _with_reasons(differences, trial.spec, rules, facts)
    return TestResult(trial.name, trial.file, trial.line, differences, fired)


def _with_reasons(
    differences: tuple[Difference, ...], spec: TrialSpec, rules: RuleSet, facts: Facts
) -> tuple[Difference, ...]:
    """Rules that should have fired, with why they didn't."""
    wanted = {*(spec.expect.rules or ()), *(spec.expect.fires or ())}
    missed = {
        trace.name: trace.because
        for trace in explain(rules, facts)
        if trace.name in wanted and not trace.fired
    }
    why = "; ".join(f"{name}: {because}" for name, because in missed.items())
    return tuple(
        replace(one, found=f"{one.found} ({why})") if one.key in ("rules", "fires") and why else one
        for one in differences
    )


def facts_of(spec: TrialSpec, names: Names | None = None, mail: bytes | None = None) -> Facts:
    """The facts a test describes; what it leaves out is as for a new ticket of an unknown customer. `mail`: the file that its message names.

    Raises `MalformedMessage` for a file that can't be read.
    """
    names = names or Names()
    message = message_of(spec.message, mail) if spec.message else None
    channel = (spec.message.channel if spec.message else "") or spec.channel or ""
    return Facts(
        event=spec.event,
        channel=channel,
        message=message,
        new=spec.new if spec.new is not None else spec.event in ("message", "ticket"),
        ticket=_ticket(spec.ticket or _NEW, names, channel),
        contact=_contact(spec, message),
        hours={calendar: state == "open" for calendar, state in spec.hours.items()},
        language=spec.language or (message.language if message else None) or "",
    )


def message_of(spec: TrialMessage, mail: bytes | None = None) -> Message:
    """The message a test describes: what its file says, and what it says itself instead."""
    if mail is None:
        return _written(spec)
    if (spec.file or "").casefold().endswith(".json"):
        return _written(_from_json(spec, mail))
    own, found = _written(spec), parse_mail(mail, Envelope())
    given = {_FIELDS.get(key, key) for key in spec.model_fields_set - {"file", "channel"}}
    if "text" in given:
        given.add("body")
    return replace(found, **{name: getattr(own, name) for name in given})


_FIELDS = {"from_": "sender"}


def _from_json(spec: TrialMessage, content: bytes) -> TrialMessage:
    try:
        data = json.loads(content)
        given = spec.model_dump(by_alias=True, exclude_unset=True, exclude={"file"})
        return TrialMessage.model_validate({**data, **given})
    except (ValueError, TypeError) as error:  # pydantic's is a ValueError
        raise MalformedMessage(f"{spec.file} holds no message: {error}") from error


def _written(spec: TrialMessage) -> Message:
    return Message(
        sender=_address(spec.from_),
        to=tuple(map(_address, spec.to)),
        cc=tuple(map(_address, spec.cc)),
        subject=spec.subject,
        kind=spec.kind,
        language=spec.language,
        text=spec.text,
        body=spec.text if spec.body is None else spec.body,
        attachments=tuple(Attachment(one.name, one.type, one.size, sha256="") for one in spec.attachments),
        headers=tuple((name, value) for name, values in spec.headers.items() for value in values),
    )


_NEW = TrialTicket.model_validate({"status": "new"})


def _address(written: str) -> Address:
    name, address = parseaddr(written)
    return Address(name, address or written)


def _ticket(spec: TrialTicket, names: Names, channel: str) -> TicketFacts:
    team = spec.team or names.channels.get(channel)
    return TicketFacts(
        status=spec.status,
        priority=spec.priority or priority_of(spec.urgency, spec.impact),
        urgency=spec.urgency,
        impact=spec.impact,
        level=spec.level or names.level_of(team, 1),
        team=team,
        assignee=spec.assignee,
        tags=tuple(spec.tags),
        age=spec.age or spec.idle or timedelta(),
        idle=spec.idle or timedelta(),
        messages=spec.messages,
        priority_set=spec.priority is not None,
    )


def _contact(spec: TrialSpec, message: Message | None) -> ContactFacts:
    given = spec.contact
    address = (given.address if given else None) or (message.sender.address if message else "")
    domain = address.rpartition("@")[2] if "@" in address else ""
    return ContactFacts(
        address=address,
        domain=(given.domain if given else None) or domain,
        name=(given.name if given else None) or (message.sender.name if message else ""),
        language=given.language if given else None,
        tags=tuple(given.tags) if given else (),
        tickets=given.tickets if given else 0,
    )


def _differences(spec: TrialSpec, verdict: Verdict, fired: tuple[str, ...]) -> Iterator[Difference]:
    found = outcome(verdict)
    for key in sorted(spec.expect.model_fields_set):
        expected = getattr(spec.expect, key)
        if key == "rules":
            yield from _rules_differ(expected, fired)
        elif key == "fires":
            yield from (Difference(key, repr(name), _listed(fired)) for name in expected if name not in fired)
        elif key == "not_fires":
            yield from (
                Difference(key, f"not {name!r}", _why(name, verdict)) for name in expected if name in fired
            )
        elif key in ("tags", "contact_tags"):
            if {tag.casefold() for tag in expected} != {tag.casefold() for tag in found[key]}:
                yield Difference(key, _listed(expected), _listed(found[key]))
        elif _plain(expected) != _plain(found[key]):
            yield Difference(key, _said(expected), _said(found[key]))


def outcome(verdict: Verdict) -> dict[str, Any]:
    """What came of a run, by the keys that `expect` has for it."""
    ticket = verdict.ticket
    kinds = [act.kind for act in verdict.actions]
    values = {kind: [act.value for act in verdict.actions if act.kind == kind] for kind in kinds}
    return {
        **{
            key: getattr(ticket, key)
            for key in ("tags", "priority", "urgency", "impact", "status", "level", "team", "assignee")
        },
        "agent": ticket.assignee,
        "contact_tags": verdict.contact_tags,
        "language": verdict.language,
        "replies": [getattr(value, "template", "") for value in values.get("reply", [])],
        "notes": [getattr(value, "text", "") for value in values.get("note", [])],
        "notifies": [getattr(value, "whom", "") for value in values.get("notify", [])],
        "escalated": "escalate" in kinds,
        "spam": ticket.status == "spam",
        "discard": "discard" in kinds,
        "stop": verdict.stopped_by is not None,
    }


def _rules_differ(expected: list[str], fired: tuple[str, ...]) -> Iterator[Difference]:
    if set(expected) != set(fired):
        yield Difference("rules", _listed(expected), _listed(fired))


def _why(name: str, verdict: Verdict) -> str:
    return next(f"it fired because {rule.because}" for rule in verdict.fired if rule.name == name)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else value


def _listed(values: Iterable[str]) -> str:
    return f"[{', '.join(values)}]"


def _said(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _listed(value) if isinstance(value, list | tuple) else str(value)
