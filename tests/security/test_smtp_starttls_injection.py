"""STARTTLS injection (CVE-2024-34083): what was sent in the clear behind STARTTLS never counts as said under TLS."""

from tests.support.smtp_dialogue import client_tls, desk, server_tls


async def test_commands_behind_starttls_in_the_same_packet_are_dropped() -> None:
    async with desk(tls=server_tls()) as running:
        dialogue = await running.greeted()
        dialogue.send(b"STARTTLS\r\nEHLO injected\r\nMAIL FROM:<evil@b.example>\r\n")
        assert await dialogue.code() == 220
        await dialogue.writer.start_tls(client_tls(), server_hostname="localhost")
        # nothing of the injection was obeyed: neither its greeting nor its sender is known
        assert await dialogue.codes("MAIL FROM:<a@b.example>", "EHLO x", "MAIL FROM:<a@b.example>") == [
            503,
            250,
            250,
        ]


async def test_what_was_said_before_is_forgotten_and_mail_comes_in_under_tls() -> None:
    async with desk(tls=server_tls()) as running:
        dialogue = await running.greeted()
        assert "250-STARTTLS" in await dialogue.say("EHLO x")
        assert await dialogue.codes("MAIL FROM:<a@b.example>", "STARTTLS x", "STARTTLS") == [250, 501, 220]
        await dialogue.writer.start_tls(client_tls(), server_hostname="localhost")
        assert await dialogue.codes("MAIL FROM:<a@b.example>") == [503]
        assert "STARTTLS" not in await dialogue.say("EHLO y")
        assert await dialogue.codes("STARTTLS") == [454]
        await dialogue.start_mail()
        big = b"x" * 70 + b"\r\n"
        assert await dialogue.codes(big * 20_000 + b".\r\n", "QUIT") == [250, 221]
        assert await dialogue.rest() == b""
        assert running.kept.payloads == [big * 20_000]
        assert running.kept.messages[0].envelope.helo == "y"


async def test_a_failed_handshake_ends_the_connection_and_nothing_else() -> None:
    async with desk(tls=server_tls()) as running:
        dialogue = await running.greeted()
        assert await dialogue.codes("STARTTLS") == [220]
        dialogue.send(b"this is no handshake\r\n" * 10)
        assert b"250" not in await dialogue.rest()
        assert (await running.greeted()) is not None


async def test_a_client_that_closes_under_tls_is_gone() -> None:
    async with desk(tls=server_tls()) as running:
        dialogue = await running.greeted()
        assert await dialogue.codes("STARTTLS") == [220]
        await dialogue.writer.start_tls(client_tls(), server_hostname="localhost")
        assert await dialogue.codes("EHLO x") == [250]
        await dialogue.close()
        await running.listener.stop_receiving()
        assert running.listener.health().state == "stopped"
