"""`deskd demo` through its page: what is done there goes the whole way, and nobody but the page may do it."""

import asyncio
import base64
import contextlib
import json
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from deskd.demo import Demo
from deskd.demo.desk import language_of, load_desk, write_desk
from deskd.demo.first_mails import FIRST_MAILS
from deskd.demo.people import AGENTS, CHANNELS, CUSTOMERS
from deskd.errors import UsageError
from deskd.rules import load_rules, run_tests

PATIENCE = 60.0
STATIC = Path(__file__).resolve().parents[2] / "deskd" / "demo" / "static"


PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def up(name: str, content: bytes) -> dict[str, str]:
    return {"name": name, "content": base64.b64encode(content).decode()}


class Visitor:
    """A browser on the page, without the browser: it follows the live parts, and does what the page's scripts do."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self.url = url
        self.parts: dict[str, Any] = {}
        self._news = asyncio.Event()

    async def follow(self) -> None:
        async with self.session.get(f"{self.url}live", timeout=aiohttp.ClientTimeout(None)) as stream:
            part = ""
            async for line in stream.content:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name == "event":
                    part = value
                elif name == "data":
                    self.parts[part] = json.loads(value)
                    self._news.set()

    async def until(self, look: Callable[[dict[str, Any]], Any]) -> Any:
        """The first true value of `look` at the parts; one that isn't there yet counts as not true."""
        async with asyncio.timeout(PATIENCE):
            while True:
                with contextlib.suppress(KeyError, IndexError):
                    if value := look(self.parts):
                        return value
                await self._news.wait()
                self._news.clear()

    async def fetch(self, path: str) -> tuple[int, bytes, Mapping[str, str]]:
        async with self.session.get(f"{self.url}{path}") as answer:
            return answer.status, await answer.read(), answer.headers

    async def do(self, what: str, **asked: Any) -> tuple[int, dict[str, Any]]:
        headers = {"Origin": self.url.rstrip("/")}
        async with self.session.post(f"{self.url}{what}", json=asked, headers=headers) as answer:
            return answer.status, await answer.json()

    async def done(self, what: str, **asked: Any) -> None:
        assert await self.do(what, **asked) == (200, {})


@contextlib.asynccontextmanager
async def visiting(demo: Demo) -> AsyncIterator[Visitor]:
    async with aiohttp.ClientSession() as session:
        visitor = Visitor(session, demo.url)
        following = asyncio.create_task(visitor.follow())
        try:
            yield visitor
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)


def desk_in(folder: Path, undo: str) -> Path:
    """A demo's folder whose replies are held for `undo`."""
    write_desk(folder)
    config = folder / "deskd.yaml"
    config.write_text(re.sub(r"undo: \d+s", f"undo: {undo}", config.read_text()))
    return folder


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    running = Demo(desk_in(tmp_path / "desk", "0s"))
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def visitor(demo: Demo) -> AsyncIterator[Visitor]:
    async with visiting(demo) as visitor:
        yield visitor


def messages(parts: dict[str, Any], channel: str) -> list[dict[str, Any]]:
    found = next(one for one in parts["slack"]["channels"] if one["id"] == channel)
    return list(found["messages"])


def card(parts: dict[str, Any], subject: str, channel: str = "C0FRONT") -> dict[str, Any] | None:
    """The card with this subject, once the customer's text stands under it."""
    for message in messages(parts, channel):
        if message["text"].endswith(subject) and message.get("reply_count"):
            return message
    return None


def thread(parts: dict[str, Any], ts: str, channel: str = "C0FRONT") -> list[dict[str, Any]]:
    """The replies in a thread."""
    found = messages(parts, channel)
    return [one for one in found if one.get("thread_ts") == ts and one["ts"] != ts]


def mails(parts: dict[str, Any], customer: str) -> list[dict[str, Any]]:
    return list(next(box for box in parts["customers"] if box["key"] == customer)["mails"])


def chat(parts: dict[str, Any], user: int) -> list[dict[str, Any]]:
    return list(next(one for one in parts["telegram"] if one["id"] == user)["messages"])


