"""`deskd check`: the configuration, the rules and their tests; what would run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from deskd.cli import printing
from deskd.cli.carrying import settings_for
from deskd.cli.options import Config, Json
from deskd.errors import ConfigError

if TYPE_CHECKING:
    from deskd.config import Settings
    from deskd.rules import RuleSet, TestResult


def check(config: Config = None, as_json: Json = False) -> None:
    """Check the configuration, the rules and their tests, and say what would run."""
    from deskd.clock import absence_files
    from deskd.clock.system import SystemClock
    from deskd.rules import lint, load_rules, run_tests, untested
    from deskd.shelf import shelves

    try:
        settings = settings_for(config)
        ruleset = load_rules(settings.desk.rules, settings)
        if wrong := (*shelves.problems(settings), *absence_files.problems(settings, SystemClock().now())):
            raise ConfigError(wrong)
    except ConfigError as error:
        if as_json:
            problems = [printing.problem_line(problem) for problem in error.problems]
            printing.write_json({"ok": False, "problems": problems})
        raise
    results = run_tests(ruleset, settings)
    failed = [result for result in results if not result.passed]
    warnings = (*lint(ruleset), *untested(ruleset))
    told = [printing.problem_line(warning) for warning in warnings]
    found = _found(settings, ruleset, failed) | {"warnings": told}
    if as_json:
        printing.write_json(found)
    else:
        for warning in warnings:
            printing.note(f"warning: {warning}")
        _say(found, failed)
    if failed:
        raise typer.Exit(1)


def _found(settings: Settings, ruleset: RuleSet, failed: list[TestResult]) -> dict[str, Any]:
    return {
        "ok": not failed,
        "problems": [
            {
                "file": result.file,
                "line": result.line,
                "column": None,
                "message": f"the test {result.name!r} fails: {'; '.join(map(str, result.differences))}",
                "remedy": None,
            }
            for result in failed
        ],
        "config": str(settings.file),
        "desk": settings.desk.name,
        "database": _without_secret(settings.desk.database),
        "languages": list(settings.desk.languages),
        "http": str(settings.desk.http.listen) if settings.desk.http else None,
        "channels": [_channel(settings, key) for key in settings.channels],
        "teams": [
            {"name": key, "level": team.level, "members": _members(team.members), "slack": team.slack}
            | ({"telegram": team.telegram} if team.telegram else {})
            for key, team in settings.teams.items()
        ],
        "levels": _levels(settings),
        "agents": list(settings.agents),
        "rules": {
            "folders": [str(folder) for folder in settings.desk.rules],
            "files": len(ruleset.source),
            "rules": len(ruleset.rules),
            "tests": len(ruleset.tests),
            "failed": len(failed),
            "hash": ruleset.hash,
        },
    }


def _levels(settings: Settings) -> list[dict[str, Any]]:
    """Each level, and when nobody of it is on duty within the next week."""
    from deskd.clock.coverage import cover
    from deskd.clock.system import SystemClock

    return [
        {
            "level": level.level,
            "teams": list(level.teams),
            "unattended_hours": round(level.hours, 2),
            "unattended": [{"from": start, "to": end} for start, end in level.gaps],
        }
        for level in cover(settings, SystemClock().now().replace(minute=0, second=0, microsecond=0))
    ]


def _channel(settings: Settings, key: str) -> dict[str, Any]:
    """A channel with the ways mail comes in and goes out, as far as it has any."""
    channel = settings.channels[key]
    mail = settings.mail_channels().get(key)
    told: dict[str, Any] = {"name": key, "type": channel.type, "team": settings.default_team(key)}
    if mail is None:
        return told | {"address": None, "receives": [channel.type], "sends": channel.type}
    receives = [
        *([f"smtp {mail.smtp.listen}"] if mail.smtp else []),
        *([f"lmtp {mail.lmtp.listen}"] if mail.lmtp else []),
        *([f"imap {mail.imap.host}:{mail.imap.port_or_default}"] if mail.imap else []),
    ]
    sends = f"smtp {mail.send.host}:{mail.send.port_or_default}" if mail.send else None
    return told | {"address": mail.address, "receives": receives, "sends": sends}


def _members(members: Sequence[str]) -> list[str] | str:
    """Who is in a channel is only known where Slack is asked."""
    from deskd.config.members import OfChannel

    return "channel" if isinstance(members, OfChannel) else list(members)


def _who(members: Sequence[str]) -> str:
    return "whoever is in its channel" if members == "channel" else ", ".join(members) or "nobody"


def _where(team: dict[str, Any]) -> str:
    return (
        f"topics in {team['telegram']}"
        if "telegram" in team
        else f"threads in {team['slack'] or 'no channel'}"
    )


def _without_secret(database: str) -> str:
    scheme, separator, rest = database.partition("://")
    user, at, host = rest.rpartition("@")
    return f"{scheme}{separator}{user.partition(':')[0]}{at}{host}" if at else database


def _say(found: dict[str, Any], failed: list[TestResult]) -> None:
    say = printing.say
    say(f"{found['config']}: {found['desk']}, languages {', '.join(found['languages'])}")
    say(f"database {found['database']}")
    for channel in found["channels"]:
        receives = ", ".join(channel["receives"]) or "nothing"
        address = f" {channel['address']}" if channel["address"] else ""
        say(
            f"channel {channel['name']} ({channel['type']}{address}): receives {receives}; sends by {channel['sends'] or 'nothing'}; team {channel['team'] or '-'}"
        )
    for team in found["teams"]:
        say(f"team {team['name']}: level {team['level']}, {_who(team['members'])}; {_where(team)}")
    for level in found["levels"]:
        if level["unattended"]:
            say(
                f"level {level['level']}: nobody on duty in {level['unattended_hours']:g} of the next 168 hours"
            )
    rules = found["rules"]
    folders = ", ".join(Path(folder).name for folder in rules["folders"]) or "no folder"
    say(
        f"rules: {rules['rules']} in {rules['files']} files ({folders}), {rules['tests']} tests, {rules['failed']} of them fail"
    )
    for result in failed:
        printing.note(str(result))
    say(
        "all is well" if found["ok"] else "the rules fail their tests: a running desk would keep its old ones"
    )
