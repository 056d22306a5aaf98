"""LMTP, by which a mail server on this machine hands mails over (RFC 2033): SMTP with one answer a recipient after the data, and its own greeting.

So the server knows of each recipient what became of the mail: some have it, some never will, for some it tries again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from connectors.smtp.commands import Refused
from connectors.smtp.reception import Reception
from connectors.smtp.session import SmtpSession
from connectors.smtp.xforward import NAMES, parse_xforward


class LmtpSession(SmtpSession):
    """As `SmtpSession`. Whoever reaches the socket is trusted to say from where it has its mail (XFORWARD)."""

    def __init__(self, reception: Reception, peer: str, loop: asyncio.AbstractEventLoop) -> None:
        self._forwarded: dict[str, str] = {}
        super().__init__(reception, peer, loop)
        self.__ident__ = "LMTP"

    async def smtp_LHLO(self, hostname: str | None) -> None:
        if not hostname:
            raise Refused("501 5.5.4 Syntax: LHLO hostname")
        await super().smtp_EHLO(hostname)

    async def smtp_EHLO(self, hostname: str | None) -> None:
        raise Refused("500 5.5.1 This is LMTP: say LHLO")

    async def smtp_HELO(self, hostname: str | None) -> None:
        raise Refused("500 5.5.1 This is LMTP: say LHLO")

    async def smtp_XFORWARD(self, arg: str | None) -> None:
        await self._need_helo()
        if self._mail is not None:
            raise Refused("503 5.5.1 Not within a mail")
        self._forwarded |= parse_xforward(arg or "")
        await self.push("250 2.0.0 OK")

    def _extensions(self) -> Iterable[str]:
        yield from super()._extensions()
        yield "ENHANCEDSTATUSCODES"  # RFC 2033 5
        yield "XFORWARD " + " ".join(NAMES)

    def _origin(self) -> tuple[str, str]:
        """The client of the server before us, where that tells; else nobody knows."""
        if "ADDR" in self._forwarded:
            return self._forwarded["ADDR"], self._forwarded.get("HELO", "")
        return super()._origin()

    def _set_rset_state(self) -> None:
        super()._set_rset_state()
        self._forwarded = {}

    async def _answer(self, replies: Sequence[tuple[str, str]]) -> None:
        """One a recipient, in their order (RFC 2033 4.2)."""
        for address, reply in replies:
            await self.push(_of(address, reply))


def _of(address: str, reply: str) -> str:
    """The reply with whom it is about, behind its two codes."""
    code, status, words = reply.split(" ", 2)
    return f"{code} {status} <{address}> {words}"
