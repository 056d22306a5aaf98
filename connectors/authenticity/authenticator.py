"""The port `Authenticator`: asks in threads of its own, and never longer than a mail may wait."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING, Final

from deskd.model import Envelope, Judged

if TYPE_CHECKING:
    from connectors.authenticity.names import Names

_AT_ONCE: Final = 16  # mails that wait for the DNS together
BIG: Final = 2_000_000
"""Bytes: a signature over more takes seconds of reckoning and several times the mail in memory, so it is left where SPF has proven enough."""
_LARGEST: Final = 30_000_000  # bytes; a larger mail's signature isn't computed, for its memory's sake

log = logging.getLogger("deskd.authenticity")


class DnsAuthenticator:
    """`within`: seconds a mail waits at the most, its turn included; what isn't known then counts as nothing to judge.

    `nameservers` in place of the system's; `sealers`: domains whose ARC seal counts. The libraries are loaded with the first mail: they take a quarter of a
    second and 17 MB, and a desk behind a mail server never needs them.
    """

    def __init__(
        self,
        within: float,
        nameservers: Sequence[str] = (),
        sealers: Sequence[str] = (),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._within = within
        self._nameservers = tuple(nameservers)
        self._sealers = tuple(sealers)
        self._monotonic = monotonic
        self._names: Names | None = None
        self._loading = Lock()
        self._one_by_one = asyncio.Lock()
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="deskd-dns")

    async def ask(self, payload: bytes, envelope: Envelope, domain: str) -> tuple[Judged, ...]:
        if not domain or len(payload) > _LARGEST:
            return ()
        try:
            return await asyncio.wait_for(self._asked(payload, envelope, domain), self._within)
        except TimeoutError:
            return ()
        except Exception:  # ours: said loudly; the mail is as good as one nobody could judge
            log.exception("asking the DNS about a mail failed by a mistake of ours")
            return ()

    async def _asked(self, payload: bytes, envelope: Envelope, domain: str) -> tuple[Judged, ...]:
        """Of big mails one at a time: reckoning a signature takes memory of several times their size."""
        async with self._one_by_one if len(payload) > BIG else contextlib.nullcontext():
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._check, payload, envelope, domain)

    def _check(self, payload: bytes, envelope: Envelope, domain: str) -> tuple[Judged, ...]:
        with self._loading:
            from connectors.authenticity.checks import check
            from connectors.authenticity.names import Names

            if self._names is None:
                self._names = Names(self._nameservers, self._monotonic)
        return check(payload, envelope, domain, self._names.until(self._within), self._sealers)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
