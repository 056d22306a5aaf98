"""`subject`: a mail's subject line, decoded; of a chat message, the start of its first message."""

from __future__ import annotations

from deskd.rules.checks import Check
from deskd.rules.operators.text import TextSpec, text_check
from deskd.rules.text import Text
from deskd.rules.view import View
from deskd.rules.workshop import Workshop


def values(view: View) -> tuple[Text, ...]:
    message = view.facts.message
    return view.text("subject", message.subject) if message else ()


def check(spec: TextSpec, shop: Workshop) -> Check[View]:
    return text_check(spec, "subject", values, shop.patterns_in("subject"))
