"""How a ticket shows itself to agents: the rows that put its card, posts, reactions and answers into Slack, or into a topic of a Telegram group.

Rows of one thread share a conversation, so they arrive in order; a card's refreshes, reactions and answers to one agent go their own ways, so that
cosmetics never hold up a customer's words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from deskd.config import Settings
from deskd.desk.changes import NEW, AddAnchor, Change, Queue
from deskd.desk.source import Source
from deskd.desk.state import KnownMessage, State
from deskd.model import Anchor, surface_of

HELD = "hourglass_flowing_sand"
SENT = "white_check_mark"
FAILED = "warning"
PERHAPS = "grey_question"
INSIDE = "lock"
DONE = "ok_hand"


def open_thread(settings: Settings, team: str | None) -> list[Change]:
    """The ticket's thread in its team's place, headed by its card. None where the team has no place, or the desk no account there."""
    place = settings.place_of(team)
    if place is None:
        return []
    account = place.account
    return [AddAnchor(account, place.channel), Queue("card", account, "slack:{ticket}", anchor_id=NEW)]


def account_of(settings: Settings, state: State, team: str | None) -> str:
    """Through which account a ticket is shown: its thread's, else that of the thread which is about to be opened for `team`; "" where there is none."""
    if state.home is not None:
        return state.home.account
    place = settings.place_of(team)
    return place.account if place is not None else ""


def post(
    anchor: Anchor | None,
    text: str,
    *,
    account: str = "",
    author: str = "",
    mentions: Sequence[str] = (),
    buttons: Sequence[tuple[str, str, str]] = (),
    attachments: Sequence[str] = (),
    message_id: int | None = None,
    beside: str = "",
    more: bool = False,
    most: int = 0,
) -> list[Change]:
    """A post in the ticket's thread: in `anchor`, or in the one these changes add (None). `buttons`: action, label and value of each.

    `more`: its message has more than is shown, and *Show all* gives it; `most`: so many characters of the text are shown (0: all).

    `beside`: the Slack channel of a second thread that these changes add; its rows wait for one another and not for the first thread's.
    """
    payload = {
        "text": text,
        "author": author,
        "mentions": list(mentions),
        "buttons": [list(button) for button in buttons],
        "attachments": list(attachments),
        "more": more,
        "most": most,
    }
    return [
        Queue(
            "post",
            anchor.account if anchor else account,
            "slack:{ticket}" + (f":{beside}" if beside else ""),
            {name: value for name, value in payload.items() if value},
            message_id=message_id,
            anchor_id=anchor.id if anchor else NEW,
        )
    ]


def written(state: State, text: str, author: str) -> list[Change]:
    """The newest message, which an agent wrote in a form or chose from a shelf, in the ticket's thread as if it had been typed there."""
    return (
        [
            replace(change, payload={**change.payload, "written": True})
            if isinstance(change, Queue)
            else change
            for change in post(state.home, text, author=author, message_id=NEW)
        ]
        if state.home
        else []
    )


def files(anchor: Anchor | None, *, account: str, whole: bool, some: bool) -> list[Change]:
    """The newest message's files in the ticket's thread, behind its post. `whole`: its text is one of them; `some`: it came with others."""
    if not whole and not some:
        return []
    return [
        Queue(
            "file",
            anchor.account if anchor else account,
            "slack:{ticket}",
            {"whole": True} if whole else {},
            message_id=NEW,
            anchor_id=anchor.id if anchor else NEW,
        )
    ]


def notice(
    state: State, text: str, mentions: Sequence[str] = (), buttons: Sequence[tuple[str, str, str]] = ()
) -> list[Change]:
    """A line of the desk's own in the ticket's thread; nothing where it has none."""
    return post(state.home, text, mentions=mentions, buttons=buttons) if state.home else []


def react(
    state: State, channel: str, ts: str, emoji: str, *, add: bool = True, account: str = ""
) -> list[Change]:
    """Put a mark on an agent's message, or take it off. `account`: where it was written; else that of the ticket's thread there.

    In the thread of a ticket that went into this one, on the other platform, there is no mark for what happens later: nobody knows the account any more.
    """
    if state.home is None:
        return []
    at = thread_in(state, channel) or state.home
    through = account or (at.account if at.surface == surface_of(channel) else "")
    payload = {"channel": channel, "ts": ts, "emoji": emoji, "add": add}
    return [Queue("react", through, f"react:{channel}:{ts}", payload)] if through else []


def thread_in(state: State, channel: str | None) -> Anchor | None:
    """The ticket's thread in a certain Slack channel or Telegram group."""
    return next((anchor for anchor in state.anchors if anchor.channel == channel), None)


def mark(state: State, message: KnownMessage, emoji: str) -> list[Change]:
    """Put the mark that tells what became of a reply, in the place of ⏳ and of what was told before."""
    if message.source is None:
        return []
    channel, ts = message.source
    return [
        *react(state, channel, ts, HELD, add=False),
        *unmark(state, message),
        *react(state, channel, ts, emoji),
    ]


def unmark(state: State, message: KnownMessage) -> list[Change]:
    """Take ❔ or ⚠️ from a reply: it is known by now, or tried again."""
    told = {"unknown": PERHAPS, "failed": FAILED}.get(message.delivery or "")
    return react(state, *message.source, told, add=False) if message.source and told else []


def tell(source: Source | None, text: str, buttons: Sequence[tuple[str, str, str]] = ()) -> list[Change]:
    """Answer the agent alone, in the thread."""
    if source is None:
        return []
    payload = {
        "channel": source.channel,
        "thread": source.thread,
        "user": source.user,
        "text": text,
        "buttons": [list(button) for button in buttons],
    }
    return [Queue("ephemeral", source.account, f"ephemeral:{source.user}", payload)]


def done(state: State, source: Source | None) -> list[Change]:
    """Acknowledge a command with 👌; the card shows what it did."""
    if source is None or not source.ts:
        return []
    return react(state, source.channel, source.ts, DONE, account=source.account)
