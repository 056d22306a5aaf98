"""`!merge REF`, `!unmerge [REF]`, `!link REF`, `!unlink REF`, `!split`: other tickets, by their references."""

from __future__ import annotations

from deskd.desk.wider import LinkTo, Merge, Split, Unmerge
from deskd.model import Ticket
from deskd.typed.asked import Asked
from deskd.typed.markup import literal
from deskd.typed.wrong import Wrong, quoted


def merge(asked: Asked) -> Merge:
    return Merge(asked.actor, _other(asked), asked.source)


def unmerge(asked: Asked) -> Unmerge:
    return Unmerge(asked.actor, _reference(asked) if asked.rest else None, asked.source)


def link(asked: Asked) -> LinkTo:
    return LinkTo(asked.actor, _other(asked), asked.source)


def unlink(asked: Asked) -> LinkTo:
    return LinkTo(asked.actor, _other(asked), asked.source, undo=True)


def split(asked: Asked) -> Split:
    if asked.rest:
        raise Wrong("takes_nothing", command=asked.name, found=quoted(literal(asked.rest)))
    return Split(asked.actor, asked.source)


def _other(asked: Asked) -> str:
    ref = _reference(asked)
    if ref.lower() == asked.ticket.ref.lower():
        raise Wrong("this_ticket_itself", ref=asked.ticket.ref)
    return ref


def _reference(asked: Asked) -> str:
    return reference(literal(asked.rest), asked.ticket)


def reference(text: str, ticket: Ticket) -> str:
    """A reference as people write it beside `ticket`: `ACME-1042`, `[acme-1042]`, or its number alone. Raises `Wrong`."""
    typed = text.split()
    if not typed:
        raise Wrong("needs_ref")
    if len(typed) > 1:
        raise Wrong("wrong_ref", found=quoted(" ".join(typed)))
    word = typed[0].strip("[]()`*_.,;:#")
    prefix = ticket.ref.rpartition("-")[0]
    ref = f"{prefix}-{word}" if word.isascii() and word.isdigit() else word
    head, _, digits = ref.rpartition("-")
    if not head or not (digits.isascii() and digits.isdigit()):
        raise Wrong("wrong_ref", found=quoted(typed[0]))
    return ref
