"""Block Kit of cards and posts: from a view to blocks. Pure.

What customers wrote stands only in `plain_text` and `rich_text`, where Slack parses nothing: no mention, no disguised link, no
formatting of theirs. Fields hold the desk's own words and names from deskd.yaml, escaped. Limits of
https://docs.slack.dev/reference/block-kit/blocks are kept: 150 characters a header, 2,000 a field, 3,000 a block of text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from connectors.slack import formatted
from connectors.slack.escape import clean, cut, cut_escaped
from connectors.words import Words, words
from deskd.model import Button, CardView, Post

Block = dict[str, Any]

MAX_HEADER, MAX_FIELD, MAX_SECTION, MAX_LABEL, MAX_VALUE = 150, 2000, 3000, 75, 2000
MAX_BLOCKS, MAX_BUTTONS = 50, 25
MAX_CHOICES, MAX_CHOICE = 100, 150  # of a menu, and characters of one's value
_URL = re.compile(r"https?://[^\s<>|\"'`\x00-\x20]+", re.IGNORECASE)
_URL_TAIL = ".,;:!?)]}"
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?", re.IGNORECASE)
"""A host that reads as what it is: no `bank@evil`, no letters that look like others, nothing Slack would refuse."""
_PRIORITY_MARK = {"urgent": "🔴 ", "high": "🟠 ", "normal": "", "low": ""}


def card(view: CardView, turn: str = "") -> list[Block]:
    """A ticket's card: what it is, whose, where it stands, and its buttons.

    `turn`: another one for each drawing. Slack keeps what was chosen in a menu as long as its block goes by the same id, and what is chosen
    already can't be chosen again.
    """
    say = words(view.language)
    blocks = [
        {"type": "header", "text": plain_text(headline(view), MAX_HEADER)},
        rich_text([bold(f"{say.contact}: "), literal(cut(clean(view.contact) or "?", 500))]),
        {"type": "section", "fields": _fields(view, say)},
        _origin(view, say),
    ]
    if view.warning:
        blocks.append(rich_text([literal("⚠️ "), bold(cut(clean(view.warning), 1000))]))
    return blocks + [
        {**block, "block_id": f"card:{turn}"[:255]} if turn else block
        for block in actions(view.buttons, view.menu, view.more)
    ]


def headline(view: CardView) -> str:
    """`ACME-1042 · subject`, on one line."""
    subject = " ".join(clean(view.subject).split())
    return f"{view.ref} · {subject}" if subject else view.ref


def _fields(view: CardView, say: Words) -> list[Block]:
    team = f"{view.team} · " if view.team else ""
    rows = [
        (say.status, say.statuses[view.status]),
        (say.priority, _PRIORITY_MARK[view.priority] + say.priorities[view.priority]),
        (say.team, team + say.level.format(level=view.level)),
        (say.assignee, view.assignee or say.nobody),
    ]
    if view.tags:
        rows.append((say.tags, ", ".join(view.tags)))
    fields = [_field(label, cut_escaped(value, MAX_FIELD - 100)) for label, value in rows]
    return fields if view.due is None else [*fields, _field(say.due, local_time(view.due))]


def _origin(view: CardView, say: Words) -> Block:
    """By which channel it came, and when."""
    told = f"{say.channel}: {cut_escaped(view.channel, MAX_FIELD - 200)}"
    if view.created_at is not None:
        told += f" · {say.opened}: {local_time(view.created_at)}"
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": told}]}


def local_time(moment: datetime) -> str:
    """The moment in each reader's own zone, UTC where a client can't.
    https://docs.slack.dev/messaging/formatting-message-text#date-formatting"""
    utc = moment.astimezone(UTC)
    return f"<!date^{int(utc.timestamp())}^{{date_short_pretty}} {{time}}|{utc:%Y-%m-%d %H:%M} UTC>"


def post(
    content: Post, language: str, limit: int, *, named: bool = False, plain: bool = False
) -> list[Block]:
    """A message in a thread: mentions, the text as it was written (at most `limit` characters), files, buttons.

    `named`: the author's name stands in the text, because the poster's name could not be set. `plain`: nothing in the text is
    made a link.
    """
    lead: list[Block] = [bold(f"{cut(one_line(content.author), 80)}\n")] if named and content.author else []
    lead += [part for mention in content.mentions for part in (_mention(mention), literal(" "))]
    tail = _files(content.attachments) + actions(content.buttons)
    room = min(content.most or limit, limit, (MAX_BLOCKS - len(tail) - 2) * MAX_SECTION)
    if (
        content.spans
        and not plain
        and clean(content.text) == content.text
        and len(content.text) <= min(room, MAX_SECTION)
    ):
        return ([rich_text(lead)] if lead else []) + [formatted.rich_text(content.text, content.spans)] + tail
    blocks = text_blocks(content.text, room, language, lead, plain=plain)
    return (blocks or [rich_text([literal("—")])]) + tail


