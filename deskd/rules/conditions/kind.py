"""`kind`: a person's message, or automatic mail of some sort: message, auto_reply, bounce, complaint, bulk."""

from __future__ import annotations

from deskd.rules.checks import Check
from deskd.rules.operators.choice import KindSpec, choice_check
from deskd.rules.text import Text
from deskd.rules.view import View
from deskd.rules.workshop import Workshop


def _values(view: View) -> tuple[Text, ...]:
    message = view.facts.message
    return view.text("kind", message.kind) if message else ()


def check(spec: KindSpec, shop: Workshop) -> Check[View]:
    return choice_check(spec, "kind", _values)
