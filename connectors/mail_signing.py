"""Signs what goes out, so that other servers can tell that it is the desk's own domain that sent it (DKIM, RFC 6376).

The library is loaded with the first mail: it takes a quarter of a second, and a desk behind a mail server lets that one sign.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Final

from deskd.config.channels import DkimKey
from deskd.errors import ConfigError, Problem

_PEM: Final = re.compile(rb"-----BEGIN (?:RSA )?PRIVATE KEY-----")


class Signer:
    """Raises `ConfigError` where the key can't be read. The signature names the moment: sent again, a mail differs in that one header."""

    def __init__(self, settings: DkimKey, where: str) -> None:
        self._selector = settings.selector.encode("idna")
        self._domain = settings.domain.encode("idna")
        self._key = _read(settings.key, where)

    async def sign(self, content: bytes) -> bytes:
        """The mail with its signature on top. In a thread: it takes tens of milliseconds of reckoning."""
        return await asyncio.to_thread(self._sign, content)

    def _sign(self, content: bytes) -> bytes:
        import dkim

        field = dkim.sign(
            content, self._selector, self._domain, self._key, canonicalize=(b"relaxed", b"relaxed")
        )
        return bytes(field) + content


def _read(path: Path, where: str) -> bytes:
    remedy = "key must be an RSA private key in PEM, which this user may read: openssl genrsa 2048"
    try:
        key = path.read_bytes()
    except OSError as failure:
        message = f"{where}: the key can't be read: {failure.strerror or failure}"
        raise ConfigError(Problem("deskd.yaml", None, None, message, remedy)) from failure
    if not _PEM.search(key):
        raise ConfigError(Problem("deskd.yaml", None, None, f"{where}: {path} holds no private key", remedy))
    return key
