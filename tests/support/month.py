"""A desk of three levels in two countries, and what happens on it in the month in which Europe's clocks change: who writes when, what agents do.

Times are whole minutes since `START`; everything is drawn from one seed, so that each run lives through the same month.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from deskd.config import Settings, settings_from
from deskd.yamlfile import read_yaml_text

START: Final = datetime(2027, 3, 15, tzinfo=UTC)  # a Monday
DAY: Final = 24 * 60
LAST_MAIL: Final = 28 * DAY
END: Final = 32 * DAY

DESKD_YAML: Final = """
desk: {name: Acme Support, prefix: ACME, languages: [it, en, pt], timezone: Europe/Rome, database: "sqlite:///desk.db"}
channels:
  support-mail: {type: mail, address: support@acme.example, team: front-desk, send: {host: 127.0.0.1, port: 2525, tls: none}}
  suporte-mail: {type: mail, address: suporte@acme.example, team: balcao, send: {host: 127.0.0.1, port: 2525, tls: none}}
  slack: {type: slack, app_token: xapp-test, bot_token: xoxb-test, undo: 0s}
agents:
  anna:   {name: Anna Rossi, slack: U0ANNA}
  bruno:  {name: Bruno Conti, slack: U0BRUNO}
  joana:  {name: Joana Lima, slack: U0JOANA}
  tiago:  {name: Tiago Melo, slack: U0TIAGO}
  carla:  {name: Carla Ruiz, slack: U0CARLA}
  davide: {name: Davide Neri, slack: U0DAVIDE}
  edu:    {name: Eduardo Reis, slack: U0EDU}
teams:
  front-desk:  {level: 1, slack: C0FRONT, members: [anna, bruno], lead: anna, assign: least_busy, hours: roma}
  balcao:      {level: 1, slack: C0BALCAO, members: [joana, tiago], lead: joana, assign: round_robin, hours: brasil}
  specialists: {level: 2, slack: C0SPECIAL, members: [carla, davide], lead: carla, assign: least_busy, hours: roma,
                skip_off_duty: true, accept_within: 187m}
  makers:      {level: 3, slack: C0MAKERS, members: [edu], lead: edu, assign: least_busy, hours: brasil,
                handoff: own_thread}
calendars:
  roma:   {timezone: Europe/Rome, open: {mon-fri: ["09:00-13:00", "14:00-18:00"]}, holidays: {country: IT}, closed: ["2027-03-19"]}
  brasil: {timezone: America/Sao_Paulo, open: {mon-fri: ["08:00-12:00", "13:00-17:30"], sat: ["09:00-12:00"]}, holidays: {country: BR}}
sla:
  urgent:   {when: {priority: urgent}, first_response: 30m, next_response: 1h, resolution: 8h, warn: 80%,
             on_breach: [{notify: lead}, {after: 15m, escalate: true}, {after: 2h, notify: "#boss"}]}
  makers:   {when: {level: 3}, calendar: brasil, first_response: 10h, next_response: 9h, resolution: 80h, warn: 75%,
             pause: [pending, hold], on_breach: [{notify: team}, {after: 3h, escalate: true}]}
  brasil:   {when: {team: balcao}, calendar: brasil, first_response: 3h, next_response: 4h, resolution: 20h, warn: 75%,
             on_breach: [{escalate: true}]}
  standard: {calendar: roma, first_response: 4h, next_response: 3h, resolution: 24h, warn: 75%,
             on_breach: [{notify: team}, {after: 97m, escalate: true}]}
"""

ABSENT: Final = {
    "bruno": [(7 * DAY, 9 * DAY)],
    "carla": [(8 * DAY + 600, 10 * DAY), (21 * DAY, 22 * DAY)],
    "davide": [(9 * DAY, 11 * DAY)],
    "edu": [(16 * DAY, 18 * DAY)],
}
"""Who is away from when until when. On 24 March nobody of the specialists is there."""

Kind = Literal[
    "mail", "reply", "pending", "hold", "resolve", "urgent", "escalate", "deescalate", "accept", "answer"
]


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does. `answer`: the customer writes again. `until`: when a pending ticket comes back; `to`: where it is escalated to."""

    at: int
    ticket: int
    kind: Kind
    who: str = ""
    until: int | None = None
    to: str | None = None

    @property
    def text(self) -> str:
        """What is written, which tells it from all else."""
        return f"{self.kind} {self.ticket}/{self.at} by {self.who}."


def settings() -> Settings:
    path = Path("/desk/deskd.yaml")
    return settings_from(read_yaml_text(DESKD_YAML, str(path)), {}, path)


def first_team(ticket: int) -> str:
    """Every third customer writes to the Brazilian address."""
    return "balcao" if ticket % 3 == 0 else "front-desk"


def script(tickets: int) -> list[Act]:
    """All that is done in the month, in order."""
    draw = random.Random(3)
    acts = [act for ticket in range(tickets) for act in _ticket(ticket, draw)]
    return sorted(acts, key=lambda act: (act.at, act.ticket))


def _ticket(ticket: int, draw: random.Random) -> list[Act]:
    """A ticket's acts, at times of its own, until the month is over."""
    at = draw.randrange(LAST_MAIL)
    acts = [Act(at, ticket, "mail")]
    one, other = ("joana", "tiago") if first_team(ticket) == "balcao" else ("anna", "bruno")
    for kind, who, after, extra in _story(draw, one, other):
        at += draw.randint(*after) if isinstance(after, tuple) else after
        until = at + extra if isinstance(extra, int) else None
        acts.append(Act(at, ticket, kind, who, until, extra if isinstance(extra, str) else None))
    return [act for act in acts if act.at < END]


Told = tuple[Kind, str, tuple[int, int] | int, int | str | None]
SOON: Final = (3, 300)
LATER: Final = (200, 3_000)


def _story(draw: random.Random, one: str, other: str) -> Iterator[Told]:
    """What becomes of a ticket: kind, who, how long after what was before, and until when or where to."""
    stories: tuple[tuple[Told, ...], ...] = (
        (),
        (("reply", one, SOON, None), ("resolve", one, LATER, None)),
        (("reply", one, LATER, None), ("answer", "", LATER, None)),
        (
            ("reply", one, SOON, None), ("pending", one, 1, None), ("answer", "", LATER, None), ("reply", one, LATER, None),
            ("resolve", one, LATER, None),
        ),
        (("pending", one, SOON, 4_000), ("reply", other, LATER, None)),
        (("pending", one, SOON, None), ("answer", "", LATER, None), ("hold", one, LATER, None), ("answer", "", LATER, None)),
        (
            ("reply", one, SOON, None), ("escalate", one, SOON, None), ("accept", "carla", LATER, None), ("reply", "carla", SOON, None),
            ("resolve", "carla", LATER, None),
        ),
        (("escalate", one, SOON, None), ("escalate", other, 1, None), ("accept", "davide", SOON, None)),
        (("escalate", one, SOON, "makers"), ("hold", "edu", SOON, None), ("answer", "", LATER, None), ("reply", "edu", SOON, None)),
        (
            ("reply", one, SOON, None), ("escalate", one, SOON, None), ("escalate", "carla", SOON, None), ("deescalate", "edu", LATER, None),
            ("deescalate", "davide", SOON, None),
        ),
        (("urgent", one, SOON, None),),
        (("reply", one, SOON, None), ("urgent", one, LATER, None), ("pending", one, SOON, None), ("answer", "", LATER, None)),
        (("reply", one, SOON, None), ("resolve", one, SOON, None), ("answer", "", LATER, None)),
    )  # fmt: skip
    yield from draw.choice(stories)
