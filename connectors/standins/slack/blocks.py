"""Slack's checks of Block Kit, as far as it refuses what breaks them: https://docs.slack.dev/reference/block-kit/blocks

In: the blocks of a message or view. Out: nothing, or `SlackError("invalid_blocks")` whose `response_metadata.messages` say
which block and why. Elements are found by `element`, for people who press them.
"""

from collections.abc import Iterator
from typing import Any

from connectors.standins.slack.state import Json, SlackError

MAX_BLOCKS = {"message": 50, "view": 100}
BLOCK_TYPES = frozenset(
    "actions context context_actions divider file header image input markdown rich_text section table video".split()
)
TEXT_LIMITS = {"section": 3000, "header": 150}


def check_blocks(blocks: Any, surface: str = "message") -> list[Json]:
    """The blocks, with a `block_id` where the app gave none; raises invalid_blocks."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SlackError("invalid_blocks_format")
    complaints = [f"[ERROR] {found}" for found in _complaints(blocks, surface)]
    if complaints:
        raise SlackError("invalid_blocks", response_metadata={"messages": complaints})
    return [{"block_id": f"b{number:02d}"} | block for number, block in enumerate(blocks)]


def _complaints(blocks: list[Json], surface: str) -> Iterator[str]:
    if len(blocks) > MAX_BLOCKS[surface]:
        yield f"no more than {MAX_BLOCKS[surface]} items allowed [json-pointer:/blocks]"
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)):
        yield "block_id must be unique [json-pointer:/blocks]"
    for number, block in enumerate(blocks):
        for found in _block_complaints(block):
            yield f"{found} [json-pointer:/blocks/{number}]"


def _block_complaints(block: Json) -> Iterator[str]:
    kind = block.get("type")
    if kind not in BLOCK_TYPES:
        yield f"unsupported type: {kind}"
        return
    if len(str(block.get("block_id", ""))) > 255:
        yield "block_id must be at most 255 characters"
    if kind == "section":
        yield from _section_complaints(block)
    elif kind == "header":
        yield from _text_complaints(block.get("text"), TEXT_LIMITS["header"], ("plain_text",))
    elif kind == "actions":
        yield from _count("elements", block.get("elements"), 25)
    elif kind == "context":
        yield from _count("elements", block.get("elements"), 10)
    elif kind == "input" and not (isinstance(block.get("element"), dict) and block.get("label")):
        yield "an input needs a label and an element"
    elif kind == "input":
        yield from _text_complaints(block["label"], 2000, ("plain_text",))
    for found in elements([block]):
        yield from _element_complaints(found)


def _section_complaints(block: Json) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield "a section needs text or fields"
    if "text" in block:
        yield from _text_complaints(block["text"], TEXT_LIMITS["section"])
    if "fields" in block:
        yield from _count("fields", block["fields"], 10)
        for one in block["fields"]:
            yield from _text_complaints(one, 2000)


def _text_complaints(
    text: Any, limit: int, kinds: tuple[str, ...] = ("mrkdwn", "plain_text")
) -> Iterator[str]:
    if not isinstance(text, dict) or text.get("type") not in kinds or not isinstance(text.get("text"), str):
        yield f"text must be an object of type {' or '.join(kinds)}"
    elif not text["text"]:
        yield "must be more than 0 characters [/text/text]"
    elif len(text["text"]) > limit:
        yield f"must be less than {limit + 1} characters [/text/text]"


def _count(name: str, found: Any, limit: int) -> Iterator[str]:
    if not isinstance(found, list) or not found:
        yield f"no fewer than 1 items allowed [/{name}]"
    elif len(found) > limit:
        yield f"no more than {limit} items allowed [/{name}]"


def _element_complaints(element: Json) -> Iterator[str]:
    if len(str(element.get("action_id", ""))) > 255:
        yield "action_id must be at most 255 characters"
    if element.get("type") == "button":
        yield from _text_complaints(element.get("text"), 75, ("plain_text",))
        if len(str(element.get("value", ""))) > 2000:
            yield "a button's value must be at most 2000 characters"
    if element.get("type") == "overflow":
        yield from _count("options", element.get("options"), 5)
    if element.get("type") in ("static_select", "multi_static_select"):
        groups = element.get("option_groups")
        if groups is not None:
            yield from _count("option_groups", groups, 100)
        for group in groups if isinstance(groups, list) else [element]:
            yield from _count("options", group.get("options"), 100)
    for option in options(element):
        yield from _text_complaints(option.get("text"), 75)
        if len(str(option.get("value", ""))) > 150:
            yield "an option's value must be at most 150 characters"
    if len(str(element.get("initial_value", ""))) > 3000:
        yield "initial_value must be at most 3000 characters"


def options(element: Json) -> list[Json]:
    """What one can choose in it, in groups or not."""
    groups = element.get("option_groups")
    listed = groups if isinstance(groups, list) else [element]
    return [one for group in listed for one in group.get("options") or () if isinstance(one, dict)]


def elements(blocks: list[Json]) -> Iterator[Json]:
    """Everything in the blocks that a person can press, choose or fill in, each with its block's `block_id`."""
    for block in blocks:
        candidates = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        for found in candidates:
            if isinstance(found, dict) and block.get("type") in (
                "actions",
                "section",
                "input",
                "context_actions",
            ):
                yield {"block_id": block.get("block_id", "")} | found


def element(blocks: list[Json], action_id: str, value: str | None = None) -> Json:
    """The element with this action_id (and, among several buttons, this value); LookupError when nobody could press it."""
    found = [one for one in elements(blocks) if one.get("action_id") == action_id]
    if len(found) > 1 and value is not None:
        found = [one for one in found if one.get("value") == value] or found
    if not found:
        there = sorted(str(one.get("action_id")) for one in elements(blocks))
        raise LookupError(f"no element {action_id!r} here; there are {there}")
    return found[0]
