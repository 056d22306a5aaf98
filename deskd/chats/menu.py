"""The greeting's menu: its buttons, and what pressing one answers. Pure.

A button says where it is: `menu:1` the second topic, `menu:1.0` the first below it, `menu:` the top.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from deskd.chats.says import say
from deskd.config.telegram import ANY, SubTopic, Topic
from deskd.model import Button

PREFIX: Final = "menu:"
Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A button of the menu. `below`: further ones; else `article` answers it, or the next ticket gets `tags`."""

    title: str
    below: Rows = ()
    article: str = ""
    tags: tuple[str, ...] = ()


def top(menu: Sequence[Topic], language: str) -> Rows:
    return _rows(menu, language, PREFIX)


def chosen(menu: Sequence[Topic], data: str, language: str) -> Chosen | None:
    """What a button leads to; None where the menu has no such button any more."""
    path = data.removeprefix(PREFIX)
    numbers = [int(part) for part in path.split(".") if part.isdecimal() and len(part) < 4] if path else []
    if not numbers or len(numbers) > 2 or len(numbers) != path.count(".") + 1 or numbers[0] >= len(menu):
        return None
    topic = menu[numbers[0]]
    if len(numbers) == 1:
        back = (Button(PREFIX, say(language, "back"), ""),)
        below = (*_rows(topic.topics, language, f"{PREFIX}{numbers[0]}."), back) if topic.topics else ()
        return Chosen(title_of(topic.title, language), below, topic.article or "", topic.tags)
    if numbers[1] >= len(topic.topics):
        return None
    under = topic.topics[numbers[1]]
    tags = tuple(dict.fromkeys((*topic.tags, *under.tags)))
    return Chosen(title_of(under.title, language), (), under.article or "", tags)


def title_of(titles: Mapping[str, str], language: str) -> str:
    for wanted in (language, language.partition("-")[0], ANY):
        if wanted in titles:
            return titles[wanted]
    return next(iter(titles.values()))


def _rows(topics: Sequence[SubTopic], language: str, prefix: str) -> Rows:
    return tuple(
        (Button(f"{prefix}{number}", title_of(topic.title, language)[:60], ""),)
        for number, topic in enumerate(topics)
    )
