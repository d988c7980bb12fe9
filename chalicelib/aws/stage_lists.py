"""The lists that people keep for a stage: one item of the ledger's table, which check reads together with every lead.

Lambda takes 4 KB of environment, too little for lists. `provision` writes them, after the same checks that stand here;
what is unreadable all the same costs a lead nothing but the list's effect.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

KEY = "settings#stage"
MAX_BYTES = 20 * 1024
MAX_TEXT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class StageLists:
    """`placeholders` are the org's own words for "no company"; a list that nobody keeps is empty."""

    placeholders: tuple[str, ...] = ()


def _text_complaint(entry: object) -> str:
    if not isinstance(entry, str):
        return "is not a text"
    if not entry.strip():
        return "is empty"
    return "" if len(entry.strip()) <= MAX_TEXT_LENGTH else f"is longer than {MAX_TEXT_LENGTH} characters"


ENTRY_COMPLAINTS: Mapping[str, Callable[[object], str]] = {"placeholders": _text_complaint}
"""What is wrong with an entry of each list, or an empty text."""
NAMES = tuple(one.name for one in fields(StageLists))


def complaints(lists: Mapping[str, object]) -> Iterator[str]:
    """Say of each list, by its name, what keeps it from being written."""
    for name, entries in lists.items():
        if name not in NAMES:
            yield f'"{name}" is not a list that leadmatch knows. The lists are: {", ".join(NAMES)}.'
        elif not isinstance(entries, list):
            yield f'"{name}" must be a list: ["…", "…"].'
        else:
            for number, entry in enumerate(entries, 1):
                if wrong := ENTRY_COMPLAINTS[name](entry):
                    yield f'"{name}", entry {number}: it {wrong}.'
    if (size := len(json.dumps(lists, ensure_ascii=False).encode("utf-8", "replace"))) > MAX_BYTES:
        names = ", ".join(f'"{name}"' for name in lists)
        yield f"{names} together have {size:,} bytes; at most {MAX_BYTES:,} are allowed."


def item_fields(lists: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """Return the item's attributes, every list, each without repeats and without blanks around its texts."""
    trimmed = {name: [one.strip() if isinstance(one, str) else one for one in lists.get(name, [])] for name in NAMES}
    return {name: list(dict.fromkeys(entries)) for name, entries in trimmed.items()}


def read_lists(item: Mapping[str, Any], *, warn: Callable[[str], None]) -> StageLists:
    """Read the item, or no item, as the table gives it; `warn` gets the name of a list that is not whole."""
    found: dict[str, tuple[Any, ...]] = {}
    for name in NAMES:
        entries = item.get(name, [])
        listed = entries if isinstance(entries, list) else []
        found[name] = tuple(entry for entry in listed if not ENTRY_COMPLAINTS[name](entry))
        if len(found[name]) < len(listed) or listed is not entries:
            warn(name)
    return StageLists(**found)
