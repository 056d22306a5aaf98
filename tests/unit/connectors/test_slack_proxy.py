"""Which proxy a connection takes."""

from __future__ import annotations

import pytest

from connectors.slack.proxy import proxy_for

PROXY = "http://proxy.example:3128"


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("https://slack.com/api/", PROXY),
        ("wss://wss-primary.slack.com/link/?ticket=1", PROXY),
        ("http://slack.internal/api/", None),  # HTTPS_PROXY is for https
        ("https://slack.test.example/api/", None),  # NO_PROXY
        ("https://127.0.0.1:4431/api/", None),
        ("https://[::1]:4431/api/", None),
        ("wss://localhost:4431/link", None),
        ("", None),
    ],
)
def test_proxy_for(monkeypatch: pytest.MonkeyPatch, url: str, proxy: str | None) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    monkeypatch.setenv("NO_PROXY", "test.example")
    assert proxy_for(url) == proxy
