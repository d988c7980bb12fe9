"""The lists that people keep for a stage: one item of the ledger's table, which check and act read together with a lead's.

Lambda takes 4 KB of environment, too little for lists. `provision` writes them, after the same checks that stand here;
what is unreadable all the same costs a lead nothing but the list's effect, and lets nobody convert.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from chalicelib.routing import CHANNEL_ID, FIELDS, Route, idle, read_route, unknown_words, write_route

KEY = "settings#stage"
MAX_BYTES = 20 * 1024
MAX_TEXT_LENGTH = 200
MAX_ROUTES = 100
RULE = '{"when": {"source": "Web"}, "channel": "C0123456789"}'
RULE_PARTS = ("when", "channel")
SLACK_ID = re.compile(r"\+?[UW][A-Z0-9]+|S[A-Z0-9]+")
"""Slack's id of a person, U… or W…, or of a user group, S…; a person may stand behind a plus."""


@dataclass(frozen=True, slots=True)
class Converters:
    """Who may convert from Slack: Zoho's profiles by name or id, and Slack's people and user groups by id.

    A plain id in `slack` narrows the named profiles' users to those; `+U…` names a person who needs none of the profiles.
    Where nothing is named, nobody may convert.
    """

    profiles: tuple[str, ...] = ()
    slack: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StageLists:
    """`placeholders` are the org's own words for "no company"; a list that nobody keeps is empty.

    `routes` say in which channel a lead's first message is posted, the first that holds.
    """

    placeholders: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()
    converters: Converters = Converters()


def _text_complaint(entry: object) -> str:
    if not isinstance(entry, str):
        return "is not a text"
    if not entry.strip():
        return "is empty"
    return "" if len(entry.strip()) <= MAX_TEXT_LENGTH else f"is longer than {MAX_TEXT_LENGTH} characters"


def _slack_complaint(entry: object) -> str:
    if (wrong := _text_complaint(entry)) or SLACK_ID.fullmatch(str(entry).strip()):
        return wrong
    return "is no Slack id of a person (U… or W…, or +U… to need no profile) or of a user group (S…)"


ENTRY_COMPLAINTS: Mapping[str, Callable[[object], str]] = {
    "placeholders": _text_complaint,
    "converters.profiles": _text_complaint,
    "converters.slack": _slack_complaint,
}
"""What is wrong with an entry of each list, or an empty text; a list inside an object goes by both names."""
NAMES = tuple(one.name for one in fields(StageLists))
CONVERTER_LISTS = tuple(one.name for one in fields(Converters))


def complaints(lists: Mapping[str, object]) -> Iterator[str]:
    """Say of each list, by its name, what keeps it from being written."""
    for name, entries in lists.items():
        if name not in NAMES:
            yield f'"{name}" is not a list that leadmatch knows. The lists are: {", ".join(NAMES)}.'
        elif name == "converters":
            yield from _converters_complaints(entries)
        elif name == "routes":
            yield from _routes_complaints(entries)
            yield from _word_complaints(entries)
        else:
            yield from _list_complaints(name, entries)
    if (size := len(json.dumps(lists, ensure_ascii=False).encode("utf-8", "replace"))) > MAX_BYTES:
        names = ", ".join(f'"{name}"' for name in lists)
        yield f"{names} together have {size:,} bytes; at most {MAX_BYTES:,} are allowed."


def _converters_complaints(found: object) -> Iterator[str]:
    if not isinstance(found, dict):
        yield '"converters" must be an object: {"profiles": ["…"], "slack": ["…"]}.'
        return
    for name, entries in found.items():
        if name in CONVERTER_LISTS:
            yield from _list_complaints(f"converters.{name}", entries)
        else:
            yield f'"converters.{name}" is not a list that leadmatch knows. Its lists are: {", ".join(CONVERTER_LISTS)}.'


def _routes_complaints(found: object) -> list[str]:
    if not isinstance(found, list):
        return [f'"routes" must be a list: [{RULE}].']
    if len(found) > MAX_ROUTES:
        return [f'"routes" has {len(found)} rules; at most {MAX_ROUTES} are allowed.']
    return [
        f'"routes", rule {number}: {wrong}.' for number, rule in enumerate(found, 1) for wrong in _rule_complaints(rule)
    ]


