"""The SMTP listener over a real socket: codes, what is kept, and that a session goes on after what it refused."""

import asyncio
import socket
import tempfile
from pathlib import Path

import pytest

from connectors.smtp import SmtpLimits
from deskd.config.endpoints import Listen
from deskd.errors import BrokenInvariant, ConfigError, StoreAway, StoreFull
from deskd.model import Envelope
from tests.support.smtp_dialogue import OURS, Desk, Dialogue, FixedClock, Kept, desk, listening, until

MAIL = b"From: maria@cliente.example\r\nSubject: Fattura 118\r\n\r\nNon torna il totale\r\n"


async def deliver(running: Desk, content: bytes = MAIL) -> int:
    dialogue = await running.greeted()
    await dialogue.start_mail()
    dialogue.send(content + b".\r\n")
    code = await dialogue.code()
    await dialogue.close()
    return code


async def test_a_mail_is_kept_before_it_is_answered() -> None:
    async with desk() as running:
        running.kept.gate = asyncio.Event()
        dialogue = await running.greeted()
        await dialogue.start_mail()
        dialogue.send(MAIL + b".\r\n")
        await running.kept.entered.wait()
        answer = asyncio.create_task(dialogue.reply())
        done, _ = await asyncio.wait({answer}, timeout=0.05)
        assert not done
        running.kept.gate.set()
        assert (await answer).startswith("250 ")
        (message,) = running.kept.messages
        assert (message.channel, message.source, message.payload) == ("support-mail", "smtp", MAIL)
        assert message.envelope == Envelope("maria@cliente.example", (OURS,), "127.0.0.1", "client.example")


async def test_each_acceptance_has_an_id_of_its_own() -> None:
    async with desk() as running:
        assert [await deliver(running) for _ in range(3)] == [250] * 3
        assert len({message.external_id for message in running.kept.messages}) == 3


async def test_several_of_our_addresses_make_one_mail_of_the_first_ones_channel() -> None:
    async with desk() as running:
        dialogue = await running.greeted()
        assert await dialogue.codes(
            "MAIL FROM:<>",
            "RCPT TO:<billing+x@acme.example>",
            "RCPT TO:<nobody@acme.example>",
            f"RCPT TO:<{OURS}>",
            f"RCPT TO:<{OURS}>",
            "DATA",
        ) == [250, 250, 550, 250, 250, 354]
        assert await dialogue.codes(MAIL + b".\r\n") == [250]
        (message,) = running.kept.messages
        assert message.channel == "billing"
        assert message.envelope.mail_from == ""
        assert message.envelope.rcpt_to == ("billing+x@acme.example", OURS)


async def test_the_greeting_names_the_host_and_no_version() -> None:
    async with desk() as running:
        dialogue = await running.connect()
        assert await dialogue.reply() == "220 desk.acme.example ESMTP\r\n"
        answer = await dialogue.say("EHLO client.example")
        assert answer.splitlines() == [
            "250-desk.acme.example",
            "250-SIZE 25000000",
            "250-8BITMIME",
            "250-SMTPUTF8",
            "250-PIPELINING",
            "250 HELP",
        ]


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        (["MAIL FROM:<a@b.example>"], [503]),  # no HELO yet
        (["HELO", "EHLO", "HELO x"], [501, 501, 250]),
        (["HELO x", f"RCPT TO:<{OURS}>", "DATA"], [250, 503, 503]),
        (["HELO x", "MAIL FROM:<a@b.example>", "MAIL FROM:<a@b.example>"], [250, 250, 503]),
        (["HELO x", "MAIL FROM:<a@b.example>", "DATA"], [250, 250, 503]),
        (["HELO x", "MAIL FROM:<a@b.example>", "RSET", f"RCPT TO:<{OURS}>"], [250, 250, 250, 503]),
        (["HELO x", "MAIL FROM:<a@b.example>", f"RCPT TO:<{OURS}>", "DATA x"], [250, 250, 250, 501]),
        (["EHLO x", "MAIL FROM:<ñ@b.example> SMTPUTF8 BODY=8BITMIME"], [250, 250]),
        (
            ["EHLO x", "VRFY support", "VRFY", "EXPN staff", "AUTH PLAIN AGEAYg==", "STARTTLS"],
            [250, 252, 501, 502, 502, 454],
        ),
        (["", "NOOP", "NOOP x", "HELP", "QUIT x", "QUIT"], [500, 250, 250, 250, 501, 221]),
        ([b"\xff\xfe\r\n", b"NOOP\n"], [500, 250]),  # typed by hand
        (["X" * 5000, "NOOP"], [500, 250]),
    ],
)
async def test_commands_are_answered(lines: list[str | bytes], codes: list[int]) -> None:
    async with desk() as running:
        dialogue = await running.connect()
        assert await dialogue.code() == 220
        assert await dialogue.codes(*lines) == codes


@pytest.mark.parametrize(
    ("failure", "answer"),
    [
        (StoreFull("disk full"), "452 4.3.1 "),
        (StoreAway("locked"), "451 4.3.0 "),
        (BrokenInvariant("must not be"), "451 4.3.0 "),
        (KeyError("a mistake of ours"), "451 4.3.0 "),
    ],
)
async def test_trouble_of_ours_is_temporary_and_the_session_goes_on(failure: Exception, answer: str) -> None:
    async with desk() as running:
        running.kept.failure = failure
        dialogue = await running.greeted()
        await dialogue.start_mail()
        assert (await dialogue.say(MAIL + b".\r\n")).startswith(answer)
        assert running.listener.health().state == "degraded"
        running.kept.failure = None
        await dialogue.start_mail()
        assert await dialogue.codes(MAIL + b".\r\n") == [250]
        assert running.kept.payloads == [MAIL]
        assert running.listener.health().state == "ok"
        assert running.listener.health().last_ok == FixedClock().now()


