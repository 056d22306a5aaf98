"""The Date field, right and wrong."""

from datetime import UTC, datetime

import pytest

from deskd.parse.dates import parse_date

NINE = datetime(2025, 3, 3, 9, tzinfo=UTC)
READ = [
    "Mon, 3 Mar 2025 10:00:00 +0100",
    "3 Mar 2025 10:00 +0100",
    "Mon, 03 Mar 25 10:00:00 CET",
    "lun, 3 mar 2025 10:00:00 +0100",
    "Mon, 3 Mar 2025 10:00:00 GMT+0100",
    "Mon, 3 Mar 2025 10:00:00 +01:00 (ora (solare))",
    "Mon, 3 Mar 2025 10.00.00 +0100",
    "Mon Mar  3 09:00:00 2025",
    "Mon Mar  3 10:00:00 2025 +0100",
    "2025-03-03T10:00:00+01:00",
    "Monday, March 3, 2025 9:00 AM",
    "Mon, 3 Mar 2025 09:00:00",
]
UNREADABLE = [
    "",
    "yesterday",
    "31 Feb 2025 10:00:00 +0000",
    "3 Mar 2025 25:00:00 +0000",
    "3 Zzz 2025 10:00:00",
    "3 Mar 2025 (10:00:00",
]


@pytest.mark.parametrize("written", READ)
def test_read(written: str) -> None:
    assert parse_date(written) == NINE


@pytest.mark.parametrize("written", UNREADABLE)
def test_unreadable(written: str) -> None:
    assert parse_date(written) is None


def test_a_leap_second_and_a_senseless_zone() -> None:
    assert parse_date("Mon, 3 Mar 2025 09:00:60 +0000") == NINE.replace(second=59)
    assert parse_date("Mon, 3 Mar 2025 09:00:00 +9999") == NINE
