"""The teams' groups: which of them the bot can't work in, and why. What a refusal means there, where what it means for a customer's chat is `outcome`'s."""

from __future__ import annotations

from typing import Final

from connectors.telegram.outcome import SETTING_RETRY, Moved
from deskd.errors import DeskdError, PermanentFailure, TemporaryFailure, ThreadGone

_TOPIC_GONE: Final = ("message thread not found", "topic_id_invalid", "topic_deleted")
_SETTINGS: Final = {
    "not a forum": "turn topics on in the group's settings",
    "only for supergroups": "turn topics on in the group's settings",
    "not enough rights": "make the bot an administrator who may manage topics",
    "administrator rights": "make the bot an administrator who may manage topics",
    "chat_admin_required": "make the bot an administrator who may manage topics",
    "no rights to send": "make the bot an administrator who may manage topics",
    "chat_write_forbidden": "make the bot an administrator who may manage topics",
    "chat not found": "add the bot to the group, and check its id",
    "forbidden": "add the bot to the group again, as an administrator who may manage topics",
}
"""What Telegram says of a group that isn't as it must be -> what to do."""
TOPIC_CLOSED: Final = "topic_closed"


class Groups:
    """Remembers, of each group, what is wrong until something goes well there."""

    def __init__(self) -> None:
        self._wrong: dict[str, str] = {}

    @property
    def trouble(self) -> str:
        """For `health`; "" where all is well."""
        return "; ".join(self._wrong.values())

    def well(self, group: str) -> None:
        self._wrong.pop(group, None)

    def failed(self, group: str, error: DeskdError) -> DeskdError:
        """The failure as it counts for what agents see: as long as someone can put the group right, the rows wait."""
        meant = self._meant(group, error)
        meant.done, meant.receipt = error.done, error.receipt
        return meant

    def _meant(self, group: str, error: DeskdError) -> DeskdError:
        if isinstance(error, Moved):
            return self._wait(group, f"the group {group} has become {error.chat}: write that in deskd.yaml")
        if not isinstance(error, PermanentFailure):
            return error
        said = str(error).lower()
        if any(words in said for words in _TOPIC_GONE):
            return ThreadGone(f"{error}: the topic was deleted")
        for words, remedy in _SETTINGS.items():
            if words in said:
                return self._wait(group, f"the group {group}: {error}; {remedy}")
        return error

    def _wait(self, group: str, text: str) -> TemporaryFailure:
        self._wrong[group] = text
        return TemporaryFailure(text, SETTING_RETRY)
