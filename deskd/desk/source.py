"""Where an agent did something."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """Where in Slack an agent did it: the account's key, the channel's id, the message's ts and its thread's root."""

    account: str
    channel: str
    ts: str
    user: str  # the agent's Slack id: answers meant for them alone go there
    thread: str = ""
