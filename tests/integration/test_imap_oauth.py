"""Login by token at a real IMAP server, which asks a provider of the test's own about each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.mail import MailConnector
from connectors.oauth import TokenSource
from connectors.standins.smtp import SmtpStandIn
from deskd.clock.system import SystemClock
from deskd.config.channels import MailChannel, OAuth
from deskd.model import Delivery, Position, SendMail
from deskd.store.tables import positions
from tests.support.daemon import until
from tests.support.dovecot import Dovecot
from tests.support.installed import mail
from tests.support.mailboxdesk import PATIENCE, MailboxDesk
from tests.support.tokens import TokenProvider

pytestmark = pytest.mark.needs("dovecot")


@pytest.fixture
async def provider() -> AsyncIterator[TokenProvider]:
    async with TokenProvider().running() as provider:
        yield provider


@pytest.fixture
async def server(provider: TokenProvider) -> AsyncIterator[Dovecot]:
    with Dovecot(introspection=provider.introspection_url) as server:
        yield server


def oauth(provider: TokenProvider, **other: Any) -> dict[str, Any]:
    by = {"token_url": provider.token_url, "client_id": "desk", "refresh_token": "refresh-0"}
    return {**by, **other}


async def test_a_rotated_refresh_token_is_kept_over_restarts(
    tmp_path: Path,
    sqlite_url: str,
    provider: TokenProvider,
    server: Dovecot,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Each refresh token is good once: the one in deskd.yaml is of no use after the first day."""
    desk = MailboxDesk(
        tmp_path, sqlite_url, server, password=None, oauth=oauth(provider, client_secret="pssst")
    )
    server.deliver(mail(1).data)
    async with desk.running():
        await desk.has(mail(1))
    assert provider.asked[0]["client_secret"] == "pssst"
    server.deliver(mail(2).data)
    async with desk.running():  # its token is still good: nobody is asked
        await desk.has(mail(2))
        assert len(provider.asked) == 1
        provider.good.clear()  # revoked: refused once, fetched anew
        server.kill()
        server.start()
        server.deliver(mail(3).data)
        await desk.has(mail(3))
    assert [form["refresh_token"] for form in provider.asked] == ["refresh-0", "refresh-1"]
    written = "".join([*capsys.readouterr(), caplog.text, *map(repr, desk.logged.calls)])
    assert not any(secret in written for secret in ("refresh-", "access-", "pssst"))
    assert any("refresh-3" in str(row["value"]) for row in desk.rows(positions))


async def test_an_application_logs_in_by_itself(
    tmp_path: Path, sqlite_url: str, provider: TokenProvider, server: Dovecot
) -> None:
    by_itself = oauth(provider, refresh_token=None, client_credentials=True, client_secret="s", scope="mail")
    desk = MailboxDesk(tmp_path, sqlite_url, server, password=None, oauth=by_itself)
    server.deliver(mail(1).data)
    async with desk.running():
        await desk.has(mail(1))
    (form,) = provider.asked
    assert (form["grant_type"], form["scope"]) == ("client_credentials", "mail")


async def test_a_withdrawn_refresh_token_is_told_and_what_comes_with_a_new_one_is_taken(
    tmp_path: Path, sqlite_url: str, provider: TokenProvider, server: Dovecot
) -> None:
    provider.refresh = "another"
    desk = MailboxDesk(tmp_path, sqlite_url, server, password=None, oauth=oauth(provider))
    server.deliver(mail(1).data)
    async with desk.running():
        health = await desk.health_is("failing", "invalid_grant (Token has been expired or revoked.)")
        assert health.lasting
        assert "sign in again" in str(health.error)
    desk = MailboxDesk(
        tmp_path, sqlite_url, server, password=None, oauth=oauth(provider, refresh_token="another")
    )
    async with desk.running():
        await desk.has(mail(1))


async def test_a_provider_that_is_away_is_asked_again(
    tmp_path: Path, sqlite_url: str, provider: TokenProvider, server: Dovecot
) -> None:
    provider.error = (503, "temporarily_unavailable")
    desk = MailboxDesk(tmp_path, sqlite_url, server, password=None, oauth=oauth(provider))
    server.deliver(mail(1).data)
    async with desk.running():
        health = await desk.health_is("failing", "HTTP 503")
        assert not health.lasting
        provider.error = None
        await desk.has(mail(1))


async def test_a_connection_is_made_anew_before_its_token_ends(
    tmp_path: Path, sqlite_url: str, provider: TokenProvider, server: Dovecot
) -> None:
    desk = MailboxDesk(tmp_path, sqlite_url, server, password=None, oauth=oauth(provider))
    async with desk.running():
        await desk.health_is("ok")
        tokens = desk.mailbox._tokens
        assert tokens is not None
        tokens._clock = _Later(minutes=56)
        await until(lambda: len(provider.asked) > 1, PATIENCE)
        server.deliver(mail(1).data)
        await desk.has(mail(1))
        assert (await desk.health_is("ok")).error is None


class _Later(SystemClock):
    def __init__(self, minutes: int) -> None:
        self._ahead = timedelta(minutes=minutes)

    def now(self) -> datetime:
        return super().now() + self._ahead


class _NoMemory:
    """A `deskd.ports.Polling` that keeps positions for as long as it lives."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def positions(self, account: str) -> dict[str, str]:
        return self.kept

    async def remember(self, position: Position) -> None:
        self.kept[position.place] = position.value


async def test_replies_are_handed_over_with_the_same_token(provider: TokenProvider) -> None:
    settings = OAuth.model_validate(oauth(provider))
    memory: Any = _NoMemory()
    tokens = TokenSource("support-mail", settings, SystemClock(), memory)
    async with SmtpStandIn(tokens=provider.good).running() as outgoing:
        send = {"host": "127.0.0.1", "port": outgoing.port, "tls": "none", "username": "support"}
        channel = MailChannel.model_validate(
            {"type": "mail", "address": "support@acme.example", "send": {**send, "oauth": oauth(provider)}}
        )
        connector = MailConnector("support-mail", channel, SystemClock(), token=tokens)
        content = SendMail("support@acme.example", ("maria@cliente.example",), mail(1).data, "1@acme.example")
        await connector.deliver(Delivery(1, "support-mail", "k1", content))
        assert len(outgoing.mails) == 1
        provider.good.clear()
        await connector.stop()
        await connector.deliver(Delivery(2, "support-mail", "k2", content))
        assert len(outgoing.mails) == 2
        await connector.stop()
    assert [form["refresh_token"] for form in provider.asked] == ["refresh-0", "refresh-1"]
