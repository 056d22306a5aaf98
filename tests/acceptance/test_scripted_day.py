"""A day at the desk: sixty customers by mail, in a shared channel and in direct messages; three agents with every command and button; Slack is away for ten
minutes at noon while people go on writing, and the daemon is started anew in the middle. In the evening every message is where it belongs, exactly once.

The ten minutes pass on the desk's clock, which is also Slack's. No step is timed: each waits for what the desk shows of it.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import itertools
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from connectors.slack import catchup, screening
from connectors.standins.changes import Change
from connectors.standins.slack.blocks import elements, options
from deskd.clock.system import SystemClock
from deskd.model import Ticket
from deskd.store import Store, Work, checking, tickets
from deskd.store import outbox as delivery
from tests.support.daemon import until
from tests.support.slackdesk import ANNA, BRUNO, CARLA, CLIENTI, FRONT, SlackDesk, slack_desk

TICKETS, AT_ONCE = 60, 12
PATIENCE = 240.0  # seconds; what one waits for comes after what the others, at once with it, have asked for
SPECIAL = "C0SPECIAL"
SENT, HELD, INSIDE, DONE, EYES = "white_check_mark", "hourglass_flowing_sand", "lock", "ok_hand", "eyes"
CANNED = "---\nname: refund\ntitle: Refund\nlanguages: [en]\n---\nIl rimborso per {{ ticket.ref }} arriva.\n"
ARTICLE = "---\nname: router\ntitle: Reset the router\nlanguages: [en]\nlink: https://acme.example/router\n---\nSpegnere e riaccendere.\n"


class DesksClock(SystemClock):
    """The time of day, and what a test adds to it."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead.total_seconds()


@dataclass
class Case:
    """One customer with one thing on their mind. `token` stands in all that is written about it."""

    day: Day
    number: int
    card: str = ""
    asked: str = ""  # the ts of their question in Slack
    reply: str = ""  # the ts of the morning's answer
    expected: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(direction, text) of the ticket's messages."""
    delivered: Counter[str] = field(default_factory=Counter)
    """What the customer gets."""

    @property
    def token(self) -> str:
        return f"caso{self.number:02d}"

    @property
    def agent(self) -> str:
        return (ANNA, BRUNO, CARLA)[self.number % 3]

    @property
    def by_mail(self) -> bool:
        return self.number % 3 == 0

    @property
    def direct(self) -> bool:
        return self.number % 3 == 2

    @property
    def customer(self) -> str:
        return f"U1C{self.number:02d}"

    @property
    def channel(self) -> str:
        return self.day.desk.slack.dm(self.customer) if self.direct else CLIENTI

    async def writes(self, text: str) -> None:
        """The customer; in Slack it may be that nobody hears it now."""
        self.expected["in", text] += 1
        if self.by_mail:
            await self.day.desk.send(self.mail(text), f"{self.token}@cliente.example")
            return
        thread = self.asked or None
        ts = self.day.desk.slack.post(self.customer, self.channel, text, None if self.direct else thread)
        self.asked = self.asked or ts

    def mail(self, text: str) -> bytes:
        number = next(self.day.mails)
        lines = [
            f"From: {self.token} <{self.token}@cliente.example>",
            "To: support@acme.example",
            f"Subject: {'Re: ' if self.card else ''}Richiesta {self.token}",
            f"Message-ID: <{number}.{self.token}@cliente.example>",
            *([f"In-Reply-To: <{self.day.first_mails[self.number]}>"] if self.card else []),
            "Content-Type: text/plain; charset=utf-8",
            "",
            text,
            "",
        ]
        self.day.first_mails.setdefault(self.number, f"{number}.{self.token}@cliente.example")
        return "\r\n".join(lines).encode()

    async def shown(self, text: str) -> None:
        """These words stand in the ticket's thread."""
        await self.day.until(lambda: text in self.day.texts.get(self.card, ()))

    async def says(self, text: str, mark: str, *, user: str = "") -> str:
        """An agent writes in the thread, and the desk puts its mark there."""
        ts = self.day.desk.slack.post(user or self.agent, FRONT, text, self.card)
        await self.day.until(lambda: mark in self.day.desk.slack.reactions(FRONT, ts))
        return ts

    async def answers(self, text: str, mark: str = HELD) -> str:
        self.expected["out", text] += 1
        self.delivered[text] += 1
        return await self.says(text, mark)

    def never_mind(self, text: str) -> None:
        """An answer that is stopped: the record keeps it, the customer never gets it."""
        self.delivered -= Counter([text])

    async def commands(self, text: str, user: str = "") -> None:
        """Typed in the thread, and acknowledged: with a mark, or a word to its author alone."""
        slack, who = self.day.desk.slack, user or self.agent
        before = len(self.told(who))
        ts = slack.post(who, FRONT, text, self.card)
        await self.day.until(lambda: DONE in slack.reactions(FRONT, ts) or len(self.told(who)) > before)

    def told(self, user: str) -> list[Any]:
        return [
            one for one in self.day.desk.slack.ephemerals if (one.user, one.thread_ts) == (user, self.card)
        ]

    @property
    def ref(self) -> str:
        """As its card's first line has it."""
        return str(self.day.desk.slack.message(FRONT, self.card)["text"]).split()[0].strip("[]:")

    async def found(self) -> Ticket:
        """The ticket's own fields."""

        def look(work: Work) -> Ticket | None:
            return tickets.load(work, tickets.by_ref(work, self.ref) or 0)

        assert self.day.desk.daemon is not None
        ticket = await self.day.desk.daemon.store.read(look)
        assert ticket is not None, self.ref
        return ticket

    async def becomes(self, **values: Any) -> None:
        async def is_so() -> bool:
            found = await self.found()
            return all(getattr(found, name) == value for name, value in values.items())

        await until(is_so, PATIENCE)

    # ── what stands on the card ──────────────────────────────────────────────────────────────────────────────────────

    def drawn(self) -> list[Any]:
        return list(elements(self.day.desk.slack.message(FRONT, self.card)["blocks"]))

    async def presses(self, action: str) -> None:
        await self.day.until(lambda: any(one["action_id"] == action for one in self.drawn()))
        await self.day.desk.slack.press(self.agent, FRONT, self.card, action)

    async def chooses(self, choice: str) -> None:
        """In the card's menu."""

        def there() -> str:
            menus = [one for one in self.drawn() if one["action_id"] == "menu"]
            values = [each["value"] for menu in menus for each in options(menu)]
            return next((value for value in values if value.endswith(f":{choice}")), "")

        value = await self.day.until(there)
        await self.day.desk.slack.press(self.agent, FRONT, self.card, "menu", value)

    async def fills_in(self, **values: str) -> None:
        """The form in front of the agent; nobody else gets one meanwhile."""
        slack = self.day.desk.slack
        (view, *_) = await self.day.until(lambda: slack.open_views(self.agent))
        await slack.submit_view(self.agent, view.id, values)
        await self.day.until(lambda: not slack.open_views(self.agent))

    async def presses_below(self, action: str) -> None:
        """A button under the last word that the agent alone was told."""
        (*_, found) = await self.day.until(
            lambda: [one for one in self.told(self.agent) if action in str(one.blocks)]
        )
        (button,) = (one for one in elements(found.blocks) if str(one["action_id"]).startswith(action))
        await self.day.desk.slack.press(self.agent, FRONT, found.ts, button["action_id"])


