"""Runs the stages parse and authenticate over a raw message: small ones here, heavy ones in a process of their own, so that nothing else waits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from deskd.authenticate import as_asked, authenticate, wants_dns, without_claims
from deskd.compose.ids import mask_tokens, token_of
from deskd.config import MailChannel, Settings
from deskd.desk.commands import InChat
from deskd.filed import Understood
from deskd.manners import check_hops
from deskd.model import Address, AuthVerdict, Gesture, Message
from deskd.model.chats import ChatFile
from deskd.parse import is_heavy, parse_mail
from deskd.parse.chat import thread_key, understand_chat
from deskd.parsing import ParsingProcess
from deskd.ports import Authenticator
from deskd.store.inbox import InboxRow
from deskd.threads import foreign_refs

TOGETHER = 16  # light mails that go to the process in one piece

Ahead = Mapping[int, "asyncio.Task[dict[int, Message | None]]"]
"""By inbox row: the piece it is in."""


class Reader:
    """`authenticators` ask the DNS, by mail channel. `process`: where heavy mails are read, and many at once; closed with the reader."""

    def __init__(
        self,
        settings: Settings,
        authenticators: Mapping[str, Authenticator] | None = None,
        process: ParsingProcess | None = None,
    ) -> None:
        self._settings = settings
        self._authenticators = authenticators or {}
        self._process = process or ParsingProcess()

    async def understand(self, row: InboxRow, ahead: Ahead | None = None) -> Understood:
        """`ahead`: what `read_ahead` began. Raises `MalformedMessage`, and `BrokenProcessPool` where the mail took its process down."""
        piece = (ahead or {}).get(row.id)
        message = (await piece).get(row.id) if piece is not None else None
        if message is None:
            message = await self._read(row, apart=piece is not None)
        if row.live:
            check_hops(message)
        return await self._asked(row, message, self._judge(row, message))

    async def _read(self, row: InboxRow, *, apart: bool) -> Message:
        """`apart`: in the process though it is light, for it may be what took it down."""
        languages = self._settings.desk.languages
        if apart or is_heavy(row.payload):
            return await self._process.read((row.payload, row.envelope), languages)
        return parse_mail(row.payload, row.envelope, languages)

    def read_ahead(self, rows: Sequence[InboxRow], before: Callable[[int], Awaitable[None]]) -> Ahead:
        """Begin to read the light ones of many mails in the process, piece by piece, so that the first are filed while the next are read.

        `before`: awaited before each piece, and told how many are in it.
        """
        light = [row for row in rows if not is_heavy(row.payload)]
        pieces = [light[start : start + TOGETHER] for start in range(0, len(light), TOGETHER)]
        begun = [(piece, asyncio.ensure_future(self._together(piece, before))) for piece in pieces]
        return {row.id: task for piece, task in begun for row in piece}

    async def _together(
        self, rows: Sequence[InboxRow], before: Callable[[int], Awaitable[None]]
    ) -> dict[int, Message | None]:
        await before(len(rows))
        raws = [(row.payload, row.envelope) for row in rows]
        found = await self._process.read_together(raws, self._settings.desk.languages)
        return dict(zip((row.id for row in rows), found, strict=True))

    def understand_now(self, row: InboxRow) -> Understood:
        return self._judge(row, parse_mail(row.payload, row.envelope, self._settings.desk.languages))

    def understand_customer(self, gesture: Gesture, name: str) -> Understood:
        """A customer's message in Slack: who wrote it is Slack's own word, so there is nothing to judge. `name`: what they are called there, if it is known."""
        message = understand_chat(gesture, self._settings.desk.languages, name)
        files = tuple(ChatFile(file.id, file.name, file.type, file.size, "") for file in gesture.files)
        chat = InChat(gesture.channel, gesture.ts, files, surface="slack")
        return Understood(message, AuthVerdict(), thread_key=thread_key(gesture), chat=chat)

    async def _asked(self, row: InboxRow, message: Message, found: Understood) -> Understood:
        """With the DNS's word, where nobody else has judged the mail; history isn't asked about: the keys of its time are gone."""
        channel, authenticator = (
            self._settings.channels.get(row.channel),
            self._authenticators.get(row.channel),
        )
        if authenticator is None or not row.live or found.auth.result != "none":
            return found
        if row.auth is not None:
            return replace(found, auth=row.auth)
        if not isinstance(channel, MailChannel) or not wants_dns(channel, row.payload, row.envelope):
            return found
        domain = message.sender.address.rpartition("@")[2]
        judged = await authenticator.ask(row.payload, row.envelope, domain)
        return replace(found, auth=as_asked(message, judged), asked=True) if judged else found

    def _judge(self, row: InboxRow, message: Message) -> Understood:
        channel = self._settings.channels.get(row.channel)
        trusted = channel.authserv if isinstance(channel, MailChannel) else ()
        auth = authenticate(message, row.payload, trusted)
        tokens = tuple(self._tokens(row, message))
        shown = without_tokens(without_claims(message, row.payload, trusted))
        return Understood(shown, auth, tokens, foreign=foreign_refs(shown, self._settings.desk.external_refs))

    def _tokens(self, row: InboxRow, message: Message) -> list[str]:
        """The signed parts of the addresses it was sent to: the envelope's word, and the headers' where it came without one."""
        addresses = [*row.envelope.rcpt_to, *(address.address for address in (*message.to, *message.cc))]
        found = (
            token_of(address)
            for address in addresses[:100]
            if self._settings.mail_channel_for(address) is not None
        )
        return list(dict.fromkeys(token for token in found if token))

    def close(self) -> None:
        self._process.close()


def without_tokens(message: Message) -> Message:
    """The message as people and rules may see it: a token in a quoted or copied reply address would let whoever reads it in where its owner may go."""

    def masked(addresses: tuple[Address, ...]) -> tuple[Address, ...]:
        return tuple(Address(mask_tokens(each.name), mask_tokens(each.address)) for each in addresses)

    return replace(
        message,
        to=masked(message.to),
        cc=masked(message.cc),
        subject=mask_tokens(message.subject),
        text=mask_tokens(message.text),
        body=mask_tokens(message.body),
        html=mask_tokens(message.html) if message.html else message.html,
        headers=tuple((name, mask_tokens(value)) for name, value in message.headers),
    )
