"""The scopes that Slack's methods ask of a bot token. An app without one is told so: `missing_scope`, with `needed` and `provided`.

https://docs.slack.dev/reference/scopes
"""

from collections.abc import Set

from connectors.standins.slack.state import SlackError

# a method, or the start of several; the first that fits counts; one of the scopes is enough
_NEEDED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("chat.getPermalink", ()),
    ("chat.", ("chat:write",)),
    ("reactions.get", ("reactions:read",)),
    ("reactions.", ("reactions:write",)),
    ("conversations.history", ("channels:history", "groups:history", "im:history")),
    ("conversations.replies", ("channels:history", "groups:history", "im:history")),
    ("conversations.open", ("im:write",)),
    ("conversations.join", ("channels:join",)),
    ("conversations.", ("channels:read", "groups:read", "im:read")),
    ("users.conversations", ("channels:read", "groups:read", "im:read")),
    ("users.lookupByEmail", ("users:read.email",)),
    ("users.", ("users:read",)),
    ("bots.info", ("users:read",)),
    ("usergroups.", ("usergroups:read",)),
    ("team.info", ("team:read",)),
    ("files.info", ("files:read",)),
    ("files.", ("files:write",)),
)
ALL = frozenset(scope for _, scopes in _NEEDED for scope in scopes) | {
    "app_mentions:read",
    "chat:write.customize",
    "commands",
}


def check_scope(method: str, granted: Set[str]) -> None:
    """Raises missing_scope."""
    for start, needed in _NEEDED:
        if method.startswith(start):
            if needed and not granted & set(needed):
                raise SlackError("missing_scope", needed=needed[0], provided=",".join(sorted(granted)))
            return
