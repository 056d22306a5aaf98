"""`new`: true if the message opened the ticket, false if it joined one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deskd.rules.checks import Check, Needs
from deskd.rules.view import View
from deskd.rules.workshop import Workshop


@dataclass(frozen=True, slots=True)
class NewCheck:
    new: bool

    def holds(self, subject: View) -> bool:
        return subject.facts.new is self.new

    def why(self, subject: View) -> str:
        return "the message opened the ticket" if subject.facts.new else "the message didn't open a ticket"

    def captures(self, subject: View) -> Mapping[str, str]:
        return {}

    def needs(self, field: str) -> Needs:
        return None


def check(spec: bool, shop: Workshop) -> Check[View]:
    return NewCheck(spec)
