"""One connection to a mailbox, logged in, with the folder open: blocking, for one thread. Failures are `faults.MailboxTrouble`.

A mail is only ever fetched by PEEK, which changes nothing in the mailbox; what is to become of it there is in `after`.
"""

from __future__ import annotations

import contextlib
import functools
import imaplib
import select
import socket
import ssl
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from connectors.imap.faults import (
    FolderMissing,
    LoginRefused,
    MailboxTrouble,
    TlsTrouble,
    connecting,
    reading,
    refused,
)
from deskd.config.channels import ImapAccount

# An answer to SEARCH is one line; imaplib's own limit of 1 MB is met by a folder of 150,000 mails.
imaplib._MAXLINE = 32_000_000  # type: ignore[attr-defined]

_AT_ONCE: Final = 500  # uids a command: servers limit a line's length
_BROKEN: Final = (IMAPClientError, OSError, EOFError, ValueError, AttributeError)
_SIZE: Final = b"RFC822.SIZE"
_BODY: Final = b"BODY[]"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: for the connection to be made, and for each answer."""

    connect: float = 15.0
    answer: float = 60.0


@functools.cache
def trusted() -> ssl.SSLContext:
    """Whom this machine trusts. One for all accounts: reading the certificates takes tens of milliseconds and a few MB."""
    return ssl.create_default_context()


class Session:
    """`open` makes one. Only `hang_up` may be called by another thread."""

    def __init__(self, client: IMAPClient) -> None:
        self._client = client
        self.uidvalidity = 0

    # ── beginning and end ────────────────────────────────────────────────────────────────────────────────────────────

    @classmethod
    def connect(cls, account: ImapAccount, timeouts: Timeouts, tls: ssl.SSLContext | None = None) -> Session:
        """A connection, protected as the account asks. Raises `MailboxTrouble`, `TlsTrouble`."""
        context = None if account.tls == "none" else tls or trusted()
        with connecting(account):
            client = IMAPClient(
                account.host,
                account.port_or_default,
                ssl=account.tls == "implicit",
                ssl_context=context,
                timeout=SocketTimeout(timeouts.connect, timeouts.answer),
            )
            # It would write each answer into a string for its log, a mail of 25 MB several times over, and the token as well.
            client._imap.debug = 0
            session = cls(client)
            try:
                client.socket().setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                if account.tls == "starttls":
                    session._start_tls(account, context)
            except BaseException:
                session.close()
                raise
        return session

    def _start_tls(self, account: ImapAccount, context: ssl.SSLContext | None) -> None:
        if not self._client.has_capability("STARTTLS"):
            raise TlsTrouble(
                f"{account.host}:{account.port_or_default} doesn't offer STARTTLS",
                "set tls: true with port 993; tls: none sends the password in clear",
            )
        self._client.starttls(context)

    def log_in(self, account: ImapAccount, token: str | None = None) -> None:
        """By `token`, or by the account's password. Raises `LoginRefused`; `MailboxTrouble` where the server can't say."""
        with connecting(account):
            try:
                if token is not None:
                    self._forget_capabilities()
                    self._client.oauth2_login(account.username, token)
                else:
                    self._by_password(account)
            except IMAPClientError as failure:
                raise refused(failure, account) from failure

    def _by_password(self, account: ImapAccount) -> None:
        password = account.password.get_secret_value() if account.password is not None else ""
        if self._client.has_capability("LOGINDISABLED"):
            raise LoginRefused(
                f"{account.host} takes no password over this connection", "set tls: true or tls: starttls"
            )
        can_plain = self._client.has_capability("AUTH=PLAIN")
        self._forget_capabilities()
        # LOGIN is what every server knows, but it has no way to say other letters than ASCII's, nor a space in a name.
        plain = account.username.isascii() and password.isascii() and " " not in account.username
        if plain or not can_plain:
            self._client.login(account.username, password)
        else:
            self._client.plain_login(account.username, password)

    def _forget_capabilities(self) -> None:
        """Those that were told before the login: after it there are more."""
        self._client._cached_capabilities = None
        self._client._imap.untagged_responses.pop("CAPABILITY", None)

    def open(self, folder: str, *, to_read: bool = False) -> int:
        """Select a folder; how many mails are in it. Raises `FolderMissing` with those that there are."""
        with reading("opening the folder"):
            try:
                found = self._client.select_folder(folder, readonly=to_read)
            except IMAPClientError as failure:
                if isinstance(failure, IMAPClientAbortError):
                    raise
                raise FolderMissing(folder, self.folders()) from failure
        self.uidvalidity = int(found.get(b"UIDVALIDITY", 0))
        if not self.uidvalidity:  # RFC 3501 2.3.1.1: then uids mean nothing from one session to the next
            raise MailboxTrouble("the server gives no UIDVALIDITY: its mails can't be told apart")
        return int(found.get(b"EXISTS", 0))

    def close(self) -> None:
        """Say goodbye, if the other side still listens."""
        with contextlib.suppress(*_BROKEN):
            self._client.socket().settimeout(2.0)
            self._client.logout()
            return
        with contextlib.suppress(*_BROKEN):
            self._client.shutdown()

    def hang_up(self) -> None:
        """Cut the connection, whatever it waits for; for another thread. `close` follows in its own."""
        with contextlib.suppress(OSError, AttributeError):
            # Not the TLS socket's own shutdown, which would take the encryption away from under the thread that reads.
            socket.socket.shutdown(self._client.socket(), socket.SHUT_RDWR)

    # ── what the server is ───────────────────────────────────────────────────────────────────────────────────────────

    def can(self, capability: str) -> bool:
        with reading("asked what it can"):
            return bool(self._client.has_capability(capability))

    def peer(self) -> str | None:
        """The server's IP address."""
        try:
            return str(self._client.socket().getpeername()[0])
        except OSError:
            return None

    def folders(self) -> list[str]:
        with reading("listing the folders"):
            return sorted(str(name) for _, _, name in self._client.list_folders())

    # ── mails ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def search(self, *criteria: str | date) -> list[int]:
        """Uids, ascending."""
        with reading("searching"):
            return sorted(int(uid) for uid in self._client.search(list(criteria)))

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """In bytes; of those that are there."""
        return {
            uid: int(got[_SIZE]) for uid, got in self._fetched(uids, ["RFC822.SIZE"]).items() if _SIZE in got
        }

    def bodies(self, uids: Sequence[int]) -> dict[int, bytes | None]:
        """The mails' bytes, of those that are there; None where the server gives nothing for a mail that it has."""
        found = self._fetched(uids, ["BODY.PEEK[]"])
        return {uid: got.get(_BODY) or None for uid, got in found.items()}

    def message_ids(self, uids: Sequence[int]) -> dict[int, str]:
        """Message-IDs without <>, "" for a mail that has none; of those that are there."""
        name = "BODY[HEADER.FIELDS (MESSAGE-ID)]"
        found = self._fetched(uids, [name.replace("BODY[", "BODY.PEEK[")])
        return {uid: _id_in(got.get(name.encode()) or b"") for uid, got in found.items()}

    def _fetched(self, uids: Sequence[int], items: Sequence[str]) -> dict[int, Mapping[bytes, Any]]:
        found: dict[int, Mapping[bytes, Any]] = {}
        with reading("fetching"):
            for at in range(0, len(uids), _AT_ONCE):
                found |= self._client.fetch(list(uids[at : at + _AT_ONCE]), list(items))
        return found

    # ── what is done with them ───────────────────────────────────────────────────────────────────────────────────────

    def flag(self, uids: Sequence[int], flag: bytes) -> None:
        with reading("marking mails"):
            for at in range(0, len(uids), _AT_ONCE):
                self._client.add_flags(list(uids[at : at + _AT_ONCE]), [flag], silent=True)

    def move(self, uids: Sequence[int], folder: str) -> None:
        with reading("moving mails"):
            self._client.move(list(uids), folder)

    def copy(self, uids: Sequence[int], folder: str) -> None:
        with reading("copying mails"):
            self._client.copy(list(uids), folder)

    def expunge(self, uids: Collection[int]) -> None:
        """Remove these mails, which are marked \\Deleted. A server without UIDPLUS would remove all that is marked so: where that is
        more, it stays marked until somebody does."""
        with reading("deleting mails"):
            if self._client.has_capability("UIDPLUS"):
                self._client.uid_expunge(sorted(uids))
            elif set(self._client.search(["DELETED"])) <= set(uids):
                self._client.expunge()

    def make_folder(self, name: str) -> bool:
        """Whether it was made: False where it is there already."""
        with reading("making a folder"):
            if self._client.folder_exists(name):
                return False
            self._client.create_folder(name)
            with contextlib.suppress(IMAPClientError):
                self._client.subscribe_folder(name)
            return True

    # ── new mail ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def forget_news(self) -> None:
        """Before a search: what was told by now, it will find."""
        self._client._imap.response("EXISTS")

    def news(self) -> bool:
        """Whether mail came since `forget_news`. The server may tell of it in the answer to any command, where imapclient passes it over."""
        with reading("asking for new mail"):
            self._client.noop()
            _, told = self._client._imap.response("EXISTS")
        return any(told)

    def idle(self, seconds: float) -> None:
        """Until the server tells anything, or for so long (RFC 2177)."""
        with reading("waiting for mail"):
            self._client.idle()
            if not self._buffered():
                _poll(self._client.socket(), seconds)
            # Reads what the server told, too. At the end of a dead connection it raises, where imapclient's idle_check would say that
            # there is nothing, at once and for ever.
            self._client.idle_done()

    def _buffered(self) -> bool:
        """Whether there is something read already that a poll of the socket wouldn't show."""
        sock = self._client.socket()
        before = sock.gettimeout()
        sock.settimeout(0)
        try:
            return bool(self._client._imap.file.peek(1))
        except (ssl.SSLWantReadError, BlockingIOError):
            return False
        finally:
            sock.settimeout(before)


def _poll(sock: socket.socket, seconds: float) -> None:
    waiting = select.poll()  # not select(): there may be more than 1024 files
    waiting.register(sock.fileno(), select.POLLIN)
    waiting.poll(seconds * 1000)


def _id_in(header: bytes) -> str:
    return header.partition(b":")[2].strip().decode("utf-8", "replace").strip("<> \t\r\n")
