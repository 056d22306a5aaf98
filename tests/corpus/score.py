"""What a comparison with known answers gives, and the floor it may not fall below."""

from __future__ import annotations

from dataclasses import dataclass, field

from deskd.model import Envelope, Message
from deskd.parse import parse_mail


@dataclass(slots=True)
class Score:
    """One row of the table. `differences` says of each case that isn't right what was expected and what came."""

    name: str
    floor: float  # 0 to 1
    right: int = 0
    total: int = 0
    differences: list[str] = field(default_factory=list)

    def count(self, case: str, expected: object, got: object) -> None:
        self.total += 1
        if expected == got:
            self.right += 1
        else:
            self.differences.append(f"{case}: expected {expected!r:.200}, got {got!r:.200}")

    @property
    def share(self) -> float:
        return self.right / self.total if self.total else 0.0

    @property
    def holds(self) -> bool:
        return self.total > 0 and self.share >= self.floor


def read(payload: bytes) -> Message:
    """A mail as an import brings it: nothing is known of its envelope."""
    return parse_mail(payload, Envelope())


def squeezed(text: str | None) -> str:
    """Without white space, in which programs differ."""
    return "".join((text or "").split())
