"""What statuses, priorities and grades are called, in the languages agents may read. Some words are the same in two languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_TERMS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {"low": "low", "normal": "normal", "medium": "medium", "high": "high", "urgent": "urgent"},
    "it": {"low": "bassa", "normal": "normale", "medium": "media", "high": "alta", "urgent": "urgente"},
    "es": {"low": "baja", "normal": "normal", "medium": "media", "high": "alta", "urgent": "urgente"},
    "pt": {"low": "baixa", "normal": "normal", "medium": "média", "high": "alta", "urgent": "urgente"},
}
_IMPACTS: Final[Mapping[str, Mapping[str, str]]] = {  # masculine, where priority and urgency are feminine
    "it": {"low": "basso", "medium": "medio", "high": "alto"},
    "es": {"low": "bajo", "medium": "medio", "high": "alto"},
    "pt": {"low": "baixo", "medium": "médio", "high": "alto"},
}


def grade(language: str, value: str) -> str:
    """What a priority or an urgency is called; English where the language is none of ours."""
    return (_TERMS.get(language.partition("-")[0]) or _TERMS["en"])[value]


def impact(language: str, value: str) -> str:
    """What an impact is called; English where the language is none of ours."""
    return (_IMPACTS.get(language.partition("-")[0]) or _TERMS["en"])[value]
