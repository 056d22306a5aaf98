"""Access tokens: what is asked of a provider, what its answers mean, and that many who ask at once ask it once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from connectors.oauth import TokenRefused, TokenSource, TokenSources
from deskd.clock.system import SystemClock
from deskd.config.channels import OAuth
from deskd.errors import TemporaryFailure
from deskd.model import Position
from tests.support.tokens import TokenProvider


class Kept:
    """A `deskd.ports.Polling` that keeps positions for as long as it lives."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    async def positions(self, account: str) -> dict[str, str]:
        return self.values

    async def remember(self, position: Position) -> None:
        self.values[position.place] = position.value


@pytest.fixture
async def provider() -> AsyncIterator[TokenProvider]:
    async with TokenProvider().running() as provider:
        yield provider


def source(provider: TokenProvider, kept: Any, **other: Any) -> TokenSource:
    by = {"token_url": provider.token_url, "client_id": "desk", "refresh_token": "refresh-0", **other}
    return TokenSource("support-mail", OAuth.model_validate(by), SystemClock(), kept)


async def test_many_at_once_ask_the_provider_once(provider: TokenProvider) -> None:
    tokens = source(provider, Kept())
    found = await asyncio.gather(*[tokens.access() for _ in range(20)])
    assert len(set(found)) == 1
    refreshed = await asyncio.gather(*[tokens.access(fresh=True) for _ in range(5)])
    assert len(set(refreshed)) == 1
    assert len(provider.asked) == 2


async def test_another_refresh_token_in_the_file_replaces_what_was_kept(provider: TokenProvider) -> None:
    kept = Kept()
    await source(provider, kept).access()
    provider.refresh = "signed-in-anew"
    await source(provider, kept, refresh_token="signed-in-anew").access()
    assert provider.asked[-1]["refresh_token"] == "signed-in-anew"


@pytest.mark.parametrize(
    ("status", "error", "raised"),
    [
        (400, "invalid_grant", TokenRefused),
        (401, "invalid_client", TokenRefused),
        (400, "invalid_scope", TokenRefused),
        (503, "temporarily_unavailable", TemporaryFailure),
        (429, "slow_down", TemporaryFailure),
        (200, "", TemporaryFailure),  # an answer without a token: a captive portal's, say
    ],
)
async def test_a_refusal_is_told_from_a_trouble(
    provider: TokenProvider, status: int, error: str, raised: type[TemporaryFailure]
) -> None:
    provider.error = (status, error)
    with pytest.raises(TemporaryFailure) as failure:
        await source(provider, Kept()).access()
    assert type(failure.value) is raised
    assert error in str(failure.value)
    assert "refresh-0" not in str(failure.value)


async def test_imap_and_send_of_a_channel_share_their_token(provider: TokenProvider) -> None:
    by = {"token_url": provider.token_url, "client_id": "desk", "refresh_token": "refresh-0"}
    kept: Any = Kept()
    sources = TokenSources(SystemClock(), kept)
    one, other = OAuth.model_validate(by), OAuth.model_validate(by)
    assert sources.of("mail", one) is sources.of("mail", other)
    assert sources.of("mail", one) is not sources.of("another", one)
    assert sources.of("mail", None) is None


@pytest.mark.parametrize(
    ("settings", "where", "scope"),
    [
        ({"provider": "gmail", "refresh_token": "r"}, "https://oauth2.googleapis.com/token", None),
        (
            {"provider": "microsoft365", "tenant": "acme", "client_credentials": True, "client_secret": "s"},
            "https://login.microsoftonline.com/acme/oauth2/v2.0/token",
            "https://outlook.office365.com/.default",
        ),
        ({"token_url": "https://id.example/t", "refresh_token": "r", "scope": "mail"}, "https://id.example/t", "mail"),
    ],
)  # fmt: skip
def test_providers_bring_their_own_addresses(settings: dict[str, Any], where: str, scope: str | None) -> None:
    oauth = OAuth.model_validate({"client_id": "desk", **settings})
    assert (oauth.token_endpoint, oauth.asked_scope) == (where, scope)
