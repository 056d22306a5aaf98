"""Files into a thread, and out of Slack.

A post of files is an address from Slack for each (files.getUploadURLExternal), the bytes sent there, and one call that makes a message of them
(files.completeUploadExternal): only that one shows anything, so only its outcome can be unknown. Its message carries no metadata. What
is looked for then are the files' own ids; after a restart, when nobody knows those, a message of just these names and sizes: rather
not shown a second time, for their names stand in the text before, than shown twice.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from typing import Any

from connectors.slack import blocks
from connectors.slack.api import SlackApi
from connectors.slack.escape import cut
from connectors.slack.lookup import messages_of
from connectors.slack.outcome import refusal
from connectors.slack.places import Places
from connectors.slack.transfer import Transfer
from deskd.errors import PermanentFailure, TemporaryFailure
from deskd.model import Delivery, FetchFiles, GestureFile, OutgoingFile, PostFiles, Receipt

MAX_NAME = 200
_REMEMBERED = 1000
_MAY_NOT = frozenset({"missing_scope", "no_permission", "not_allowed_token_type"})
_THREAD_GONE = frozenset({"thread_not_found", "channel_not_found"})


class Filing:
    """For one account."""

    def __init__(self, api: SlackApi, transfer: Transfer, places: Places) -> None:
        self._api = api
        self._transfer = transfer
        self._places = places
        self._ids: OrderedDict[str, tuple[str, ...]] = (
            OrderedDict()
        )  # by a delivery's key, while it may be unknown

    async def post(self, content: PostFiles, key: str) -> Receipt:
        try:
            return await self._post(content, key)
        except TemporaryFailure as error:
            if refusal(error) not in _MAY_NOT:
                raise
            raise PermanentFailure(str(error)) from error.__cause__

    async def _post(self, content: PostFiles, key: str) -> Receipt:
        channel = await self._places.channel(content.place.channel)
        ids = [await self._upload(file) for file in content.files]
        self._remember(key, tuple(ids))
        thread = {"thread_ts": content.place.thread} if content.place.thread else {}
        await self._api.call(
            self._api.client.files_completeUploadExternal,
            once=True,
            channel_id=channel,
            files=[
                {"id": found, "title": shown_name(file)}
                for found, file in zip(ids, content.files, strict=True)
            ],
            **thread,
        )
        return Receipt()

    async def _upload(self, file: OutgoingFile) -> str:
        given = await self._api.call(
            self._api.client.files_getUploadURLExternal, filename=shown_name(file), length=len(file.data)
        )
        if not given.get("upload_url") or not given.get("file_id"):
            raise PermanentFailure("Slack gave no address to send a file to")
        await self._transfer.upload(str(given["upload_url"]), file.data)
        return str(given["file_id"])

    def _remember(self, key: str, ids: tuple[str, ...]) -> None:
        self._ids[key] = ids
        while len(self._ids) > _REMEMBERED:
            self._ids.popitem(last=False)

    async def look_up(self, delivery: Delivery, content: PostFiles) -> Receipt | None:
        """Raises `TemporaryFailure` when it can't be told now. An API that shows no threads can't tell ever: it counts as there."""
        channel = await self._places.channel(content.place.channel)
        ids = self._ids.get(delivery.key)
        try:
            async for message in messages_of(channel, content.place.thread, self._api):
                if _holds(message, ids, content.files):
                    return Receipt(str(message.get("ts") or ""), place=channel)
        except PermanentFailure as error:
            return None if refusal(error) in _THREAD_GONE else Receipt()
        return Receipt() if ids and await self._completed(ids[0]) else None

    async def _completed(self, file_id: str) -> bool:
        """Whether Slack has the file for good: then its message is only late."""
        try:
            await self._api.call(self._api.client.files_info, file=file_id)
        except PermanentFailure:
            return False
        return True

    async def fetch(self, content: FetchFiles) -> Receipt:
        """The files' bytes, in order. Raises `PermanentFailure`, with the file named, where one can't be had."""
        found: list[bytes] = []
        for file in content.files:
            try:
                found.append(await self._fetch(file, content.most - sum(map(len, found))))
            except PermanentFailure as error:
                raise PermanentFailure(f"“{blocks.one_line(file.name)}”: {error}") from error
        return Receipt(files=tuple(found))

    async def _fetch(self, file: GestureFile, room: int) -> bytes:
        url = file.url or await self._address(file.id)
        return await self._transfer.download(url, file.type, room)

    async def _address(self, file_id: str) -> str:
        """Files of shared channels come without an address (`file_access: check_file_info`)."""
        told = (await self._api.call(self._api.client.files_info, file=file_id)).get("file")
        return (
            str(told.get("url_private_download") or told.get("url_private") or "")
            if isinstance(told, dict)
            else ""
        )


def shown_name(file: OutgoingFile) -> str:
    return cut(blocks.one_line(file.name), MAX_NAME) or "file"


def _holds(message: dict[str, Any], ids: tuple[str, ...] | None, wanted: tuple[OutgoingFile, ...]) -> bool:
    """Whether it is the message of these files: by their ids, or by names and sizes."""
    listed = message.get("files")
    files = [file for file in listed if isinstance(file, dict)] if isinstance(listed, list) else []
    if ids is not None:
        return set(ids) <= {str(file.get("id")) for file in files}
    there = Counter((str(file.get("title") or file.get("name")), file.get("size")) for file in files)
    return bool(files) and there == Counter((shown_name(file), len(file.data)) for file in wanted)
