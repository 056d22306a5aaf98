"""What agents are shown at once: the forms, pages and lists that a press, a choice or `/desk` asks for (`ports.Screens`).

Nothing is changed here. Slack lets a form be opened within three seconds of the click, and only then: so it is drawn from a read, while the gesture
itself goes its way through the inbox. A form that is sent in is looked at first, so that whoever filled it in learns at once what is wrong and
keeps what they typed; it is read again when its row is worked on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from deskd import judging, words
from deskd.compose.mrkdwn import to_text
from deskd.config import Settings
from deskd.forms import lists, making, opening, pages
from deskd.forms.about import About, WrongField, filled, unpacked
from deskd.gestures.presses import (
    BY_BUTTON,
    BY_MENU,
    HOME_NEW,
    HOME_REFRESH,
    MAKES_NOTE,
    OPENS_FROM,
    SENDS_MESSAGE,
    SHOW_ALL,
    SHOW_MORE,
    names_of,
)
from deskd.model import Gesture
from deskd.model.panels import Answer, Form, Panel, Refused
from deskd.parse.slack import parse_slack
from deskd.ports import Clock
from deskd.shelf import article as shelf
from deskd.shelf import shelves, shelving
from deskd.store import Store, Work, beside, history, tickets
from deskd.store import lists as listed

_ALONE: Final = frozenset(
    {SHOW_ALL, SHOW_MORE, OPENS_FROM, SENDS_MESSAGE, MAKES_NOTE, HOME_REFRESH, HOME_NEW}
)


class Panels:
    """For the agents of one desk. `standing`: its settings, and Slack id -> roster key, as they are at each asking."""

    def __init__(
        self, store: Store, clock: Clock, standing: Callable[[], tuple[Settings, Mapping[str, str]]]
    ) -> None:
        self._store = store
        self._clock = clock
        self._standing = standing

    async def ask(self, account: str, payload: bytes) -> Panel | None:
        gesture = parse_slack(payload)
        if not _asks(gesture):
            return None
        settings, people = self._standing()
        asking = _Asking(settings, people, account, people.get(gesture.user, ""), self._clock.now())
        if asking.agent not in settings.agents:
            return asking.stranger(gesture)
        return await self._store.read(lambda work: asking.shown(work, gesture))


@dataclass(frozen=True, slots=True)
class _Asking:
    """One agent who asks, at one time."""

    settings: Settings
    people: Mapping[str, str]
    account: str
    agent: str
    now: datetime

    def _say(self, key: str, **values: object) -> str:
        return words.say(self.settings.desk.agent_language, key, **values)

    def stranger(self, gesture: Gesture) -> Panel | None:
        """Who isn't of the roster gets to see nothing of the desk's (invariant I7)."""
        if gesture.kind == "home" or gesture.view == "home":
            return lists.strangers_home(self.settings)
        return Answer(self._say("not_of_roster"))

    def shown(self, work: Work, gesture: Gesture) -> Panel | None:
        match gesture.kind:
            case "home":
                return self._home(work)
            case "command":
                return self._command(work, gesture)
            case "submit":
                return self._judged(work, gesture)
        if gesture.view:
            return self._within(work, gesture)
        return self._pressed(work, gesture)

    # ── a press or a choice ──────────────────────────────────────────────────────────────────────────────────────────

    def _pressed(self, work: Work, gesture: Gesture) -> Panel | None:
        ref, _, other = gesture.value.partition(":")
        if gesture.name == SHOW_ALL:
            return self._message(work, gesture.value, 0)
        if gesture.name == OPENS_FROM:
            return self._from_message(work, gesture)
        if gesture.name in (SENDS_MESSAGE, MAKES_NOTE):
            there = tickets.post(work, gesture.channel, gesture.ts) or tickets.by_thread(
                work, gesture.channel, gesture.thread_ts or gesture.ts
            )
            return None if there else Answer(self._say("not_a_tickets_message"))
        if gesture.name == "menu" and other == SHOW_ALL:
            return self._ticket_page(work, ref, 0)
        name = BY_BUTTON.get(gesture.name) or BY_MENU.get(other, "")
        asked = self._asked(work, ref, gesture, name)
        if asked is None:
            return None
        if name == "split" and not asked.parts:
            return Answer(self._say("nothing_to_split"))
        return making.form(name, asked)

    def _asked(self, work: Work, ref: str, gesture: Gesture, name: str) -> making.Asked | None:
        ticket_id = tickets.by_ref(work, ref)
        state = tickets.glance(work, ticket_id) if ticket_id is not None else None
        if state is None or state.ticket is None:
            return None
        about = (
            unpacked(gesture.about)
            if gesture.view
            else About(state.ticket.ref, gesture.channel, gesture.thread_ts or gesture.ts)
        )
        asked = making.Asked(self.settings, state.ticket, state.contact, about)
        if name == "reply":
            found, fitting = shelf.suggested(
                shelves.pieces(self.settings, "canned"),
                asked.ticket.tags,
                shelving.languages_of(self.settings, state, state.ticket),
            )
            return making.Asked(self.settings, state.ticket, state.contact, about, found, fitting)
        if name == "split":
            said = history.by_id(work, state.ticket.id)
            parts = [(one, said[one]) for one in beside.may_part(work, state.ticket.id) if one in said]
            return making.Asked(self.settings, state.ticket, state.contact, about, parts=parts)
        return asked

    def _within(self, work: Work, gesture: Gesture) -> Panel | None:
        """On the home tab, on a page, or a choice in a form that is told at once."""
        if gesture.name == HOME_REFRESH:
            return self._home(work)
        if gesture.name == HOME_NEW:
            return opening.form(self.settings, About())
        if gesture.name == SHOW_MORE:
            what, _, part = gesture.value.rpartition(":")
            number = int(part) if part.isdecimal() else 0
            return (
                self._message(work, what, number)
                if what.isdecimal()
                else self._ticket_page(work, what, number)
            )
        if gesture.view == "reply" and gesture.name == "piece":
            return self._canned(work, gesture)
        return None

    def _canned(self, work: Work, gesture: Gesture) -> Form | None:
        """The reply's form, with the chosen text filled in for this customer."""
        ref = unpacked(gesture.about).ref
        asked = self._asked(work, ref, gesture, "reply")
        ticket_id = tickets.by_ref(work, ref)
        state = tickets.glance(work, ticket_id) if ticket_id is not None else None
        piece = next((one for one in asked.pieces if one.name == gesture.value), None) if asked else None
        if asked is None or state is None or piece is None:
            return None
        text = shelving.filled(work, self.settings, state, asked.ticket, piece, f"agent:{self.agent}")
        return making.reply(asked, piece.name, text)

    def _from_message(self, work: Work, gesture: Gesture) -> Form:
        """*New ticket from this*: whoever wrote it in its ticket's thread, and what they wrote."""
        post = tickets.post(work, gesture.channel, gesture.ts)
        thread = gesture.thread_ts or gesture.ts
        ticket_id = post["ticket_id"] if post else tickets.by_thread(work, gesture.channel, thread)
        state = tickets.glance(work, ticket_id) if ticket_id is not None else None
        said = history.whole_message(work, post["message_id"]) if post and post["message_id"] else None
        customer = (
            state.contact if state is not None and said is not None and said.direction == "in" else None
        )
        about = About(
            state.ticket.ref if state and state.ticket else "", gesture.channel, thread if state else ""
        )
        address = (customer.address.removeprefix("phone:")) if customer else ""
        text = said.text if said is not None else to_text(gesture.text, names_of(self.settings, self.people))
        return opening.form(self.settings, about, customer.name if customer else "", address, text)

    # ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _message(self, work: Work, number: str, part: int) -> Form | None:
        if not number.isdecimal() or len(number) > 18:
            return None
        said = history.whole_message(work, int(number))
        ticket_id = tickets.of_message(work, int(number))
        ticket = tickets.load(work, ticket_id) if ticket_id is not None else None
        return pages.page(self.settings, ticket, [said], number, part) if said and ticket else None

    def _ticket_page(self, work: Work, ref: str, part: int) -> Form | None:
        ticket_id = tickets.by_ref(work, ref)
        state = tickets.glance(work, ticket_id) if ticket_id is not None else None
        if state is None or state.ticket is None:
            return None
        said = history.whole(work, state.ticket.id)
        return pages.page(self.settings, state.ticket, said, state.ticket.ref, part)

    # ── a form that was sent in ──────────────────────────────────────────────────────────────────────────────────────

    def _judged(self, work: Work, gesture: Gesture) -> Refused | None:
        try:
            if gesture.name == opening.NEW:
                opening.read(self.settings, filled(gesture.text), gesture.event_ts, self.now)
            else:
                judging.judge(work, self.settings, self.people, self.account, self.agent, gesture, self.now)
        except WrongField as wrong:
            return Refused({wrong.field: self._say(wrong.key, **wrong.values)})
        except judging.Refusal as refusal:
            return Refused({refusal.field: str(refusal)})
        return None

    # ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _home(self, work: Work) -> Panel:
        queues = {team: listed.of_team(work, team, self.agent) for team in self.settings.teams_of(self.agent)}
        return lists.home(self.settings, self.agent, listed.of_agent(work, self.agent), queues, self.now)

    def _command(self, work: Work, gesture: Gesture) -> Panel:
        """`/desk my`, in whatever capitals."""
        verb, _, rest = gesture.text.strip().partition(" ")
        rest = rest.strip()
        match verb.casefold():
            case "my" | "":
                rows = lists.due_first(listed.of_agent(work, self.agent))
                head = self._say("slash_my", count=len(rows))
                return lists.answer(self.settings, head, rows, self._say("home_none_mine"))
            case "queue":
                return self._queue(work)
            case "search" if rest:
                rows = listed.search(work, rest)
                many = len(rows) >= listed.FOUND
                shown = words.start_of(rest)
                head = self._say("slash_found_many" if many else "slash_found", words=shown, count=len(rows))
                return lists.answer(self.settings, head, rows)
            case "new":
                return opening.form(self.settings, About(channel=gesture.channel), text=rest)
        help_text = self._say("slash_help", command=gesture.name or "/desk")
        if verb.casefold() in ("help", "search"):
            return Answer(help_text)
        return Answer(f"{self._say('slash_unknown', found=words.start_of(verb, 40))}\n{help_text}")

    def _queue(self, work: Work) -> Answer:
        teams = self.settings.teams_of(self.agent)
        if not teams:
            return Answer(self._say("slash_no_team"))
        rows = lists.by_status([row for team in teams for row in listed.of_team(work, team)])
        head = self._say("slash_queue", teams=", ".join(teams), count=len(rows))
        return lists.answer(self.settings, head, rows)


def _asks(gesture: Gesture) -> bool:
    """Whether it may ask for a panel at all; all else is known without a look at the database."""
    if gesture.kind in ("home", "command", "submit"):
        return True
    if gesture.kind != "press":
        return False
    if gesture.view or gesture.name in _ALONE or gesture.name in BY_BUTTON:
        return True
    return gesture.name == "menu" and gesture.value.partition(":")[2] in (*BY_MENU, SHOW_ALL)
