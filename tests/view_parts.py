"""A small view, and views that hold as much of something as they are told to, for each of Slack's limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

TEXT = {"type": "plain_text", "text": "x"}
NAME = {
    "type": "input",
    "block_id": "name",
    "label": TEXT,
    "dispatch_action": True,
    "element": {"type": "plain_text_input", "action_id": "name", "initial_value": "x"},
}
VIEW = {"type": "modal", "title": TEXT, "submit": TEXT, "private_metadata": "kept", "blocks": [NAME]}


def plain(size: int) -> dict[str, str]:
    return {"type": "plain_text", "text": "x" * size}


def entry(element: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return VIEW | {"blocks": [{"type": "input", "label": TEXT, "element": element, **more}]}


def choice(number: int = 0, **more: Any) -> dict[str, Any]:
    return {"text": TEXT, "value": f"v{number}", **more}


def choices(size: int) -> list[dict[str, Any]]:
    return [choice(number) for number in range(size)]


def select(**more: Any) -> dict[str, Any]:
    return entry({"type": "static_select", **more})


def group(options: list[dict[str, Any]], label: Mapping[str, str] = TEXT) -> dict[str, Any]:
    return {"label": label, "options": options}


WRITING = {"type": "plain_text_input"}
VIEW_PARTS: Mapping[str, Callable[[int], dict[str, Any]]] = {
    "view title": lambda size: VIEW | {"title": plain(size)},
    "view submit": lambda size: VIEW | {"submit": plain(size)},
    "view close": lambda size: VIEW | {"close": plain(size)},
    "view blocks": lambda size: VIEW | {"blocks": [{"type": "divider"}] * size},
    "view private_metadata": lambda size: VIEW | {"private_metadata": "x" * size},
    "view callback_id": lambda size: VIEW | {"callback_id": "x" * size},
    "view external_id": lambda size: VIEW | {"external_id": "x" * size},
    "input label": lambda size: entry(WRITING, label=plain(size)),
    "input hint": lambda size: entry(WRITING, hint=plain(size)),
    "placeholder": lambda size: entry({**WRITING, "placeholder": plain(size)}),
    "text input": lambda size: entry({**WRITING, "max_length": size}),
    "option text": lambda size: select(options=[choice(text=plain(size))]),
    "option description": lambda size: select(options=[choice(description=plain(size))]),
    "option value": lambda size: select(options=[choice(value="x" * size)]),
    "select options": lambda size: select(options=choices(size)),
    "option groups": lambda size: select(option_groups=[group(choices(1))] * size),
    "group options": lambda size: select(option_groups=[group(choices(size))]),
    "group label": lambda size: select(option_groups=[group(choices(1), plain(size))]),
    "radio buttons": lambda size: entry({"type": "radio_buttons", "options": choices(size)}),
    "checkboxes": lambda size: entry({"type": "checkboxes", "options": choices(size)}),
}
