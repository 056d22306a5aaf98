"""`deskd doctor` and `deskd reconcile` on a mailbox of a real IMAP server: each failure has its word, and what is missing is found and taken."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from connectors.imap.session import Session
from deskd.cli import app
from tests.support.daemon import free_port, until
from tests.support.dovecot import OLD, Dovecot
from tests.support.installed import mail
from tests.support.mailboxdesk import PATIENCE, MailboxDesk
from tests.support.tokens import TokenProvider

pytestmark = pytest.mark.needs("dovecot")


async def run(desk: MailboxDesk, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    command = [*arguments, "-c", str(desk.config), "--json"]
    done = await asyncio.to_thread(CliRunner().invoke, app, command)
    assert done.exit_code in (0, 1), done.output
    return done.exit_code, [json.loads(line) for line in done.stdout.splitlines()]


async def of_mailbox(desk: MailboxDesk) -> list[dict[str, Any]]:
    _, found = await run(desk, "doctor")
    return [one for one in found if one["part"] == "support-mail.imap"]


# ── doctor ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_sound_mailbox_is_found_sound_and_left_as_it_is(
    tmp_path: Path, sqlite_url: str, dovecot: Dovecot
) -> None:
    dovecot.deliver(mail(1).data)
    desk = MailboxDesk(tmp_path, sqlite_url, dovecot, after={"move": "Processed"})
    found = await of_mailbox(desk)
    assert {one["state"] for one in found} == {"ok"}
    assert "logged in to 127.0.0.1" in found[0]["text"]
    assert found[-1]["text"] == "INBOX can be read, 1 mails are in it"
    assert any("isn't there yet" in one["text"] for one in found)
    assert dovecot.flags(folder="Processed") == {}
    assert "Seen" not in dovecot.flags()[1]


@pytest.mark.parametrize(
    ("account", "state", "text", "remedy"),
    [
        ({"password": "no"}, "wrong", "refuses the login of support", "check username and password"),
        ({"folder": "Nope"}, "wrong", "'Nope' can't be opened; there are: INBOX", "name one of them"),
        ({"tls": "starttls"}, "wrong", "doesn't offer STARTTLS", "tls: true with port 993"),
        ({"tls": True}, "wrong", "TLS can't be begun", "tls: starttls to port 143"),
    ],
)
async def test_what_is_wrong_with_a_mailbox_is_found_with_a_remedy(
    tmp_path: Path,
    sqlite_url: str,
    dovecot: Dovecot,
    account: dict[str, Any],
    state: str,
    text: str,
    remedy: str,
) -> None:
    dovecot.deliver(mail(1).data)
    found = await of_mailbox(MailboxDesk(tmp_path, sqlite_url, dovecot, **account))
    (one,) = (one for one in found if one["state"] != "ok")
    assert one["state"] == state
    assert text in one["text"]
    assert remedy in one["remedy"]


async def test_a_server_that_is_not_there_is_found(tmp_path: Path, sqlite_url: str, dovecot: Dovecot) -> None:
    (one,) = await of_mailbox(MailboxDesk(tmp_path, sqlite_url, dovecot, port=free_port()))
    assert "refuses connections" in one["text"]


async def test_an_old_server_is_told_of(tmp_path: Path, sqlite_url: str) -> None:
    with Dovecot(capabilities=OLD) as server:
        found = await of_mailbox(MailboxDesk(tmp_path, sqlite_url, server, after="delete"))
    warnings = [one["text"] for one in found if one["state"] == "warning"]
    assert ["no IDLE" in text for text in warnings] == [False, True]
    assert "neither MOVE nor UIDPLUS" in warnings[0]


@pytest.mark.parametrize("tls", [True, "starttls"])
async def test_a_certificate_that_nobody_vouches_for_is_refused(
    tmp_path: Path, sqlite_url: str, tls: Any
) -> None:
    with Dovecot(tls=True) as server:
        port = server.tls_port if tls is True else server.port
        desk = MailboxDesk(tmp_path, sqlite_url, server, tls=tls, port=port, host="localhost")
        (one,) = await of_mailbox(desk)
    assert "its certificate isn't good" in one["text"]
    assert "CA" in one["remedy"]


async def test_a_withdrawn_token_is_found(tmp_path: Path, sqlite_url: str) -> None:
    async with TokenProvider(refresh="another").running() as provider:
        with Dovecot(introspection=provider.introspection_url) as server:
            oauth = {"token_url": provider.token_url, "client_id": "desk", "refresh_token": "refresh-0"}
            desk = MailboxDesk(tmp_path, sqlite_url, server, password=None, oauth=oauth)
            async with desk.running():
                await desk.health_is("failing", "invalid_grant")
                (one,) = await of_mailbox(desk)
                assert "invalid_grant" in one["text"]
                assert "sign in again" in one["remedy"]
                provider.refresh = "refresh-0"
                found = await of_mailbox(desk)  # it keeps the new one by way of the daemon
                assert {one["state"] for one in found} == {"ok"}
                desk.mailbox.try_again()
                await desk.health_is("ok")


async def test_a_refresh_token_is_not_used_up_where_the_next_one_can_not_be_kept(
    tmp_path: Path, sqlite_url: str, dovecot: Dovecot
) -> None:
    async with TokenProvider().running() as provider:
        oauth = {"token_url": provider.token_url, "client_id": "desk", "refresh_token": "refresh-0"}
        desk = MailboxDesk(tmp_path, sqlite_url, dovecot, password=None, oauth=oauth)
        (one,) = await of_mailbox(desk)
        assert (one["state"], provider.asked) == ("warning", [])
        assert "deskd db upgrade" in one["remedy"]


# ── reconcile ────────────────────────────────────────────────────────────────────────────────────────────────────────


def said(found: list[dict[str, Any]]) -> list[tuple[str, str, str, bool]]:
    return [(one["what"], one["where"], one["ts"], one["fixed"]) for one in found]


@pytest.mark.parametrize("runs", [True, False], ids=["beside the daemon", "without it"])
async def test_what_is_missing_in_the_desk_is_listed_and_taken(
    tmp_path: Path,
    sqlite_url: str,
    dovecot: Dovecot,
    monkeypatch: pytest.MonkeyPatch,
    runs: bool,
) -> None:
    dovecot.deliver(*[mail(number).data for number in (1, 2, 3)])
    desk = MailboxDesk(tmp_path, sqlite_url, dovecot)
    bodies = Session.bodies

    def damaged(session: Session, uids: list[int]) -> dict[int, bytes | None]:
        return {uid: None if uid == 2 else body for uid, body in bodies(session, uids).items()}

    async with desk.running():
        with monkeypatch.context() as patched:
            patched.setattr(Session, "bodies", damaged)
            await desk.has(mail(1), mail(3))
            assert await run(desk, "reconcile") != (0, [])
            await until(lambda: any('given_up": "2"' in one for one in positions_of(desk)), PATIENCE)
        await until(lambda: "Seen" in dovecot.flags()[3], PATIENCE)
        if runs:
            await reconciled(desk)
    if not runs:
        await reconciled(desk)
    assert sorted(desk.taken()) == [mail(number).rfc_id for number in (1, 2, 3)]
    assert "Seen" in dovecot.flags()[2]


async def reconciled(desk: MailboxDesk) -> None:
    status, found = await run(desk, "reconcile")
    assert (status, said(found)) == (1, [("missing", "desk", "2", False)])
    assert (found[0]["channel"], found[0]["thread"]) == ("support-mail", "INBOX")
    status, found = await run(desk, "reconcile", "--fix")
    assert (status, said(found)) == (0, [("missing", "desk", "2", True)])
    assert found[0]["ticket"].startswith("ACME-")
    assert await run(desk, "reconcile") == (0, [])


def positions_of(desk: MailboxDesk) -> list[str]:
    from deskd.store.tables import positions

    return [str(row["value"]) for row in desk.rows(positions)]


async def test_what_is_missing_or_twice_in_the_mailbox_is_listed(
    tmp_path: Path, desk_url: str, dovecot: Dovecot
) -> None:
    dovecot.deliver(*[mail(number).data for number in (1, 2, 3)])
    desk = MailboxDesk(tmp_path, desk_url, dovecot, after={"move": "Processed"})
    async with desk.running():
        await desk.has(mail(1), mail(2), mail(3))
        await until(lambda: len(dovecot.flags(folder="Processed")) == 3, PATIENCE)
        await until(lambda: dovecot.flags() == {}, PATIENCE)
        assert await run(desk, "reconcile") == (0, [])
        with dovecot.client(folder="Processed") as client:
            client.uid("COPY", "3", "Processed")
            client.uid("STORE", "1", "+FLAGS", "(\\Deleted)")
            client.expunge()
        status, found = await run(desk, "reconcile", "--since", "1d")
        assert status == 1
        assert said(found) == [("missing", "mailbox", "1", False), ("twice", "mailbox", "3", False)]
