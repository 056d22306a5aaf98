"""A throw-away Dovecot for tests: IMAP on loopback ports, mail in a temporary folder, run as an unprivileged user.

with Dovecot() as server:
    server.deliver(b"From: …", user="support")    # as a delivering server would: a file in the Maildir's new/
    server.flags()                                 # what is in the mailbox, uid -> flags
"""

from __future__ import annotations

import contextlib
import grp
import imaplib
import itertools
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

PASSWORD = "s3cret"
WITHIN = 60.0  # seconds for the server to begin and to end
CERTIFICATES = Path(__file__).parent / "tls"

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{folder}/mail/%u
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
mailbox_list_index = no
auth_failure_delay = 0
verbose_proctitle = no
auth_mechanisms = {mechanisms}
disable_plaintext_auth = no
service imap-login {{
  chroot =
  process_min_avail = 0
  client_limit = 200
  service_count = 0
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap {{
  process_limit = 300
}}
protocol imap {{
  mail_max_userip_connections = 200
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
"""

TLS = """
ssl = yes
ssl_cert = <{folder}/localhost.pem
ssl_key = <{folder}/localhost.key
"""

NO_TLS = """
ssl = no
"""

OAUTH2 = """
introspection_mode = post
introspection_url = {introspection}
username_attribute = username
active_attribute = active
active_value = true
"""

BY_PASSWORD = """
passdb {{
  driver = static
  args = password={password}
}}
"""

BY_TOKEN = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
"""

PROGRAM = "/usr/sbin/dovecot"


def _quiet_port() -> int:
    """A free port below those that the system gives to connections: it stays free while a server that was killed is away."""
    while True:
        port = 15_000 + secrets.randbelow(15_000)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


OLD = "IMAP4rev1 SASL-IR LITERAL+ ENABLE"
"""What a server of twenty years ago says it can: no IDLE, no MOVE, no UIDPLUS."""


class Dovecot:
    """`capabilities`: what it says it can, in place of all that it can; `introspection`: a URL where tokens are looked at, and then passwords
    are no way in; `tls`: on `tls_port` from the start, on `port` by STARTTLS, with the certificate of localhost."""

    def __init__(
        self, *, capabilities: str = "", introspection: str | None = None, tls: bool = False
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="deskd-imap-", dir="/tmp"))
        self.port, self.tls_port = 0, 0
        self._user = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self._capabilities = capabilities
        self._introspection = introspection
        self._tls = tls
        self.password = PASSWORD
        """Takes effect with the next start."""
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)

    def __enter__(self) -> Self:
        try:
            self.folder.chmod(0o755)
            for name in ("run", "state", "mail"):
                (self.folder / name).mkdir()
            self._start_on_free_ports()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def _configure(self) -> None:
        for file in ("localhost.pem", "localhost.key"):
            shutil.copy(CERTIFICATES / file, self.folder)
        values = {
            "folder": self.folder,
            "user": self._user,
            "group": grp.getgrgid(pwd.getpwnam(self._user).pw_gid).gr_name,
            "port": self.port,
            "tls_port": self.tls_port if self._tls else 0,
            "password": self.password,
            "introspection": self._introspection,
        }
        text = CONFIG + (BY_TOKEN if self._introspection else BY_PASSWORD) + (TLS if self._tls else NO_TLS)
        if self._capabilities:
            text += "protocol imap {{\n  imap_capability = " + self._capabilities + "\n}}\n"
        mechanisms = "xoauth2" if self._introspection else "plain login"
        (self.folder / "dovecot.conf").write_text(text.format(mechanisms=mechanisms, **values))
        if self._introspection:
            (self.folder / "oauth2.conf").write_text(OAUTH2.format(**values))
        if os.geteuid() == 0:
            for path in [self.folder, *self.folder.glob("*"), *self.folder.glob("mail/*")]:
                shutil.chown(path, self._user)

    # ── its life ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def start(self) -> None:
        """Returns when it greets."""
        self._configure()
        log = (self.folder / "output").open("ab")
        with log:
            self._process = subprocess.Popen(
                [PROGRAM, "-F", "-c", str(self.folder / "dovecot.conf")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self._user if os.geteuid() == 0 else None,
                group=pwd.getpwnam(self._user).pw_gid if os.geteuid() == 0 else None,
                extra_groups=[] if os.geteuid() == 0 else None,
                start_new_session=True,
            )
        until = time.monotonic() + WITHIN
        while not self._greets():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"Dovecot doesn't start:\n{self.log()}")
            time.sleep(0.02)

    def _start_on_free_ports(self) -> None:
        """Another program may take a port between the look and Dovecot's start: then others are tried."""
        for last in (False, False, False, True):
            self.port, self.tls_port = _quiet_port(), _quiet_port()
            try:
                self.start()
            except RuntimeError:
                if last:
                    raise
            else:
                return

    def _greets(self) -> bool:
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", self.port), timeout=5) as line,
        ):
            return line.recv(64).startswith(b"* OK")
        return False

    def kill(self) -> None:
        """All of it at once, as a machine that loses its power."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
        # What it starts is in the same process group, but for a moment the ports may still be held.
        (self.folder / "run" / "master.pid").unlink(missing_ok=True)

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self) -> str:
        return "".join(
            path.read_text(errors="replace")
            for path in (self.folder / "output", self.folder / "log")
            if path.exists()
        )

    # ── mailboxes ────────────────────────────────────────────────────────────────────────────────────────────────────

    def maildir(self, user: str = "support", folder: str = "INBOX") -> Path:
        root = self.folder / "mail" / user
        return root if folder == "INBOX" else root / f".{folder}"

    def deliver(self, *mails: bytes, user: str = "support", folder: str = "INBOX") -> None:
        """As a delivering server does: written aside, then moved into new/ whole."""
        root = self.maildir(user, folder)
        for name in (root, root / "tmp", root / "new", root / "cur"):
            if not name.exists():
                name.mkdir(parents=True)
                self._own(name)
        for content in mails:
            number = next(self._numbers)
            path = root / "tmp" / f"{1763800000 + number}.M{number}P{os.getpid()}.host"
            path.write_bytes(content)
            self._own(path)
            path.rename(root / "new" / path.name)

    def _own(self, path: Path) -> None:
        if os.geteuid() == 0:
            shutil.chown(path, self._user, grp.getgrgid(pwd.getpwnam(self._user).pw_gid).gr_name)

    @contextlib.contextmanager
    def client(self, user: str = "support", folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        """What a person's mail program sees."""
        with imaplib.IMAP4("127.0.0.1", self.port) as client:
            client.login(user, self.password)
            client.select(folder)
            yield client

    def flags(self, user: str = "support", folder: str = "INBOX") -> dict[int, str]:
        """Uid -> flags, of all mails in a folder; empty for a folder that isn't there."""
        with imaplib.IMAP4("127.0.0.1", self.port) as client:
            client.login(user, self.password)
            if client.select(folder, readonly=True)[0] != "OK":
                return {}
            found: dict[int, str] = {}
            for line in client.uid("FETCH", "1:*", "(FLAGS)")[1]:
                text = line.decode() if isinstance(line, bytes) else ""
                if match := re.search(r"UID (\d+).*FLAGS \(([^)]*)\)|FLAGS \(([^)]*)\).*UID (\d+)", text):
                    found[int(match[1] or match[4])] = match[2] or match[3] or ""
            return found

    def new_uidvalidity(self, user: str = "support") -> None:
        """Forget all uids, as after a restore from a backup: every mail gets another one."""
        uids = self.maildir(user) / "dovecot-uidlist"
        version, *rest = uids.read_text().splitlines()[0].split()
        before = next(int(word[1:]) for word in rest if word.startswith("V"))
        uids.write_text(f"{version} V{before + 1} N1 G{before:032x}\n")
        for index in self.maildir(user).glob("dovecot*index*"):
            index.unlink()
