"""The mailboxes' part of `deskd reconcile`: each is read, compared with the desk, and with `--fix` what is missing is handed to whoever works the desk."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from connectors.imap.account import ImapMailbox
    from deskd.config import Settings
    from deskd.model import RawMessage
    from deskd.ports import HeldMail
    from deskd.reconcile import Difference
    from deskd.store import Store

WELL: Final = frozenset({"filed", "duplicate", "discarded"})


async def compare_mailboxes(
    settings: Settings, store: Store, since: datetime | None, fix: bool
) -> list[Difference]:
    """Raises `TemporaryFailure` where a mailbox can't be read."""
    from connectors.imap.account import ImapMailbox
    from connectors.oauth import TokenSources
    from deskd.cli.kept import KeptForCommands
    from deskd.clock.system import SystemClock

    clock, kept = SystemClock(), KeptForCommands(settings)
    tokens = TokenSources(clock, kept)
    found: list[Difference] = []
    for key, channel in settings.mail_channels().items():
        if channel.imap is not None:
            box = ImapMailbox(key, channel.imap, clock, kept, tokens=tokens.of(key, channel.imap.oauth))
            found += await _compared(settings, store, key, box, since, fix)
    return found


async def _compared(
    settings: Settings, store: Store, key: str, box: ImapMailbox, since: datetime | None, fix: bool
) -> list[Difference]:
    """The mailbox is read first: what comes in meanwhile is no difference then."""
    from deskd.reconcile_mail import mail_differences
    from deskd.store import reconciling

    account = settings.mail_channels()[key].imap
    assert account is not None
    prefix, held = await box.compared(since.date() if since else None)
    taken = store.read_now(lambda work: reconciling.mails_from(work, key, prefix, since))
    here = [one for one in held if not one.moved]
    ids = [one.external_id for one in here]
    known = set(store.read_now(lambda work: reconciling.received(work, key, ids, source="imap")))
    others = [one.rfc_id for one in here if one.rfc_id and one.external_id not in known]
    known |= store.read_now(lambda work: reconciling.known_mails(work, key, others))
    found = mail_differences(key, held, taken, known, after=account.after.action)
    if not fix:
        return found
    missing = {one.ts for one in found if (one.what, one.where) == ("missing", "desk")}
    came = await _taken(settings, key, box, [one for one in here if str(one.uid) in missing])
    return [_fixed(one, came) for one in found]


async def _taken(
    settings: Settings, key: str, box: ImapMailbox, mails: Sequence[HeldMail]
) -> dict[str, str | None]:
    """Have the desk take these; uid -> ticket, of those that it has now."""
    from deskd.cli.carrying import asking

    came: dict[str, str | None] = {}

    @contextlib.contextmanager
    def keeping() -> Iterator[Callable[[list[RawMessage]], None]]:
        with asking(settings) as ask:

            def keep(raws: list[RawMessage]) -> None:
                request = {"do": "ingest", "live": True, "mails": [_told(key, raw) for raw in raws]}
                for outcome in ask(request, b"".join(raw.payload for raw in raws)):
                    if outcome["state"] in WELL:
                        came[outcome["file"]] = outcome["ticket"]

            yield keep

    if mails:
        await box.take(mails, keeping)
    return came


def _told(channel: str, raw: RawMessage) -> dict[str, object]:
    """A mail as the request `ingest` has it, under its uid."""
    return {
        "name": raw.external_id.rpartition(":")[2],
        "channel": channel,
        "size": len(raw.payload),
        "delivery": [raw.source, raw.external_id],
        "mail_from": raw.envelope.mail_from,
        "rcpt_to": raw.envelope.rcpt_to,
    }


def _fixed(one: Difference, came: dict[str, str | None]) -> Difference:
    if (one.what, one.where) != ("missing", "desk") or one.ts not in came:
        return one
    detail = "a mail in the mailbox had never reached the desk: it is taken now"
    return replace(one, ticket=came[one.ts], detail=detail, fixed=True)
