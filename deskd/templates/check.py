"""What is wrong with a template: found when it is loaded, so that nothing is when it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from jinja2 import TemplateSyntaxError, nodes

from deskd.templates.filling import produce
from deskd.templates.language import (
    FILTERS,
    KNOWN,
    MAX_DEPTH,
    MAX_LOOPS,
    MAX_TEXT,
    METHODS,
    NODES,
    TESTS,
    language,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """`line` counts from 1, within the template."""

    line: int
    message: str
    remedy: str = ""


def faults(source: str) -> list[Fault]:
    """All that is wrong with a template; syntax errors hide the rest."""
    if len(source) > MAX_TEXT:
        return [Fault(1, f"found {len(source)} characters, expected at most {MAX_TEXT}")]
    try:
        tree = language.parse(source)
    except TemplateSyntaxError as error:
        return [Fault(error.lineno, f"found what isn't Jinja2: {error.message}")]
    except (RecursionError, ValueError) as error:
        return [Fault(1, f"found what can't be read: {type(error).__name__}", "write it more simply")]
    seen = list(_nodes(tree))
    found = [*_parts(seen), *_names([node for node, _, _ in seen])]
    return (
        sorted(set(found), key=lambda fault: (fault.line, fault.message))
        if found
        else list(_rendered(source))
    )


def _nodes(tree: nodes.Template) -> Iterator[tuple[nodes.Node, int, int]]:
    """Each node with its depth and the loops around it, but none below `MAX_DEPTH`; without recursion, as the tree may be deep."""
    waiting: list[tuple[nodes.Node, int, int]] = [(tree, 0, 0)]
    while waiting:
        node, depth, loops = waiting.pop()
        loops += isinstance(node, nodes.For)
        yield node, depth, loops
        if depth <= MAX_DEPTH:
            waiting += [(child, depth + 1, loops) for child in node.iter_child_nodes()]


def _names(seen: list[nodes.Node]) -> Iterator[Fault]:
    """Names that nobody gives, and what nobody knows of those that are given."""
    every = [node for node in seen if isinstance(node, nodes.Name)]
    looping = any(isinstance(node, nodes.For) for node in seen)
    own = {node.name for node in every if node.ctx != "load"} | ({"loop"} if looping else set())
    for node in every:
        if node.name not in own and node.name not in KNOWN:
            yield Fault(
                node.lineno,
                f"found the name {node.name!r}, expected {_one_of(KNOWN)}",
                _near(node.name, KNOWN),
            )
    asked: list[Any] = [node for node in seen if isinstance(node, nodes.Getattr | nodes.Getitem)]
    for part in asked:
        attribute = _attribute(part)
        if attribute is None or not isinstance(part.node, nodes.Name) or part.node.name in own:
            continue
        known = KNOWN.get(part.node.name)
        if known is not None and attribute not in known and attribute not in METHODS:
            whole = [f"{part.node.name}.{field}" for field in sorted(known)]
            found = f"{part.node.name}.{attribute}"
            if not known:
                yield Fault(part.lineno, f"found {found}, expected {part.node.name} by itself")
                continue
            yield Fault(part.lineno, f"found {found}, expected {_one_of(whole)}", _near(found, whole))


def _attribute(node: Any) -> str | None:
    if isinstance(node, nodes.Getattr):
        return node.attr
    key = node.arg
    return key.value if isinstance(key, nodes.Const) and isinstance(key.value, str) else None


def _parts(seen: list[tuple[nodes.Node, int, int]]) -> Iterator[Fault]:
    """What may not stand in a template at all, or not like that."""
    for node, depth, loops in seen:
        if depth > MAX_DEPTH:
            yield Fault(
                node.lineno,
                f"found parts nested more than {MAX_DEPTH} deep, expected a text",
                "write it more simply",
            )
        elif not isinstance(node, NODES):
            yield Fault(node.lineno, f"found {_called(node)}, which templates don't have", "leave it out")
        else:
            judge = _JUDGES.get(type(node))
            yield from (Fault(node.lineno, *found) for found in (judge(node, loops) if judge else ()))


def _called(node: nodes.Node) -> str:
    """A node, as the person who wrote it would call it."""
    if isinstance(node, nodes.BinExpr):
        return f"the operator {node.operator!r}"
    return f"'{type(node).__name__.lower()}'"


def _filter(node: Any, loops: int) -> Iterator[tuple[str, str]]:
    if node.name not in FILTERS:
        yield f"found the filter {node.name!r}, which templates don't have", _near(node.name, FILTERS)
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        yield "found '*' before an argument, expected each by itself", ""


def _test(node: Any, loops: int) -> Iterator[tuple[str, str]]:
    if node.name not in TESTS:
        yield f"found the test {node.name!r}, which templates don't have", _near(node.name, TESTS)


def _call(node: Any, loops: int) -> Iterator[tuple[str, str]]:
    if not isinstance(node.node, nodes.Getattr) or node.node.attr not in METHODS:
        called = (
            node.node.attr if isinstance(node.node, nodes.Getattr) else getattr(node.node, "name", "this")
        )
        yield (
            f"found a call of {called!r}, which templates don't have",
            f"what can be called is {_one_of(sorted(METHODS))}",
        )
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        yield "found '*' before an argument, expected each by itself", ""


def _getattr(node: Any, loops: int) -> Iterator[tuple[str, str]]:
    if node.attr.startswith("_"):
        yield f"found {node.attr!r}, which is none of a template's business", "leave it out"


def _for(node: Any, loops: int) -> Iterator[tuple[str, str]]:
    if loops > MAX_LOOPS:
        yield f"found more than {MAX_LOOPS} loops in one another, expected fewer", ""
    if node.recursive:
        yield "found a recursive loop, which templates don't have", "leave 'recursive' out"


def _list(node: Any, loops: int) -> Iterator[tuple[str, str]]:
    if node.__class__ is nodes.List and not all(isinstance(item, nodes.Const) for item in node.items):
        yield "found a list of more than plain words and numbers", "name them one by one"


_JUDGES: Final[Mapping[type, Callable[[Any, int], Iterator[tuple[str, str]]]]] = {
    nodes.Filter: _filter,
    nodes.Test: _test,
    nodes.Call: _call,
    nodes.Getattr: _getattr,
    nodes.For: _for,
    nodes.List: _list,
}


def _one_of(words: Iterable[str]) -> str:
    return f"one of {', '.join(words)}"


def _near(word: str, words: Iterable[str]) -> str:
    near = get_close_matches(word[:80], list(words), n=1)
    return f"did you mean {near[0]!r}?" if near else ""


_FULL: Final = {
    name: "x" if parts == frozenset() else dict.fromkeys(parts or (), "x") for name, parts in KNOWN.items()
}


def _rendered(source: str) -> Iterator[Fault]:
    """What only shows when it runs: it is run on a full context and on an empty one."""
    for context in (_FULL, {}):
        try:
            produce(source, context)
        except (
            Exception
        ) as error:  # anything an expression may raise: it is the admin's to mend, and told to them
            yield Fault(
                1, f"found what can't be worked out: {error or type(error).__name__}", "write it more simply"
            )
            return
