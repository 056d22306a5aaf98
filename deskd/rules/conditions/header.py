"""`header`: a map of header names, each with what its value must be. A header that comes several times holds if one of its values does."""

from __future__ import annotations

from collections.abc import Sequence

from deskd.rules.checks import AllOf, Check
from deskd.rules.operators.text import TextSpec, text_check
from deskd.rules.text import Text
from deskd.rules.view import View
from deskd.rules.workshop import Workshop

HeaderSpec = dict[str, TextSpec]


def check(spec: HeaderSpec, shop: Workshop) -> Check[View]:
    return AllOf(tuple(_check_one(name, wanted) for name, wanted in spec.items()))


def _check_one(name: str, wanted: TextSpec) -> Check[View]:
    key = name.lower()

    def values(view: View) -> Sequence[Text]:
        return view.header(key)

    return text_check(wanted, f"header {name}", values)
