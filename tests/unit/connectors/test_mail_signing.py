"""What goes out signed is what a stranger's server verifies; a key that is none is a mistake in the configuration."""

from __future__ import annotations

from pathlib import Path

import dkim
import pytest

from connectors.mail import MailConnector
from connectors.standins.smtp import SmtpStandIn
from deskd.config import MailChannel
from deskd.errors import ConfigError
from deskd.model import Delivery, SendMail
from tests.support.mailroom import mail
from tests.support.signing import PUBLIC, TLS
from tests.support.smtp_dialogue import FixedClock


def connector(key: Path, port: int = 25) -> MailConnector:
    given = {
        "type": "mail",
        "address": "support@acme.example",
        "send": {"host": "127.0.0.1", "port": port, "tls": "none"},
        "dkim": {"domain": "acme.example", "selector": "desk", "key": str(key)},
    }
    return MailConnector("support-mail", MailChannel.model_validate(given), FixedClock())


def published(name: bytes, timeout: float = 0) -> bytes:
    assert name == b"desk._domainkey.acme.example."
    return f"v=DKIM1; k=rsa; p={PUBLIC}".encode()


async def test_a_reply_is_signed_and_otherwise_as_it_was() -> None:
    content = mail("Acme <support@acme.example>", text="Ciao\r\n.\r\nperché no")
    server = SmtpStandIn()
    async with server.running():
        sending = connector(TLS / "dkim.key", server.port)
        reply = SendMail("support@acme.example", ("maria@cliente.example",), content, "1@acme.example")
        await sending.deliver(Delivery(1, "support-mail", "k", reply))
        await sending.stop()
    (arrived,) = server.mails
    assert dkim.verify(arrived.content, dnsfunc=published)
    assert not dkim.verify(arrived.content.replace(b"Fattura", b"Altro"), dnsfunc=published)
    assert arrived.content.endswith(content)


@pytest.mark.parametrize("name", ["gone.key", "localhost.pem"])
def test_a_key_that_is_none_is_named(name: str) -> None:
    with pytest.raises(ConfigError, match=r"channels\.support-mail\.dkim"):
        connector(TLS / name)