def marked(message: dict[str, Any]) -> set[str]:
    return {reaction["name"] for reaction in message.get("reactions", ())}


async def test_a_mail_goes_to_the_agents_and_the_answer_comes_back(visitor: Visitor) -> None:
    # a customer writes
    await visitor.done("mail/write", customer="lucia", subject="Pedido 77", text="Hola, ¿cuándo llega?")
    ticket = await visitor.until(lambda parts: card(parts, "Pedido 77"))
    (asked,) = thread(visitor.parts, ticket["ts"])
    assert asked["text"] == "Hola, ¿cuándo llega?"
    assert asked["username"] == "Lucía Fernández"

    # an agent answers
    where = {"channel": "C0FRONT", "thread": ticket["ts"]}
    await visitor.done("slack/post", user="U0BRUNO", text="Hola Lucía: llega *mañana*.", **where)
    answer = await visitor.until(
        lambda parts: next((mail for mail in mails(parts, "lucia") if "llega mañana" in mail["text"]), None)
    )
    assert answer["direction"] == "received"
    assert answer["subject"].startswith("Re: Pedido 77 [ACME-")
    await visitor.until(lambda parts: marked(thread(parts, ticket["ts"])[1]) == {"white_check_mark"})

    # the customer answers that, above the quoted text, and only what is new comes into the same thread
    await visitor.done("mail/reply", customer="lucia", to=answer["number"], text="¡Mil gracias!")
    sent = mails(visitor.parts, "lucia")
    await visitor.until(lambda parts: len(mails(parts, "lucia")) > len(sent))
    thanks = mails(visitor.parts, "lucia")[-1]
    assert "escribió:\n> Hola Lucía: llega mañana." in thanks["text"]
    assert thanks["conversation"] == answer["conversation"]
    last = await visitor.until(lambda parts: len(found := thread(parts, ticket["ts"])) > 2 and found[-1])
    assert last["text"] == "¡Mil gracias!"


async def test_telegram_goes_both_ways(visitor: Visitor) -> None:
    await visitor.done(
        "telegram/write", user=502, text="Oi, a encomenda 77 não chegou", files=[up("foto.png", PNG)]
    )
    ticket = await visitor.until(lambda parts: card(parts, "Oi, a encomenda 77 não chegou"))
    where = {"channel": "C0FRONT", "thread": ticket["ts"]}
    await visitor.done("slack/post", user="U0BRUNO", text="Olá Rafael, já vejo.", **where)
    await visitor.until(lambda parts: "Olá Rafael, já vejo." in [one["text"] for one in chat(parts, 502)])
    (photo,) = chat(visitor.parts, 502)[0]["files"]
    assert (await visitor.fetch(f"files/telegram/{photo['id']}"))[:2] == (200, PNG)


async def test_a_customer_in_slack_is_answered_in_their_thread(visitor: Visitor) -> None:
    await visitor.done("slack/post", user="U0ELENA", channel="C0HELP", text="We can't log in")
    ticket = await visitor.until(lambda parts: card(parts, "We can't log in"))
    where = {"channel": "C0FRONT", "thread": ticket["ts"]}
    await visitor.done("slack/post", user="U0ANNA", text="On it.", **where)
    asked = await visitor.until(lambda parts: messages(parts, "C0HELP")[0])
    await visitor.until(
        lambda parts: "On it." in [one["text"] for one in thread(parts, asked["ts"], "C0HELP")]
    )


async def test_it_starts_with_mails_in_four_languages_each_a_ticket(visitor: Visitor) -> None:
    assert {next(c.language for c in CUSTOMERS if c.key == mail.customer) for mail in FIRST_MAILS} == {
        "it",
        "en",
        "es",
        "pt",
    }
    for mail in FIRST_MAILS:
        channel = "C0SPECIAL" if "VPN" in mail.subject else "C0FRONT"
        subject = mail.subject
        await visitor.until(lambda parts, s=subject, c=channel: card(parts, s, c))  # type: ignore[misc]


