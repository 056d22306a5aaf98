"""Canned replies and articles, from the thread to the customer."""

from __future__ import annotations

from pathlib import Path

import pytest

from deskd.model import Ephemeral, Post
from deskd.store import Store
from tests.support.desk import settings
from tests.support.world import World, body, question

REFUND = "---\nname: refund\ntitle: Refund\nlanguages: [en, it]\ntags: [billing]\n---\n# en\nDear {{ contact.name }}\n# it\nGentile {{ contact.name }}, *rimborso* per {{ ticket.ref }} & altro. {{ agent.name }}\n"
ROUTER = "---\nname: router\ntitle: Reset the router\nlanguages: [it]\nlink: https://acme.example/router\n---\nSpegnere e riaccendere.\n"


@pytest.fixture
async def world(store: Store, tmp_path: Path) -> World:
    for folder, name, text in (("canned", "refund", REFUND), ("knowledge", "router", ROUTER)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{name}.md").write_text(text)
    world = await World(store, settings=settings(folder=tmp_path)).start()
    await world.mail(question("Buongiorno, la fattura di questo mese non torna con quanto concordato."))
    await world.settle()
    return world


async def shown(world: World, text: str) -> Ephemeral:
    await world.slack.write(text, world.thread())
    await world.settle()
    found: Ephemeral = world.slack.shown(Ephemeral)[-1]
    return found


async def test_a_canned_reply_is_previewed_and_sent_once_in_the_customers_language(world: World) -> None:
    preview = await shown(world, "!canned Refund")
    text = "Gentile Maria Rossi, *rimborso* per ACME-1001 & altro. Anna Rossi"
    assert text in preview.text
    assert world.mailbox() == []
    (button,) = preview.buttons
    for _ in range(2):
        await world.slack.press(button.action, button.value, world.thread())
        await world.settle()
    assert world.slack.shown(Post)[-1].text == text
    assert world.slack.shown(Post)[-1].author == "Anna Rossi"
    assert world.slack.marks(shown_as(world)) == ["hourglass_flowing_sand"]
    assert world.mailbox() == []
    await world.later(seconds=11)
    (mail,) = world.mailbox()
    assert body(mail) == text
    assert world.slack.marks(shown_as(world)) == ["white_check_mark"]
    assert world.tickets()[0]["status"] == "open"


@pytest.mark.parametrize("how", ["by ❌", "by deleting it"])
async def test_one_that_is_held_can_be_stopped_and_sent_after_all(world: World, how: str) -> None:
    (button,) = (await shown(world, "!canned refund")).buttons
    await world.slack.press(button.action, button.value, world.thread())
    await world.settle()
    if how == "by ❌":
        await world.slack.react("x", shown_as(world))
    else:
        await world.slack.delete(shown_as(world), world.thread(), user="U0BOT")
    await world.later(seconds=11)
    assert world.mailbox() == []
    assert [row["delivery"] for row in world.messages()] == [None, "cancelled"]
    await world.slack.press(button.action, button.value, world.thread())
    await world.later(seconds=11)
    assert len(world.mailbox()) == 1


def shown_as(world: World) -> str:
    """The ts of the newest post."""
    key = [one.key for one in world.slack.delivered if isinstance(one.content, Post)][-1]
    return world.slack._ts[key]


async def test_an_article_is_found_and_sent_with_its_link(world: World) -> None:
    found = await shown(world, "!kb riaccendere il router")
    assert "Reset the router" in found.text
    (button,) = found.buttons
    await world.slack.press(button.action, button.value, world.thread())
    await world.later(seconds=11)
    assert body(world.mailbox()[0]).split("\n")[0].strip() == "Spegnere e riaccendere."
    assert body(world.mailbox()[0]).endswith("https://acme.example/router")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("!canned", "• refund – Refund (billing)"),
        ("!canned refnd", "There are: refund."),
        ("!canned two names", "isn't the name of one"),
        ("!kb", "What are you looking for?"),
        ("!kb zebra", "No article was found"),
    ],
)
async def test_what_is_answered(world: World, text: str, answer: str) -> None:
    assert answer in (await shown(world, text)).text
    assert world.mailbox() == []


async def test_the_button_is_the_rosters_alone(world: World) -> None:
    await world.slack.press("send_canned", "ACME-1001:refund", world.thread(), user="U0STRANGER")
    await world.settle()
    assert world.mailbox() == []