@dataclass
class Day:
    desk: SlackDesk
    clock: DesksClock
    cases: list[Case] = field(default_factory=list)
    cards: dict[str, str] = field(default_factory=dict)
    texts: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """What stands in each thread of the team's channel, by the ts of its card."""
    mails: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    first_mails: dict[int, str] = field(default_factory=dict)
    forms: asyncio.Lock = field(default_factory=asyncio.Lock)

    def watch(self, change: Change) -> None:
        told: dict[str, Any] = dict(change.data)
        message = told.get("message") or {}
        thread = message.get("thread_ts")
        if change.kind != "message" or told.get("channel") != FRONT or not thread:
            return
        text = str(message.get("text"))
        self.texts[thread].append(text)
        for case in self.cases:
            if case.token in text and message.get("bot_id"):
                self.cards.setdefault(case.token, thread)

    def is_deaf(self) -> bool:
        """The desk knows that it doesn't hear Slack, and lets no answer go that may have been changed."""
        assert self.desk.daemon is not None
        return bool(self.desk.daemon.outbox.unsure)

    async def nothing_is_held(self) -> bool:
        daemon = self.desk.daemon
        assert daemon is not None
        daemon.outbox.wake()  # it knows nothing of a clock that was put forward
        return not await daemon.store.read(delivery.held_messages)

    async def until(self, true: Callable[[], Any]) -> Any:
        return await self.desk.slack.wait_for(true, PATIENCE)

    async def each(self, does: Callable[[Case], Awaitable[None]]) -> None:
        """All cases, several at once."""
        turn = asyncio.Semaphore(AT_ONCE)

        async def one(case: Case) -> None:
            async with turn:
                await does(case)

        async with asyncio.TaskGroup() as group:
            for case in self.cases:
                group.create_task(one(case))