async def test_what_agents_press_and_react_with_is_done(visitor: Visitor) -> None:
    ticket = await visitor.until(lambda parts: card(parts, FIRST_MAILS[0].subject))
    on = {"user": "U0ANNA", "channel": "C0FRONT", "ts": ticket["ts"]}
    (claim,) = [
        button
        for block in ticket["blocks"]
        if block["type"] == "actions"
        for button in block["elements"]
        if button["action_id"] == "claim"
    ]
    await visitor.done("slack/press", action="claim", value=claim["value"], **on)
    await visitor.until(lambda parts: "Anna Rossi" in json.dumps(card(parts, FIRST_MAILS[0].subject)))
    await visitor.done("slack/react", name="white_check_mark", **on)
    await visitor.until(lambda parts: "*Status:* resolved" in json.dumps(card(parts, FIRST_MAILS[0].subject)))
    await visitor.done("slack/unreact", name="white_check_mark", **on)
    await visitor.until(lambda parts: marked(card(parts, FIRST_MAILS[0].subject) or {}) == set())


async def test_a_held_reply_can_be_edited_and_taken_back_on_the_page(tmp_path: Path) -> None:
    demo = Demo(desk_in(tmp_path / "desk", "600s"))
    await demo.start()
    try:
        async with visiting(demo) as visitor:
            ticket = await visitor.until(lambda parts: card(parts, FIRST_MAILS[0].subject))
            at = {"user": "U0ANNA", "channel": "C0FRONT"}
            await visitor.done("slack/post", thread=ticket["ts"], text="Un attimo", **at)
            held = await visitor.until(
                lambda parts: next(
                    (one for one in thread(parts, ticket["ts"]) if "hourglass_flowing_sand" in marked(one)),
                    None,
                )
            )
            await visitor.until(lambda parts: parts["desk"]["outbox"].get("held") == 1)
            await visitor.done("slack/edit", ts=held["ts"], text="Controllo", **at)
            await visitor.until(lambda parts: thread(parts, ticket["ts"])[-1]["text"] == "Controllo")
            await visitor.done("slack/delete", ts=held["ts"], **at)
            await visitor.until(lambda parts: "held" not in parts["desk"]["outbox"])
            assert held["ts"] not in {one["ts"] for one in thread(visitor.parts, ticket["ts"])}
            assert demo.smtp.to("maria@cliente.example")[-1].content.find(b"Controllo") == -1
    finally:
        await demo.stop()


REFUSALS: list[tuple[str, dict[str, Any], int, str]] = [
    ("slack/edit", {"user": "U0ANNA", "ts": "1.1", "text": "x"}, 409, "no message 1.1"),
    ("slack/post", {"user": "U0NOBODY", "thread": "1.1", "text": "x"}, 409, "no such person"),
    ("slack/post", {"thread": "1.1", "text": "x"}, 400, "user is missing"),
    ("slack/dance", {"user": "U0ANNA"}, 409, "nobody can dance here"),
    ("mail/write", {"customer": "nobody", "subject": "s", "text": "t"}, 400, "nobody is missing or unknown"),
    ("mail/reply", {"customer": "maria", "to": 999, "text": "t"}, 409, "no mail 999"),
    ("mail/write", {"customer": "maria"}, 400, "text is missing"),
]


async def test_what_nobody_can_do_is_said_in_words(visitor: Visitor) -> None:
    for what, asked, status, said in REFUSALS:
        answered, answer = await visitor.do(what, channel="C0FRONT", **asked)
        assert (answered, said in answer["error"]) == (status, True), (what, answer)


# ── who may ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_name_rebound_to_loopback_gets_nothing(visitor: Visitor) -> None:
    port = visitor.url.rsplit(":", 1)[1].strip("/")
    for host in (
        "evil.example",
        f"evil.example:{port}",
        f"192.0.2.1:{port}",
        "127.0.0.1.evil.example",
        "[::1",
    ):
        for path in ("", "live", "about", "static/main.js"):
            async with visitor.session.get(visitor.url + path, headers={"Host": host}) as answer:
                assert answer.status in (400, 403), (host, path)


