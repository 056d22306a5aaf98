"""What no section can know by itself: names that lead nowhere, addresses that two want, clocks that don't fit their calendar.

Names are checked in the file's data as it is, so that a fault elsewhere in the same section doesn't hide them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deskd.config.channels import MailChannel, ServerTls
from deskd.config.crosslevels import check_levels
from deskd.config.endpoints import Listen
from deskd.config.explain import Reporter, dotted
from deskd.config.members import OfChannel
from deskd.config.nearest import did_you_mean, one_of
from deskd.config.settings import Settings
from deskd.errors import Problem
from deskd.yamlfile import Path

BUILT_IN_CALENDARS = ("always",)
BUILT_IN_CHANNELS = ("phone",)
BUILT_IN_TEMPLATES = ("received", "resolved", "still_there", "out_of_hours", "escalated", "rate")
_SLACK_CHANNEL = re.compile(r"#.+|[CG][A-Z0-9]{2,}")
_NOTIFIED_BY_ROLE = ("lead", "assignee", "team")


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a name stands (`*` is any key or index), and in which section it must be defined."""

    path: tuple[str, ...]
    section: str
    built_in: tuple[str, ...] = ()


REFERENCES = (
    Reference(("channels", "*", "team"), "teams"),
    Reference(("teams", "*", "members", "*"), "agents"),
    Reference(("teams", "*", "lead"), "agents"),
    Reference(("teams", "*", "escalates_to"), "teams"),
    Reference(("teams", "*", "hours"), "calendars", BUILT_IN_CALENDARS),
    Reference(("agents", "*", "hours"), "calendars", BUILT_IN_CALENDARS),
    Reference(("sla", "*", "calendar"), "calendars", BUILT_IN_CALENDARS),
    Reference(("sla", "*", "when", "team"), "teams"),
    Reference(("sla", "*", "when", "team", "*"), "teams"),
    Reference(("sla", "*", "when", "assignee"), "agents"),
    Reference(("sla", "*", "when", "assignee", "*"), "agents"),
    Reference(("sla", "*", "when", "channel"), "channels", BUILT_IN_CHANNELS),
    Reference(("sla", "*", "when", "channel", "*"), "channels", BUILT_IN_CHANNELS),
)


def check_names(report: Reporter) -> Iterator[Problem]:
    """Names that nobody defined."""
    for reference in REFERENCES:
        known = list(dict.fromkeys((*_keys(report.data, reference.section), *reference.built_in)))
        for path, name in _walk(report.data, reference.path, ()):
            if isinstance(name, str) and name not in known:
                what = (
                    f"found {report.found(path)} for {dotted(path)}, which {reference.section} doesn't define"
                )
                expected = one_of(known) if known else f"a key of {reference.section}"
                yield report.at(path, f"{what}, expected {expected}", did_you_mean(name, known))


def check_notify(report: Reporter) -> Iterator[Problem]:
    """`notify` of a breach names a role, an agent, a team or a #channel."""
    known = [*_NOTIFIED_BY_ROLE, *_keys(report.data, "agents"), *_keys(report.data, "teams")]
    for path, name in _walk(report.data, ("sla", "*", "on_breach", "*", "notify"), ()):
        if isinstance(name, str) and name not in known and not _SLACK_CHANNEL.fullmatch(name):
            message = (
                f"found {report.found(path)} for {dotted(path)}, expected a Slack channel or {one_of(known)}"
            )
            yield report.at(path, message, did_you_mean(name, known))


def check_together(report: Reporter, valid: Settings) -> Iterator[Problem]:
    """What sections say against each other. `valid` holds those entries that are right by themselves."""
    yield from _addresses(report, valid)
    yield from _people(report, valid)
    yield from check_levels(report, valid)
    yield from _places(report, valid)
    yield from _listeners(report, valid)
    yield from _mailboxes(report, valid)
    yield from _http(report, valid)
    yield from _members(report, valid)
    yield from _days_that_close(report, valid)
    yield from _template_languages(report, valid)
    yield from _holidays(report, valid)


def _holidays(report: Reporter, valid: Settings) -> Iterator[Problem]:
    """Countries and regions whose holidays nobody knows would be open all year."""
    named = {key: calendar.holidays for key, calendar in valid.calendars.items() if calendar.holidays}
    if not named:
        return
    from holidays import list_supported_countries  # late: few desks name a country

    known = list_supported_countries()
    for key, public in named.items():
        path: Path = ("calendars", key, "holidays")
        if public.country not in known:
            message = f"found {public.country}, whose holidays aren't known, expected another country's or `closed` days"
            yield report.at((*path, "country"), message)
        elif public.subdivision is not None and public.subdivision not in known[public.country]:
            regions = known[public.country]
            message = f"found {public.subdivision}, expected {one_of(regions) if regions else 'no region'}"
            yield report.at((*path, "subdivision"), message, did_you_mean(public.subdivision, regions))