# ── the morning ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def morning(case: Case) -> None:
    """The question, someone who takes it up, and an answer that is held for ten minutes."""
    day, slack = case.day, case.day.desk.slack
    question = f"Domanda {case.token}"
    await case.writes(question)
    case.card = await day.until(lambda: day.cards.get(case.token))
    match case.number % 4:
        case 0:
            await case.presses("claim")
        case 1:
            await case.commands("!claim")
        case 2:
            slack.react(case.agent, FRONT, case.card, EYES)
        case _:
            await case.commands(f"!assign @{slack.workspace.user(case.agent).name}", user=ANNA)
    case.reply = await case.answers(f"Risposta {case.token}")
    match case.number % 5:
        case 1:  # mended in time
            slack.edit(case.agent, FRONT, case.reply, f"Risposta giusta {case.token}")
            changed(case, f"Risposta giusta {case.token}")
        case 2:  # stopped, and another one
            slack.react(case.agent, FRONT, case.reply, "x")
            await day.until(lambda: HELD not in slack.reactions(FRONT, case.reply))
            case.never_mind(f"Risposta {case.token}")
            case.reply = await case.answers(f"Altra risposta {case.token}")
        case 3:
            case.expected["note", f"nota {case.token}"] += 1
            await case.says(f"// nota {case.token}", INSIDE)
        case 4:  # a mention keeps it inside, until its author sends it after all
            await case.says(f"@bruno vedi {case.token}", INSIDE)
            await day.until(lambda: case.told(case.agent))
            await case.presses_below("send_note")
            text = f"Bruno Sá vedi {case.token}"
            case.expected["out", text] += 1
            case.delivered[text] += 1
    await case.shown(question)


def changed(case: Case, text: str) -> None:
    """The held answer reads so now."""
    old = next(each for direction, each in case.expected if direction == "out" and case.delivered[each])
    case.expected["out", text] += 1
    case.expected -= Counter([("out", old)])
    case.delivered[text] += 1
    case.delivered -= Counter([old])


# ── noon: Slack is away ──────────────────────────────────────────────────────────────────────────────────────────────


async def noon(case: Case) -> None:
    """What nobody hears of now; mail comes in all the same."""
    slack = case.day.desk.slack
    match case.number % 6:
        case 0:
            slack.delete(case.agent, FRONT, case.reply)
            case.never_mind(reading(case))
        case 1:
            text = f"Risposta di mezzogiorno {case.token}"
            slack.edit(case.agent, FRONT, case.reply, text)
            old = reading(case)
            case.expected -= Counter([("out", old)])
            case.delivered -= Counter([old])
            case.expected["out", text] += 1
            case.delivered[text] += 1
        case 2:
            text = f"Seconda risposta {case.token}"
            case.expected["out", text] += 1
            case.delivered[text] += 1
            slack.post(case.agent, FRONT, text, case.card)
        case 3:
            await case.writes(f"Novità {case.token}")
        case 4 if not case.by_mail:
            text = f"Domanda {case.token}, meglio detto"
            slack.edit(case.customer, case.channel, case.asked, text)
            case.expected -= Counter([("in", f"Domanda {case.token}")])
            case.expected["in", text] += 1
        case _:
            case.expected["note", f"promemoria {case.token}"] += 1
            slack.post(case.agent, FRONT, f"note: promemoria {case.token}", case.card)


def reading(case: Case) -> str:
    """What the morning's answer says by now."""
    (text,) = (text for text in case.delivered if case.delivered[text] and "vedi" not in text)
    return text


# ── the afternoon: every command and button ──────────────────────────────────────────────────────────────────────────


async def afternoon(case: Case) -> None:
    await ENDINGS[case.number % len(ENDINGS)](case)


async def resolved(case: Case) -> None:
    await case.commands("!resolve")
    await case.becomes(status="resolved")


async def resolved_with_last_words(case: Case) -> None:
    text = f"Arrivederci {case.token}"
    case.expected["out", text] += 1
    case.delivered[text] += 1
    await case.says(f"!resolve {text}", HELD)


async def pending_and_back(case: Case) -> None:
    await case.commands("!pending 2d")
    await case.becomes(status="pending")
    await case.writes(f"Eccomi {case.token}")
    await case.shown(f"Eccomi {case.token}")
    await case.becomes(status="open")
    await case.chooses("pending")
    await case.becomes(status="pending")


async def on_hold(case: Case) -> None:
    await case.commands("!hold aspetto il fornitore")
    await case.becomes(status="hold")
    await case.commands("!reopen")
    await case.chooses("hold")
    await case.becomes(status="hold")


