"""deskd, a help desk that lives where people already write: mail, Telegram and Slack."""

from __future__ import annotations

__version__ = "0.1.0"
