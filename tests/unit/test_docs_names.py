"""The files, classes and functions that the pages name exist, so that nobody looks for what was renamed."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

from chalicelib import timing
from chalicelib.aws import pipeline_item, stage_lists, token_item, zoho_health
from chalicelib.aws.conversions import TRANSITIONS, conversion_key
from chalicelib.aws.conversions import State as ConversionState
from chalicelib.aws.ledger_item import LedgerItem, State
from chalicelib.aws.owner_item import owner_key
from chalicelib.aws.zoho_health import ZohoHealth
from chalicelib.events import ItemKind
from tests.pages import CODE, definitions, everything, file_of, section, tables
from tests.unit.test_house import ROOMS

ARCHITECTURE = "docs/architecture.md"
GLOSSARY = "docs/glossary.md"
PAGES = [Path(ARCHITECTURE), Path(GLOSSARY), Path("CONTRIBUTING.md")]
FILE = re.compile(r"[\w./]*\w\.py")
NAME = re.compile(r"[A-Z][a-z]\w*(\.\w+)?")
"""A class, or something of a class; words of the contract are in lower case, states and variables in capitals."""
UNITS = {"s": 1, "min": 60, "h": 3600, "day": 86400, "days": 86400}
SUFFIXES = {"SECONDS": 1, "MINUTES": 60, "HOURS": 3600, "DAYS": 86400}
IN_A_FILE = re.compile(r"`([\w.]+)` (?:\(|in )`([\w./]+\.py)`")


def words(text: str) -> list[str]:
    """Return what stands in code marks."""
    return CODE.findall(text)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_file_that_a_page_names_exists(page: Path) -> None:
    """From the root, from chalicelib or from tests/unit on."""
    named = [word for word in words(page.read_text(encoding="utf-8")) if FILE.fullmatch(word)]
    assert named
    assert not [name for name in named if not file_of(name)]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_class_or_method_that_a_page_names_exists(page: Path) -> None:
    """Whichever file it is in."""
    named = [word for word in words(page.read_text(encoding="utf-8")) if NAME.fullmatch(word)]
    assert not [name for name in named if name not in everything()]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_what_a_page_puts_into_a_file_is_in_that_file(page: Path) -> None:
    """In the sentence, or in a table's row with a file and a function."""
    text = page.read_text(encoding="utf-8")
    pairs = IN_A_FILE.findall(text)
    for table in tables(text):
        for row in table:
            files = words(row.get("file", ""))
            pairs += [(name, file) for file in files for name in words(row.get("function", ""))]
    wrong = [(name, file) for name, file in pairs if not (path := file_of(file)) or name not in definitions(path)]
    assert not wrong


def test_every_package_is_in_the_table_of_packages() -> None:
    """The table says what each is for, and names none that is gone."""
    (rows,) = tables(section("CONTRIBUTING.md", "## The packages"))
    listed = {word for row in rows for word in words(row["room"])}
    assert {f"chalicelib/{room}" for room in ROOMS} == {
        word.removesuffix(".py") for word in listed if word.startswith("chalicelib/")
    }
    assert not [word for word in listed if not Path(word).exists()]


def test_the_glossary_is_in_order_and_gives_each_word_one_sentence() -> None:
    """A reader finds a word by its first letter."""
    (rows,) = tables(Path(GLOSSARY).read_text(encoding="utf-8"))
    assert [row["word"] for row in rows] == sorted({row["word"] for row in rows}, key=str.lower)
    assert not [row["word"] for row in rows if not re.fullmatch(r"[A-Z][^.]*(\.\w[^.]*)*\.", row["meaning"])]


def test_every_item_of_the_table_is_on_the_page() -> None:
    """By the beginning of its key, or by its whole key."""
    (items, *_) = tables(section(ARCHITECTURE, "## What the table holds"))
    listed = {words(row["item"])[0].partition("<")[0] for row in items}
    known = {f"{kind}#" for kind in get_args(ItemKind)}
    assert listed == known | {
        conversion_key(""),
        owner_key(""),
        pipeline_item.KEY,
        zoho_health.KEY,
        token_item.KEY,
        stage_lists.KEY,
    }


def test_the_attributes_of_a_lead_s_item_are_those_of_the_code() -> None:
    """None is missing, and none is written nowhere."""
    (attributes,) = tables(section(ARCHITECTURE, "### A lead's item"))
    listed = {word for row in attributes for word in words(row["attributes"])}
    sources = [Path("chalicelib/aws/ledger.py"), Path("chalicelib/aws/ledger_item.py")]
    written = {word for path in sources for text in _texts(path) for word in re.findall(r"\w+", text)}
    read = {one.name for one in fields(LedgerItem)} - {"subject", "sequence"}
    assert listed <= written
    assert read <= listed


def test_the_attributes_of_zoho_s_state_are_those_of_the_code() -> None:
    """Each is explained."""
    text = section(ARCHITECTURE, "## Zoho down or too busy")
    assert {one.name for one in fields(ZohoHealth)} <= set(words(text))


def test_the_drawing_of_convert_has_the_transitions_of_the_code() -> None:
    """The same arrows, and every state of them is explained."""
    text = section(ARCHITECTURE, "## convert as a state machine")
    drawn = {(one, other) for one, other in re.findall(r"(\[\*\]|[A-Z]+) --> ([A-Z]+) :", text)}
    assert drawn == {(one or "[*]", other) for one, others in TRANSITIONS.items() for other in others}
    (states, *_) = tables(text)
    assert {row["state"] for row in states} == set(get_args(ConversionState))


def test_the_drawing_and_the_table_of_transitions_say_the_same() -> None:
    """The same arrows, and every state of them is explained; the code knows all but the one that needs a clock."""
    text = section(ARCHITECTURE, "## notify as a state machine")
    health, transitions, *_ = tables(text)
    drawn = set(re.findall(r"^ +([A-Z]+) --> ([A-Z]+)", text, re.MULTILINE))
    assert drawn == {(row["from"], row["to"]) for row in transitions}
    assert {state for arrow in drawn for state in arrow} == {row["state"] for row in health}
    assert {row["state"] for row in health} == {*get_args(State), "UNSETTLED"}


def test_the_timing_table_has_the_numbers_of_the_code() -> None:
    """Of a backoff, the first wait and the longest one."""
    (rows,) = tables(section(ARCHITECTURE, "## Timing"))
    said = {words(row["constant"])[0]: _seconds_said(row["how long"]) for row in rows}
    assert len(said) == len(rows)
    assert said == {name: _seconds_of(name) for name in said}


def _seconds_said(text: str) -> list[float]:
    return [float(number) * UNITS[unit] for number, unit in re.findall(r"([\d.]+) (\w+)", text)]


def _seconds_of(name: str) -> list[float]:
    value = getattr(timing, name)
    if isinstance(value, timing.Backoff):
        return [value.first_seconds, value.longest_seconds]
    if isinstance(value, timedelta):
        return [value.total_seconds()]
    return [value * SUFFIXES[name.rpartition("_")[2]]]


def _texts(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
