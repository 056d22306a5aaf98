"""Durations, sizes and percentages as they are written, both ways."""

from __future__ import annotations

import re
from datetime import timedelta

from deskd.config.expected import expected, text_of

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
    if not match or not int(match[1]):
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


def duration_text(value: timedelta) -> str:
    """timedelta(hours=1, minutes=30) -> `1h30m`."""
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [
        f"{number}{unit}"
        for number, unit in ((days, "d"), (hours, "h"), (minutes, "m"), (seconds, "s"))
        if number
    ]
    return "".join(parts) or "0s"


def size_text(value: int) -> str:
    """25,000,000 -> `25MB`."""
    units = sorted(((count, unit) for unit, count in _UNITS.items() if unit != "KB"), reverse=True)
    return next(
        (f"{value // count}{unit}" for count, unit in units if value and value % count == 0), f"{value}B"
    )


def percent_text(value: int) -> str:
    return f"{value}%"
