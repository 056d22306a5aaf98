"""Block Kit of forms, pages, lists and the home tab: from a panel to a view. Pure.

What anybody typed stands in `plain_text` and `rich_text` only, where Slack parses nothing. Limits of https://docs.slack.dev/reference/views/modal-views:
24 characters a title, 100 blocks, 250 KB.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from connectors.slack.blocks import (
    MAX_SECTION,
    Block,
    actions,
    bold,
    literal,
    one_line,
    option,
    plain_text,
    rich_text,
    text_blocks,
)
from connectors.slack.escape import cut, cut_escaped
from connectors.words import Words, words
from deskd.model import link_to
from deskd.model.panels import Answer, Choice, Field, Form, Home, Line, Section

MAX_TITLE, MAX_LABEL, MAX_TYPED, MAX_BLOCKS = 24, 2000, 3000, 100
MAX_OPTIONS: Final = 100
_MARK: Final = {"urgent": "🔴 ", "high": "🟠 ", "normal": "", "low": ""}


def modal(form: Form, language: str) -> Block:
    """The view of a form or a page, for views.open and views.update."""
    blocks: list[Block] = []
    if form.lead:
        blocks.append({"type": "context", "elements": [plain_text(one_line(form.lead), MAX_TYPED)]})
    blocks += [_input(field) for field in form.fields if field.kind != "one" or field.choices]
    if form.text:
        blocks += text_blocks(form.text, len(form.text), language)
    blocks += actions(form.buttons)
    view: Block = {
        "type": "modal",
        "callback_id": form.name,
        "private_metadata": form.about,
        "title": plain_text(form.title, MAX_TITLE),
        "blocks": blocks[:MAX_BLOCKS],
    }
    for name, label in (("submit", form.submit), ("close", form.close)):
        if label:
            view[name] = plain_text(label, MAX_TITLE)
    return view


def errors(values: Mapping[str, Any], wrong: Mapping[str, str]) -> Block:
    """The answer to a submission that can't be taken: Slack shows each beside its block and keeps what was typed. `values`: its `state.values`."""
    block_of = {
        name: block for block, fields in values.items() if isinstance(fields, dict) for name in fields
    }
    last = next(reversed(block_of.values()), "")
    told = {block_of.get(name, last): cut(text, MAX_LABEL) for name, text in wrong.items()}
    return {"response_action": "errors", "errors": told}


def _input(field: Field) -> Block:
    drawn: Block = {
        "type": "input",
        "block_id": f"{field.name}:{field.turn}" if field.turn else field.name,
        "label": plain_text(field.label, MAX_LABEL),
        "element": _select(field) if field.kind == "one" else _typed(field),
        "optional": field.optional,
    }
    if field.hint:
        drawn["hint"] = plain_text(field.hint, MAX_LABEL)
    return drawn | {"dispatch_action": True} if field.live else drawn


def _typed(field: Field) -> Block:
    most = min(field.most, MAX_TYPED)
    drawn: Block = {
        "type": "plain_text_input",
        "action_id": field.name,
        "multiline": field.kind == "long",
        "max_length": most,
    }
    if field.value:
        drawn["initial_value"] = cut(field.value, most)
    return drawn | _sample(field)


def _select(field: Field) -> Block:
    drawn: Block = {"type": "static_select", "action_id": field.name, **_sample(field)}
    chosen = next((choice for choice in field.choices if choice.value == field.value), None)
    if chosen is not None:
        drawn["initial_option"] = option(chosen.label, chosen.value)
    grouped = any(choice.group for choice in field.choices)
    if not grouped and len(field.choices) <= MAX_OPTIONS:
        return drawn | {"options": _options(field.choices)}
    groups = [
        {"label": plain_text(name or f"{part[0].label} …", 75), "options": _options(part)}
        for name, all_of in groupby(field.choices, key=lambda choice: choice.group)
        for part in _parts(list(all_of))
    ]
    return drawn | {"option_groups": groups[:MAX_OPTIONS]}


def _parts(choices: Sequence[Choice]) -> list[Sequence[Choice]]:
    return [choices[at : at + MAX_OPTIONS] for at in range(0, len(choices), MAX_OPTIONS)]


def _options(choices: Sequence[Choice]) -> list[Block]:
    return [option(choice.label, choice.value) for choice in choices]


def _sample(field: Field) -> Block:
    return {"placeholder": plain_text(field.sample, 150)} if field.sample else {}


# ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def answer(told: Answer, language: str) -> Block:
    """What a slash command is answered with, for whoever typed it alone."""
    say = words(language)
    lines = [_line(line, say) for line in told.lines]
    head = text_blocks(told.text, MAX_SECTION, language)
    foot = [{"type": "context", "elements": [plain_text(told.foot, MAX_LABEL)]}] if told.foot else []
    plain = "\n".join(
        [told.text, *(f"{line.ref} {one_line(line.subject)}" for line in told.lines), told.foot]
    )
    return {
        "response_type": "ephemeral",
        "text": cut_escaped(plain.strip(), MAX_SECTION),  # for clients without blocks
        "blocks": [*head, *lines, *foot],
    }


def home(tab: Home, language: str) -> Block:
    """The home tab, for views.publish."""
    say = words(language)
    blocks: list[Block] = [
        {"type": "header", "text": plain_text(tab.title, 150)},
        *text_blocks(tab.text, MAX_SECTION, language),
        *actions(tab.buttons),
    ]
    for section in tab.sections:
        blocks += _section(section, say)
    return {"type": "home", "blocks": blocks[:MAX_BLOCKS]}


def _section(section: Section, say: Words) -> list[Block]:
    foot = [{"type": "context", "elements": [plain_text(section.text, MAX_LABEL)]}] if section.text else []
    return [
        {"type": "divider"},
        {"type": "header", "text": plain_text(section.title, 150)},
        *(_line(line, say) for line in section.lines),
        *foot,
    ]


def _line(line: Line, say: Words) -> Block:
    """A ticket in two lines: which, whose; how it stands."""
    ref: Block = bold(line.ref)
    if line.place is not None and line.place.thread:
        url = link_to(line.place.channel, line.place.thread)
        ref = {"type": "link", "url": url, "text": line.ref, "style": {"bold": True}}
    stands = [
        say.statuses[line.status],
        _MARK[line.priority] + say.priorities[line.priority],
        line.team,
        "" if line.assignee is None else line.assignee or say.nobody,
    ]
    parts = [
        ref,
        literal(f" {one_line(line.subject)}"),
        literal(f"\n{one_line(line.contact)} · " if line.contact else "\n"),
        literal(" · ".join(part for part in stands if part)),
    ]
    if line.due is not None:
        parts += [literal(f" · {say.due} "), moment(line.due)]
    return rich_text(parts)


def moment(at: datetime) -> Block:
    """In each reader's own zone, UTC where a client can't.
    https://docs.slack.dev/reference/block-kit/blocks/rich-text-block#date-element-type"""
    utc = at.astimezone(UTC)
    return {
        "type": "date",
        "timestamp": int(utc.timestamp()),
        "format": "{date_short_pretty} {time}",
        "fallback": f"{utc:%Y-%m-%d %H:%M} UTC",
    }
