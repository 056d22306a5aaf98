"""Mail fetched from a real IMAP server, on both databases: each mail is in one ticket, whatever becomes of it in the mailbox."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connectors.imap import visit
from connectors.imap.session import Session
from deskd.store.tables import inbox
from tests.support.daemon import until
from tests.support.dovecot import OLD, Dovecot
from tests.support.installed import Mail, mail
from tests.support.mailboxdesk import PATIENCE, MailboxDesk

pytestmark = pytest.mark.needs("dovecot")


def uids_taken(desk: MailboxDesk) -> list[int]:
    """In the order in which they were kept."""
    found = sorted(desk.rows(inbox), key=lambda row: int(row["id"]))
    return [int(str(row["external_id"]).rpartition(":")[2]) for row in found]


async def test_mails_are_taken_in_order_and_then_marked(
    tmp_path: Path, desk_url: str, dovecot: Dovecot
) -> None:
    """A day's downtime, a mail while it idles, and then mails that a colleague opened before the desk was back."""
    mails = [mail(number) for number in range(120)]
    dovecot.deliver(*[one.data for one in mails])
    desk = MailboxDesk(tmp_path, desk_url, dovecot, poll="60s")
    async with desk.running():
        await desk.has(*mails)
        assert uids_taken(desk) == [*range(1, 121)]
        await until(lambda: all("Seen" in flags for flags in dovecot.flags().values()), PATIENCE)
        await desk.health_is("ok")
        late = mail(500)
        dovecot.deliver(late.data)
        await desk.has(late)
    waited = [mail(600), mail(601)]
    dovecot.deliver(*[one.data for one in waited])
    with dovecot.client() as client:
        client.store("1:*", "+FLAGS", "\\Seen")
    async with desk.running():
        await desk.has(*waited)
    assert sorted(desk.taken()) == sorted(one.rfc_id for one in [*mails, late, *waited])


@pytest.mark.parametrize("capabilities", ["", OLD], ids=["new", "old"])
@pytest.mark.parametrize("after", [{"move": "Done.2026 è"}, "delete"], ids=["move", "delete"])
async def test_mails_leave_the_folder_once_the_desk_has_them(
    tmp_path: Path, sqlite_url: str, capabilities: str, after: Any
) -> None:
    """A server of today, and one that can neither move nor idle nor expunge single mails."""
    with Dovecot(capabilities=capabilities) as server:
        mails = [mail(number) for number in range(3)]
        server.deliver(*[one.data for one in mails])
        desk = MailboxDesk(tmp_path, sqlite_url, server, after=after)
        async with desk.running():
            await desk.has(*mails)
            await until(lambda: server.flags() == {}, PATIENCE)
            server.deliver(mail(9).data)
            await desk.has(mail(9))
            await until(lambda: server.flags() == {}, PATIENCE)
            await desk.health_is("ok")
        assert len(server.flags(folder='"Done.2026 &AOg-"')) == (4 if after != "delete" else 0)


async def test_a_folder_that_can_not_be_moved_to_is_told_and_mail_taken_all_the_same(
    tmp_path: Path, sqlite_url: str, dovecot: Dovecot
) -> None:
    desk = MailboxDesk(tmp_path, sqlite_url, dovecot, after={"move": "no/such"})
    dovecot.deliver(mail(1).data, mail(2).data)
    async with desk.running():
        await desk.has(mail(1), mail(2))
        await desk.health_is("degraded", "mails that the desk has stay in INBOX")
        dovecot.deliver(mail(3).data)
        await desk.has(mail(3))
    assert len(desk.rows(inbox)) == 3


async def test_a_changed_uidvalidity_brings_no_mail_twice(
    tmp_path: Path, desk_url: str, dovecot: Dovecot
) -> None:
    before, after = [mail(1), mail(2)], [mail(3)]
    dovecot.deliver(*[one.data for one in before])
    desk = MailboxDesk(tmp_path, desk_url, dovecot)
    async with desk.running():
        await desk.has(*before)
    dovecot.kill()
    dovecot.new_uidvalidity()
    dovecot.deliver(*[one.data for one in after])
    dovecot.start()
    async with desk.running():
        await desk.has(*after)
        await until(lambda: len(desk.rows(inbox)) == 5, PATIENCE)
        await until(lambda: len(desk.rows(inbox, state="duplicate")) == 2, PATIENCE)
    assert sorted(desk.taken()) == sorted(one.rfc_id for one in before + after)


async def test_a_killed_server_is_come_back_to(tmp_path: Path, desk_url: str, dovecot: Dovecot) -> None:
    desk = MailboxDesk(tmp_path, desk_url, dovecot)
    dovecot.deliver(mail(1).data)
    async with desk.running():
        await desk.has(mail(1))
        dovecot.kill()
        await desk.health_is("failing", "refuses connections")
        dovecot.deliver(mail(2).data)
        dovecot.start()
        await desk.has(mail(2))
        await desk.health_is("ok")
    assert sorted(desk.taken()) == [mail(1).rfc_id, mail(2).rfc_id]


