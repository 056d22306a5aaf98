"""What the machine itself can do, measured in the same run: the limits beside which the desk's figures are read."""

import hashlib
import os
import platform
import sqlite3
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from tests.bench.figures import Figure, rate
from tests.support.needs import postgresql_programs

PAGE = 4096
ROW = "x" * 400


def described() -> str:
    """The machine as one would tell a colleague: nothing that names it."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        "",
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    parts = [
        f"{os.cpu_count()} cores" + (f" ({model})" if model else ""),
        f"{memory:.0f} GB of memory",
        f"Linux {platform.release().partition('-')[0]}",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        _postgres_version(),
    ]
    return ", ".join(part for part in parts if part)


def _postgres_version() -> str:
    programs = postgresql_programs()
    if programs is None:
        return ""
    told = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True)
    return "PostgreSQL " + told.stdout.split()[2]


def load() -> str:
    """How busy the machine is with other things just now."""
    return f"load average {os.getloadavg()[0]:.1f} over the last minute"


def per_second(work: Callable[[int], object], seconds: float) -> float:
    """How often a second `work` can be done; it is given its number."""
    done, began = 0, time.perf_counter()
    until = began + seconds
    while time.perf_counter() < until:
        work(done)
        done += 1
    return done / (time.perf_counter() - began)


def limits(folder: Path, seconds: float, postgres: str | None) -> list[Figure]:
    """`postgres`: the address of an empty database, or None."""
    figures = [
        Figure("machine: append and fsync 4 KB", rate(_fsync(folder, seconds))),
        Figure("machine: SQLite WAL FULL, 1 row a commit", f"{rate(_sqlite(folder, seconds, 1))} rows"),
        Figure("machine: SQLite WAL FULL, 32 rows a commit", f"{rate(_sqlite(folder, seconds, 32))} rows"),
        Figure("machine: SHA-256", f"{_sha256(seconds):,.0f} MB/s"),
    ]
    if postgres is not None:
        figures += [
            Figure(
                f"machine: PostgreSQL, 1 row a transaction, {clients} client{'s' * (clients > 1)}",
                rate(_postgres(postgres, seconds, clients)),
            )
            for clients in (1, 8)
        ]
    return figures


def _fsync(folder: Path, seconds: float) -> float:
    page = os.urandom(PAGE)
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:

        def append(_: int) -> None:
            file.write(page)
            os.fsync(file.fileno())

        return per_second(append, seconds)


def _sqlite(folder: Path, seconds: float, rows: int) -> float:
    path = folder / f"limit{rows}.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, text TEXT)")

    def commit(_: int) -> None:
        connection.execute("BEGIN IMMEDIATE")
        for _ in range(rows):
            connection.execute("INSERT INTO kept (text) VALUES (?)", (ROW,))
        connection.execute("COMMIT")

    try:
        return per_second(commit, seconds) * rows
    finally:
        connection.close()
        path.unlink()


def _sha256(seconds: float) -> float:
    """Megabytes a second, in pieces of 1 MB."""
    data = os.urandom(2**20)
    return per_second(lambda _: hashlib.sha256(data).digest(), seconds) * 2**20 / 1e6


def _postgres(address: str, seconds: float, clients: int) -> float:
    url = make_url(address)
    parts = {**url.translate_connect_args(username="user", database="dbname"), **url.query}
    with psycopg.connect(**parts, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS kept (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text TEXT)"
        )
    done: list[float] = []

    def client() -> None:
        with psycopg.connect(**parts, autocommit=True) as connection:
            done.append(
                per_second(
                    lambda _: connection.execute("INSERT INTO kept (text) VALUES (%s)", (ROW,)), seconds
                )
            )

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done)
