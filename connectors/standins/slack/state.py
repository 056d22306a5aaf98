"""A Slack workspace as plain state: people, channels, messages, files, groups, views. No I/O, no events, no tokens.

In: facts to keep (`add_message`, `add_file`…). Out: the same facts by id. Time comes from the `clock` that the maker gives.
Asking for what is not there raises `SlackError` with Slack's own word for it.
"""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
ChannelKind = Literal["channel", "group", "im"]


class SlackError(Exception):
    """What Slack answers as `{"ok": false, "error": CODE}`; `extra` are further keys of that answer."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra


@dataclass(slots=True)
class User:
    """A member of the workspace; `name` is the handle, without @."""

    id: str
    name: str
    real_name: str
    email: str | None = None
    is_bot: bool = False
    bot_id: str | None = None
    deleted: bool = False
    locale: str = "en-US"
    tz: str = "Europe/Rome"
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    team_id: str = ""
    """Of another company's people (Slack Connect); "": the workspace's own."""


@dataclass(slots=True)
class File:
    """An uploaded file and where it was shared."""

    id: str
    name: str
    title: str
    mimetype: str
    content: bytes
    user: str
    created: int
    shares: list[tuple[str, str]] = field(default_factory=list)
    """(channel, ts of the message that carries it)"""


@dataclass(slots=True)
class Message:
    """One message of a channel. `thread_ts` is the ts of the thread's first message, on replies only."""

    ts: str
    channel: str
    user: str | None
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    subtype: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    username: str | None = None
    icons: Json | None = None
    metadata: Json | None = None
    client_msg_id: str | None = None
    files: list[File] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    edited: Json | None = None


@dataclass(slots=True)
class Ephemeral:
    """A message that only `user` sees; Slack keeps none of these, the stand-in does so that tests can look."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json]
    thread_ts: str | None = None
    deleted: bool = False


@dataclass(slots=True)
class Channel:
    """A conversation; `messages` by ts, oldest first."""

    id: str
    name: str
    kind: ChannelKind
    created: int
    members: list[str] = field(default_factory=list)
    messages: dict[str, Message] = field(default_factory=dict)
    archived: bool = False
    topic: str = ""
    _threads: dict[str, list[Message]] = field(default_factory=dict)

    def add(self, message: Message) -> None:
        """Put a message at the end."""
        self.messages[message.ts] = message
        if message.thread_ts is not None:
            self._threads.setdefault(message.thread_ts, []).append(message)

    def remove(self, message: Message) -> None:
        """Take a message out."""
        del self.messages[message.ts]
        if message.thread_ts is not None:
            self._threads[message.thread_ts].remove(message)

    def replies(self, thread_ts: str) -> list[Message]:
        """The thread's messages after its first, oldest first."""
        return list(self._threads.get(thread_ts, ()))


@dataclass(slots=True)
class Group:
    """A user group (`<!subteam^S…>`)."""

    id: str
    handle: str
    name: str
    users: list[str]


@dataclass(slots=True)
class View:
    """A modal or a home tab, as Slack keeps it; `errors` are what the app last answered to a submission."""

    id: str
    user: str
    content: Json
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    is_open: bool = True
    errors: dict[str, str] = field(default_factory=dict)


class Workspace:
    """One team: the app with its bot user, the people and all they wrote."""

    def __init__(self, clock: Callable[[], float], team_id: str, app_id: str, bot: User) -> None:
        self.clock = clock
        self.team_id = team_id
        self.app_id = app_id
        self.domain = "standin"
        self.origin = ""  # http://host:port once the server listens; private file addresses start with it
        self.bot = bot
        self.users: dict[str, User] = {bot.id: bot}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.groups: dict[str, Group] = {}
        self.views: dict[str, View] = {}
        self.ephemerals: list[Ephemeral] = []
        self._ids = itertools.count(1)
        self._last_ts = (0, 0)

    def next_ts(self) -> str:
        """A new timestamp, later than all before, in Slack's form: seconds, a dot, six digits."""
        second, fraction = int(self.clock()), 100
        if second <= self._last_ts[0]:
            second, fraction = self._last_ts[0], self._last_ts[1] + 100
        if fraction > 999_999:
            second, fraction = second + 1, 100
        self._last_ts = (second, fraction)
        return f"{second}.{fraction:06d}"

    def go_on_after(self, ts: str) -> None:
        """Give out no timestamp up to this one: it is from an earlier life of the workspace."""
        second, _, fraction = ts.partition(".")
        self._last_ts = max(self._last_ts, (int(second), int(fraction)))

    def next_id(self, prefix: str) -> str:
        """A new id in Slack's form, like `F0000000007`."""
        return f"{prefix}{next(self._ids):010d}"

    def add_user(self, user_id: str, name: str, real_name: str = "", email: str | None = None) -> User:
        """Take a person into the workspace."""
        user = User(user_id, name, real_name or name, email)
        self.users[user_id] = user
        return user

    def add_channel(self, channel_id: str, name: str, members: Iterable[str], kind: ChannelKind) -> Channel:
        """Make a channel whose members are `members`."""
        channel = Channel(channel_id, name, kind, int(self.clock()), list(dict.fromkeys(members)))
        self.channels[channel_id] = channel
        return channel

    def direct(self, user_id: str) -> Channel:
        """The direct-message channel between a person and the bot, made when first asked for."""
        if user_id not in self.users:
            raise SlackError("user_not_found")
        for channel in self.channels.values():
            if channel.kind == "im" and user_id in channel.members:
                return channel
        return self.add_channel(self.next_id("D"), user_id, [user_id, self.bot.id], "im")

    def channel(self, channel_id: str | None) -> Channel:
        """A channel by id, or the direct messages of a user by the user's id. Raises channel_not_found."""
        if channel_id in self.users and channel_id is not None:
            return self.direct(channel_id)
        try:
            return self.channels[channel_id or ""]
        except KeyError:
            raise SlackError("channel_not_found") from None

    def message(self, channel_id: str | None, ts: str | None) -> Message:
        """A message. Raises channel_not_found, message_not_found."""
        try:
            return self.channel(channel_id).messages[ts or ""]
        except KeyError:
            raise SlackError("message_not_found") from None

    def user(self, user_id: str | None) -> User:
        """A user. Raises user_not_found."""
        try:
            return self.users[user_id or ""]
        except KeyError:
            raise SlackError("user_not_found") from None

    def file(self, file_id: str | None) -> File:
        """A file. Raises file_not_found."""
        try:
            return self.files[file_id or ""]
        except KeyError:
            raise SlackError("file_not_found") from None

    def ephemeral(self, ts: str) -> Ephemeral | None:
        """An ephemeral message that is still shown."""
        return next((found for found in self.ephemerals if found.ts == ts and not found.deleted), None)