async def test_another_site_can_change_nothing(visitor: Visitor, demo: Demo) -> None:
    own = visitor.url.removeprefix("http://").strip("/")
    asked = {"customer": "maria", "subject": "Hello", "text": "from another site"}
    others = ("null", "http://evil.example", "http://127.0.0.1", "http://127.0.0.1:1", f"https://{own}")
    for headers in ({}, *({"Origin": origin} for origin in others)):
        async with visitor.session.post(f"{visitor.url}mail/write", json=asked, headers=headers) as answer:
            assert answer.status == 403, headers
    assert [letter for letter in demo.mailboxes.letters if b"another site" in letter.content] == []


async def test_a_form_can_change_nothing(visitor: Visitor) -> None:
    headers = {"Origin": visitor.url.rstrip("/"), "Content-Type": "text/plain"}
    async with visitor.session.post(f"{visitor.url}mail/write", data="{}", headers=headers) as answer:
        assert answer.status == 415


async def test_the_page_listens_on_loopback_alone(demo: Demo) -> None:
    port = int(demo.url.rsplit(":", 1)[1].strip("/"))
    with socket.socket() as other:
        other.settimeout(5)
        assert (
            other.connect_ex(("127.0.0.2", port)) != 0
        )  # also this machine, but not the address it listens on


async def test_the_page_is_served_with_a_policy_that_lets_nothing_in(visitor: Visitor) -> None:
    async with visitor.session.get(visitor.url) as answer:
        page = await answer.text()
    assert "Not production" in page
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for name in re.findall(r'(?:src|href)="(/[^"]+)"', page):
        async with visitor.session.get(visitor.url.rstrip("/") + name) as answer:
            assert answer.status == 200, name


@pytest.mark.parametrize(
    "file", sorted(file for file in STATIC.rglob("*") if file.is_file()), ids=lambda file: file.name
)
def test_nothing_is_fetched_from_outside_and_no_text_becomes_markup(file: Path) -> None:
    text = file.read_text().replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert re.findall(r"""(?:src|href|url|import|fetch)\b[\s=("'`]*(?:https?:)?//""", text) == []
    assert (
        re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", text)
        == []
    )


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_files_go_both_ways_and_only_pictures_are_shown(visitor: Visitor) -> None:
    page = b"<script>alert(1)</script>"
    files = [up("ordine.html", page), up("foto.png", PNG)]
    await visitor.done("mail/write", customer="maria", subject="Con allegati", text="Ecco.", files=files)
    ticket = await visitor.until(lambda parts: card(parts, "Con allegati"))
    shared = await visitor.until(
        lambda parts: [file for one in thread(parts, ticket["ts"]) for file in one.get("files", ())]
    )
    by_name = {file["name"]: file["id"] for file in shared}
    status, content, headers = await visitor.fetch(f"files/slack/{by_name['ordine.html']}")
    assert (status, content, headers["Content-Type"]) == (200, page, "application/octet-stream")
    assert headers["Content-Disposition"].startswith("attachment;")
    status, content, headers = await visitor.fetch(f"files/slack/{by_name['foto.png']}")
    assert (status, content, headers["Content-Type"]) == (200, PNG, "image/png")

    where = {"channel": "C0FRONT", "thread": ticket["ts"]}
    await visitor.done(
        "slack/post", user="U0ANNA", text="Ecco il modulo.", files=[up("modulo.txt", b"si")], **where
    )
    mail = await visitor.until(
        lambda parts: (last := mails(parts, "maria")[-1])["files"] == ["modulo.txt"] and last
    )
    status, content, _ = await visitor.fetch(f"files/{mail['number']}/0")
    assert (status, content) == (200, b"si")


@pytest.mark.parametrize(
    "path", ["files/slack/F404", "files/1/7", "files/999/0", "files/x/y", "files/telegram/none"]
)
async def test_a_file_that_is_not_there(visitor: Visitor, path: str) -> None:
    assert (await visitor.fetch(path))[0] == 404


