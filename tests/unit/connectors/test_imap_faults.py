"""What goes wrong on the way to a mailbox, in words and with a remedy: and whether it may pass by itself."""

from __future__ import annotations

import socket
import ssl
from typing import Any

import pytest
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError, ProtocolError

from connectors.imap.faults import LoginRefused, MailboxTrouble, TlsTrouble, connecting, reading, refused
from deskd.config.channels import ImapAccount

ACCOUNT = ImapAccount.model_validate(
    {"host": "imap.acme.example", "username": "support", "password": "s3cret"}
)


def certificate(message: str) -> ssl.SSLCertVerificationError:
    failure = ssl.SSLCertVerificationError(1, message)
    failure.verify_message = message  # as the ssl module sets it
    return failure


@pytest.mark.parametrize(
    ("failure", "kind", "words", "remedy"),
    [
        (socket.gaierror(-2, "Name or service not known"), MailboxTrouble, "no server is known as imap.acme.example", "check host"),
        (TimeoutError(), MailboxTrouble, "imap.acme.example:993 does not answer", "firewall"),
        (ConnectionRefusedError(111, "refused"), MailboxTrouble, "refuses connections", "port"),
        (certificate("Hostname mismatch, certificate is not valid for 'x'"), TlsTrouble, "isn't good", "name that is in"),
        (certificate("certificate has expired"), TlsTrouble, "expired", "timedatectl"),
        (certificate("self-signed certificate"), TlsTrouble, "self-signed", "update-ca-certificates"),
        (ssl.SSLError(1, "wrong version number"), TlsTrouble, "TLS can't be begun", "port 143"),
        (IMAPClientAbortError("BYE too many connections"), MailboxTrouble, "too many connections", ""),
    ],
)  # fmt: skip
def test_each_way_to_fail_has_its_words(failure: Exception, kind: type[Any], words: str, remedy: str) -> None:
    with pytest.raises(kind) as raised, connecting(ACCOUNT):
        raise failure
    assert words in str(raised.value)
    assert remedy in raised.value.remedy


def login_failed(words: str, because: Exception) -> IMAPClientError:
    try:
        try:
            raise because
        except Exception:
            raise LoginError(words)  # noqa: B904 - as imapclient does
    except LoginError as failure:
        return failure


@pytest.mark.parametrize(
    ("words", "because", "for_good"),
    [
        ("b'[AUTHENTICATIONFAILED] Authentication failed.'", IMAPClientError("no"), True),
        ("b'[ALERT] Application-specific password required'", IMAPClientError("no"), True),
        ("b'[UNAVAILABLE] Temporary authentication failure.'", IMAPClientError("no"), False),
        ("socket error: EOF", IMAPClientAbortError("EOF"), False),
    ],
)
def test_a_refusal_is_told_from_a_servers_trouble(words: str, because: Exception, for_good: bool) -> None:
    trouble = refused(login_failed(words, because), ACCOUNT)
    assert isinstance(trouble, LoginRefused) is for_good
    assert "b'" not in str(trouble)
    assert "s3cret" not in str(trouble) + trouble.remedy


@pytest.mark.parametrize(
    ("failure", "refusal"),
    [
        (IMAPClientError("copy failed: [OVERQUOTA]"), True),
        (IMAPClientAbortError("EOF"), False),
        (ProtocolError("nonsense"), False),
        (TimeoutError(), False),
        (BrokenPipeError(), False),
        (ValueError("read of closed file"), False),
    ],
)
def test_after_a_no_the_connection_is_as_good_as_before(failure: Exception, refusal: bool) -> None:
    with pytest.raises(MailboxTrouble) as raised, reading("moving mails"):
        raise failure
    assert raised.value.refusal is refusal
