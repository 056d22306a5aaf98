"""A test whose program isn't there is left out and the run says so; in CI the run ends instead."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import install_test_programs
from tests.support.needs import NEEDS, REPOSITORY, left_out


def run_systemd_tests(path: Path, ci: str) -> subprocess.CompletedProcess[str]:
    """The tests that need systemd-analyze, run where PATH holds nothing but the folder given."""
    environment = {**os.environ, "PATH": str(path), "CI": ci}
    environment.pop("PYTEST_XDIST_WORKER", None)
    pytest_command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/unit/test_systemd.py",
    ]
    return subprocess.run(pytest_command, cwd=REPOSITORY, env=environment, capture_output=True, text=True)


def test_the_end_of_a_run_says_what_was_left_out(tmp_path: Path) -> None:
    done = run_systemd_tests(tmp_path, ci="")
    assert done.returncode == 0, done.stdout
    assert "left out: every test that needs systemd-analyze (Debian package systemd)" in done.stdout
    assert " passed, 5 deselected" in done.stdout
    assert "skipped" not in done.stdout


def test_in_ci_nothing_is_left_out(tmp_path: Path) -> None:
    done = run_systemd_tests(tmp_path, ci="true")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "CI leaves nothing out, but here is no systemd-analyze" in done.stderr


def test_the_corpus_may_be_missing_in_ci_since_it_is_not_ours() -> None:
    assert not NEEDS["corpus"].required_in_ci
    assert "real messages" in left_out([NEEDS["corpus"]])[0]


def test_installing_says_why_it_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert install_test_programs.install(["strace"]) == "this machine has no apt-get"
    (tmp_path / "apt-get").touch(mode=0o755)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    why = install_test_programs.install(["strace"])
    assert why == "that takes root, or a sudo that asks for no password"


def test_in_ci_a_package_that_cannot_be_installed_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", "true")
    assert install_test_programs.main() == 1
    monkeypatch.setenv("CI", "")
    assert install_test_programs.main() == 0
    assert re.search(r"not installed: .*systemd.*left out", capsys.readouterr().out, re.DOTALL)
