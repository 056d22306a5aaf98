"""One SMTP conversation: what a client may say in which order, and what it is answered (RFC 5321). LMTP's is `lmtp`.

aiosmtpd's HELO, RSET, NOOP and HELP are good as they are. Ours are the command loop, which counts junk; addresses, whose parser there is
slow and forgiving; DATA in bulk instead of line by line (see `data`), and that a mail is durable before it is answered. No AUTH.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Iterable, Sequence

from connectors.smtp.commands import MailFrom, Refused, parse_mail, parse_rcpt
from connectors.smtp.connection import Gone, SmtpConnection
from connectors.smtp.content import Content
from connectors.smtp.data import DataDecoder, hops
from connectors.smtp.reception import Reception
from deskd.model import Envelope

Recipient = tuple[str, str]
"""An address and the channel it belongs to."""

TOO_BIG = "552 5.3.4 Message too big"

log = logging.getLogger("deskd.smtp")

_LONGEST_HELO = 255  # characters that are kept; RFC 5321 4.5.3.1.2
_IDLE_COMMANDS = frozenset({"NOOP", "RSET", "VRFY", "EXPN", "HELP", "HELO", "EHLO"})


class SmtpSession(SmtpConnection):
    """A `Guest` of its listener. `peer` is the client's IP address, "" on a local socket."""

    def __init__(self, reception: Reception, peer: str, loop: asyncio.AbstractEventLoop) -> None:
        self._mail: MailFrom | None = None
        self._recipients: list[Recipient] = []  # in the order they came
        self._idle_commands = 0
        super().__init__(reception, peer, loop)

    async def _handle_client(self) -> None:
        try:
            await self.push(f"220 {self.hostname} {self.__ident__}")
            while not self._over and (line := await self._next_line()) is not None:
                await self._obey(line)
        except (ConnectionError, TimeoutError, ssl.SSLError, Gone):
            pass  # the client is gone, or was told; what it did not complete it will send again
        except Exception:
            log.exception("an SMTP session ended by a mistake of ours; its client is asked to try again")
            self._bid_farewell("421 4.3.0 Trouble here, try again later")
        finally:
            self._close()

    async def _next_line(self) -> bytes | None:
        """A command without its line end; None at the end of the conversation. A bare LF ends one too: people type here.

        Of a line over the limit only so much is kept as shows that it is over.
        """
        deadline = self.loop.time() + self._limits.idle
        while (end := self._ahead.find(b"\n")) < 0:
            del self._ahead[self._limits.command + 1 :]
            self._waiting = True
            piece = await self._receive(deadline)
            self._waiting = False
            if not piece:
                return None
            self._ahead += piece
        line = bytes(self._ahead[:end])
        del self._ahead[: end + 1]
        return line.removesuffix(b"\r")

    async def _obey(self, line: bytes) -> None:
        self._reception.guests.spoke(self)
        name, _, rest = line.partition(b" ")
        command = name.upper().decode("ascii", "replace")
        method = self._smtp_methods.get(command)
        if command in _IDLE_COMMANDS:
            self._idle_commands += 1
        if len(line) > self._limits.command:
            await self.push("500 5.5.2 Line too long")
        elif method is None:
            await self.push("500 5.5.2 Unknown command")
        else:
            await self._obey_known(method, rest.strip().decode("utf-8", "surrogateescape") or None)
        if self._errors > self._limits.errors or self._idle_commands > self._limits.idle_commands:
            self._bid_farewell("421 4.7.0 Too many errors")

    async def _obey_known(self, method: object, argument: str | None) -> None:
        assert callable(method)
        try:
            await method(argument)
        except Refused as refusal:
            await self.push(str(refusal))

    def _set_rset_state(self) -> None:
        self._mail = None
        self._recipients = []

    async def _need_helo(self) -> None:
        assert self.session is not None
        if not self.session.host_name:
            raise Refused("503 5.5.1 Say HELO first")

    async def smtp_EHLO(self, hostname: str | None) -> None:
        if not hostname:
            raise Refused("501 5.5.4 Syntax: EHLO hostname")
        assert self.session is not None
        self._set_rset_state()
        self.session.extended_smtp = True
        self.session.host_name = hostname
        await self.push("\r\n".join(_multiline([self.hostname, *self._extensions(), "HELP"])))

    def _extensions(self) -> Iterable[str]:
        yield f"SIZE {self._limits.size}"
        yield "8BITMIME"
        yield "SMTPUTF8"
        yield "PIPELINING"
        if self.tls_context and self._original_transport is None:
            yield "STARTTLS"

    async def smtp_MAIL(self, arg: str | None) -> None:
        await self._need_helo()
        if self._mail is not None:
            raise Refused("503 5.5.1 Nested MAIL command")
        mail = parse_mail(arg or "")
        if mail.size is not None and mail.size > self._limits.size:
            raise Refused(TOO_BIG)
        self._mail = mail
        await self.push("250 2.1.0 OK")

    async def smtp_RCPT(self, arg: str | None) -> None:
        await self._need_helo()
        if self._mail is None:
            raise Refused("503 5.5.1 Need MAIL first")
        address = parse_rcpt(arg or "")
        if len(self._recipients) >= self._limits.recipients:
            raise Refused("452 4.5.3 Too many recipients")
        channel = self._reception.recipients(address)
        if channel is None:
            raise Refused("550 5.1.1 No such address here")
        if self._mail.size is not None and self._mail.size > self._reception.limit_of(channel):
            raise Refused("552 5.3.4 Message too big for this address")
        self._recipients.append((address, channel))
        await self.push("250 2.1.5 OK")

    async def smtp_DATA(self, arg: str | None) -> None:
        await self._need_helo()
        if self._mail is None:
            raise Refused("503 5.5.1 Need MAIL first")
        if not self._recipients:
            raise Refused("503 5.5.1 Need RCPT first")
        if arg:
            raise Refused("501 5.5.4 Syntax: DATA")
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        content = Content(self._limits.size)
        try:
            bare = await self._read_into(content)
            mail, recipients, origin = self._mail, self._recipients, self._origin()
            self._set_rset_state()
            if bare and self._reception.refuse_bare:
                reply = "550 5.5.2 A line ends with CR and LF, not with one of them"
                await self._answer([(address, reply) for address, _ in recipients])
            else:
                await self._answer(await self._keep(content, mail, recipients, origin))
        finally:
            content.close()

    async def _answer(self, replies: Sequence[tuple[str, str]]) -> None:
        """What became of a mail, for each recipient. SMTP has one answer for all: the best, for the mail is one."""
        await self.push(min(reply for _, reply in replies))

    def _origin(self) -> tuple[str, str]:
        """From where the mail under way comes: IP address and greeting."""
        assert self.session is not None
        return self.peer, self.session.host_name or ""

    async def _read_into(self, content: Content) -> bool:
        """Up to the end of data, also when the content is too big: the session goes on afterwards. Whether there were bare CRs or LFs."""
        decoder = DataDecoder()
        deadline = self.loop.time() + self._limits.data
        piece = bytes(self._ahead)
        self._ahead.clear()
        while True:
            content.add(decoder.feed(piece))
            if decoder.ended:
                self._ahead += decoder.rest
                return decoder.normalised
            piece = await self._receive(min(self.loop.time() + self._limits.idle, deadline))
            if not piece:
                raise Gone

    async def _keep(
        self, content: Content, mail: MailFrom, recipients: Sequence[Recipient], origin: tuple[str, str]
    ) -> list[tuple[str, str]]:
        """The mail is kept once, for those whose channel takes one of its size; the answer a recipient."""
        fitting = [one for one in recipients if content.size <= self._reception.limit_of(one[1])]
        reply = await self._kept(content, mail, fitting, origin) if fitting else TOO_BIG
        return [(one[0], reply if one in fitting else TOO_BIG) for one in recipients]

    async def _kept(
        self, content: Content, mail: MailFrom, recipients: Sequence[Recipient], origin: tuple[str, str]
    ) -> str:
        if content.disk_failure is not None:
            return "452 4.3.1 No room for the mail, try again later"
        if not content.heavy:
            return await self._keep_bytes(content.read(), mail, recipients, origin)
        async with self._reception.heavy:
            return await self._keep_bytes(content.read(), mail, recipients, origin)

    async def _keep_bytes(
        self, content: bytes, mail: MailFrom, recipients: Sequence[Recipient], origin: tuple[str, str]
    ) -> str:
        if hops(content) > self._limits.hops:
            return "554 5.4.6 Too many hops, this mail is in a loop"
        peer, greeting = origin
        helo = "".join(filter(str.isprintable, greeting))
        addresses = tuple(dict.fromkeys(address for address, _ in recipients))
        envelope = Envelope(mail.address, addresses, peer, helo[:_LONGEST_HELO])
        reply = await self._reception.keep(recipients[0][1], content, envelope)
        if reply[:1] == "2":
            self._errors = self._idle_commands = 0
        return reply

    async def smtp_VRFY(self, arg: str | None) -> None:
        raise Refused("252 2.1.5 Send the mail and see" if arg else "501 5.5.4 Syntax: VRFY address")

    async def smtp_EXPN(self, arg: str | None) -> None:
        raise Refused("502 5.5.1 EXPN is not offered")

    async def smtp_AUTH(self, arg: str | None) -> None:
        raise Refused("502 5.5.1 AUTH is not offered")

    async def smtp_QUIT(self, arg: str | None) -> None:
        if arg:
            raise Refused("501 5.5.4 Syntax: QUIT")
        self._over = True
        await self.push("221 2.0.0 Bye")

    async def smtp_STARTTLS(self, arg: str | None) -> None:
        if arg:
            raise Refused("501 5.5.4 Syntax: STARTTLS")
        if self.tls_context is None or self._original_transport is not None:
            raise Refused("454 4.7.0 TLS is not available")
        assert self.session is not None
        await self._secure(self.tls_context)
        self.session.host_name = None  # RFC 3207 4.2: all that was said before is forgotten
        self._set_rset_state()


def _multiline(lines: list[str]) -> Iterable[str]:
    yield from (f"250-{line}" for line in lines[:-1])
    yield f"250 {lines[-1]}"
