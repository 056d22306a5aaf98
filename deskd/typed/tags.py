"""`!tag a -b`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import Final

from deskd.desk.commands import Command, Tag
from deskd.typed.asked import Asked
from deskd.typed.markup import literal
from deskd.typed.wrong import Wrong, quoted

MAX_TAG: Final = 60  # characters, as for the tags that rules set
MAX_TAGS: Final = 20  # at a time

_TAG: Final = re.compile(rf"[^\W_][\w.:-]{{0,{MAX_TAG - 1}}}")
_MINUS: Final = "-–—−"  # editors make a dash of what was typed as a minus


def tags(asked: Asked) -> Command:
    typed = unicodedata.normalize("NFC", literal(asked.rest)).replace(",", " ").split()
    if not typed:
        raise Wrong("needs_tags")
    if len(typed) > MAX_TAGS:
        raise Wrong("too_many_tags", limit=MAX_TAGS)
    own = {tag.casefold(): tag for tag in asked.ticket.tags}  # a rule may have set one in capitals
    add = dict.fromkeys(
        own.get(tag, tag)
        for word in typed
        if word[0] not in _MINUS
        for tag in [_tag_name(word.lstrip("+#"), word)]
    )
    remove = dict.fromkeys(
        own.get(tag, tag)
        for word in typed
        if word[0] in _MINUS
        for tag in [_tag_name(word.lstrip(_MINUS).lstrip("#"), word)]
    )
    both = next((tag for tag in add if tag in remove), None)
    if both is not None:
        raise Wrong("tag_both_ways", found=both)
    return Tag(asked.actor, tuple(add), tuple(remove), asked.source)


def tags_set(text: str, own: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tags to add to a ticket's `own` and to remove from them, so that it has those written in `text`. Raises `Wrong`."""
    named = unicodedata.normalize("NFC", text).replace(",", " ").split()
    known = {tag.casefold(): tag for tag in own}
    wanted = dict.fromkeys(
        known.get(tag, tag) for word in named for tag in [_tag_name(word.lstrip("+#"), word, known)]
    )
    add = tuple(tag for tag in wanted if tag not in own)
    if len(add) > MAX_TAGS:
        raise Wrong("too_many_tags", limit=MAX_TAGS)
    return add, tuple(tag for tag in own if tag not in wanted)


def _tag_name(name: str, typed: str, known: Collection[str] = ()) -> str:
    """`known`: what the ticket has already counts as it is, whoever gave it that name."""
    if name.casefold() in known:
        return name.casefold()
    if not _TAG.fullmatch(name):
        raise Wrong("wrong_tag", found=quoted(typed), limit=MAX_TAG)
    return name.lower()
