"""What a person presses, chooses or fills in, as payloads carry it. From elements and values to values; nothing is sent here.

A value that the element doesn't offer raises LookupError: nobody could have chosen it.
https://docs.slack.dev/reference/block-kit/block-elements
"""

from typing import Any

from connectors.standins.slack.blocks import options
from connectors.standins.slack.state import Json, View

_CHOSEN = {
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "plain_text_input": "value",
}


def _option(found: Json, value: Any) -> Json:
    for option in options(found):
        if option.get("value") == value:
            return dict(option)
    if found["type"] == "external_select":
        return {"text": {"type": "plain_text", "text": str(value)}, "value": value}
    values = [option.get("value") for option in options(found)]
    raise LookupError(f"no option {value!r} in {found.get('action_id')}; there are {values}")


def _choice(found: Json, value: Any) -> Json:
    """What someone chose, under the key that this type of element uses."""
    kind = found["type"]
    if kind in _CHOSEN:
        return {_CHOSEN[kind]: value}
    if kind in ("multi_static_select", "multi_external_select", "checkboxes"):
        return {"selected_options": [_option(found, one) for one in value or []]}
    if kind == "multi_users_select":
        return {"selected_users": list(value or [])}
    return {"selected_option": _option(found, value) if value is not None else None}


def action(found: Json, value: Any, ts: str) -> Json:
    """The entry of `actions` in a block_actions payload: which element, and what was chosen in it."""
    done = {
        "action_id": found["action_id"],
        "block_id": found["block_id"],
        "type": found["type"],
        "action_ts": ts,
    }
    if found["type"] == "button":
        optional = {key: found[key] for key in ("value", "style", "url") if key in found}
        return done | {"text": found["text"]} | optional
    return done | _choice(found, value)


def _initial(found: Json) -> Any:
    for key in ("initial_value", "initial_user", "initial_channel", "initial_conversation", "initial_date"):
        if key in found:
            return found[key]
    if "initial_options" in found:
        return [option["value"] for option in found["initial_options"]]
    return found.get("initial_option", {}).get("value")


def filled_in(view: View, values: dict[str, Any]) -> Json:
    """`state.values`: block_id -> action_id -> what stands there."""
    state: Json = {}
    unknown = set(values)
    for block in view.content["blocks"]:
        for found in [block.get("element"), block.get("accessory"), *block.get("elements", [])]:
            if (
                not isinstance(found, dict)
                or "action_id" not in found
                or found.get("type") in ("button", "overflow")
            ):
                continue
            name = found["action_id"]
            unknown.discard(name)
            chosen = _choice(found, values.get(name, _initial(found)))
            state.setdefault(block["block_id"], {})[name] = {"type": found["type"], **chosen}
    if unknown:
        raise LookupError(f"nothing to fill in called {sorted(unknown)}")
    return state
