"""Commands that take more than their ticket's own state: merge, split, link, and the screens; typed in a thread, on both databases."""

from __future__ import annotations

import pytest

from deskd.model import Ephemeral, Post, PostCard
from deskd.store import Store
from deskd.store.tables import events, links
from tests.support.store import rows
from tests.support.world import World, answer_to, question

ANNA = "Anna <anna.b@altro.example>"


@pytest.fixture
async def world(store: Store) -> World:
    return await World(store).start()


def threads(world: World) -> dict[str, str]:
    """Reference -> the ts of its card."""
    return {
        one.content.card.ref: world.slack._ts[one.key]
        for one in world.slack.delivered
        if isinstance(one.content, PostCard)
    }


async def two_tickets(world: World) -> dict[str, str]:
    await world.mail(question("Non torna il totale."))
    await world.settle()  # or PostgreSQL files both at once, and either may be the first
    await world.mail(
        question("E la spedizione?", "Spedizione 7", 2, From=ANNA), sender="anna.b@altro.example"
    )
    await world.settle()
    return threads(world)


async def typed(world: World, text: str, thread: str) -> None:
    await world.slack.write(text, thread)
    await world.settle()


def tickets(world: World) -> dict[str, tuple[str, int]]:
    return {row["ref"]: (row["status"], row["messages"]) for row in world.tickets()}


# ── merge ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_merge_moves_all_into_the_other_and_unmerge_puts_it_back(world: World) -> None:
    thread = await two_tickets(world)
    await typed(world, "!merge acme-1002", thread["ACME-1001"])
    assert tickets(world) == {"ACME-1001": ("closed", 0), "ACME-1002": ("new", 2)}
    assert any("ACME-1002" in told for told in world.told())
    await typed(world, "!unmerge", thread["ACME-1001"])
    assert tickets(world) == {"ACME-1001": ("new", 1), "ACME-1002": ("new", 1)}


async def test_unmerge_by_reference_and_by_button(world: World) -> None:
    thread = await two_tickets(world)
    await typed(world, "!merge 1002", thread["ACME-1001"])
    await typed(world, "!unmerge ACME-1001", thread["ACME-1002"])
    assert tickets(world)["ACME-1001"] == ("new", 1)
    await typed(world, "!merge 1002", thread["ACME-1001"])
    await world.slack.press("unjoin", "ACME-1001", thread["ACME-1002"])
    await world.settle()
    assert tickets(world)["ACME-1001"] == ("new", 1)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("!merge", "Which ticket?"),
        ("!merge ACME-9999", "There is no ticket ACME-9999."),
        ("!merge ACME-1001", "ACME-1001 is this ticket itself."),
        ("!merge that other one", "isn't the reference of one ticket"),
        ("!unmerge", "not part of another ticket"),
        ("!split", "nothing to split"),
        ("!split please", "stands alone"),
        ("!link nonsense", "isn't the reference of one ticket"),
        ("!note", "What should the note say?"),
        ("!history all", "stands alone"),
    ],
)
async def test_a_wrong_one_is_answered_to_its_author_and_changes_nothing(
    world: World, text: str, answer: str
) -> None:
    thread = await two_tickets(world)
    before = tickets(world)
    await typed(world, text, thread["ACME-1001"])
    assert answer in world.told()[-1]
    assert tickets(world) == before
    assert world.mailbox() == []


# ── split ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def twice_written(world: World) -> str:
    """A ticket whose customer was answered and then asked about something else."""
    await world.mail(question())
    await world.settle()
    thread = world.thread()
    await world.slack.write("Guardo subito.", thread)
    await world.later(seconds=11)
    content, to = answer_to(world.mailbox()[0], "Altra cosa: il modem non va.")
    await world.mail(content, to=to)
    await world.settle()
    await typed(world, "note: questo e un altro guasto", thread)
    return thread


async def test_split_makes_a_ticket_of_the_last_message_and_what_followed(world: World) -> None:
    thread = await twice_written(world)
    await typed(world, "!split", thread)
    old, new = world.tickets()
    assert (old["messages"], new["messages"]) == (2, 2)
    assert (new["subject"], new["status"], new["contact_id"], new["team"]) == (
        "Altra cosa: il modem non va.",
        "open",
        old["contact_id"],
        old["team"],
    )
    assert [(row["ticket_id"], row["other_id"], row["kind"]) for row in rows(world.store, links)] == [
        (new["id"], old["id"], "split")
    ]
    assert world.posts().count("Altra cosa: il modem non va.") == 2, "in the new thread too"
    await typed(world, "Mando un tecnico.", threads(world)["ACME-1002"])
    await world.later(seconds=11)
    assert "[ACME-1002]" in world.mailbox()[-1]["Subject"]
    content, to = answer_to(world.mailbox()[-1], "Grazie!", 3)
    await world.mail(content, to=to)
    await world.settle()
    assert tickets(world)["ACME-1002"][1] == 4, "the customer's answer to the new ticket joins it"


