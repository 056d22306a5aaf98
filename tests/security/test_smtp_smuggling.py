"""SMTP smuggling (CVE-2023-51764, CVE-2024-27305): a false end of data must not make a second mail."""

import pytest

from connectors.smtp.listener import Policy
from tests.support.smtp_dialogue import OURS, desk

FALSE_ENDS = [
    b"\n.\n",
    b"\r.\r",
    b"\n.\r\n",
    b"\r.\r\n",
    b"\r\n.\n",
    b"\r\n.\r",
    b"\n.\r",
    b"\r.\n",
    b"\r\n\0.\r\n",
    b"\r\n.\0\r\n",
    b"\r\0\n.\r\n",
    b"\n\n.\r\r\n",
    b"\r\r\n.\r\r\n",
    b"\r\n.\r\r\n",
    b"\r\n .\r\n",
    b"\r\n. \r\n",
]
SMUGGLED = b"MAIL FROM:<ceo@acme.example>\r\nRCPT TO:<support@acme.example>\r\nDATA\r\nSubject: smuggled\r\n\r\npay\r\n"
COMMANDS = f"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<{OURS}>\r\nDATA\r\n".encode()
CODES = [250, 250, 250, 354, 250, 221]


@pytest.mark.parametrize("false_end", FALSE_ENDS)
async def test_a_false_end_of_data_ends_nothing(false_end: bytes) -> None:
    async with desk() as running:
        dialogue = await running.greeted()
        await dialogue.start_mail()
        dialogue.send(b"Subject: one\r\n\r\nhello" + false_end + SMUGGLED + b"\r\n.\r\n")
        assert await dialogue.code() == 250
        assert await dialogue.codes("QUIT") == [221]
        assert await dialogue.rest() == b""
        (payload,) = running.kept.payloads
        assert b"Subject: smuggled" in payload
        assert payload.count(b"\r") == payload.count(b"\n") == payload.count(b"\r\n")


@pytest.mark.parametrize("false_end", FALSE_ENDS)
async def test_nor_when_it_is_cut_anywhere_by_the_network(false_end: bytes) -> None:
    async with desk() as running:
        for cut in range(1, len(false_end)):
            dialogue = await running.greeted()
            await dialogue.start_mail()
            dialogue.send(b"one" + false_end[:cut])
            await dialogue.writer.drain()
            dialogue.send(false_end[cut:] + SMUGGLED)
            await dialogue.writer.drain()
            dialogue.send(b"\r\n.\r")
            await dialogue.writer.drain()
            dialogue.send(b"\n")
            assert await dialogue.code() == 250
            assert await dialogue.codes("NOOP") == [250]
            await dialogue.close()
            assert len(running.kept.messages) == cut
            assert b"Subject: smuggled" in running.kept.payloads[-1]


@pytest.mark.parametrize("false_end", FALSE_ENDS[:8])
async def test_a_desk_that_takes_no_bare_line_ends_refuses_the_mail(false_end: bytes) -> None:
    async with desk(policy=Policy(refuse_bare=True)) as running:
        dialogue = await running.greeted()
        await dialogue.start_mail()
        dialogue.send(b"Subject: one\r\n\r\nhello" + false_end + SMUGGLED + b"\r\n.\r\n")
        assert (await dialogue.reply())[:9] == "550 5.5.2"
        await dialogue.start_mail()
        assert await dialogue.codes(b"Subject: one\r\n\r\nhello\r\n.\r\n") == [250]
        assert len(running.kept.messages) == 1


async def test_what_follows_the_true_end_is_the_next_command() -> None:
    async with desk() as running:
        dialogue = await running.connect()
        mail = COMMANDS[len(b"EHLO x\r\n") :] + b"one\r\n.\r\n"
        dialogue.send(b"EHLO x\r\n" + mail + mail.replace(b"one", b"two") + b"QUIT\r\n")
        assert [await dialogue.code() for _ in range(11)] == [
            220,
            250,
            250,
            250,
            354,
            250,
            250,
            250,
            354,
            250,
            221,
        ]
        assert running.kept.payloads == [b"one\r\n", b"two\r\n"]


async def test_a_whole_conversation_in_single_bytes() -> None:
    async with desk() as running:
        dialogue = await running.connect()
        for byte in COMMANDS + b"..one\r\n.\n.\r\n.\r\nQUIT\r\n":
            dialogue.send(bytes([byte]))
            await dialogue.writer.drain()
        assert [await dialogue.code() for _ in range(1 + len(CODES))] == [220, *CODES]
        assert running.kept.payloads == [b".one\r\n\r\n.\r\n"]
