"""A throw-away PostgreSQL server for tests: made in a temporary folder, reached by a Unix socket, gone afterwards.

It keeps its promises as a real one does: synchronous_commit stays on, so that what a test sees committed survives
``stop("immediate")``, which is a crash. Only of a power cut it knows nothing where ``fsync`` is off: what it has written is the
system's to keep. It runs as an unprivileged user, since PostgreSQL refuses root.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Literal, LiteralString
from urllib.parse import quote

import psycopg
from psycopg import sql

from tests.support.needs import postgresql_programs

StopMode = Literal["smart", "fast", "immediate"]
USER: LiteralString = "deskd"

# No network: the socket's folder is the address, so that any number of clusters run side by side.
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{sockets}'
max_connections = 100
shared_buffers = 32MB
max_wal_size = 256MB
fsync = {fsync}
logging_collector = off
log_min_messages = warning
"""


def unprivileged_user() -> str | None:
    """The user to run the server as when this process is root; None: as whoever runs the tests."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


class PostgresCluster:
    """One server with its databases.

    A test that stops the server must leave it running: ``start()`` in a ``finally``. The fixture ``postgres`` hands out
    one cluster for each worker process of the run, so stopping it disturbs no test of another worker.
    """

    def __init__(self, *, fsync: bool = True) -> None:
        programs = postgresql_programs()
        if programs is None:
            raise FileNotFoundError("no PostgreSQL server is installed (Debian package postgresql)")
        self._programs = programs
        self._user = unprivileged_user()
        # A short path: a Unix socket's name may have 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="deskd-pg-", dir="/tmp"))
        self._data = self.folder / "data"
        self._fsync = fsync
        self._databases = 0
        self.running = False

    def create(self) -> None:
        """Make the cluster's files, start it, and make the role that owns the databases."""
        self.folder.chmod(0o755)
        if self._user:
            shutil.chown(self.folder, self._user)
        self._run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8",
                  "--no-sync", "--no-instructions", "--pgdata", str(self._data))  # fmt: skip
        with (self._data / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS.format(sockets=self.folder, fsync="on" if self._fsync else "off"))
        self.start()
        self.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(USER)))

    def start(self) -> None:
        """Start the server if it isn't running; returns when it takes connections (30 s at the most)."""
        if not self.running:
            self._run("pg_ctl", "start", "--wait", "--timeout=30", "--silent", "--pgdata", str(self._data),
                      "--log", str(self.folder / "log"))  # fmt: skip
            self.running = True

    def stop(self, mode: StopMode = "fast") -> None:
        """Stop the server: ``smart`` waits for clients, ``fast`` throws them out, ``immediate`` is a crash."""
        if self.running:
            self._run("pg_ctl", "stop", "--wait", "--silent", "--mode", mode, "--pgdata", str(self._data))
            self.running = False

    def restart(self, mode: StopMode = "fast") -> None:
        """Stop and start."""
        self.stop(mode)
        self.start()

    def remove(self) -> None:
        """Stop the server and remove all its files."""
        self.stop("immediate")
        shutil.rmtree(self.folder)

    def url(self, database: str) -> str:
        """The SQLAlchemy address of a database, as ``desk.database`` in deskd.yaml takes it."""
        return f"postgresql+psycopg://{USER}@/{database}?host={quote(str(self.folder), safe='')}"

    def create_database(self, name: str | None = None, *, template: str = "template0") -> str:
        """Make a database (by default under a new name), a copy of ``template``. Returns its address."""
        self._databases += 1
        name = name or f"test_{self._databases}"
        statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
        self.execute(statement.format(*(sql.Identifier(part) for part in (name, USER, template))))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, throwing out whoever is connected to it."""
        self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def kill_backends(self, database: str) -> int:
        """End every connection to a database from the server's side, as an administrator would. Returns how many."""
        killed = self.execute(
            sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}").format(
                sql.Literal(database)
            )
        )
        return len(killed)

    def execute(
        self, statement: sql.SQL | sql.Composed, database: str = "postgres"
    ) -> list[tuple[object, ...]]:
        """Run one statement as the superuser, outside any transaction. Returns its rows, if it gives any."""
        with psycopg.connect(
            host=str(self.folder), user="postgres", dbname=database, autocommit=True
        ) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def log(self) -> str:
        """All that the server has logged so far."""
        log = self.folder / "log"
        return log.read_text(errors="replace") if log.exists() else ""

    def _run(self, program: str, *arguments: str) -> None:
        # Output to a file, not a pipe: the server inherits it and would keep a pipe open for ever.
        with (self.folder / f"{program}.out").open("w+") as output:
            done = subprocess.run(
                [str(self._programs / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                user=self._user,
                group=pwd.getpwnam(self._user).pw_gid if self._user else None,
                extra_groups=[] if self._user else None,
            )
            if done.returncode:
                output.seek(0)
                raise RuntimeError(f"{program} exited with {done.returncode}:\n{output.read()}{self.log()}")
