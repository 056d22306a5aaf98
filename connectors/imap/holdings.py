"""What a mailbox holds, for `deskd reconcile`; and the mails themselves, for its `--fix`. Blocking; reading changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from connectors.imap.after import finish
from connectors.imap.handed_over import envelope_of
from connectors.imap.progress import Progress, delivery_id, place
from connectors.imap.session import Session
from connectors.imap.visit import OLD, SOURCE, batches
from deskd.config.channels import ImapAccount
from deskd.model import RawMessage
from deskd.ports import HeldMail


def held(
    session: Session, account: ImapAccount, positions: Mapping[str, str], since: date | None
) -> list[HeldMail]:
    """The folder that is read, without what was old and read when the desk first opened it; then the one that mails are moved to."""
    here = place(account.username, account.host, account.folder)
    session.open(account.folder, to_read=True)
    span: list[str | date] = ["SINCE", since] if since is not None else ["ALL"]
    uids = session.search(*span)
    kept = positions.get(here)
    if kept and uids:
        history = set(session.search("SEEN", "BEFORE", Progress.from_text(kept).begun - OLD))
        uids = [uid for uid in uids if uid not in history]
    found = list(_described(session, account.folder, here, uids, moved=False))
    after = account.after
    if after.action == "move" and after.folder in session.folders():
        session.open(after.folder, to_read=True)
        there = place(account.username, account.host, after.folder)
        found += _described(session, after.folder, there, session.search(*span), moved=True)
    return found


def prefix(session: Session, account: ImapAccount) -> str:
    """What the ids of all deliveries from the folder begin with, as long as its uids are counted so."""
    session.open(account.folder, to_read=True)
    return f"{place(account.username, account.host, account.folder)}:{session.uidvalidity}:"


def _described(
    session: Session, folder: str, here: str, uids: Sequence[int], *, moved: bool
) -> Iterator[HeldMail]:
    sizes = session.sizes(uids)
    for uid, rfc_id in session.message_ids(uids).items():
        external_id = delivery_id(here, session.uidvalidity, uid)
        yield HeldMail(folder, uid, rfc_id, sizes.get(uid, 0), external_id, moved)


def fetched(
    session: Session, channel: str, account: ImapAccount, mails: Sequence[HeldMail]
) -> Iterator[list[RawMessage]]:
    """The mails, a few at a time; those larger than the account's limit are left out."""
    session.open(account.folder)
    ids = {one.uid: one.external_id for one in mails if one.size <= account.max_size}
    sizes = {one.uid: one.size for one in mails}
    for batch in batches(sorted(ids), sizes, alone=()):
        bodies = session.bodies(batch)
        yield [
            RawMessage(channel, SOURCE, ids[uid], body, envelope_of(body))
            for uid in batch
            if (body := bodies.get(uid))
        ]


def finished(session: Session, account: ImapAccount, taken: Sequence[RawMessage]) -> None:
    """Do with these what is done with all mails that the desk has."""
    uids = [int(one.external_id.rpartition(":")[2]) for one in taken]
    if uids:
        finish(session, uids, account.after, account.folder, again=True)
