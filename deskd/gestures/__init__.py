"""What an agent's gesture asks of the desk, in Slack or in a team's Telegram group: text, edits, deletions, reactions and buttons become commands.

Pure. Who somebody is follows from the platform's authenticated user id and the roster, never from text (invariant I7). `find` says what must be looked up,
`interpret` what follows from what was found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from deskd import typed, words
from deskd.compose.mrkdwn import to_text
from deskd.config import Settings
from deskd.desk.answering import hold_of
from deskd.desk.chats import ALBUM_WITHIN
from deskd.desk.commands import (
    Claim,
    Command,
    Edit,
    Note,
    Reply,
    SetStatus,
    Source,
    Tell,
    Unsaid,
    Withdraw,
)
from deskd.desk.enclosing import FURTHER
from deskd.desk.state import KnownMessage, State
from deskd.desk.wider import Wider
from deskd.directly import is_direct, public
from deskd.errors import CommandRefused
from deskd.gestures import presses
from deskd.gestures.presses import MAKES_NOTE, SENDS_MESSAGE, names_of
from deskd.gestures.wanted import Ignored as Ignored
from deskd.gestures.wanted import Joins as Joins
from deskd.gestures.wanted import Parts as Parts
from deskd.gestures.wanted import Wanted as Wanted
from deskd.model import Gesture

CLAIMS = "eyes"
RESOLVES = "white_check_mark"
STOPS = "x"


def find(gesture: Gesture, people: Mapping[str, str], settings: Settings) -> Wanted | Ignored:
    """Which ticket and message to look up, or why the gesture is nobody's business."""
    if gesture.kind == "other":
        return Ignored(gesture.reason or "nothing the desk acts on")
    if gesture.kind in ("command", "home") or gesture.view:
        return presses.in_view(gesture, people, settings)
    if (
        gesture.kind == "delete"
    ):  # only its author, or whoever runs the workspace, can; Slack doesn't always say who
        return Wanted(post=(gesture.channel, gesture.ts))
    if gesture.kind == "unsigned":
        return Wanted(thread=(gesture.channel, gesture.thread_ts or ""))
    if gesture.bot:
        return Ignored("written by a bot")
    if people.get(gesture.user) not in settings.agents:
        return Ignored("not of the roster: it stays where it is")
    if gesture.kind == "message":
        if gesture.thread_ts is None or gesture.thread_ts == gesture.ts:
            return Ignored("outside any thread")
        return Wanted(thread=(gesture.channel, gesture.thread_ts))
    if gesture.kind == "press":
        return presses.pressed(gesture)
    return Wanted(post=(gesture.channel, gesture.ts))


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
    if gesture.kind == "unsigned":
        where = Source(account, gesture.channel, "", "", gesture.thread_ts or "")
        return Tell(where, words.say(settings.desk.agent_language, "unsigned"))
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
        return presses.submitted(gesture, account, agent, state, settings, people, now)
    if gesture.kind == "press" and gesture.name in (SENDS_MESSAGE, MAKES_NOTE):
        return presses.shortcut(gesture, agent, source, state, role, settings, people)
    if gesture.kind == "press":
        return presses.button(gesture, agent, source, settings)
    if gesture.kind == "react":
        return _reaction(gesture, agent, source, role)
    if role not in ("source", FURTHER) or state.message is None:
        return Ignored("not a message of an agent's that the desk knows")
    own = Source(account, gesture.channel, gesture.ts, gesture.user, gesture.thread_ts or _thread(state))
    if state.message.author != actor:
        return Ignored("not its author's doing")
    if gesture.kind == "edit" and role == FURTHER:
        return _further(gesture, actor, own, state.message, settings, people)
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
    found = _read(gesture, source, settings, people)
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
    hold = hold_of(settings, source)
    if gesture.album:  # the rest of it is still coming
        hold = max(hold, ALBUM_WITHIN)
    return Reply(actor, plain, found.text, source, hold, files=gesture.files)


def _read(
    gesture: Gesture, source: Source, settings: Settings, people: Mapping[str, str]
) -> typed.Classified:
    """What the text is. What answers a colleague is for that colleague, as all is where `replies: internal`, unless it says `reply:`."""
    replies = "internal" if gesture.aside else settings.agents_channels()[source.account].replies
    return typed.classify(gesture.text, replies=replies, settings=settings, people=people)


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
    found = _read(gesture, source, settings, people)
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


def _further(
    gesture: Gesture,
    actor: str,
    source: Source,
    message: KnownMessage,
    settings: Settings,
    people: Mapping[str, str],
) -> Edit:
    """A further file of an album was edited: the reply's words stand with the first. New ones under this file keep all of it inside, whatever they say."""
    replies = settings.agents_channels()[source.account].replies
    found = typed.classify(gesture.text, replies=replies, settings=settings, people=people)
    some = bool(gesture.text.strip())
    return Edit(actor, message.text, message.markup, source, note=some and found.kind == "note", more=some)


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


def _reaction(gesture: Gesture, agent: str, source: Source, role: str | None) -> Command | Ignored:
    actor = f"agent:{agent}"
    if gesture.name == CLAIMS:
        return Claim(actor, agent, source)
    if gesture.name == RESOLVES and role == "card":
        return SetStatus(actor, "resolved", source=source)
    if gesture.name == STOPS and role in ("source", FURTHER):
        return Withdraw(
            actor,
            Source(source.account, gesture.channel, gesture.ts, gesture.user, source.thread),
            by_reaction=True,
        )
    return Ignored(f"the reaction {gesture.name!r} means nothing here")


def _thread(state: State) -> str:
    return state.home.thread or "" if state.home else ""
