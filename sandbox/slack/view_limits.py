"""What a modal view may hold, and the check that Slack makes; slack_sdk's models are asked for a second opinion.

https://docs.slack.dev/reference/views/modal-views and https://docs.slack.dev/reference/block-kit/block-elements
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.views import View

from sandbox.slack import shapes
from sandbox.slack.limits import BLOCKS, LIMITS, Check, problems_of
from sandbox.slack.shapes import Problems, Shape

_LEVELS = ("default", "info", "warning", "error", "success")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def is_too_large(view: object) -> bool:
    """Return whether the view has more bytes than Slack takes."""
    return len(json.dumps(view, separators=(",", ":")).encode()) > LIMITS["view bytes"]


def problems_of_view(view: object) -> list[str]:
    """Say what Slack would refuse, with the place; an empty list is a good view."""
    if not shapes.is_shape(view) or view.get("type") != "modal":
        return [shapes.said("unsupported type, expected modal", "/view/type")]
    return [*_view(view, "/view"), *_second_opinion(view)]


def _view(view: Shape, at: str) -> Problems:
    yield from shapes.unknown_keys(view, "modal", at)
    yield from shapes.text(view.get("title"), LIMITS["view title"], f"{at}/title", plain=True)
    for name in ("submit", "close"):
        if name in view:
            yield from shapes.text(view[name], LIMITS[f"view {name}"], f"{at}/{name}", plain=True)
    for name in ("private_metadata", "callback_id", "external_id"):
        if view.get(name):
            yield from shapes.optional(view, name, LIMITS[f"view {name}"], at)
    blocks = view.get("blocks")
    if not shapes.is_list(blocks):
        yield shapes.said("must be an array", f"{at}/blocks")
        return
    yield from problems_of(blocks, f"{at}/blocks", most=LIMITS["view blocks"], checks=_BLOCKS)
    if "submit" not in view and any(shapes.is_shape(one) and one.get("type") == "input" for one in blocks):
        yield shapes.said("missing required field: submit, which input blocks need", at)


def _second_opinion(view: Shape) -> Problems:
    fields: dict[str, Any] = dict(view)
    try:
        View(**fields).to_dict()  # unlike `validate_json`, down to the elements
    except (SlackObjectFormationError, TypeError, AttributeError) as error:
        yield shapes.said(f"slack_sdk: {error}", "/view")


def _alert(block: Shape, at: str) -> Problems:
    yield from shapes.text(block.get("text"), LIMITS["section text"], f"{at}/text")
    if block.get("level", "default") not in _LEVELS:
        yield shapes.said(f"must be one of {', '.join(_LEVELS)}", f"{at}/level")


def _input(block: Shape, at: str) -> Problems:
    yield from shapes.text(block.get("label"), LIMITS["input label"], f"{at}/label", plain=True)
    if "hint" in block:
        yield from shapes.text(block["hint"], LIMITS["input hint"], f"{at}/hint", plain=True)
    for name in ("optional", "dispatch_action"):
        if not isinstance(block.get(name, False), bool):
            yield shapes.said("must be a boolean", f"{at}/{name}")
    element, place = block.get("element"), f"{at}/element"
    kind = element.get("type") if shapes.is_shape(element) else None
    if not shapes.is_shape(element) or not isinstance(kind, str) or kind not in _ELEMENTS:
        yield shapes.said(f"unsupported type: {kind}", f"{place}/type")
        return
    yield from shapes.unknown_keys(element, kind, place)
    yield from shapes.optional(element, "action_id", LIMITS["action_id"], place)
    if "placeholder" in element:
        yield from shapes.text(element["placeholder"], LIMITS["placeholder"], f"{place}/placeholder", plain=True)
    yield from _ELEMENTS[kind](element, place)


def _text_input(element: Shape, at: str) -> Problems:
    most = element.get("max_length", LIMITS["text input"])
    if not isinstance(most, int) or not 1 <= most <= LIMITS["text input"]:
        yield shapes.said(f"must be between 1 and {LIMITS['text input']}", f"{at}/max_length")
        return
    if element.get("initial_value"):
        yield from shapes.optional(element, "initial_value", most, at)


def _number_input(element: Shape, at: str) -> Problems:
    if not isinstance(element.get("is_decimal_allowed"), bool):
        yield shapes.said("missing required field: is_decimal_allowed", at)
    for name in ("initial_value", "min_value", "max_value"):
        if name in element and not _NUMBER.fullmatch(str(element[name])):
            yield shapes.said("must be a number", f"{at}/{name}")


def _datepicker(element: Shape, at: str) -> Problems:
    if "initial_date" in element and not _is_date(element["initial_date"]):
        yield shapes.said("must be a date of the form YYYY-MM-DD", f"{at}/initial_date")


def _is_date(value: object) -> bool:
    try:
        return date.fromisoformat(str(value)).isoformat() == value
    except ValueError:
        return False


def _select(element: Shape, at: str) -> Problems:
    if ("options" in element) == ("option_groups" in element):
        yield shapes.said("must have either options or option_groups", at)
        return
    if "options" in element:
        yield from _options(element, "options", LIMITS["select options"], at)
    else:
        yield from shapes.count(element["option_groups"], LIMITS["option groups"], f"{at}/option_groups")
        for group, place in shapes.items(element, "option_groups"):
            yield from _group(group, at + place)
    yield from _initial(element, "initial_option", at)


def _group(group: object, at: str) -> Problems:
    if not shapes.is_shape(group):
        yield shapes.said("must be an object", at)
        return
    yield from shapes.unknown_keys(group, "option group", at)
    yield from shapes.text(group.get("label"), LIMITS["group label"], f"{at}/label", plain=True)
    yield from _options(group, "options", LIMITS["group options"], at)


def _radio_buttons(element: Shape, at: str) -> Problems:
    yield from _options(element, "options", LIMITS["radio buttons"], at, formatted=True)
    yield from _initial(element, "initial_option", at)


def _checkboxes(element: Shape, at: str) -> Problems:
    yield from _options(element, "options", LIMITS["checkboxes"], at, formatted=True)
    yield from _initial(element, "initial_options", at)


def _options(shape: Shape, key: str, most: int, at: str, *, formatted: bool = False) -> Problems:
    """Yield what is wrong with options; those of radio buttons and checkboxes may be formatted."""
    yield from shapes.count(shape.get(key), most, f"{at}/{key}")
    found = [option for option, _ in shapes.items(shape, key)]
    yield from shapes.unique("value", found, f"{at}/{key}")
    for option, place in shapes.items(shape, key):
        yield from _option(option, at + place, formatted=formatted)


def _option(option: object, at: str, *, formatted: bool) -> Problems:
    if not shapes.is_shape(option):
        yield shapes.said("must be an object", at)
        return
    yield from shapes.unknown_keys(option, "option", at)
    yield from shapes.text(option.get("text"), LIMITS["option text"], f"{at}/text", plain=not formatted)
    yield from shapes.length(option.get("value"), LIMITS["option value"], f"{at}/value")
    if "description" in option:
        yield from shapes.text(
            option["description"], LIMITS["option description"], f"{at}/description", plain=not formatted
        )


def _initial(element: Shape, key: str, at: str) -> Problems:
    """Yield what is chosen from the start and is none of the options."""
    if key not in element:
        return
    chosen = element[key]
    if key == "initial_options":
        yield from shapes.count(chosen, LIMITS["checkboxes"], f"{at}/{key}")
    every = options_of(element)
    for option in chosen if shapes.is_list(chosen) else [chosen]:
        if option not in every:
            yield shapes.said("must be one of the options", f"{at}/{key}")


def options_of(element: Shape) -> list[Shape]:
    """Return an element's options, those of its groups included."""
    groups = [group for group, _ in shapes.items(element, "option_groups") if shapes.is_shape(group)]
    holders = groups or [element]
    found = [option for holder in holders for option, _ in shapes.items(holder, "options")]
    return [option for option in found if shapes.is_shape(option)]


_ELEMENTS: Mapping[str, Check] = {
    "plain_text_input": _text_input,
    "number_input": _number_input,
    "datepicker": _datepicker,
    "static_select": _select,
    "radio_buttons": _radio_buttons,
    "checkboxes": _checkboxes,
}
_BLOCKS: Mapping[str, Check] = {**BLOCKS, "input": _input, "alert": _alert}
