"""Deliveries out: each kind of content as its Web API call, once.

In: a `Delivery`. Out: a `Receipt`, or one of the failures of `deskd.ports.Connector.deliver`. A post carries its delivery's key
as metadata, by which `lookup` finds it when its outcome is unknown. It never posts twice for one delivery: only after Slack
has said no outright is the same tried in another form (a shorter text, the author's name inside it).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError

from connectors.slack import blocks
from connectors.slack.api import SlackApi
from connectors.slack.escape import cut, cut_escaped, escape
from connectors.slack.filing import Filing
from connectors.slack.identify import METADATA_TYPE
from connectors.slack.outcome import answer, refusal
from connectors.slack.places import Places
from deskd.errors import DeskdError, PermanentFailure, TemporaryFailure, UnknownOutcome
from deskd.model import Delivery, Ephemeral, FetchFiles, Post, PostCard, PostFiles, React, Receipt, UpdateCard


@dataclass(frozen=True, slots=True)
class _Form:
    """How much of a text is posted: in blocks, and as fallback, in characters; `plain` has no links made of addresses."""

    shown: int
    fallback: int
    plain: bool = False


# From generous to what Slack surely takes: the sum over all blocks has a limit of about 13,000 that Slack enforces here and there
# and documents nowhere (github.com/slackapi/bolt-js/issues/2509), and what it takes for an address is its secret too.
_FORMS = (
    _Form(120_000, 35_000),
    _Form(10_000, 3_500),
    _Form(10_000, 3_500, plain=True),
    _Form(2_500, 500, plain=True),
)
_NOT_IN_THIS_FORM = frozenset(
    {
        "msg_too_long",
        "msg_blocks_too_long",
        "invalid_blocks",
        "invalid_blocks_format",
        "cannot_parse_attachment",
    }
)
_DONE_ALREADY = frozenset({"already_reacted", "no_reaction", "message_not_found", "no_item_specified"})
_MAY_NOT = frozenset({"missing_scope", "no_permission", "not_allowed_token_type"})
_NOTHING_MADE_OF_IT: dict[str, Any] = {
    "unfurl_links": False,
    "unfurl_media": False,
    "link_names": False,
    "parse": "none",
}


class Sender:
    """Posts for one account. `language`: what its agents read."""

    def __init__(self, api: SlackApi, places: Places, filing: Filing, language: str) -> None:
        self._api = api
        self._filing = filing
        self._places = places
        self._language = language
        self._may_name_poster = True  # until Slack says that the scope chat:write.customize is missing

    async def send(self, delivery: Delivery) -> Receipt:
        content = delivery.content
        match content:
            case PostCard():
                return await self._post_card(content, delivery.key)
            case UpdateCard():
                return await self._update_card(content, delivery.key)
            case Post():
                return await self._post(content, delivery.key)
            case PostFiles():
                return await self._filing.post(content, delivery.key)
            case FetchFiles():
                return await self._filing.fetch(content)
            case React() | Ephemeral():
                return await self._decorate(content)
            case _:
                raise PermanentFailure(f"Slack can't carry a {type(content).__name__}")

    async def _post_card(self, content: PostCard, key: str) -> Receipt:
        return await self._post_message(
            channel=await self._places.channel(content.place.channel),
            thread_ts=content.place.thread,
            text=cut_escaped(blocks.headline(content.card), 300),
            blocks=blocks.card(content.card, key),
            metadata=_metadata(key),
        )

    async def _update_card(self, content: UpdateCard, key: str) -> Receipt:
        await self._api.call(
            self._api.client.chat_update,
            channel=await self._places.channel(content.place.channel),
            ts=content.place.thread or "",
            text=cut_escaped(blocks.headline(content.card), 300),
            blocks=blocks.card(content.card, key),
            link_names=False,
            parse="none",  # left out it is `client` here, unlike in chat.postMessage
        )
        return Receipt(content.place.thread or "")

    async def _post(self, content: Post, key: str) -> Receipt:
        """In the first form that Slack takes: a form refused was surely not posted."""
        channel = await self._places.channel(content.place.channel)
        for form in _FORMS[:-1]:
            try:
                return await self._post_as(content, key, channel, form)
            except PermanentFailure as error:
                if refusal(error) not in _NOT_IN_THIS_FORM:
                    raise
        return await self._post_as(content, key, channel, _FORMS[-1])

    async def _post_as(self, content: Post, key: str, channel: str, form: _Form) -> Receipt:
        """One post; the author is its poster's name, or stands in the text where the app may not set that."""
        if self._may_name_poster and content.author:
            poster = {"username": cut(blocks.one_line(content.author), 80)}
            try:
                return await self._post_by(poster, content, key, channel, form)
            except DeskdError as error:
                if not _wants_customize(error):
                    raise
        receipt = await self._post_by({}, content, key, channel, form)
        self._may_name_poster = self._may_name_poster and not content.author
        return receipt

    async def _post_by(
        self, poster: dict[str, str], content: Post, key: str, channel: str, form: _Form
    ) -> Receipt:
        named = not poster
        return await self._post_message(
            channel=channel,
            thread_ts=content.place.thread,
            text=_fallback(content, min(content.most or form.fallback, form.fallback), named=named),
            blocks=blocks.post(content, self._language, form.shown, named=named, plain=form.plain),
            metadata=_metadata(key),
            **poster,
        )

    async def _post_message(self, **arguments: Any) -> Receipt:
        given = {name: value for name, value in arguments.items() if value is not None}
        posted = await self._api.call(
            self._api.client.chat_postMessage, once=True, **given, **_NOTHING_MADE_OF_IT
        )
        if not posted.get("ts"):
            raise UnknownOutcome("Slack took a post and did not say under which ts")
        self._places.learn(str(given["channel"]), posted.get("channel"))
        return Receipt(str(posted["ts"]), place=str(posted.get("channel") or given["channel"]))

    async def _decorate(self, content: React | Ephemeral) -> Receipt:
        """What the app may not do is given up here, where a post would wait for the admin: a missing ✅ must not hold up a thread."""
        try:
            return await (self._react(content) if isinstance(content, React) else self._whisper(content))
        except TemporaryFailure as error:
            if refusal(error) not in _MAY_NOT:
                raise
            raise PermanentFailure(str(error)) from error.__cause__

    async def _react(self, content: React) -> Receipt:
        client = self._api.client
        ts = content.place.thread or ""
        try:
            await self._api.call(
                client.reactions_add if content.add else client.reactions_remove,
                channel=await self._places.channel(content.place.channel),
                timestamp=ts,
                name=content.emoji,
            )
        except PermanentFailure as error:
            if refusal(error) not in _DONE_ALREADY:
                raise
        return Receipt(ts)

    async def _whisper(self, content: Ephemeral) -> Receipt:
        """Shown to one person, kept by nobody: a second one after a lost answer does no harm, so it may be repeated."""
        arguments: dict[str, Any] = {"thread_ts": content.place.thread} if content.place.thread else {}
        posted = await self._api.call(
            self._api.client.chat_postEphemeral,
            channel=await self._places.channel(content.place.channel),
            user=content.user,
            text=cut_escaped(content.text, 3_500) or " ",
            blocks=blocks.ephemeral(content.text, content.buttons, self._language),
            link_names=False,
            parse="none",
            **arguments,
        )
        return Receipt(str(posted.get("message_ts") or ""))


def _metadata(key: str) -> dict[str, Any]:
    return {"event_type": METADATA_TYPE, "event_payload": {"key": key}}


def _fallback(content: Post, limit: int, *, named: bool) -> str:
    """The text for notifications and for clients without blocks, escaped; the mentions in front of it are ours."""
    mentions = "".join(
        f"<!subteam^{who}> " if who.startswith("S") else f"<@{who}> " for who in content.mentions
    )
    author = f"{escape(blocks.one_line(content.author))}: " if named and content.author else ""
    return (mentions + author + cut_escaped(content.text.strip("\r\n"), limit)) or " "


def _wants_customize(error: DeskdError) -> bool:
    """Whether Slack refused the poster's name. It says so in `needed`, which not every server fills in."""
    cause = error.__cause__
    if refusal(error) != "missing_scope" or not isinstance(cause, SlackApiError):
        return False
    needed = answer(cause).needed
    return not needed or "customize" in needed
