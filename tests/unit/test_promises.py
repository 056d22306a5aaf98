"""`!callback` and `!visit` as agents type them, `!away`, `!queue`; and the invitation that a customer gets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from deskd import typed
from deskd.compose import invitation
from deskd.compose.invitation import Appointment
from deskd.desk.commands import Away, Back, Promise
from deskd.desk.wider import ShowQueue, ShowTasks
from deskd.errors import CommandRefused
from deskd.model import Address, TaskKind
from tests.support.desk import NOW, SETTINGS, SOURCE, TICKET

ACTOR = "agent:anna"
HOUR = timedelta(hours=1)
ROME = ZoneInfo("Europe/Rome")


def read(text: str) -> Any:
    return typed.read_command(
        text, agent="anna", source=SOURCE, ticket=TICKET, settings=SETTINGS, people={}, now=NOW
    )


def rome(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ROME).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "promised"),
    [
        ("!callback tomorrow 10:00 +39 06 1234567", ("callback", rome(24, 10), "+39 06 1234567")),
        ("!callback tomorrow 10:00", ("callback", rome(24, 10), "")),
        ("!callback 30m", ("callback", NOW + HOUR / 2, "")),
        ("!callback domani alle 15:30 333 1234567", ("callback", rome(24, 15, 30), "333 1234567")),
        ("!callback mañana +34 600 100 200", ("callback", rome(24, 9), "+34 600 100 200")),
        ("!callback amanhã às 11:00", ("callback", rome(24, 11), "")),
        ("!callback 2026-11-30 16:45 ext. 12", ("callback", rome(30, 16, 45), "ext. 12")),
        ("!callback <tel:+39061|+39061> 10", None),
        ("!visit friday 9:00 Via Roma 1, Torino", ("visit", rome(27, 9), "Via Roma 1, Torino")),
        ("!visit venerdì 9:00", ("visit", rome(27, 9), "")),
    ],
)
def test_a_promise(text: str, promised: tuple[TaskKind, datetime, str] | None) -> None:
    if promised is None:
        with pytest.raises(CommandRefused, match="!callback WHEN"):
            read(text)
    else:
        kind, at, place = promised
        assert read(text) == Promise(ACTOR, kind, at, place, source=SOURCE)


@pytest.mark.parametrize(
    ("text", "place", "invite"),
    [
        ("!visit friday 9:00 Via Roma 1 invite", "Via Roma 1", True),
        ("!visit friday 9:00 Via Roma 1, invita.", "Via Roma 1", True),
        ("!visit friday 9:00 invite", "", True),
        ("!visit friday 9:00 invite street 5", "invite street 5", False),
    ],
)
def test_an_invitation_is_asked_for_at_the_end(text: str, place: str, invite: bool) -> None:
    command = read(text)
    assert (command.place, command.invite) == (place, invite)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("!callback", "When?"),
        ("!callback soon", "soon"),
        ("!callback 2026-01-01 10:00", "past"),
        ("!visit", "When?"),
    ],
)
def test_a_promise_without_a_time_is_none(text: str, said: str) -> None:
    with pytest.raises(CommandRefused, match=said):
        read(text)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("!away", Away(ACTOR, "anna", None, "", SOURCE)),
        ("!away until monday", Away(ACTOR, "anna", rome(30, 9), "", SOURCE)),
        ("!away fino a giovedì", Away(ACTOR, "anna", rome(26, 9), "", SOURCE)),
        ("!away 2d flu", Away(ACTOR, "anna", NOW + 48 * HOUR, "flu", SOURCE)),
        ("!away until tomorrow 14:00 dentist", Away(ACTOR, "anna", rome(24, 14), "dentist", SOURCE)),
        ("!back", Back(ACTOR, "anna", SOURCE)),
        ("!queue", ShowQueue(ACTOR, (), SOURCE)),
        ("!queue Accounts", ShowQueue(ACTOR, ("accounts",), SOURCE)),
        ("!tasks specialists", ShowTasks(ACTOR, ("specialists",), SOURCE)),
    ],
)
def test_who_is_there_and_what_waits(text: str, command: object) -> None:
    assert read(text) == command


@pytest.mark.parametrize("text", ["!away whenever", "!away until 2020-01-01", "!back now", "!queue nobody"])
def test_what_is_wrong_is_said(text: str) -> None:
    with pytest.raises(CommandRefused):
        read(text)


# ── the invitation ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("it", "passiamo da Lei venerdì 27 novembre 2026 alle 09:00 (Europe/Rome)"),
        ("en", "on Friday, November 27, 2026 at 9:00"),
        ("es", "el viernes, 27 de noviembre de 2026 a las 9:00 (Europe/Rome)"),
        ("pt", "sexta-feira, 27 de novembro de 2026, às 09:00 (Europe/Rome)"),
        ("pt-BR", "sexta-feira, 27 de novembro de 2026, às 09:00 (Europe/Rome)"),
        ("de", "on Friday"),
    ],
)
def test_the_customer_s_words(language: str, told: str) -> None:
    text = invitation.text(
        language, "visit", rome(27, 9), ROME, ref="ACME-1042", place="Via Roma 1", who="Carla Ruiz"
    )
    assert told in text
    assert all(word in text for word in ("ACME-1042", "Via Roma 1", "Carla Ruiz"))


@pytest.mark.parametrize("language", ["it", "en", "es", "pt"])
@pytest.mark.parametrize("kind", ["visit", "callback"])
def test_calling_it_off_names_what_it_was(language: str, kind: TaskKind) -> None:
    text = invitation.text(language, kind, rome(27, 9), ROME, ref="ACME-1042", cancel=True)
    assert "ACME-1042" in text
    assert text != invitation.text(language, kind, rome(27, 9), ROME, ref="ACME-1042")


def test_the_event_is_one_that_calendars_take() -> None:
    asked = Appointment("u1@deskd", "Visit: ACME-1042", rome(27, 9), "Via Roma 1, Torino")
    maria = Address('Maria "M" Rossi\r\nX: y', "maria@cliente.example")
    raw = invitation.event(asked, Address("Acme", "support@acme.example"), maria, NOW)
    calendar: Any = Calendar.from_ical(raw)
    assert (calendar["METHOD"], calendar["VERSION"]) == ("REQUEST", "2.0")
    [event] = calendar.walk("VEVENT")
    assert event["DTSTART"].dt == rome(27, 9)
    assert event["DTEND"].dt == rome(27, 10)
    assert event["ATTENDEE"] == "mailto:maria@cliente.example"
    assert event["ORGANIZER"] == "mailto:support@acme.example"
    assert event["LOCATION"] == "Via Roma 1, Torino"
    assert b"\r\nX: y" not in raw
    off: Any = Calendar.from_ical(
        invitation.event(replace(asked, cancel=True, sequence=1), Address("", "a@b.example"), maria, NOW)
    )
    [gone] = off.walk("VEVENT")
    assert (off["METHOD"], gone["STATUS"], gone["UID"], gone["SEQUENCE"]) == (
        "CANCEL",
        "CANCELLED",
        "u1@deskd",
        1,
    )
