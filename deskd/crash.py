"""Named points at which a test ends the process, as a power cut would: `DESKD_CRASH=after_accept`, or `after_accept:3` for the third time there.

`before_X` and `after_X` stand around each commit and each send on the way of a message; `in_X` where its transaction has written all and isn't committed.
With `DESKD_CRASH_ON=TEXT` a point counts only where the raw message in hand holds that text: so a test makes one message that kills whoever works on it.
"""

from __future__ import annotations

import os
import signal
from typing import Final

POINTS: Final = (
    "before_accept",
    "in_accept",
    "after_accept",
    "before_claim",
    "after_claim",
    "before_file",
    "in_file",
    "after_file",
    "before_outbox_claim",
    "in_outbox_claim",
    "after_outbox_claim",
    "before_send",
    "after_topic",
    "after_send",
    "in_sent",
    "after_sent",
    "before_look_up",
    "after_look_up",
)

_point, _, _times = os.environ.get("DESKD_CRASH", "").partition(":")
_left = int(_times or "1") if _point else 0
_on = os.environ.get("DESKD_CRASH_ON", "").encode()


def crash_point(name: str, raw: bytes = b"") -> None:
    """End the process here, without a word to anyone, if the environment says so. `raw`: the raw message in hand, if there is one."""
    global _left
    if name == _point and _on in raw:
        _left -= 1
        if _left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