async def test_files_that_can_not_be_read_are_refused(visitor: Visitor) -> None:
    asked = {"customer": "maria", "subject": "x", "text": "x", "files": [{"name": "a", "content": "%%%"}]}
    assert await visitor.do("mail/write", **asked) == (409, {"error": "the files could not be read"})


# ── the story, the clock, the configuration ──────────────────────────────────────────────────────────────────────────


def steps(parts: dict[str, Any]) -> list[str]:
    return [step["key"] for step in parts["story"]["steps"] if step["done"]]


async def test_the_story_begins_with_the_first_mail_that_is_written_and_can_begin_again(
    visitor: Visitor,
) -> None:
    await visitor.until(lambda parts: card(parts, "Non riesco a entrare nel portale"))
    assert steps(visitor.parts) == []  # what came before a person did anything is no part of it
    await visitor.done(
        "mail/write", customer="john", subject="Refund for 4471", text="I would like a refund."
    )
    await visitor.until(
        lambda parts: steps(parts) == ["mail", "tagged"] and parts["story"]["ticket"]["thread"]
    )
    story = visitor.parts["story"]
    assert story["ticket"]["customer"] == "john"
    assert [rule["name"] for rule in story["steps"][1]["rules"]] == ["about refunds"]
    await visitor.done("story/again")
    await visitor.until(lambda parts: steps(parts) == [])
    await visitor.done(
        "mail/write", customer="john", subject="Something else", text="Nothing that a rule knows."
    )
    await visitor.until(lambda parts: steps(parts) == ["mail"])


async def test_the_clock_goes_ahead_and_a_missed_deadline_takes_tickets_up(visitor: Visitor) -> None:
    ticket = await visitor.until(lambda parts: card(parts, "Fattura 118: il totale non torna"))
    await visitor.until(
        lambda parts: [one for one in parts["clocks"] if one["subject"] == "Fattura 118: il totale non torna"]
    )
    await visitor.done("time/ahead", to="hours")
    handed = await visitor.until(
        lambda parts: [one for one in thread(parts, ticket["ts"]) if "Handoff" in one["text"]]
    )
    assert "first response was due" in handed[0]["text"]
    assert await visitor.until(lambda parts: parts["time"]["ahead"] == 4 * 3600)
    assert await visitor.until(
        lambda parts: [line for line in parts["desk"]["log"] if line["event"] == "clock_jumped"]
    )


async def test_the_clock_goes_to_what_happens_next(demo: Demo, visitor: Visitor) -> None:
    await visitor.until(lambda parts: len(parts["clocks"]) >= 10 and parts["time"]["deadline"])
    before = visitor.parts["time"]["deadline"]
    await visitor.done("time/ahead", to="deadline")
    assert demo.clock.now().isoformat() > before
    await visitor.until(lambda parts: parts["time"]["deadline"] > before)
    await visitor.done("time/ahead", to="morning")
    local = demo.clock.now().astimezone(demo.running.settings.desk.timezone)
    assert (local.hour, local.minute) == (9, 0)


async def test_the_clock_goes_nowhere_else(visitor: Visitor) -> None:
    assert await visitor.do("time/ahead", to="yesterday") == (
        409,
        {"error": "the clock knows no way to yesterday"},
    )


RULES = "rules/50-demo.yaml"


async def text_of(visitor: Visitor, name: str) -> str:
    _, answer = await visitor.do("config/files")
    return str(next(file["text"] for file in answer["files"] if file["name"] == name))


async def test_a_rule_that_is_wrong_is_refused_with_its_line_and_nothing_changes(
    demo: Demo, visitor: Visitor
) -> None:
    before, hash = await text_of(visitor, RULES), demo.running.rules.found.hash
    wrong = before.replace("impact: high", "impact: hig")
    status, told = await visitor.do("config/save", name=RULES, text=wrong)
    assert (status, told["good"], told["loaded"]) == (200, False, False)
    (problem,) = told["problems"]
    line = wrong.split("\n").index(next(one for one in wrong.split("\n") if "impact: hig" in one)) + 1
    assert (problem["file"], problem["line"]) == (RULES, line)
    assert "'high'" in problem["remedy"]
    assert await text_of(visitor, RULES) == before
    assert demo.running.rules.found.hash == hash


