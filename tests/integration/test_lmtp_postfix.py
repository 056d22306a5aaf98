"""LMTP behind a real Postfix: of one mail's recipients some have it, some are refused, and for some Postfix keeps it and tries again."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from connectors.smtp.listener import Policy
from connectors.standins.smtp import SmtpStandIn, send_mail
from deskd.config.endpoints import Listen
from deskd.errors import StoreFull
from tests.support.daemon import until
from tests.support.postfix import Postfix, running_postfix
from tests.support.smtp_dialogue import Kept, listening

pytestmark = pytest.mark.needs("postfix")

PATIENCE = 90.0
CONTENT = b"From: maria@cliente.example\r\nTo: support@acme.example\r\nSubject: Fattura\r\n\r\n.\r\nciao\r\n"
ONE, TWO, GONE, SMALL = (f"{name}@acme.example" for name in ("support", "support+2", "nobody", "billing"))


@pytest.fixture
async def maria() -> AsyncIterator[SmtpStandIn]:
    """Her own mail server, where Postfix sends what it couldn't deliver."""
    server = SmtpStandIn()
    async with server.running():
        yield server


@pytest.fixture
async def postfix(maria: SmtpStandIn) -> AsyncIterator[Postfix]:
    with running_postfix(maria.port) as running:
        yield running


@pytest.fixture
async def kept(postfix: Postfix) -> AsyncIterator[Kept]:
    """deskd's side: an inbox in memory behind its real listener. Billing takes 100 bytes at the most."""
    inbox = Kept()
    listener = listening(listen=Listen(path=postfix.socket), policy=Policy("lmtp", {"billing": 100}))
    await listener.start(inbox.accept)
    yield inbox
    await listener.stop_receiving()
    await listener.stop()


async def hand_in(postfix: Postfix, *recipients: str) -> None:
    await send_mail("127.0.0.1", postfix.port, CONTENT, "maria@cliente.example", list(recipients))


async def test_accepted_refused_and_deferred(postfix: Postfix, maria: SmtpStandIn, kept: Kept) -> None:
    await hand_in(postfix, ONE, GONE, TWO, SMALL)
    await until(lambda: maria.mails, PATIENCE)
    (message,) = kept.messages
    assert (message.source, set(message.envelope.rcpt_to)) == ("lmtp", {ONE, TWO})
    assert message.payload.endswith(b"\r\n\r\n.\r\nciao\r\n"), "the line with a dot came through"
    assert (message.envelope.peer, message.envelope.mail_from) == ("127.0.0.1", "maria@cliente.example")
    await until(lambda: b"5.1.1" in b"".join(mail.content for mail in maria.mails), PATIENCE)
    await until(lambda: b"5.3.4" in b"".join(mail.content for mail in maria.mails), PATIENCE)
    told = b"".join(mail.content for mail in maria.mails)
    assert GONE.encode() in told
    assert SMALL.encode() in told
    assert f"Final-Recipient: rfc822; {ONE}\r\n".encode() not in told, "nobody is told of what arrived"


async def test_while_there_is_no_room_postfix_keeps_it(
    postfix: Postfix, maria: SmtpStandIn, kept: Kept
) -> None:
    kept.failure = StoreFull("full")
    await hand_in(postfix, ONE, TWO)
    await until(lambda: "452 4.3.1" in postfix.log(), PATIENCE)
    assert kept.messages == []
    kept.failure = None
    await until(lambda: kept.messages, PATIENCE)
    assert set(kept.messages[0].envelope.rcpt_to) == {ONE, TWO}
    await until(lambda: "Mail queue is empty" in postfix.waiting(), PATIENCE)
    assert maria.mails == [], "nobody was told of a failure"


async def test_while_deskd_is_down_postfix_keeps_it(postfix: Postfix, maria: SmtpStandIn) -> None:
    await hand_in(postfix, ONE)
    await until(lambda: "status=deferred" in postfix.log(), PATIENCE)
    inbox = Kept()
    listener = listening(listen=Listen(path=postfix.socket), policy=Policy("lmtp"))
    await listener.start(inbox.accept)
    await until(lambda: inbox.messages, PATIENCE)
    await until(lambda: "Mail queue is empty" in postfix.waiting(), PATIENCE)
    assert len(inbox.messages) == 1
    await listener.stop_receiving()
    await listener.stop()


async def test_a_postfix_that_knows_the_desks_addresses_refuses_all_others(maria: SmtpStandIn) -> None:
    with running_postfix(maria.port, ONE) as postfix:
        inbox = Kept()
        listener = listening(listen=Listen(path=postfix.socket), policy=Policy("lmtp"))
        await listener.start(inbox.accept)
        await hand_in(postfix, ONE, TWO, GONE)  # the client is told that one of them is refused
        await until(lambda: inbox.messages, PATIENCE)
        assert set(inbox.messages[0].envelope.rcpt_to) == {ONE, TWO}
        assert "550 5.1.1" in postfix.log()
        assert maria.mails == [], "nobody is sent a report"
        await listener.stop_receiving()
        await listener.stop()