def _addresses(report: Reporter, valid: Settings) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for key, channel in valid.mail_channels().items():
        for path, address in _own_addresses(key, channel):
            owner = owners.setdefault(address.casefold(), key)
            if owner != key:
                yield report.at(
                    path,
                    f"found {address}, which channels.{owner} has already, expected each address in one channel",
                )
    for key, agent in valid.agents.items():
        if agent.email and agent.email.casefold() in owners:
            owner = owners[agent.email.casefold()]
            message = f"found {agent.email}, which is the desk's own address (channels.{owner}), expected the agent's"
            yield report.at(("agents", key, "email"), message)


def _own_addresses(key: str, channel: MailChannel) -> Iterator[tuple[Path, str]]:
    yield ("channels", key, "address"), channel.address
    for index, alias in enumerate(channel.aliases):
        yield ("channels", key, "aliases", index), alias


def _people(report: Reporter, valid: Settings) -> Iterator[Problem]:
    for surface in ("slack", "telegram", "email"):
        seen: dict[str, str] = {}
        for key, agent in valid.agents.items():
            name = getattr(agent, surface)
            first = seen.setdefault(name.casefold(), key) if name else key
            if first != key:
                message = f"found {report.found(('agents', key, surface))}, which agents.{first} has already"
                yield report.at(("agents", key, surface), f"{message}, expected it at one agent")


def _places(report: Reporter, valid: Settings) -> Iterator[Problem]:
    """Where agents work, each team has a place of its own."""
    yield from _topics(report, valid)
    if not valid.agents_channels():
        return
    in_slack = bool(valid.slack_channels())
    if not _keys(report.data, "teams"):
        place = "Slack channel, in which its tickets are threads"
        example = "{slack: C0FRONT}"
        if not in_slack:
            place, example = "Telegram group, in which its tickets are topics", "{telegram: -1001234567890}"
        message = f"found no team, expected one with a {place}"
        yield report.at(("teams",), message, f"add teams: {{front-desk: {example}}}", key=True)
    for key, team in valid.teams.items():
        if team.slack is None and team.telegram is None and team.email is None:
            name, place = "slack", "the channel in which its tickets are threads"
            if not in_slack:
                name, place = "telegram", "the group in which its tickets are topics"
            yield report.at(
                ("teams", key, name), f"found no {name!r} in teams.{key}, expected {place}", key=True
            )
        if team.slack is not None and not in_slack:
            message = f"found {team.slack}, and no Slack channel, expected telegram, the group in which its tickets are topics"
            yield report.at(("teams", key, "slack"), message)


def _topics(report: Reporter, valid: Settings) -> Iterator[Problem]:
    """A team's group wants a bot that may work there, and only one: it would be unclear whose topics they are."""
    with_topics = [key for key, channel in valid.telegram_channels().items() if channel.topics]
    for key in with_topics[1:]:
        message = f"found topics in channels.{key}, and in channels.{with_topics[0]} already, expected one bot with topics"
        yield report.at(("channels", key, "topics"), message, "leave topics out at the others")
    if with_topics:
        return
    if valid.desk.admins is not None and valid.desk.admins.startswith("-"):
        message = f"found {valid.desk.admins}, a Telegram group, and no Telegram channel with topics, expected a Slack channel"
        yield report.at(("desk", "admins"), message)
    bots = list(valid.telegram_channels())
    remedy = (
        f"add topics: true to channels.{bots[0]}"
        if bots
        else "add a channel of type telegram with topics: true"
    )
    for key, team in valid.teams.items():
        if team.telegram is not None:
            message = (
                f"found {team.telegram}, and no Telegram channel with topics, expected a bot that works there"
            )
            yield report.at(("teams", key, "telegram"), message, remedy)


def _listeners(report: Reporter, valid: Settings) -> Iterator[Problem]:
    taken: dict[str, tuple[str, str]] = {}
    if valid.desk.http is not None and valid.desk.http.listen.port:
        taken[str(valid.desk.http.listen)] = ("http", "desk.http")
    for key, channel in valid.mail_channels().items():
        for protocol, listener in (("smtp", channel.smtp), ("lmtp", channel.lmtp)):
            if listener is None or not _fixed(listener.listen):
                continue
            name = dotted(("channels", key, protocol))
            first = taken.setdefault(str(listener.listen), (protocol, name))
            if first[0] != protocol:
                message = f"found {listener.listen}, where {first[1]} listens already, expected an address of its own"
                yield report.at(("channels", key, protocol, "listen"), message)
    yield from _shared_tls(report, valid)