async def test_a_move_that_failed_half_way_is_completed_and_not_taken_twice(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server copied, and was gone before the original was deleted."""
    with Dovecot(capabilities=OLD) as server:
        copied: list[str] = []
        copy = Session.copy

        def and_then_it_is_gone(session: Session, uids: list[int], folder: str) -> None:
            copy(session, uids, folder)
            copied.append(folder)
            if len(copied) == 1:
                session.hang_up()

        monkeypatch.setattr(Session, "copy", and_then_it_is_gone)
        mails = [mail(number) for number in range(4)]
        server.deliver(*[one.data for one in mails])
        desk = MailboxDesk(tmp_path, sqlite_url, server, after={"move": "Processed"})
        async with desk.running():
            await desk.has(*mails)
            await until(lambda: server.flags() == {}, PATIENCE)
            await desk.health_is("ok")
        assert copied == ["Processed"], "those that were copied already are only deleted"
        assert len(server.flags(folder="Processed")) == 4
    assert sorted(desk.taken()) == [one.rfc_id for one in mails]


async def test_a_mail_that_goes_between_search_and_fetch_holds_up_no_other(
    tmp_path: Path, sqlite_url: str, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    mails = [mail(number) for number in range(3)]
    dovecot.deliver(*[one.data for one in mails])
    bodies = Session.bodies

    def somebody_deletes_one_first(session: Session, uids: list[int]) -> dict[int, bytes | None]:
        if 2 in uids:
            with dovecot.client() as client:
                client.uid("STORE", "2", "+FLAGS", "(\\Deleted)")
                client.expunge()
        return bodies(session, uids)

    monkeypatch.setattr(Session, "bodies", somebody_deletes_one_first)
    desk = MailboxDesk(tmp_path, sqlite_url, dovecot)
    async with desk.running():
        await desk.has(mails[0], mails[2])
        await desk.health_is("ok")
    assert sorted(desk.taken()) == [mails[0].rfc_id, mails[2].rfc_id]


async def test_a_mail_that_shows_late_below_the_last_uid_is_found_by_the_sweep(
    tmp_path: Path, sqlite_url: str, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some servers answer a search before their index has caught up."""
    mails = [mail(number) for number in range(3)]
    dovecot.deliver(*[one.data for one in mails])
    search, late = Session.search, [2]
    monkeypatch.setattr(
        Session, "search", lambda self, *words: [uid for uid in search(self, *words) if uid not in late]
    )
    desk = MailboxDesk(tmp_path, sqlite_url, dovecot)
    async with desk.running():
        await desk.has(mails[0], mails[2])
        late.clear()
        await desk.has(mails[1])
    assert len(desk.taken()) == 3


async def test_what_people_had_read_long_before_the_desk_is_left_alone(
    tmp_path: Path, sqlite_url: str, dovecot: Dovecot
) -> None:
    """An old mailbox doesn't become thousands of tickets, at the start nor when its uids change; what nobody has read does."""
    with dovecot.client() as client:
        client.append("INBOX", "\\Seen", '"01-Nov-2020 10:00:00 +0000"', mail(1).data)
        client.append("INBOX", "", '"01-Nov-2020 10:00:00 +0000"', mail(2).data)
        client.append("INBOX", "\\Seen", "", mail(3).data)
    desk = MailboxDesk(tmp_path, sqlite_url, dovecot)
    async with desk.running():
        await desk.has(mail(2), mail(3))
        with dovecot.client() as client:  # read and old, but put there now, for the desk
            client.append("INBOX", "\\Seen", '"01-Nov-2020 10:00:00 +0000"', mail(4).data)
        await desk.has(mail(4))
    assert len(desk.rows(inbox)) == 3


async def test_the_same_mail_over_smtp_and_imap_is_one(
    tmp_path: Path, desk_url: str, dovecot: Dovecot
) -> None:
    one: Mail = mail(1)
    desk = MailboxDesk(tmp_path, desk_url, dovecot)
    async with desk.running():
        await desk.by_smtp(one)
        await desk.has(one)
        dovecot.deliver(
            b"Return-Path: <c1@cliente.example>\r\nDelivered-To: support@acme.example\r\n"
            b"Received: from mx by host; Sun, 22 Nov 2026 05:00:00 +0000\r\n" + one.data
        )
        await until(lambda: len(desk.rows(inbox, state="duplicate")) == 1, PATIENCE)
        (row,) = desk.rows(inbox, state="duplicate")
        assert row["source"] == visit.SOURCE
        assert '"mail_from": "c1@cliente.example"' in str(row["envelope"])
    assert desk.taken() == [one.rfc_id]
