"""Fixtures that tests of more than one folder use, and what happens when a program they need isn't there."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.support.needs import NEEDS, corpus_folder, left_out, missing
from tests.support.postgres import PostgresCluster

if TYPE_CHECKING:
    from tests.support.dovecot import Dovecot

CI = os.environ.get("CI") == "true"

# No test may fail because the machine is slow; CI draws the same examples every time, `make fuzz` ever new ones.
settings.register_profile("test", deadline=None, derandomize=CI, print_blob=True)
settings.register_profile("fuzz", deadline=None, max_examples=5_000, print_blob=True)
settings.load_profile("test")


def pytest_configure(config: pytest.Config) -> None:
    """In CI nothing is left out: a missing program ends the run before it begins."""
    absent = [need for need in missing() if need.required_in_ci]
    if absent and CI:
        raise pytest.UsageError(
            "CI leaves nothing out, but here is no " + ", no ".join(n.what for n in absent)
        )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """`--numprocesses=auto`: three workers for two cores, for half of its time a test waits for a daemon, a server or a disk."""
    cores = os.cpu_count() or 1
    return cores + (cores + 1) // 2


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out each test that needs what this machine hasn't got."""
    absent = {need.name for need in missing()}
    kept: list[pytest.Item] = []
    dropped: list[pytest.Item] = []
    for item in items:
        (dropped if needs_of(item) & absent else kept).append(item)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


def needs_of(item: pytest.Item) -> set[str]:
    """The names, as in ``NEEDS``, of what a test needs: by its marks, and by the fixtures it asks for."""
    needs = {name for mark in item.iter_markers("needs") for name in mark.args}
    fixtures = set(getattr(item, "fixturenames", ()))
    needs |= {
        need
        for fixture, need in (("postgres", "postgresql"), ("corpus", "corpus"), ("dovecot", "dovecot"))
        if fixture in fixtures
    }
    unknown = needs - NEEDS.keys()
    if unknown:
        raise pytest.UsageError(
            f"{item.nodeid} needs {sorted(unknown)}, which tests/support/needs.py doesn't list"
        )
    return needs


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say plainly what was left out."""
    for line in left_out(missing()):
        terminalreporter.write_line(line, yellow=True)


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[PostgresCluster]:
    """One PostgreSQL server for this worker process; tests ask for ``postgres``, which makes sure that it runs."""
    # No test cuts the power, and syncing is most of what a database for one test costs.
    cluster = PostgresCluster(fsync=False)
    try:
        cluster.create()
        yield cluster
    finally:
        cluster.remove()


@pytest.fixture
def postgres(postgres_cluster: PostgresCluster) -> Iterator[PostgresCluster]:
    """A running PostgreSQL server; a test may stop and restart it."""
    postgres_cluster.start()
    yield postgres_cluster
    postgres_cluster.start()


@pytest.fixture
def dovecot() -> Iterator["Dovecot"]:
    """A mailbox server with empty mailboxes."""
    from tests.support.dovecot import Dovecot

    with Dovecot() as server:
        yield server


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of an SQLite database that doesn't exist yet."""
    return f"sqlite:///{tmp_path / 'deskd.db'}"


@pytest.fixture
def postgresql_url(postgres: PostgresCluster) -> Iterator[str]:
    """The address of a new, empty PostgreSQL database, removed after the test."""
    url = postgres.create_database()
    yield url
    postgres.start()
    postgres.drop_database(url.rpartition("/")[2].partition("?")[0])


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a new, empty database: the test runs once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real messages with known answers; without it, the tests that use it are left out."""
    return corpus_folder()