async def test_a_client_that_leaves_during_the_commit_does_not_undo_it() -> None:
    async with desk() as running:
        running.kept.gate = asyncio.Event()
        dialogue = await running.greeted()
        await dialogue.start_mail()
        dialogue.send(MAIL + b".\r\n")
        await running.kept.entered.wait()
        dialogue.writer.transport.abort()
        other = await running.greeted()
        running.kept.gate.set()
        await until(lambda: running.kept.payloads == [MAIL])
        assert await other.codes("NOOP") == [250]


async def test_a_client_that_closed_its_sending_side_still_gets_its_answers() -> None:
    async with desk() as running:
        dialogue = await running.connect()
        dialogue.send(
            b"HELO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<support@acme.example>\r\nDATA\r\n"
            + MAIL
            + b".\r\n"
        )
        dialogue.writer.write_eof()
        replies = (await dialogue.rest()).decode().splitlines()
        assert [int(line[:3]) for line in replies] == [220, 250, 250, 250, 354, 250]
        assert running.kept.payloads == [MAIL]


async def test_half_a_mail_is_no_mail() -> None:
    async with desk() as running:
        dialogue = await running.greeted()
        await dialogue.start_mail()
        dialogue.send(MAIL)
        dialogue.writer.write_eof()
        assert await dialogue.rest() == b""
        assert running.kept.messages == []


async def test_a_very_long_line_is_taken() -> None:
    async with desk() as running:
        line = b"x" * 1_000_000 + b"\r\n"
        assert await deliver(running, line) == 250
        assert running.kept.payloads == [line]


async def test_stopping_finishes_what_is_under_way() -> None:
    async with desk() as running:
        idle, busy = await running.greeted(), await running.greeted()
        await busy.start_mail()
        stopping = asyncio.create_task(running.listener.stop_receiving())
        assert (await idle.reply()).startswith("421 4.3.2 ")
        busy.send(MAIL + b".\r\n")
        assert await busy.code() == 250
        assert await busy.rest() == b""
        await stopping
        assert running.kept.payloads == [MAIL]
        assert running.listener.health().state == "stopped"
        with pytest.raises(ConnectionRefusedError):
            await running.connect()


async def test_stopping_cuts_what_does_not_end() -> None:
    async with desk(SmtpLimits(stop=0.05)) as running:
        dialogue = await running.greeted()
        await dialogue.start_mail()
        await running.listener.stop_receiving()
        await running.listener.stop()
        assert await dialogue.rest() == b""


async def test_a_taken_port_is_a_mistake_in_the_configuration() -> None:
    async with desk() as running:
        second = listening(listen=Listen("127.0.0.1", running.listener.port))
        with pytest.raises(ConfigError, match=f"cannot listen for mail on 127.0.0.1:{running.listener.port}"):
            await second.start(running.kept.accept)
        assert second.health().state == "stopped"


async def test_a_socket_that_was_opened_for_it_is_taken() -> None:
    async with desk() as running:
        given = socket.create_server(("127.0.0.1", 0))
        listener = listening()
        await listener.start(running.kept.accept, [given])
        assert listener.port == given.getsockname()[1]
        assert await deliver(Desk(listener, running.kept)) == 250
        await listener.stop_receiving()
        await listener.stop()


async def test_a_unix_socket_is_taken_over_only_from_the_dead(tmp_path: Path) -> None:
    kept, path = Kept(), tmp_path / "smtp.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    listener = listening(listen=Listen(path=path))
    await listener.start(kept.accept)
    dialogue = Dialogue(*await asyncio.open_unix_connection(path))
    assert await dialogue.code() == 220
    assert await dialogue.codes("HELO x") == [250]
    await dialogue.start_mail()
    assert await dialogue.codes(MAIL + b".\r\n") == [250]
    assert kept.messages[0].envelope.peer == ""
    with pytest.raises(ConfigError, match="cannot listen"):
        await listening(listen=Listen(path=path)).start(kept.accept)
    await dialogue.close()
    await listener.stop_receiving()
    await listener.stop()


async def test_big_mails_lie_on_disk_until_it_is_their_turn() -> None:
    async with desk() as running:
        running.kept.gate = asyncio.Event()
        content = b"x" * 78 + b"\r\n"
        answers = []
        for _ in range(5):
            dialogue = await running.greeted()
            await dialogue.start_mail()
            dialogue.send(content * 50_000 + b".\r\n")
            await dialogue.writer.drain()
            answers.append(asyncio.create_task(dialogue.code()))
        await running.kept.entered.wait()
        gate, running.kept.gate = running.kept.gate, None
        assert await deliver(running) == 250  # a small one need not wait for them
        gate.set()
        assert await asyncio.gather(*answers) == [250] * 5
        assert running.kept.payloads.count(content * 50_000) == 5


async def test_no_room_to_spool_a_mail_is_temporary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with desk() as running:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
        dialogue = await running.greeted()
        await dialogue.start_mail()
        assert (await dialogue.say(b"x" * 2_000_000 + b"\r\n.\r\n")).startswith("452 4.3.1 ")
        await dialogue.start_mail()
        assert await dialogue.codes(MAIL + b".\r\n") == [250]
        assert running.kept.payloads == [MAIL]
