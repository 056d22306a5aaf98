"""Where a rule set's patterns are compiled: it remembers which texts each is looked for in, so that one pass finds them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from deskd.rules.patterns import Pattern, PatternSet, compile_pattern


class Workshop:
    def __init__(self) -> None:
        self._patterns: dict[str, dict[Pattern, None]] = {}

    def patterns_in(self, field: str) -> Callable[[str], Pattern]:
        """A compiler of patterns that are looked for in the text `field`, as `View.text` names it."""
        known = self._patterns.setdefault(field, {})

        def compiled(source: str) -> Pattern:
            pattern = compile_pattern(source)
            known[pattern] = None
            return pattern

        return compiled

    def sets(self) -> Mapping[str, PatternSet]:
        """For each field, all patterns that are looked for in it as one set."""
        return {field: PatternSet(patterns) for field, patterns in self._patterns.items() if patterns}
