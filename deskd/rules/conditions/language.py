"""`language`: the message's, as two letters (it, en, es, pt); a rule before may have set it."""

from __future__ import annotations

from deskd.rules.checks import Check
from deskd.rules.operators.text import TextSpec, text_check
from deskd.rules.text import Text
from deskd.rules.view import View
from deskd.rules.workshop import Workshop


def _values(view: View) -> tuple[Text, ...]:
    return (Text(view.state.language),) if view.state.language else ()


def check(spec: TextSpec, shop: Workshop) -> Check[View]:
    return text_check(spec, "language", _values)
