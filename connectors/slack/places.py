"""Names in deskd.yaml -> Slack's ids: `#front` by conversations.list, an e-mail address by users.lookupByEmail, ids as they are.

Nothing is asked about ids. A name that was found stays found; one that wasn't is asked for again, at most once a minute.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from connectors.slack.api import SlackApi
from connectors.slack.outcome import refusal
from deskd.errors import DeskdError, PermanentFailure, TemporaryFailure
from deskd.ports import Clock

_ID = re.compile(r"[CGDUWSB][A-Z0-9]{2,}")
ASK_AGAIN = 60.0
_MAX_PAGES = 50


class Places:
    """What this workspace calls the channels and people of deskd.yaml."""

    def __init__(self, api: SlackApi, clock: Clock) -> None:
        self._api = api
        self._clock = clock
        self._ids: dict[str, str] = {}
        self._asked: dict[str, float] = {}
        self._cannot_list = False

    async def channel(self, reference: str) -> str:
        """The channel's id. Raises `TemporaryFailure` while it can't be found: the admin may be about to make it."""
        if _ID.fullmatch(reference) or not reference.startswith("#"):
            return reference
        if reference not in self._ids and self._may_ask("#"):
            try:
                await self._list_channels()
            except PermanentFailure:
                self._cannot_list = True
            self._asked["#"] = self._clock.monotonic()
        if self._cannot_list:
            return self._ids.get(reference, reference)  # Slack's posting methods take a name too
        if reference not in self._ids:
            raise TemporaryFailure(
                f"there is no Slack channel {reference} that the bot can see; check deskd.yaml, or invite the bot there"
            )
        return self._ids[reference]

    def learn(self, reference: str, channel: object) -> None:
        """What Slack called the channel that was named so in a call that worked."""
        if reference.startswith("#") and isinstance(channel, str) and _ID.fullmatch(channel):
            self._ids[reference] = channel

    async def people(self, references: Iterable[str]) -> dict[str, str]:
        """The ids of those that could be found, channels among them; the others are missing. Raises nothing of Slack's."""
        found = {}
        for reference in references:
            try:
                found[reference] = await self._person(reference)
            except DeskdError:
                continue
        return found

    async def _person(self, reference: str) -> str:
        if reference.startswith("#"):
            return await self.channel(reference)
        if "@" not in reference or reference in self._ids:
            return self._ids.get(reference, reference)
        if not self._may_ask(reference):
            raise TemporaryFailure(f"Slack was asked about {reference} a moment ago")
        try:
            answer = await self._api.call(self._api.client.users_lookupByEmail, email=reference)
        except PermanentFailure:
            self._asked[reference] = self._clock.monotonic()
            raise
        user = answer.get("user")
        if not isinstance(user, dict) or not user.get("id"):
            raise PermanentFailure(f"Slack knows nobody with the address {reference}")
        self._ids[reference] = str(user["id"])
        return self._ids[reference]

    async def _list_channels(self) -> None:
        try:
            await self._read_channels("public_channel,private_channel")
        except TemporaryFailure as error:
            if refusal(error) != "missing_scope":  # groups:read is not given to every app
                raise
            await self._read_channels("public_channel")

    async def _read_channels(self, types: str) -> None:
        method = self._api.client.conversations_list
        async for one in self._api.pages(
            method, "channels", most=_MAX_PAGES, types=types, exclude_archived=True, limit=200
        ):
            if one.get("id") and one.get("name"):
                self._ids[f"#{one['name']}"] = str(one["id"])

    def _may_ask(self, what: str) -> bool:
        """Not within a minute of Slack's last word on it; where Slack could not be asked, at once."""
        last = self._asked.get(what)
        return last is None or self._clock.monotonic() - last >= ASK_AGAIN
