"""The event that a lead was converted: what docs promise of it is what the code writes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from chalicelib.converted_event import ConvertedEvent
from tests.golden import converted, schema

SCHEMA = json.loads(schema.CONVERTED_FILE.read_text(encoding="utf-8"))
EXAMPLE = json.loads(converted.FILE.read_text(encoding="utf-8"))


def test_the_schema_is_that_of_the_code() -> None:
    """`make golden` writes it."""
    assert schema.converted_event_schema() == SCHEMA
    Draft202012Validator.check_schema(SCHEMA)


def test_the_example_is_what_the_code_writes_and_keeps_to_the_schema() -> None:
    """A reader may test against it."""
    assert converted.example() == EXAMPLE
    Draft202012Validator(SCHEMA, format_checker=FormatChecker()).validate(EXAMPLE)


@pytest.mark.parametrize("broken", ["subject", "data", "type", "id"])
def test_the_schema_refuses_an_event_that_lacks_a_property(broken: str) -> None:
    """It can fail."""
    event = {name: value for name, value in EXAMPLE.items() if name != broken}
    assert not Draft202012Validator(SCHEMA).is_valid(event)


def test_an_event_is_read_back_as_it_was_written() -> None:
    """Nothing is lost on the way."""
    event = ConvertedEvent.from_json(json.dumps(EXAMPLE))
    assert json.loads(event.to_json()) == EXAMPLE
    assert replace(event, id="other") != event
