"""The customers' mailboxes: what each sent and received, and the way of a mail from the page to the daemon."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from email.utils import make_msgid

from connectors.standins.smtp import Mail, send_mail
from deskd.demo.mails import Direction, File, Json, Letter, answer, new_mail, recipient, shown
from deskd.demo.people import CUSTOMERS, Customer

MAX_TEXT = 100_000  # characters of a mail that the page sends; the daemon's own limit is far above


class Mailboxes:
    """All mails, by customer. `changed` is called after each new one; `port` is the daemon's, once it listens."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.letters: list[Letter] = []
        self.port = 0
        self._customers = {customer.key: customer for customer in CUSTOMERS}
        self._changed = changed

    async def write(
        self, customer: str, subject: str, text: str, now: datetime, files: Sequence[File] = ()
    ) -> str:
        """Send a new mail; its Message-ID, without brackets. Raises `LookupError` for an unknown customer, aiosmtplib's exceptions when the daemon refuses it."""
        who = self._customers[customer]
        message_id = make_msgid(domain=who.domain)
        await self._send(who, new_mail(who, subject, text[:MAX_TEXT], message_id, now, files), now)
        return message_id.strip("<>")

    async def reply(
        self, customer: str, to: int, text: str, now: datetime, files: Sequence[File] = ()
    ) -> None:
        """Answer the mail with this number; raises as `write` does."""
        who, old = self._customers[customer], self.letter(to)
        if old.customer != customer:
            raise LookupError(f"no mail {to} in the mailbox of {customer}")
        content = answer(who, old, text[:MAX_TEXT], make_msgid(domain=who.domain), now, files)
        await self._send(who, content, now)

    def letter(self, number: int) -> Letter:
        """The mail with this number. Raises `LookupError`."""
        for letter in self.letters:
            if letter.number == number:
                return letter
        raise LookupError(f"there is no mail {number}")

    def whose(self, message_id: str) -> str | None:
        """The customer who has the mail with this Message-ID, without brackets."""
        wanted = f"<{message_id}>"
        return next((one.customer for one in self.letters if one.message["Message-ID"] == wanted), None)

    async def _send(self, who: Customer, content: bytes, now: datetime) -> None:
        await send_mail("127.0.0.1", self.port, content, who.address, recipient(content))
        self._keep(who.key, "sent", content, now)

    def receive(self, mail: Mail, now: datetime) -> None:
        """A mail of the daemon's reached the customers' mail server."""
        for customer in CUSTOMERS:
            if customer.address in {address.lower() for address in mail.rcpt_to}:
                self._keep(customer.key, "received", mail.content, now)

    def _keep(self, customer: str, direction: Direction, content: bytes, now: datetime) -> None:
        self.letters.append(Letter(len(self.letters) + 1, customer, direction, content, now))
        self._changed()

    def shown(self) -> list[Json]:
        """The mailboxes as the page shows them, each with its mails, oldest first."""
        return [
            {
                "key": customer.key,
                "name": customer.name,
                "address": customer.address,
                "language": customer.language,
                "mails": [shown(letter) for letter in self.letters if letter.customer == customer.key],
            }
            for customer in CUSTOMERS
        ]
