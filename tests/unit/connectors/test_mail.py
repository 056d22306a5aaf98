"""Handing mails to the outgoing server: one test a way in which it can go."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from connectors.mail import MailConnector
from connectors.mail_transfer import MailTimeouts
from connectors.standins.smtp import SmtpStandIn
from deskd.config.channels import MailChannel
from deskd.errors import BrokenInvariant, PermanentFailure, TemporaryFailure, UnknownOutcome
from deskd.model import Delivery, Place, Post, SendMail
from tests.support.smtp_dialogue import FixedClock, client_tls, server_tls

MARIA, ANNA = "maria@cliente.example", "anna@cliente.example"
CONTENT = b"From: support@acme.example\r\nSubject: x\r\n\r\n.dot\r\n..\r\nlast line\r\n"
QUICK = MailTimeouts(connect=5, command=5, answer=5)


def channel(port: int = 25, **send: object) -> MailChannel:
    server = {"host": "localhost", "port": port, "tls": "none", **send}
    return MailChannel.model_validate({"type": "mail", "address": "support@acme.example", "send": server})


def delivery(
    *recipients: str, attempt: int = 1, content: bytes = CONTENT, sender: str = "support@acme.example"
) -> Delivery:
    return Delivery(
        7, "support-mail", "k7", SendMail(sender, recipients or (MARIA,), content, "id@acme.example"), attempt
    )


@asynccontextmanager
async def connected(
    smtp: SmtpStandIn, timeouts: MailTimeouts = QUICK, **send: object
) -> AsyncIterator[MailConnector]:
    connector = MailConnector(
        "support-mail", channel(smtp.port, **send), FixedClock(), timeouts=timeouts, tls=client_tls()
    )
    try:
        yield connector
    finally:
        await connector.stop_receiving()
        await connector.stop()


async def test_the_exact_bytes_arrive() -> None:
    async with SmtpStandIn().running() as smtp, connected(smtp) as connector:
        receipt = await connector.deliver(delivery(MARIA, ANNA))
        (mail,) = smtp.mails
        assert (mail.mail_from, mail.rcpt_to, mail.content) == (
            "support@acme.example",
            (MARIA, ANNA),
            CONTENT,
        )
        assert receipt.external_id == "250 2.0.0 OK queued as 1"
        assert not receipt.refused
        assert connector.health().state == "ok"
        assert connector.health().last_ok == FixedClock().now()


async def test_automatic_mail_has_the_null_sender() -> None:
    async with SmtpStandIn().running() as smtp, connected(smtp) as connector:
        await connector.deliver(delivery(sender=""))
        assert smtp.mails[0].mail_from in ("", "<>")


async def test_a_connection_is_used_again_and_again_after_it_was_lost() -> None:
    opened = []
    async with SmtpStandIn().running() as smtp, connected(smtp) as connector:
        smtp.subscribe(lambda change: opened.append(len(smtp._open)))
        for _ in range(3):
            await connector.deliver(delivery())
        assert opened == [1, 1, 1]
        smtp.away()
        await smtp.back()
        await connector.deliver(delivery())
        assert len(smtp.mails) == 4


async def test_many_at_once() -> None:
    async with SmtpStandIn().running() as smtp, connected(smtp) as connector:
        await asyncio.gather(*(connector.deliver(delivery()) for _ in range(30)))
        assert len(smtp.mails) == 30


@pytest.mark.parametrize(
    ("stage", "how", "failure"),
    [
        ("CONNECT", "421 4.3.2 busy", TemporaryFailure),
        ("CONNECT", "554 5.7.1 you are on a list", TemporaryFailure),  # the desk's trouble, not the mail's
        ("CONNECT", "drop", TemporaryFailure),
        ("MAIL", "451 4.3.0 later", TemporaryFailure),
        ("MAIL", "550 5.7.1 not you", PermanentFailure),
        ("MAIL", "530 5.7.0 log in", TemporaryFailure),
        ("MAIL", "drop", TemporaryFailure),
        ("RCPT", "451 4.7.1 greylisted", TemporaryFailure),
        ("RCPT", "550 5.1.1 no such user", PermanentFailure),
        ("RCPT", "drop", TemporaryFailure),
        ("DATA", "452 4.3.1 full", TemporaryFailure),
        ("DATA", "554 5.6.0 spam", PermanentFailure),
        ("DATA", "drop", UnknownOutcome),
        ("DATA", "lost answer", UnknownOutcome),
    ],
)
async def test_a_failure_means_what_its_stage_says(stage: str, how: str, failure: type[Exception]) -> None:
    async with SmtpStandIn().running() as smtp, connected(smtp) as connector:
        smtp.fail(stage, how)  # type: ignore[arg-type]
        with pytest.raises(failure, match=how[:3] if how[0].isdigit() else None) as raised:
            await connector.deliver(delivery())
        assert type(raised.value) is failure
        await connector.deliver(delivery())  # the next one is not held up
        assert connector.health().state == "ok"


@pytest.mark.parametrize(
    ("stage", "failure"),
    [("CONNECT", TemporaryFailure), ("RCPT", TemporaryFailure), ("DATA", UnknownOutcome)],
)
async def test_a_server_that_falls_silent(stage: str, failure: type[Exception]) -> None:
    async with (
        SmtpStandIn().running() as smtp,
        connected(smtp, MailTimeouts(connect=0.2, command=0.2, answer=0.2)) as connector,
    ):
        smtp.fail(stage, "hang")  # type: ignore[arg-type]
        with pytest.raises(failure):
            await connector.deliver(delivery())


async def test_a_server_that_is_away_is_failing_until_it_is_back() -> None:
    async with SmtpStandIn().running() as smtp, connected(smtp) as connector:
        smtp.away()
        with pytest.raises(TemporaryFailure, match=f"localhost:{smtp.port}"):
            await connector.deliver(delivery())
        assert connector.health().state == "failing"
        await smtp.back()
        await connector.deliver(delivery())
        assert connector.health().state == "ok"


async def test_one_recipient_refused_for_good() -> None:
    async with SmtpStandIn().running() as smtp, connected(smtp) as connector:
        smtp.fail("RCPT", "550 5.1.1 no such user", recipient=ANNA)
        receipt = await connector.deliver(delivery(MARIA, ANNA))
        assert receipt.refused == {ANNA: "550 5.1.1 no such user"}
        assert smtp.mails[0].rcpt_to == (MARIA,)


async def test_one_recipient_refused_for_now_makes_all_wait_but_not_for_ever() -> None:
    async with SmtpStandIn().running() as smtp, connected(smtp) as connector:
        smtp.fail("RCPT", "451 4.7.1 greylisted", recipient=ANNA, times=2)
        with pytest.raises(TemporaryFailure):
            await connector.deliver(delivery(MARIA, ANNA, attempt=3))
        assert smtp.mails == []
        receipt = await connector.deliver(delivery(MARIA, ANNA, attempt=4))
        assert receipt.refused == {ANNA: "451 4.7.1 greylisted"}


async def test_starttls_and_login() -> None:
    async with (
        SmtpStandIn(tls=server_tls(), logins={"support": "secret"}).running() as smtp,
        connected(smtp, tls="starttls", username="support", password="secret") as connector,
    ):
        await connector.deliver(delivery())
        assert (smtp.mails[0].tls, smtp.mails[0].login) == (True, "support")


async def test_tls_from_the_start() -> None:
    async with (
        SmtpStandIn(tls=server_tls(), implicit_tls=True).running() as smtp,
        connected(smtp, tls=True) as connector,
    ):
        await connector.deliver(delivery())
        assert smtp.mails[0].tls


@pytest.mark.parametrize(
    ("server", "send", "words"),
    [
        (
            {"logins": {"support": "secret"}},
            {"username": "support", "password": "wrong"},
            "check username and password",
        ),
        ({"logins": {"support": "secret"}}, {}, "set username and password"),
        ({}, {"tls": "starttls"}, "STARTTLS"),
        ({"tls": True}, {"tls": "starttls", "host": "127.0.0.2"}, "check host"),
    ],
)
async def test_trouble_in_the_configuration_fails_no_mail(
    server: dict[str, object], send: dict[str, object], words: str
) -> None:
    if "tls" in server:
        server = {**server, "tls": server_tls()}
    smtp = SmtpStandIn(**server)  # type: ignore[arg-type]
    smtp.host = str(send.get("host", smtp.host))
    async with smtp.running(), connected(smtp, QUICK, **send) as connector:
        with pytest.raises(TemporaryFailure, match=words) as raised:
            await connector.deliver(delivery())
        assert "wrong" not in str(raised.value)
        assert "secret" not in str(raised.value)


async def test_without_a_server_mails_wait_for_one() -> None:
    connector = MailConnector(
        "support-mail",
        MailChannel.model_validate({"type": "mail", "address": "s@acme.example"}),
        FixedClock(),
    )
    assert connector.health().state == "degraded"
    with pytest.raises(TemporaryFailure, match=r"channels\.support-mail\.send"):
        await connector.deliver(delivery())


@pytest.mark.parametrize(
    "recipients", [("no\r\nRCPT TO:<x@y>@b.example",), ("a b@c.example",), ("a@" + "ü" * 300,)]
)
async def test_what_is_no_address_is_never_said_to_the_server(recipients: tuple[str, ...]) -> None:
    async with SmtpStandIn().running() as smtp, connected(smtp) as connector:
        with pytest.raises(PermanentFailure, match="is no mail address"):
            await connector.deliver(delivery(*recipients))


async def test_addresses_beyond_ascii() -> None:
    async with SmtpStandIn().running() as smtp, connected(smtp) as connector:
        await connector.deliver(delivery("maría@correo.example", "hilfe@münchen.example"))
        assert smtp.mails[0].rcpt_to == ("maría@correo.example", "hilfe@xn--mnchen-3ya.example")


async def test_what_mail_is_never_asked() -> None:
    connector = MailConnector("support-mail", channel(), FixedClock())
    assert connector.settlement == "resend"
    with pytest.raises(BrokenInvariant):
        await connector.look_up(delivery())
    with pytest.raises(BrokenInvariant):
        await connector.deliver(Delivery(1, "support-mail", "k", Post(Place("C1"), "x")))


@asynccontextmanager
async def server_that_stops(after: bytes) -> AsyncIterator[int]:
    """A mail server that takes everything up to `after`, then cuts the line."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 x\r\n")
        try:
            while line := await reader.readline():
                if line.startswith(after):
                    break
                writer.write(b"354 go\r\n" if line.startswith(b"DATA") else b"250 ok\r\n")
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize("after", [b"EHLO", b"MAIL", b"RCPT", b"DATA"])
async def test_a_line_lost_before_the_final_dot_is_no_mail_sent(after: bytes) -> None:
    async with server_that_stops(after) as port:
        connector = MailConnector(
            "support-mail", channel(port, host="127.0.0.1"), FixedClock(), timeouts=QUICK
        )
        with pytest.raises(TemporaryFailure):
            await connector.deliver(delivery())


async def test_a_line_lost_in_the_middle_of_a_big_mail_is_no_mail_sent() -> None:
    async with server_that_stops(b"From:") as port:
        connector = MailConnector(
            "support-mail", channel(port, host="127.0.0.1"), FixedClock(), timeouts=QUICK
        )
        with pytest.raises(TemporaryFailure):
            await connector.deliver(delivery(content=CONTENT + b"x" * 70_000_000))
