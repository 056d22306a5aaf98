"""What one bot can and can't do, for `deskd doctor`: asked once, read only."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx
from telegram import WebhookInfo

from connectors.telegram.api import TelegramApi
from deskd.config import TelegramChannel
from deskd.errors import DeskdError
from deskd.ports import Clock, Finding

CLOCK_OFF: Final = 60.0  # seconds
_MANY: Final = 1000  # updates that wait


async def check(part: str, api: TelegramApi, settings: TelegramChannel, clock: Clock) -> list[Finding]:
    try:
        me = await api.call(api.bot.get_me, "getMe")
        hook = await api.call(api.bot.get_webhook_info, "getWebhookInfo")
    except DeskdError as failure:
        return [Finding(part, "wrong", str(failure), "check token and api; @BotFather gives the token")]
    found = [Finding(part, "ok", f"the token is good: @{me.username}")]
    found += _webhook(part, settings, hook)
    if hook.pending_update_count > _MANY:
        found.append(
            Finding(
                part,
                "warning",
                f"{hook.pending_update_count} updates wait; Telegram keeps them for 24 hours",
                "start deskd",
            )
        )
    return [*found, *await _clock(part, settings.api, clock.now())]


def _webhook(part: str, settings: TelegramChannel, hook: WebhookInfo) -> list[Finding]:
    """What Telegram says of the webhook against what deskd.yaml says."""
    wanted = settings.webhook.url if settings.webhook is not None else ""
    if hook.url == wanted and not wanted:
        return [Finding(part, "ok", "no webhook stands in the way of long polling")]
    if hook.url != wanted:
        set_to = hook.url or "nowhere"
        text = f"Telegram's webhook leads {'to ' if hook.url else ''}{set_to}, deskd.yaml says {wanted or 'long polling'}"
        return [Finding(part, "warning", text, "the next start of deskd sets it right")]
    if hook.last_error_message:
        at = f" at {hook.last_error_date:%Y-%m-%d %H:%M} UTC" if hook.last_error_date else ""
        text = f"Telegram could not deliver to {wanted}{at}: {hook.last_error_message}"
        return [
            Finding(
                part,
                "warning",
                text,
                "check the proxy, its certificate, and that the path leads to desk.http",
            )
        ]
    return [Finding(part, "ok", f"the webhook leads to {wanted}")]


async def _clock(part: str, api: str, now: datetime) -> list[Finding]:
    """The machine's clock against the server's (RFC 9110 6.6.1)."""
    try:
        async with httpx.AsyncClient(timeout=10.0) as client:
            told = (await client.head(api)).headers["date"]
        off = (now - parsedate_to_datetime(told)).total_seconds()
    except (httpx.HTTPError, KeyError, ValueError, TypeError):
        return []
    if abs(off) < CLOCK_OFF:
        return [Finding(part, "ok", "this machine's clock agrees with Telegram's")]
    way = "ahead of" if off > 0 else "behind"
    text = f"this machine's clock is {abs(off):.0f} s {way} Telegram's"
    return [Finding(part, "wrong", text, "set it, and keep it set: timedatectl set-ntp true")]
