"""`hours`: a map of calendars, each `open` or `closed` now. A calendar of which nothing is known is neither."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator

from deskd.rules.checks import AllOf, Check, Needs
from deskd.rules.spec import name_check
from deskd.rules.view import View
from deskd.rules.workshop import Workshop

CalendarName = Annotated[str, AfterValidator(name_check("a calendar", lambda names: names.calendars))]
HoursSpec = dict[CalendarName, Literal["open", "closed"]]


@dataclass(frozen=True, slots=True)
class HoursCheck:
    calendar: str
    open: bool

    def holds(self, subject: View) -> bool:
        return self._now(subject) is self.open

    def why(self, subject: View) -> str:
        now = self._now(subject)
        if now is None:
            return f"hours {self.calendar} is missing"
        state = "open" if now else "closed"
        return f"hours {self.calendar} is {state}" + (
            "" if self.holds(subject) else f", not {'open' if self.open else 'closed'}"
        )

    def captures(self, subject: View) -> Mapping[str, str]:
        return {}

    def needs(self, field: str) -> Needs:
        return None

    def _now(self, view: View) -> bool | None:
        return True if self.calendar == "always" else view.facts.hours.get(self.calendar)


def check(spec: HoursSpec, shop: Workshop) -> Check[View]:
    return AllOf(tuple(HoursCheck(calendar, wanted == "open") for calendar, wanted in spec.items()))
