"""One visit to a mailbox: what is new there is taken, in the order of uids, and only then marked, moved or deleted. Blocking, on the account's thread.

No mail holds up another: one that the server can't hand over is tried alone, its attempts counted in the desk's database before each, and then left where
it is; one that is too large is left as well. In both cases the admins are told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Protocol

from connectors.imap.after import finish
from connectors.imap.faults import MailboxTrouble
from connectors.imap.handed_over import envelope_of
from connectors.imap.progress import TRIES, Progress, delivery_id, place
from connectors.imap.session import Session
from deskd.config.channels import ImapAccount
from deskd.model import Position, RawMessage

SOURCE: Final = "imap"
MOST: Final = 50  # mails a fetch, and a commit
MOST_BYTES: Final = 4_000_000
OLD: Final = timedelta(days=7)
"""What people had read, and was so old, when the folder was first opened, is history."""


class Desk(Protocol):
    """The desk as a visit knows it: blocking calls into the daemon's loop. They raise `StoreFull` and `StoreAway`."""

    def keep(self, raws: Sequence[RawMessage], position: Position) -> None: ...

    def remember(self, position: Position) -> None: ...

    def positions(self) -> Mapping[str, str]: ...

    def taken(self, external_ids: Sequence[str]) -> Collection[str]:
        """Those of these deliveries that the desk has."""
        ...

    def tell(self, key: str, text: str) -> None:
        """An alert to the admins."""
        ...


@dataclass(slots=True)
class Memory:
    """What outlives a visit, but not the daemon."""

    suspects: set[int] = field(default_factory=set)
    """A fetch of several mails broke the connection: these are fetched one by one."""
    told: set[str] = field(default_factory=set)
    """Mails of which the admins were told."""


