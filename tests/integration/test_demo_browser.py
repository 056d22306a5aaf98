"""The demo's page in a real browser, by clicks and keys: the guided story, a mail's whole way, modals, the configuration, the clock, wide and narrow.

Pictures are taken on the way and kept in build/pictures; those of docs/images are among them.
"""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.standins.slack.views import keep
from deskd.demo import Demo
from deskd.demo.desk import write_desk
from tests.support.browser import Page, chromium

pytestmark = pytest.mark.needs("chromium")

PICTURES = Path(__file__).resolve().parents[2] / "build" / "pictures"
WIDE, NARROW = (1280, 800), (390, 844)
FIRST = "Non riesco a entrare nel portale"  # the last of the mails that the demo begins with
EVERYTHING_IS_NAMED = """
    const name = one => (one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent ?? one.textContent).trim();
    return [...document.querySelectorAll('button, input, textarea, select, a, summary')]
        .filter(one => one.checkVisibility() && !name(one)).map(one => one.outerHTML)
"""
NOTHING_STICKS_OUT = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
STEPS = ("mail", "tagged", "answered", "replied", "escalated", "resolved")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A desk whose replies go at once, in a folder named as the demo names its own."""
    with tempfile.TemporaryDirectory(prefix="deskd-demo-") as made:
        write_desk(Path(made))
        config = Path(made) / "deskd.yaml"
        config.write_text(config.read_text().replace("undo: 5s", "undo: 0s"))
        yield Path(made)


@pytest.fixture
async def demo(folder: Path) -> AsyncIterator[Demo]:
    running = Demo(folder)
    await running.start()
    yield running
    await running.stop()


async def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.picture(PICTURES / name)


async def sound(page: Page) -> None:
    """No script failed, nothing was stopped, all that can be used has a name, and the page is no wider than its window."""
    assert page.complaints == []
    assert await page.run(EVERYTHING_IS_NAMED) == []
    assert await page.run(NOTHING_STICKS_OUT) == 0


async def opened(page: Page, demo: Demo, size: tuple[int, int], *, dark: bool = False) -> None:
    """The page, when all that the demo begins with has come to rest."""
    await page.resize(*size, dark=dark)
    await page.go_to(demo.url)
    await page.until(
        f"document.getElementById('channel-messages').textContent.includes({FIRST!r})"
        " && document.querySelector('#counts div') && !document.querySelector('#counts .some')"
        " && [...document.querySelectorAll('#channel-messages .replies')].every(one => /[0-9]/.test(one.textContent))"
    )


async def told_the_story(page: Page, begin: int = 1, end: int = 6) -> None:
    """The steps from one to another by their buttons; the second happens by itself."""
    for number, step in enumerate(STEPS[begin - 1 : end], begin):
        if step != "tagged":
            await page.until("!document.getElementById('story-do').hasAttribute('aria-disabled')")
            await page.click("#story-do")
        await page.until(f"document.querySelectorAll('.steps .done').length >= {number}")


async def test_the_story_wide(demo: Demo) -> None:
    async with chromium() as page:
        await opened(page, demo, WIDE)
        await picture(page, "begin.png")
        await told_the_story(page, end=4)
        await page.until_shown("#thread-messages .message", "the one ending in 4411")
        await page.until_shown("#channel-messages .message.open .b-fields", "Anna Rossi")
        await page.run("document.getElementById('thread-messages').scrollTop = 1e6")
        await picture(page, "demo-desktop.png")
        await page.resize(*NARROW)
        await page.click(".sides button", "Agents")
        await sound(page)
        await picture(page, "demo-phone.png")
        await page.resize(*WIDE, dark=True)
        await picture(page, "demo-dark.png")
        await told_the_story(page, begin=5)
        await page.until_shown(".letter.received .words", "on their way to your card")
        await page.until_shown("#thread-messages .message", "Handoff")
        await page.until_shown("#channel-messages .message.open", "resolved")
        await sound(page)
        await picture(page, "end.png")

        # then a deadline is missed: the clock goes ahead, and tickets go up
        await page.click("#story-do")
        await page.until_shown("#ahead", "+4")
        await page.until_shown("#clocks .late", "ACME-")
        await page.until("!document.querySelector('#counts .some')")
        await page.click("#channels button", "specialists")
        await page.until_shown("#channel-messages .message", "came up from front-desk")
        await sound(page)
        await picture(page, "late.png")


async def test_the_story_narrow_in_italian(demo: Demo) -> None:
    async with chromium() as page:
        agent = await page.run("return navigator.userAgent")
        await page.ask("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage="it-IT,en")
        await opened(page, demo, NARROW, dark=True)
        await page.until_shown("#story-do", "Invia la mail di Maria")
        assert await page.run("return document.documentElement.lang") == "it"
        await told_the_story(page)
        await page.until_shown("#story-text", "Risolto.")
        await sound(page)
        await picture(page, "narrow-dark.png")
        await page.click(".sides button", "Clienti")
        await page.until_shown(".letter.received .words", "il rimborso di 620 euro è stato disposto")
        await sound(page)
        await page.click(".sides button", "Daemon")
        await page.click("#view-log")
        await page.until_shown("#log", "applied")
        await sound(page)
        await page.click(".sides button", "Operatori")
        await page.click("#thread-back")
        await page.until_shown("#channel-messages .b-header", "Rimborso ordine 4471")
        await sound(page)
        await page.resize(*NARROW)
        await page.click("#channel-messages .open .replies")
        await page.until_shown("#thread-messages .message", "Carla Ruiz")
        await picture(page, "narrow.png")


async def test_customer_and_agent_by_clicks(demo: Demo) -> None:
    async with chromium() as page:
        await opened(page, demo, WIDE)

        # Lucía writes a mail, markup and all
        await page.click("#customer-choice button", "Lucía")
        await page.click("#new-mail")
        await page.type("#write-subject", "Reembolso <b>7</b>")
        await page.type("#write-text", "Hola, ¿me devolvéis el dinero? <img src=x onerror=alert(1)> <!here>")
        await page.click("#write .primary")
        await page.until_shown("#conversations .subject", "Reembolso <b>7</b>")

        # its card comes into the channel, and its thread is shown beside it
        await page.until_shown("#channel-messages .b-header", "Reembolso <b>7</b>")
        await page.until_shown("#thread-messages .message", "Hola, ¿me devolvéis el dinero? <img src=x")
        assert await page.run("return document.querySelectorAll('img, .message .mention').length") == 0

        # Anna claims it and answers
        await page.click("#thread-messages .b-button", "Claim")
        await page.until_shown("#thread-messages .message", "Anna Rossi")
        await page.type("#post-text", "Hola Lucía: *claro que sí*, mañana lo tienes.")
        await page.click("#post-send")
        await page.until_shown("#thread-messages .reactions", "✅")

        # Lucía reads it and answers
        await page.click("#conversations button", "Reembolso")
        await page.until_shown(".letter.received .words", "claro que sí, mañana lo tienes.")
        await page.type("#answer-text", "¡Qué bien, gracias!")
        await page.click("#answer .primary")
        await page.until_shown("#thread-messages .message", "¡Qué bien, gracias!")
        await page.until("document.getElementById('answer-text').value === ''")

        # a note is edited and taken back; a command with a mistake is answered to Anna alone
        await page.type("#post-text", "// prima nota")
        await page.click("#post-send")
        await page.until_shown("#thread-messages .reactions", "🔒")
        await page.click("#thread-messages .message:last-child .tools button", "Edit")
        await page.until("document.getElementById('post-text').value === '// prima nota'")
        await page.type("#post-text", " e seconda")
        await page.click("#post-send", "Save")
        await page.until_shown("#thread-messages .message", "// prima nota e seconda")
        await page.click("#thread-messages .message:last-child .tools button", "Delete")
        await page.until("!document.getElementById('thread-messages').textContent.includes('prima nota')")
        await page.type("#post-text", "!resolvee")
        await page.click("#post-send")
        await page.until_shown("#thread-messages .whisper", "!resolve")
        await page.click("#agent-choice button", "Bruno")
        await page.until("!document.querySelector('.whisper')")
        await sound(page)


async def test_a_rule_is_changed_wrongly_then_well(demo: Demo) -> None:
    replaced = (
        "const box = document.getElementById('config-text'); box.value = box.value.replaceAll({!r}, {!r});"
        "box.dispatchEvent(new Event('input'))"
    )
    async with chromium() as page:
        await opened(page, demo, WIDE, dark=True)
        await page.click("#config-open")
        await page.click("#config-files button", "50-demo")
        await page.until("document.getElementById('config-text').value.includes('impact: high')")
        await page.run(replaced.format("impact: high", "impact: hig"))
        await page.click("#config-save")
        await page.until_shown("#config-told .faults", "found 'hig'")
        assert await page.run("return document.querySelectorAll('#config-lines .wrong').length") == 1
        await page.run(replaced.format("impact: hig", "impact: low"))
        await page.click("#config-save")  # now a test of the file fails
        await page.until_shown("#config-told .faults", "a refund is graded up")
        await page.run(replaced.format("priority: high", "priority: low"))
        await page.click("#config-save")
        await page.until_shown("#config-told .verdict", "rules are in force")
        await page.until_shown("#config-told .difference .more", "impact: low")
        await page.until_shown("#config-told .changes", "priority")
        await sound(page)
        await picture(page, "demo-rules.png")
        await escape(page)
        await page.until("!document.getElementById('config').open")


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def field(name: str, kind: str, **more: Any) -> dict[str, Any]:
    element = {"type": kind, "action_id": name, **more}
    return {"type": "input", "block_id": name, "optional": True, "label": plain(name), "element": element}


def options(*values: str) -> list[dict[str, Any]]:
    return [{"text": plain(value), "value": value} for value in values]


MODAL = {
    "type": "modal",
    "title": plain("All there is"),
    "submit": plain("Send it"),
    "blocks": [
        {"type": "header", "block_id": "b1", "text": plain("<b>Not bold</b>")},
        {"type": "divider", "block_id": "b2"},
        {"type": "context", "block_id": "b3", "elements": [{"type": "mrkdwn", "text": "small *print*"}]},
        field("line", "plain_text_input"),
        field("lines", "plain_text_input", multiline=True),
        field("day", "datepicker", initial_date="2026-11-22"),
        field("one", "static_select", options=options("a", "b")),
        field("circle", "radio_buttons", options=options("c", "d")),
        field("people", "multi_users_select"),
    ],
}


async def escape(page: Page) -> None:
    await page.ask(
        "Input.dispatchKeyEvent", type="keyDown", key="Escape", code="Escape", windowsVirtualKeyCode=27
    )


async def test_an_agents_modal_the_home_tab_and_a_slash_command(demo: Demo) -> None:
    async with chromium() as page:
        await opened(page, demo, WIDE)
        await page.click("#thread-messages .b-button", "Escalate")
        await page.until_shown("#modal-title", "Escalate")
        await escape(page)
        await page.until("!document.getElementById('modal').open")
        await page.click("#thread-messages .b-button", "Escalate")
        await page.until_shown("#modal-title", "Escalate")
        await page.type("#modal textarea", "It is beyond me")
        await sound(page)
        await picture(page, "modal.png")
        await page.click("#modal .primary")
        await page.until("!document.getElementById('modal').open")
        await page.until_shown("#thread-messages .message", "It is beyond me")

        await page.click("#home-open")
        await page.until_shown("#home", "ACME-1001")
        await sound(page)
        await picture(page, "home.png")
        await page.click("#channels button", "front-desk")
        await page.type("#say-text", "/desk help")
        await page.click("#say button")
        await page.until_shown("#channel-messages .whisper", "/desk")
        await sound(page)


async def test_every_element_of_a_modal_is_read(demo: Demo) -> None:
    """The page's own work: what is filled in comes to Slack in the form that Slack's clients send it in."""
    sent: list[dict[str, Any]] = []

    async def noted(user: str, view_id: str, values: dict[str, Any] | None = None) -> None:
        sent.append(dict(values or {}))
        await demo.slack.close_view(user, view_id)

    demo.slack.submit_view = noted
    async with chromium() as page:
        await opened(page, demo, WIDE)
        keep(demo.slack.acts, "U0ANNA", MODAL)
        await page.until_shown("#modal .b-header", "<b>Not bold</b>")
        await page.type("#modal [data-act=line]", "one line")
        await page.type("#modal [data-act=lines]", "first\nsecond")
        await page.run("document.querySelector('#modal [data-act=one]').value = 'b'")
        await page.click("#modal [data-act='circle d']")
        await page.click("#modal [data-act='people U0CARLA']")
        await sound(page)
        await page.click("#modal .primary")
        await page.until("!document.getElementById('modal').open")
    day = {"day": "2026-11-22", "one": "b", "circle": "d", "people": ["U0CARLA"]}
    assert sent == [{"line": "one line", "lines": "first\nsecond", **day}]
