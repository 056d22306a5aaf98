"""The faults that a test orders, and what became of them. Pure bookkeeping: the server asks and acts."""

from dataclasses import dataclass

HOWS = ("409", "429", "403", "500", "502 html", "reset", "lost answer", "late")


@dataclass(slots=True)
class Fault:
    """An ordered fault; `times` None means until healed, `seconds` is how long a late answer takes (the call is performed first)."""

    method: str  # a Bot API method, `download`, or `*`
    how: str  # one of HOWS, or `400:DESCRIPTION`
    times: int | None = 1
    chat: int | None = None
    retry_after: int = 1
    seconds: float = 3600.0


class Faults:
    """The faults ordered and not yet used up."""

    def __init__(self) -> None:
        self._ordered: list[Fault] = []

    def order(self, fault: Fault) -> None:
        """Take an order. Raises ValueError for a way to fail that does not exist."""
        if fault.how not in HOWS and not fault.how.startswith("400:"):
            raise ValueError(f"no such fault: {fault.how!r}; there are {', '.join(HOWS)}, 400:DESCRIPTION")
        self._ordered.append(fault)

    def heal(self, method: str | None = None) -> None:
        """Forget what was ordered, for one method or for all."""
        self._ordered = [fault for fault in self._ordered if method not in (None, fault.method)]

    def next(self, method: str, chat: int | None) -> Fault | None:
        """The fault that this call meets, if any; its count goes down by one."""
        for fault in self._ordered:
            if fault.method.lower() in ("*", method.lower()) and fault.chat in (None, chat):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._ordered.remove(fault)
                return fault
        return None