def _rule_complaints(rule: object) -> Iterator[str]:
    if not isinstance(rule, dict):
        yield f"it is not an object like {RULE}"
        return
    for name in (one for one in rule if one not in RULE_PARTS):
        yield f'"{name}" is not a part of a rule. The parts are: {", ".join(RULE_PARTS)}'
    conditions, channel = rule.get("when"), rule.get("channel")
    if not isinstance(conditions, dict) or not conditions:
        yield 'it needs conditions under "when", such as {"source": "Web"}'
    else:
        for field, values in conditions.items():
            yield from _condition_complaints(field, values)
    if not isinstance(channel, str) or not CHANNEL_ID.fullmatch(channel.strip()):
        yield "\"channel\" must be a channel's id, such as C0123456789; Slack shows it at the end of the channel's About"


def _condition_complaints(field: object, values: object) -> Iterator[str]:
    if field not in FIELDS:
        yield f'"{field}" is not a field that a rule can look at. The fields are: {", ".join(FIELDS)}'
    listed = values if isinstance(values, list) else [values]
    if not listed:
        yield f'"{field}" has no value'
    for value in listed:
        if wrong := _text_complaint(value):
            yield f'a value of "{field}" {wrong}'


def _word_complaints(rules: object) -> Iterator[str]:
    """Say which words no rule will ever meet; a function takes them, since another version may know them."""
    for number, rule in enumerate(rules if isinstance(rules, list) else (), 1):
        conditions = rule.get("when") if isinstance(rule, dict) else None
        for field, values in conditions.items() if isinstance(conditions, dict) else ():
            words = [one for one in (values if isinstance(values, list) else [values]) if isinstance(one, str) and one]
            yield from (f'"routes", rule {number}: {wrong}.' for wrong in unknown_words(field, words))


def remarks(lists: Mapping[str, Any]) -> Iterator[str]:
    """Say of each rule, in lists with which nothing is wrong, whether it can never decide."""
    for number, why in idle([read_route(rule) for rule in lists.get("routes", [])]):
        yield f'"routes", rule {number} never decides: {why}.'


def _list_complaints(name: str, entries: object) -> Iterator[str]:
    if not isinstance(entries, list):
        yield f'"{name}" must be a list: ["…", "…"].'
        return
    for number, entry in enumerate(entries, 1):
        if wrong := ENTRY_COMPLAINTS[name](entry):
            yield f'"{name}", entry {number}: it {wrong}.'


def item_fields(lists: Mapping[str, Any]) -> dict[str, Any]:
    """Return the item's attributes, every list, each without repeats and without blanks around its texts."""
    converters = lists.get("converters", {})
    return {
        "placeholders": _trimmed(lists.get("placeholders", [])),
        "routes": [write_route(read_route(rule)) for rule in lists.get("routes", [])],
        "converters": {name: _trimmed(converters.get(name, [])) for name in CONVERTER_LISTS},
    }


def _trimmed(entries: list[Any]) -> list[Any]:
    return list(dict.fromkeys(one.strip() if isinstance(one, str) else one for one in entries))


def read_lists(item: Mapping[str, Any], *, warn: Callable[[str], None]) -> StageLists:
    """Read the item, or no item, as the table gives it; `warn` gets the name of a list that is not whole."""
    return StageLists(_read_placeholders(item, warn), _read_routes(item, warn), _read_converters(item, warn))


def _read_placeholders(item: Mapping[str, Any], warn: Callable[[str], None]) -> tuple[str, ...]:
    entries = item.get("placeholders", [])
    listed = entries if isinstance(entries, list) else []
    found = tuple(entry for entry in listed if not _text_complaint(entry))
    if len(found) < len(listed) or listed is not entries:
        warn("placeholders")
    return found


def _read_routes(item: Mapping[str, Any], warn: Callable[[str], None]) -> tuple[Route, ...]:
    """Return no rule when one cannot be read: without it, what it kept apart would go where a later rule says."""
    found = item.get("routes", [])
    if _routes_complaints(found):
        warn("routes")
        return ()
    return tuple(map(read_route, found))


def _read_converters(item: Mapping[str, Any], warn: Callable[[str], None]) -> Converters:
    """Return nobody when an entry cannot be read: without one, a list that narrows could let in whom it kept out."""
    found = item.get("converters", {})
    if any(_converters_complaints(found)):
        warn("converters")
        return Converters()
    return Converters(**{name: tuple(found.get(name, ())) for name in CONVERTER_LISTS})
