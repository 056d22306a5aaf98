"""What systemd is told and gives: readiness, the watchdog, sockets it opened. See sd_notify(3) and sd_listen_fds(3)."""

from __future__ import annotations

import socket
from collections.abc import Mapping

FIRST_FD = 3  # SD_LISTEN_FDS_START


def notify(message: str, env: Mapping[str, str]) -> bool:
    """Send `READY=1`, `STOPPING=1`, `WATCHDOG=1`… to systemd; False where there is none to tell."""
    address = env.get("NOTIFY_SOCKET")
    if not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to_systemd:
        to_systemd.connect(address)
        to_systemd.sendall(message.encode())
    return True


def watchdog_seconds(env: Mapping[str, str], pid: int) -> float | None:
    """How often at least systemd wants to hear that all is well; None where it doesn't ask."""
    if env.get("WATCHDOG_PID", str(pid)) != str(pid) or not env.get("WATCHDOG_USEC", "").isdecimal():
        return None
    return int(env["WATCHDOG_USEC"]) / 1e6


def listening_sockets(env: Mapping[str, str], pid: int) -> dict[str, list[socket.socket]]:
    """The sockets systemd opened for us, by the name their unit gives them (FileDescriptorName=)."""
    if env.get("LISTEN_PID") != str(pid) or not env.get("LISTEN_FDS", "").isdecimal():
        return {}
    names = env.get("LISTEN_FDNAMES", "").split(":")
    found: dict[str, list[socket.socket]] = {}
    for number in range(int(env["LISTEN_FDS"])):
        name = names[number] if number < len(names) and names[number] else "unknown"
        opened = socket.socket(fileno=FIRST_FD + number)
        opened.setblocking(False)
        found.setdefault(name, []).append(opened)
    return found
