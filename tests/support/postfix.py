"""A real Postfix out of a temporary folder, on high ports: what comes to it for acme.example goes to deskd by LMTP, all else to a stand-in.

It takes root, since Postfix drops privileges by itself. The folder lies directly under /tmp: its processes must get there, and a socket's path is short.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.daemon import free_port

_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
myhostname = mx.acme.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_client_restrictions =
smtpd_authorized_xforward_hosts = 127.0.0.0/8
virtual_mailbox_domains = acme.example
virtual_transport = lmtp:unix:{folder}/lmtp.sock
lmtp_send_xforward_command = yes
lmtp_destination_recipient_limit = 50
default_transport = smtp:[127.0.0.1]:{out}
smtp_dns_support_level = disabled
smtp_tls_security_level = none
alias_maps =
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
transport_retry_time = 1s
"""
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix n - n 1 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 1 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
smtp      unix - - n - - smtp
lmtp      unix - - n - - lmtp
error     unix - - n - - error
retry     unix - - n - - error
showq     unix n - n - - showq
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True, slots=True)
class Postfix:
    """`port` is where mail comes in; `socket` is where deskd is to listen for LMTP."""

    folder: Path
    port: int

    @property
    def socket(self) -> Path:
        return self.folder / "lmtp.sock"

    def waiting(self) -> str:
        """What is in its queue."""
        return self._run("postqueue", "-p")

    def log(self) -> str:
        path = self.folder / "mail.log"
        return path.read_text() if path.exists() else ""

    def _run(self, program: str, *arguments: str) -> str:
        command = [program, "-c", str(self.folder / "etc"), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


# As docs/mail-setup.md has it, so that an address nobody has is refused while its sender is connected.
_KNOWN = """
virtual_mailbox_maps = hash:{folder}/etc/desk
recipient_delimiter = +
"""


@contextmanager
def running_postfix(out: int, *known: str) -> Iterator[Postfix]:
    """`out`: the port of the server that takes what isn't for the desk; `known`: the desk's addresses, if Postfix is to know them."""
    folder = Path(tempfile.mkdtemp(prefix="pf-", dir="/tmp"))
    folder.chmod(0o755)
    postfix = Postfix(folder, free_port())
    for name in ("etc", "queue", "data"):
        (folder / name).mkdir()
    main = _MAIN + _KNOWN if known else _MAIN
    (folder / "etc" / "main.cf").write_text(main.format(folder=folder, out=out))
    (folder / "etc" / "desk").write_text("".join(f"{address} desk\n" for address in known))
    (folder / "etc" / "master.cf").write_text(_MASTER.format(port=postfix.port))
    shutil.chown(folder / "data", "postfix")
    try:
        postfix._run("postmap", str(folder / "etc" / "desk"))
        postfix._run("postfix", "start")
        yield postfix
    finally:
        subprocess.run(["postfix", "-c", folder / "etc", "stop"], capture_output=True, check=False)
        shutil.rmtree(folder, ignore_errors=True)
