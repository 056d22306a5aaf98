"""Runs the stages parse and authenticate over a raw message: small ones here, heavy ones in a process of their own, so that nothing else waits."""

from __future__ import annotations

import asyncio
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing import get_context

from deskd.apart import leave_with_parent
from deskd.authenticate import authenticate, without_claims
from deskd.compose.ids import mask_tokens, token_of
from deskd.config import MailChannel, Settings
from deskd.filed import Understood
from deskd.model import Address, AuthVerdict, Gesture, Message
from deskd.parse import is_heavy, parse_mail
from deskd.parse.chat import thread_key, understand_chat
from deskd.store.inbox import InboxRow
from deskd.threads import foreign_refs

SLOWEST = 30.0  # seconds for one mail; one that takes longer counts as one that can't be read


class Reader:
    """Holds the process for heavy mails, started when the first one comes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pool: ProcessPoolExecutor | None = None
        self._one_by_one = asyncio.Lock()

    async def understand(self, row: InboxRow, *, apart: bool = False) -> Understood:
        """Raises `MalformedMessage`, and `BrokenProcessPool` where the mail took its process down.

        `apart`: in that process though it is light, as one of many that come at once: two processors then do nearly twice the work.
        """
        languages = self._settings.desk.languages
        message = (
            await self._parse(row, languages)
            if apart or is_heavy(row.payload)
            else parse_mail(row.payload, row.envelope, languages)
        )
        return self._judge(row, message)

    def understand_now(self, row: InboxRow) -> Understood:
        return self._judge(row, parse_mail(row.payload, row.envelope, self._settings.desk.languages))

    def understand_customer(self, gesture: Gesture) -> Understood:
        """A customer's message in Slack: who wrote it is Slack's own word, so there is nothing to judge."""
        message = understand_chat(gesture, self._settings.desk.languages)
        return Understood(message, AuthVerdict(), thread_key=thread_key(gesture))

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

    async def _parse(self, row: InboxRow, languages: tuple[str, ...]) -> Message:
        """In the process, whose time runs from when it begins: a mail behind a slow one isn't slow itself."""
        async with self._one_by_one:
            pool = self._pool = self._pool or _process()
            work = asyncio.get_running_loop().run_in_executor(
                pool, parse_mail, row.payload, row.envelope, languages
            )
            try:
                return await asyncio.wait_for(work, SLOWEST)
            except TimeoutError as slow:
                self._kill()
                raise TimeoutError(f"reading it took longer than {SLOWEST:g} seconds") from slow
            except BrokenProcessPool:
                self.close()
                raise

    def _kill(self) -> None:
        """The process is still at it, and nothing but its end will bring it to the next mail."""
        if self._pool is not None:
            for process in self._pool._processes.values():  # there is no public way before Python 3.14
                process.kill()
        self.close()

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


def _process() -> ProcessPoolExecutor:
    """A fresh interpreter: a fork would carry the writer's locks and the database's file descriptors along."""
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=leave_with_parent)


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
