"""Alerts to the admins as rows of the outbox: sent once, like everything else."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select

from deskd.model import SendMail
from deskd.store.tables import outbox
from deskd.store.times import micros
from deskd.store.work import Statement, Work

_KNOWN: Final = Statement(select(outbox.c.id).where(outbox.c.key == bindparam("key")))


def queue_post(work: Work, account: str, key: str, place: str, text: str, now: datetime) -> None:
    """A post in the Slack channel `place`. One with this key that is here already stays the only one."""
    _queue(work, account, key, {"place": place, "text": text}, None, now)


def queue_mail(work: Work, channel: str, key: str, mail: SendMail, now: datetime) -> None:
    sent_as = {"mail_from": mail.mail_from, "recipients": mail.recipients, "message_id": mail.message_id}
    _queue(work, channel, key, {"sent_as": sent_as}, mail.content, now)


def _queue(
    work: Work, channel: str, key: str, payload: dict[str, object], content: bytes | None, now: datetime
) -> None:
    if work.value(_KNOWN, key=key) is not None:
        return
    work.insert(
        outbox,
        key=key,
        channel=channel,
        ticket_id=None,
        message_id=None,
        anchor_id=None,
        kind="alert",
        conversation=f"alert:{channel}",
        lane=f"{channel}:alert",
        payload=json.dumps(payload, ensure_ascii=False),
        content=content,
        state="queued",
        not_before=micros(now),
        created_at=micros(now),
    )
    work.wake("outbox")
