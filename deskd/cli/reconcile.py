"""`deskd reconcile`: what each mailbox, chat and Slack thread holds, compared with what the desk has; lists what is missing or twice.

It changes nothing, unless `--fix` is given: then it takes out of the mailboxes what is missing in the desk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deskd.cli import printing
from deskd.cli.carrying import reading, settings_for
from deskd.cli.ingest import progress
from deskd.cli.options import Config, Json
from deskd.cli.reconcile_chats import compare_chats
from deskd.cli.reconcile_mail import compare_mailboxes
from deskd.cli.tickets import since_of

if TYPE_CHECKING:
    from connectors.slack.connector import SlackConnector
    from deskd.config import Settings, SlackChannel
    from deskd.ports import Shown
    from deskd.reconcile import Difference, Thread
    from deskd.store import Store

_COLUMNS = ("ticket", "what", "where", "channel", "thread", "ts", "detail")


def reconcile(
    config: Config = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", help="Only tickets that changed since: 30d, 12h, 2026-11-22 or 2026-11-22T05:30Z."
        ),
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Take in what is in a mailbox and not in the desk.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Compare what each mailbox, chat and Slack thread holds with what the desk has, and list what is missing or twice."""
    start = since_of(since, datetime.now(UTC)) if since else None
    found = _found(config, start, fix)
    if as_json:
        printing.write_lines(asdict(one) for one in found)
    elif found:
        printing.table(_COLUMNS, [[asdict(one)[name] for name in _COLUMNS] for one in found])
    else:
        printing.say("nothing is missing, nothing is twice")
    if any(not one.fixed for one in found):
        raise typer.Exit(1)


def _found(config: Path | None, since: datetime | None, fix: bool) -> list[Difference]:
    settings = settings_for(config)
    with reading(config) as store, progress() as advance:
        found = asyncio.run(_compared(settings, store, since, advance))
        found += asyncio.run(compare_chats(settings, store, since))
        return found + asyncio.run(compare_mailboxes(settings, store, since, fix))


async def _compared(
    settings: Settings, store: Store, since: datetime | None, advance: Callable[[], None]
) -> list[Difference]:
    from connectors.slack.connector import SlackConnector
    from deskd.clock.system import SystemClock

    found: list[Difference] = []
    for key, channel in settings.slack_channels().items():
        connector = SlackConnector(key, channel, SystemClock())
        try:
            found += await _account(key, connector, channel, store, since, advance)
        finally:
            await connector.stop()
    return found


async def _account(
    key: str,
    connector: SlackConnector,
    channel: SlackChannel,
    store: Store,
    since: datetime | None,
    advance: Callable[[], None],
) -> list[Difference]:
    """The desk is read before Slack and after it, so that what goes out or comes in meanwhile is no difference."""
    from deskd.reconcile import differences
    from deskd.store import reconciling

    threads = store.read_now(lambda work: reconciling.threads(work, key, since))
    before = {
        post.key for post in store.read_now(lambda work: reconciling.posts(work, key, since)) if post.ts
    }
    shown = await _shown(connector, threads, advance)
    external = [one.external_id for one in shown if one.external_id]
    received = store.read_now(lambda work: reconciling.received(work, key, external))
    posts = [
        post if post.key in before else replace(post, ts=None)
        for post in store.read_now(lambda work: reconciling.posts(work, key, since))
    ]
    found = differences(threads, posts, shown, received)
    return found + await _customers(key, connector, channel, store, since, advance)


async def _customers(
    key: str,
    connector: SlackConnector,
    channel: SlackChannel,
    store: Store,
    since: datetime | None,
    advance: Callable[[], None],
) -> list[Difference]:
    """The threads and direct exchanges in which customers write."""
    from deskd.reconcile import chat_differences
    from deskd.store import reconciling

    ids = await connector.resolve_people(channel.customers)
    customers = [ids.get(reference, reference) for reference in channel.customers]
    chats = store.read_now(lambda work: reconciling.chats(work, key, since))
    before = {one.key for one in store.read_now(lambda work: reconciling.answers(work, key, since)) if one.ts}
    shown = await _shown(connector, [one for one in chats if one.thread], advance)
    for one in chats:
        if one.thread is None:
            shown += await connector.shown(one.channel)
            advance()
    external = [one.external_id for one in shown if one.external_id]
    received = store.read_now(lambda work: reconciling.received(work, key, external))
    answers = [
        one if one.key in before else replace(one, ts=None)
        for one in store.read_now(lambda work: reconciling.answers(work, key, since))
    ]
    return chat_differences(chats, customers, answers, shown, received)


async def _shown(
    connector: SlackConnector, threads: Sequence[Thread], advance: Callable[[], None]
) -> list[Shown]:
    """Each thread with all in it, and the roots of the channels since the first of these threads: a card posted twice is a root too."""
    from deskd.errors import PermanentFailure

    found: dict[tuple[str, str], Shown] = {}
    oldest: dict[str, str] = {}
    for one in threads:
        if one.thread is None:
            continue
        oldest[one.channel] = min(oldest.get(one.channel, one.thread), one.thread, key=float)
        try:
            inside = await connector.shown(one.channel, one.thread)
        except PermanentFailure:  # thread_not_found: all of it is missing
            inside = []
        found |= {(shown.channel, shown.ts): shown for shown in inside}
        advance()
    for channel, ts in oldest.items():
        found |= {(root.channel, root.ts): root for root in await connector.shown(channel, None, ts)}
    return sorted(found.values(), key=lambda one: (one.channel, float(one.ts)))
