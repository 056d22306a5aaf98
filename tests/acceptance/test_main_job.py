"""The main job, end to end, by the installed daemon on both databases: mail, card, thread, reply, mail, ✅, answer; and what comes between."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

import aiosmtplib

from connectors.standins.smtp import send_mail
from tests.support.installed import (
    FRONT,
    PATIENCE,
    Installed,
    Mail,
    Outside,
    assert_each_in_one_ticket,
    assert_shown_once,
    mail,
    outside,
    send_all,
)

HELD = "hourglass_flowing_sand"
SENT = {"white_check_mark"}
MARIA = mail(1, "Non torna il totale.", From="Maria Rossi <c1@cliente.example>", Subject="Fattura 118")


async def hand_over(desk: Installed, content: bytes, sender: str, to: str = "support@acme.example") -> None:
    await send_mail("127.0.0.1", desk.port, content, sender, to)


async def card_of(desk: Installed, out: Outside, one: Mail) -> str:
    """Maria writes; the thread in which her words stand."""
    await hand_over(desk, one.data, one.sender)
    card = (await out.slack.wait_for(lambda: out.slack.channel_messages(FRONT), PATIENCE))[0]["ts"]
    await out.slack.wait_for(lambda: len(thread(out, card)) == 2, PATIENCE)
    return str(card)


def thread(out: Outside, card: str) -> list[str]:
    return [str(message["text"]) for message in out.slack.thread(FRONT, card)]


async def until_marked(out: Outside, written: Sequence[str], marks: set[str]) -> None:
    """Wait until each of these messages of Anna's bears exactly these marks."""
    await out.slack.wait_for(lambda: all(out.slack.reactions(FRONT, ts) == marks for ts in written), PATIENCE)


