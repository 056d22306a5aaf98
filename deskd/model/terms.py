"""The field's words, as types: states, priorities, kinds, surfaces."""

from __future__ import annotations

from typing import Literal

Status = Literal["new", "open", "pending", "hold", "resolved", "closed", "spam"]
Priority = Literal["low", "normal", "high", "urgent"]
Grade = Literal["low", "medium", "high"]
"""Urgency and impact."""
Direction = Literal["in", "out", "note"]
Kind = Literal["message", "auto_reply", "bounce", "complaint", "bulk"]
DeliveryState = Literal["queued", "held", "sent", "failed", "bounced", "unknown", "cancelled"]
InboxState = Literal["received", "working", "filed", "applied", "duplicate", "discarded", "quarantined"]
OutboxState = Literal["held", "queued", "sending", "sent", "failed", "bounced", "unknown", "cancelled"]
Surface = Literal["mail", "slack", "telegram", "phone"]

TaskKind = Literal["callback", "visit"]
Waiting = Literal["", "off_duty", "full", "unskilled", "by_hand", "released"]
"""Why nobody has a ticket: nobody of its team is on duty, all have enough, nobody has the skills, a dispatcher or whoever claims it decides, it was
let go."""

PRIORITIES: tuple[Priority, ...] = ("low", "normal", "high", "urgent")
GRADES: tuple[Grade, ...] = ("low", "medium", "high")
