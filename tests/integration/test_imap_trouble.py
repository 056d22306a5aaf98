"""What goes wrong with a mailbox, against a real IMAP server: no mail holds up another, nothing is lost, and people hear of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from connectors.imap.account import ImapMailbox
from connectors.imap.session import Session
from deskd.clock.system import SystemClock
from deskd.config.channels import ImapAccount
from deskd.errors import StoreFull
from deskd.model import Position, RawMessage
from deskd.store.tables import inbox
from deskd.watch.alerts import faults
from tests.support.daemon import until
from tests.support.dovecot import PASSWORD, Dovecot
from tests.support.installed import mail
from tests.support.mailboxdesk import BRISK, PATIENCE, MailboxDesk

pytestmark = pytest.mark.needs("dovecot")

POISON = mail(666, "Whoever carries POISON drops it.")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The alerts to the admins."""
    from deskd.watch.alerting import Alerting

    heard: list[str] = []
    tell = Alerting.tell

    async def listened(self: Alerting, alert: Any, found: Any) -> None:
        heard.append(alert.text)
        await tell(self, alert, found)

    monkeypatch.setattr(Alerting, "tell", listened)
    return heard


@contextlib.asynccontextmanager
async def cutting_at(word: bytes, port: int) -> AsyncIterator[tuple[int, list[int]]]:
    """A line to the server that breaks whenever this word comes over it. Its port, and how often it broke."""
    broken: list[int] = []

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            before = b""
            while data := await reader.read(4096):
                if word in before + data:
                    broken.append(len(broken))
                    break
                before = data[-len(word) :]
                writer.write(data)
                await writer.drain()
        writer.close()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(carry(reader, far_writer), carry(far_reader, writer))

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], broken
    finally:
        server.close()


async def test_a_mail_on_which_the_connection_breaks_is_skipped_and_told(
    tmp_path: Path, sqlite_url: str, dovecot: Dovecot, told: list[str]
) -> None:
    others = [mail(number) for number in range(5)]
    dovecot.deliver(*[one.data for one in [*others[:3], POISON, *others[3:]]])
    async with cutting_at(b"POISON", dovecot.port) as (port, broken):
        desk = MailboxDesk(tmp_path, sqlite_url, dovecot, port=port)
        async with desk.running():
            await desk.has(*others)
            await until(
                lambda: any("uid 4" in text and "can't be fetched" in text for text in told), PATIENCE
            )
            tries = len(broken)
            dovecot.deliver(mail(9).data)
            await desk.has(mail(9))
        async with desk.running():  # a new start doesn't begin anew with it
            dovecot.deliver(mail(10).data)
            await desk.has(mail(10))
        assert len(broken) == tries == 1 + 3, "once among others, three times alone"
    assert POISON.rfc_id not in desk.taken()
    assert "Seen" not in dovecot.flags()[4]


