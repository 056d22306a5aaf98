"""The demo's page in a real browser, by clicks and keys: the whole way of a mail, on a wide and on a narrow screen.

With DESKD_PICTURES=FOLDER the pictures for docs/images are taken on the way.
"""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from deskd.demo import Demo
from deskd.demo.desk import write_desk
from tests.support.browser import Page, chromium

pytestmark = pytest.mark.needs("chromium")

WIDE, NARROW = (1280, 800), (390, 844)
EVERYTHING_IS_NAMED = """
    const name = one => (one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent ?? one.textContent).trim();
    return [...document.querySelectorAll('button, input, textarea, select, a')]
        .filter(one => one.checkVisibility() && !name(one)).map(one => one.outerHTML)
"""
NOTHING_STICKS_OUT = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A desk whose replies go at once, in a folder named as the demo names its own."""
    with tempfile.TemporaryDirectory(prefix="deskd-demo-") as made:
        write_desk(Path(made))
        config = Path(made) / "deskd.yaml"
        config.write_text(config.read_text().replace("undo: 10s", "undo: 0s"))
        yield Path(made)


@pytest.fixture
async def demo(folder: Path) -> AsyncIterator[Demo]:
    running = Demo(folder)
    await running.start()
    yield running
    await running.stop()


async def picture(page: Page, name: str) -> None:
    folder = os.environ.get("DESKD_PICTURES")
    if folder:
        await page.picture(Path(folder) / name)


async def sound(page: Page) -> None:
    """No script failed, nothing was stopped, all that can be used has a name, and the page is no wider than its window."""
    assert page.complaints == []
    assert await page.run(EVERYTHING_IS_NAMED) == []
    assert await page.run(NOTHING_STICKS_OUT) == 0


async def test_customer_and_agent_by_clicks(demo: Demo) -> None:
    async with chromium() as page:
        await page.resize(*WIDE)
        await page.go_to(demo.url)
        await page.until_shown("#channel-messages .b-header", "Non riesco a entrare nel portale")

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
        await page.until_shown("#thread-messages .b-fields", "Anna Rossi")
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

        # a command with a mistake is answered to Anna alone
        await page.type("#post-text", "!resolvee")
        await page.click("#post-send")
        await page.until_shown("#thread-messages .whisper", "!resolve")
        await page.click("#agent-choice button", "Bruno")
        await page.until("!document.querySelector('.whisper')")

        # the other team's channel
        await page.click("#channels button", "specialists")
        await page.until_shown("#thread-messages .message", "João Pereira")
        await sound(page)


async def test_an_agents_message_is_edited_taken_back_and_marked(demo: Demo) -> None:
    async with chromium() as page:
        await page.resize(*WIDE)
        await page.go_to(demo.url)
        await page.until_shown("#channel-messages .b-header", "Non riesco a entrare nel portale")
        await page.type("#post-text", "// prima nota")
        await page.click("#post-send")
        await page.until_shown("#thread-messages .reactions", "🔒")
        await page.click("#thread-messages .tools button", "Edit")
        await page.until("document.getElementById('post-text').value === '// prima nota'")
        await page.type("#post-text", " e seconda")
        await page.click("#post-send", "Save")
        await page.until_shown("#thread-messages .message", "// prima nota e seconda")
        await page.click("#thread-messages .tools button", "Delete")
        await page.until("!document.body.innerText.includes('prima nota')")
        await page.click("#thread-messages .tools button", "👀")  # on the card: claims
        await page.until_shown("#thread-messages .b-fields", "Anna Rossi")
        await sound(page)


async def test_on_a_narrow_screen_one_part_is_shown_at_a_time(demo: Demo) -> None:
    async with chromium() as page:
        await page.resize(*NARROW, dark=True)
        await page.go_to(demo.url)
        await page.click("#conversations button", "Fattura 118")
        await page.until_shown(".letter.received", "ACME-")
        await sound(page)
        await page.click(".sides button", "Agents")
        await page.click("#channel-messages .message .replies")
        await page.until_shown("#thread-messages .message", "Maria Bianchi")
        await page.type("#post-text", "Buongiorno, controllo subito.")
        await page.click("#post-send")
        await page.until_shown("#thread-messages .reactions", "✅")
        await sound(page)
        await page.click("#thread-back")
        await page.until_shown("#channel-messages .b-header", "Fattura 118")
        await page.click(".sides button", "Daemon")
        await page.until_shown("#log", "applied")
        await sound(page)
        await page.click(".sides button", "Customer")
        await page.until_shown(".letter.received .words", "Buongiorno, controllo subito.")


async def test_pictures_of_a_desk_at_work(demo: Demo) -> None:
    """What the README shows: Maria's invoice, answered, and a word among the agents."""
    async with chromium() as page:
        await page.resize(*WIDE)
        await page.go_to(demo.url)
        await page.until_shown("#channel-messages .b-header", "Non riesco a entrare nel portale")
        await page.click("#channel-messages .replies")
        await page.type(
            "#post-text",
            "Buongiorno Maria, ha ragione: le licenze sono dieci. La nota di credito parte oggi.",
        )
        await page.click("#post-send")
        await page.until_shown("#thread-messages .reactions", "✅")
        await page.click("#conversations button", "Fattura 118")
        await page.until_shown(".letter.received .words", "La nota di credito parte oggi.")
        await page.type("#answer-text", "Perfetto, grazie mille della velocità!")
        await page.click("#answer .primary")
        await page.until_shown("#thread-messages .message", "grazie mille della velocità")
        await page.click("#channel-messages .message.open .b-button", "Claim")
        await page.until_shown("#channel-messages .message.open .b-fields", "Anna Rossi")
        await page.type("#post-text", "@carla ricordati lo storno a fine mese")
        await page.click("#post-send")
        await page.until_shown("#thread-messages .whisper", "Send to customer")
        await page.run(
            "document.querySelector('.message.open').scrollIntoView(); document.activeElement.blur()"
        )
        await sound(page)
        await picture(page, "demo-desktop.png")
        await page.resize(*NARROW)
        await page.click(".sides button", "Agents")
        await page.until_shown("#thread-messages .message", "grazie mille della velocità")
        await sound(page)
        await picture(page, "demo-phone.png")
