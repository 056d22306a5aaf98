"""The log, set up once a process: for people on a terminal, or a JSON object a line, with the journal's level in front where the journal reads.

deskd's own lines and those of the libraries come out in one form. Tracebacks never show values, since these hold customers' words, and whatever
looks like a token is blotted out.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, Literal, TextIO

from deskd.lightly import without

with without("rich"):  # see events.py
    import structlog
    from structlog.typing import Processor

Form = Literal["console", "json", "journal"]

_NOISY: Final = (
    "slack_bolt",
    "slack_sdk",
    "apscheduler",
    "mail.log",
    "aiohttp.access",
    "httpx",
    "alembic",
)
_PRIORITY: Final = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}
"""sd-daemon(3): a line that begins with <N> is of that syslog priority."""
_TOKEN: Final = re.compile(
    r"xox[abeprs]-[\w-]{4,}|xapp-[\w-]{4,}|\bbot\d{5,}:[\w-]{10,}|://[^\s/:@]+:[^\s/@]+@"
)


def form_for(wanted: str | None, env: Mapping[str, str], stream: TextIO) -> Form:
    """`wanted`, console or json, if it is given; else json with levels where systemd's journal reads `stream`, else console."""
    if _is_journal(env, stream):
        return "journal" if wanted in (None, "json") else "console"
    return "json" if wanted == "json" else "console"


def _is_journal(env: Mapping[str, str], stream: TextIO) -> bool:
    """$JOURNAL_STREAM is the journal's device and inode (systemd.exec(5)): a stream that goes elsewhere has others."""
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return env.get("JOURNAL_STREAM") == f"{status.st_dev}:{status.st_ino}"


def set_up_logging(stream: TextIO, form: Form = "console", level: str = "info") -> None:
    """Log to `stream` from now on: deskd from `level` on, libraries from warnings on."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    rendered = _rendered(form, stream)
    structlog.configure(
        processors=[*shared, *rendered],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendered],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.ERROR)


def _rendered(form: Form, stream: TextIO) -> list[Processor]:
    if form == "console":
        shown = structlog.dev.ConsoleRenderer(
            colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        return [_without_tokens, shown]
    end: list[Processor] = [structlog.processors.format_exc_info, _without_tokens]
    return [*end, _for_journal if form == "journal" else structlog.processors.JSONRenderer()]


def _for_journal(logger: Any, name: str, line: MutableMapping[str, Any]) -> str:
    """One JSON object behind its priority; the journal has the time itself, but who copies the line elsewhere needs it."""
    priority = _PRIORITY.get(str(line.get("level")), 6)
    return f"<{priority}>{structlog.processors.JSONRenderer()(logger, name, line)!s}"


def _without_tokens(logger: Any, name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Errors of other programs may quote what they were given."""
    for key, value in line.items():
        if isinstance(value, str):
            line[key] = _TOKEN.sub("***", value)
        elif isinstance(value, list):
            line[key] = [_TOKEN.sub("***", one) if isinstance(one, str) else one for one in value]
    return line
