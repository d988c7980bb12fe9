"""The examples in docs/events, and what docs/matches.md says that a program may do with such events."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from moto.events.models import EventPattern

from chalicelib import match_event
from chalicelib.match_event import Match
from chalicelib.verdict.model import VerdictWarning
from sandbox.pictures import FOR_OPERATORS
from sandbox.scenes import SCENES
from tests.golden.events import EXAMPLES, FOLDER, event_of
from tests.unit.test_docs import first_cells, section

PAGE = "docs/matches.md"
SCHEMA = json.loads(Path("docs/match-event.schema.json").read_text(encoding="utf-8"))
CONVERTED_BY_A_PROGRAM = {"convert_into_contact", "convert_into_account"}
"""The examples that a program may convert without a person."""
CODES = SCHEMA["$defs"]["warning"]["properties"]["code"]["examples"]


@cache
def example(name: str) -> dict[str, Any]:
    loaded = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def sure_pattern() -> str:
    """Return the page's pattern for a system that converts without a person."""
    (pattern,) = re.findall(r"```json\n(.*?)```", section(PAGE, "## Several consumers"), re.DOTALL)
    return str(pattern)


def whole_pattern() -> str:
    """Return the page's pattern for a system that takes everything."""
    (pattern,) = re.findall(r"For everything it is `([^`]*)`", section(PAGE, "## Several consumers"))
    return str(pattern)


def lets_through(pattern: str, event: dict[str, Any]) -> bool:
    """Return whether a pattern lets an event through: on the bus, where the page's pipe stamps each alike, and for Lambda."""
    (stamp,) = re.findall(r"detail type `([^`]*)`", section(PAGE, "## Several consumers"))
    on_bus = EventPattern.load(pattern).matches_event(
        {"detail-type": stamp, "source": "leadmatch.dev", "detail": event}
    )
    for_lambda = json.dumps({"body": json.loads(pattern)["detail"]})
    assert EventPattern.load(for_lambda).matches_event({"body": event}) == on_bus
    return bool(on_bus)


def passes(event: dict[str, Any]) -> bool:
    """Return whether the pattern for a system that converts lets an event through."""
    return lets_through(sure_pattern(), event)


