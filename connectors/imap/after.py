"""What becomes of mails in the mailbox once the desk has them: seen, moved or deleted. May be repeated: what was done half is completed."""

from __future__ import annotations

from collections.abc import Sequence

from imapclient import DELETED, SEEN

from connectors.imap.session import Session
from deskd.config.channels import AfterFetch


def finish(session: Session, uids: Sequence[int], after: AfterFetch, folder: str, *, again: bool) -> None:
    """Raises `MailboxTrouble`. `again`: it was begun before and perhaps broken off; `folder` is the one that is open."""
    if after.action == "seen":
        session.flag(uids, SEEN)
    elif after.action == "delete":
        _remove(session, uids)
    elif session.can("MOVE"):
        session.move(uids, after.folder)
    else:
        _copy_and_remove(session, uids, after.folder, folder, again=again)


def _remove(session: Session, uids: Sequence[int]) -> None:
    session.flag(uids, DELETED)
    session.expunge(uids)


def _copy_and_remove(session: Session, uids: Sequence[int], to: str, folder: str, *, again: bool) -> None:
    """For servers that can't move (RFC 6851 is of 2013). Broken off after the copy, it left the mails in both folders."""
    copied = _copied(session, uids, to, folder) if again else set()
    rest = [uid for uid in uids if uid not in copied]
    if rest:
        session.copy(rest, to)
    _remove(session, uids)


def _copied(session: Session, uids: Sequence[int], to: str, folder: str) -> set[int]:
    """Those of which `to` has a mail of the same Message-ID and size."""
    ours = {uid: (rfc_id, size) for uid, rfc_id, size in _known_by(session, uids)}
    session.open(to, to_read=True)
    try:
        there: set[tuple[str, int]] = set()
        for rfc_id in {rfc_id for rfc_id, _ in ours.values()}:
            found = session.search("HEADER", "Message-ID", rfc_id)
            there |= {(known, size) for _, known, size in _known_by(session, found)}
    finally:
        session.open(folder)
    return {uid for uid, known in ours.items() if known in there}


def _known_by(session: Session, uids: Sequence[int]) -> list[tuple[int, str, int]]:
    """Uid, Message-ID and size of those that have one."""
    sizes = session.sizes(uids)
    return [
        (uid, rfc_id, sizes[uid])
        for uid, rfc_id in session.message_ids(uids).items()
        if rfc_id and uid in sizes
    ]
