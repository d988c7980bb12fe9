"""What every part of Block Kit has in common: texts with a limit, lists with a limit, and no key that Slack does not know.

Each problem is said in Slack's words, with the place as a JSON pointer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeGuard

_ELEMENT = frozenset({"type", "action_id", "focus_on_load"})
KEYS: Mapping[str, frozenset[str]] = {
    "header": frozenset({"type", "block_id", "text"}),
    "section": frozenset({"type", "block_id", "text", "fields", "accessory", "expand"}),
    "context": frozenset({"type", "block_id", "elements"}),
    "actions": frozenset({"type", "block_id", "elements"}),
    "divider": frozenset({"type", "block_id"}),
    "button": frozenset({"type", "text", "action_id", "url", "value", "style", "confirm", "accessibility_label"}),
    "alert": frozenset({"type", "block_id", "text", "level"}),
    "input": frozenset({"type", "block_id", "label", "element", "hint", "optional", "dispatch_action"}),
    "plain_text_input": _ELEMENT
    | {"initial_value", "multiline", "min_length", "max_length", "placeholder", "dispatch_action_config"},
    "number_input": _ELEMENT
    | {"is_decimal_allowed", "initial_value", "min_value", "max_value", "placeholder", "dispatch_action_config"},
    "datepicker": _ELEMENT | {"initial_date", "placeholder", "confirm"},
    "static_select": _ELEMENT | {"options", "option_groups", "initial_option", "placeholder", "confirm"},
    "radio_buttons": _ELEMENT | {"options", "initial_option", "confirm"},
    "checkboxes": _ELEMENT | {"options", "initial_options", "confirm"},
    "option": frozenset({"text", "value", "description"}),
    "option group": frozenset({"label", "options"}),
    "modal": frozenset({"type", "title", "submit", "close", "blocks", "private_metadata", "callback_id", "external_id"})
    | {"clear_on_close", "notify_on_close", "submit_disabled"},
    "plain_text": frozenset({"type", "text", "emoji"}),
    "mrkdwn": frozenset({"type", "text", "verbatim"}),
}
"""The keys of each part of Block Kit."""
_URL = re.compile(r"https?://[^\s/?#]+\S*")

Problems = Iterator[str]
Shape = Mapping[str, object]


def text(value: object, most: int, at: str, *, plain: bool = False) -> Problems:
    """Yield what is wrong with a text object."""
    allowed = ("plain_text",) if plain else ("plain_text", "mrkdwn")
    kind = value.get("type") if is_shape(value) else None
    if not is_shape(value) or kind not in allowed:
        yield said(f"must be a text object of type {' or '.join(allowed)}", at)
        return
    yield from unknown_keys(value, str(kind), at)
    yield from length(value.get("text"), most, f"{at}/text")


def optional(shape: Shape, key: str, most: int, at: str) -> Problems:
    """Yield what is wrong with a string that may be left out."""
    if key in shape:
        yield from length(shape[key], most, f"{at}/{key}")


def length(value: object, most: int, at: str) -> Problems:
    """Yield what is wrong with a string."""
    if not isinstance(value, str):
        yield said("must be a string", at)
    elif not value:
        yield said("must be more than 0 characters", at)
    elif len(value) > most:
        yield said(f"must be less than {most + 1} characters", at)


def count(found: object, most: int, at: str) -> Problems:
    """Yield what is wrong with the size of a list."""
    if not is_list(found) or not found:
        yield said("must provide at least 1 item", at)
    elif len(found) > most:
        yield said(f"no more than {most} items allowed", at)


def unique(key: str, shapes: Iterable[object], at: str) -> Problems:
    """Yield the values that two shapes have."""
    values = Counter(shape[key] for shape in shapes if is_shape(shape) and isinstance(shape.get(key), str))
    for value, times in values.items():
        if times > 1:
            yield said(f"{key} must be unique: {value}", at)


def unknown_keys(shape: Shape, kind: str, at: str) -> Problems:
    """Yield the keys that Slack does not know."""
    for key in sorted(set(shape) - KEYS[kind]):
        yield said(f"invalid additional property: {key}", at)


def address(url: object, at: str) -> Problems:
    """Yield what is wrong with an address."""
    if not _URL.fullmatch(str(url)):
        yield said("must be a valid http or https url", at)


def items(block: Shape, key: str) -> Iterator[tuple[object, str]]:
    """Yield the items of a list, each with its place."""
    found = block.get(key)
    if is_list(found):
        yield from ((item, f"/{key}/{index}") for index, item in enumerate(found))


def is_shape(value: object) -> TypeGuard[Shape]:
    """Return whether it is a JSON object."""
    return isinstance(value, Mapping)


def is_list(value: object) -> TypeGuard[Sequence[object]]:
    """Return whether it is a JSON list."""
    return isinstance(value, list | tuple)


def said(problem: str, at: str) -> str:
    """Return a problem with its place."""
    return f"{problem} [json-pointer:{at}]"
