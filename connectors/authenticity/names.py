"""Asks the DNS, within a mail's time, and leaves it alone for a while when it doesn't answer.

Blocking: called from the authenticator's threads. `dnspython` follows aliases and falls back to TCP by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, Final

import dns.exception
import dns.nameserver
import dns.rdatatype
import dns.resolver

_ONE_SERVER: Final = 2.0  # seconds for one name server's answer
_DEAF: Final = 3  # questions in a row without any answer
_REST: Final = 60.0  # seconds for which nothing is asked then


class DnsTrouble(Exception):
    """No answer, or none that says anything: it may be there, or not."""


class Names:
    """`nameservers` (127.0.0.1, 127.0.0.1:5353, [::1]:53) in place of the system's. `monotonic` gives seconds."""

    def __init__(
        self, nameservers: Sequence[str] = (), monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._nameservers = tuple(nameservers)
        self._monotonic = monotonic
        self._resolver: dns.resolver.Resolver | None = None
        self._unanswered = 0
        self._rests_until = 0.0
        self._lock = Lock()

    def until(self, seconds: float) -> LookUp:
        """Look-ups that all end within `seconds` from now."""
        deadline = self._monotonic() + seconds
        return lambda name, kind: self._ask(name, kind, deadline)

    def _ask(self, name: str, kind: str, deadline: float) -> list[Any]:
        left = deadline - self._monotonic()
        if left <= 0:
            raise DnsTrouble("the mail's time for the DNS is over")
        if self._monotonic() < self._rests_until:
            raise DnsTrouble("the DNS did not answer a moment ago")
        try:
            answer = self._resolve(name, kind, left)
        except dns.resolver.LifetimeTimeout as failure:
            self._heard(nothing=True)
            raise DnsTrouble(f"no answer about {name}") from failure
        except (dns.exception.DNSException, OSError, ValueError) as failure:
            # A refusal or a name that can't be asked for; the servers are there.
            raise DnsTrouble(f"nothing to be learnt about {name}: {type(failure).__name__}") from failure
        self._heard(nothing=False)
        return answer

    def _resolve(self, name: str, kind: str, left: float) -> list[Any]:
        try:
            answer = self._servers().resolve(name, kind, lifetime=left, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        return [_value(record, kind) for record in answer]

    def _servers(self) -> dns.resolver.Resolver:
        """Made when first needed. Raises `dns.resolver.NoResolverConfiguration` where the system names none."""
        with self._lock:
            if self._resolver is None:
                made = dns.resolver.Resolver(configure=not self._nameservers)
                if self._nameservers:
                    made.nameservers = [_server(each) for each in self._nameservers]
                made.timeout = _ONE_SERVER
                made.cache = dns.resolver.LRUCache(10_000)
                self._resolver = made
            return self._resolver

    def _heard(self, *, nothing: bool) -> None:
        with self._lock:
            self._unanswered = self._unanswered + 1 if nothing else 0
            if self._unanswered >= _DEAF:
                self._unanswered = 0
                self._rests_until = self._monotonic() + _REST


LookUp = Callable[[str, str], list[Any]]
"""`look_up("cliente.example", "TXT")`: TXT as bytes, A and AAAA as text, MX as (preference, name), PTR as text; [] where there is none. Raises `DnsTrouble`."""


def _server(text: str) -> dns.nameserver.Nameserver:
    host, colon, port = text.rpartition(":")
    if colon and port.isdigit() and ("]" in host or ":" not in host):
        return dns.nameserver.Do53Nameserver(host.strip("[]"), int(port))
    return dns.nameserver.Do53Nameserver(text.strip("[]"), 53)


def _value(record: Any, kind: str) -> Any:
    match kind:
        case "TXT":
            return b"".join(record.strings)
        case "MX":
            return record.preference, record.exchange.to_text(omit_final_dot=True)
        case "PTR":
            return record.target.to_text(omit_final_dot=True)
        case _:
            return record.address
