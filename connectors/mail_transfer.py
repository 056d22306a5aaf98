"""One mail over one open SMTP connection: the steps of RFC 5321 3.3, and what each failure means for the mail.

What decides is the final dot. Until it is sent the mail is surely not with the server; once it was sent, only the server's answer
says whether it is, and without that answer the outcome is unknown.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiosmtplib import SMTP, SMTPException, SMTPResponse

from deskd.errors import PermanentFailure, TemporaryFailure, UnknownOutcome
from deskd.model import Receipt, SendMail

_PATIENT_ATTEMPTS = (
    3  # so often all recipients wait for one who is refused for now; then the others get theirs
)


@dataclass(frozen=True, slots=True)
class MailTimeouts:
    """Seconds. RFC 5321 4.5.3.2 asks for more at each step but the last; servers that need it are none to hand a reply to."""

    connect: float = 30.0
    command: float = 60.0
    answer: float = 600.0  # to the final dot: who gives up here too early sends twice


class Line:
    """An open connection, logged in where need be. `writer` knows how far the network has taken what was written."""

    def __init__(self, client: SMTP) -> None:
        if client.protocol is None or not isinstance(client.transport, asyncio.Transport):
            raise ConnectionResetError("the server closed the connection")
        self.client = client
        client.transport.set_write_buffer_limits(high=0)
        self.writer = asyncio.StreamWriter(
            client.transport, client.protocol, None, asyncio.get_running_loop()
        )


async def transfer(line: Line, mail: SendMail, attempt: int, timeouts: MailTimeouts) -> Receipt:
    """Hands `mail` over. Raises `TemporaryFailure`, `PermanentFailure` or `UnknownOutcome`; only if it returns is the connection
    fit for a next mail."""
    if not mail.recipients:
        raise PermanentFailure("the mail has no recipient")
    client, content = line.client, _stuffed(mail.content)
    try:
        await _sender(client, mail, timeouts)
        refused = await _recipients(client, mail, attempt, timeouts)
        _expect(await client.execute_command(b"DATA", timeout=timeouts.command), 354, "the mail")
        async with asyncio.timeout(timeouts.answer):
            line.writer.write(content)
            await line.writer.drain()
    except (SMTPException, OSError, TimeoutError) as failure:
        raise TemporaryFailure(
            f"the connection was lost before the mail was handed over: {_words(failure)}"
        ) from failure
    return await _final_dot(client, refused, timeouts)


def _stuffed(content: bytes) -> bytes:
    """RFC 5321 4.5.2. The content has CRLF line ends, and ends with one."""
    stuffed = content.replace(b"\r\n.", b"\r\n..")
    if stuffed.startswith(b"."):
        stuffed = b"." + stuffed
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


async def _sender(client: SMTP, mail: SendMail, timeouts: MailTimeouts) -> None:
    parameters = []
    if client.supports_extension("size"):
        parameters.append(b"SIZE=%d" % len(mail.content))
    if not mail.content.isascii() and client.supports_extension("8bitmime"):
        parameters.append(b"BODY=8BITMIME")
    if _needs_utf8(mail) and client.supports_extension("smtputf8"):
        parameters.append(b"SMTPUTF8")
    path = b"FROM:<%s>" % _wire_form(mail.mail_from)
    answer = await client.execute_command(b"MAIL", path, *parameters, timeout=timeouts.command)
    _expect(answer, 250, "the sender")


async def _recipients(client: SMTP, mail: SendMail, attempt: int, timeouts: MailTimeouts) -> dict[str, str]:
    """Names the recipients; returns those refused with the server's answer."""
    refused: dict[str, SMTPResponse] = {}
    for recipient in mail.recipients:
        if not recipient.rpartition("@")[0].isascii() and not client.supports_extension("smtputf8"):
            refused[recipient] = SMTPResponse(553, "5.6.7 this server takes no addresses with such letters")
            continue
        path = b"TO:<%s>" % _wire_form(recipient)
        answer = await client.execute_command(b"RCPT", path, timeout=timeouts.command)
        if answer.code // 100 != 2:
            refused[recipient] = answer
    words = {recipient: _answer(answer) for recipient, answer in refused.items()}
    for_now = [recipient for recipient, answer in refused.items() if answer.code // 100 != 5]
    if for_now and (len(refused) == len(mail.recipients) or attempt <= _PATIENT_ATTEMPTS):
        raise TemporaryFailure(f"the server refused {for_now[0]} for now: {words[for_now[0]]}")
    if len(refused) == len(mail.recipients):
        raise PermanentFailure(
            "the server refused every recipient: " + "; ".join(f"{r}: {w}" for r, w in words.items())
        )
    return words


async def _final_dot(client: SMTP, refused: dict[str, str], timeouts: MailTimeouts) -> Receipt:
    protocol = client.protocol
    if protocol is None or client.transport is None or client.transport.is_closing():
        raise TemporaryFailure("the connection was lost before the mail was complete")
    try:
        protocol.write(b".\r\n")
        answer = await protocol.read_response(timeout=timeouts.answer)
    except (SMTPException, OSError, TimeoutError) as failure:
        raise UnknownOutcome(f"the server went away before it answered: {_words(failure)}") from failure
    if answer.code < 200:
        raise UnknownOutcome(f"the server answered what is no answer: {_answer(answer)}")
    _expect(answer, 250, "the mail")
    return Receipt(external_id=_answer(answer), refused=refused)


def _expect(answer: SMTPResponse, code: int, what: str) -> None:
    """Raises what an answer of another class than `code` means (RFC 5321 4.2.1)."""
    if answer.code // 100 == code // 100:
        return
    words = f"the server refused {what}: {_answer(answer)}"
    if (
        answer.code == 530
    ):  # RFC 4954 6: it wants a login. That is the desk's configuration, not this mail's fault.
        raise TemporaryFailure(f"{words}; set username and password under send")
    raise (PermanentFailure if answer.code // 100 == 5 else TemporaryFailure)(words)


def _answer(answer: SMTPResponse) -> str:
    return f"{answer.code} {' '.join(answer.message.split())}"


def _words(failure: BaseException) -> str:
    return str(failure) or type(failure).__name__


def _needs_utf8(mail: SendMail) -> bool:
    """RFC 6531: an address with letters beyond ASCII before the @, or a header in UTF-8."""
    header = mail.content.partition(b"\r\n\r\n")[0]
    return not header.isascii() or any(
        not a.rpartition("@")[0].isascii() for a in (mail.mail_from, *mail.recipients)
    )


def _wire_form(address: str) -> bytes:
    """The domain as DNS has it (RFC 5891), the local part as it is. Raises `PermanentFailure` for what can't be an address."""
    local, at, domain = address.rpartition("@")
    try:
        if not domain.isascii():
            domain = domain.encode("idna").decode("ascii")
        wire = f"{local}{at}{domain}".encode()
    except UnicodeError as failure:
        raise PermanentFailure(f"{address!r} is no mail address") from failure
    if any(byte <= 32 or byte in b"<>\x7f" for byte in wire):
        raise PermanentFailure(f"{address!r} is no mail address")
    return wire
