"""Puts back what a test changes: the attributes of objects, and what lists, sets and dictionaries hold."""

from __future__ import annotations

import itertools
import operator
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

OURS = ("app", "chalicelib", "ops", "sandbox", "moto")
"""The packages whose objects are looked into; any other object stands for itself, whatever happens inside it."""
RUNNING = ("_clients", "_serving")
"""Attributes that hold what runs on from one test to the next: clients, and servers with their connections."""


@dataclass(frozen=True, slots=True)
class Part:
    """One object as it was: `is_changed` compares, `restore` puts back, `inner` is what it held, by name."""

    is_changed: Callable[[], bool]
    restore: Callable[[], None]
    inner: dict[str, object]


class Kept:
    """Everything that can be reached from some objects, as it is when this is made."""

    def __init__(self, **roots: object) -> None:
        self._seen: dict[int, object] = {}  # the objects too: an id may be given again when its object is gone
        self._parts: dict[str, Part] = {}
        for name, root in roots.items():
            self._look_into(name, root)

    def differences(self) -> list[str]:
        """Return the names of what is different now."""
        return [name for name, part in self._parts.items() if part.is_changed()]

    def restore(self) -> None:
        """Put everything back."""
        for part in self._parts.values():
            if part.is_changed():
                part.restore()

    def _look_into(self, name: str, value: object) -> None:
        if id(value) in self._seen or not _is_ours(value):
            return
        self._seen[id(value)] = value
        part = _part(value)
        self._parts[name] = part
        for inner_name, inner in part.inner.items():
            self._look_into(name + inner_name, inner)


def _is_ours(value: object) -> bool:
    if isinstance(value, (dict, list, set, deque, tuple)):
        return True
    kind, package = type(value), getattr(value, "__name__", "") if isinstance(value, ModuleType) else ""
    is_frozen = isinstance(value, type) or getattr(getattr(kind, "__dataclass_params__", None), "frozen", False)
    return (package or kind.__module__).partition(".")[0] in OURS and not is_frozen


def _part(value: Any) -> Part:
    if isinstance(value, dict):
        return _of_dict(value)
    if isinstance(value, (list, deque)):
        return _of_sequence(value)
    if isinstance(value, set):
        return _of_set(value)
    if isinstance(value, tuple):
        return Part(lambda: False, lambda: None, _numbered(value))
    return _of_object(value)


def _of_dict(value: dict[Any, Any]) -> Part:
    before = dict(dict.items(value))  # not its own methods: a subclass may answer otherwise

    def is_changed() -> bool:
        same = dict.keys(value) == before.keys() and all(dict.get(value, key) is held for key, held in before.items())
        return not same

    def restore() -> None:
        dict.clear(value)
        dict.update(value, before)

    return Part(is_changed, restore, {f"[{key!r}]": held for key, held in before.items()})


def _of_sequence(value: list[Any] | deque[Any]) -> Part:
    before = list(value)

    def is_changed() -> bool:
        return len(before) != len(value) or not all(map(operator.is_, before, value))

    def restore() -> None:
        value.clear()
        value.extend(before)

    return Part(is_changed, restore, _numbered(before))


def _of_set(value: set[Any]) -> Part:
    before = set(value)

    def restore() -> None:
        value.clear()
        value.update(before)

    return Part(lambda: value != before, restore, _numbered(before))


def _of_object(value: object) -> Part:
    before = _attributes(value)

    def is_changed() -> bool:
        now = _attributes(value)
        return now.keys() != before.keys() or any(now[name] is not held for name, held in before.items())

    def restore() -> None:
        for name in _attributes(value).keys() - before.keys():
            object.__delattr__(value, name)
        for name, held in before.items():
            object.__setattr__(value, name, held)

    return Part(is_changed, restore, {f".{name}": held for name, held in before.items() if not name.startswith("__")})


def _attributes(value: object) -> dict[str, object]:
    slots = itertools.chain.from_iterable(getattr(kind, "__slots__", ()) for kind in type(value).__mro__)
    held = {name: getattr(value, name) for name in slots if hasattr(value, name)} | getattr(value, "__dict__", {})
    return {name: inner for name, inner in held.items() if name not in RUNNING}


def _numbered(values: Any) -> dict[str, object]:
    return {f"[{number}]": held for number, held in enumerate(values)}
