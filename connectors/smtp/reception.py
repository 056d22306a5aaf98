"""What the sessions of one listener share: who may come in, what is ours, and the one way in which a mail is kept."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from connectors.smtp.guests import Guests
from connectors.smtp.limits import SmtpLimits
from connectors.smtp.recipients import Recipients
from deskd.errors import StoreAway, StoreFull
from deskd.model import Envelope, RawMessage
from deskd.ports import Accept, Clock

_HEAVY_AT_ONCE = 1  # big mails in memory: sixteen connections with 25 MB each must not need 400 MB

log = logging.getLogger("deskd.smtp")


def _fresh_id() -> str:
    return secrets.token_hex(16)


@dataclass(slots=True, eq=False)
class Reception:
    """One per listener. `accept` is what makes a mail durable."""

    accept: Accept
    recipients: Recipients
    hostname: str
    clock: Clock
    limits: SmtpLimits
    guests: Guests
    tls: ssl.SSLContext | None = None
    source: str = "smtp"  # or lmtp: by what way the inbox is told a mail came
    channel_limits: Mapping[str, int] = field(
        default_factory=dict
    )  # bytes, where a channel takes less than the listener
    refuse_bare: bool = False  # a mail with bare CRs or LFs is refused; else they become CRLF
    new_id: Callable[[], str] = _fresh_id
    last_ok: datetime | None = None  # when the last mail was kept
    trouble: str | None = None  # why the last mail could not be kept; None since one could
    heavy: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_HEAVY_AT_ONCE))
    _keeping: set[asyncio.Task[None]] = field(default_factory=set)

    def limit_of(self, channel: str) -> int:
        """The largest mail of a channel, in bytes."""
        return min(self.limits.size, self.channel_limits.get(channel, self.limits.size))

    async def keep(self, channel: str, payload: bytes, envelope: Envelope) -> str:
        """Keeps a mail durably and returns the reply for its client. A client that goes away meanwhile doesn't undo it:
        the mail was complete, and its sender would send it again only if it never was kept."""
        message = RawMessage(channel, self.source, self.new_id(), payload, envelope)
        task = asyncio.ensure_future(self._accept(message))
        self._keeping.add(task)
        task.add_done_callback(self._kept)
        await asyncio.wait({task}, timeout=self.limits.keep)
        if not task.done():
            return "451 4.3.0 Storing takes too long, try again later"
        if task.cancelled():
            return "451 4.3.0 Stopping, try again later"
        return _reply(task.exception(), message.external_id)

    async def _accept(self, message: RawMessage) -> None:
        await self.accept(message)

    def _kept(self, task: asyncio.Task[None]) -> None:
        """Runs for every mail, also when its client is gone and nobody waits for the answer."""
        self._keeping.discard(task)
        if task.cancelled():
            return
        failure = task.exception()
        if failure is None:
            self.trouble, self.last_ok = None, self.clock.now()
            return
        trouble = f"mail could not be kept: {str(failure) or type(failure).__name__}"
        if trouble != self.trouble:  # a full disk is told once, not with every mail
            log.error(
                "%s; senders are asked to try again",
                trouble,
                exc_info=None if _expected(failure) else failure,
            )
        self.trouble = trouble

    async def settle(self, seconds: float) -> None:
        """Waits until the sessions are over and what is being kept is kept, at the most so long for each."""
        if len(self.guests):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.guests.none_left.wait(), seconds)
        if self._keeping:
            await asyncio.wait(set(self._keeping), timeout=seconds)


def _expected(failure: BaseException) -> bool:
    return isinstance(failure, StoreFull | StoreAway)


def _reply(failure: BaseException | None, external_id: str) -> str:
    """Never a 5xx for a trouble of ours: that would bounce the mail for good (RFC 5321 4.2.5)."""
    match failure:
        case None:
            return f"250 2.0.0 Kept as {external_id}"
        case StoreFull():
            return "452 4.3.1 No room to store the mail, try again later"
        case StoreAway():
            return "451 4.3.0 The store is out of reach, try again later"
        case _:
            return "451 4.3.0 The mail could not be stored, try again later"