async def closed(case: Case) -> None:
    await case.commands("!close")
    await case.becomes(status="closed")


async def spam_and_no_request(case: Case) -> None:
    await case.commands("!spam")
    await case.becomes(status="spam")
    await case.chooses("reopen")
    await case.becomes(status="open")
    await case.chooses("not_a_request")
    await case.becomes(status="closed")


async def spam_by_the_menu(case: Case) -> None:
    await case.chooses("spam")
    await case.becomes(status="spam")


async def classified(case: Case) -> None:
    await case.commands("!urgency high")
    await case.commands("!impact high")
    await case.commands("!priority low")
    await case.commands("!tag fattura urgente")
    await case.commands("!tag -urgente")
    await case.becomes(priority="low", urgency="high", impact="high", tags=("fattura",))


async def given_up_and_down(case: Case) -> None:
    await case.commands("!escalate il router è rotto")
    await case.becomes(team="specialists", level=2)
    await case.commands("!deescalate era il cavo")
    await case.becomes(team="front-desk", level=1)


async def joined_and_parted(case: Case) -> None:
    other = case.day.cases[(case.number + 1) % TICKETS]
    await case.commands(f"!link {other.ref}")
    await case.commands(f"!unlink {other.ref}")
    await case.commands(f"!merge {other.ref}")
    await case.becomes(merged_into=(await other.found()).id)
    await case.commands("!unmerge")
    await case.becomes(merged_into=None)


async def screens(case: Case) -> None:
    for asked in (
        "!contact",
        "!history",
        "!summary",
        "!why",
        "!help",
        "!help resolve",
        "!frobnicate",
        "!priority purple",
    ):
        await case.commands(asked)
    await case.chooses("history")


async def canned(case: Case) -> None:
    await case.commands("!canned refund")
    await case.presses_below("send_canned")
    text = f"Il rimborso per {case.ref} arriva."
    case.expected["out", text] += 1
    case.delivered[text] += 1


async def from_the_shelf(case: Case) -> None:
    await case.commands("!kb router")
    await case.presses_below("send_article")
    text = await case.day.until(
        lambda: next((one for one in case.day.texts[case.card] if "riaccendere" in one), None)
    )
    case.expected["out", text] += 1
    case.delivered[text] += 1


async def resolved_by_button_and_reopened(case: Case) -> None:
    await case.presses("resolve")
    await case.becomes(status="resolved")
    await case.writes(f"Non va ancora {case.token}")
    await case.shown(f"Non va ancora {case.token}")
    await case.becomes(status="open")
    case.day.desk.slack.react(case.agent, FRONT, case.card, SENT)
    await case.becomes(status="resolved")


async def handed_around(case: Case) -> None:
    await case.commands("!release")
    await case.becomes(assignee=None)
    await case.commands("!assign specialists")
    await case.becomes(team="specialists")
    await case.commands("!assign @anna")
    await case.becomes(assignee="anna")


async def by_forms(case: Case) -> None:
    """The card's buttons that open forms, the shortcuts of a message's menu and /desk."""
    slack = case.day.desk.slack
    async with case.day.forms:
        await case.presses("assign")
        await case.fills_in(to="agent:bruno")
        await case.becomes(assignee="bruno")
        text = f"Dal modulo {case.token}"
        case.expected["out", text] += 1
        case.delivered[text] += 1
        await case.presses("reply_with")
        await case.fills_in(text=text)
        await case.shown(text)
        case.expected["note", f"annotato {case.token}"] += 1
        await case.chooses("note")
        await case.fills_in(text=f"annotato {case.token}")
        await case.chooses("tags")
        await case.fills_in(tags="modulo")
        await case.becomes(tags=("modulo",))
        await case.chooses("priority")
        await case.fills_in(priority="high", urgency="medium", impact="medium")
        await case.becomes(priority="high")
        await case.presses("escalate")
        await case.fills_in(to="next", reason="serve uno specialista")
        await case.becomes(team="specialists")
        for asked in ("my", "queue", f"search {case.token}", "help"):
            assert await slack.command(case.agent, FRONT, "/desk", asked)
    said = await case.answers(f"Con scorciatoia {case.token}")
    await slack.shortcut(case.agent, "make_note", FRONT, said)
    await case.day.until(lambda: INSIDE in slack.reactions(FRONT, said))
    case.expected -= Counter([("out", f"Con scorciatoia {case.token}")])
    case.expected["note", f"Con scorciatoia {case.token}"] += 1
    case.never_mind(f"Con scorciatoia {case.token}")


