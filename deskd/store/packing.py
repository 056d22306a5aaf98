"""Makes of an outbox row what its connector is to send: looks up what it shows, and keeps the exact bytes of a mail before its first attempt."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from deskd.compose import invitation
from deskd.compose.answer import Answered, Composed, Randomness, compose_answer
from deskd.compose.bot_link import MASK, code_hash, holds_link
from deskd.compose.closing import Closing, Quoted
from deskd.compose.handover import compose_handover
from deskd.compose.ids import bounce_address, token_hash
from deskd.compose.invitation import Appointment
from deskd.config import MailChannel, Settings
from deskd.errors import PermanentFailure, Unsupported
from deskd.model import (
    Address,
    Content,
    Delivery,
    FetchFiles,
    GestureFile,
    Place,
    Post,
    PostFiles,
    SendMail,
    Ticket,
    address_key,
)
from deskd.store import (
    chat_packing,
    chats,
    contacts,
    enclosed,
    joined,
    keys,
    linking,
    positions,
    thread_packing,
    tickets,
)
from deskd.store.outbox import OutboxRow
from deskd.store.references import keep_own
from deskd.store.tables import conversations, messages, outbox
from deskd.store.thread_packing import NotYet as NotYet
from deskd.store.times import moment
from deskd.store.work import Row, Statement, Work

_WORDS = Statement(select(messages).where(messages.c.id == bindparam("the_id")))
_CHAT = Statement(select(conversations.c.thread_key).where(conversations.c.id == bindparam("the_id")))
_ANSWERED = Statement(
    select(
        messages.c.rfc_id,
        messages.c.rfc_references,
        messages.c.subject,
        messages.c.reply_to,
        messages.c.author,
        messages.c.author_name,
        messages.c.text,
        messages.c.sent_at,
    )
    .where(
        messages.c.ticket_id == bindparam("ticket_id"),
        messages.c.direction == "in",
        messages.c.kind == "message",
        messages.c.channel == bindparam("channel"),
    )
    .order_by(messages.c.id.desc())
    .limit(1)
)


def pack(work: Work, settings: Settings, row: OutboxRow, now: datetime) -> Delivery:
    """Raises `NotYet`, and `PermanentFailure` where what it needs is gone for good."""
    content = _KINDS[row.kind](work, settings, row, now)
    return Delivery(row.id, row.channel, row.key, content, row.attempts + 1)


def _file(work: Work, settings: Settings, row: OutboxRow, now: datetime) -> Content:
    """A message's files, for its ticket's thread; without one, for the customer's own."""
    if row.anchor_id is None:
        place, found = _customers_place(work, row), enclosed.to_send(work, row.message_id or 0)
        _words_went(work, row)
        if chats.waits(work, row.message_id or 0, "fetch"):
            raise NotYet("its files are fetched first")
    else:
        anchor = thread_packing.posted(work, row)
        place = Place(anchor.channel, anchor.thread)
        if row.payload.get("fetched") and chats.waits(work, row.message_id or 0, "fetch"):
            raise NotYet("its files are fetched first")
        found = enclosed.to_show(work, row.message_id or 0, whole=bool(row.payload.get("whole")))
        found = found[row.payload.get("skip", 0) :]
    if not found and row.payload.get("fetched"):
        raise Unsupported("none of its files could be fetched")  # that has been said already
    if not found:
        raise PermanentFailure("there is nothing to show")
    return PostFiles(place, found, row.payload.get("done", 0))


def _fetch(work: Work, settings: Settings, row: OutboxRow, now: datetime) -> Content:
    return FetchFiles(tuple(GestureFile(*file) for file in row.payload["files"]), row.payload["most"])


def _arrived(work: Work, row: OutboxRow, found: int) -> None:
    """A reply goes with all its files. Raises `NotYet` while some are still where their author put them, `PermanentFailure` where they won't come."""
    if not row.payload.get("files", 0):
        return
    if chats.waits(work, row.message_id or 0, "fetch"):
        raise NotYet("its files are fetched first")
    if found >= row.payload["files"]:
        return
    missing = enclosed.why_missing(work, row.message_id or 0)
    if missing is None:
        raise NotYet("its files are fetched first")
    raise PermanentFailure(missing)


