"""Slack's limits: what a message may hold (Block Kit's as one table, and the check that Slack makes), and how fast an app may call.

https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

import math
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

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
}
_BLOCK_KEYS: Mapping[str, frozenset[str]] = {
    "header": frozenset({"type", "block_id", "text"}),
    "section": frozenset({"type", "block_id", "text", "fields", "accessory", "expand"}),
    "context": frozenset({"type", "block_id", "elements"}),
    "actions": frozenset({"type", "block_id", "elements"}),
    "divider": frozenset({"type", "block_id"}),
    "button": frozenset({"type", "text", "action_id", "url", "value", "style", "confirm", "accessibility_label"}),
    "plain_text": frozenset({"type", "text", "emoji"}),
    "mrkdwn": frozenset({"type", "text", "verbatim"}),
}
_URL = re.compile(r"https?://[^\s/?#]+\S*")

Problems = Iterator[str]
Shape = Mapping[str, object]


def problems(blocks: object, text: str | None = None) -> list[str]:
    """Say what Slack would refuse, in its words and with the place; an empty list is a good message."""
    found = list(_length(text, LIMITS["message text"], "/text")) if text else []
    if not _is_list(blocks):
        return [*found, _said("must be an array", "/blocks")]
    return [*found, *_message(blocks)]


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls a second in the long run, and at first a burst of so many at once."""

    per_second: float
    burst: int


TIER_3 = Rate(per_second=50 / 60, burst=100)


class RateLimits:
    """A token bucket for each channel or method; each is full when it is first used.

    https://docs.slack.dev/apis/web-api/rate-limits
    """

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}

    def clear(self) -> None:
        """Let every bucket be full, as after a long rest."""
        with self._lock:
            self._buckets.clear()

    def seconds_to_wait(self, bucket: str, rate: Rate) -> int:
        """Take one call out of the bucket: 0, or the whole seconds until there is one to take."""
        with self._lock:
            now = self._clock()
            left, since = self._buckets.get(bucket, (float(rate.burst), now))
            left = min(rate.burst, left + (now - since) * rate.per_second)
            if left < 1:
                self._buckets[bucket] = (left, now)
                return math.ceil((1 - left) / rate.per_second)
            self._buckets[bucket] = (left - 1, now)
            return 0


def _message(blocks: Sequence[object]) -> Problems:
    yield from _count(blocks, LIMITS["message blocks"], "/blocks")
    yield from _unique("block_id", blocks, "/blocks")
    for index, block in enumerate(blocks):
        yield from _block(block, f"/blocks/{index}")


def _block(block: object, at: str) -> Problems:
    kind = block.get("type") if _is_shape(block) else None
    if not _is_shape(block) or not isinstance(kind, str) or kind not in _BLOCKS:
        yield _said(f"unsupported type: {kind}", f"{at}/type")
        return
    yield from _extra(block, kind, at)
    yield from _optional(block, "block_id", LIMITS["block_id"], at)
    yield from _BLOCKS[kind](block, at)


def _header(block: Shape, at: str) -> Problems:
    yield from _text(block.get("text"), LIMITS["header text"], f"{at}/text", plain=True)


def _section(block: Shape, at: str) -> Problems:
    if "text" not in block and "fields" not in block:
        yield _said("missing required field: text or fields", at)
    if "text" in block:
        yield from _text(block["text"], LIMITS["section text"], f"{at}/text")
    if "accessory" in block:
        yield from _button(block["accessory"], f"{at}/accessory")
    if "fields" in block:
        for field, place in _items(block, "fields"):
            yield from _text(field, LIMITS["section field"], at + place)
        yield from _count(block["fields"], LIMITS["section fields"], f"{at}/fields")


def _context(block: Shape, at: str) -> Problems:
    yield from _count(block.get("elements"), LIMITS["context elements"], f"{at}/elements")
    for element, place in _items(block, "elements"):
        yield from _text(element, LIMITS["context text"], at + place)


def _actions(block: Shape, at: str) -> Problems:
    yield from _count(block.get("elements"), LIMITS["actions elements"], f"{at}/elements")
    yield from _unique("action_id", [element for element, _ in _items(block, "elements")], f"{at}/elements")
    for element, place in _items(block, "elements"):
        yield from _button(element, at + place)


def _button(button: object, at: str) -> Problems:
    if not _is_shape(button) or button.get("type") != "button":
        yield _said("unsupported type, expected button", f"{at}/type")
        return
    yield from _extra(button, "button", at)
    yield from _text(button.get("text"), LIMITS["button text"], f"{at}/text", plain=True)
    yield from _optional(button, "action_id", LIMITS["action_id"], at)
    yield from _optional(button, "value", LIMITS["button value"], at)
    if "url" in button:
        yield from _optional(button, "url", LIMITS["button url"], at)
        yield from _address(button["url"], f"{at}/url")
    if button.get("style", "primary") not in ("primary", "danger"):
        yield _said("must be one of primary, danger", f"{at}/style")
    if "confirm" in button:
        yield from _confirm(button["confirm"], f"{at}/confirm")


def _confirm(confirm: object, at: str) -> Problems:
    for part in ("title", "text", "confirm", "deny"):
        text = confirm.get(part) if _is_shape(confirm) else None
        yield from _text(text, LIMITS[f"confirm {part}"], f"{at}/{part}", plain=part != "text")


def _text(text: object, most: int, at: str, *, plain: bool = False) -> Problems:
    allowed = ("plain_text",) if plain else ("plain_text", "mrkdwn")
    kind = text.get("type") if _is_shape(text) else None
    if not _is_shape(text) or kind not in allowed:
        yield _said(f"must be a text object of type {' or '.join(allowed)}", at)
        return
    yield from _extra(text, str(kind), at)
    yield from _length(text.get("text"), most, f"{at}/text")


def _optional(shape: Shape, key: str, most: int, at: str) -> Problems:
    if key in shape:
        yield from _length(shape[key], most, f"{at}/{key}")


def _length(text: object, most: int, at: str) -> Problems:
    if not isinstance(text, str):
        yield _said("must be a string", at)
    elif not text:
        yield _said("must be more than 0 characters", at)
    elif len(text) > most:
        yield _said(f"must be less than {most + 1} characters", at)


def _count(items: object, most: int, at: str) -> Problems:
    if not _is_list(items) or not items:
        yield _said("must provide at least 1 item", at)
    elif len(items) > most:
        yield _said(f"no more than {most} items allowed", at)


def _unique(key: str, shapes: Iterable[object], at: str) -> Problems:
    values = Counter(shape[key] for shape in shapes if _is_shape(shape) and isinstance(shape.get(key), str))
    for value, times in values.items():
        if times > 1:
            yield _said(f"{key} must be unique: {value}", at)


def _extra(shape: Shape, kind: str, at: str) -> Problems:
    for key in sorted(set(shape) - _BLOCK_KEYS[kind]):
        yield _said(f"invalid additional property: {key}", at)


def _address(url: object, at: str) -> Problems:
    if not _URL.fullmatch(str(url)):
        yield _said("must be a valid http or https url", at)


def _items(block: Shape, key: str) -> Iterator[tuple[object, str]]:
    items = block.get(key)
    if _is_list(items):
        yield from ((item, f"/{key}/{index}") for index, item in enumerate(items))


def _is_shape(value: object) -> TypeGuard[Shape]:
    return isinstance(value, Mapping)


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, list | tuple)


def _said(problem: str, at: str) -> str:
    return f"{problem} [json-pointer:{at}]"


_BLOCKS: Mapping[str, Callable[[Shape, str], Problems]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "divider": lambda _block, _at: iter(()),
}