ENDINGS = (
    resolved, resolved_with_last_words, pending_and_back, on_hold, closed, spam_and_no_request, spam_by_the_menu, classified,
    given_up_and_down, joined_and_parted, screens, canned, from_the_shelf, resolved_by_button_and_reopened, handed_around, by_forms,
)  # fmt: skip


# ── the day ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.timeout(900)
async def test_a_day_at_the_desk(tmp_path: Path, database_url: str) -> None:
    for folder, name, text in (("canned", "refund", CANNED), ("knowledge", "router", ARTICLE)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{name}.md").write_text(text)
    clock = DesksClock()
    async with slack_desk(
        tmp_path, database_url, slack={"undo": "10m"}, team={"members": ["anna", "bruno", "carla"]}, clock=clock,
        standin_clock=lambda: clock.now().timestamp(), queue_for=0.05, retry_delays=(), ack_within=PATIENCE, trigger_life=PATIENCE,
        more_teams={"specialists": {"level": 2, "slack": SPECIAL, "members": ["carla"], "assign": "manual"}},
    ) as desk:  # fmt: skip
        day = Day(desk, clock)
        day.cases = [Case(day, number) for number in range(TICKETS)]
        desk.slack.join(CARLA, FRONT)
        desk.slack.add_channel(SPECIAL, "special", [ANNA, BRUNO, CARLA])
        for case in day.cases:
            if not case.by_mail:
                desk.slack.add_user(case.customer, case.token, f"Cliente {case.token}")
                desk.slack.join(case.customer, CLIENTI)
        desk.slack.subscribe(day.watch)
        with patch.object(screening, "ANSWER_WITHIN", PATIENCE), patch.object(catchup, "PAUSE", 0.0):
            await desk.start()
            await day.each(morning)
            await desk.caught_up()

            desk.slack.outage()
            await until(day.is_deaf, PATIENCE)
            await day.each(noon)
            clock.ahead += timedelta(minutes=10)
            await desk.unheard()
            await desk.slack.recover()
            await desk.stop()
            await desk.start()
            await desk.caught_up()

            await day.each(afternoon)
            await desk.at_rest()
            clock.ahead += timedelta(minutes=10)
            await until(day.nothing_is_held, PATIENCE)
            await desk.at_rest()
            await desk.stop()
        assert_all_is_where_it_belongs(day)


def assert_all_is_where_it_belongs(day: Day) -> None:
    slack, held = day.desk.slack, {one["ref"]: one for one in day.desk.tickets()}
    assert len(held) == TICKETS
    wrong = [told for case in day.cases for told in misplaced(case, held[case.ref])]
    assert wrong == []
    keys = Counter(
        one["metadata"]["event_payload"]["key"]
        for channel in (FRONT, SPECIAL, CLIENTI)
        for one in slack.channel_messages(channel)
        if one.get("metadata")
    )
    assert set(keys.values()) == {1}
    store = Store.open(day.desk.database, write=False)
    try:
        for ask in checking.CHECKS:
            assert store.read_now(lambda work, ask=ask: list(ask(work))) == []  # type: ignore[misc]
    finally:
        store.close()


def misplaced(case: Case, ticket: dict[str, Any]) -> Iterator[str]:
    """What is missing, too much, or somewhere else."""
    found = Counter((one["direction"], one["text"]) for one in ticket["messages"])
    got = mailed(case.day, case) if case.by_mail else posted(case.day, case)
    thread = Counter(str(one["text"]) for one in case.day.desk.slack.thread(FRONT, case.card))
    told = Counter({text.splitlines()[0]: count for text, count in case.delivered.items()})
    if found != case.expected:
        yield f"{case.token}: the ticket has {found}, not {case.expected}"
    if got != told:
        yield f"{case.token}: the customer has {got}, not {told}"
    for direction, text in case.expected:
        if direction == "in" and "meglio detto" not in text and thread[text] != 1:
            yield f"{case.token}: the thread has {thread[text]} times {text!r}"


def mailed(day: Day, case: Case) -> Counter[str]:
    """The first line of each mail that the customer got."""
    found: Counter[str] = Counter()
    for one in day.desk.mail.to(f"{case.token}@cliente.example"):
        message = email.message_from_bytes(one.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        body = message.get_body(("plain",))
        assert body is not None
        found[str(body.get_content()).strip().splitlines()[0]] += 1
    return found


def posted(day: Day, case: Case) -> Counter[str]:
    """The first line of each message that our bot wrote to the customer."""
    slack = day.desk.slack
    posts = slack.channel_messages(case.channel) if case.direct else slack.thread(CLIENTI, case.asked)
    return Counter(str(one["text"]).splitlines()[0] for one in posts if one.get("bot_id"))