def text_blocks(
    text: str, limit: int, language: str, lead: Sequence[Block] = (), *, plain: bool = False
) -> list[Block]:
    """The text in blocks of at most 3,000 characters; past `limit` a line says how much is left out."""
    whole = clean(text).strip("\n")
    shown = pieces(whole[:limit], MAX_SECTION)
    if plain:
        blocks = [rich_text(lead)] if lead else []
        blocks += [
            {"type": "section", "text": plain_text(piece, MAX_SECTION)} for piece in shown if piece.strip()
        ]
    else:
        elements = [_links(piece) for piece in shown] or [[]]
        elements[0] = [*lead, *elements[0]]
        blocks = [rich_text(parts) for parts in elements if parts]
    if len(whole) > limit:
        note = words(language).more.format(count=len(whole) - limit)
        blocks.append({"type": "context", "elements": [plain_text(note, MAX_FIELD)]})
    return blocks


def ephemeral(text: str, buttons: Sequence[Button], language: str) -> list[Block]:
    return text_blocks(text, 10_000, language) + actions(buttons)


def pieces(text: str, size: int) -> list[str]:
    """The text in pieces of at most `size`, cut after a newline or a blank where one is near."""
    found = []
    while len(text) > size:
        at = max(text.rfind("\n", size // 2, size), -1)
        if at == -1:
            at = text.rfind(" ", size // 2, size)
        at = at + 1 if at != -1 else size
        found.append(text[:at])
        text = text[at:]
    return [*found, text] if text else found


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


def _links(text: str) -> list[Block]:
    """The text with its http(s) addresses as links that show where they lead: the address itself is the label."""
    parts: list[Block] = []
    at = 0
    for match in _URL.finditer(text):
        url = match.group().rstrip(_URL_TAIL)
        if match.start() > at:
            parts.append(literal(text[at : match.start()]))
        parts.append({"type": "link", "url": url, "text": url} if _readable(url) else literal(url))
        at = match.start() + len(url)
    if at < len(text):
        parts.append(literal(text[at:]))
    return parts


def _readable(url: str) -> bool:
    host = re.split(r"[/?#]", url.partition("://")[2], maxsplit=1)[0]
    return len(url) <= MAX_SECTION and _HOST.fullmatch(host) is not None


def _mention(who: str) -> Block:
    if who.startswith("S"):
        return {"type": "usergroup", "usergroup_id": who}
    return {"type": "user", "user_id": who}


def _files(names: Sequence[str]) -> list[Block]:
    if not names:
        return []
    lines = "\n".join(f"📎 {one_line(name)}" for name in names)
    return [{"type": "section", "text": plain_text(lines, MAX_SECTION)}]


def actions(buttons: Sequence[Button], menu: Sequence[Button] = (), more: str = "…") -> list[Block]:
    elements = [_button(button) for button in buttons[: MAX_BUTTONS - 1 if menu else MAX_BUTTONS]]
    if menu:
        elements.append(_menu(menu, more))
    return [{"type": "actions", "elements": elements}] if elements else []


def _menu(menu: Sequence[Button], more: str) -> Block:
    """What is chosen less often. An overflow menu would hold five choices.
    https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#static_select"""
    return {
        "type": "static_select",
        "action_id": menu[0].action,
        "placeholder": plain_text(more, MAX_CHOICE),
        "options": [option(choice.label, choice.value) for choice in menu[:MAX_CHOICES]],
    }


def option(label: str, value: str) -> Block:
    """One choice of a menu."""
    return {"text": plain_text(one_line(label), MAX_LABEL), "value": value[:MAX_CHOICE]}


def _button(button: Button) -> Block:
    drawn: Block = {
        "type": "button",
        "action_id": button.action,
        "text": plain_text(button.label, MAX_LABEL),
        "value": button.value[:MAX_VALUE],
    }
    return drawn | {"style": button.style} if button.style else drawn


def _field(label: str, escaped: str) -> Block:
    """On one line: phones stack the fields, and a card should fit on their screen."""
    return {"type": "mrkdwn", "text": cut(f"*{label}:* {escaped}", MAX_FIELD)}


def plain_text(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": cut(clean(text), limit) or " ", "emoji": False}


def rich_text(parts: Sequence[Block]) -> Block:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(parts)}]}


def literal(text: str) -> Block:
    return {"type": "text", "text": text}


def bold(text: str) -> Block:
    return {"type": "text", "text": text, "style": {"bold": True}}
