"""The small forms a desk is written in: durations, sizes, addresses, opening hours. Text in, frozen values out.

Each `parse_*` takes what YAML gave and raises `Expected`, whose text names the right form (it is read after "found …, expected "); each
annotated type below it is the same for pydantic, with the pattern that editors check.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import PlainValidator, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from deskd.config.nearest import did_you_mean


def expected(form: str, remedy: str = "") -> PydanticCustomError:
    """The fault of a value that isn't of the right form. `form` is read after "expected", `remedy` says what to write."""
    return PydanticCustomError("form", "{expected}", {"expected": form, "remedy": remedy})


def text_of(value: object, form: str, remedy: str = "") -> str:
    if not isinstance(value, str):
        raise expected(form, remedy)
    return value


# ── durations and sizes ──────────────────────────────────────────────────────────────────────────────────────────────

_DURATION = re.compile(r"(?:([0-9]{1,6})d)?(?:([0-9]{1,6})h)?(?:([0-9]{1,7})m)?(?:([0-9]{1,9})s)?", re.ASCII)
_DURATION_FORM = "a duration such as 90s, 30m, 8h or 2d"
_SIZE = re.compile(r"([0-9]{1,12}) ?(B|[kK]B|MB|GB|KiB|MiB|GiB)", re.ASCII)
_UNITS = {
    "B": 1,
    "kB": 10**3,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
}


def parse_duration(value: object) -> timedelta:
    """`90s`, `30m`, `8h`, `2d`, or several of them, largest first: `1h30m`."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise expected(_DURATION_FORM, f"give the unit: {value:g}s, {value:g}m, {value:g}h or {value:g}d")
    match = _DURATION.fullmatch(text_of(value, _DURATION_FORM))
    if not match or not match[0]:
        raise expected(_DURATION_FORM)
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def parse_size(value: object) -> int:
    """`25MB` -> 25,000,000 bytes; `25MiB` -> 26,214,400."""
    form = "a size such as 500KB, 25MB or 25MiB"
    match = _SIZE.fullmatch(
        text_of(value, form, f"give the unit: {value}B" if isinstance(value, int) else "")
    )
    if not match:
        raise expected(form)
    return int(match[1]) * _UNITS[match[2]]


def parse_percent(value: object) -> int:
    """`75%` -> 75."""
    form = "a percentage from 1% to 99%"
    match = re.fullmatch(
        r"([0-9]{1,2})%", text_of(value, form, f"write {value}%" if isinstance(value, int) else ""), re.ASCII
    )
    if not match or match[1].strip("0") == "":
        raise expected(form)
    return int(match[1])


# ── where to listen, whom to reach ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Listen:
    """A TCP address (`host`, `port`; port 0 lets the system choose), or a Unix socket's `path`."""

    host: str = ""
    port: int = 0
    path: Path | None = None

    def __str__(self) -> str:
        if self.path is not None:
            return str(self.path)
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


_LISTEN = re.compile(r"(?:\[([0-9A-Fa-f:.%\w]+)\]|([^\s:/\[\]]+)):([0-9]{1,5})", re.ASCII)
_LISTEN_FORM = "an address such as 127.0.0.1:8025, [::1]:8025 or /run/deskd/lmtp.sock"


def parse_listen(value: object, info: ValidationInfo) -> Listen:
    """`127.0.0.1:8025`, `[::1]:8025`, or the path of a Unix socket."""
    remedy = f"say on which address too: 127.0.0.1:{value}" if isinstance(value, int) else ""
    text = text_of(value, _LISTEN_FORM, remedy)
    if "/" in text:
        return Listen(path=parse_path(text, info))
    match = _LISTEN.fullmatch(text)
    if not match:
        bare = re.fullmatch(r":?([0-9]{1,5})", text, re.ASCII)
        raise expected(_LISTEN_FORM, f"say on which address too: 127.0.0.1:{bare[1]}" if bare else "")
    if int(match[3]) > 65535:
        raise expected("a port up to 65535")
    return Listen(match[1] or match[2], int(match[3]))