def may_convert(event: dict[str, Any]) -> bool:
    """Say what the page's function says."""
    (code,) = re.findall(r"```python\n(.*?)```", section(PAGE, "## What a program may do"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102
    return bool(names["may_convert"](event))


def written(match: Match) -> dict[str, Any]:
    loaded = json.loads(match_event.write(match, stage="dev"))
    assert isinstance(loaded, dict)
    return loaded


def warned(match: Match, *warnings: tuple[str, str]) -> Match:
    given = tuple(VerdictWarning(code, severity, "Said.") for code, severity in warnings)  # type: ignore[arg-type]
    return replace(match, verdict=replace(match.verdict, warnings=given))


def variants() -> Iterator[Any]:
    """Yield what a program must leave alone, made from the events that it may convert."""
    for name in sorted(CONVERTED_BY_A_PROGRAM):
        good = match_event.read(json.dumps(example(name)))
        for code in (*CODES, "unknown_code"):
            for severity in ("block", "note"):
                yield pytest.param(warned(good, (code, severity)), id=f"{name}-{code}-{severity}")
        yield pytest.param(warned(good, ("name_differs", "note"), ("locked", "block")), id=f"{name}-note-then-block")
        for confidence in ("weak", "none"):
            weaker = replace(good, verdict=replace(good.verdict, confidence=confidence))
            yield pytest.param(weaker, id=f"{name}-{confidence}")
        for action in sorted({scene.action for scene in EXAMPLES.values()} - CONVERTED_BY_A_PROGRAM):
            other = replace(good, verdict=replace(good.verdict, action=action))  # type: ignore[arg-type]
            yield pytest.param(other, id=f"{name}-{action}")
        tested = replace(good, event=replace(good.event, trigger="check"))  # type: ignore[arg-type]
        yield pytest.param(tested, id=f"{name}-check")


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_what_the_code_writes_today(name: str) -> None:
    """`make golden` writes them anew; read the diff as a consumer would."""
    assert example(name) == event_of(name), "docs/events is out of date: run `make golden` and read the diff"


def test_the_folder_holds_the_examples_and_nothing_else() -> None:
    """A file that nothing writes would go stale."""
    assert {path.stem for path in FOLDER.iterdir()} == set(EXAMPLES)


def test_the_page_for_sales_people_quotes_what_the_messages_say() -> None:
    """Each kind of the picture stands in its table: what it is about, and its sentence to the letter."""
    kinds = Path("docs/messages.md").read_text(encoding="utf-8").partition("\n## ")[0]
    rows = kinds.splitlines()
    quoted = [(row.split(" | ")[0].removeprefix("| ").lower(), row.split(" | ")[1]) for row in rows if " | " in row]
    names = {scene: name for name, scene in EXAMPLES.items()}
    said = {
        scene.about.lower(): example(names[scene])["data"]["verdict"]["sentence"]
        for scene in SCENES
        if scene.name != FOR_OPERATORS
    }
    assert dict(quoted[1:]) == said


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_keeps_to_the_schema(name: str) -> None:
    """Consumers test against both."""
    validator = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
    assert [error.message for error in validator.iter_errors(example(name))] == []


def test_the_examples_show_every_action_and_every_severity() -> None:
    """And, of the conversions, those that are blocked, doubtful, or by name alone."""
    verdicts = {name: example(name)["data"]["verdict"] for name in EXAMPLES}
    properties = SCHEMA["$defs"]["verdict"]["properties"]
    assert {one["action"] for one in verdicts.values()} == set(properties["action"]["enum"])
    assert {one["highest_severity"] for one in verdicts.values()} == set(properties["highest_severity"]["enum"])
    assert {name: EXAMPLES[name].action for name in EXAMPLES} == {name: v["action"] for name, v in verdicts.items()}


@pytest.mark.parametrize("name", EXAMPLES)
def test_pattern_and_function_let_through_what_a_program_may_convert(name: str) -> None:
    """No blocked match, none by name only, none with a warning."""
    allowed = name in CONVERTED_BY_A_PROGRAM
    assert (passes(example(name)), may_convert(example(name))) == (allowed, allowed)


@pytest.mark.parametrize("match", list(variants()))
def test_pattern_and_function_hold_back_everything_else(match: Match) -> None:
    """Any warning, less than a strong match, another action, an operator's test."""
    assert (passes(written(match)), may_convert(written(match))) == (False, False)


@pytest.mark.parametrize(("confidence", "trigger"), [("exact", "webhook"), ("strong", "sweep"), ("strong", "replay")])
def test_pattern_and_function_let_through_every_sure_match(confidence: str, trigger: str) -> None:
    """Whoever had the lead checked."""
    good = match_event.read(json.dumps(example("convert_into_contact")))
    sure = replace(good, verdict=replace(good.verdict, confidence=confidence))
    event = written(replace(sure, event=replace(sure.event, trigger=trigger)))  # type: ignore[arg-type]
    assert (passes(event), may_convert(event)) == (True, True)


@pytest.mark.parametrize(
    "kind",
    ["leadmatch.lead.checked.v2", "leadmatch.lead.checked.v11", "leadmatch.lead.checked", "leadmatch.lead.merged.v1"],
)
def test_an_event_of_another_type_passes_no_pattern_and_is_never_converted(kind: str) -> None:
    """It may mean something else, though the pipe stamps the same detail type on it."""
    event = example("convert_into_contact") | {"type": kind}
    assert not passes(event)
    assert not lets_through(whole_pattern(), event)
    assert not may_convert(event)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_pattern_for_everything_lets_every_verdict_through(name: str) -> None:
    """So a system behind it sees that a later check took a verdict back."""
    assert lets_through(whole_pattern(), example(name))


@pytest.mark.parametrize("trigger", ["import", "merge_2", "schedule"])
def test_a_trigger_of_a_later_release_is_like_any_other(trigger: str) -> None:
    """The page says that new ones may come."""
    event = example("convert_into_contact") | {"trigger": trigger}
    assert (passes(event), may_convert(event)) == (True, True)


def test_every_code_of_a_warning_is_in_the_schema() -> None:
    """The page has those of the schema, so a new warning is explained to whoever reads the events."""
    tree = ast.parse(Path("chalicelib/verdict/warnings.py").read_text(encoding="utf-8"))
    made = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "VerdictWarning"
    ]
    assert {node.args[0].value for node in made if isinstance(node.args[0], ast.Constant)} == set(CODES)
    assert all(isinstance(node.args[0], ast.Constant) for node in made)


def test_the_page_links_every_example_and_lists_every_code() -> None:
    """A new example or code has its line."""
    table = section(PAGE, "## What a program may do")
    assert {link.partition(".")[0] for link in re.findall(r"\(events/([a-z_.]+)\)", table)} == set(EXAMPLES)
    assert sorted(code for cell in first_cells(section(PAGE, "## The warnings")) for code in cell) == sorted(CODES)
