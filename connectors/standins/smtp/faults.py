"""The faults that a test orders of the mail server. Pure bookkeeping: the server asks and acts.

A fault is ordered for a stage (CONNECT AUTH MAIL RCPT DATA; DATA is the reply to the final dot), for one recipient of RCPT if that is
named, and is used up by one each time.
"""

from dataclasses import dataclass
from typing import Literal

Stage = Literal["CONNECT", "AUTH", "MAIL", "RCPT", "DATA"]


@dataclass(slots=True)
class Fault:
    """An ordered fault; `times` None means until healed, `seconds` is how long a hang lasts."""

    stage: Stage
    how: str
    times: int | None = 1
    recipient: str | None = None
    seconds: float = 3600.0

    @property
    def reply(self) -> str | None:
        """The reply to give, where the fault is one."""
        return self.how if self.how[:3].isdigit() else None


class Faults:
    """The faults ordered and not yet used up."""

    def __init__(self) -> None:
        self._ordered: list[Fault] = []

    def order(self, fault: Fault) -> None:
        """Take an order. Raises ValueError for a way to fail that does not exist at that stage."""
        lost = fault.how == "lost answer" and fault.stage == "DATA"
        if not (lost or fault.reply or fault.how in ("drop", "hang")):
            raise ValueError(f"no such fault at {fault.stage}: {fault.how!r}")
        self._ordered.append(fault)

    def heal(self) -> None:
        """Forget what was ordered."""
        self._ordered.clear()

    def next(self, stage: Stage, recipient: str | None = None) -> Fault | None:
        """The fault that this stage meets, if any; its count goes down by one."""
        for fault in self._ordered:
            if fault.stage == stage and fault.recipient in (None, recipient):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._ordered.remove(fault)
                return fault
        return None
