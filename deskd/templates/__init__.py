"""What customers are sent of its own accord: the built-in texts, an admin's own instead of them, and their Jinja2. Pure.

An admin's template is a text with names in it, not a program: `language` says what may stand in one, so that each ends, soon and small. `check_templates`
finds what is wrong with the desk's templates when they are loaded; `render` never raises for one that passed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from deskd.errors import BrokenInvariant, Problem
from deskd.templates.built_in import BUILT_IN
from deskd.templates.check import Fault, faults
from deskd.templates.filling import MAX_OUTPUT, fill, fixed_words

if TYPE_CHECKING:
    from deskd.config import Settings  # its loader may ask for `faults`: no circle at import

__all__ = ["BUILT_IN", "MAX_OUTPUT", "Fault", "check_templates", "faults", "render"]


def render(settings: Settings, name: str, language: str, context: Mapping[str, object]) -> str:
    """The template `name` in `language`, else in the desk's default language, else in English; at most `MAX_OUTPUT` characters.

    An admin's text stands in place of the built-in one of the same language. `context` holds contact{name, address}, ticket{ref, subject, status,
    priority}, desk{name}, agent{name}, telegram_link, match{…}, as far as they are known; what isn't renders empty. Raises BrokenInvariant for a name that is nobody's:
    rules that use one don't load.
    """
    texts = {**BUILT_IN.get(name, {}), **settings.templates.get(name, {})}
    if not texts:
        raise BrokenInvariant(f"no template is called {name!r}")
    default = settings.desk.languages[0]
    wanted = (language, language.partition("-")[0], default, default.partition("-")[0], "en", *texts)
    sources = list(dict.fromkeys(texts[each] for each in wanted if each in texts))
    for source in sources:
        text = fill(source, context)
        if text is not None:
            return text
    return fixed_words(sources[0])


def check_templates(settings: Settings) -> list[Problem]:
    """What is wrong with the desk's own templates, by name and language. The places in the file are for whoever has read it to add."""
    return [
        Problem(
            str(settings.file),
            None,
            None,
            f"templates.{name}.{language}, line {fault.line}: {fault.message}",
            fault.remedy,
        )
        for name, language, source in _sources(settings)
        for fault in faults(source)
    ]


def _sources(settings: Settings) -> Iterator[tuple[str, str, str]]:
    for name, texts in settings.templates.items():
        for language, source in texts.items():
            yield name, language, source