class Visit:
    """`begin`, then `look` as often as there may be something new, and `sweep` now and then. All raise `MailboxTrouble` when the connection breaks."""

    def __init__(
        self, channel: str, account: ImapAccount, session: Session, desk: Desk, memory: Memory, today: date
    ) -> None:
        self._channel = channel
        self._account = account
        self._session = session
        self._desk = desk
        self._memory = memory
        self._today = today
        self._place = place(account.username, account.host, account.folder)
        self._again = True  # what is unfinished was begun before this visit
        self.trouble: str | None = None
        """Why mails that the desk has stay as they were in the mailbox; the desk takes new ones all the same."""

    def begin(self) -> None:
        """Open the folder, and find out how far it was read."""
        self._make_folder()
        self._session.open(self._account.folder)
        kept = self._desk.positions().get(self._place)
        progress = Progress.from_text(kept) if kept else Progress(self._session.uidvalidity, self._today)
        if progress.uidvalidity != self._session.uidvalidity:
            progress = progress.started_over(self._session.uidvalidity)
            self._memory.suspects.clear()
        self._progress = progress
        self._saved = progress if kept else None
        self._finish()

    def _make_folder(self) -> None:
        after = self._account.after
        if after.action != "move":
            return
        try:
            self._session.make_folder(after.folder)
        except MailboxTrouble as trouble:  # moving will fail as well, and be told; mail is taken all the same
            if not trouble.refusal:
                raise

    def look(self, *, retry: bool) -> None:
        """Take what is new; `retry`: and then try again what couldn't be fetched."""
        self._session.forget_news()
        last = self._progress.last
        # n:* is the newest mail where there is none from n on (RFC 3501 6.4.8).
        fresh = [uid for uid in self._session.search("UID", f"{last + 1}:*") if uid > last]
        if fresh and last == 0:
            fresh = self._without_history(fresh)
        self._take(fresh)
        if retry:
            self._take(sorted(self._progress.tries))
        if fresh and (self._saved is None or self._saved.last < self._progress.last):
            self._save(self._progress)  # the last ones are gone or too large: no commit tells of them

    def sweep(self) -> None:
        """Take what lies below the last uid and never was: some servers show mails late. What is left half done is completed."""
        self._finish()
        known = self._progress.unfinished | self._progress.given_up | self._progress.tries.keys()
        below = self._session.search("UID", f"1:{max(1, self._progress.last)}")
        self._take(self._never_taken(self._without_history([uid for uid in below if uid not in known])))

    def _never_taken(self, uids: Sequence[int]) -> list[int]:
        ids = {delivery_id(self._place, self._progress.uidvalidity, uid): uid for uid in uids}
        taken = self._desk.taken(list(ids)) if ids else ()
        return [uid for one, uid in ids.items() if one not in taken]

    def _without_history(self, uids: Sequence[int]) -> list[int]:
        if not uids:
            return []
        history = set(self._session.search("SEEN", "BEFORE", self._progress.begun - OLD))
        return [uid for uid in uids if uid not in history]

    # ── taking ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _take(self, uids: Sequence[int]) -> None:
        if not uids:
            return
        sizes = self._session.sizes(uids)  # of those that are still there
        fitting = [uid for uid in uids if uid in sizes and not self._too_large(uid, sizes[uid])]
        alone = self._memory.suspects | self._progress.tries.keys()
        for batch in batches(fitting, sizes, alone):
            if len(batch) == 1 and batch[0] in alone:
                self._take_suspect(batch[0])
            else:
                self._take_batch(batch)
        self._progress = self._progress.seen_up_to(max(uids))

    def _too_large(self, uid: int, size: int) -> bool:
        if size <= self._account.max_size:
            return False
        self._tell(
            uid,
            f"has {size / 1e6:.0f} MB, more than max_size ({self._account.max_size / 1e6:.0f} MB), and was left there: "
            "look at it in the mailbox, or raise max_size under imap",
        )
        return True

    def _take_suspect(self, uid: int) -> None:
        """The attempt is counted before it is made: whatever it breaks, it can't do so for ever."""
        self._save(self._progress.tried(uid))
        if uid in self._progress.given_up:
            self._tell_given_up(uid)
        else:
            self._take_batch([uid], counted=True)
        self._memory.suspects.discard(uid)

    def _take_batch(self, uids: Sequence[int], *, counted: bool = False) -> None:
        try:
            found = self._session.bodies(uids)
        except MailboxTrouble:
            self._memory.suspects.update(uids)
            raise
        for uid in (uid for uid, body in found.items() if body is None and not counted):
            self._save(self._progress.tried(uid))
            if uid in self._progress.given_up:
                self._tell_given_up(uid)
        raws = {uid: self._raw(uid, body) for uid in uids if (body := found.get(uid))}
        if raws:
            progress = self._progress.kept(list(raws)).seen_up_to(max(uids))
            self._desk.keep(list(raws.values()), self._position(progress))
            self._progress = self._saved = progress
            self._finish()

    def _raw(self, uid: int, body: bytes) -> RawMessage:
        external_id = delivery_id(self._place, self._progress.uidvalidity, uid)
        return RawMessage(self._channel, SOURCE, external_id, body, envelope_of(body))

    # ── afterwards ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _finish(self) -> None:
        """What the server refuses to do with a mail is told, and tried again at the next sweep."""
        uids = sorted(self._progress.unfinished)
        if not uids:
            return
        try:
            finish(self._session, uids, self._account.after, self._account.folder, again=self._again)
        except MailboxTrouble as trouble:
            self._again = True
            if not trouble.refusal:
                raise
            self.trouble = f"mails that the desk has stay in {self._account.folder}: {trouble}"
        else:
            # Kept with the next mail: to do the last ones again after a start does no harm.
            self._progress = self._progress.finished(uids)
            self._again, self.trouble = False, None

    # ── remembering and telling ──────────────────────────────────────────────────────────────────────────────────────

    def _position(self, progress: Progress) -> Position:
        return Position(self._channel, self._place, progress.to_text())

    def _save(self, progress: Progress) -> None:
        self._desk.remember(self._position(progress))
        self._progress = self._saved = progress

    def _tell_given_up(self, uid: int) -> None:
        self._tell(
            uid,
            f"can't be fetched ({TRIES} attempts) and was left there; the others go on. Look at it in the mailbox; "
            "`deskd reconcile --fix` tries it again",
        )

    def _tell(self, uid: int, what: str) -> None:
        key = delivery_id(self._place, self._progress.uidvalidity, uid)
        if key not in self._memory.told:
            self._memory.told.add(key)
            self._desk.tell(
                f"imap:{key}", f"{self._channel}: a mail in {self._account.folder} (uid {uid}) {what}."
            )


def batches(uids: Sequence[int], sizes: Mapping[int, int], alone: Collection[int]) -> Iterator[list[int]]:
    """In order; up to `MOST` mails and `MOST_BYTES`, but one at least; those in `alone` by themselves."""
    batch: list[int] = []
    room = MOST_BYTES
    for uid in uids:
        if batch and (len(batch) == MOST or sizes[uid] > room or uid in alone or batch[-1] in alone):
            yield batch
            batch, room = [], MOST_BYTES
        batch.append(uid)
        room -= sizes[uid]
    if batch:
        yield batch
