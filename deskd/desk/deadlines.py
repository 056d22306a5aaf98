"""The deadlines a status brings: when a resolved ticket closes, when a pending one comes back."""

from __future__ import annotations

from datetime import datetime

from deskd.config import Settings
from deskd.desk.changes import Change, SetDeadline


def status_deadlines(
    settings: Settings, status: str, now: datetime, until: datetime | None = None
) -> list[Change]:
    """All deadlines that hang on a status, set anew for this one."""
    return [
        SetDeadline("close", now + settings.desk.close_after if status == "resolved" else None),
        SetDeadline("come_back", until if status in ("pending", "hold") else None),
    ]
