"""When something is to come back: `2d`, `3 giorni`, `tomorrow 14:30`, `hasta el lunes`, `2026-10-20`.

A day without an hour means nine in the morning, in the desk's time zone.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from deskd.typed.markup import folded
from deskd.typed.wrong import Wrong, quoted

MAX_DAYS: Final = 366
_MORNING: Final = time(9)


def _table(rows: dict[int, str]) -> dict[str, int]:
    return {word: value for value, words in rows.items() for word in words.split()}


_UNITS: Final = _table(  # seconds
    {
        1: "s sec secs second seconds secondo secondi segundo segundos",
        60: "m min mins minute minutes minuto minuti minutos",
        3600: "h hr hrs hour hours ora ore hora horas",
        86400: "d day days g giorno giorni dia dias",
        604800: "w week weeks settimana settimane semana semanas",
    }
)
_WEEKDAYS: Final = _table(
    {
        0: "mon monday lun lunedi lunes segunda segunda-feira",
        1: "tue tuesday mar martedi martes terca terca-feira",
        2: "wed wednesday mer mercoledi mie miercoles quarta quarta-feira",
        3: "thu thursday gio giovedi jue jueves quinta quinta-feira",
        4: "fri friday ven venerdi vie viernes sexta sexta-feira",
        5: "sat saturday sab sabato sabado",
        6: "sun sunday dom domenica domingo",
    }
)
_AHEAD: Final = _table({0: "today oggi hoy hoje", 1: "tomorrow domani manana amanha", 2: "dopodomani"})
UNTIL: Final = frozenset("until till fino hasta ate".split())
_FILLERS: Final = UNTIL | frozenset(
    "for to in on at by the next a al alle ad ore per tra fra prossimo prossima el la las los en por dentro de proximo proxima o as em daqui feira".split()
)
_DURATION: Final = re.compile(r"(?:[0-9]{1,4} ?[a-z]+ ?)+")
_AMOUNT: Final = re.compile(r"([0-9]{1,4}) ?([a-z]+)")
_TIME: Final = re.compile(r"([0-9]{1,2})(?:[:.h]([0-9]{2})|h)? ?(am|pm)?")


def moment(text: str, now: datetime, zone: tzinfo) -> datetime:
    """The moment `text` means, UTC, after `now` and within a year. Raises `Wrong`."""
    found = _read(text, now, zone)
    if found is None:
        raise Wrong("wrong_time", found=quoted(text))
    if found <= now:
        raise Wrong("time_past", found=quoted(text))
    if found > now + timedelta(days=MAX_DAYS):
        raise Wrong("time_too_far", found=quoted(text), limit=MAX_DAYS)
    return found


def leading_moment(text: str, now: datetime, zone: tzinfo) -> tuple[datetime | None, str]:
    """`3d the supplier` -> the moment, and `the supplier`. A day's name counts only behind `until`: a reason may begin with one."""
    words = text.split(maxsplit=6)
    until = bool(words) and folded(words[0]) in UNTIL
    taken = 0
    for count in range(1, min(len(words), 6) + 1):
        head = " ".join(words[:count])
        if folded(words[count - 1]) in _FILLERS or not (until or _starts_plainly(folded(head))):
            continue
        if _read(head, now, zone) is not None:
            taken = count
    if not taken:
        return None, text
    head = " ".join(words[:taken])
    return moment(head, now, zone), text.split(maxsplit=taken)[taken] if len(words) > taken else ""


def first_moment(text: str, now: datetime, zone: tzinfo) -> tuple[datetime | None, str]:
    """`tomorrow 10:00 +39 06 123` -> the moment, and `+39 06 123`: as many of the first words as mean one. Raises `Wrong` where it is past or too far."""
    words = text.split(maxsplit=6)
    for taken in range(min(len(words), 6), 0, -1):
        head = " ".join(words[:taken])
        if _read(head, now, zone) is not None:
            rest = text.split(maxsplit=taken)
            return moment(head, now, zone), rest[taken] if len(rest) > taken else ""
    return None, text


def _starts_plainly(head: str) -> bool:
    return _duration(head) is not None or re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?: |$)", head) is not None


def _read(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    plain = re.sub(r"(?<=[0-9]) (?=(?:am|pm)\b)", "", folded(text[:200]).replace(",", " "))
    tokens = [token for token in plain.split() if token not in _FILLERS]
    duration = _duration(" ".join(tokens))
    if duration is not None:
        return now + duration
    return _on_a_day(tokens, now, zone)


def _duration(text: str) -> timedelta | None:
    if not _DURATION.fullmatch(text):
        return None
    amounts = [(int(count), _UNITS.get(unit)) for count, unit in _AMOUNT.findall(text)]
    if any(seconds is None for _, seconds in amounts):
        return None
    return timedelta(seconds=sum(count * (seconds or 0) for count, seconds in amounts))


def _on_a_day(tokens: list[str], now: datetime, zone: tzinfo) -> datetime | None:
    """One day and one time of day, either alone, in any order."""
    today = now.astimezone(zone).date()
    days = [day for token in tokens if (day := _day(token, today)) is not None]
    times = [clock for token in tokens if (clock := _time(token)) is not None and _day(token, today) is None]
    if len(tokens) != len(days) + len(times) or len(days) > 1 or len(times) > 1 or not tokens:
        return None
    if not days and ":" not in tokens[0]:
        return None  # a number alone could mean anything
    clock = times[0] if times else _MORNING
    found = datetime.combine(days[0] if days else today, clock, zone).astimezone(UTC)
    if not days and found <= now:  # a time that has been today is tomorrow's
        return datetime.combine(today + timedelta(days=1), clock, zone).astimezone(UTC)
    return found


def _day(token: str, today: date) -> date | None:
    if token in _AHEAD:
        return today + timedelta(days=_AHEAD[token])
    if token in _WEEKDAYS:
        return today + timedelta(days=(_WEEKDAYS[token] - today.weekday() - 1) % 7 + 1)
    try:
        found = date.fromisoformat(token) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", token) else None
    except ValueError:
        return None
    return (
        found if found is not None and 1970 < found.year < 9999 else None
    )  # a zone's offset must not leave the calendar


def _time(token: str) -> time | None:
    found = _TIME.fullmatch(token)
    if found is None:
        return None
    hour, minute = int(found.group(1)), int(found.group(2) or 0)
    if found.group(3):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found.group(3) == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
