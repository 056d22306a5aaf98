"""The log's forms: for people, as JSON, for the journal; libraries' lines in the same form; no token in any."""

from __future__ import annotations

import io
import json
import logging
import os
from collections.abc import Iterator

import pytest
import structlog

from deskd.logs import Form, form_for, set_up_logging


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """The log is the process's: other tests get it back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def logged(form: Form, level: str = "info") -> list[str]:
    stream = io.StringIO()
    set_up_logging(stream, form, level)
    log = structlog.get_logger("deskd")
    log.debug("accepted", inbox=1)
    log.info("filed", inbox=1, reason="so")
    logging.getLogger("connectors.slack").warning("no connection to %s", "Slack")
    logging.getLogger("httpx").info("GET https://api.telegram.org/bot1/getUpdates")
    return stream.getvalue().splitlines()


def test_json_is_an_object_a_line_from_the_level_on() -> None:
    lines = [json.loads(line) for line in logged("json")]
    assert [(line["event"], line["level"]) for line in lines] == [
        ("filed", "info"),
        ("no connection to Slack", "warning"),
    ]
    assert lines[1]["logger"] == "connectors.slack"
    assert all(line["timestamp"].endswith("Z") for line in lines)
    assert len(logged("json", "debug")) == 3


def test_the_journal_gets_its_priorities() -> None:
    assert [line[:4] for line in logged("journal", "debug")] == ["<7>{", "<6>{", "<4>{"]


def test_people_read_plain_lines() -> None:
    first, second = logged("console")
    assert "filed" in first
    assert "inbox=1" in first
    assert "no connection to Slack" in second


@pytest.mark.parametrize("form", ["console", "json", "journal"])
def test_a_traceback_shows_no_values(form: Form) -> None:
    stream = io.StringIO()
    set_up_logging(stream, form)

    def fails(secret: str) -> None:
        raise LookupError("no such row")

    words = "Maria's " + "words"
    try:
        fails(words)
    except LookupError as failure:
        structlog.get_logger("deskd").error("failed", exc_info=failure)
    assert "LookupError: no such row" in stream.getvalue()
    assert words not in stream.getvalue()


@pytest.mark.parametrize(
    "token",
    [
        "xoxb-1234-5678-abcdef",
        "xapp-1-A1-2-ff",
        "https://api.telegram.org/bot123456:AAH-abcdefghijk/getMe",
        "postgresql://deskd:geheim@db/deskd",
    ],
)
def test_what_looks_like_a_token_is_blotted_out(token: str) -> None:
    stream = io.StringIO()
    set_up_logging(stream, "json")
    structlog.get_logger("deskd").error("not_sent", error=f"refused: {token}", problems=[token])
    logging.getLogger("slack_sdk").error("refused: %s", token)
    assert stream.getvalue().count("***") == 3
    assert "geheim" not in stream.getvalue()
    assert token not in stream.getvalue()


def test_the_journal_is_known_by_its_device_and_inode() -> None:
    read, write = os.pipe()
    with os.fdopen(read), os.fdopen(write, "w") as stream:
        status = os.fstat(write)
        journal = {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}
        assert form_for(None, journal, stream) == "journal"
        assert form_for("json", journal, stream) == "journal"
        assert form_for("console", journal, stream) == "console"
        assert form_for(None, {"JOURNAL_STREAM": "1:2"}, stream) == "console"
        assert form_for("json", {}, stream) == "json"
    assert form_for(None, journal, io.StringIO()) == "console"
