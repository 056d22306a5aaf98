"""Whom a message calls: what Slack would notify people of, wherever in the message it stands.

From a message's JSON to the marks found (`<@U0ANNA>`, `<!here>`, `<!subteam^S0DESK>`). What is escaped, in code or in plain_text calls
nobody. https://docs.slack.dev/messaging/formatting-message-text#mentioning-users
"""

import re
from collections.abc import Iterator
from typing import Any

from connectors.standins.slack.state import Json

_MARK = re.compile(r"<(@[UW][A-Z0-9]+|![a-z]+|!subteam\^S[A-Z0-9]+)(?:\|[^>]*)?>")
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)


def pings(message: Json) -> set[str]:
    """The marks of a message by which someone is called."""
    shown = [*_texts(message.get("blocks", [])), *_texts(message.get("attachments", []))]
    # where there are blocks Slack shows only these, but notifies by the text as well
    return {f"<{mark}>" for text in [message.get("text", ""), *shown] for mark in _marks(text)}


def _marks(text: str) -> list[str]:
    found: list[str] = _MARK.findall(_CODE.sub(" ", text))
    return found


def _texts(found: Any) -> Iterator[str]:
    """Every formatted text in blocks or attachments; rich_text's own elements as the marks they stand for."""
    if isinstance(found, list):
        for item in found:
            yield from _texts(item)
    elif isinstance(found, dict):
        kind = found.get("type")
        if kind in ("mrkdwn", "markdown"):
            yield str(found.get("text", ""))
        elif kind == "user":
            yield f"<@{found.get('user_id')}>"
        elif kind == "broadcast":
            yield f"<!{found.get('range')}>"
        elif kind == "usergroup":
            yield f"<!subteam^{found.get('usergroup_id')}>"
        elif kind != "plain_text":
            yield from _texts([value for value in found.values() if isinstance(value, dict | list)])
            if kind is None:  # an attachment: its own strings are formatted
                yield from (str(found[key]) for key in ("text", "pretext") if key in found)
