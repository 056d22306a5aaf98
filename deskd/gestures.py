"""What an agent's gesture in Slack asks of the desk: text, edits, deletions, reactions and buttons become commands.

Pure. Who somebody is follows from Slack's authenticated user id and the roster, never from text (invariant I7). `find` says what must be looked up,
`interpret` what follows from what was found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from deskd import typed, words
from deskd.compose.mrkdwn import to_text
from deskd.config import Settings
from deskd.desk.answering import hold_of
from deskd.desk.commands import (
    Accept,
    AcceptParticipant,
    Claim,
    Command,
    Edit,
    EndTask,
    Invite,
    KeepInside,
    Note,
    Redraw,
    Reply,
    SendNote,
    SetStatus,
    Settle,
    Source,
    Unsaid,
    Withdraw,
)
from deskd.desk.state import State
from deskd.desk.wider import Look, SendPiece, Wider
from deskd.directly import is_direct, public
from deskd.errors import CommandRefused
from deskd.forms.about import WrongField, filled, unpacked
from deskd.forms.reading import Filled, read
from deskd.model import Gesture, Status

LEVELS: Final = ("handoff_accept", "task_done", "task_cancel", "task_invite")
"""Buttons of handoffs and promises."""
CLAIMS = "eyes"
RESOLVES = "white_check_mark"
STOPS = "x"
ADDS = "add_participant"
SENDS_CANNED = "send_canned"
STATUSES: Final[Mapping[str, tuple[Status, str]]] = {
    "pending": ("pending", ""),
    "hold": ("hold", ""),
    "spam": ("spam", ""),
    "not_a_request": ("closed", "not a request"),
    "reopen": ("open", ""),
}
"""What the card's menu sets, and the reason that the record keeps."""
SENDS_ARTICLE = "send_article"
BY_MENU: Final[Mapping[str, str]] = {
    "note": "note",
    "pending_until": "pending",
    "hold_because": "hold",
    "priority": "priority",
    "tags": "tags",
    "merge": "merge",
    "split": "split",
}
"""Choices of the card's menu that open a form, and which."""
BY_BUTTON: Final[Mapping[str, str]] = {"assign": "assign", "escalate": "escalate", "reply_with": "reply"}
"""Buttons of the card that open a form, and which."""
SHOW_ALL, SHOW_MORE = "show_all", "show_more"
HOME_REFRESH, HOME_NEW = "home_refresh", "home_new"
SENDS_MESSAGE, MAKES_NOTE, OPENS_FROM = "send_to_customer", "make_note", "new_ticket"
"""Shortcuts in a message's menu, by their callback ids."""
SHOWN_AT_ONCE: Final = frozenset({*BY_BUTTON, SHOW_ALL, SHOW_MORE, HOME_REFRESH, HOME_NEW, OPENS_FROM})
"""Presses that ask for a form or a page and for nothing else (`deskd.panels`)."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nobody acts on it, and why; the inbox row is discarded with this reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Parts:
    """An agent takes back that the person in a chat and the reader of a mailbox are one contact."""

    actor: str
    ref: str


@dataclass(frozen=True, slots=True)
class Joins:
    """An agent makes one ticket of two (`into`: the other's id), or two again (None)."""

    actor: str
    ref: str
    into: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a gesture is about, to be looked up: one is given, or a post and the thread to take where the post isn't known."""

    thread: tuple[str, str] | None = None  # Slack channel and the thread's root ts
    post: tuple[str, str] | None = None  # Slack channel and ts of one message
    ref: str | None = None
    message: int | None = None


def find(gesture: Gesture, people: Mapping[str, str], settings: Settings) -> Wanted | Ignored:
    """Which ticket and message to look up, or why the gesture is nobody's business."""
    if gesture.kind == "other":
        return Ignored(gesture.reason or "nothing the desk acts on")
    if gesture.kind in ("command", "home") or gesture.view:
        return _in_view(gesture, people, settings)
    if (
        gesture.kind == "delete"
    ):  # only its author, or whoever runs the workspace, can; Slack doesn't always say who
        return Wanted(post=(gesture.channel, gesture.ts))
    if gesture.bot:
        return Ignored("written by a bot")
    if people.get(gesture.user) not in settings.agents:
        return Ignored("not of the roster: it stays in Slack")
    if gesture.kind == "message":
        if gesture.thread_ts is None or gesture.thread_ts == gesture.ts:
            return Ignored("outside any thread")
        return Wanted(thread=(gesture.channel, gesture.thread_ts))
    if gesture.kind == "press":
        return _pressed(gesture)
    return Wanted(post=(gesture.channel, gesture.ts))


def _in_view(gesture: Gesture, people: Mapping[str, str], settings: Settings) -> Wanted | Ignored:
    """What was done in a form or on the home tab: only sending a form in asks for anything."""
    if gesture.kind != "submit":
        return Ignored("it asks for something to be shown")
    if people.get(gesture.user) not in settings.agents:
        return Ignored("not of the roster: nothing is done")
    return Wanted(ref=unpacked(gesture.about).ref)


def _pressed(gesture: Gesture) -> Wanted | Ignored:
    if gesture.name in SHOWN_AT_ONCE:
        return Ignored("it asks for something to be shown")
    if gesture.name in (SENDS_MESSAGE, MAKES_NOTE):
        thread = (gesture.channel, gesture.thread_ts or gesture.ts)
        return Wanted(post=(gesture.channel, gesture.ts), thread=thread)
    if gesture.name in ("claim", "resolve", *LEVELS):
        return Wanted(ref=gesture.value.partition(":")[0])
    if gesture.name == "menu" and gesture.value.partition(":")[2] in (
        *STATUSES,
        *BY_MENU,
        SHOW_ALL,
        "history",
    ):
        return Wanted(ref=gesture.value.partition(":")[0])
    if gesture.name in ("join", "unjoin", "part_contacts") or gesture.name.startswith(
        (ADDS, SENDS_CANNED, SENDS_ARTICLE)
    ):
        return Wanted(ref=gesture.value.partition(":")[0])
    if gesture.name == "send_note":
        channel, _, ts = gesture.value.partition(":")
        return Wanted(post=(channel, ts))
    if gesture.name in ("send_again", "it_arrived") and gesture.value.isdecimal():
        return Wanted(message=int(gesture.value))
    return Ignored(f"an unknown button {gesture.name!r}")


def interpret(
    gesture: Gesture,
    account: str,
    state: State,
    role: str | None,
    settings: Settings,
    people: Mapping[str, str],
    now: datetime,
) -> Command | Wider | Joins | Parts | Ignored:
    """The command, or why there is none. `role`: what the looked-up Slack message is to the ticket (card, message, source, notice).

    Raises `CommandRefused`, with the answer for the agent, where a typed command is wrong.
    """
    if gesture.kind == "delete":
        return _deleted(gesture, account, state, role, settings)
    agent = people[gesture.user]
    actor = f"agent:{agent}"
    source = Source(
        account,
        gesture.channel,
        gesture.ts if gesture.kind == "message" else "",
        gesture.user,
        gesture.thread_ts or "",
    )
    if gesture.kind == "message":
        return _written(gesture, agent, source, state, settings, people, now)
    if gesture.kind == "submit":
        return _submitted(gesture, account, agent, state, settings, people, now)
    if gesture.kind == "press" and gesture.name in (SENDS_MESSAGE, MAKES_NOTE):
        return _shortcut(gesture, agent, source, state, role, settings, people)
    if gesture.kind == "press":
        return _button(gesture, agent, source, settings)
    if gesture.kind == "react":
        return _reaction(gesture, agent, source, role)
    if role != "source" or state.message is None:
        return Ignored("not a message of an agent's that the desk knows")
    own = Source(account, gesture.channel, gesture.ts, gesture.user, gesture.thread_ts or _thread(state))
    if state.message.author != actor:
        return Ignored("not its author's doing")
    if gesture.kind == "edit":
        return _edited(gesture, agent, own, state, settings, people, now)
    return Ignored(f"{gesture.kind} asks for nothing")


def _written(
    gesture: Gesture,
    agent: str,
    source: Source,
    state: State,
    settings: Settings,
    people: Mapping[str, str],
    now: datetime,
) -> Command | Wider | Ignored:
    actor = f"agent:{agent}"
    channel = settings.slack_channels()[source.account]
    found = typed.classify(gesture.text, replies=channel.replies, settings=settings, people=people)
    names = names_of(settings, people)
    if state.ticket is None:
        return Ignored("in no ticket's thread")
    if found.kind == "command":
        command = typed.read_command(
            gesture.text,
            agent=agent,
            source=source,
            ticket=state.ticket,
            settings=settings,
            people=people,
            now=now,
        )
        return replace(command, files=gesture.files) if isinstance(command, Reply) else command
    if is_direct(settings, source.account, gesture.channel):
        return public(gesture, actor, source, settings, people, names) or Ignored("an empty message")
    if not found.text.strip() and not gesture.files:
        return Ignored("an empty message")
    plain = to_text(found.text, names)
    if found.kind == "note" and gesture.files:  # without the button: it would go without them
        plain = "\n".join([plain, *(f"[{file.name}]" for file in gesture.files)]).strip()
        return Note(actor, plain, gesture.text, source)
    if found.kind == "note":
        return Note(actor, plain, found.text, source, offer=found.offer)
    return Reply(actor, plain, found.text, source, hold_of(settings, source), files=gesture.files)


def names_of(settings: Settings, people: Mapping[str, str]) -> Mapping[str, str]:
    """Slack id -> the name people read."""
    return {
        slack: settings.agents[key].name if key in settings.agents else key for slack, key in people.items()
    }


def _deleted(
    gesture: Gesture, account: str, state: State, role: str | None, settings: Settings
) -> Command | Ignored:
    """What is deleted is its author's, whoever did it."""
    if role != "source" or state.message is None:
        return Ignored("not a message of an agent's that the desk knows")
    if is_direct(settings, account, gesture.channel):
        return Unsaid(state.message.author)
    author = settings.agents.get(state.message.author.partition(":")[2])
    user = (author.slack if author else None) or gesture.user
    own = Source(account, gesture.channel, gesture.ts, user, gesture.thread_ts or _thread(state))
    return Withdraw(state.message.author, own)


def _edited(
    gesture: Gesture,
    agent: str,
    source: Source,
    state: State,
    settings: Settings,
    people: Mapping[str, str],
    now: datetime,
) -> Command | Ignored:
    if is_direct(settings, source.account, gesture.channel):
        names = names_of(settings, people)
        changed = public(gesture, f"agent:{agent}", source, settings, people, names)
        return changed or Ignored("an empty message")
    replies = settings.slack_channels()[source.account].replies
    found = typed.classify(gesture.text, replies=replies, settings=settings, people=people)
    text, markup, command = (
        to_text(found.text, names_of(settings, people)),
        found.text,
        found.kind == "command",
    )
    last = _last_words(gesture, agent, source, state, settings, people, now) if command else None
    if last is not None:
        text, markup, command = last.text, last.markup, False
    inside = found.kind == "note" or isinstance(last, Note)
    # Slack tells of unfurled links as edits too: a note that its author sent after all would read as a note again.
    untouched = gesture.edited_ts is None and state.message is not None and markup == state.message.markup
    if untouched and (command or found.offer):
        return Ignored("nobody edited it")
    return Edit(f"agent:{agent}", text, markup, source, note=inside, command=command)


def _last_words(
    gesture: Gesture,
    agent: str,
    source: Source,
    state: State,
    settings: Settings,
    people: Mapping[str, str],
    now: datetime,
) -> Reply | Note | None:
    """The reply within `!resolve …`, or the note within `!note …`; None where it is no such command."""
    if state.ticket is None:
        return None
    try:
        command = typed.read_command(
            gesture.text,
            agent=agent,
            source=source,
            ticket=state.ticket,
            settings=settings,
            people=people,
            now=now,
        )
    except CommandRefused:
        return None
    return command if isinstance(command, Reply | Note) else None


def _button(
    gesture: Gesture, agent: str, source: Source, settings: Settings
) -> Command | Wider | Joins | Parts:
    actor = f"agent:{agent}"
    ref, _, other = gesture.value.partition(":")
    if gesture.name.startswith(ADDS):
        return AcceptParticipant(actor, other, source)
    if gesture.name.startswith((SENDS_CANNED, SENDS_ARTICLE)):
        canned = gesture.name.startswith(SENDS_CANNED)
        return SendPiece(actor, "canned" if canned else "knowledge", other, source)
    match gesture.name:
        case "claim":
            return Claim(actor, agent, source)
        case "resolve":
            return SetStatus(actor, "resolved", source=source)
        case "task_done" | "task_cancel":
            return EndTask(actor, other, "done" if gesture.name == "task_done" else "cancelled", source)
        case "task_invite":
            return Invite(actor, other, source)
        case "handoff_accept":
            return Accept(actor, agent, source)
        case "menu" if other in STATUSES:
            status, reason = STATUSES[other]
            return SetStatus(actor, status, reason, source=source)
        case "menu" if other == "history":
            return Look(actor, "history", source)
        case "menu":
            return Redraw()
        case "join":
            return Joins(actor, ref, int(other) if other.isdecimal() else 0)
        case "unjoin":
            return Joins(actor, ref)
        case "part_contacts":
            return Parts(actor, ref)
        case "send_note":
            return SendNote(actor, source, hold_of(settings, source))
        case _:
            return Settle(actor, again=gesture.name == "send_again", source=source)


def _reaction(gesture: Gesture, agent: str, source: Source, role: str | None) -> Command | Ignored:
    actor = f"agent:{agent}"
    if gesture.name == CLAIMS:
        return Claim(actor, agent, source)
    if gesture.name == RESOLVES and role == "card":
        return SetStatus(actor, "resolved", source=source)
    if gesture.name == STOPS and role == "source":
        return Withdraw(
            actor,
            Source(source.account, gesture.channel, gesture.ts, gesture.user, source.thread),
            by_reaction=True,
        )
    return Ignored(f"the reaction {gesture.name!r} means nothing here")


def _submitted(
    gesture: Gesture,
    account: str,
    agent: str,
    state: State,
    settings: Settings,
    people: Mapping[str, str],
    now: datetime,
) -> Command | Wider | Ignored:
    """A form that was sent in: it was looked at while its sender waited, but the ticket may stand otherwise by now."""
    if state.ticket is None:
        return Ignored("about no ticket")
    about = unpacked(gesture.about)
    source = Source(account, about.channel, "", gesture.user, about.thread)
    given = Filled(gesture.name, filled(gesture.text), agent, source, state.ticket, settings, people, now)
    try:
        return read(given) or Ignored("nothing was changed in the form")
    except WrongField as wrong:
        raise CommandRefused(words.say(settings.desk.agent_language, wrong.key, **wrong.values)) from None


def _shortcut(
    gesture: Gesture,
    agent: str,
    source: Source,
    state: State,
    role: str | None,
    settings: Settings,
    people: Mapping[str, str],
) -> Command:
    """*Send to customer* and *Make it a note*, in the menu of a message."""
    language, actor = settings.desk.agent_language, f"agent:{agent}"
    own = replace(source, ts=gesture.ts)
    if gesture.name == SENDS_MESSAGE:
        if role != "source":
            raise CommandRefused(words.say(language, "only_own_notes"))
        return SendNote(actor, own, hold_of(settings, source))
    if role == "source":
        return KeepInside(actor, own)
    if role is not None:
        raise CommandRefused(words.say(language, "note_of_desk"))
    names = names_of(settings, people)
    text = to_text(gesture.text, names).strip()
    if not text:
        raise CommandRefused(words.say(language, "no_text"))
    writer = names.get(gesture.value, "") if gesture.value != gesture.user else ""
    said = f"{writer}: {text}" if writer else text
    return Note(actor, said, gesture.text, own)


def _thread(state: State) -> str:
    return state.home.thread or "" if state.home else ""
