"""The way of a message through all stages and back, on both databases, between accounts in memory."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from deskd.errors import PermanentFailure, StoreAway, TemporaryFailure, Throttled, UnknownOutcome
from deskd.model import PostCard, RawMessage, SendMail
from deskd.pipeline import MAX_ATTEMPTS, order_key
from deskd.store import Store
from deskd.store.tables import events, inbox, outbox
from tests.support.desk import settings
from tests.support.store import rows
from tests.support.world import World, answer_to, body, question


@pytest.fixture
async def world(store: Store) -> World:
    return await World(store).start()


async def opened(world: World) -> str:
    """A ticket of Maria's in its thread: the thread's ts."""
    await world.mail(question())
    await world.settle()
    return world.thread()


def types(world: World) -> list[str]:
    return [row["type"] for row in rows(world.store, events)]


# ── mail comes in ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_mail_becomes_a_ticket_and_a_thread(world: World) -> None:
    thread = await opened(world)
    (ticket,) = world.tickets()
    assert (ticket["ref"], ticket["status"], ticket["team"], ticket["messages"]) == (
        "ACME-1001",
        "new",
        "front-desk",
        1,
    )
    assert world.ends() == ["filed"]
    (card,) = world.slack.shown(PostCard)
    assert (card.card.ref, card.place.channel) == ("ACME-1001", "C0FRONT")
    assert world.posts() == ["Non torna il totale."]
    assert thread
    assert world.mailbox() == [], "nothing goes to the customer by itself"


async def test_question_reply_answer_stay_in_one_thread(world: World) -> None:
    thread = await opened(world)
    reply = await world.slack.write("Ciao *Maria*, guardo subito.", thread)
    await world.settle()
    assert world.slack.marks(reply) == ["hourglass_flowing_sand"]
    assert world.mailbox() == []
    await world.later(seconds=11)
    assert world.slack.marks(reply) == ["white_check_mark"]
    (mail,) = world.mailbox()
    assert body(mail) == "Ciao Maria, guardo subito."
    assert (mail["Subject"], mail["In-Reply-To"]) == ("Re: Fattura 118 [ACME-1001]", "<q1@cliente.example>")
    content, to = answer_to(mail, "Grazie mille!")
    await world.mail(content, to=to)
    await world.settle()
    assert world.posts() == ["Non torna il totale.", "Grazie mille!"], "without the quotation"
    assert len(world.tickets()) == 1
    assert world.tickets()[0]["status"] == "open"
    assert world.tickets()[0]["first_response_at"] is not None


@pytest.mark.parametrize("strip", ["References", "In-Reply-To", "To", "all"])
async def test_an_answer_is_joined_by_whatever_is_left_of_its_threading(world: World, strip: str) -> None:
    thread = await opened(world)
    await world.slack.write("Ciao", thread)
    await world.later(seconds=11)
    content, to = answer_to(world.mailbox()[0], "Grazie")
    lines = content.decode().split("\r\n")
    if strip in ("References", "all"):
        lines = [line for line in lines if not line.startswith("References:")]
    if strip in ("In-Reply-To", "all"):
        lines = [line for line in lines if not line.startswith("In-Reply-To:")]
    await world.mail("\r\n".join(lines).encode(), to="support@acme.example" if strip == "To" else to)
    await world.settle()
    assert len(world.tickets()) == 1


async def test_the_same_mail_again_is_a_duplicate_however_it_comes(world: World) -> None:
    await opened(world)
    received = b"Received: from mx2.example by other; Mon, 23 Nov 2026 10:00:00 +0000\r\n" + question()
    await world.mail(question())  # SMTP once more: its 250 was never read
    await world.mail(received, source="imap", external_id="imap-1")  # another way, other trace fields
    await world.mail(received, source="imap", external_id="imap-1")  # the very same delivery
    await world.settle()
    assert world.ends() == ["filed", "duplicate", "duplicate"]
    assert len(world.messages()) == 1


async def test_one_message_id_with_another_text_is_another_message(world: World) -> None:
    await opened(world)
    await world.mail(question("Tutt'altro.", "Un'altra cosa"))
    await world.settle()
    assert world.ends() == ["filed", "filed"]
    assert len(world.tickets()) == 2


async def test_a_rule_discards_without_a_ticket(store: Store) -> None:
    text = "rules: [{name: no newsletters, when: {subject: {words: [newsletter]}}, then: [discard]}]"
    world = await World(store, text).start()
    await world.mail(question(subject="La nostra newsletter"))
    await world.settle()
    (row,) = rows(store, inbox)
    assert (row["state"], row["reason"]) == ("discarded", "rule:no newsletters")
    assert world.tickets() == []
    assert world.slack.delivered == []


async def test_rules_tag_route_and_answer(store: Store) -> None:
    text = (
        "rules: [{name: invoices, when: {subject: {words: [fattura]}}, "
        "then: [{tag: [billing]}, {priority: high}, {assign: specialists}, {reply: received}]}]"
    )
    world = await World(store, text).start()
    await opened(world)
    (ticket,) = world.tickets()
    assert (ticket["priority"], ticket["team"], ticket["level"], ticket["escalations"]) == (
        "high",
        "specialists",
        2,
        0,
    )
    (mail,) = world.mailbox()
    assert mail["Auto-Submitted"] == "auto-replied"
    assert "ACME-1001" in body(mail)
    assert ticket["first_response_at"] is None, "an acknowledgement is no first response"
    await world.mail(question("Ancora io", "Fattura 119", 2))
    await world.settle()
    assert len(world.mailbox()) == 1, "nobody is acknowledged twice in an hour"
    assert "reply_skipped" in types(world)


async def test_what_is_unreadable_is_quarantined_and_shown(world: World) -> None:
    await world.mail(b"\x00\x01\x02\xff" * 300)
    await world.mail(question())
    await world.settle()
    assert world.ends() == ["quarantined", "filed"], "and holds up nobody"
    (placeholder,) = [ticket for ticket in world.tickets() if ticket["quarantined"]]
    assert rows(world.store, inbox)[0]["ticket_id"] == placeholder["id"]
    assert any("deskd inbox retry" in text for text in world.posts())


async def test_many_unreadable_mails_of_one_sender_at_once(world: World) -> None:
    await asyncio.gather(*[world.mail(b"\x00\x01\x02\xff" * (300 + number)) for number in range(12)])
    await world.settle()
    assert world.ends() == ["quarantined"] * 12


async def test_deskd_failing_on_a_message_is_tried_again_then_quarantined(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = world.pipeline._reader.understand
    tries: list[int] = []

    async def understand(row: Any, *ahead: Any) -> Any:
        if b"poison" in row.payload:
            tries.append(row.attempts)
            raise ZeroDivisionError("ours")
        return await real(row, *ahead)

    monkeypatch.setattr(world.pipeline._reader, "understand", understand)
    await world.mail(question("poison"))
    await world.mail(question("buono", number=2))
    await world.settle()
    assert world.ends() == ["received", "filed"]
    for _ in range(3):
        await world.later(minutes=1)
    assert tries == [1, 2, 3]
    assert world.ends() == ["quarantined", "filed"]
    assert "ZeroDivisionError" in rows(world.store, inbox)[0]["reason"]


async def test_a_message_that_kills_the_daemon_is_quarantined_in_the_end(store: Store) -> None:
    world = await World(store).start()
    await world.mail(question("poison"))
    await world.mail(question("buono", number=2))
    deaths = 0
    while taken := await world.pipeline._claim(64):
        if any(b"poison" in row.payload and row.attempts <= MAX_ATTEMPTS for row in taken):
            deaths += 1  # whoever reads it dies, and whatever was taken beside it is begun in vain
            world = await world.restart()
        else:
            await asyncio.gather(*[world.pipeline._work_on(row) for row in taken])
    assert deaths == MAX_ATTEMPTS
    assert world.ends() == ["quarantined", "filed"]


async def test_the_world_being_away_for_long_quarantines_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = world.pipeline._reader.understand

    async def understand(*args: Any, **how: Any) -> Any:
        raise TemporaryFailure("the name server is away")

    monkeypatch.setattr(world.pipeline._reader, "understand", understand)
    await world.mail(question())
    for _ in range(8):
        await world.later(minutes=2)
    assert world.ends() == ["received"]
    monkeypatch.setattr(world.pipeline._reader, "understand", real)
    await world.later(minutes=2)
    assert world.ends() == ["filed"]


@pytest.mark.parametrize(
    "content",
    [
        question("ciao\x00mondo", "a\x00b"),  # NUL: PostgreSQL's text refuses it
        question("x").replace(b"Fattura", b"=?utf-8?b?7aCA?="),  # a lone surrogate, encoded
        question("x").replace(b"Maria Rossi", b"=?utf-8?q?a=00b?="),
        question("x").replace(b"<q1@cliente.example>", b"<" + b"q" * 3000 + b"@x>"),  # an id of any length
        question("x").replace(b"maria@", b"m" * 700 + b"@"),
        question("x", References=" ".join(f"<{number}@x>" for number in range(300))),
        question("\N{GRINNING FACE}" * 50, "\N{GRINNING FACE}"),
    ],
    ids=["nul", "surrogate", "nul in a name", "long id", "long address", "many references", "astral"],
)  # fmt: skip
async def test_hostile_values_poison_nothing(world: World, content: bytes) -> None:
    await world.mail(content)
    await world.settle()
    assert world.ends() == ["filed"]


async def test_the_past_is_kept_and_nobody_hears_of_it(store: Store) -> None:
    world = await World(store, "rules: [{name: all, then: [{reply: received}, {tag: [old]}]}]").start()
    await world.mail(question(), live=False, source="ingest", external_id="a")
    await world.mail(b"\x00\x01\x02\xff" * 300, live=False, source="ingest", external_id="b")
    await world.settle()
    assert sorted(world.ends()) == ["filed", "quarantined"]
    assert rows(store, outbox) == []


# ── who may join ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_stranger_with_everything_gets_a_ticket_of_their_own(world: World) -> None:
    thread = await opened(world)
    await world.slack.write("Ciao", thread)
    await world.later(seconds=11)
    content, to = answer_to(world.mailbox()[0], "Che c'è scritto?", sender="Mallory <mallory@evil.example>")
    await world.mail(content, "mallory@evil.example", to)
    await world.settle()
    mine, theirs = world.tickets()
    assert theirs["warned"]
    assert [row["ticket_id"] for row in world.messages()] == [mine["id"], mine["id"], theirs["id"]]
    # the signed address she held is worth nothing any more, not even to Maria by itself
    content, to = answer_to(world.mailbox()[0], "Sono Maria", 5)
    bare = b"\r\n".join(
        line for line in content.split(b"\r\n") if not line.startswith((b"References:", b"In-Reply-To:"))
    )
    await world.mail(bare.replace(b"Re: Re: Fattura 118 [ACME-1001]", b"Senza niente"), to=to)
    await world.settle()
    assert len(world.tickets()) == 3


async def test_question_and_answer_at_once_are_one_ticket(world: World) -> None:
    """Both are filed at the same time by different writers; locks on the ids they share put them one after the other."""
    for number in range(1, 9):
        first = question(number=number * 2, Message_ID=f"<a{number}@x>", subject=f"s{number}")
        second = question("e poi?", f"Re: s{number}", number * 2 + 1, Message_ID=f"<b{number}@x>", References=f"<a{number}@x>", In_Reply_To=f"<a{number}@x>")  # fmt: skip
        await asyncio.gather(world.mail(first), world.mail(second))
    await world.settle()
    assert world.ends() == ["filed"] * 16
    assert len(world.tickets()) == 8


async def test_siblings_of_a_mail_the_desk_never_saw_belong_together(world: World) -> None:
    await world.mail(question(number=1, References="<lost@cliente.example>"))
    await world.mail(question("anche", number=2, References="<lost@cliente.example>"))
    await world.settle()
    assert len(world.tickets()) == 1


# ── agents ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_edit_while_it_is_held_is_what_goes_out(world: World) -> None:
    thread = await opened(world)
    reply = await world.slack.write("Ciao Mara", thread)
    await world.settle()
    await world.later(seconds=8)
    await world.slack.edit(reply, "Ciao Maria", thread)
    await world.later(seconds=8)
    assert world.mailbox() == [], "the hold begins again"
    await world.later(seconds=3)
    assert [body(mail) for mail in world.mailbox()] == ["Ciao Maria"]
    assert world.slack.marks(reply) == ["white_check_mark"]
    await world.slack.edit(reply, "Ciao Marta", thread)
    await world.settle()
    assert len(world.mailbox()) == 1
    assert any("doesn't get this change" in text for text in world.told())


@pytest.mark.parametrize("how", ["delete", "x"])
async def test_a_held_reply_is_stopped(world: World, how: str) -> None:
    thread = await opened(world)
    reply = await world.slack.write("Uff, che noia questa", thread)
    await world.settle()
    await (world.slack.delete(reply, thread) if how == "delete" else world.slack.react("x", reply))
    await world.later(minutes=1)
    assert world.mailbox() == []
    assert [row["delivery"] for row in world.messages() if row["direction"] == "out"] == ["cancelled"]


async def test_an_edit_into_a_note_keeps_it_inside(world: World) -> None:
    thread = await opened(world)
    reply = await world.slack.write("il cliente non ha pagato", thread)
    await world.settle()
    await world.slack.edit(reply, "// il cliente non ha pagato", thread)
    await world.later(minutes=1)
    assert world.mailbox() == []
    assert world.slack.marks(reply) == ["lock"]
    assert [row["direction"] for row in world.messages()] == ["in", "note"]
    await world.slack.edit(reply, "il cliente ha pagato", thread)
    await world.later(minutes=1)
    assert world.mailbox() == [], "a note edited never goes out"


def written_just_now(world: World) -> str:
    return f"{world.clock.now().timestamp():.6f}"


async def test_an_edit_that_overtook_its_message_is_what_goes_out(world: World) -> None:
    thread = await opened(world)
    ts = written_just_now(world)
    await world.slack.edit(ts, "Ciao Maria", thread)
    await world.settle()
    await world.slack.write("Ciao Mara, che noia", thread, ts=ts)
    await world.later(minutes=1)
    assert [body(mail) for mail in world.mailbox()] == ["Ciao Maria"]
    assert [row["direction"] for row in world.messages()] == ["in", "out"]


async def test_a_message_that_was_deleted_before_it_came_goes_nowhere(world: World) -> None:
    thread = await opened(world)
    ts = written_just_now(world)
    await world.slack.delete(ts, thread)
    await world.settle()
    await world.slack.write("Uff, che noia questa", thread, ts=ts)
    await world.later(minutes=1)
    assert world.mailbox() == []
    assert [row["direction"] for row in world.messages()] == ["in"]


async def test_an_edit_of_what_was_no_reply_makes_none_of_it(world: World) -> None:
    thread = await opened(world)
    ts = written_just_now(world)
    await world.slack.write("!claim", thread, ts=ts)
    await world.settle()
    await world.slack.edit(ts, "il cliente non ha pagato", thread)
    await world.later(minutes=1)
    assert world.mailbox() == []


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("note: sentito Bruno", "U0ANNA"),
        ("// sentito Bruno", "U0ANNA"),
        ("<@U0BRUNO> che ne pensi?", "U0ANNA"),
        ("<!here> qualcuno?", "U0ANNA"),
        ("!nonsense", "U0ANNA"),
        ("!priority", "U0ANNA"),
        ("posso rispondere io?", "U0STRANGER"),  # not of the roster
    ],
)
async def test_what_must_stay_inside_stays_inside(world: World, text: str, user: str) -> None:
    thread = await opened(world)
    await world.slack.write(text, thread, user)
    await world.later(minutes=1)
    assert world.mailbox() == []
    assert all(row["direction"] != "out" for row in world.messages())


async def test_a_note_is_sent_after_all_by_its_authors_button(world: World) -> None:
    thread = await opened(world)
    note = await world.slack.write("<@U0BRUNO> le mando il rimborso", thread)
    await world.settle()
    assert world.slack.marks(note) == ["lock"]
    await world.slack.press("send_note", f"C0FRONT:{note}", thread, "U0BRUNO")
    await world.later(minutes=1)
    assert world.mailbox() == [], "only its author's"
    await world.slack.press("send_note", f"C0FRONT:{note}", thread)
    await world.later(minutes=1)
    assert len(world.mailbox()) == 1
    assert world.slack.marks(note) == ["white_check_mark"]


async def test_a_wrong_command_is_answered_to_its_author_alone(world: World) -> None:
    thread = await opened(world)
    await world.slack.write("!clam", thread)
    await world.settle()
    assert any("!claim" in text for text in world.told())
    assert len(world.posts()) == 1


async def test_two_who_claim_at_once_one_has_it_and_the_other_is_told(world: World) -> None:
    thread = await opened(world)
    await world.slack.press("claim", "ACME-1001", thread, "U0BRUNO")
    await world.slack.react("eyes", thread, "U0ANNA")
    await world.settle()
    (ticket,) = world.tickets()
    assert (ticket["assignee"], ticket["status"]) == ("bruno", "open")
    assert any("Bruno Sá" in text for text in world.told())
    assert world.cards()[-1].card.assignee == "Bruno Sá"


async def test_the_same_gesture_twice_is_done_once(world: World) -> None:
    thread = await opened(world)
    ts = await world.slack.write("Ciao", thread)
    await world.slack.write("Ciao", thread, ts=ts)
    await world.later(minutes=1)
    assert len(world.mailbox()) == 1


async def test_last_words_resolve_when_they_have_gone(world: World) -> None:
    thread = await opened(world)
    await world.slack.write("!resolve Fatto, buona giornata!", thread)
    await world.settle()
    assert world.tickets()[0]["status"] == "open"
    await world.later(minutes=1)
    assert world.tickets()[0]["status"] == "resolved"
    assert body(world.mailbox()[0]) == "Fatto, buona giornata!"
    content, to = answer_to(world.mailbox()[0], "Non ancora!")
    await world.mail(content, to=to)
    await world.settle()
    assert world.tickets()[0]["status"] == "open"


# ── what becomes of a reply ──────────────────────────────────────────────────────────────────────────────────────────


async def replied(world: World, text: str = "Ciao") -> str:
    thread = await opened(world)
    reply = await world.slack.write(text, thread)
    await world.later(seconds=11)
    return reply


async def test_a_refusal_is_told_in_the_thread(world: World) -> None:
    world.out.fail_next(PermanentFailure("550 mailbox unavailable"))
    reply = await replied(world)
    assert world.slack.marks(reply) == ["warning"]
    assert any("550 mailbox unavailable" in text for text in world.posts())


async def test_a_temporary_failure_holds_its_conversation_and_goes_in_order(world: World) -> None:
    world.out.fail_next(TemporaryFailure("451 later"), TemporaryFailure("451 later"))
    first = await replied(world, "uno")
    await world.slack.write("due", world.thread())
    await world.later(seconds=1)
    assert world.slack.marks(first) == ["hourglass_flowing_sand"]
    for _ in range(6):
        await world.later(seconds=30)
    assert [body(mail) for mail in world.mailbox()] == ["uno", "due"]


async def test_a_throttled_reply_that_waits_is_no_longer_held(world: World) -> None:
    """Its bytes are made: an edit is told as too late, and what the customer gets is what the desk says they got."""
    world.out.fail_next(Throttled("429"))
    reply = await replied(world, "uno")
    await world.slack.edit(reply, "due", world.thread())
    await world.later(minutes=1)
    assert [body(mail) for mail in world.mailbox()] == ["uno"]
    assert [row["text"] for row in world.messages() if row["direction"] == "out"] == ["uno"]


async def test_a_mail_of_unknown_outcome_goes_once_more_with_the_same_bytes(world: World) -> None:
    world.out.fail_next("lost_answer")
    reply = await replied(world)
    await world.later(minutes=2)
    first, second = (one.content for one in world.out.delivered)
    assert isinstance(first, SendMail)
    assert first == second
    assert world.slack.marks(reply) == ["white_check_mark"]


async def test_twice_unknown_is_asked_of_an_agent(world: World) -> None:
    world.out.fail_next("lost_answer", "lost_answer")
    reply = await replied(world)
    await world.later(minutes=2)
    await world.later(minutes=2)
    assert world.slack.marks(reply) == ["grey_question"]
    assert len(world.out.delivered) == 2
    await world.later(days=1)
    assert len(world.out.delivered) == 2, "never silently again"
    message = next(row for row in world.messages() if row["direction"] == "out")
    await world.slack.press("it_arrived", str(message["id"]), world.thread())
    await world.settle()
    assert "white_check_mark" in world.slack.marks(reply)
    assert len(world.out.delivered) == 2


async def test_a_post_of_unknown_outcome_is_looked_up_and_never_doubled(world: World) -> None:
    world.slack.fail_next("lost_answer", UnknownOutcome("gone before"))
    await world.mail(question())
    await world.settle()
    for _ in range(4):
        await world.later(seconds=30)
    assert len(world.slack.shown(PostCard)) == 1
    assert world.posts() == ["Non torna il totale."]


async def test_a_daemon_that_died_while_sending_settles_it_at_its_next_start(store: Store) -> None:
    world = await World(store).start()
    await world.mail(question())
    await world.pipeline.work_off()
    delivery = (await world.store.write(lambda work: world.outbox._take(work, 5))).claimed[0][1]
    await world.slack.deliver(delivery)  # the card is there, and the process dies before it could say so
    world = await world.restart()
    await world.settle()
    await world.later(minutes=1)
    assert len(world.slack.shown(PostCard)) == 1
    assert world.posts() == ["Non torna il totale."]


async def test_an_outcome_is_kept_however_long_the_database_is_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = await opened(world)
    await world.slack.write("Ciao", thread)
    await world.settle()
    real, away = world.store.write, [3]

    async def write(unit: Any) -> Any:
        if world.out.delivered and away[0]:
            away[0] -= 1
            raise StoreAway("locked")
        return await real(unit)

    monkeypatch.setattr(world.store, "write", write)
    await world.later(seconds=11)
    assert away == [0]
    assert len(world.mailbox()) == 1


async def test_undo_of_zero_sends_at_once(store: Store) -> None:
    world = await World(store, settings=settings(undo="0s")).start()
    thread = await opened(world)
    reply = await world.slack.write("Ciao", thread)
    await world.settle()
    assert len(world.mailbox()) == 1
    assert world.slack.marks(reply) == ["white_check_mark"]


async def test_a_stop_and_the_sending_at_once_never_disagree(store: Store) -> None:
    """❌ and the end of the hold meet: either it is stopped and doesn't go, or it goes and its author is told."""
    world = await World(store, settings=settings(undo="1s")).start()
    thread = await opened(world)
    for number in range(6):
        reply = await world.slack.write(f"reply {number}", thread)
        await world.settle()
        await world.slack.react("x", reply)
        world.clock.at += timedelta(seconds=2)
        await asyncio.gather(world.pipeline.work_off(), world.outbox._send_what_is_due())
        await world.outbox.rest()
        await world.settle()
    out = [row for row in world.messages() if row["direction"] == "out"]
    assert {row["text"] for row in out if row["delivery"] == "sent"} == {
        body(mail) for mail in world.mailbox()
    }
    assert {row["delivery"] for row in out} <= {"sent", "cancelled"}


