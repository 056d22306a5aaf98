"""What commands print: JSON by one writer, text that can't steer a terminal."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from deskd.cli import printing
from deskd.cli.tickets import since_of
from deskd.errors import UsageError

NOW = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)


def test_times_are_utc_to_the_millisecond(capsys: pytest.CaptureFixture[str]) -> None:
    rome = datetime(2026, 11, 22, 6, 30, 0, 123456, tzinfo=timezone(timedelta(hours=1)))
    printing.write_json({"at": rome, "none": None, "list": [], "count": 3, "text": "è €"})
    assert capsys.readouterr().out == (
        '{"at": "2026-11-22T05:30:00.123Z", "none": null, "list": [], "count": 3, "text": "è €"}\n'
    )


def test_any_text_can_be_printed(capfd: pytest.CaptureFixture[str]) -> None:
    import subprocess
    import sys

    code = "from deskd.cli.printing import *; write_json({'a': 'x\\udcff\\u2028'}); say('y\\udcff')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    first, second = done.stdout.splitlines()
    assert json.loads(first) == {"a": "x\udcff\u2028"}
    assert second == b"y?"


def test_tables_are_plain_when_piped(capsys: pytest.CaptureFixture[str]) -> None:
    printing.table(("ref", "subject"), [("A-1", "two\nlines\x1b[31m"), ("A-2", None), ("A-3", ["a", "b"])])
    assert capsys.readouterr().out == "ref\tsubject\nA-1\ttwo lines�[31m\nA-2\t-\nA-3\ta, b\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30d", NOW - timedelta(days=30)),
        ("12h", NOW - timedelta(hours=12)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-22T06:30+01:00", NOW),
        ("2026-11-22T05:30Z", NOW),
    ],
)
def test_since(text: str, expected: datetime) -> None:
    assert since_of(text, NOW) == expected


@pytest.mark.parametrize("text", ["", "yesterday", "30", "999999w", "2026-13-01"])
def test_since_what_isn_t_a_time(text: str) -> None:
    with pytest.raises(UsageError, match="--since"):
        since_of(text, NOW)
