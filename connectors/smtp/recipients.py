"""Which mail channel an address belongs to: plus-addresses count, case and the spelling of the domain don't. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

Recipients = Callable[[str], str | None]
"""An address as the client wrote it -> the channel's key, or None when it isn't ours."""


def recipients_of(addresses: Mapping[str, Iterable[str]]) -> Recipients:
    """`addresses`: a channel's key -> its address and aliases. An address that two channels name goes to the first.

    `postmaster`, alone or of a domain of theirs, is always somebody: the first channel's, of that domain (RFC 5321 4.5.1).
    """
    channels: dict[tuple[str, str], str] = {}
    postmasters: dict[str, str] = {}
    for channel, own in addresses.items():
        for address in own:
            local, _, domain = address.rpartition("@")
            channels.setdefault((local.casefold(), _domain(domain)), channel)
            postmasters.setdefault(_domain(domain), channel)
    first = next(iter(addresses), None)

    def channel_of(address: str) -> str | None:
        if address.casefold() == "postmaster":
            return first
        local, _, domain = address.rpartition("@")
        local, domain = _unquoted(local).casefold(), _domain(domain)
        known = channels.get((local, domain)) or channels.get((local.partition("+")[0], domain))
        return known or (postmasters.get(domain) if local == "postmaster" else None)

    return channel_of


def _unquoted(local: str) -> str:
    """`"support"@…` is `support@…` (RFC 5321 4.1.2)."""
    return local[1:-1] if len(local) > 2 and local[0] == local[-1] == '"' else local


def _domain(domain: str) -> str:
    """A domain in its ASCII form, so that `münchen.example` and `xn--mnchen-3ya.example` are one."""
    plain = domain.casefold().removesuffix(".")
    try:
        return plain if plain.isascii() else plain.encode("idna").decode("ascii")
    except UnicodeError:
        return plain
