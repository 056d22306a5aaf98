"""Which groups and people the bot has heard of while nobody fetched its updates: their ids, for whoever sets a team's group up.

For `deskd doctor`. It looks at what waits and confirms nothing, so that deskd gets it all when it starts; where nothing waits it does not ask, for a running deskd fetches.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from connectors.telegram.api import TelegramApi
from deskd.errors import DeskdError
from deskd.ports import Finding

Json = Mapping[str, Any]


async def check(part: str, api: TelegramApi, known: Collection[str]) -> list[Finding]:
    """`known`: ids of the groups that deskd.yaml has."""
    try:
        hook = await api.call(api.bot.get_webhook_info, "getWebhookInfo")
        if hook.url or not hook.pending_update_count:
            return []
        updates = await api.updates(None, timeout=0)
    except DeskdError:
        return []
    return [
        Finding(
            part,
            "warning",
            f"the group {title} ({group}) is no team's"
            + (f"; there wrote {', '.join(people)}" if people else ""),
            f"the team that works there has `telegram: {group}`, each of its agents `telegram:` and the number behind their name",
        )
        for (group, title), people in heard(updates).items()
        if group not in known
    ]


def heard(updates: Sequence[Json]) -> dict[tuple[str, str], list[str]]:
    """(a group's id, its title) -> who wrote there, as `Anna Rossi (601)`; each once."""
    found: dict[tuple[str, str], list[str]] = {}
    for update in updates:
        about = update.get("message") or update.get("my_chat_member") or {}
        chat = about.get("chat") or {}
        if chat.get("type") not in ("group", "supergroup"):
            continue
        people = found.setdefault((str(chat["id"]), str(chat.get("title", ""))), [])
        who = _name(about.get("from") or {})
        if "message" in update and who and who not in people:
            people.append(who)
    return found


def _name(person: Json) -> str:
    if not person.get("id") or person.get("is_bot"):
        return ""
    names = (str(person.get(key) or "") for key in ("first_name", "last_name"))
    return f"{' '.join(name for name in names if name)} ({person['id']})"
