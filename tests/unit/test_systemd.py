"""The units that ship: valid to systemd, and as closed as a daemon on the open net should be."""

import configparser
import re
import subprocess
from pathlib import Path

import pytest

from tests.support.needs import REPOSITORY

UNITS = REPOSITORY / "systemd"
SOME_PROGRAM = (
    "/bin/true"  # `verify` wants the program to exist; where deskd is installed is the admin's choice
)


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """A folder with the units as they ship, but for the path of the program."""
    for unit in UNITS.iterdir():
        text = unit.read_text()
        (tmp_path / unit.name).write_text(re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={SOME_PROGRAM}", text))
    return tmp_path


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run systemd-analyze; it needs no running systemd for what is asked here."""
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True)


def settings(unit: str) -> configparser.ConfigParser:
    """A unit's sections and settings; of a setting given twice the last."""
    parsed = configparser.ConfigParser(strict=False, interpolation=None, delimiters=["="])
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read(UNITS / unit)
    return parsed


@pytest.mark.needs("systemd")
@pytest.mark.parametrize("unit", ["deskd.service", "deskd.socket"])
def test_systemd_finds_nothing_wrong(units: Path, unit: str) -> None:
    done = analyze("verify", "--man=no", str(units / unit))
    about_ours = [line for line in done.stderr.splitlines() if "deskd" in line or str(units) in line]
    assert about_ours == []
    assert done.returncode == 0, done.stderr


@pytest.mark.needs("systemd")
def test_a_misspelt_setting_would_be_found(units: Path) -> None:
    service = units / "deskd.service"
    service.write_text(service.read_text().replace("ProtectHome=", "ProtectHmoe="))
    assert "ProtectHmoe" in analyze("verify", "--man=no", str(service)).stderr


@pytest.mark.needs("systemd")
def test_the_exposure_level_is_at_most_one_and_a_half(units: Path) -> None:
    done = analyze("security", "--offline=true", "--threshold=15", str(units / "deskd.service"))
    assert re.search(r"Overall exposure level for \S+: [\d.]+ OK", done.stdout), done.stdout + done.stderr
    assert done.returncode == 0, done.stdout


def test_the_service_is_told_how_the_daemon_behaves() -> None:
    service = settings("deskd.service")["Service"]
    assert service["Type"] == "notify"
    assert service["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert service["RestartPreventExitStatus"] == "2"
    assert service["ExecStart"].split()[1:] == ["run", "--config", "/etc/deskd/deskd.yaml"]
    assert int(service["TimeoutStopSec"].rstrip("s")) > 10  # the daemon's own limit
