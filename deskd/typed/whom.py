"""Agents and teams, as people name them: Slack's mentions, keys, names, mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from deskd.compose.slack_inline import unescape
from deskd.typed.markup import folded, literal
from deskd.typed.wrong import Wrong, quoted

if TYPE_CHECKING:
    from deskd.config import Settings

Whom = tuple[Literal["agent", "team"], str]

_MENTION: Final = re.compile(
    r"<@[A-Z0-9]+(?:\|[^<>]*)?>|<!(?:subteam\^[A-Z0-9]+|here|channel|everyone)(?:\|[^<>]*)?>"
)
_PERSON: Final = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>|<!subteam\^([A-Z0-9]+)(?:\|[^<>]*)?>")
_EVERYONE: Final = ("here", "channel", "everyone")
_MIN_NAME: Final = 3  # letters of a first name that counts as a mention


def mentions_someone(markup: str, settings: Settings, people: Mapping[str, str]) -> bool:
    """Whether a text calls anybody: any of Slack's own mentions, or a typed @key, @name or @here."""
    if _MENTION.search(markup):
        return True
    called = {*names(settings), *map(folded, people.values()), *_EVERYONE}
    return _typed(frozenset(called)).search(folded(unescape(markup))) is not None


def names(settings: Settings) -> frozenset[str]:
    """All names that mean an agent or a team where they are typed behind an @, folded."""
    return frozenset(name for _, name in _names(settings))


@lru_cache(maxsize=8)
def _typed(names: frozenset[str]) -> re.Pattern[str]:
    """@ and one of the names, neither in the middle of a word: `anna@acme.example` calls nobody."""
    spaced = (re.escape(name).replace(r"\ ", r"\s+") for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<!\w)@(?:{'|'.join(spaced)})(?![\w-])")


def _names(settings: Settings) -> Iterator[tuple[Whom, str]]:
    """Each agent and team with each name it goes by, folded: key, full name, first name."""
    for key, agent in settings.agents.items():
        whole = " ".join(folded(agent.name).split())
        first = whole.partition(" ")[0]
        for name in dict.fromkeys([folded(key), whole, *([first] if len(first) >= _MIN_NAME else [])]):
            if name:
                yield ("agent", key), name
    for key in settings.teams:
        yield ("team", key), folded(key)


def whom(markup: str, settings: Settings, people: Mapping[str, str]) -> Whom:
    """The one agent or team that `markup` names. Raises `Wrong`."""
    if not markup.strip():
        raise Wrong("needs_whom")
    mentioned = [
        _mentioned(found.group(1), found.group(2), settings, people) for found in _PERSON.finditer(markup)
    ]
    rest = _PERSON.sub(" ", markup).strip(" \t\n,;:.")
    if len(mentioned) > 1 or (mentioned and rest):
        raise Wrong("too_many_whom", found=quoted(literal(markup)))
    return mentioned[0] if mentioned else _called(rest, settings)


def _mentioned(user: str | None, group: str | None, settings: Settings, people: Mapping[str, str]) -> Whom:
    """Whom Slack's id stands for; a user is never a team."""
    if user:
        key = people.get(user) or next(
            (key for key, agent in settings.agents.items() if user in agent.users), None
        )
        if key in settings.agents and key is not None:
            return "agent", key
    else:
        key = people.get(group or "") or next(
            (key for key, team in settings.teams.items() if team.mention == group), None
        )
        if key in settings.teams and key is not None:
            return "team", key
    raise Wrong("nobody_called", name=user or group)


def _called(markup: str, settings: Settings) -> Whom:
    shown = literal(markup).strip().strip("`*").lstrip("@").strip()
    by_mail = settings.agent_by_email(shown)
    if by_mail is not None:
        return "agent", by_mail
    wanted = " ".join(folded(shown).split())
    by_name = list(_names(settings))
    exact = [one for one, _ in by_name if folded(one[1]) == wanted]
    found = exact[:1] or list(dict.fromkeys(one for one, name in by_name if name == wanted))
    if len(found) == 1:
        return found[0]
    if found:
        raise Wrong("several_called", name=quoted(shown), keys=", ".join(f"@{key}" for _, key in found))
    near = get_close_matches(wanted[:80], [name for _, name in by_name], n=1, cutoff=0.7)
    if near:
        key = next(one[1] for one, name in by_name if name == near[0])
        raise Wrong("nobody_called_near", name=quoted(shown), near=key)
    raise Wrong("nobody_called", name=quoted(shown))