async def test_a_rule_that_fails_a_test_is_refused(visitor: Visitor) -> None:
    before = await text_of(visitor, RULES)
    _, told = await visitor.do("config/save", name=RULES, text=before.replace("{tag: network}", "{tag: net}"))
    assert (told["good"], told["loaded"], told["problems"]) == (False, False, [])
    (failed,) = [test for test in told["tests"] if not test["passed"]]
    assert failed["file"] == RULES
    assert "expected [network], found [net]" in failed["differences"][0]
    assert await text_of(visitor, RULES) == before


async def test_a_changed_rule_is_tested_loaded_compared_and_then_in_force(visitor: Visitor) -> None:
    await visitor.until(lambda parts: card(parts, "VPN em baixo desde ontem", "C0SPECIAL"))
    after = (
        (await text_of(visitor, RULES))
        .replace("network", "vpn-and-such")
        .replace("&vpn-and-such", "&network")
        .replace("tags: [network]", "tags: [vpn-and-such]")
    )
    _, tried = await visitor.do("config/try", name=RULES, text=after)
    assert (tried["good"], tried["loaded"]) == (True, False)
    assert await text_of(visitor, RULES) != after  # to try is not to save
    _, told = await visitor.do("config/save", name=RULES, text=after)
    assert (told["good"], told["loaded"], told["problems"]) == (True, True, [])
    assert all(test["passed"] for test in told["tests"])
    assert {line["sign"] for line in told["difference"]} >= {"+", "-"}
    assert [
        one["after"] for one in told["changes"] if one["field"] == "tags" and "vpn-and-such" in one["after"]
    ]
    await visitor.done("mail/write", customer="john", subject="VPN", text="The vpn is down.")
    await visitor.until(
        lambda parts: (
            card(parts, "VPN", "C0SPECIAL") and "vpn-and-such" in json.dumps(card(parts, "VPN", "C0SPECIAL"))
        )
    )


async def test_another_deskd_yaml_starts_the_daemon_again_and_a_wrong_one_does_not(
    demo: Demo, visitor: Visitor
) -> None:
    before, first = await text_of(visitor, "deskd.yaml"), demo.running
    _, told = await visitor.do("config/save", name="deskd.yaml", text=before.replace("level: 1", "level: 9"))
    assert (told["good"], told["loaded"]) == (False, False)
    assert demo.running is first
    _, told = await visitor.do(
        "config/save", name="deskd.yaml", text=before.replace("prefix: ACME", "prefix: NEW")
    )
    assert (told["good"], told["loaded"], told["problems"]) == (True, True, [])
    assert demo.running is not first
    await visitor.done("mail/write", customer="john", subject="After it", text="Still there?")
    assert (await visitor.until(lambda parts: card(parts, "After it")))["text"].startswith("NEW-")


@pytest.mark.parametrize(
    "name", ["../deskd.yaml", "standins.json", "rules/../deskd.yaml", "/etc/passwd", "rules/none.yaml"]
)
async def test_only_the_desks_own_files_can_be_edited(visitor: Visitor, name: str) -> None:
    assert (await visitor.do("config/save", name=name, text="x"))[0] == 409


# ── start and end ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_second_start_says_where_the_first_is(demo: Demo, tmp_path: Path) -> None:
    port = int(demo.url.rsplit(":", 1)[1].strip("/"))
    with pytest.raises(UsageError, match=re.escape(f"{demo.url} (its folder: {demo.folder})")):
        await Demo(tmp_path / "other", port=port).start()
    with pytest.raises(UsageError, match=re.escape(f"a demo already runs on {demo.folder}: {demo.url}")):
        await Demo(demo.folder).start()


async def test_a_port_that_something_else_has_is_said_too(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))  # bound and not listening: whoever asks what it is gets no answer
        with pytest.raises(UsageError, match=f"port {other.getsockname()[1]} of 127.0.0.1 can't be used"):
            await Demo(tmp_path, port=other.getsockname()[1]).start()


