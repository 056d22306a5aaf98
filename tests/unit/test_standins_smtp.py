"""The mail server's stand-in, spoken to by aiosmtplib: what it keeps, and each way in which it can be told to fail."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import aiosmtplib
import pytest

from connectors.standins.smtp import SmtpStandIn, send_mail

MARIA = "Maria@Cliente.example"
CONTENT = b"From: desk@acme.example\r\nSubject: Ciao\r\n\r\n.one dot\r\n" + b"x" * 5000 + b"\r\n\xe8\r\n"


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpStandIn]:
    """A mail server that listens."""
    async with SmtpStandIn().running() as standin:
        yield standin


async def send(smtp: SmtpStandIn, *to: str, seconds: float = 5.0) -> dict[str, tuple[int, str]]:
    """One mail from the desk."""
    return await send_mail(
        smtp.host, smtp.port, CONTENT, "desk@acme.example", to or (MARIA,), seconds=seconds
    )


async def test_a_mail_is_kept_byte_for_byte_under_each_recipient(smtp: SmtpStandIn) -> None:
    assert await send(smtp, MARIA, "joao@cliente.example") == {}
    (mail,) = await smtp.wait_for(lambda: smtp.to("maria@cliente.EXAMPLE"))
    assert mail.content == CONTENT
    assert (mail.mail_from, mail.rcpt_to) == ("desk@acme.example", (MARIA, "joao@cliente.example"))
    assert smtp.to("joao@cliente.example") == (mail,)
    assert smtp.to("nobody@cliente.example") == ()
    assert mail.message["Subject"] == "Ciao"


@pytest.mark.parametrize(("stage", "reply"), [("MAIL", "451 4.3.0 later"), ("DATA", "554 5.6.0 no")])
async def test_a_reply_ordered_for_a_stage_is_given_once(smtp: SmtpStandIn, stage: str, reply: str) -> None:
    smtp.fail(stage, reply)  # type: ignore[arg-type]  # one of the stages
    with pytest.raises(aiosmtplib.SMTPResponseException) as refused:
        await send(smtp)
    assert f"{refused.value.code} {refused.value.message}" == reply
    assert smtp.mails == []
    await send(smtp)
    assert len(smtp.mails) == 1


async def test_one_recipient_can_be_refused_alone(smtp: SmtpStandIn) -> None:
    smtp.fail("RCPT", "550 5.1.1 no such user", recipient="gone@cliente.example", times=None)
    refused = await send(smtp, MARIA, "gone@cliente.example")
    assert refused == {"gone@cliente.example": (550, "5.1.1 no such user")}
    assert smtp.mails[0].rcpt_to == (MARIA,)


@pytest.mark.parametrize(("how", "kept"), [("lost answer", 1), ("drop", 0)])
async def test_the_connection_ends_before_the_last_reply(smtp: SmtpStandIn, how: str, kept: int) -> None:
    smtp.fail("DATA", how)
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await send(smtp)
    assert len(smtp.mails) == kept


async def test_the_door_is_shut_with_a_reply(smtp: SmtpStandIn) -> None:
    smtp.fail("CONNECT", "421 4.7.0 too many connections")
    with pytest.raises(aiosmtplib.SMTPConnectError):
        await send(smtp)
    await send(smtp)


async def test_a_server_that_hangs_outlasts_the_client(smtp: SmtpStandIn) -> None:
    smtp.fail("DATA", "hang")
    with pytest.raises((aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError)):
        await send(smtp, seconds=0.05)
    assert smtp.mails == []


async def test_away_refuses_and_cuts_and_back_has_the_same_port(smtp: SmtpStandIn) -> None:
    client = aiosmtplib.SMTP(hostname=smtp.host, port=smtp.port, start_tls=False)
    await client.connect()
    port = smtp.port
    smtp.away()
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await client.noop()
    with pytest.raises(aiosmtplib.SMTPConnectError):
        await send(smtp)
    await smtp.back()
    assert smtp.port == port
    await send(smtp)
    assert len(smtp.mails) == 1


async def test_with_logins_nothing_is_taken_without_one() -> None:
    async with SmtpStandIn(logins={"support": "secret"}).running() as smtp:
        with pytest.raises(aiosmtplib.SMTPResponseException) as refused:
            await send(smtp)
        assert refused.value.code == 530
        for password in ("wrong", "secret"):
            client = aiosmtplib.SMTP(hostname=smtp.host, port=smtp.port, start_tls=False)
            async with client:
                if password == "wrong":
                    with pytest.raises(aiosmtplib.SMTPAuthenticationError):
                        await client.login("support", password)
                else:
                    await client.login("support", password)
                    await client.sendmail("desk@acme.example", [MARIA], CONTENT)
        assert [mail.login for mail in smtp.mails] == ["support"]


@pytest.mark.parametrize("implicit", [False, True])
async def test_tls_from_the_start_or_on_demand(implicit: bool) -> None:
    certificate = Path(__file__).parents[1] / "support" / "tls" / "localhost.pem"
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate, certificate.with_suffix(".key"))
    trusting = ssl.create_default_context(cafile=certificate)
    async with SmtpStandIn(tls=server, implicit_tls=implicit).running() as smtp:
        client = aiosmtplib.SMTP(
            hostname="localhost",
            port=smtp.port,
            use_tls=implicit,
            start_tls=not implicit,
            tls_context=trusting,
        )
        async with client:
            await client.sendmail("desk@acme.example", [MARIA], CONTENT)
        assert [mail.tls for mail in smtp.mails] == [True]


async def test_a_fault_that_does_not_exist_is_refused_at_once(smtp: SmtpStandIn) -> None:
    with pytest.raises(ValueError, match="lost answer"):
        smtp.fail("MAIL", "lost answer")


async def test_waiting_for_what_never_comes_says_so(smtp: SmtpStandIn) -> None:
    with pytest.raises(TimeoutError, match="nothing came true"):
        await smtp.wait_for(lambda: smtp.mails, timeout=0.01)
