"""A template and its context -> a text for a customer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from jinja2 import nodes
from jinja2.environment import Template

from deskd.templates.language import MAX_TEXT, language

MAX_OUTPUT: Final = MAX_TEXT
_MAX_VALUE: Final = 1_000  # characters of one value of the context


def fill(source: str, context: Mapping[str, object]) -> str | None:
    """What `source` renders to; None where it can't be worked out with these values."""
    try:
        return produce(source, context)
    except Exception:  # whatever an expression raises: there is another text to fall back on, and a customer who waits for one
        return None


def produce(source: str, context: Mapping[str, object]) -> str:
    """As `fill`, raising what Jinja2 raises. Stops at `MAX_OUTPUT` characters."""
    pieces, room = [], MAX_OUTPUT
    for piece in _compiled(source).generate(_plain(context)):
        pieces.append(piece[:room])
        room -= len(pieces[-1])
        if room <= 0:
            break
    return "".join(pieces).strip()


def fixed_words(source: str) -> str:
    """A template without what changes in it."""
    data = language.parse(source).find_all(nodes.TemplateData)
    return "".join(node.data for node in data).strip()[:MAX_OUTPUT]


@lru_cache(maxsize=512)
def _compiled(source: str) -> Template:
    return language.template(language.parse(source))


def _plain(context: Mapping[str, object]) -> dict[str, object]:
    """Values as templates may see them: short strings of one line, and maps of those. A name can't bring paragraphs of its own along."""
    return {
        name: {str(part): _line(inner) for part, inner in value.items()}
        if isinstance(value, Mapping)
        else _line(value)
        for name, value in context.items()
    }


def _line(value: object) -> str:
    return "" if value is None else " ".join(str(value)[: 4 * _MAX_VALUE].split())[:_MAX_VALUE]
