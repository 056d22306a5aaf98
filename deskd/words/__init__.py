"""What agents read, in English, Italian, Spanish and Portuguese. Pure: a language, a key and values in, a text out.

Two files a language, the second with what stands on buttons, forms and pages; each a table of the same keys with the same fields (`tests/unit/test_words.py` holds them to it). What customers read stands in
`deskd.templates`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from deskd.words import (
    en,
    es,
    forms_en,
    forms_es,
    forms_it,
    forms_pt,
    it,
    levels_en,
    levels_es,
    levels_it,
    levels_pt,
    pt,
)

TEXTS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "en": {**en.TEXTS, **forms_en.FORMS, **levels_en.LEVELS},
        "it": {**it.TEXTS, **forms_it.FORMS, **levels_it.LEVELS},
        "es": {**es.TEXTS, **forms_es.FORMS, **levels_es.LEVELS},
        "pt": {**pt.TEXTS, **forms_pt.FORMS, **levels_pt.LEVELS},
    }
)
_DECIMAL_MARKS: Final = {"en": ".", "it": ",", "es": ",", "pt": ","}


def say(language: str, key: str, **values: object) -> str:
    """The text `key` stands for, with `values` in its fields, as they are: braces in a value mean nothing.

    A language that isn't there reads English; of pt-BR, pt counts. Raises KeyError for a key, or a field's value, that isn't there.
    """
    return _texts(language)[key].format_map(values)


def start_of(text: str, limit: int = 80) -> str:
    """A subject from a text's first words: one line of at most `limit` characters, cut between words, with … where there was more."""
    words = text[: 20 * limit].split()  # a customer's text may be megabytes of one line
    line = " ".join(words)
    if len(line) <= limit:
        return line if len(text) <= 20 * limit else f"{line}…"[:limit]
    head = line[: limit - 1]
    cut = head if line[limit - 1] in " ,;:.!?)" else head.rpartition(" ")[0] or head
    return cut.rstrip(" ,;:.–—-") + "…"


def size(count: int, language: str = "en") -> str:
    """So many bytes, as people read it: `845 B`, `12 KB`, `1.2 MB`. Decimal units, as mail providers count."""
    if count < 1000:
        return f"{count} B"
    power = next((power for power in (1, 2, 3) if count < 999.5 * 1000**power), 4)
    amount, unit = count / 1000**power, ("KB", "MB", "GB", "TB")[power - 1]
    figure = f"{amount:.1f}" if amount < 9.95 else f"{amount:.0f}"
    return f"{figure.removesuffix('.0').replace('.', _DECIMAL_MARKS.get(language, '.'))} {unit}"


def _texts(language: str) -> Mapping[str, str]:
    return TEXTS.get(language) or TEXTS.get(language.partition("-")[0]) or TEXTS["en"]
