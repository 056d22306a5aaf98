"""Whose domain is whose: the domain that somebody registered, above which anybody may (RFC 7489 3.2). By the public suffix list that authheaders ships."""

from __future__ import annotations

import importlib.resources
from functools import lru_cache
from typing import Any

from publicsuffix2 import PublicSuffixList


def organisational(domain: str) -> str:
    """`acme.co.uk` for `mail.acme.co.uk`. A public suffix stands for itself."""
    plain = _ascii(domain)
    found = str(_suffixes().get_public_suffix(plain) or plain)
    # Of a top-level domain that isn't listed the library gives the top-level domain itself, by which all below it would be one owner's.
    return found if "." in found else ".".join(plain.split(".")[-2:])


def aligned(one: str, other: str, *, strict: bool = False) -> bool:
    """Whether two domains are the same owner's: the same, or, unless `strict`, of one registered domain (RFC 7489 3.1)."""
    if not one or not other:
        return False
    if _ascii(one) == _ascii(other):
        return True
    return not strict and organisational(one) == organisational(other)


def _ascii(domain: str) -> str:
    plain = domain.strip().lower().rstrip(".")
    try:
        return plain if plain.isascii() else plain.encode("idna").decode("ascii")
    except UnicodeError:
        return plain


@lru_cache(maxsize=1)
def _suffixes() -> Any:
    """Read once: it has ten thousand lines."""
    listed = importlib.resources.files("authheaders") / "public_suffix_list.txt"
    with listed.open(encoding="utf-8") as lines:
        return PublicSuffixList(lines)