async def test_a_split_is_undone_by_its_button(world: World) -> None:
    thread = await twice_written(world)
    await typed(world, "!split", thread)
    (button,) = [button for post in world.slack.shown(Post) for button in post.buttons if button.label == "Undo the split"][:1]  # fmt: skip
    await world.slack.press(button.action, button.value, thread)
    await world.settle()
    assert tickets(world) == {"ACME-1001": ("open", 4), "ACME-1002": ("closed", 0)}


# ── links, notes, screens ────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_link_is_told_in_both_threads_and_made_once(world: World) -> None:
    thread = await two_tickets(world)
    await typed(world, "!link 1002", thread["ACME-1001"])
    assert sum("Linked with" in post for post in world.posts()) == 2
    await typed(world, "!link 1001", thread["ACME-1002"])
    assert "linked with ACME-1001 already" in world.told()[-1]
    assert len(rows(world.store, links)) == 1
    assert [row["type"] for row in rows(world.store, events)].count("linked") == 2


async def test_a_link_is_undone_from_either_side(world: World) -> None:
    thread = await two_tickets(world)
    await typed(world, "!link 1002", thread["ACME-1001"])
    await typed(world, "!unlink 1001", thread["ACME-1002"])
    assert sum("No longer linked with" in post for post in world.posts()) == 2
    assert rows(world.store, links) == []
    await typed(world, "!unlink 1002", thread["ACME-1001"])
    assert "isn't linked with ACME-1002" in world.told()[-1]


async def test_a_note_command_stays_inside(world: World) -> None:
    thread = await two_tickets(world)
    written = await world.slack.write("!note ha *chiamato* anche", thread["ACME-1001"])
    await world.settle()
    assert world.slack.marks(written) == ["lock"]
    note = world.messages()[-1]
    assert (note["direction"], note["text"]) == ("note", "ha chiamato anche")
    await world.slack.edit(written, "!note ha chiamato due volte", thread["ACME-1001"])
    await world.settle()
    assert world.messages()[-1]["text"] == "ha chiamato due volte"
    assert world.mailbox() == []


async def test_an_edit_to_a_note_command_keeps_a_held_reply_inside(world: World) -> None:
    thread = await two_tickets(world)
    written = await world.slack.write("Non pagano mai", thread["ACME-1001"])
    await world.settle()
    await world.slack.edit(written, "!note Non pagano mai", thread["ACME-1001"])
    await world.later(seconds=30)
    assert world.messages()[-1]["direction"] == "note"
    assert world.mailbox() == []


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("!contact", ["Maria Rossi", "maria@cliente.example", "ACME-1003 (new) Un'altra domanda"]),
        ("!history", ["ACME-1001", "← maria@cliente.example: Non torna il totale.", "claimed (Anna Rossi)"]),
        ("!summary", ["ACME-1001 · Fattura 118", "Maria Rossi <maria@cliente.example>", "Anna Rossi"]),
    ],
)
async def test_a_screen_is_shown_to_its_author_alone(world: World, command: str, expected: list[str]) -> None:
    thread = await two_tickets(world)
    await world.mail(question("Una cosa nuova.", "Un'altra domanda", 3))
    await typed(world, "!claim", thread["ACME-1001"])
    posts = len(world.posts())
    await typed(world, command, thread["ACME-1001"])
    (shown,) = world.slack.shown(Ephemeral)
    assert shown.user == "U0ANNA"
    assert [part for part in expected if part not in shown.text] == []
    assert len(world.posts()) == posts
    assert world.mailbox() == []


# ── the card's menu ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("choice", "status"),
    [("pending", "pending"), ("hold", "hold"), ("spam", "spam"), ("not_a_request", "closed")],
)
async def test_the_menu_sets_the_status_and_reopen_undoes_it(world: World, choice: str, status: str) -> None:
    await world.mail(question())
    await world.settle()
    thread = world.thread()
    assert f"ACME-1001:{choice}" in [one.value for one in world.slack.shown(PostCard)[0].card.menu]
    await world.slack.press("menu", f"ACME-1001:{choice}", thread)
    await world.settle()
    assert tickets(world)["ACME-1001"][0] == status
    await world.slack.press("menu", "ACME-1001:reopen", thread)
    await world.settle()
    assert tickets(world)["ACME-1001"][0] == "open"
    assert world.mailbox() == []


async def test_the_menu_shows_the_history_and_nothing_unknown(world: World) -> None:
    await world.mail(question())
    await world.settle()
    thread = world.thread()
    await world.slack.press("menu", "ACME-1001:history", thread)
    await world.slack.press("menu", "ACME-1001:explode", thread)
    await world.settle()
    (told,) = world.told()
    assert told.startswith("🕓 ACME-1001")
    assert world.ends()[-1] == "discarded"
