"""Calendar files, as calendar programs write them: when their owners are away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from deskd.clock import absence_files
from deskd.clock.absence_file import LARGEST, absences, utc
from deskd.clock.absence_files import AbsenceFiles
from tests.support.clockwork import with_agents
from tests.support.desk import NOW

ROME = ZoneInfo("Europe/Rome")
DAYS = "DTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20261205\nSUMMARY:Ferie"


def ics(*events: str) -> bytes:
    listed = "\n".join(
        f"BEGIN:VEVENT\nUID:{number}\n{event}\nEND:VEVENT" for number, event in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{listed}\nEND:VCALENDAR\n".replace("\n", "\r\n").encode()


def away(*events: str) -> list[tuple[str, str]]:
    """From when until when, in Rome's time."""
    found = utc(absences(ics(*events), "anna", ROME, NOW))
    return [
        (f"{one.since.astimezone(ROME):%m-%d %H:%M}", f"{(one.until or NOW).astimezone(ROME):%m-%d %H:%M}")
        for one in found
    ]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (DAYS, [("12-01 00:00", "12-05 00:00")]),
        ("DTSTART;VALUE=DATE:20261208", [("12-08 00:00", "12-09 00:00")]),  # a day without an end
        ("DTSTART:20261124T130000Z\nDTEND:20261124T150000Z", [("11-24 14:00", "11-24 16:00")]),
        ("DTSTART:20261124T130000\nDURATION:PT90M", [("11-24 13:00", "11-24 14:30")]),  # no zone: the desk's
        (
            "DTSTART;TZID=America/Sao_Paulo:20261124T090000\nDTEND;TZID=America/Sao_Paulo:20261124T100000",
            [("11-24 13:00", "11-24 14:00")],
        ),
        ("DTSTART:20261101T080000Z\nDTEND:20261125T080000Z", [("11-01 09:00", "11-25 09:00")]),  # it lasts
        ("DTSTART;VALUE=DATE:20261101\nDTEND;VALUE=DATE:20261110", []),  # over
        (f"{DAYS}\nSTATUS:CANCELLED", []),
        (f"{DAYS}\nTRANSP:TRANSPARENT", []),  # free time
    ],
)
def test_an_event(event: str, expected: list[tuple[str, str]]) -> None:
    assert away(event) == expected


def test_a_repeated_one_keeps_its_hour_over_a_change_of_the_clocks() -> None:
    weekly = (
        "DTSTART;TZID=Europe/Rome:20261002T150000\nDTEND;TZID=Europe/Rome:20261002T180000\n"
        "RRULE:FREQ=WEEKLY;UNTIL=20261212T000000Z\nEXDATE;TZID=Europe/Rome:20261204T150000"
    )
    assert away(weekly) == [("11-27 15:00", "11-27 18:00"), ("12-11 15:00", "12-11 18:00")]


def test_one_of_many_that_was_moved() -> None:
    rule = "DTSTART:20261123T130000Z\nDTEND:20261123T140000Z\nRRULE:FREQ=DAILY;COUNT=3"
    moved = "RECURRENCE-ID:20261124T130000Z\nDTSTART:20261124T170000Z\nDTEND:20261124T180000Z"
    content = ics(rule, moved).replace(b"UID:1", b"UID:0")
    found = [one.since for one in utc(absences(content, "anna", ROME, NOW))]
    at = datetime(2026, 11, 23, 13, tzinfo=UTC)
    assert found == [at, at + timedelta(hours=28), at + timedelta(days=2)]


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", ics("SUMMARY:when?"), b"x" * (LARGEST + 1), ics("DTSTART:never"), b"\xff\xfe\x00"],
)
def test_what_is_no_calendar_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        absences(content, "anna", ROME, NOW)


def test_without_end_there_is_an_end() -> None:
    with pytest.raises(ValueError, match="more than 1000"):
        absences(ics("DTSTART:20261123T130000Z\nDURATION:PT1M\nRRULE:FREQ=MINUTELY"), "anna", ROME, NOW)


# ── the files ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_files_are_read_when_they_change(tmp_path: Path) -> None:
    path = tmp_path / "anna.ics"
    settings = with_agents(anna={"absences": path})
    files = AbsenceFiles(settings)
    said, [wrong] = files.changed(NOW)
    assert said == []
    assert "absences of agents.anna that can't be read: No such file" in wrong
    assert files.changed(NOW) == ([], []), "it is told once"
    [problem] = absence_files.problems(settings, NOW)
    assert problem.file == str(path)
    path.write_bytes(ics(DAYS))
    [(agent, [absence])], _ = files.changed(NOW)
    assert (agent, absence.because, absence.source) == ("anna", "Ferie", "file")
    assert files.changed(NOW) == ([], [])
    assert len(files.changed(NOW + timedelta(days=1))[0]) == 1, "each day: repeated events come nearer"
    assert absence_files.problems(settings, NOW) == ()
    path.write_bytes(b"half a file")
    said, [wrong] = files.changed(NOW + timedelta(days=1))
    assert said == []
