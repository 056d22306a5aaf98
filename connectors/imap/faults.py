"""What goes wrong with a mailbox, by whose matter it is, and in words for people."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator, Sequence
from typing import Final

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError

from deskd.config.channels import ImapAccount
from deskd.errors import TemporaryFailure

_FOR_NOW: Final = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]")  # RFC 5530: it may be otherwise soon


class MailboxTrouble(TemporaryFailure):
    """The mailbox can't be read now; `remedy` is for the operator.

    `refusal`: the server said no, and the connection is as good as before.
    """

    def __init__(self, message: str, remedy: str = "", *, refusal: bool = False) -> None:
        super().__init__(message)
        self.remedy = remedy
        self.refusal = refusal


class LoginRefused(MailboxTrouble):
    """A person must mend it. To try again and again may lock the account."""


class TlsTrouble(MailboxTrouble):
    """The connection can't be protected as asked."""


class FolderMissing(MailboxTrouble):
    """`folders`: those that there are."""

    def __init__(self, folder: str, folders: Sequence[str]) -> None:
        super().__init__(
            f"the folder {folder!r} can't be opened; there are: {', '.join(folders[:50]) or 'none'}",
            "name one of them as folder under imap",
        )


@contextlib.contextmanager
def connecting(account: ImapAccount) -> Iterator[None]:
    """Failures of the way to the server, in words."""
    name = f"{account.host}:{account.port_or_default}"
    try:
        yield
    except MailboxTrouble:
        raise
    except ssl.SSLCertVerificationError as failure:
        raise TlsTrouble(f"{name}: {_certificate(failure)}", _certificate_remedy(failure)) from failure
    except ssl.SSLError as failure:
        raise TlsTrouble(
            f"{name}: TLS can't be begun ({words_of(failure)})",
            "tls: true belongs to port 993, tls: starttls to port 143",
        ) from failure
    except socket.gaierror as failure:
        raise MailboxTrouble(
            f"no server is known as {account.host} ({failure.strerror})", "check host"
        ) from failure
    except TimeoutError as failure:
        raise MailboxTrouble(
            f"{name} does not answer", "check host, port and the firewall between"
        ) from failure
    except ConnectionRefusedError as failure:
        raise MailboxTrouble(f"{name} refuses connections", "check host and port") from failure
    except (IMAPClientError, OSError, EOFError, ValueError, AttributeError) as failure:
        raise MailboxTrouble(f"{name}: {words_of(failure)}") from failure


@contextlib.contextmanager
def reading(doing: str) -> Iterator[None]:
    """Failures of a connection that is open. (A socket shut down by another thread shows in imaplib as any of these.)"""
    try:
        yield
    except MailboxTrouble:
        raise
    except TimeoutError as failure:
        raise MailboxTrouble(f"the server stopped answering {doing}") from failure
    except (IMAPClientError, OSError, EOFError, ValueError, AttributeError) as failure:
        refusal = isinstance(failure, IMAPClientError) and not isinstance(
            failure, IMAPClientAbortError | ProtocolError
        )
        raise MailboxTrouble(f"{doing}: {words_of(failure)}", refusal=refusal) from failure


def refused(failure: IMAPClientError, account: ImapAccount) -> MailboxTrouble:
    """Of a failed login: refused for good, or a trouble of the server's that may pass."""
    words = words_of(failure)
    if isinstance(failure.__context__, IMAPClientAbortError | OSError) or any(
        sign in words for sign in _FOR_NOW
    ):
        return MailboxTrouble(f"{account.host} can't log {account.username} in just now: {words}")
    if account.oauth is not None:
        remedy = "check username, and that the token was given for this mailbox and for IMAP"
    else:
        remedy = "check username and password under imap; many providers want an app password, or oauth"
    return LoginRefused(f"{account.host} refuses the login of {account.username}: {words}", remedy)


def words_of(failure: BaseException) -> str:
    """What the server said, as text on one line."""
    words = " ".join(str(failure).split()) or type(failure).__name__
    if words.startswith(("b'", 'b"')) and len(words) > 3:
        words = words[2:-1]
    return words


def _certificate(failure: ssl.SSLCertVerificationError) -> str:
    return f"its certificate isn't good: {failure.verify_message}"


def _certificate_remedy(failure: ssl.SSLCertVerificationError) -> str:
    said = failure.verify_message.lower()
    if "expired" in said or "not yet valid" in said:
        return "if the certificate is in order, this machine's clock is wrong (timedatectl)"
    if "mismatch" in said or "not valid for" in said:
        return "set host to the name that is in the certificate"
    return "have the server show its whole chain, or add its CA to this machine's (update-ca-certificates)"
