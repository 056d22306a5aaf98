"""Whoever gets a ticket must be able to go where it is shown: a team that can't gets a thread of its own, in step with the first (`in_step`). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from deskd import levels, words
from deskd.config import Settings, TeamPlace
from deskd.desk import showing
from deskd.desk.changes import NEW, AddAnchor, Change, Queue, SetTicket
from deskd.desk.state import State
from deskd.model import Anchor


def sees(thread: Anchor, place: TeamPlace) -> bool:
    """Whether a team can go where a thread stands: to any channel of its workspace; in Telegram, where each group is closed, to its own."""
    return thread.account == place.account and (thread.surface == "slack" or thread.channel == place.channel)


def reaches(state: State, place: TeamPlace) -> bool:
    """Whether the team can go to one of the ticket's threads."""
    return any(sees(thread, place) for thread in state.anchors)


def guest(home: Anchor, place: TeamPlace, text: str, mentions: Sequence[str]) -> list[Change]:
    """The team's own thread: the card, and `text` with a link to the first thread for those who can follow it."""
    account, channel = place.account, place.channel
    said = f"{text}\n{home.link}" if account == home.account else text
    return [
        AddAnchor(account, channel, "guest"),
        Queue("card", account, f"slack:{{ticket}}:{channel}", anchor_id=NEW),
        *showing.post(None, said, account=account, mentions=mentions, beside=channel),
    ]


def followed(
    settings: Settings, state: State, changes: tuple[Change, ...], now: datetime
) -> tuple[Change, ...]:
    """`changes`, and where they give the ticket to a team that can't see it, what shows it there."""
    ticket, home = state.ticket, state.home
    given = [change.values for change in changes if isinstance(change, SetTicket) and "team" in change.values]
    if ticket is None or home is None or not given or given[-1]["team"] in (None, ticket.team):
        return changes
    team = given[-1]["team"]
    place = settings.place_of(team)
    if place is None or reaches(state, place) or any(isinstance(change, AddAnchor) for change in changes):
        return changes
    text = words.say(
        settings.desk.agent_language,
        "given_here",
        ref=ticket.ref,
        subject=words.start_of(ticket.subject),
        team=ticket.team or "—",
    )
    agent = levels.ids(settings, (given[-1].get("assignee"),))
    called = agent or levels.called(settings, team, now, state.absences)
    return (*changes, *guest(home, place, text, called))
