"""Which HTTP proxy a connection takes: the environment's (`HTTPS_PROXY`, `NO_PROXY`), and none to this machine itself.

Slack's SDK reads `HTTPS_PROXY` for plain HTTP too and knows no exceptions, so that a server on loopback is looked for behind the
company's proxy.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

_SCHEMES = {"ws": "http", "wss": "https"}


def proxy_for(url: str) -> str | None:
    """The proxy's address, None for a straight connection."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if _on_this_machine(host) or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    return getproxies().get(_SCHEMES.get(parts.scheme, parts.scheme)) or None


def _on_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
