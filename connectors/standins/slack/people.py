"""What people do in Slack, for tests and the demo: write, edit, delete, react, upload, join.

Text goes through the message box (typing_box.py) as what people type does. What a person cannot do raises LookupError or
PermissionError: a test that presses a button which isn't there is wrong and should know. Clicks are in clicks.py.
"""

import mimetypes
from collections.abc import Sequence

from connectors.standins.slack.acts import Acts
from connectors.standins.slack.state import Channel, Message, SlackError
from connectors.standins.slack.typing_box import rich_text, typed


class People:
    """Everyone but the app."""

    def __init__(self, acts: Acts) -> None:
        self._acts = acts

    def _channel(self, user: str, channel: str) -> Channel:
        found = self._acts.workspace.channel(channel)
        if user not in self._acts.workspace.users:
            raise LookupError(f"no such person: {user}")
        if user not in found.members:
            raise PermissionError(f"{user} is no member of {channel}")
        return found

    def _message(self, user: str, channel: str, ts: str) -> Message:
        try:
            return self._channel(user, channel).messages[ts]
        except KeyError:
            raise LookupError(f"no message {ts} in {channel}") from None

    def post(
        self,
        user: str,
        channel: str,
        text: str,
        thread_ts: str | None = None,
        files: Sequence[tuple[str, bytes]] = (),
        *,
        broadcast: bool = False,
        raw: bool = False,
    ) -> str:
        """Write a message and return its ts; `files` are (name, content); `raw` leaves the text as it is given."""
        where = self._channel(user, channel)
        if thread_ts is not None:
            if thread_ts not in where.messages:
                raise LookupError(f"no thread {thread_ts} in {channel}")
            thread_ts = where.messages[thread_ts].thread_ts or thread_ts
        kept = text if raw else typed(self._acts.workspace, text)
        uploaded = [
            self._acts.keep_file(
                name, content, mimetypes.guess_type(name)[0] or "application/octet-stream", user
            )
            for name, content in files
        ]
        message = self._acts.by_person(
            user,
            where,
            kept,
            [rich_text(kept)] if kept else [],
            thread_ts,
            uploaded,
            "thread_broadcast" if broadcast and thread_ts else None,
        )
        return message.ts

    def edit(self, user: str, channel: str, ts: str, text: str, *, raw: bool = False) -> None:
        """Edit one's own message."""
        message = self._message(user, channel, ts)
        if message.user != user:
            raise PermissionError(f"{user} did not write {ts}")
        kept = text if raw else typed(self._acts.workspace, text)
        self._acts.change(message, user, text=kept, blocks=[rich_text(kept)])

    def delete(self, user: str, channel: str, ts: str) -> None:
        """Delete one's own message."""
        message = self._message(user, channel, ts)
        if message.user != user:
            raise PermissionError(f"{user} did not write {ts}")
        self._acts.delete(message)

    def unfurl(self, channel: str, ts: str, url: str) -> None:
        """Slack itself adds a preview of a link to a message: a `message_changed` in which nobody edited anything."""
        message = self._acts.workspace.message(channel, ts)
        preview = {"id": 1, "from_url": url, "original_url": url, "fallback": url, "title": url}
        self._acts.change(message, None, attachments=[preview])

    def react(self, user: str, channel: str, ts: str, name: str) -> None:
        """Put an emoji (its name, without colons) on a message; a second time changes nothing, as in the client."""
        try:
            self._acts.react(user, self._message(user, channel, ts), name)
        except SlackError as refused:
            if refused.code != "already_reacted":
                raise LookupError(refused.code) from refused

    def unreact(self, user: str, channel: str, ts: str, name: str) -> None:
        """Take one's emoji away again."""
        try:
            self._acts.unreact(user, self._message(user, channel, ts), name)
        except SlackError as refused:
            raise LookupError(refused.code) from refused

    def join(self, user: str, channel: str) -> None:
        """Join a channel."""
        self._acts.join(user, self._acts.workspace.channel(channel))

    def leave(self, user: str, channel: str) -> None:
        """Leave a channel."""
        self._acts.leave(user, self._acts.workspace.channel(channel))

    def open_home(self, user: str) -> None:
        """Open the app's home tab."""
        self._acts.open_home(user)
