"""stalwart's tables of header values. Its answers are a snapshot of another parser: differences.md argues where deskd differs."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from deskd.parse.addresses import parse_mailboxes
from deskd.parse.dates import parse_date
from deskd.parse.ids import parse_ids
from deskd.parse.parameters import parse_parameters
from deskd.parse.structure import read_fields
from deskd.parse.words import decode_header, to_text
from tests.corpus.score import Score


def scores(folder: Path) -> list[Score]:
    """All tables together; of Received only its date, which is all that deskd could want of it."""
    score = Score("stalwart: header values", 0.95)
    for table, compare in _TABLES.items():
        for case in json.loads((folder / f"stalwart/headers/{table}.json").read_text()):
            field = b"X:" + case["header"].encode()
            raw = read_fields(field, 0, len(field))[0][0][1]
            expected, got = compare(raw, case["expected"])
            score.count(f"{table} {case['header']!r:.120}", expected, got)
    return [score]


def _address(raw: bytes, answer: dict[str, Any]) -> tuple[object, object]:
    members = answer.get("List") or [each for group in answer.get("Group", []) for each in group["addresses"]]
    expected = [(each["name"] or "", each["address"]) for each in members if each["address"]]
    return expected, [(each.name, each.address) for each in parse_mailboxes(to_text(raw))]


def _content_type(raw: bytes, answer: dict[str, Any] | None) -> tuple[object, object]:
    kind, parameters = parse_parameters(to_text(raw))
    if answer is None:
        return None, None if kind.startswith("/") or not kind else kind
    pairs = {name: " ".join(value.split()) for name, value in answer.get("attributes") or ()}
    expected = "/".join(part for part in (answer["c_type"], answer["c_subtype"]) if part)
    got = {name: " ".join(value.split()) for name, value in parameters.items()}
    languages = {name for name in pairs if name.endswith("-language")}
    wanted = {name: value for name, value in pairs.items() if value and name not in languages}
    return (expected, wanted), (kind.rstrip("/"), {name: value for name, value in got.items() if value})


def _date(raw: bytes, answer: dict[str, Any] | None) -> tuple[object, object]:
    return _instant(answer), parse_date(to_text(raw).rpartition(";")[2])


def _received(raw: bytes, answer: dict[str, Any] | None) -> tuple[object, object]:
    return _date(raw, (answer or {}).get("date"))


def _instant(answer: dict[str, Any] | None) -> datetime | None:
    if not answer:
        return None
    offset = timedelta(hours=answer["tz_hour"], minutes=answer["tz_minute"])
    zone = timezone(-offset if answer["tz_before_gmt"] else offset)
    year, month, day, hour, minute, second = (
        int(answer[part]) for part in ("year", "month", "day", "hour", "minute", "second")
    )
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except ValueError:  # the snapshot holds some days that never were
        return datetime.min.replace(tzinfo=UTC)


def _id(raw: bytes, answer: list[str] | None) -> tuple[object, object]:
    return tuple(answer or ()), parse_ids(to_text(raw))


def _list(raw: bytes, answer: list[str]) -> tuple[object, object]:
    return answer, [each.strip() for each in decode_header(raw).split(",") if each.strip()]


def _unstructured(raw: bytes, answer: str) -> tuple[object, object]:
    return " ".join(answer.split()), " ".join(decode_header(raw).split())


_TABLES: dict[str, Callable[[bytes, Any], tuple[object, object]]] = {
    "address": _address,
    "content_type": _content_type,
    "date": _date,
    "id": _id,
    "list": _list,
    "received": _received,
    "unstructured": _unstructured,
}