def _words_went(work: Work, row: OutboxRow) -> None:
    """Files go behind their reply's words: not before them, and not without them."""
    words = work.row(_WORDS, the_id=row.message_id)
    delivery = words["delivery"] if words else None
    if delivery in ("held", "queued", "unknown"):
        raise NotYet("its words go first")
    if delivery != "sent":
        raise Unsupported("its words weren't sent")


def _chat(work: Work, settings: Settings, row: OutboxRow, now: datetime) -> Content:
    """An agent's words in the customer's own Slack thread, under the agent's name."""
    words = work.row(_WORDS, the_id=row.message_id)
    if words is None:
        raise PermanentFailure("its message is gone")
    place = _customers_place(work, row)
    _arrived(work, row, len(enclosed.named(work, words["id"])))
    author = settings.agents.get(words["author"].partition(":")[2])
    said = chat_packing.said(words, row.payload, settings)
    return Post(place, said.text, author=author.name if author else settings.desk.name, spans=said.spans)


def _customers_place(work: Work, row: OutboxRow) -> Place:
    words = work.row(_WORDS, the_id=row.message_id)
    chat = work.row(_CHAT, the_id=words["conversation_id"]) if words else None
    if chat is None or not chat["thread_key"]:
        raise PermanentFailure("the customer's chat is gone")
    channel, _, thread = chat["thread_key"].partition(":")
    return Place(channel, thread or None)


def _telegram(work: Work, settings: Settings, row: OutboxRow, now: datetime) -> Content:
    files = enclosed.to_send(work, row.message_id or 0) if row.payload.get("files") else ()
    _arrived(work, row, len(files))
    return chat_packing.reply(work, settings, row, files)


def _mail(work: Work, settings: Settings, row: OutboxRow, now: datetime) -> Content:
    if row.content is not None:
        known = row.payload["sent_as"]
        return SendMail(known["mail_from"], tuple(known["recipients"]), row.content, known["message_id"])
    ticket = tickets.load(work, row.ticket_id or 0)
    words = work.row(_WORDS, the_id=row.message_id)
    contact = contacts.load(work, ticket.contact_id) if ticket else None
    if ticket is None or words is None or contact is None:
        raise PermanentFailure("its ticket is gone")
    if "handoff" in row.payload:
        return _dispatch(
            work,
            settings,
            row,
            ticket,
            words,
            row.channel,
            _handover(work, settings, row, ticket, words, now),
            now,
        )
    files = enclosed.to_send(work, words["id"]) if row.payload.get("files") else ()
    _arrived(work, row, len(files))
    last = work.row(_ANSWERED, ticket_id=ticket.id, channel=ticket.channel)
    said = words["markup"] or words["text"]
    bots = positions.bots(work, settings.telegram_channels()) if MASK in said else ()
    proven = linking.proven(work, ticket) if holds_link(said, bots) else ""
    composed = compose_answer(
        settings,
        ticket,
        contact,
        _answered(work, ticket, last),
        said,
        auto=bool(row.payload.get("auto")),
        plain=bool(row.payload.get("plain")),
        copies=tuple(Address("", address) for address in joined.accepted(work, ticket.id)),
        files=files,
        closing=_closing(settings, ticket, words["author"], last),
        appointment=_appointment(ticket, row.payload.get("event")),
        proven=proven,
        bots=bots,
        key=keys.signing(work, now),
        randomness=Randomness(secrets.token_hex(12), secrets.token_bytes(16), secrets.token_hex(16)),
        now=now,
    )
    if composed.link:
        linking.keep(work, code_hash(composed.link, None), ticket.contact_id, proven, None, now)
    return _dispatch(work, settings, row, ticket, words, ticket.channel, composed, now)


def _dispatch(
    work: Work,
    settings: Settings,
    row: OutboxRow,
    ticket: Ticket,
    words: Row,
    channel: str,
    composed: Composed,
    now: datetime,
) -> SendMail:
    """Keep the exact bytes before the first attempt, and all by which an answer to it will be known."""
    mail = _returnable(work, settings, channel, words["id"], composed.mail, now)
    work.update(messages, words["id"], rfc_id=mail.message_id, subject=composed.subject)
    if words["conversation_id"] is not None:
        keep_own(work, words["conversation_id"], mail.message_id)
    if composed.token is not None:
        keys.keep_token(work, token_hash(composed.token), ticket.id, composed.address, now)
    sent_as = {"mail_from": mail.mail_from, "recipients": mail.recipients, "message_id": mail.message_id}
    work.update(outbox, row.id, content=mail.content, payload=json.dumps({**row.payload, "sent_as": sent_as}))
    return mail


