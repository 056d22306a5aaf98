"""Which rules are asked at all: a rule that needs a word, a pattern or an address that the message hasn't got can't fire, and is left out unasked.

So the cost of a message goes by the rules that may concern it, hardly by how many there are. What is left out is only what `Check.needs` proves
impossible; the trace asks every rule, and says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from deskd.rules.checks import Needs
from deskd.rules.conditions import body, subject, text
from deskd.rules.facts import EVENTS
from deskd.rules.patterns import Pattern, PatternSet
from deskd.rules.rule import Rule, asked, turn_of
from deskd.rules.text import Text
from deskd.rules.view import View

# The texts in each field of `checks.INDEXED`.
_FIELDS: Final[Mapping[str, Callable[[View], Iterable[Text]]]] = {
    "subject": subject.values,
    "text": text.values,
    "body": body.values,
    "from address": lambda view: [text for seen in view.sender for text in seen.address],
    "from domain": lambda view: [text for seen in view.sender for text in seen.domain],
}


@dataclass(slots=True)
class Clues:
    """For one field: which rules, by their place in the set, a word, an equal text or a pattern calls up."""

    words: dict[bytes, list[int]] = field(default_factory=dict)
    equal: dict[str, list[int]] = field(default_factory=dict)
    patterns: dict[Pattern, list[int]] = field(default_factory=dict)

    def add(self, clue: bytes | str | Pattern, place: int) -> None:
        if isinstance(clue, bytes):
            self.words.setdefault(clue, []).append(place)
        elif isinstance(clue, str):
            self.equal.setdefault(clue, []).append(place)
        else:
            self.patterns.setdefault(clue, []).append(place)

    def called(self, found: Text) -> Iterable[int]:
        """The places of the rules that `found` calls up; some more than once."""
        if self.words:
            for word in self.words.keys() & found.words:
                yield from self.words[word]
        if self.equal:
            yield from self.equal.get(found.folded, ())
        if self.patterns:
            for pattern in found.matching:
                yield from self.patterns.get(pattern, ())


@dataclass(frozen=True, slots=True)
class Turn:
    """The rules of one turn on one channel, by their places: those to ask in any case, and those to ask if something calls them up."""

    always: frozenset[int]
    called: frozenset[int]


@dataclass(frozen=True, slots=True)
class Prefilter:
    """`turns` goes by turn and channel, case folded; "" stands for all channels that no rule names."""

    rules: tuple[Rule, ...] = ()
    turns: Mapping[tuple[str, str], Turn] = field(default_factory=dict)
    clues: Mapping[str, Clues] = field(default_factory=dict)

    @classmethod
    def of(cls, rules: Sequence[Rule], sets: Mapping[str, PatternSet]) -> Prefilter:
        clues: dict[str, Clues] = {}
        guarded: set[int] = set()
        for place, rule in enumerate(rules):
            needs = rule.check.needs("")
            if needs is None or not _known(needs, sets):
                continue
            guarded.add(place)
            for name, clue in needs:
                clues.setdefault(name, Clues()).add(clue, place)
        return cls(tuple(rules), _turns(rules, guarded), clues)

    def candidates(self, view: View) -> list[Rule]:
        """The rules that may fire, in order."""
        facts = view.facts
        turn = turn_of(facts.event, facts.new)
        of_turn = self.turns.get((turn, facts.channel.casefold())) or self.turns.get((turn, ""))
        if of_turn is None:
            return []
        called: set[int] = set()
        if of_turn.called:
            for name, clues in self.clues.items():
                for found in _FIELDS[name](view):
                    called.update(clues.called(found))
        return [self.rules[place] for place in sorted((called & of_turn.called) | of_turn.always)]


def _known(needs: Needs, sets: Mapping[str, PatternSet]) -> bool:
    """Can all these clues be looked up in one go? Not a pattern that is searched by itself."""
    together = {name: grouped.members for name, grouped in sets.items()}
    return all(not isinstance(clue, Pattern) or clue in together.get(name, ()) for name, clue in needs or ())


def _turns(rules: Sequence[Rule], guarded: set[int]) -> Mapping[tuple[str, str], Turn]:
    channels = {channel for rule in rules for channel in rule.channels or ()}
    turns: dict[tuple[str, str], Turn] = {}
    for turn in ("opening", *EVENTS):
        of_turn = [(place, rule.channels) for place, rule in enumerate(rules) if asked(rule, turn)]
        for channel in ("", *channels) if of_turn else ():
            places = {place for place, named in of_turn if named is None or channel in named}
            turns[turn, channel] = Turn(frozenset(places - guarded), frozenset(places & guarded))
    return turns
