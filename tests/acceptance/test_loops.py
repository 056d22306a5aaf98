"""Programs that answer one another: two desks, each the other's customer, and a robot that says nowhere that it is one. It ends by itself."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

from sqlalchemy import select

from connectors.smtp.listener import SmtpListener
from connectors.standins.smtp import Mail, send_mail
from deskd.store import Work, inbox
from deskd.store.tables import outbox
from deskd.store.work import Statement
from tests.support.daemon import Desk, running_desk, until

ACKNOWLEDGE = {"ack.yaml": "rules: [{name: ack, then: [{reply: received}]}]"}
TELL_TALES = ("Auto-Submitted", "X-Auto-Response-Suppress", "X-Loop", "Precedence")
PATIENCE = 90.0
_WAITING = Statement(select(outbox.c.id).where(outbox.c.kind == "mail", outbox.c.state != "sent"))

Carried = Callable[[Mail], tuple[str, bytes]]
"""What arrives of a mail that a desk sent: the envelope's sender and the content."""


class Post:
    """Carries what one desk sends to another one's port. `of` sends, `to` gets."""

    def __init__(self, of: Desk, to: Desk, carried: Carried) -> None:
        self._of, self._to, self._carried = of, to, carried
        self._done = 0

    @property
    def is_empty(self) -> bool:
        return self._done == len(self._of.mail.mails)

    async def carry(self) -> None:
        while not self.is_empty:
            mail = self._of.mail.mails[self._done]
            self._done += 1
            sender, content = self._carried(mail)
            listener = self._to.daemon.receivers[0]
            assert isinstance(listener, SmtpListener)
            await send_mail("127.0.0.1", listener.port, content, sender, [_desk_of(self._to)])


def _desk_of(desk: Desk) -> str:
    return desk.daemon.settings.mail_channels()["support-mail"].address


def as_it_is(mail: Mail) -> tuple[str, bytes]:
    return mail.mail_from.strip("<>"), mail.content


def without_tell_tales(mail: Mail) -> tuple[str, bytes]:
    """As a program passes it on that knows no RFC 3834."""
    message = email.message_from_bytes(mail.content, policy=email.policy.default)
    for name in TELL_TALES:
        del message[name]
    return str(message["From"].addresses[0].addr_spec), message.as_bytes(policy=email.policy.SMTP)


def echoed(mail: Mail) -> tuple[str, bytes]:
    """What a robot makes of it: the same text, from whom it was for, as an answer."""
    came = email.message_from_bytes(mail.content, policy=email.policy.default)
    assert isinstance(came, EmailMessage)
    answer = EmailMessage(policy=email.policy.SMTP)
    answer["From"], answer["To"] = mail.rcpt_to[0], str(came["Reply-To"] or came["From"])
    answer["Subject"], answer["Message-ID"] = f"Re: {came['Subject']}", make_msgid(domain="cliente.example")
    answer["In-Reply-To"] = came["Message-ID"]
    body = came.get_body(("plain",))
    answer.set_content(str(body.get_content()) if body is not None else "?")
    return mail.rcpt_to[0], answer.as_bytes()


async def to_its_end(*posts: Post) -> None:
    """Until nothing waits anywhere. What is decided of a mail is kept with it: with no mail waiting, none can come of it later."""

    async def over() -> bool:
        for post in posts:
            await post.carry()
        still = [await post._of.daemon.store.read(_under_way) for post in posts]
        return not any(still) and all(post.is_empty for post in posts)

    await until(over, PATIENCE)


def _under_way(work: Work) -> bool:
    return inbox.is_waiting(work, inbox.newest(work)) or bool(work.rows(_WAITING))


def first(sender: str, to: str) -> bytes:
    lines = (
        f"From: {sender}",
        f"To: {to}",
        "Subject: Fattura",
        "Message-ID: <one@elsewhere.example>",
        "",
        "Ciao",
        "",
    )
    return "\r\n".join(lines).encode()


async def begin(desk: Desk, sender: str) -> None:
    listener = desk.daemon.receivers[0]
    assert isinstance(listener, SmtpListener)
    await send_mail("127.0.0.1", listener.port, first(sender, _desk_of(desk)), sender, [_desk_of(desk)])


async def two_desks(folder: Path, carried: Carried) -> tuple[int, int]:
    """How many mails each of them sent."""
    for name in ("one", "two"):
        (folder / name).mkdir()
    async with (
        running_desk(folder / "one", rules=ACKNOWLEDGE, domain="one.example") as one,
        running_desk(folder / "two", rules=ACKNOWLEDGE, domain="two.example") as two,
    ):
        await begin(one, _desk_of(two))
        await to_its_end(Post(one, two, carried), Post(two, one, carried))
        return len(one.mail.mails), len(two.mail.mails)


async def test_two_desks_that_answer_each_other(tmp_path: Path) -> None:
    assert await two_desks(tmp_path, as_it_is) == (1, 0)


async def test_two_desks_whose_mail_loses_what_says_that_it_is_automatic(tmp_path: Path) -> None:
    assert await two_desks(tmp_path, without_tell_tales) == (1, 1)


async def test_a_robot_without_any_header(tmp_path: Path) -> None:
    async with running_desk(tmp_path, rules=ACKNOWLEDGE) as desk:
        await begin(desk, "maria@cliente.example")
        await to_its_end(Post(desk, desk, echoed))
        assert len(desk.mail.mails) == 1