async def test_a_mail_without_a_body_is_skipped_and_told(
    tmp_path: Path, sqlite_url: str, dovecot: Dovecot, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`BODY[] NIL`: a server with a damaged file."""
    bodies = Session.bodies

    def damaged(session: Session, uids: list[int]) -> dict[int, bytes | None]:
        return {uid: None if uid == 2 else body for uid, body in bodies(session, uids).items()}

    monkeypatch.setattr(Session, "bodies", damaged)
    dovecot.deliver(*[mail(number).data for number in (1, 2, 3)])
    desk = MailboxDesk(tmp_path, sqlite_url, dovecot, poll="1s")
    async with desk.running():
        await desk.has(mail(1), mail(3))
        await until(lambda: any("uid 2" in text and "can't be fetched" in text for text in told), PATIENCE)
        dovecot.deliver(mail(4).data)
        await desk.has(mail(4))
    assert mail(2).rfc_id not in desk.taken()


async def test_a_mail_that_is_too_large_is_left_and_told_once(
    tmp_path: Path, sqlite_url: str, dovecot: Dovecot, told: list[str]
) -> None:
    large = mail(2, "x" * 2_000_000)
    dovecot.deliver(mail(1).data, large.data, mail(3).data)
    desk = MailboxDesk(tmp_path, sqlite_url, dovecot, max_size="1MB", after="delete")
    async with desk.running():
        await desk.has(mail(1), mail(3))
        await until(lambda: any("more than max_size (1 MB)" in text for text in told), PATIENCE)
        await until(lambda: list(dovecot.flags()) == [2], PATIENCE)
        dovecot.deliver(mail(4).data)
        await desk.has(mail(4))
        assert len([text for text in told if "max_size" in text]) == 1
    desk = MailboxDesk(tmp_path, sqlite_url, dovecot, max_size="10MB", after="delete")
    async with desk.running():  # the sweep takes it, once it may
        await desk.has(large)


async def test_a_full_store_leaves_mail_in_the_mailbox(
    tmp_path: Path, sqlite_url: str, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = MailboxDesk(tmp_path, sqlite_url, dovecot, after="delete")
    async with desk.running() as daemon:
        await desk.health_is("ok")

        def full() -> None:
            raise StoreFull("no room")

        with monkeypatch.context() as patched:
            patched.setattr(daemon.store, "check_room", full)
            dovecot.deliver(mail(1).data)
            await desk.health_is("degraded", "mails stay in the mailbox: no room")
            assert len(dovecot.flags()) == 1
        await desk.has(mail(1))
        await desk.health_is("ok")
    assert dovecot.flags() == {}


async def test_a_refused_login_is_told_at_once_and_tried_again(
    tmp_path: Path, sqlite_url: str, dovecot: Dovecot
) -> None:
    desk = MailboxDesk(tmp_path, sqlite_url, dovecot, password="hunter2")
    dovecot.deliver(mail(1).data)
    async with desk.running():
        health = await desk.health_is("failing", "refuses the login of support")
        assert health.lasting
        (fault,) = (one for one in faults(await desk.findings()) if one.account == "support-mail.imap")
        assert fault.after == 0
        assert "hunter2" not in fault.text
        dovecot.kill()
        dovecot.password = "hunter2"
        dovecot.start()
        desk.mailbox.try_again()
        await desk.has(mail(1))
        await desk.health_is("ok")


async def test_a_missing_folder_is_told_with_those_that_there_are(
    tmp_path: Path, sqlite_url: str, dovecot: Dovecot
) -> None:
    dovecot.deliver(mail(1).data, folder="Support")
    desk = MailboxDesk(tmp_path, sqlite_url, dovecot, folder="Suport")
    async with desk.running():
        await desk.health_is("failing", "'Suport' can't be opened; there are: INBOX, Support")


class OneOfMany:
    """A `deskd.ports.Polling` of a daemon that may read, or not."""

    def __init__(self) -> None:
        self.ours = False
        self.asked = 0
        self.kept: list[RawMessage] = []

    async def may_ask(self, account: str) -> bool:
        self.asked += 1
        return self.ours

    async def let_go(self, account: str) -> None:
        self.ours = False

    async def positions(self, account: str) -> dict[str, str]:
        return {}

    async def taken(self, account: str, source: str, external_ids: Sequence[str]) -> set[str]:
        return {one.external_id for one in self.kept}

    async def remember(self, position: Position) -> None:
        raise AssertionError("nothing is to be remembered without mail")

    async def accept(self, raws: Sequence[RawMessage], position: Position | None = None) -> None:
        assert position is not None
        self.kept.extend(raws)


async def test_a_mailbox_is_read_only_while_it_is_this_daemons(dovecot: Dovecot) -> None:
    dovecot.deliver(mail(1).data)
    account = ImapAccount.model_validate(
        {
            "host": "127.0.0.1",
            "port": dovecot.port,
            "tls": "none",
            "username": "support",
            "password": PASSWORD,
        }
    )
    polling: Any = OneOfMany()
    mailbox = ImapMailbox("support-mail", account, SystemClock(), polling, pace=BRISK)
    await mailbox.start()
    try:
        await until(lambda: polling.asked > 3, PATIENCE)
        assert (mailbox._thread, polling.kept) == (None, [])
        polling.ours = True
        await until(lambda: polling.kept, PATIENCE)
        polling.ours = False
        await until(lambda: mailbox._thread is None, PATIENCE)
        dovecot.deliver(mail(2).data)
        before = polling.asked
        await until(lambda: polling.asked > before + 3, PATIENCE)
        assert len(polling.kept) == 1
    finally:
        await mailbox.stop()


@pytest.mark.needs("postgresql")
async def test_one_of_two_daemons_reads_a_mailbox_and_the_other_takes_over(
    tmp_path: Path, postgresql_url: str, dovecot: Dovecot
) -> None:
    from deskd.store import Store, schema

    store = Store.open(postgresql_url)
    schema.prepare(store, upgrade=True)
    store.close()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one = MailboxDesk(tmp_path / "one", postgresql_url, dovecot)
    two = MailboxDesk(tmp_path / "two", postgresql_url, dovecot)
    async with one.running():
        dovecot.deliver(mail(1).data)
        await one.has(mail(1))
        async with two.running():
            holding = one.mailbox._holding
            assert holding is not None
            holding.cancel()  # it says nothing any more, as one that was killed
            await one.mailbox._end_thread()
            dovecot.deliver(mail(2).data)
            await two.has(mail(2))
            assert two.mailbox._thread is not None
    assert len(two.rows(inbox)) == 2
