"""Which listeners a configuration needs, and whose mail they take."""

from pathlib import Path

import pytest

from connectors.smtp import SmtpListener, mail_listeners
from deskd.config import Desk, MailChannel, Settings
from deskd.errors import ConfigError
from tests.support.smtp_dialogue import TLS, FixedClock, Kept
from tests.support.smtp_dialogue import Desk as RunningDesk

CERTIFICATE = {"cert": str(TLS / "localhost.pem"), "key": str(TLS / "localhost.key")}


def listeners(**channels: dict[str, object]) -> list[SmtpListener]:
    mail = {
        key: MailChannel.model_validate({"type": "mail", "address": f"{key}@acme.example"} | channel)
        for key, channel in channels.items()
    }
    return mail_listeners(Settings(Path("deskd.yaml"), Desk(), mail), FixedClock(), "desk.acme.example")


def test_one_listener_an_address() -> None:
    found = listeners(
        support={"smtp": {"listen": "127.0.0.1:8025"}},
        sales={"smtp": {"listen": "127.0.0.1:8026"}},
        billing={"smtp": {"listen": "127.0.0.1:8025"}},
        fetched={},
    )
    assert [listener.name for listener in found] == ["smtp:127.0.0.1:8025", "smtp:127.0.0.1:8026"]


async def test_a_shared_listener_takes_mail_of_its_channels_only() -> None:
    (listener,) = listeners(
        support={"smtp": {"listen": "127.0.0.1:0", "max_size": "1MB"}, "aliases": ("help@acme.example",)},
        billing={"smtp": {"listen": "127.0.0.1:0", "max_size": "2MB", "tls": CERTIFICATE}},
        fetched={},
    )
    kept = Kept()
    await listener.start(kept.accept)
    dialogue = await RunningDesk(listener, kept).connect()
    assert await dialogue.reply() == "220 desk.acme.example ESMTP\r\n"
    assert {"250-SIZE 2000000", "250-STARTTLS"} <= set((await dialogue.say("EHLO x")).splitlines())
    assert await dialogue.codes(
        "MAIL FROM:<>",
        "RCPT TO:<fetched@acme.example>",
        "RCPT TO:<help+x@acme.example>",
        "DATA",
        b"x\r\n.\r\n",
    ) == [250, 550, 250, 354, 250]
    assert kept.messages[0].channel == "support"
    await dialogue.close()
    await listener.stop_receiving()
    await listener.stop()


def test_smtp_and_lmtp_have_doors_of_their_own() -> None:
    found = listeners(
        support={"smtp": {"listen": "127.0.0.1:8025"}, "lmtp": {"listen": "/run/deskd/lmtp.sock"}},
        billing={"lmtp": {"listen": "/run/deskd/lmtp.sock", "max_size": "30MB"}},
    )
    assert [listener.name for listener in found] == ["smtp:127.0.0.1:8025", "lmtp:/run/deskd/lmtp.sock"]


async def test_a_channels_own_size_counts_for_its_addresses() -> None:
    (listener,) = listeners(
        support={"smtp": {"listen": "127.0.0.1:0", "max_size": "1KB"}},
        billing={"smtp": {"listen": "127.0.0.1:0", "max_size": "2KB"}},
    )
    kept = Kept()
    await listener.start(kept.accept)
    dialogue = await RunningDesk(listener, kept).greeted()
    big = b"x" * 1500 + b"\r\n.\r\n"
    assert await dialogue.codes("MAIL FROM:<> SIZE=1500", "RCPT TO:<support@acme.example>") == [250, 552]
    assert await dialogue.codes("RCPT TO:<billing@acme.example>", "DATA", big) == [250, 354, 250]
    both = ("RCPT TO:<support@acme.example>", "RCPT TO:<billing@acme.example>", "DATA", big)
    assert await dialogue.codes("MAIL FROM:<>", *both) == [250, 250, 250, 354, 250]
    assert [message.channel for message in kept.messages] == ["billing", "billing"]
    alone = ("MAIL FROM:<>", "RCPT TO:<support@acme.example>", "DATA", big)
    assert await dialogue.codes(*alone) == [250, 250, 354, 552]
    await dialogue.close()
    await listener.stop_receiving()
    await listener.stop()


def test_certificates_that_cannot_be_used_are_all_named() -> None:
    broken = {"cert": str(TLS / "localhost.key"), "key": str(TLS / "gone.key")}
    with pytest.raises(ConfigError) as raised:
        listeners(
            a={"smtp": {"listen": "127.0.0.1:1", "tls": broken}},
            b={"smtp": {"listen": "127.0.0.1:2", "tls": broken}},
        )
    assert [problem.message.split(":")[0] for problem in raised.value.problems] == [
        "channels.a.smtp.tls",
        "channels.b.smtp.tls",
    ]