def _handover(
    work: Work, settings: Settings, row: OutboxRow, ticket: Ticket, words: Row, now: datetime
) -> Composed:
    """A handoff for somebody outside Slack."""
    payload = row.payload
    agent = settings.agents.get(payload["handoff"])
    return compose_handover(
        settings,
        row.channel,
        ticket,
        Address(agent.name if agent else "", payload["address"]),
        payload["subject"],
        words["text"],
        files=enclosed.these(work, payload["enclosed"]),
        key=keys.signing(work, now),
        randomness=Randomness(secrets.token_hex(12), secrets.token_bytes(16)),
        now=now,
    )


def _closing(settings: Settings, ticket: Ticket, author: str, last: Row | None) -> Closing:
    """What the agent and the channel have below replies."""
    channel = settings.channels.get(ticket.channel)
    if not isinstance(channel, MailChannel):
        return Closing()
    agent = settings.agents.get(author.partition(":")[2])
    signatures = ((agent.signature if agent else None), channel.signature)
    quoted = None
    if channel.quote and last is not None:
        name = last["author_name"] or last["author"].partition(":")[2]
        at = moment(last["sent_at"]).astimezone(settings.desk.timezone)
        quoted = Quoted(last["text"], name, at)
    return Closing("\n".join(each.strip("\n") for each in signatures if each), quoted)


def _appointment(ticket: Ticket, event: Mapping[str, Any] | None) -> Appointment | None:
    """The event that goes with a mail about a visit or a call. The same one under the same name, whatever becomes of it."""
    if event is None:
        return None
    at = datetime.fromisoformat(event["at"])
    return Appointment(
        f"{ticket.ref}.{event['task']}.{int(at.timestamp())}@deskd",
        invitation.title(ticket.language, event["task"], ticket.ref),
        at,
        event["place"] if event["task"] == "visit" else "",
        event["sequence"],
        event["cancel"],
    )


def _returnable(
    work: Work, settings: Settings, channel: str, message_id: int, mail: SendMail, now: datetime
) -> SendMail:
    """With an envelope sender of its own, where the channel has `verp`. The null sender of automatic mail stays: nothing is to come back."""
    configured = settings.channels.get(channel)
    if not mail.mail_from or not isinstance(configured, MailChannel) or not configured.verp:
        return mail
    return replace(mail, mail_from=bounce_address(mail.mail_from, *keys.signing(work, now), message_id))


def _alert(work: Work, settings: Settings, row: OutboxRow, now: datetime) -> Content:
    """To the admins: a post in their channel, or a mail whose bytes were kept with it."""
    if row.content is not None:
        return _mail(work, settings, row, now)
    text = str(row.payload["text"])
    if row.anchor_id is not None:  # it speaks of a thread: the link is known once its card is posted
        text = f"{text} {thread_packing.posted(work, row).link}"
    return Post(Place(row.payload["place"]), text)


def _answered(work: Work, ticket: Ticket, row: Row | None) -> Answered | None:
    """What is being answered. Where a participant wrote last, the answer still goes to the contact, to the address the desk knows."""
    if row is None:
        return None
    author = address_key(row["author"].partition(":")[2])
    if author not in contacts.addresses(work, ticket.contact_id):
        row = {**row, "reply_to": None}
    return Answered(
        rfc_id=row["rfc_id"],
        references=tuple(json.loads(row["rfc_references"] or "[]")),
        subject=row["subject"],
        answer_to=tuple(Address(name, address) for name, address in json.loads(row["reply_to"] or "[]")),
    )


_KINDS = {
    "file": _file,
    "fetch": _fetch,
    "mail": _mail,
    "alert": _alert,
    "slack": _chat,
    "telegram": _telegram,
    **thread_packing.KINDS,
    **chat_packing.KINDS,
}
