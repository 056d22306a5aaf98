"""What the core needs of the outside. Adapters stand in `connectors/` and `deskd/store/`; `connectors/memory.py` is the one to copy."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

from deskd.model import Delivery, Envelope, Judged, Position, RawMessage, Receipt
from deskd.model.panels import Panel

Accept = Callable[[RawMessage], Awaitable[None]]
"""Keeps a raw message durably; only when it has returned may the source be told. Raises `StoreFull` or `StoreAway`."""


class Polling(Protocol):
    """For accounts that ask for their messages: keeping them together with how far was read, and the right to ask, which one of several daemons has."""

    async def accept(self, raws: Sequence[RawMessage], position: Position | None = None) -> None:
        """Keep raw messages durably, and in the same commit up to where their account has been read; only when it has returned may the source be
        told. Raises `StoreFull` or `StoreAway`, and has kept nothing then."""
        ...

    async def positions(self, account: str) -> Mapping[str, str]:
        """Place -> value, as `accept` or `remember` last kept them. Raises `StoreAway`."""
        ...

    async def remember(self, position: Position) -> None:
        """Keep a position that no message goes with. Raises `StoreFull` or `StoreAway`."""
        ...

    async def taken(self, account: str, source: str, external_ids: Sequence[str]) -> Collection[str]:
        """Those of these deliveries that the inbox has. Raises `StoreAway`."""
        ...

    async def may_ask(self, account: str) -> bool:
        """Take the account's lease or renew it, several times within `deskd.store.leases.SECONDS`; False while another daemon has it."""
        ...

    async def let_go(self, account: str) -> None:
        """Leave the account to others, now."""
        ...


Settlement = Literal["resend", "look_up", "ask"]
"""How an unknown outcome is settled: the same bytes once more, a look at the other side, or an agent's word."""


class Clock(Protocol):
    def now(self) -> datetime:
        """The time, timezone-aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never jump, for durations."""
        ...


@dataclass(frozen=True, slots=True)
class ConnectorHealth:
    """`failing`: not working now; `degraded`: working with trouble. `error` says what the operator should know.

    `lasting`: it won't mend itself (a refused login), so that there is nothing to wait for before people are told.
    """

    state: Literal["ok", "degraded", "failing", "stopped"]
    last_ok: datetime | None = None
    error: str | None = None
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class HeldReply:
    """A reply that waits in the outbox: where the agent wrote it, and the text as the desk knows it (as Slack sent it).

    `user` is its author's Slack id: of a deleted message Slack no longer says who wrote it.
    """

    channel: str
    ts: str
    thread_ts: str
    text: str
    user: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing `deskd doctor` looked at: `part` is where (slack, support-mail.send, database), `text` what was found, `remedy` what to do."""

    part: str
    state: Literal["ok", "warning", "wrong"]
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message that a Slack channel or thread holds. `key` is the delivery's it came from, if it is one of deskd's own.

    `external_id` is the id under which the inbox has it; None for what programs wrote, which never comes in.
    """

    channel: str
    ts: str
    thread: str | None  # its thread's root; None for a root
    key: str | None = None
    external_id: str | None = None


class Authenticator(Protocol):
    """Asks the DNS who sent a mail."""

    async def ask(self, payload: bytes, envelope: Envelope, domain: str) -> tuple[Judged, ...]:
        """What DKIM, SPF, DMARC and ARC say of a mail whose From has this domain; () where nothing can be known. Never raises, and
        returns within its time: DNS trouble is no failure of the mail's."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a Slack channel; `handle` is what they are called there, without @."""

    id: str
    handle: str
    name: str


class Directory(Protocol):
    """An account that knows people and channels by name."""

    async def resolve_people(self, references: Iterable[str]) -> dict[str, str]:
        """The ids of people and channels given as e-mail address or `#name`; those not found are missing."""
        ...

    async def members(self, channel: str, known: Collection[Member]) -> Sequence[Member]:
        """The company's own people in a channel: no bots, no guests, nobody of another company. `known` needn't be asked about anew. Raises
        `TemporaryFailure` and `PermanentFailure`."""
        ...


