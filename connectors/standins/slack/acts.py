"""What can happen in the workspace. Each act changes the state, tells the app by an event where Slack would, and publishes the change.

The Web API's methods (on the app's behalf) and `People` (on everyone else's) both act through here and nowhere else. The app
hears of a channel only while its bot user is a member.
"""

import copy
import re
import uuid
from collections.abc import Sequence

from connectors.standins.changes import Changes
from connectors.standins.slack import events
from connectors.standins.slack.delivery import Delivery
from connectors.standins.slack.shapes import message_json
from connectors.standins.slack.state import Channel, Ephemeral, File, Json, Message, SlackError, Workspace


class Acts:
    """The acts on one workspace."""

    def __init__(self, workspace: Workspace, delivery: Delivery, changes: Changes) -> None:
        self.workspace = workspace
        self.delivery = delivery
        self.changes = changes

    def _tell(self, channel: Channel, event: Json) -> None:
        if self.workspace.bot.id in channel.members:
            self.delivery.send("events_api", events.envelope(self.workspace, event))

    def _published(self, kind: str, message: Message) -> None:
        self.changes.publish(
            kind, channel=message.channel, ts=message.ts, message=message_json(self.workspace, message)
        )

    def post(self, channel: Channel, message: Message) -> Message:
        """Put a message into its channel."""
        channel.add(message)
        for file in message.files:
            file.shares.append((channel.id, message.ts))
            self._tell(channel, events.file_shared(self.workspace, channel, file, message.ts))
        self._tell(channel, events.message_posted(self.workspace, channel, message))
        if f"<@{self.workspace.bot.id}>" in message.text and message.bot_id is None and channel.kind != "im":
            self._tell(channel, events.app_mention(self.workspace, channel, message))
        self._published("message", message)
        return message

    def change(self, message: Message, editor: str | None, **new: object) -> None:
        """Edit a message: `new` are its fields with their new values; without an editor it is not marked as edited."""
        channel = self.workspace.channels[message.channel]
        previous = copy.deepcopy(message_json(self.workspace, message))
        for name, value in new.items():
            setattr(message, name, value)
        ts = self.workspace.next_ts()
        if editor is not None:
            message.edited = {"user": editor, "ts": ts}
        self._tell(channel, events.message_changed(self.workspace, channel, message, previous, ts))
        self._published("changed", message)

    def delete(self, message: Message) -> None:
        """Delete a message. The first of a thread with replies becomes a tombstone, and the app hears of a change, not of a deletion;
        the tombstone goes with the last reply."""
        channel = self.workspace.channels[message.channel]
        if channel.replies(message.ts):
            gone = "This message was deleted."
            tombstone = Message(message.ts, channel.id, "USLACKBOT", gone, subtype="tombstone")
            previous = message_json(self.workspace, message)
            channel.messages[message.ts] = tombstone
            ts = self.workspace.next_ts()
            self._tell(channel, events.message_changed(self.workspace, channel, tombstone, previous, ts))
        else:
            self._remove(channel, message)
            parent = channel.messages.get(message.thread_ts or "")
            if parent and parent.subtype == "tombstone" and not channel.replies(parent.ts):
                self._remove(channel, parent)
        self._published("deleted", message)

    def _remove(self, channel: Channel, message: Message) -> None:
        previous = message_json(self.workspace, message)
        channel.remove(message)
        self._tell(channel, events.message_deleted(channel, previous, self.workspace.next_ts()))

    def react(self, user: str, message: Message, name: str) -> None:
        """Add a reaction. Raises already_reacted, invalid_name."""
        if not re.fullmatch(r"[\w+'-]+(::skin-tone-[2-6])?", name):
            raise SlackError("invalid_name")
        users = message.reactions.setdefault(name, [])
        if user in users:
            raise SlackError("already_reacted")
        users.append(user)
        self._reacted("reaction_added", user, message, name)

    def unreact(self, user: str, message: Message, name: str) -> None:
        """Take a reaction away. Raises no_reaction."""
        if user not in message.reactions.get(name, []):
            raise SlackError("no_reaction")
        message.reactions[name].remove(user)
        if not message.reactions[name]:
            del message.reactions[name]
        self._reacted("reaction_removed", user, message, name)

    def _reacted(self, kind: str, user: str, message: Message, name: str) -> None:
        channel = self.workspace.channels[message.channel]
        self._tell(channel, events.reaction(kind, user, message, name, self.workspace.next_ts()))
        self._published("reaction", message)

    def post_ephemeral(self, shown: Ephemeral) -> Ephemeral:
        """Show something to one person."""
        self.workspace.ephemerals.append(shown)
        self.changes.publish(
            "ephemeral",
            channel=shown.channel,
            ts=shown.ts,
            user=shown.user,
            text=shown.text,
            blocks=shown.blocks,
        )
        return shown

    def change_ephemeral(self, shown: Ephemeral, text: str | None, blocks: list[Json]) -> None:
        """Replace what one person sees, or take it away (`text` None)."""
        if text is None:
            shown.deleted = True
        else:
            shown.text, shown.blocks = text, blocks
        self.changes.publish("ephemeral", channel=shown.channel, ts=shown.ts, user=shown.user, text=text)

    def join(self, user: str, channel: Channel) -> None:
        """Make someone a member."""
        if user not in channel.members:
            channel.members.append(user)
            ts = self.workspace.next_ts()
            self._tell(channel, events.membership(self.workspace, "member_joined_channel", user, channel, ts))
            self.changes.publish("members", channel=channel.id, members=list(channel.members))

    def leave(self, user: str, channel: Channel) -> None:
        """End a membership."""
        if user in channel.members:
            ts = self.workspace.next_ts()
            self._tell(channel, events.membership(self.workspace, "member_left_channel", user, channel, ts))
            channel.members.remove(user)
            self.changes.publish("members", channel=channel.id, members=list(channel.members))

    def open_home(self, user: str) -> None:
        """Open the app's home tab."""
        channel = self.workspace.direct(user)
        view = next(
            (
                found.content
                for found in self.workspace.views.values()
                if found.user == user and found.content.get("type") == "home"
            ),
            None,
        )
        self._tell(channel, events.home_opened(user, channel, view, self.workspace.next_ts()))

    def keep_file(
        self, name: str, content: bytes, mimetype: str, user: str, title: str | None = None
    ) -> File:
        """Keep an uploaded file, not shared anywhere yet."""
        file = File(
            self.workspace.next_id("F"),
            name,
            title or name,
            mimetype,
            content,
            user,
            int(self.workspace.clock()),
        )
        self.workspace.files[file.id] = file
        return file

    def by_person(
        self,
        user: str,
        channel: Channel,
        text: str,
        blocks: list[Json],
        thread_ts: str | None = None,
        files: Sequence[File] = (),
        subtype: str | None = None,
    ) -> Message:
        """A person's new message, posted."""
        message = Message(
            self.workspace.next_ts(),
            channel.id,
            user,
            text,
            blocks=blocks,
            thread_ts=thread_ts,
            subtype=subtype or ("file_share" if files else None),
            client_msg_id=str(uuid.uuid4()),
            files=list(files),
        )
        return self.post(channel, message)
