"""What Slack's message box makes of what people type.

In: typed text. Out: the text that events carry (`&`, `<`, `>` escaped, names, addresses and links in angle brackets) and its
rich_text block. https://docs.slack.dev/messaging/formatting-message-text
"""

import html
import re
from collections.abc import Callable, Iterator
from re import Match

from connectors.standins.slack.state import Json, Workspace

# what is already in Slack's own form stays; @names, addresses and links are what the box recognises by itself
_TOKEN = re.compile(
    r"(?P<kept><(?:[@#][A-Z0-9]+(?:\|[^>]*)?|![a-z]+(?:\^[A-Z0-9]+)?(?:\|[^>]*)?|(?:https?|mailto):[^>]+)>)"
    r"|(?P<link>\bhttps?://[^\s<>]+[^\s<>.,;:!?)'\"])"
    r"|(?P<mail>\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<name>(?<![\w.])@[\w.-]*\w)"
    r"|(?P<emoji>:[a-z0-9_+-]+:)"
)
_BROADCASTS = {"here", "channel", "everyone"}


def typed(workspace: Workspace, text: str) -> str:
    """The text as Slack keeps it."""
    escaped: Callable[[str], str] = lambda plain: html.escape(plain, quote=False)  # noqa: E731
    end, kept = 0, []
    for match in _TOKEN.finditer(text):
        kept += [escaped(text[end : match.start()]), _token(workspace, match)]
        end = match.end()
    return "".join([*kept, escaped(text[end:])])


def _token(workspace: Workspace, match: Match[str]) -> str:
    found = match.group()
    if match["kept"] or match["emoji"]:
        return found
    if match["mail"]:
        return f"<mailto:{found}|{found}>"
    if match["link"]:
        return f"<{html.escape(found, quote=False)}>"
    return _mention(workspace, found[1:]) or found


def _mention(workspace: Workspace, name: str) -> str | None:
    if name in _BROADCASTS:
        return f"<!{name}>"
    for user in workspace.users.values():
        if user.name == name:
            return f"<@{user.id}>"
    for group in workspace.groups.values():
        if group.handle == name:
            return f"<!subteam^{group.id}>"
    return None


def rich_text(text: str) -> Json:
    """The rich_text block beside a text that `typed` made: one section, its parts by kind."""
    section = {"type": "rich_text_section", "elements": list(_parts(text))}
    return {"type": "rich_text", "block_id": "typed", "elements": [section]}


def _parts(text: str) -> Iterator[Json]:
    end = 0
    for match in re.finditer(r"<([^>]+)>|:([a-z0-9_+-]+):", text):
        if match.start() > end:
            yield {"type": "text", "text": html.unescape(text[end : match.start()])}
        yield {"type": "emoji", "name": match[2]} if match[2] else _bracketed(match[1])
        end = match.end()
    if end < len(text):
        yield {"type": "text", "text": html.unescape(text[end:])}


def _bracketed(inner: str) -> Json:
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("#"):
        return {"type": "channel", "channel_id": target[1:]}
    if target.startswith("!subteam^"):
        return {"type": "usergroup", "usergroup_id": target.removeprefix("!subteam^")}
    if target.startswith("!"):
        return {"type": "broadcast", "range": target[1:]}
    link = {"type": "link", "url": html.unescape(target)}
    return link | ({"text": html.unescape(label)} if label else {})
