"""The desk: the one place where it is decided what happens to a ticket.

`desk(settings, state, command, now)` looks at a ticket as it stands and at what was asked, and returns what changes. It reads and writes
nothing; the store applies the changes in the transaction in which it read the state (invariants I3 and I5). It raises `CommandRefused`, with the
answer for whoever asked, where a command can't be done.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from deskd.config import Settings
from deskd.desk import (
    accepting,
    answering,
    chats,
    clocking,
    commands,
    delivering,
    direct,
    escalating,
    handing_over,
    handling,
    in_step,
    joining,
    operating,
    placing,
    promising,
    queueing,
    receiving,
    revising,
    ruling,
    showing,
    splitting,
)
from deskd.desk.changes import AddEvent, Change, RefreshCard
from deskd.desk.commands import Command
from deskd.desk.state import State


def _receive_unreadable(
    settings: Settings, state: State, command: commands.ReceiveUnreadable, now: datetime
) -> tuple[Change, ...]:
    return receiving.receive_unreadable(settings, command)


def _tell(settings: Settings, state: State, command: commands.Tell, now: datetime) -> tuple[Change, ...]:
    return tuple(showing.tell(command.source, command.text, command.buttons))


def _logged(settings: Settings, state: State, command: commands.Logged, now: datetime) -> tuple[Change, ...]:
    return (AddEvent("logged", command.actor, {}),)


def _redraw(settings: Settings, state: State, command: commands.Redraw, now: datetime) -> tuple[Change, ...]:
    return (RefreshCard(),)


_HANDLERS: Final[dict[type, Callable[..., Any]]] = {
    commands.Receive: receiving.receive,
    commands.ReceiveUnreadable: _receive_unreadable,
    commands.Reply: answering.reply,
    commands.Note: answering.note,
    commands.Further: answering.further,
    commands.Edit: answering.edit,
    commands.Withdraw: answering.withdraw,
    commands.SendNote: answering.send_note,
    commands.KeepInside: answering.keep_inside,
    commands.Posted: answering.posted,
    commands.Logged: _logged,
    commands.Redraw: _redraw,
    commands.Claim: handling.claim,
    commands.Assign: handling.assign,
    commands.Release: handling.release,
    commands.SetStatus: handling.set_status,
    commands.SetPriority: handling.set_priority,
    commands.Tag: handling.tag,
    commands.Escalate: escalating.escalate,
    commands.Deescalate: escalating.deescalate,
    commands.Clocked: clocking.clocked,
    commands.Accept: accepting.accept,
    commands.HandoffLate: accepting.late,
    commands.HandOver: handing_over.hand_over,
    commands.Promise: promising.promise,
    commands.EndTask: promising.end,
    commands.Invite: promising.invite,
    commands.TasksDue: promising.due,
    commands.Away: queueing.away,
    commands.Back: queueing.back,
    commands.Dispatched: queueing.dispatched,
    commands.Ruled: ruling.ruled,
    commands.Due: handling.due,
    commands.Tell: _tell,
    commands.Sent: delivering.sent,
    commands.NotSent: delivering.not_sent,
    commands.NotFetched: delivering.not_fetched,
    commands.NotShown: delivering.not_shown,
    commands.PerhapsSent: delivering.perhaps_sent,
    commands.SentAgain: delivering.sent_again,
    commands.Settle: delivering.settle,
    commands.Bounced: delivering.bounced,
    commands.AcceptParticipant: joining.accept,
    commands.JoinInto: joining.join_into,
    commands.TakeIn: joining.take_in,
    commands.GiveBack: joining.give_back,
    commands.StandAlone: joining.stand_alone,
    commands.OpenPart: splitting.open_part,
    commands.PartWith: splitting.part_with,
    commands.LinkWith: splitting.link_with,
    commands.Revised: revising.revised,
    commands.Retracted: revising.retracted,
    commands.Said: direct.said,
    commands.SaidAnew: direct.said_anew,
    commands.Unsaid: direct.unsaid,
    commands.Joined: chats.joined,
    commands.Owned: chats.owned,
    commands.Rated: chats.rated,
    commands.Commented: chats.commented,
    commands.Blocked: chats.blocked,
    commands.Replaced: operating.replaced,
    commands.Dropped: operating.dropped,
    commands.Requeue: operating.requeue,
    commands.Stop: operating.stop,
}


def desk(settings: Settings, state: State, command: Command, now: datetime) -> tuple[Change, ...]:
    """What `command` changes, asked at `now` of a ticket that stands as `state` says."""
    changes: tuple[Change, ...] = _HANDLERS[type(command)](settings, state, command, now)
    if not isinstance(command, commands.Clocked) and getattr(command, "live", True):
        changes = (*changes, *clocking.look_again(settings, state, changes, now))
        changes = (*changes, *accepting.followed(settings, state, command, changes, now))
        changes = queueing.queued(settings, state, command, changes, now)
        changes = (*changes, *chats.asked(settings, state, changes))
        changes = placing.followed(settings, state, changes, now)
    return in_step.in_step(settings, state, command, changes)
