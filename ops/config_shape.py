"""The shape of config.json as the commands read it: what was half-written is named before any of them does anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Look = Callable[[str, Mapping[str, Any]], Iterator[str]]
OBJECT = "an object in braces"
TEXTS = {
    "aws_region": "eu-west-1",
    "api_gateway_stage": "api",
    "iam_role_arn": "arn:aws:iam::123456789012:role/NAME",
}
"""What must be text, with an example."""
NUMBERS = {"lambda_memory_size": 1024, "lambda_timeout": 60}
OBJECTS = ("environment_variables", "tags")


def misshapen(config: Mapping[str, Any]) -> Iterator[str]:
    """Say of each part that is of another kind than its readers take what it must be; one that is missing is good."""
    yield from _part("", config)
    yield from _each("stages", config.get("stages", {}), _part)


def _part(place: str, part: Mapping[str, Any]) -> Iterator[str]:
    """Look at a stage's section, or at what the whole file says for all of them."""
    yield from _values(place, part)
    yield from _each(f"{place}lambda_functions", part.get("lambda_functions", {}), _values)


def _each(place: str, parts: object, look: Look) -> Iterator[str]:
    """Look at each part of an object, all of which are objects."""
    if not isinstance(parts, dict):
        yield f"{place} must be {OBJECT}."
        return
    for name, part in parts.items():
        if isinstance(part, dict):
            yield from look(f"{place}.{name}.", part)
        else:
            yield f"{place}.{name} must be {OBJECT}."


def _values(place: str, part: Mapping[str, Any]) -> Iterator[str]:
    for name, value in part.items():
        if name in TEXTS and not isinstance(value, str):
            yield f'{place}{name} must be a text, such as "{TEXTS[name]}".'
        if name in NUMBERS and (not isinstance(value, int) or isinstance(value, bool)):
            yield f"{place}{name} must be a whole number without quotes, such as {NUMBERS[name]}."
        if name in OBJECTS and not isinstance(value, dict):
            yield f"{place}{name} must be {OBJECT}."
