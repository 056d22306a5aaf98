"""What `deskd doctor` looks at on this machine: the rules, the addresses to listen on, the database. What it asks of accounts stands with their connectors.

Each look gives findings with a remedy; none changes anything, and none stops the others.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from deskd.config import Listen, Settings
from deskd.config.members import OfChannel
from deskd.errors import ConfigError, DeskdError
from deskd.ports import Finding
from deskd.reloading import load_and_test
from deskd.store.condition import condition

WITHIN: Final = 60.0  # seconds for one part

_IN_USE: Final = "stop what listens there (ss -ltnp), or choose another address"


async def examine(
    settings: Settings, accounts: Mapping[str, Awaitable[Sequence[Finding]]], *, running: bool
) -> list[Finding]:
    """All findings, this machine's first. `accounts`: the looks at each account, by name; `running`: the desk's daemon runs here."""
    here = [*rules(settings), *listening(settings, running=running), *people(settings)]
    here += await asyncio.to_thread(condition, settings.desk.database)
    asked = await asyncio.gather(*[_within(name, look) for name, look in accounts.items()])
    return here + [finding for found in asked for finding in found]


async def _within(name: str, look: Awaitable[Sequence[Finding]]) -> Sequence[Finding]:
    try:
        return await asyncio.wait_for(look, WITHIN)
    except TimeoutError:
        return [
            Finding(
                name,
                "wrong",
                f"it has not answered for {WITHIN:.0f} s",
                "check the network between here and there",
            )
        ]
    except DeskdError as failure:
        return [Finding(name, "wrong", str(failure))]
    except Exception as failure:
        return [Finding(name, "wrong", f"it can't be examined: {type(failure).__name__}: {failure}")]


# ── rules ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def rules(settings: Settings) -> list[Finding]:
    """Whether they load, and pass their own tests. (Templates are checked with the configuration itself.)"""
    try:
        ruleset, failed = load_and_test(settings)
    except ConfigError as error:
        return [Finding("rules", "wrong", str(problem), "`deskd rules check`") for problem in error.problems]
    if failed:
        return [Finding("rules", "wrong", str(problem), "`deskd rules test`") for problem in failed]
    if not ruleset.rules:
        return [Finding("rules", "warning", "there are none: no mail is tagged, routed or acknowledged")]
    return [Finding("rules", "ok", f"{len(ruleset.rules)} rules, {len(ruleset.tests)} tests, all pass")]


def people(settings: Settings) -> Iterator[Finding]:
    """Who is told when something fails."""
    if settings.desk.admins is None:
        yield Finding("alerts", "warning", "nobody is told in Slack when something fails", "set desk.admins")
    if settings.desk.alert_mail is None:
        yield Finding("alerts", "warning", "nobody is told when Slack itself fails", "set desk.alert_mail")
    for key, team in settings.teams.items():
        if not team.members and not isinstance(team.members, OfChannel):
            yield Finding(f"teams.{key}", "warning", "nobody is in it", "name its members")


# ── listeners ────────────────────────────────────────────────────────────────────────────────────────────────────────


def listening(settings: Settings, *, running: bool) -> Iterator[Finding]:
    """Whether each address is free, or the running daemon's own."""
    for listen, what in _addresses(settings).items():
        failure = try_to_listen(listen)
        if failure is None:
            idle = running and bool(listen.port)
            left = ", though deskd runs: start it again to let it listen there" if idle else ""
            yield Finding(what, "warning" if idle else "ok", f"{listen} is free{left}")
        elif failure.errno == errno.EADDRINUSE and running:
            yield Finding(what, "ok", f"{listen} is taken, as it should be while deskd runs")
        elif failure.errno == errno.EADDRINUSE:
            yield Finding(what, "wrong", f"{listen} is taken by another program", _IN_USE)
        else:
            yield Finding(what, "wrong", f"{listen}: {failure.strerror or failure}", _remedy(failure))


def _addresses(settings: Settings) -> dict[Listen, str]:
    found: dict[Listen, str] = {}
    for key, channel in settings.mail_channels().items():
        for kind, listener in (("smtp", channel.smtp), ("lmtp", channel.lmtp)):
            if listener is not None:
                found.setdefault(listener.listen, f"{key}.{kind}")
    if settings.desk.http is not None:
        found.setdefault(settings.desk.http.listen, "desk.http")
    return found


def try_to_listen(listen: Listen) -> OSError | None:
    """Why nobody can listen there now, or None."""
    if listen.path is not None:
        return _try_path(listen.path)
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            listen.host, listen.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the daemon does
            probe.bind(address)
            probe.listen(1)
    except OSError as failure:
        return failure
    return None


def _try_path(path: Path) -> OSError | None:
    """A Unix socket that nobody listens on is in nobody's way."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.connect(str(path))
        return OSError(errno.EADDRINUSE, "another program listens there")
    except (FileNotFoundError, ConnectionRefusedError):
        if os.access(path.parent, os.W_OK):
            return None
        return OSError(errno.EACCES, f"{path.parent} isn't there, or not writable")
    except OSError as failure:
        return failure


def _remedy(failure: OSError) -> str:
    if failure.errno in (errno.EACCES, errno.EPERM):
        return "ports below 1024 are handed over by systemd (systemd/deskd.socket); a path needs a folder that deskd may write to"
    if failure.errno == errno.EADDRNOTAVAIL:
        return "this machine doesn't have that address: 0.0.0.0 or [::] is all of them"
    return ""
