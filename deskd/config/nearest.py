"""The right word nearest to a wrong one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """`did you mean 'address'?`, or "" where nothing is near. Case doesn't count."""
    by_fold = {candidate.casefold(): candidate for candidate in words}
    near = get_close_matches(word.casefold()[:80], by_fold, n=1, cutoff=0.6)
    return f"did you mean {by_fold[near[0]]!r}?" if near else ""


def one_of(words: Iterable[str]) -> str:
    """`one of low, normal, high`."""
    listed = list(words)
    return f"one of {', '.join(listed)}" if len(listed) > 1 else listed[0] if listed else "nothing"