def read(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def words(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).strip()


async def test_a_question_is_answered_and_the_conversation_goes_on(tmp_path: Path, database_url: str) -> None:
    async with outside() as out:
        desk = Installed(tmp_path, database_url, out, undo="1s", by_itself=True)
        async with desk.running():
            card = await card_of(desk, out, MARIA)
            assert "Non torna il totale." in thread(out, card)[1]
            reply = out.slack.post("U0ANNA", FRONT, "Ciao *Maria*, guardo subito.", card)
            await out.slack.wait_for(lambda: out.slack.reactions(FRONT, reply) == SENT, PATIENCE)
            (sent,) = out.mail.to(MARIA.sender)
            answer = read(sent.content)
            assert parseaddr(str(answer["From"])) == ("Acme Support", "support@acme.example")
            assert str(answer["Subject"]).startswith("Re: Fattura 118")
            assert answer["In-Reply-To"] == f"<{MARIA.rfc_id}>"
            assert "Ciao Maria, guardo subito." in words(answer)
            back = mail(
                2,
                f"Grazie!\r\n\r\nIl giorno 22 nov 2026 Acme Support ha scritto:\r\n> {words(answer)}",
                From="Maria Rossi <c1@cliente.example>", Subject=f"Re: {answer['Subject']}",
                In_Reply_To=str(answer["Message-ID"]), References=f"<{MARIA.rfc_id}> {answer['Message-ID']}",
            )  # fmt: skip
            await hand_over(desk, back.data, MARIA.sender, parseaddr(str(answer["Reply-To"]))[1])
            await out.slack.wait_for(lambda: len(thread(out, card)) == 4, PATIENCE)
            assert thread(out, card)[3].strip() == "Grazie!", "the quotation is left out"
            await desk.until_at_rest()
            (ticket,) = desk.tickets()
            assert (ticket["status"], [message["direction"] for message in ticket["messages"]]) == (
                "open",
                ["in", "out", "in"],
            )
            await desk.stop()
        desk.assert_sound()


async def test_what_must_stay_inside_stays_inside(tmp_path: Path, database_url: str) -> None:
    async with outside() as out:
        out.slack.add_user("U0X", "stranger")
        out.slack.join("U0X", FRONT)
        desk = Installed(tmp_path, database_url, out, by_itself=True)
        async with desk.running():
            card = await card_of(desk, out, MARIA)
            notes = [
                out.slack.post("U0ANNA", FRONT, text, card)
                for text in ("note: sentito", "// sentito", "<!here> sentito?")
            ]
            out.slack.post("U0ANNA", FRONT, "!clam", card)
            out.slack.post("U0X", FRONT, "rispondo io?", card)
            last = out.slack.post("U0ANNA", FRONT, "Fatto, buona giornata.", card)
            await out.slack.wait_for(lambda: out.slack.reactions(FRONT, last) == SENT, PATIENCE)
            await until_marked(out, notes, {"lock"})
            await out.slack.wait_for(
                lambda: any("!claim" in told.text for told in out.slack.ephemerals), PATIENCE
            )
            assert [words(read(sent.content)) for sent in out.mail.to(MARIA.sender)] == [
                "Fatto, buona giornata."
            ]
        desk.assert_sound()


async def test_a_held_reply_is_what_its_author_made_of_it_while_the_daemon_was_down(
    tmp_path: Path, database_url: str
) -> None:
    """One was edited, one deleted, one made a note; then the power came back."""
    async with outside() as out:
        desk = Installed(tmp_path, database_url, out, undo="4s", by_itself=True)
        async with desk.running():
            card = await card_of(desk, out, MARIA)
            edited, deleted, noted = (
                out.slack.post("U0ANNA", FRONT, text, card)
                for text in ("Ciao Mara", "che noia", "non paga mai")
            )
            await until_marked(out, (edited, deleted, noted), {HELD})
            await desk.kill()
            out.slack.edit("U0ANNA", FRONT, edited, "Ciao Maria")
            out.slack.delete("U0ANNA", FRONT, deleted)
            out.slack.edit("U0ANNA", FRONT, noted, "// non paga mai")
            await desk.start()
            await out.slack.wait_for(lambda: out.slack.reactions(FRONT, edited) == SENT, PATIENCE)
            await out.slack.wait_for(lambda: out.slack.reactions(FRONT, noted) == {"lock"}, PATIENCE)
            await desk.until_at_rest()
            assert [words(read(sent.content)) for sent in out.mail.to(MARIA.sender)] == ["Ciao Maria"]
        desk.assert_sound()


async def test_sigterm_under_load_loses_nothing(tmp_path: Path, database_url: str) -> None:
    mails: list[Mail] = []
    stopped = False

    def without_end() -> Iterator[Mail]:
        """Mails until the daemon has stopped, and a few more: it stops in the middle of them, however fast it is."""
        more = 16
        while more:
            more -= stopped
            mails.append(mail(len(mails) + 1))
            yield mails[-1]

    async with outside() as out:
        desk = Installed(tmp_path, database_url, out, by_itself=True)
        async with desk.running():
            sending = asyncio.create_task(send_all(desk.port, without_end(), 8, pause=0.05))
            await out.slack.wait_for(lambda: out.slack.channel_messages(FRONT), PATIENCE)
            await desk.stop()  # within its ten seconds, and with status 0
            stopped = True
            await desk.start()
            await asyncio.wait_for(sending, PATIENCE)
            await desk.until_at_rest(120)
        tickets = desk.tickets()
        assert_each_in_one_ticket(tickets, mails)
        assert_shown_once(out.slack, tickets)
        desk.assert_sound()


async def test_bad_input_is_refused_in_smtps_own_words_and_the_next_mail_goes_on(
    tmp_path: Path, sqlite_url: str
) -> None:
    async with outside() as out:
        desk = Installed(tmp_path, sqlite_url, out, by_itself=True)
        async with desk.running():
            codes = []
            for content, to in (
                (MARIA.data, "nobody@acme.example"),
                (b"x" * 30_000_000, "support@acme.example"),
            ):
                try:
                    await hand_over(desk, content, MARIA.sender, to)
                except aiosmtplib.SMTPRecipientsRefused as refused:
                    codes.append(refused.recipients[0].code)
                except aiosmtplib.SMTPResponseException as refused:
                    codes.append(refused.code)
            assert codes == [550, 552]
            await hand_over(desk, b"\0\1\2" * 200, MARIA.sender)  # 250: it is kept, and shown to a person
            await hand_over(desk, MARIA.data, MARIA.sender)
            await desk.until_at_rest()
            assert [line["state"] for line in desk.lines("inbox", "list")] in (
                ["quarantined"],
                ["quarantined", "filed"],
            )
            assert len(desk.tickets()) == 2
        desk.assert_sound()
