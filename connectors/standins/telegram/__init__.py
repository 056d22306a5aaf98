"""A Bot API server of one's own: `TelegramStandIn`. docs/standins.md shows how a test uses it."""

from connectors.standins.telegram.pace import Limits
from connectors.standins.telegram.people import buttons
from connectors.standins.telegram.server import TelegramStandIn

__all__ = ["Limits", "TelegramStandIn", "buttons"]
