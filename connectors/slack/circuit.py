"""When Slack refuses the bot's token nothing works, and asking once for each waiting row helps nobody: one call in half a minute looks whether it does again.

Values in seconds of a monotonic clock; no I/O. https://docs.slack.dev/reference/methods/auth.test#errors
"""

from __future__ import annotations

from typing import Final

LOOK_EVERY: Final = 30.0
REFUSED: Final = frozenset("invalid_auth not_authed account_inactive token_revoked token_expired".split())
"""Errors that are the token's, whatever was asked for."""


class Circuit:
    def __init__(self) -> None:
        self.trouble = ""
        """Why nothing goes; empty while all is well."""
        self._next_look = 0.0

    def wait(self, now: float) -> float:
        """0: this call may be made; else the seconds until one may."""
        if not self.trouble:
            return 0.0
        if now < self._next_look:
            return self._next_look - now
        self._next_look = now + LOOK_EVERY
        return 0.0

    def refused(self, why: str, now: float) -> None:
        self.trouble = why
        self._next_look = now + LOOK_EVERY

    def worked(self) -> None:
        self.trouble = ""
