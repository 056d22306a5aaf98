"""LMTP: one answer a recipient on every path, and from where a mail came as the server before us tells it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connectors.smtp import SmtpLimits
from connectors.smtp.commands import Refused
from connectors.smtp.listener import Policy
from connectors.smtp.xforward import parse_xforward
from deskd.config.endpoints import Listen
from deskd.errors import StoreAway, StoreFull
from tests.support.smtp_dialogue import Desk, Dialogue, Kept, desk, listening

LMTP = Policy("lmtp", {"billing": 100})
ONE, TWO, BILLING = "support@acme.example", "support+2@acme.example", "billing@acme.example"


@pytest.fixture
async def running() -> AsyncIterator[Desk]:
    async with desk(SmtpLimits(size=1000, hops=2), policy=LMTP) as running:
        yield running


async def greeted(running: Desk) -> Dialogue:
    dialogue = await running.connect()
    assert await dialogue.reply() == "220 desk.acme.example LMTP\r\n"
    assert await dialogue.codes("LHLO mx.acme.example") == [250]
    return dialogue


async def hand_over(dialogue: Dialogue, content: bytes, *recipients: str) -> list[str]:
    """The answers after the data, one a recipient that was accepted."""
    await dialogue.say("MAIL FROM:<maria@cliente.example>")
    accepted = [each for each in recipients if (await dialogue.say(f"RCPT TO:<{each}>"))[:3] == "250"]
    assert await dialogue.codes("DATA") == [354]
    dialogue.send(content + b"\r\n.\r\n")
    return [(await dialogue.reply()).rstrip() for _ in accepted]


async def test_one_answer_a_recipient_and_one_mail(running: Desk) -> None:
    dialogue = await greeted(running)
    answers = await hand_over(dialogue, b"Subject: x\r\n\r\nciao", ONE, "nobody@acme.example", TWO)
    assert [answer.split(" Kept")[0] for answer in answers] == [f"250 2.0.0 <{ONE}>", f"250 2.0.0 <{TWO}>"]
    (message,) = running.kept.messages
    assert (message.source, message.channel, message.envelope.rcpt_to) == ("lmtp", "support-mail", (ONE, TWO))
    assert await dialogue.codes("NOOP") == [250], "no answer too many"


async def test_one_address_named_twice_has_two_answers(running: Desk) -> None:
    assert len(await hand_over(await greeted(running), b"Subject: x\r\n\r\nciao", ONE, ONE)) == 2
    assert running.kept.messages[0].envelope.rcpt_to == (ONE,)


async def test_some_have_it_and_for_some_it_is_too_big(running: Desk) -> None:
    answers = await hand_over(await greeted(running), b"x" * 200, BILLING, ONE)
    assert [answer[:9] for answer in answers] == ["552 5.3.4", "250 2.0.0"]
    assert running.kept.messages[0].channel == "support-mail"


@pytest.mark.parametrize(
    ("content", "failure", "answer"),
    [
        (b"Subject: x\r\n\r\nciao", StoreFull("full"), "452 4.3.1"),
        (b"Subject: x\r\n\r\nciao", StoreAway("away"), "451 4.3.0"),
        (b"Subject: x\r\n\r\nciao", RuntimeError("ours"), "451 4.3.0"),
        (b"x" * 2000, None, "552 5.3.4"),
        (b"Received: x\r\n" * 3 + b"\r\nx", None, "554 5.4.6"),
    ],
)
async def test_on_every_path_there_is_one_a_recipient(
    running: Desk, content: bytes, failure: Exception | None, answer: str
) -> None:
    running.kept.failure = failure
    dialogue = await greeted(running)
    answers = await hand_over(dialogue, content, ONE, TWO, BILLING)
    assert [one[:9] for one in answers] == [answer] * 3
    assert await dialogue.codes("NOOP") == [250], "no answer too many"


async def test_a_mail_of_nobodys_is_not_taken(running: Desk) -> None:
    dialogue = await greeted(running)
    assert await dialogue.codes("MAIL FROM:<>", "RCPT TO:<nobody@acme.example>", "DATA") == [250, 550, 503]


async def test_it_is_not_smtp(running: Desk) -> None:
    dialogue = await running.connect()
    assert await dialogue.code() == 220
    codes = await dialogue.codes("HELO x", "EHLO x", "MAIL FROM:<>", "LHLO", "STARTTLS")
    assert codes == [500, 500, 503, 501, 454]


async def test_pipelined(running: Desk) -> None:
    dialogue = await greeted(running)
    dialogue.send(
        b"MAIL FROM:<>\r\nRCPT TO:<%b>\r\nRCPT TO:<x@acme.example>\r\nRCPT TO:<%b>\r\nDATA\r\n"
        % (ONE.encode(), TWO.encode())
    )
    assert [await dialogue.code() for _ in range(5)] == [250, 250, 550, 250, 354]
    dialogue.send(b"Subject: x\r\n\r\nciao\r\n.\r\nQUIT\r\n")
    assert [await dialogue.code() for _ in range(3)] == [250, 250, 221]


async def test_the_server_before_us_tells_from_where_it_has_a_mail(running: Desk) -> None:
    dialogue = await greeted(running)
    told = ("XFORWARD NAME=mx.cliente.example ADDR=185.10.20.30 PROTO=ESMTP", "XFORWARD HELO=mx+2Ecliente")
    assert await dialogue.codes(*told) == [250, 250]
    await hand_over(dialogue, b"x", ONE)
    await hand_over(dialogue, b"y", ONE)
    first, second = (message.envelope for message in running.kept.messages)
    assert (first.peer, first.helo) == ("185.10.20.30", "mx.cliente")
    assert (second.peer, second.helo) == ("127.0.0.1", "mx.acme.example"), "it holds for one mail"
    assert await dialogue.codes("MAIL FROM:<>", "XFORWARD ADDR=1.2.3.4") == [250, 503]


@pytest.mark.parametrize(
    ("said", "address"),
    [("ADDR=IPV6:2a01::1", "2a01::1"), ("addr=2a01::1", "2a01::1"), ("ADDR=[UNAVAILABLE]", ""), ("ADDR=x", "")],
)  # fmt: skip
def test_an_address_is_one_or_none(said: str, address: str) -> None:
    assert parse_xforward(said)["ADDR"] == address


@pytest.mark.parametrize("said", ["ADDR", "COLOUR=red", "="])
def test_what_it_does_not_know_it_refuses(said: str) -> None:
    with pytest.raises(Refused, match=r"^501 "):
        parse_xforward(said)


async def test_by_a_socket_that_systemd_opened(tmp_path: Path) -> None:
    path = tmp_path / "lmtp.sock"
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(str(path))
        opened.setblocking(False)
        kept, listener = Kept(), listening(listen=Listen(path=path), policy=LMTP)
        await listener.start(kept.accept, [opened.dup()])
        dialogue = Dialogue(*await asyncio.open_unix_connection(path))
        assert await dialogue.codes("LHLO x") == [220]
        assert await dialogue.code() == 250
        assert [answer[:3] for answer in await hand_over(dialogue, b"x", ONE)] == ["250"]
        await dialogue.close()
        await listener.stop_receiving()
        await listener.stop()


async def test_over_a_unix_socket_that_others_may_write_to(tmp_path: Path) -> None:
    path = tmp_path / "lmtp.sock"
    kept, listener = Kept(), listening(listen=Listen(path=path), policy=LMTP)
    await listener.start(kept.accept)
    assert path.stat().st_mode & 0o777 == 0o666
    dialogue = Dialogue(*await asyncio.open_unix_connection(path))
    assert await dialogue.codes("LHLO x") == [220]
    assert await dialogue.code() == 250
    assert [answer[:3] for answer in await hand_over(dialogue, b"x", ONE)] == ["250"]
    assert (kept.messages[0].envelope.peer, listener.name) == ("", f"lmtp:{path}")
    await dialogue.close()
    await listener.stop_receiving()
    await listener.stop()
