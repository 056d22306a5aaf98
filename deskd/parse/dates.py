"""The Date field -> an instant (RFC 5322 3.3 and 4.3), forgiving forms and languages that real programs use."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

# First three letters of the months in en, it, es, pt, de, fr (badly set up programs translate them).
_MONTHS = {
    "jan": 1, "gen": 1, "ene": 1, "feb": 2, "fev": 2, "fév": 2, "mar": 3, "mär": 3, "mrz": 3, "apr": 4, "abr": 4, "avr": 4,
    "may": 5, "mag": 5, "mai": 5, "jun": 6, "giu": 6, "jul": 7, "lug": 7, "aug": 8, "ago": 8, "aoû": 8, "sep": 9, "set": 9,
    "oct": 10, "ott": 10, "out": 10, "okt": 10, "nov": 11, "dec": 12, "dic": 12, "dez": 12, "déc": 12,
}  # fmt: skip
_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "CET": 1, "CEST": 2, "MET": 1,
          "MEST": 2, "EET": 2, "EEST": 3, "BST": 1, "WEST": 1, "JST": 9, "KST": 9, "MSK": 3, "EST5EDT": -5, "PST8PDT": -8}  # fmt: skip
_TIME = r"(?P<hour>\d{1,2})[:.](?P<minute>\d{1,2})(?:[:.](?P<second>\d{1,2})(?:[.,]\d+)?)?\s*(?P<half>[AaPp]\.?[Mm]\b)?"
_ZONE = r"\s*,?\s*(?P<zone>(?:GMT|UTC|UT)?\s?[+-]\s?\d{1,2}:?\d{2}|[A-Za-z][A-Za-z0-9]*)?"
_MONTH = r"(?P<month>[^\W\d_]{3,12}|\d{1,2})"
_FORMS = (
    re.compile(
        rf"(?:[^\W\d_]+[.,]*\s*)?(?P<day>\d{{1,2}})[\s.-]+{_MONTH}[\s.,-]+(?P<year>\d{{2,4}})[\s,]+{_TIME}{_ZONE}"
    ),
    re.compile(
        rf"(?:[^\W\d_]+[.,]*\s+)?{_MONTH}\s+(?P<day>\d{{1,2}}),?\s+{_TIME}(?:\s+[A-Z]{{2,5}})?\s+(?P<year>\d{{4}}){_ZONE}"
    ),  # asctime
    re.compile(
        rf"(?:[^\W\d_]+[.,]*\s+)?{_MONTH}\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}}),?\s+{_TIME}{_ZONE}"
    ),
    re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})[T\s]+{_TIME}{_ZONE}"),  # ISO 8601
)


def parse_date(value: str) -> datetime | None:
    """The instant in UTC, or None when it can't be told. A missing or unknown zone counts as UTC (RFC 5322 4.3)."""
    text = _without_comments(value[:1000])
    if text is None:
        return None
    text = " ".join(text.split())
    for form in _FORMS:
        if found := form.match(text):
            return _instant(found)
    return None


def _instant(found: re.Match[str]) -> datetime | None:
    written = found["month"].lower()
    month = int(written) if written.isdigit() else _MONTHS.get(written[:3], 0)
    year = int(found["year"])
    if len(found["year"]) == 2:  # RFC 5322 4.3
        year += 2000 if year < 50 else 1900
    elif len(found["year"]) == 3:
        year += 1900
    hour = int(found["hour"])
    if half := found["half"]:
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    try:
        day, minute, second = int(found["day"]), int(found["minute"]), min(int(found["second"] or 0), 59)
        return datetime(year, month, day, hour, minute, second, tzinfo=_zone(found["zone"] or "")).astimezone(
            UTC
        )
    except (ValueError, OverflowError):
        return None


def _zone(text: str) -> timezone:
    digits = re.sub(r"[^\d+-]", "", text)
    if digits[:1] in ("+", "-") and len(digits) >= 4:
        hours, minutes = int(digits[1:-2]), int(digits[-2:])
        if hours < 24 and minutes < 60:
            offset = timedelta(hours=hours, minutes=minutes)
            return timezone(-offset if digits[0] == "-" else offset)
        return UTC
    return timezone(timedelta(hours=_ZONES.get(text.upper(), 0)))


def _without_comments(text: str) -> str | None:
    """None when a parenthesis is never closed."""
    if "(" not in text:
        return text
    kept, depth = [], 0
    for character in text:
        if character == "(":
            depth += 1
        elif character == ")" and depth:
            depth -= 1
        elif not depth:
            kept.append(character)
    return None if depth else "".join(kept)
