"""The forms of `amounts`, `endpoints`, `names` and `times` as types for pydantic: how each is read, written, and checked by editors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, PlainSerializer, PlainValidator, WithJsonSchema

from deskd.config.amounts import (
    duration_text,
    parse_duration,
    parse_percent,
    parse_size,
    percent_text,
    size_text,
)
from deskd.config.endpoints import (
    Listen,
    parse_address,
    parse_database,
    parse_listen,
    parse_path,
    parse_paths,
    parse_tcp,
    parse_url,
)
from deskd.config.names import (
    parse_country,
    parse_group,
    parse_language,
    parse_person,
    parse_prefix,
    parse_regexp,
    place_as_text,
)
from deskd.config.times import WEEKDAYS, Span, parse_date, parse_days, parse_span, parse_timezone


def _form(
    parse: Callable[..., Any], pattern: str, description: str, write: Callable[[Any], str] = str
) -> tuple[PlainValidator, PlainSerializer, WithJsonSchema]:
    schema = {"type": "string", "pattern": pattern, "description": description}
    return PlainValidator(parse), PlainSerializer(write, str, when_used="json"), WithJsonSchema(schema)


_DAYS = f"({'|'.join(WEEKDAYS)})"
Duration = Annotated[
    timedelta,
    *_form(
        parse_duration,
        r"^(?=.)([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$",
        "90s, 30m, 8h, 2d, 1h30m",
        duration_text,
    ),
]
Size = Annotated[
    int,
    *_form(
        parse_size,
        r"^[0-9]+ ?(B|[kK]B|MB|GB|KiB|MiB|GiB)$",
        "500KB, 25MB (millions of bytes), 25MiB",
        size_text,
    ),
]
Percent = Annotated[int, *_form(parse_percent, r"^[1-9][0-9]?%$", "75%", percent_text)]
ListenAddress = Annotated[
    Listen, *_form(parse_listen, r"^.*(:[0-9]+|/.*)$", "127.0.0.1:8025, [::1]:8025, or a Unix socket's path")
]
TcpAddress = Annotated[Listen, *_form(parse_tcp, r"^.*:[0-9]+$", "127.0.0.1:8080 or [::1]:8080")]
Url = Annotated[str, *_form(parse_url, r"^https?://", "https://…")]
MailAddress = Annotated[str, *_form(parse_address, r"^[^@\s]+@[^@\s]+$", "support@acme.example")]
FilePath = Annotated[Path, *_form(parse_path, r".", "A path; a relative one starts at this file's folder")]
Database = Annotated[
    str,
    *_form(
        parse_database,
        r"^(sqlite:///.|postgres(ql(\+psycopg)?)?://.)",
        "sqlite:///PATH or postgresql+psycopg://…",
    ),
]
TimeZone = Annotated[
    ZoneInfo, *_form(parse_timezone, r".", "A name of the IANA time zone database: Europe/Rome")
]
Day = Annotated[date, *_form(parse_date, r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "2026-12-24")]
Prefix = Annotated[str, *_form(parse_prefix, r"^[A-Z][A-Z0-9]{0,15}$", "ACME")]
Language = Annotated[str, *_form(parse_language, r"^[a-z]{2,3}(-[A-Z]{2})?$", "it")]
Regexp = Annotated[str, *_form(parse_regexp, r".", r"RE2, case-insensitive: '\[#\d+\]'")]
TelegramUser = Annotated[
    str,
    PlainValidator(parse_person),
    PlainSerializer(str, str, when_used="json"),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1},
                {"type": "string", "pattern": r"^[1-9][0-9]{0,18}$"},
            ],
            "description": "123456789",
        }
    ),
]
TelegramGroup = Annotated[
    str,
    PlainValidator(parse_group),
    PlainSerializer(str, str, when_used="json"),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "maximum": -1},
                {"type": "string", "pattern": r"^-[1-9][0-9]{0,18}$"},
            ],
            "description": "-1001234567890",
        }
    ),
]
AgentsPlace = Annotated[
    str,
    BeforeValidator(place_as_text),
    Field(min_length=1),
    WithJsonSchema({"anyOf": [{"type": "string", "minLength": 1}, {"type": "integer", "maximum": -1}]}),
]
"""A Slack channel or a Telegram group."""
Country = Annotated[str, *_form(parse_country, r"^[A-Z]{2}$", "IT")]
Days = Annotated[str, *_form(parse_days, rf"^{_DAYS}(-{_DAYS})?$", "sat or mon-fri")]
Hours = Annotated[
    Span, *_form(parse_span, r"^[0-9]{1,2}:[0-9]{2}\s*[-–]\s*[0-9]{1,2}:[0-9]{2}$", "09:00-13:00")
]
FilePaths = Annotated[
    tuple[Path, ...],
    PlainValidator(parse_paths),
    PlainSerializer(lambda paths: [str(path) for path in paths], list[str], when_used="json"),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
    ),
]
