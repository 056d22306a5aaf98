"""What systemd is told and gives: readiness, the watchdog, sockets it opened. See sd_notify(3) and sd_listen_fds(3)."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence

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
        opened.set_inheritable(
            False
        )  # as sd_listen_fds(3) does: parsing processes must not hold the mail port
        found.setdefault(name, []).append(opened)
    return found


_ANYWHERE = frozenset({"", "0.0.0.0", "::", "*"})  # noqa: S104 - to compare with, not to listen on
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def share_out(
    listeners: Sequence[str], opened: Mapping[str, Sequence[socket.socket]]
) -> tuple[dict[str, list[socket.socket]], list[str]]:
    """Whose socket is whose: for each listener (smtp:127.0.0.1:8025) those handed over for it, and the names of those that are nobody's.

    A socket belongs to the listener whose address it is bound to; else to the one listener left of the kind it is named after
    (FileDescriptorName=smtp), whatever its port.
    """
    shared: dict[str, list[socket.socket]] = {name: list(opened.get(name, ())) for name in listeners}
    left = [(name, sock) for name, socks in opened.items() if name not in shared for sock in socks]
    for name, sock in list(left):
        found = next((one for one in listeners if _is_bound_to(sock, one.partition(":")[2])), None)
        if found is not None:
            shared[found].append(sock)
            left.remove((name, sock))
    for kind in dict.fromkeys(name for name, _ in left):
        without = [one for one in listeners if one.partition(":")[0] == kind and not shared[one]]
        if len(without) == 1:
            shared[without[0]] = [sock for name, sock in left if name == kind]
            left = [(name, sock) for name, sock in left if name != kind]
    return shared, [name for name, _ in left]


def _is_bound_to(sock: socket.socket, address: str) -> bool:
    bound = sock.getsockname()
    if not isinstance(bound, tuple):
        return bool(bound == address)
    host, _, port = address.rpartition(":")
    if port != str(bound[1]):
        return False
    wanted, at = host.strip("[]"), str(bound[0])
    return wanted == at or bool({wanted, at} & _ANYWHERE) or {wanted, at} <= _HERE