def parse_tcp(value: object, info: ValidationInfo) -> Listen:
    """As `parse_listen`, without Unix sockets: what a browser or another host must reach."""
    listen = parse_listen(value, info)
    if listen.path is not None:
        raise expected("an address such as 127.0.0.1:8080 or [::1]:8080")
    return listen


def parse_url(value: object) -> str:
    """An http or https address."""
    form = "an address that begins with https:// or http://"
    text = text_of(value, form)
    try:
        parts = urlsplit(text)
        good = (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        good = False
    if not good or re.search(r"[\s\x00-\x1f]", text):
        raise expected(form)
    return text


_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f]+@[^\s@<>()\[\],;:\\\"\x00-\x1f]+")


def parse_address(value: object) -> str:
    """`support@acme.example`, without a name or brackets."""
    form = "a mail address such as support@acme.example"
    text = text_of(value, form)
    if not _ADDRESS.fullmatch(text) or len(text) > 254:
        inner = re.search(r"<([^<>]+)>", text)
        raise expected(form, f"write the address alone: {inner[1]}" if inner else "")
    return text


# ── places on disk ───────────────────────────────────────────────────────────────────────────────────────────────────


def parse_path(value: object, info: ValidationInfo) -> Path:
    """A path; a relative one starts at the folder of the file it is written in (`info.context["folder"]`)."""
    text = str(value) if isinstance(value, Path) else text_of(value, "a path")
    if not text or "\x00" in text:
        raise expected("a path")
    folder: Path = (info.context or {}).get("folder", Path())
    return folder / text


def parse_paths(value: object, info: ValidationInfo) -> tuple[Path, ...]:
    """A path or a list of them."""
    if isinstance(value, tuple | list) and value:
        return tuple(parse_path(item, info) for item in value)
    if not isinstance(value, str):
        raise expected("a folder or a list of folders")
    return (parse_path(value, info),)


def parse_database(value: object, info: ValidationInfo) -> str:
    """A database's URL: SQLite with the path made absolute, or PostgreSQL by way of psycopg."""
    form = "sqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"
    text = text_of(value, form)
    scheme, separator, rest = text.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        path, question, query = rest[1:].partition("?")
        if path in ("", ":memory:") or "\x00" in path:
            raise expected("sqlite:///PATH, a file", "a desk in memory would lose all it acknowledged")
        return f"sqlite:///{parse_path(path, info).absolute()}{question}{query}"
    if scheme in ("postgresql+psycopg", "postgresql", "postgres") and separator and rest:
        return f"postgresql+psycopg://{rest}"
    raise expected(form)


# ── names and codes ──────────────────────────────────────────────────────────────────────────────────────────────────


def parse_prefix(value: object) -> str:
    """`ACME`: what ticket references begin with."""
    form = "1 to 16 capital letters and digits, a letter first, such as ACME"
    text = text_of(value, form)
    if not re.fullmatch(r"[A-Z][A-Z0-9]{0,15}", text):
        better = re.sub(r"[^A-Z0-9]", "", text.upper())[:16].lstrip("0123456789")
        raise expected(form, f"write {better}" if better else "")
    return text


def parse_language(value: object) -> str:
    """`it`, or `pt-BR`."""
    form = "a language's two letters (ISO 639-1) such as it"
    text = text_of(value, form)
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Z]{2})?", text):
        raise expected(form, f"write {text.lower()}" if re.fullmatch("[A-Za-z]{2}", text) else "")
    return text


def parse_country(value: object) -> str:
    """`IT`: ISO 3166-1, two letters."""
    from babel import Locale  # late: few desks name a country, and every start would wait for it

    form = "a country's two letters (ISO 3166-1) such as IT"
    text = text_of(value, form)
    countries = {code for code in Locale("en").territories if re.fullmatch("[A-Z]{2}", code)} - _NO_COUNTRIES
    if text not in countries:
        raise expected(form, f"write {text.upper()}" if text.upper() in countries else "")
    return text


_NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}  # CLDR's groups and placeholders

# ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Open from `start` up to, without, `end`: minutes of wall-clock time since midnight, 0 to 1440."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.start // 60:02}:{self.start % 60:02}-{self.end // 60:02}:{self.end % 60:02}"


_SPAN = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])\s*[-–]\s*([01]?[0-9]|2[0-4]):([0-5][0-9])", re.ASCII)
_SPAN_FORM = 'hours such as "09:00-13:00"'


def parse_span(value: object) -> Span:
    """`09:00-13:00`; `24:00` is the end of the day."""
    match = _SPAN.fullmatch(text_of(value, _SPAN_FORM))
    if not match:
        raise expected(_SPAN_FORM)
    span = Span(int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4]))
    if span.end > 1440:
        raise expected("hours up to 24:00")
    if span.end <= span.start:
        raise expected(
            "hours that end later the same day",
            "split a night in two: until 24:00, and from 00:00 of the next day",
        )
    return span


def parse_days(value: object) -> str:
    """`sat` or `mon-fri`, as it is; `weekdays` says which days it means."""
    form = f"a day or days such as sat or mon-fri (of {', '.join(WEEKDAYS)})"
    text = text_of(value, form)
    names = text.split("-")
    if not 1 <= len(names) <= 2 or any(name not in WEEKDAYS for name in names):
        raise expected(form)
    return text


def weekdays(days: str) -> tuple[int, ...]:
    """`sat` -> (5,); `mon-fri` -> (0, 1, 2, 3, 4); `fri-mon` -> (4, 5, 6, 0)."""
    first, last = ([*WEEKDAYS].index(name) for name in (days[:3], days[-3:]))
    return tuple((first + step) % 7 for step in range((last - first) % 7 + 1))


def parse_timezone(value: object) -> ZoneInfo:
    """A name of the IANA time zone database."""
    form = "a time zone such as Europe/Rome"
    text = text_of(value, form)
    try:
        return ZoneInfo(text)
    except (OSError, LookupError, ValueError) as error:
        raise expected(form, did_you_mean(text, available_timezones())) from error


def parse_date(value: object) -> date:
    """`2026-12-24`."""
    form = "a date such as 2026-12-24"
    text = text_of(value, form)
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError as error:
        raise expected(form) from error


# ── the same as types for pydantic ───────────────────────────────────────────────────────────────────────────────────


def _form(parse: Callable[..., Any], pattern: str, description: str) -> tuple[PlainValidator, WithJsonSchema]:
    return PlainValidator(parse), WithJsonSchema(
        {"type": "string", "pattern": pattern, "description": description}
    )


_DAYS = f"({'|'.join(WEEKDAYS)})"
Duration = Annotated[
    timedelta,
    *_form(parse_duration, r"^(?=.)([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$", "90s, 30m, 8h, 2d, 1h30m"),
]
Size = Annotated[
    int,
    *_form(parse_size, r"^[0-9]+ ?(B|[kK]B|MB|GB|KiB|MiB|GiB)$", "500KB, 25MB (millions of bytes), 25MiB"),
]
Percent = Annotated[int, *_form(parse_percent, r"^[1-9][0-9]?%$", "75%")]
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
Country = Annotated[str, *_form(parse_country, r"^[A-Z]{2}$", "IT")]
Days = Annotated[str, *_form(parse_days, rf"^{_DAYS}(-{_DAYS})?$", "sat or mon-fri")]
Hours = Annotated[
    Span, *_form(parse_span, r"^[0-9]{1,2}:[0-9]{2}\s*[-–]\s*[0-9]{1,2}:[0-9]{2}$", "09:00-13:00")
]
FilePaths = Annotated[
    tuple[Path, ...],
    PlainValidator(parse_paths),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
    ),
]