@dataclass(frozen=True, slots=True)
class Followed:
    """A Slack thread in which the desk listens; all of a direct exchange where `thread` is None.

    `customers`: they write there, and agents nothing that is theirs to read. `written`: the ts of what people wrote there not long ago, as the
    inbox has it: that may have been changed or deleted since.
    """

    channel: str
    thread: str | None
    customers: bool
    written: frozenset[str] = frozenset()


class Following(Protocol):
    """For accounts that may miss what happens: where there is something to ask about."""

    async def followed(self, account: str, since: datetime) -> Sequence[Followed]:
        """The threads of tickets that were alive lately. `since`: from when on something may have been missed. Raises `StoreAway`."""
        ...


@runtime_checkable
class Hearing(Protocol):
    """An account in which agents work, and of which nothing may be heard for a while."""

    deaf: Callable[[], None] | None
    """Called when nothing is heard any more."""

    @property
    def hears(self) -> bool:
        """Whether what agents do comes in now."""
        ...


class Screens(Protocol):
    """What a connector asks the desk to show at once to someone who pressed, chose, filled in or typed `/desk`."""

    async def ask(self, account: str, payload: bytes) -> Panel | None:
        """The panel to show; None: nothing is to be shown. `payload` is the body that came in; nothing is changed by asking.

        Raises `TemporaryFailure` while it can't be told.
        """
        ...


@dataclass(frozen=True, slots=True)
class HeldMail:
    """A mail that a mailbox holds. `rfc_id`: its Message-ID without <>, "" for none; `moved`: in the folder to which mails go that the desk has."""

    folder: str
    uid: int
    rfc_id: str
    size: int  # bytes
    external_id: str
    moved: bool = False


class Receiver(Protocol):
    """A door by which messages come in, and nothing goes out."""

    @property
    def name(self) -> str:
        """What it is called in the log and by systemd: smtp:127.0.0.1:8025."""
        ...

    async def start(self, accept: Accept, sockets: Sequence[socket.socket] = ()) -> None:
        """Begin to receive, on sockets that are open already or on its own. Raises `ConfigError` when the port is taken."""
        ...

    async def stop_receiving(self) -> None: ...

    async def stop(self) -> None: ...

    def health(self) -> ConnectorHealth: ...


class Mailbox(Protocol):
    """An account out of which mail is fetched; it goes in through `Polling`."""

    @property
    def name(self) -> str:
        """What it is called in /health, in the log and by doctor: support-mail.imap."""
        ...

    async def start(self) -> None:
        """Begin to read. Returns at once: trouble with the server is health, not an exception."""
        ...

    async def stop(self) -> None: ...

    def try_again(self) -> None:
        """Don't wait for the next try after a refusal: an operator may have mended it."""
        ...

    def health(self) -> ConnectorHealth: ...


class Connector(Protocol):
    """One account of the outside world. It moves raw data in and deliveries out; it decides nothing."""

    @property
    def channel(self) -> str:
        """The account's key in deskd.yaml."""
        ...

    @property
    def settlement(self) -> Settlement: ...

    async def start(self, accept: Accept) -> None:
        """Begin to receive. Returns at once: trouble with the other side is health, not an exception. Raises `ConfigError` when it can't ever
        work (a port that is taken)."""
        ...

    async def stop_receiving(self) -> None:
        """Take nothing new; what is under way is finished or refused so that it comes again."""
        ...

    async def stop(self) -> None:
        """Let go of everything. Called after `stop_receiving`, when the outbox has come to rest."""
        ...

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Send once. Raises `TemporaryFailure`, `Throttled`, `PermanentFailure` or `UnknownOutcome`."""
        ...

    async def look_up(self, delivery: Delivery) -> Receipt | None:
        """Whether a delivery of unknown outcome arrived: its receipt, or None if it surely did not. Raises `TemporaryFailure` when that can't be told now."""
        ...

    async def recheck(self, held: Sequence[HeldReply]) -> None:
        """Ask the other side what became of held replies while nobody listened; what changed (an edit, a deletion, ❌) comes in through
        `accept` as the event that was missed. Raises `TemporaryFailure` when it can't be asked now."""
        ...

    def health(self) -> ConnectorHealth: ...
