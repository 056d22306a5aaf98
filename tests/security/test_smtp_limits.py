"""Resource limits of the SMTP listener: none of them costs an honest sender its mail."""

import asyncio

from connectors.smtp import SmtpLimits
from tests.support.smtp_dialogue import OURS, desk, until


async def test_too_big_by_its_own_word() -> None:
    async with desk(SmtpLimits(size=1000)) as running:
        dialogue = await running.greeted()
        assert (await dialogue.say("MAIL FROM:<a@b.example> SIZE=1001")).startswith("552 5.3.4 ")
        assert await dialogue.codes("MAIL FROM:<a@b.example> SIZE=1000") == [250]


async def test_too_big_by_what_came_and_the_session_goes_on() -> None:
    async with desk(SmtpLimits(size=1000)) as running:
        dialogue = await running.greeted()
        for excess in (1, 1_000_000):
            await dialogue.start_mail()
            assert (await dialogue.say(b"x" * (998 + excess) + b"\r\n.\r\n")).startswith("552 5.3.4 ")
        await dialogue.start_mail()
        assert await dialogue.codes(b"x" * 998 + b"\r\n.\r\n") == [250]
        assert running.kept.payloads == [b"x" * 998 + b"\r\n"]


async def test_at_most_so_many_recipients() -> None:
    async with desk() as running:
        dialogue = await running.greeted()
        assert await dialogue.codes("MAIL FROM:<a@b.example>") == [250]
        assert (
            await dialogue.codes(*(f"RCPT TO:<support+{n}@acme.example>" for n in range(100))) == [250] * 100
        )
        assert (await dialogue.say(f"RCPT TO:<{OURS}>")).startswith("452 4.5.3 ")
        assert await dialogue.codes("DATA", b"x\r\n.\r\n") == [354, 250]
        assert len(running.kept.messages[0].envelope.rcpt_to) == 100


async def test_too_many_connections_are_told_to_come_again() -> None:
    for limits in (SmtpLimits(connections=2), SmtpLimits(connections_per_address=2)):
        async with desk(limits) as running:
            first, _ = await running.greeted(), await running.greeted()
            third = await running.connect()
            assert (await third.reply()).startswith("421 4.7.0 ")
            assert await third.rest() == b""
            await first.close()
            await until(lambda: running.listener.connections == 1)
            await running.greeted()


async def test_who_never_said_a_word_makes_room() -> None:
    for limits in (SmtpLimits(connections=2, silence=0), SmtpLimits(connections_per_address=2, silence=0)):
        async with desk(limits) as running:
            silent, _ = await running.connect(), await running.greeted()
            assert await silent.code() == 220
            newcomer = await running.greeted()
            assert (await silent.reply()).startswith("421 4.7.0 ")
            assert running.listener.connections == 2
            assert await (await running.connect()).code() == 421  # those who talk stay
            await newcomer.start_mail()
            assert await newcomer.codes(b"x\r\n.\r\n") == [250]


async def test_junk_ends_the_connection() -> None:
    async with desk(SmtpLimits(errors=3, idle_commands=10)) as running:
        dialogue = await running.greeted()
        assert await dialogue.codes("GET / HTTP/1.1", "Host: x", "", "Accept: y") == [500] * 4
        assert await dialogue.code() == 421
        assert await dialogue.rest() == b""
        quiet = await running.greeted()
        assert (await quiet.codes(*["NOOP"] * 10))[-1] == 250
        assert await quiet.code() == 421


async def test_an_accepted_mail_makes_up_for_mistakes() -> None:
    async with desk(SmtpLimits(errors=3)) as running:
        dialogue = await running.greeted()
        for _ in range(5):
            assert await dialogue.codes("WHAT", "WHAT", "MAIL FROM:<>", f"RCPT TO:<{OURS}>", "DATA") == [
                500,
                500,
                250,
                250,
                354,
            ]
            assert await dialogue.codes(b"x\r\n.\r\n") == [250]


async def test_an_endless_command_line_is_refused_when_it_ends() -> None:
    async with desk() as running:
        dialogue = await running.greeted()
        dialogue.send(b"X" * 100_000)
        await dialogue.writer.drain()
        assert await dialogue.codes(b"X" * 100_000 + b"\r\n", "NOOP") == [500, 250]


async def test_who_says_nothing_is_cut() -> None:
    async with desk(SmtpLimits(idle=0.05)) as running:
        dialogue = await running.connect()
        assert await dialogue.code() == 220
        assert (await dialogue.reply()).startswith("421 4.4.2 ")
        assert await dialogue.rest() == b""


async def test_who_drips_is_cut_however_steadily() -> None:
    async with desk(SmtpLimits(data=0.1, idle=10.0)) as running:
        dialogue = await running.greeted()
        await dialogue.start_mail()

        def drip() -> bool:
            dialogue.send(b"x")
            return running.listener.connections == 0

        await until(drip)
        assert running.kept.messages == []


async def test_who_reads_no_replies_is_cut() -> None:
    async with desk(SmtpLimits(idle=0.2, linger=0.1, idle_commands=10**9)) as running:
        deaf = await running.connect()
        transport = deaf.writer.transport
        assert isinstance(transport, asyncio.Transport)
        transport.pause_reading()

        def flood() -> bool:
            if transport.get_write_buffer_size() < 100_000:
                deaf.send(b"HELP\r\n" * 10_000)
            return running.listener.connections == 0

        await until(lambda: running.listener.connections == 1)
        await until(flood)


async def test_a_greeting_full_of_controls_is_kept_readable() -> None:
    async with desk() as running:
        dialogue = await running.connect()
        assert await dialogue.codes(b"", b"HELO a\0b\x1b[31m\xff" + b"x" * 1000 + b"\r\n") == [220, 250]
        await dialogue.start_mail()
        assert await dialogue.codes(b"x\r\n.\r\n") == [250]
        assert running.kept.messages[0].envelope.helo == "ab[31m" + "x" * 249


async def test_a_mail_in_a_loop_is_refused() -> None:
    async with desk() as running:
        dialogue = await running.greeted()
        for received, code in ((50, 250), (51, 554)):
            await dialogue.start_mail()
            assert await dialogue.codes(b"Received: from x by y\r\n" * received + b"\r\nhi\r\n.\r\n") == [
                code
            ]
        assert len(running.kept.messages) == 1
