"""The units that ship: valid to systemd, and as closed as a daemon on the open net should be."""

import configparser
import re
import socket
import subprocess
from pathlib import Path

import pytest

from deskd.systemd import listening_sockets, share_out
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
@pytest.mark.parametrize("unit", ["deskd.service", "deskd.socket", "deskd-lmtp.socket"])
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


def listening(host: str = "127.0.0.1") -> socket.socket:
    opened = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    opened.bind((host, 0))
    return opened


def test_a_socket_goes_to_the_listener_of_its_address_whatever_its_name() -> None:
    with listening() as one, listening() as other:
        names = [f"smtp:127.0.0.1:{one.getsockname()[1]}", f"http:0.0.0.0:{other.getsockname()[1]}"]
        shared, unused = share_out(names, {"deskd.socket": [other, one]})
        assert shared == {names[0]: [one], names[1]: [other]}
        assert unused == []


def test_a_socket_on_every_address_serves_the_one_configured() -> None:
    with listening("::") as one:
        name = f"smtp:127.0.0.1:{one.getsockname()[1]}"
        assert share_out([name], {"unknown": [one]}) == ({name: [one]}, [])


def test_a_name_serves_where_the_port_differs_and_one_of_the_kind_is_left() -> None:
    with listening() as one:
        assert share_out(["smtp:127.0.0.1:1"], {"smtp": [one]}) == ({"smtp:127.0.0.1:1": [one]}, [])
        assert share_out(["http:127.0.0.1:1"], {"smtp": [one]}) == ({"http:127.0.0.1:1": []}, ["smtp"])
        two = ["smtp:127.0.0.1:1", "smtp:127.0.0.1:2"]
        assert share_out(two, {"smtp": [one]})[1] == ["smtp"]


def test_a_unix_socket_is_known_by_its_path(tmp_path: Path) -> None:
    path = str(tmp_path / "lmtp.sock")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(path)
        assert share_out([f"lmtp:{path}"], {"unknown": [one]}) == ({f"lmtp:{path}": [one]}, [])


def test_sockets_meant_for_another_process_are_left_alone() -> None:
    assert listening_sockets({"LISTEN_PID": "1", "LISTEN_FDS": "1"}, 2) == {}
    assert listening_sockets({}, 2) == {}
