"""Which rules are asked at all: a rule that needs a word, a pattern or an address that the message hasn't got can't fire, and is left out unasked.

So the cost of a message goes by the rules that may concern it, hardly by how many there are. What is left out is only what `Check.needs` proves
impossible; the trace asks every rule, and says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from deskd.rules.actions.contact import ContactTag
from deskd.rules.actions.tags import Tag
from deskd.rules.checks import HEADER, TAGS, Needs, Part
from deskd.rules.conditions import body, subject, text
from deskd.rules.facts import EVENTS
from deskd.rules.patterns import Pattern, PatternSet, literal_pattern
from deskd.rules.rule import Rule, asked, turn_of
from deskd.rules.text import Text
from deskd.rules.view import View

_LONGEST_PART: Final = 200  # characters; escaped, they stay within a pattern's limit

# The texts in each field of `checks.INDEXED`.
_FIELDS: Final[Mapping[str, Callable[[View], Iterable[Text]]]] = {
    "subject": subject.values,
    "text": text.values,
    "body": body.values,
    "from address": lambda view: [text for seen in view.sender for text in seen.address],
    "from domain": lambda view: [text for seen in view.sender for text in seen.domain],
    "ticket tag": lambda view: list(map(Text, view.state.ticket.tags)),
    "contact tag": lambda view: list(map(Text, view.state.contact.tags)),
}


class Clues:
    """For one field: which rules, by their place in the set, a word, an equal text, a pattern or a part calls up."""

    def __init__(self, guards: Iterable[tuple[bytes | str | Pattern | Part, int]]) -> None:
        self._words: dict[bytes, list[int]] = {}
        self._equal: dict[str, list[int]] = {}
        self._patterns: dict[Pattern, list[int]] = {}
        self._parts: dict[Pattern, list[int]] = {}
        for clue, place in guards:
            self._places(clue).append(place)
        self._all_parts = PatternSet(self._parts)

    def _places(self, clue: bytes | str | Pattern | Part) -> list[int]:
        if isinstance(clue, bytes):
            return self._words.setdefault(clue, [])
        if isinstance(clue, str):
            return self._equal.setdefault(clue, [])
        if isinstance(clue, Part):
            return self._parts.setdefault(_literal(clue), [])
        return self._patterns.setdefault(clue, [])

    def called(self, found: Text) -> Iterable[int]:
        """The places of the rules that `found` calls up; some more than once."""
        if self._words:
            for word in self._words.keys() & found.words:
                yield from self._words[word]
        if self._equal:
            yield from self._equal.get(found.folded, ())
        if self._patterns:
            for pattern in found.matching:
                yield from self._patterns.get(pattern, ())
        if self._parts:
            for pattern in self._all_parts.matching(found.folded.encode("utf-8", "replace")):
                yield from self._parts[pattern]


def _literal(part: Part) -> Pattern:
    """Its beginning, where all of it is too long for a pattern: what holds the whole holds that as well."""
    return literal_pattern(part.text[:_LONGEST_PART])


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
        guards: dict[str, list[tuple[bytes | str | Pattern | Part, int]]] = {}
        guarded: set[int] = set()
        added = _added(rules)
        for place, rule in enumerate(rules):
            needs = rule.check.needs("")
            if needs is None or not _known(needs, sets, added):
                continue
            guarded.add(place)
            for name, clue in needs:
                guards.setdefault(name, []).append((clue, place))
        return cls(
            tuple(rules), _turns(rules, guarded), {name: Clues(of_field) for name, of_field in guards.items()}
        )

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
                for found in _texts(name, view):
                    called.update(clues.called(found))
        return [self.rules[place] for place in sorted((called & of_turn.called) | of_turn.always)]


def _texts(field: str, view: View) -> Iterable[Text]:
    known = _FIELDS.get(field)
    return known(view) if known is not None else view.header(field.removeprefix(HEADER).lower())


def _known(needs: Needs, sets: Mapping[str, PatternSet], added: frozenset[str] | None) -> bool:
    """Can all these clues be looked up in one go, before the run? Not a pattern that is searched by itself, nor a tag that a rule may add."""
    return all(_may_be_looked_up(name, clue, sets, added) for name, clue in needs or ())


def _may_be_looked_up(
    field: str,
    clue: bytes | str | Pattern | Part,
    sets: Mapping[str, PatternSet],
    added: frozenset[str] | None,
) -> bool:
    if field in TAGS:
        return added is not None and isinstance(clue, str) and clue not in added
    return not isinstance(clue, Pattern) or (field in sets and clue in sets[field].members)


def _added(rules: Sequence[Rule]) -> frozenset[str] | None:
    """All tags that rules may add, case folded; None: any, since some hold what patterns catch."""
    if any(rule.templated for rule in rules):
        return None
    effects = [effect for rule in rules for _, effect in rule.effects]
    given = [effect.tags for effect in effects if isinstance(effect, Tag | ContactTag)]
    return frozenset(tag.casefold() for tags in given for tag in tags)


def _turns(rules: Sequence[Rule], guarded: set[int]) -> Mapping[tuple[str, str], Turn]:
    channels = {channel for rule in rules for channel in rule.channels or ()}
    turns: dict[tuple[str, str], Turn] = {}
    for turn in ("opening", *EVENTS):
        of_turn = [(place, rule.channels) for place, rule in enumerate(rules) if asked(rule, turn)]
        for channel in ("", *channels) if of_turn else ():
            places = {place for place, named in of_turn if named is None or channel in named}
            turns[turn, channel] = Turn(frozenset(places - guarded), frozenset(places & guarded))
    return turns
