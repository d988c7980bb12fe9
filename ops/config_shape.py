"""The shape of config.json as the commands read it: what was half-written is named before any of them does anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

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
    stages = config.get("stages", {})
    if not isinstance(stages, dict):
        yield f"stages must be {OBJECT}."
        return
    for name, section in stages.items():
        if isinstance(section, dict):
            yield from _part(f"stages.{name}.", section)
        else:
            yield f"stages.{name} must be {OBJECT}."


def _part(place: str, part: Mapping[str, Any]) -> Iterator[str]:
    """Look at a stage's section, or at what the whole file says for all of them."""
    yield from _values(place, part)
    functions = part.get("lambda_functions", {})
    if not isinstance(functions, dict):
        yield f"{place}lambda_functions must be {OBJECT}."
        return
    for name, function in functions.items():
        if isinstance(function, dict):
            yield from _values(f"{place}lambda_functions.{name}.", function)
        else:
            yield f"{place}lambda_functions.{name} must be {OBJECT}."


def _values(place: str, part: Mapping[str, Any]) -> Iterator[str]:
    for name, value in part.items():
        if name in TEXTS and not isinstance(value, str):
            yield f'{place}{name} must be a text, such as "{TEXTS[name]}".'
        if name in NUMBERS and (not isinstance(value, int) or isinstance(value, bool)):
            yield f"{place}{name} must be a whole number without quotes, such as {NUMBERS[name]}."
        if name in OBJECTS and not isinstance(value, dict):
            yield f"{place}{name} must be {OBJECT}."