def _shared_tls(report: Reporter, valid: Settings) -> Iterator[Problem]:
    """A listener shows one certificate, whichever of the channels that share it names it."""
    first: dict[str, tuple[str, ServerTls]] = {}
    for key, channel in valid.mail_channels().items():
        if channel.smtp is None or channel.smtp.tls is None or not _fixed(channel.smtp.listen):
            continue
        owner, tls = first.setdefault(str(channel.smtp.listen), (key, channel.smtp.tls))
        if tls != channel.smtp.tls:
            message = (
                f"found another certificate than channels.{owner} has on the same address, expected the same"
            )
            yield report.at(("channels", key, "smtp", "tls"), message, key=True)


def _mailboxes(report: Reporter, valid: Settings) -> Iterator[Problem]:
    """A folder that two channels read would give each mail to either."""
    first: dict[tuple[str, str, str], str] = {}
    for key, channel in valid.mail_channels().items():
        if channel.imap is None:
            continue
        read = (channel.imap.host.lower(), channel.imap.username, channel.imap.folder)
        owner = first.setdefault(read, key)
        if owner != key:
            message = f"found the folder {channel.imap.folder} that channels.{owner} reads already, expected another folder or mailbox"
            yield report.at(("channels", key, "imap"), message, key=True)


def _fixed(listen: Listen) -> bool:
    return listen.path is not None or listen.port != 0


def _http(report: Reporter, valid: Settings) -> Iterator[Problem]:
    if valid.desk.http is not None:
        return
    for key, slack in valid.slack_channels().items():
        if slack.app_token is None:
            message = "found signing_secret without desk.http, expected an HTTP server for Slack's events"
            yield report.at(("channels", key, "signing_secret"), message, _HTTP_REMEDY, key=True)
    for key, telegram in valid.telegram_channels().items():
        if telegram.webhook is not None:
            message = "found webhook without desk.http, expected an HTTP server for Telegram's calls"
            yield report.at(("channels", key, "webhook"), message, _HTTP_REMEDY, key=True)


def _members(report: Reporter, valid: Settings) -> Iterator[Problem]:
    """Whoever is in a channel can only be asked of Slack."""
    for key, team in valid.teams.items():
        if isinstance(team.members, OfChannel) and (team.slack is None or not valid.slack_channels()):
            message = "found members: channel without a Slack channel, expected slack, or a list of agents"
            yield report.at(("teams", key, "members"), message)


_HTTP_REMEDY = "add to desk: http: {listen: 127.0.0.1:8080}"


def _days_that_close(report: Reporter, valid: Settings) -> Iterator[Problem]:
    """A day under a calendar that closes: 24 hours, or a working day? We ask rather than guess."""
    for key, policy in valid.sla.items():
        calendar = valid.calendars.get(policy.calendar)
        if calendar is None or not calendar.closes:
            continue
        paths: list[Path] = [("sla", key, name) for name in policy.durations()]
        paths += [("sla", key, "on_breach", index, "after") for index, _ in enumerate(policy.on_breach)]
        for path in paths:
            written = _written(report, path)
            if isinstance(written, str) and "d" in written:
                form = f"hours, since the calendar {policy.calendar} closes and a day of it could mean two things"
                yield report.wrong(path, form, "a working day of eight hours is 8h")


def _template_languages(report: Reporter, valid: Settings) -> Iterator[Problem]:
    """Templates of one's own want a text to fall back to; which one that is must have been said."""
    if "languages" not in valid.desk.model_fields_set:
        return
    default = valid.desk.languages[0]
    for name, texts in valid.templates.items():
        if name not in BUILT_IN_TEMPLATES and default not in texts:
            message = (
                f"found templates.{name} without {default}, the desk's default language, expected its text"
            )
            yield report.at(("templates", name), message, f"add {default}: …", key=True)


def _written(report: Reporter, path: Path) -> Any:
    try:
        return report.value(path)
    except (KeyError, IndexError, TypeError):
        return None


def _keys(data: Any, section: str) -> list[str]:
    entries = data.get(section) if isinstance(data, dict) else None
    return list(entries) if isinstance(entries, dict) else []


def _walk(value: Any, pattern: tuple[str, ...], path: Path) -> Iterator[tuple[Path, Any]]:
    if not pattern:
        yield path, value
        return
    step, *rest = pattern
    if isinstance(value, dict):
        steps: list[str | int] = list(value) if step == "*" else [step] if step in value else []
    else:
        steps = list(range(len(value))) if step == "*" and isinstance(value, tuple) else []
    for inner in steps:
        yield from _walk(value[inner], tuple(rest), (*path, inner))