async def test_what_is_kept_goes_on_where_it_was(tmp_path: Path) -> None:
    folder = desk_in(tmp_path / "kept", "0s")
    first = Demo(folder, keep=True)
    await first.start()
    async with visiting(first) as visitor:
        ticket = await visitor.until(lambda parts: card(parts, "Charged twice for October"))
        await visitor.until(lambda parts: len(mails(parts, "john")) == 2)  # the acknowledgement too
        before = mails(visitor.parts, "john")
        await visitor.done("telegram/write", user=501, text="Ciao, sono Giulia")
        await visitor.until(lambda parts: card(parts, "Ciao, sono Giulia") and len(chat(parts, 501)) == 2)
        await visitor.done("time/ahead", to="hour")
    await first.stop()

    second = Demo(folder, keep=True)
    await second.start()
    try:
        assert second.clock.ahead == timedelta(hours=1)
        async with visiting(second) as visitor:
            assert await visitor.until(lambda parts: mails(parts, "john")) == before
            where = {"channel": "C0FRONT", "thread": ticket["ts"]}
            await visitor.done("slack/post", user="U0ANNA", text="One is on its way back.", **where)
            await visitor.until(lambda parts: "on its way back" in mails(parts, "john")[-1]["text"])
            assert [one["text"] for one in chat(visitor.parts, 501) if one["own"]] == ["Ciao, sono Giulia"]
            await visitor.done("telegram/write", user=501, text="Ci siete?")
            greeting = await visitor.until(lambda parts: card(parts, "Ciao, sono Giulia"))
            await visitor.until(lambda parts: "Ci siete?" in str(thread(parts, greeting["ts"])))
    finally:
        await second.stop()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_ends_clean_on_a_signal(number: signal.Signals) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "import sys; from deskd.demo import main; sys.exit(main())",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        line = (await asyncio.wait_for(process.stdout.readline(), PATIENCE)).decode()
        found = re.fullmatch(r"deskd demo: (http://127\.0\.0\.1:\d+/)\n", line)
        assert found is not None, line
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{found[1]}about") as answer:
                folder = (await answer.json())["deskd demo"]
            async with session.get(f"{found[1]}live") as stream:  # an open page holds nothing up
                assert (await stream.content.readline()).startswith(b"event: ")
                process.send_signal(number)
                _, told = await asyncio.wait_for(process.communicate(), PATIENCE)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, told.decode()
    assert not await asyncio.to_thread(os.path.lexists, folder)


def test_the_demos_desk_is_an_ordinary_one_whose_rules_pass_their_tests(tmp_path: Path) -> None:
    write_desk(tmp_path)
    settings = load_desk(tmp_path, {})
    assert {agent.slack for agent in settings.agents.values()} == {agent.id for agent in AGENTS}
    channels = {channel.id for channel in CHANNELS}
    assert {settings.desk.admins, *(team.slack for team in settings.teams.values())} <= channels
    results = run_tests(load_rules(settings.desk.rules, settings), settings)
    assert [str(result) for result in results if not result.passed] == []
    assert any(result.file.endswith("50-demo.yaml") for result in results)


@pytest.mark.parametrize(
    ("env", "language"),
    [
        ({"LANG": "it_IT.UTF-8"}, "it"),
        ({"LC_ALL": "pt_BR", "LANG": "it_IT"}, "pt"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_agents_read_the_language_of_whoever_starts_it(
    tmp_path: Path, env: dict[str, str], language: str
) -> None:
    write_desk(tmp_path, language_of(env))
    assert load_desk(tmp_path, {}).desk.agent_language == language


def test_a_desk_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    write_desk(tmp_path)
    (tmp_path / "deskd.yaml").write_text("mine")
    (tmp_path / "rules" / "50-demo.yaml").unlink()
    write_desk(tmp_path)
    assert (tmp_path / "deskd.yaml").read_text() == "mine"
    assert not (tmp_path / "rules" / "50-demo.yaml").exists()
