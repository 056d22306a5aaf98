"""The faults that a test orders, and what became of them. Pure bookkeeping: the server asks and acts.

A fault is ordered for a Web API method (`*`: all; `upload`, `download`, `response_url` are the other addresses) and optionally
a channel, for a number of times. The first that fits a call applies to it and is used up by one.
"""

from dataclasses import dataclass

HOWS = ("429", "500", "503 html", "lost answer", "refuse", "hang", "error:CODE")


@dataclass(slots=True)
class Fault:
    """An ordered fault; `times` None means until healed, `seconds` is how long a hang lasts (the call is then performed)."""

    method: str
    how: str
    times: int | None = 1
    channel: str | None = None
    retry_after: int = 1
    seconds: float = 3600.0


class Faults:
    """The faults ordered and not yet used up."""

    def __init__(self) -> None:
        self._ordered: list[Fault] = []

    def order(self, fault: Fault) -> None:
        """Take an order. Raises ValueError for a way to fail that does not exist."""
        if fault.how not in HOWS and not fault.how.startswith("error:"):
            raise ValueError(f"no such fault: {fault.how!r}; there are {', '.join(HOWS)}")
        self._ordered.append(fault)

    def heal(self, method: str | None = None) -> None:
        """Forget what was ordered, for one method or for all."""
        self._ordered = [fault for fault in self._ordered if method not in (None, fault.method)]

    def next(self, method: str, channel: str | None) -> Fault | None:
        """The fault that this call meets, if any; its count goes down by one."""
        for fault in self._ordered:
            if fault.method in ("*", method) and fault.channel in (None, channel):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._ordered.remove(fault)
                return fault
        return None
