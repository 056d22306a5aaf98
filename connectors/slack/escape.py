"""Slack's sink: the one place where text of anyone's making becomes text that Slack may parse (invariant I6).

Wherever Block Kit offers `plain_text` or `rich_text`, those carry text as it is and nothing is escaped; only `text`, the
fallback that notifications show, and mrkdwn fields go through here.
"""

from __future__ import annotations

import re

_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]"
)  # all but tab and newline; lone surrogates are no UTF-8


def clean(text: str) -> str:
    """The text without characters that no display shows; line ends as newlines."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def escape(text: str) -> str:
    """Literal in mrkdwn as far as mentions and links go. https://docs.slack.dev/messaging/formatting-message-text#escaping"""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, the last an ellipsis where some are missing."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def cut_escaped(text: str, limit: int) -> str:
    """Escaped text of at most `limit` characters; an entity is never cut in two."""
    whole = escape(text)
    if len(whole) <= limit:
        return whole
    kept = whole[: limit - 1]
    tail = kept.rfind("&")
    if tail != -1 and ";" not in kept[tail:]:
        kept = kept[:tail]
    return kept + "…"
