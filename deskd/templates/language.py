"""The Jinja2 that a template may use: names, filters, tests, `if`, `for` and `set`, and nothing that grows without end.

Jinja can't be interrupted while it runs, and its sandbox bounds neither memory nor time. So a template is read as a tree first, what isn't listed here is
refused, and what is left is bounded one by one: loops in rounds and depth, every string in length. https://jinja.palletsprojects.com/en/stable/sandbox/
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, Final

from jinja2 import ChainableUndefined, Undefined, nodes
from jinja2.environment import Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

MAX_TEXT: Final = 20_000  # characters: of a template, of what it renders and of each string on the way
MAX_ROUNDS: Final = 100  # of one loop
MAX_LOOPS: Final = 2  # one in another
MAX_DEPTH: Final = 60  # of the tree

KNOWN: Final[dict[str, frozenset[str] | None]] = {
    "contact": frozenset({"name", "address"}),
    "ticket": frozenset({"ref", "subject", "status", "priority"}),
    "desk": frozenset({"name"}),
    "agent": frozenset({"name"}),
    "telegram_link": frozenset(),  # a text itself: the one-time link, where the reader may have it
    "match": None,  # what a rule's pattern caught: its groups' own names
}
FILTERS: Final = frozenset(
    "abs capitalize count d default e escape first float int join last length lower replace reverse round sort string striptags title trim truncate "
    "unique upper urlencode wordcount".split()
)
TESTS: Final = frozenset("== != defined undefined none string number eq equalto ne in lower upper".split())
METHODS: Final = frozenset(
    "capitalize endswith get items keys lower lstrip partition rpartition rstrip split splitlines startswith strip title upper values".split()
)
NODES: Final = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Assign),
    *(
        nodes.Name,
        nodes.Const,
        nodes.Getattr,
        nodes.Getitem,
        nodes.Slice,
        nodes.List,
        nodes.Tuple,
        nodes.Call,
        nodes.Keyword,
    ),
    *(nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr),
    *(nodes.Concat, nodes.Add, nodes.Sub, nodes.Neg, nodes.Pos),
)
_CONCATENATE, _ROUNDS = "concatenate", "rounds"


class Missing(ChainableUndefined):
    """What isn't known: empty, and so is all that is asked of it."""

    def _empty(self, *args: Any, **kwargs: Any) -> Any:
        return self

    def _no(self, *args: Any) -> Any:
        return False

    __call__ = _empty
    __lt__ = __le__ = __gt__ = __ge__ = _no


class Language(ImmutableSandboxedEnvironment):
    """The environment of all templates. It loads nothing and knows no functions."""

    intercepted_binops = frozenset(
        ["+", "-", "*", "/", "//", "%", "**"]
    )  # Jinja works out constants of the others while it compiles

    def __init__(self) -> None:
        super().__init__(undefined=Missing, autoescape=False)
        self.globals.clear()
        self.filters = {name: _bounded(call) for name, call in self.filters.items() if name in FILTERS}
        self.filters |= {"join": _join, "replace": _replace, _CONCATENATE: _concatenate, _ROUNDS: _rounds}
        self.tests = {name: call for name, call in self.tests.items() if name in TESTS}

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Numbers are reckoned with; a plus joins all else. No other operator gets past the check."""
        if _is_number(left) and _is_number(right):
            return left + right if operator == "+" else left - right if operator == "-" else ""
        return _concatenate([left, right]) if operator == "+" else ""

    def template(self, tree: nodes.Template) -> Template:
        """`tree` made ready to run; `deskd.templates.check` has found nothing wrong with it."""
        for loop in list(tree.find_all(nodes.For)):
            loop.iter = nodes.Filter(loop.iter, _ROUNDS, [], [], None, None, lineno=loop.lineno)
        code = self.compile(_without_concat(tree))
        return Template.from_code(self, code, self.make_globals(None))


def _without_concat(node: Any) -> Any:
    """`a ~ b` by a filter that bounds it: Jinja has no place to step in there."""
    for field, value in node.iter_fields():
        if isinstance(value, nodes.Node):
            setattr(node, field, _without_concat(value))
        elif isinstance(value, list):
            setattr(
                node,
                field,
                [_without_concat(item) if isinstance(item, nodes.Node) else item for item in value],
            )
    if isinstance(node, nodes.Concat):
        pieces = nodes.List(node.nodes, lineno=node.lineno)
        node = nodes.Filter(pieces, _CONCATENATE, [], [], None, None, lineno=node.lineno)
    node.set_environment(language)
    return node


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _bounded(call: Callable[..., Any]) -> Callable[..., Any]:
    """A filter whose strings stay short. Jinja marks on the function what it wants to be given; that is kept."""

    def bounded(*args: Any, **kwargs: Any) -> Any:
        value = call(*args, **kwargs)
        return value[:MAX_TEXT] if isinstance(value, str) else value

    bounded.__dict__.update(getattr(call, "__dict__", {}))
    return bounded


def _concatenate(pieces: Iterable[Any]) -> str:
    text, room = [], MAX_TEXT
    for piece in pieces:
        text.append(str(piece)[:room])
        room -= len(text[-1])
        if room <= 0:
            break
    return "".join(text)


def _join(value: Any, separator: Any = "") -> str:
    def pieces() -> Iterable[Any]:
        for index, piece in enumerate(_rounds(value)):
            if index:
                yield separator
            yield piece

    return _concatenate(pieces())


def _replace(value: Any, old: Any, new: Any, count: int | None = None) -> str:
    parts = str(value).split(str(old), -1 if count is None else int(count)) if str(old) else [str(value)]
    return _concatenate(
        piece for index, part in enumerate(parts) for piece in ((str(new), part) if index else (part,))
    )


def _rounds(value: Any) -> list[Any]:
    """What a loop goes through: the first of them, and nothing at all of what can't be gone through."""
    return (
        list(islice(value, MAX_ROUNDS))
        if isinstance(value, Iterable) and not isinstance(value, Undefined)
        else []
    )


language: Final = Language()