# ── any order, any number of times ───────────────────────────────────────────────────────────────────────────────────


def thread_of_mails() -> list[bytes]:
    """Two exchanges that have nothing to do with each other: a question with two answers that quote it, and another question."""
    return [
        question("uno", "Fattura 118", 1),
        question("due", "Re: Fattura 118", 2, In_Reply_To="<q1@cliente.example>", References="<q1@cliente.example>"),
        question("tre", "Re: Fattura 118", 3, In_Reply_To="<q2@cliente.example>", References="<q1@cliente.example> <q2@cliente.example>"),
        question("altro", "Tutt'altro", 4),
    ]  # fmt: skip


ORDERS = [
    (0, 1, 2, 3),
    (3, 2, 1, 0),
    (1, 0, 3, 2),
    (2, 0, 1, 3),
    (2, 3, 1, 0),
    (1, 2, 0, 3),
    (0, 2, 3, 1),
    (3, 1, 0, 2),
]


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: "".join(map(str, order)))
async def test_any_order_of_arrival_gives_the_same_tickets(world: World, order: tuple[int, ...]) -> None:
    mails = thread_of_mails()
    for index in order:
        await world.mail(mails[index])
        await world.settle()
    for index in order:  # and all of it once more
        await world.mail(mails[index])
    await world.settle()
    parts: dict[int, set[str]] = {}
    for row in world.messages():
        parts.setdefault(row["ticket_id"], set()).add(row["text"])
    assert sorted(map(sorted, parts.values())) == [["altro"], ["due", "tre", "uno"]]
    assert world.ends() == ["filed"] * 4 + ["duplicate"] * 4


def test_the_order_of_gestures_is_that_of_their_channel() -> None:
    def raw(body: Any, source: str = "slack") -> RawMessage:
        return RawMessage(
            "slack", source, "1", json.dumps(body).encode() if not isinstance(body, bytes) else body
        )

    assert order_key(raw({"event": {"channel": "C1"}})) == "slack:C1"
    assert order_key(raw({"event": {"item": {"channel": "C1"}}})) == "slack:C1"
    assert order_key(raw({"container": {"channel_id": "C1"}})) == "slack:C1"
    assert order_key(raw({"channel": {"id": "C1"}})) == "slack:C1"
    assert order_key(raw(b"not json")) == "slack:"
    assert order_key(raw([1])) == "slack:"
    assert order_key(raw({}, "smtp")) is None
