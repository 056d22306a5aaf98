"""`make bench`: measures, and prints a table. `python -m tests.bench --help` names the parts and sizes."""

import argparse
import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from deskd.errors import DeskdError
from tests.bench import machine
from tests.bench.figures import Figure, table
from tests.bench.parts import PARTS
from tests.bench.run import Run
from tests.support.needs import postgresql_programs
from tests.support.postgres import PostgresCluster


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    if unknown := set(asked.parts) - PARTS.keys():
        print(
            f"no part is called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}", file=sys.stderr
        )
        return 2
    with (
        tempfile.TemporaryDirectory(prefix="deskd-bench-", dir=asked.folder) as folder,
        _postgres() as cluster,
    ):
        run = Run(Path(folder), asked.scale, asked.rules, asked.tickets, asked.rounds, cluster)
        print(f"{machine.described()}; {machine.load()}", flush=True)
        began = time.monotonic()
        figures = asyncio.run(_measure(run, asked.parts or list(PARTS)))
    print(f"{machine.load()}; measured in {(time.monotonic() - began) / 60:.1f} minutes\n\n{table(figures)}")
    return 0


async def _measure(run: Run, parts: Sequence[str]) -> list[Figure]:
    figures: list[Figure] = []
    for name in parts:
        print(f"measuring {name}", file=sys.stderr, flush=True)
        try:
            figures += await PARTS[name](run)
        except (RuntimeError, TimeoutError, DeskdError) as failure:
            figures.append(Figure(name, "could not be measured", reached=False))
            print(failure, file=sys.stderr, flush=True)
        if sys.stderr.isatty():
            print(table(figures), file=sys.stderr, flush=True)
    return figures


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description="Measure deskd's speed beside the machine's own."
    )
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"what to measure, all of it by default: {', '.join(PARTS)}"
    )
    parser.add_argument(
        "--scale",
        type=float,
        default=1.0,
        help="send so many times as many mails (0.2: a fifth, for a quick look)",
    )
    parser.add_argument("--rules", type=int, default=100, help="rules the desk has (100)")
    parser.add_argument(
        "--tickets",
        type=int,
        default=100_000,
        help="tickets that parts `many` and `clocks` put into the desk first (100,000)",
    )
    parser.add_argument("--rounds", type=int, default=2, help="how often acceptance is measured in turns (2)")
    parser.add_argument(
        "--folder",
        type=Path,
        default=None,
        help="where the databases lie: the disk that counts (the system's temporary folder)",
    )
    return parser


@contextlib.contextmanager
def _postgres() -> Iterator[PostgresCluster | None]:
    """A throw-away server; None where none is installed: its figures are left out then."""
    if postgresql_programs() is None:
        print("no PostgreSQL server is installed: its figures are left out", file=sys.stderr)
        yield None
        return
    cluster = PostgresCluster()
    try:
        cluster.create()
        yield cluster
    finally:
        cluster.remove()


if __name__ == "__main__":
    sys.exit(main())
