"""`from`, `to`, `cc`: an address, a list of them, or a map of `address`, `domain`, `name` and operators on the address.

What stands in one map is asked of one and the same recipient. A domain is the whole of what follows the @: `ends: .acme.example` finds
the ones below it. Whoever has no name, or a chat's person who has no domain, never fulfils a condition on it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from pydantic import Field

from deskd.rules.checks import AllOf, Check, Not, Some
from deskd.rules.operators.text import TextSpec, text_check, text_tests
from deskd.rules.patterns import compile_pattern
from deskd.rules.view import SeenAddress, View
from deskd.rules.workshop import Workshop


class AddressSpec(TextSpec):
    """An address, a list of addresses (any), or a map of `address`, `domain`, `name` and operators on the address."""

    EXPECTED: ClassVar[str] = "an address, a list of addresses, or a map of address, domain, name"

    address: TextSpec | None = Field(
        None, description="The address: maria@cliente.example, telegram:ID, slack:ID."
    )
    domain: TextSpec | None = Field(None, description="What follows the @.")
    name: TextSpec | None = Field(None, description="The name beside the address.")


def _from(view: View) -> Sequence[SeenAddress]:
    return view.sender


def _to(view: View) -> Sequence[SeenAddress]:
    return view.to


def _cc(view: View) -> Sequence[SeenAddress]:
    return view.cc


_VALUES: dict[str, Callable[[View], Sequence[SeenAddress]]] = {"from": _from, "to": _to, "cc": _cc}


def check_from(spec: AddressSpec, shop: Workshop) -> Check[View]:
    return _check(spec, "from")


def check_to(spec: AddressSpec, shop: Workshop) -> Check[View]:
    return _check(spec, "to")


def check_cc(spec: AddressSpec, shop: Workshop) -> Check[View]:
    return _check(spec, "cc")


def _check(spec: AddressSpec, label: str) -> Check[View]:
    values = _VALUES[label]
    parts = _parts(spec)
    checks: list[Check[View]] = [Some(label, values, AllOf(parts))] if parts else []
    if spec.not_ is not None:
        checks.append(Not(_check(spec.not_, label)))
    return AllOf(tuple(checks))


def _parts(spec: AddressSpec) -> tuple[Check[SeenAddress], ...]:
    parts: list[Check[SeenAddress]] = []
    tests = text_tests(spec, compile_pattern)
    if tests:
        parts.append(Some("address", lambda seen: seen.address, AllOf(tests)))
    if spec.address is not None:
        parts.append(text_check(spec.address, "address", lambda seen: seen.address))
    if spec.domain is not None:
        parts.append(text_check(spec.domain, "domain", lambda seen: seen.domain))
    if spec.name is not None:
        parts.append(text_check(spec.name, "name", lambda seen: seen.name))
    return tuple(parts)
