"""The figures that a run gives, and how they are printed: one table, in Markdown."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `beside`: the machine's own limit, or what else it is measured against, in the same run; `share`: of that, or None."""

    what: str
    measured: str
    beside: str = ""
    share: float | None = None
    to_reach: str = ""
    reached: bool | None = None


def table(figures: Iterable[Figure]) -> str:
    """Columns as wide as they must be, so that it reads well as text too."""
    rows = [("what", "measured", "beside it", "share", "to reach", "")]
    rows += [
        (
            f.what,
            f.measured,
            f.beside,
            "" if f.share is None else f"{f.share:.0%}",
            f.to_reach,
            _mark(f.reached),
        )
        for f in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "| " + " | ".join("-" * max(3, width) for width in widths) + " |")
    return "\n".join(lines)


def _mark(reached: bool | None) -> str:
    return "" if reached is None else "yes" if reached else "no"


def rate(per_second: float) -> str:
    return f"{per_second:,.0f}/s"


def percentile(values: list[float], part: float) -> float:
    """`part` between 0 and 1."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
