"""What a look at a mailbox shows of it, for `deskd doctor`: nothing is fetched, nothing changed."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from ipaddress import ip_address

from connectors.imap.faults import LoginRefused, MailboxTrouble
from connectors.imap.session import Session, Timeouts
from deskd.config.channels import ImapAccount
from deskd.ports import Finding


def examine(
    part: str, account: ImapAccount, timeouts: Timeouts, tls: ssl.SSLContext | None, token: str | None
) -> list[Finding]:
    """Connects, logs in, opens the folder to read; blocking."""
    session: Session | None = None
    try:
        session = Session.connect(account, timeouts, tls)
        session.log_in(account, token)
        return list(_findings(part, account, session))
    except MailboxTrouble as trouble:
        remedy = trouble.remedy or "check host, port, tls, username and password under imap"
        found = [Finding(part, "wrong", str(trouble), remedy)]
        if isinstance(trouble, LoginRefused) and session is not None:
            found = [*_in_clear(part, account, session), *found]
        return found
    finally:
        if session is not None:
            session.close()


def _findings(part: str, account: ImapAccount, session: Session) -> Iterator[Finding]:
    how = "unencrypted" if account.tls == "none" else "over TLS"
    where = f"{account.host}:{account.port_or_default}"
    yield Finding(part, "ok", f"logged in to {where} {how} as {account.username}")
    yield from _in_clear(part, account, session)
    yield from _after(part, account, session)
    mails = session.open(account.folder, to_read=True)
    yield Finding(part, "ok", f"{account.folder} can be read, {mails} mails are in it")
    if account.idle and not session.can("IDLE"):
        poll = f"{account.poll.total_seconds():.0f} s"
        yield Finding(
            part,
            "warning",
            f"the server doesn't tell of new mail by itself (no IDLE): it is seen every {poll}",
            "set poll as short as the provider allows",
        )


def _in_clear(part: str, account: ImapAccount, session: Session) -> Iterator[Finding]:
    if account.tls == "none" and not _on_this_machine(session):
        yield Finding(
            part, "warning", "the password goes over the net in the clear", "set tls: true or tls: starttls"
        )


def _on_this_machine(session: Session) -> bool:
    peer = session.peer()
    return peer is not None and ip_address(peer.partition("%")[0]).is_loopback


def _after(part: str, account: ImapAccount, session: Session) -> Iterator[Finding]:
    after = account.after
    if after.action == "seen":
        return
    if after.action == "move" and after.folder not in session.folders():
        yield Finding(part, "ok", f"the folder {after.folder!r} isn't there yet: deskd makes it")
    if after.action == "move" and session.can("MOVE"):
        return
    if not session.can("UIDPLUS"):
        yield Finding(
            part,
            "warning",
            "the server can't delete single mails (neither MOVE nor UIDPLUS): while others have mails marked as deleted in this "
            "folder, those that the desk has stay in it, marked the same way",
            "let no other program use the folder, or set after: seen",
        )
