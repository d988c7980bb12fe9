"""What a message may hold: Block Kit's limits as one table, and the check that Slack makes. Those of views stand in `view_limits`.

https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sandbox.slack import shapes
from sandbox.slack.shapes import Problems, Shape

LIMITS: Mapping[str, int] = {
    "message text": 40_000,
    "edited text": 4_000,
    "message blocks": 50,
    "header text": 150,
    "section text": 3_000,
    "section fields": 10,
    "section field": 2_000,
    "context elements": 10,
    "context text": 3_000,
    "actions elements": 25,
    "button text": 75,
    "button value": 2_000,
    "button url": 3_000,
    "confirm title": 100,
    "confirm text": 300,
    "confirm confirm": 30,
    "confirm deny": 30,
    "action_id": 255,
    "block_id": 255,
    "view title": 24,
    "view submit": 24,
    "view close": 24,
    "view blocks": 100,
    "view private_metadata": 3_000,
    "view callback_id": 255,
    "view external_id": 255,
    "view bytes": 250_000,
    "input label": 2_000,
    "input hint": 2_000,
    "placeholder": 150,
    "text input": 3_000,
    "option text": 75,
    "option description": 75,
    "option value": 150,
    "select options": 100,
    "option groups": 100,
    "group options": 100,
    "group label": 75,
    "radio buttons": 10,
    "checkboxes": 10,
}
Check = Callable[[Shape, str], Problems]


def problems(blocks: object, text: str | None = None) -> list[str]:
    """Say what Slack would refuse, in its words and with the place; an empty list is a good message."""
    found = list(shapes.length(text, LIMITS["message text"], "/text")) if text else []
    if not shapes.is_list(blocks):
        return [*found, shapes.said("must be an array", "/blocks")]
    return [*found, *problems_of(blocks, "/blocks", most=LIMITS["message blocks"], checks=BLOCKS)]


def problems_of(blocks: Sequence[object], at: str, *, most: int, checks: Mapping[str, Check]) -> Problems:
    """Yield what is wrong with a list of blocks, each checked by its type."""
    yield from shapes.count(blocks, most, at)
    yield from shapes.unique("block_id", blocks, at)
    for index, block in enumerate(blocks):
        yield from _block(block, f"{at}/{index}", checks)


def _block(block: object, at: str, checks: Mapping[str, Check]) -> Problems:
    kind = block.get("type") if shapes.is_shape(block) else None
    if not shapes.is_shape(block) or not isinstance(kind, str) or kind not in checks:
        yield shapes.said(f"unsupported type: {kind}", f"{at}/type")
        return
    yield from shapes.unknown_keys(block, kind, at)
    yield from shapes.optional(block, "block_id", LIMITS["block_id"], at)
    yield from checks[kind](block, at)


def _header(block: Shape, at: str) -> Problems:
    yield from shapes.text(block.get("text"), LIMITS["header text"], f"{at}/text", plain=True)


def _section(block: Shape, at: str) -> Problems:
    if "text" not in block and "fields" not in block:
        yield shapes.said("missing required field: text or fields", at)
    if "text" in block:
        yield from shapes.text(block["text"], LIMITS["section text"], f"{at}/text")
    if "accessory" in block:
        yield from _button(block["accessory"], f"{at}/accessory")
    if "fields" in block:
        for field, place in shapes.items(block, "fields"):
            yield from shapes.text(field, LIMITS["section field"], at + place)
        yield from shapes.count(block["fields"], LIMITS["section fields"], f"{at}/fields")


def _context(block: Shape, at: str) -> Problems:
    yield from shapes.count(block.get("elements"), LIMITS["context elements"], f"{at}/elements")
    for element, place in shapes.items(block, "elements"):
        yield from shapes.text(element, LIMITS["context text"], at + place)


def _actions(block: Shape, at: str) -> Problems:
    yield from shapes.count(block.get("elements"), LIMITS["actions elements"], f"{at}/elements")
    yield from shapes.unique("action_id", [element for element, _ in shapes.items(block, "elements")], f"{at}/elements")
    for element, place in shapes.items(block, "elements"):
        yield from _button(element, at + place)


def _button(button: object, at: str) -> Problems:
    if not shapes.is_shape(button) or button.get("type") != "button":
        yield shapes.said("unsupported type, expected button", f"{at}/type")
        return
    yield from shapes.unknown_keys(button, "button", at)
    yield from shapes.text(button.get("text"), LIMITS["button text"], f"{at}/text", plain=True)
    yield from shapes.optional(button, "action_id", LIMITS["action_id"], at)
    yield from shapes.optional(button, "value", LIMITS["button value"], at)
    if "url" in button:
        yield from shapes.optional(button, "url", LIMITS["button url"], at)
        yield from shapes.address(button["url"], f"{at}/url")
    if button.get("style", "primary") not in ("primary", "danger"):
        yield shapes.said("must be one of primary, danger", f"{at}/style")
    if "confirm" in button:
        yield from _confirm(button["confirm"], f"{at}/confirm")


def _confirm(confirm: object, at: str) -> Problems:
    for part in ("title", "text", "confirm", "deny"):
        text = confirm.get(part) if shapes.is_shape(confirm) else None
        yield from shapes.text(text, LIMITS[f"confirm {part}"], f"{at}/{part}", plain=part != "text")


BLOCKS: Mapping[str, Check] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "divider": lambda _block, _at: iter(()),
}
