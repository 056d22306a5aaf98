"""A name server over UDP (RFC 1035) on 127.0.0.1. In: `records` by name and kind. Out: answers, and `asked`, what it was asked."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Literal, cast

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Fault = Literal["", "silent", "refused", "servfail"]


class DnsStandIn:
    """`fault` holds for all names until it is changed."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], list[str]] = {}
        self.asked: list[tuple[str, str]] = []
        self.fault: Fault = ""
        self.port = 0

    @property
    def address(self) -> str:
        """As `nameservers` of deskd.yaml takes it."""
        return f"127.0.0.1:{self.port}"

    def add(self, name: str, kind: str, *values: str) -> None:
        """Records as a zone file has them; of a TXT the plain text, however long."""
        if kind == "TXT":
            values = tuple(_quoted(value) for value in values)
        self.records.setdefault((name.lower(), kind), []).extend(values)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["DnsStandIn"]:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: _Protocol(self), ("127.0.0.1", 0))
        self.port = int(transport.get_extra_info("sockname")[1])
        try:
            yield self
        finally:
            transport.close()

    def answer(self, packet: bytes) -> bytes | None:
        """None: silence."""
        question = dns.message.from_wire(packet)
        asked = question.question[0]
        name = asked.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(asked.rdtype)
        self.asked.append((name, kind))
        if self.fault == "silent":
            return None
        reply = dns.message.make_response(question)
        reply.flags |= dns.flags.RA | dns.flags.AA
        if self.fault:
            reply.set_rcode(dns.rcode.REFUSED if self.fault == "refused" else dns.rcode.SERVFAIL)
        elif values := self.records.get((name, kind)):
            reply.answer.append(dns.rrset.from_text_list(asked.name, 300, "IN", kind, values))
        elif not any(known == name for known, _ in self.records):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply.to_wire(max_size=65535)


class _Protocol(asyncio.DatagramProtocol):
    def __init__(self, server: DnsStandIn) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if (reply := self._server.answer(data)) is not None:
            self._transport.sendto(reply, addr)


def _quoted(text: str) -> str:
    """Strings of at most 255 characters, as a TXT record holds them."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return " ".join(f'"{escaped[start : start + 250]}"' for start in range(0, len(escaped), 250)) or '""'
