"""What tests use that no Python package brings, and where to find it.

A test says ``@pytest.mark.needs("strace")``; whatever asks for the ``postgres`` fixture or runs on PostgreSQL is marked by
itself. tests/conftest.py leaves out the tests whose need is missing and says so in plain words at the end of the run;
with ``CI=true`` a missing program ends the run instead. scripts/install_test_programs.py installs what is missing.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def corpus_folder() -> Path:
    """The folder of real messages with known answers: beside the checkout, or where ``DESKD_FIXTURES`` says."""
    return Path(os.environ.get("DESKD_FIXTURES") or REPOSITORY.parent / "shared" / "fixtures")


def postgresql_programs() -> Path | None:
    """The folder that holds ``initdb`` and ``pg_ctl`` of the newest PostgreSQL server installed, or None.

    Debian keeps them out of PATH, one folder a version: /usr/lib/postgresql/15/bin.
    """
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest_first = sorted(debian, key=lambda initdb: float(initdb.parts[-3]), reverse=True)
    on_path = shutil.which("initdb")
    for initdb in [*newest_first, *([Path(on_path).resolve()] if on_path else [])]:
        if (initdb.parent / "pg_ctl").exists():
            return initdb.parent
    return None


def may_mount() -> bool:
    """Whether this process may mount: even root in a container often may not."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], capture_output=True).returncode:
            return False
        subprocess.run(["umount", folder], check=True)
    return True


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that some tests cannot do without."""

    name: str
    what: str  # as a person would say it
    present: Callable[[], bool]
    package: str | None  # Debian's name; None: nothing to install
    required_in_ci: bool = True


NEEDS: dict[str, Need] = {
    need.name: need
    for need in (
        Need("postgresql", "a PostgreSQL server", lambda: postgresql_programs() is not None, "postgresql"),
        Need("systemd", "systemd-analyze", lambda: shutil.which("systemd-analyze") is not None, "systemd"),
        Need("strace", "strace", lambda: shutil.which("strace") is not None, "strace"),
        Need(
            "postfix",
            "Postfix, started by root",
            lambda: (
                shutil.which("postfix", path=f"{os.environ.get('PATH', '')}:/usr/sbin") is not None
                and os.geteuid() == 0
            ),
            "postfix",
            required_in_ci=False,  # root is not everybody's
        ),
        Need("mount", "the right to mount a file system", may_mount, package=None, required_in_ci=False),
        Need("dovecot", "Dovecot", lambda: Path("/usr/sbin/dovecot").exists(), "dovecot-imapd"),
        Need("chromium", "Chromium", lambda: shutil.which("chromium") is not None, "chromium"),
        Need(
            "corpus",
            f"the folder of real messages, {os.path.relpath(corpus_folder(), REPOSITORY)}",
            lambda: corpus_folder().is_dir(),
            package=None,
            required_in_ci=False,  # it is not part of this repository
        ),
    )
}


def missing() -> list[Need]:
    """Every need that this machine doesn't meet, in the table's order."""
    return [need for need in NEEDS.values() if not need.present()]


def left_out(absent: Iterable[Need]) -> list[str]:
    """A line each for the end of a run: what was left out, and what would bring it in."""
    return [
        f"left out: every test that needs {need.what}"
        + (f" (Debian package {need.package})" if need.package else "")
        for need in absent
    ]
