"""Compares what Slack shows of each ticket with what the desk has: pure, over what was read on both sides.

A post is recognised by its delivery's key, an agent's message by the id under which the inbox has it; texts are not compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from deskd.ports import Shown


@dataclass(frozen=True, slots=True)
class Post:
    """A delivery to Slack that should be there, or may be: an outbox row of kind card or post. `ts`: where it went, if it is known to have."""

    key: str
    kind: str
    ticket: str
    channel: str
    thread: str | None
    ts: str | None
    state: str


@dataclass(frozen=True, slots=True)
class Thread:
    """Where a ticket is shown. `thread` is None where its card never got there."""

    ticket: str
    account: str
    channel: str
    thread: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """`where` it is `missing` or `twice`: in slack, in a chat of telegram, in a mailbox or in the desk. `ts` is the message, if there is one; of a mailbox, `channel` is
    its key in deskd.yaml, `thread` the folder, `ts` the uid. `fixed`: what was missing was taken in."""

    what: Literal["missing", "twice"]
    where: Literal["slack", "telegram", "mailbox", "desk"]
    ticket: str | None
    channel: str
    thread: str | None
    ts: str | None
    detail: str
    fixed: bool = False


UNDER_WAY = frozenset({"held", "queued", "sending", "unknown"})


def differences(
    threads: Sequence[Thread], posts: Sequence[Post], shown: Sequence[Shown], received: Collection[str]
) -> list[Difference]:
    """`shown`: the threads with all in them, and the roots of their channels; `received`: the external ids of the inbox among those shown."""
    tickets = {(one.channel, one.thread): one.ticket for one in threads if one.thread is not None}
    by_key = {one.key: one for one in posts}
    return [
        *without_card(threads, posts, "slack"),
        *_gone(posts, shown),
        *_twice(by_key, tickets, shown),
        *_unknown(by_key, shown),
        *_unheard(tickets, shown, received),
    ]


def chat_differences(
    chats: Sequence[Thread],
    customers: Collection[str],
    answers: Sequence[Post],
    shown: Sequence[Shown],
    received: Collection[str],
) -> list[Difference]:
    """The same for the threads in which customers write; a direct exchange has no `thread`. `customers`: the channels of theirs, in which each
    thread that began is a question."""
    tickets = {(one.channel, one.thread or ""): one.ticket for one in chats}
    by_key = {one.key: one for one in answers}
    return [
        *_gone(answers, shown),
        *_twice(by_key, tickets, shown),
        *_unknown(by_key, shown),
        *_unheard(tickets, shown, received),
        *_unasked(customers, shown, received),
    ]


def _unasked(
    customers: Collection[str], shown: Sequence[Shown], received: Collection[str]
) -> Iterator[Difference]:
    """What began a thread in a customers' channel and never came in."""
    for one in shown:
        if one.channel in customers and one.thread is None and one.external_id:
            if one.external_id in received:
                continue
            detail = "a message in a customers' channel never reached the desk"
            yield Difference("missing", "desk", None, one.channel, None, one.ts, detail)


def without_card(
    threads: Sequence[Thread], posts: Sequence[Post], where: Literal["slack", "telegram"]
) -> Iterator[Difference]:
    """Tickets that nobody sees."""
    coming = {one.ticket for one in posts if one.kind == "card" and one.state in UNDER_WAY}
    for one in threads:
        if one.thread is None and one.ticket not in coming:
            yield Difference(
                "missing",
                where,
                one.ticket,
                one.channel,
                None,
                None,
                "it has no card, and none is under way",
            )


def _gone(posts: Sequence[Post], shown: Sequence[Shown]) -> Iterator[Difference]:
    there = {(one.channel, one.ts) for one in shown}
    for one in posts:
        if one.state == "sent" and one.ts is not None and (one.channel, one.ts) not in there:
            detail = f"the {one.kind} was sent, and isn't there (any more)"
            yield Difference("missing", "slack", one.ticket, one.channel, one.thread, one.ts, detail)


def _twice(
    by_key: Mapping[str, Post], tickets: Mapping[tuple[str, str], str], shown: Sequence[Shown]
) -> Iterator[Difference]:
    first: dict[str, Shown] = {}
    for one in shown:
        if one.key is None or first.setdefault(one.key, one) == one:
            continue
        post = by_key.get(one.key)
        ticket = post.ticket if post else tickets.get((one.channel, one.thread or one.ts))
        detail = f"the same {post.kind if post else 'post'} as {first[one.key].ts}"
        yield Difference("twice", "slack", ticket, one.channel, one.thread, one.ts, detail)


def _unknown(by_key: Mapping[str, Post], shown: Sequence[Shown]) -> Iterator[Difference]:
    """Posts that are there, while the desk believes they aren't. Those of other desks in the same channel don't count."""
    told: set[str] = set()
    for one in shown:
        post = by_key.get(one.key or "")
        if post is None or post.state in ("sent", "bounced") or post.key in told:
            continue
        told.add(post.key)
        detail = f"the {post.kind} is there, but the desk has it as {post.state}"
        yield Difference("missing", "desk", post.ticket, one.channel, one.thread, one.ts, detail)


def _unheard(
    tickets: Mapping[tuple[str, str], str], shown: Sequence[Shown], received: Collection[str]
) -> Iterator[Difference]:
    """What people wrote in tickets' threads and never came in."""
    missed: defaultdict[str, list[Shown]] = defaultdict(list)
    for one in shown:
        ticket = tickets.get((one.channel, one.thread or ""))
        if ticket and one.external_id and one.external_id not in received:
            missed[ticket].append(one)
    for ticket, messages in missed.items():
        for one in messages:
            detail = "a message in the thread never reached the desk"
            yield Difference("missing", "desk", ticket, one.channel, one.thread, one.ts, detail)
