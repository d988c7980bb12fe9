"""The lists that people keep: what may be written, and what is read of an item that is not as it should be."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chalicelib.aws.stage_lists import MAX_BYTES, Converters, StageLists, complaints, item_fields, read_lists


@pytest.mark.parametrize(
    ("lists", "said"),
    [
        (
            {"placeholder": ["x"]},
            '"placeholder" is not a list that leadmatch knows. The lists are: placeholders, converters.',
        ),
        ({"routes": []}, '"routes" is not a list'),
        ({"Placeholders": ["x"]}, '"Placeholders" is not a list'),
        ({"placeholders": "Acme"}, '"placeholders" must be a list'),
        ({"placeholders": {"a": "b"}}, '"placeholders" must be a list'),
        ({"placeholders": None}, '"placeholders" must be a list'),
        ({"placeholders": ["x", 7]}, '"placeholders", entry 2: it is not a text.'),
        ({"placeholders": [None]}, '"placeholders", entry 1: it is not a text.'),
        ({"placeholders": [["x"]]}, '"placeholders", entry 1: it is not a text.'),
        ({"placeholders": ["x", "y", " "]}, '"placeholders", entry 3: it is empty.'),
        ({"placeholders": ["x" * 201]}, '"placeholders", entry 1: it is longer than 200 characters.'),
        ({"placeholders": [f"{n:0>150}" for n in range(200)]}, '"placeholders" together have 30,'),
        ({"placeholders": ["漢" * 180] * 40}, f"at most {MAX_BYTES:,} are allowed."),
        ({"converters": ["Sales"]}, '"converters" must be an object'),
        (
            {"converters": {"profile": ["Sales"]}},
            '"converters.profile" is not a list that leadmatch knows. Its lists are: profiles, slack.',
        ),
        ({"converters": {"profiles": "Sales"}}, '"converters.profiles" must be a list'),
        ({"converters": {"profiles": ["Sales", " "]}}, '"converters.profiles", entry 2: it is empty.'),
        ({"converters": {"slack": [7]}}, '"converters.slack", entry 1: it is not a text.'),
        ({"converters": {"slack": ["ada"]}}, '"converters.slack", entry 1: it is no Slack id'),
        ({"converters": {"slack": ["U1", "+S1"]}}, '"converters.slack", entry 2: it is no Slack id'),
        ({"converters": {"slack": ["C024BE7LD"]}}, '"converters.slack", entry 1: it is no Slack id'),
        ({"converters": {"slack": ["u024be7ld"]}}, '"converters.slack", entry 1: it is no Slack id'),
        ({"converters": {"profiles": [f"{n:0>150}" for n in range(200)]}}, '"converters" together have 30,'),
    ],
)
def test_what_is_wrong_is_said_by_name(lists: dict[str, object], said: str) -> None:
    """Before anything is written."""
    (complaint,) = complaints(lists)
    assert said in complaint


@pytest.mark.parametrize(
    "lists",
    [
        {},
        {"placeholders": []},
        {"placeholders": ["Acme Bot GmbH", " n/v "]},
        {"converters": {}},
        {"converters": {"profiles": ["Sales", "4150868000000026011"], "slack": ["U024BE7LD", "W7", "S0614TZR7", "+U9", " +W8 "]}},
    ],
)  # fmt: skip
def test_what_is_good_passes(lists: dict[str, object]) -> None:
    """An empty list takes the earlier entries away."""
    assert list(complaints(lists)) == []


def test_what_is_written_is_read_back() -> None:
    """Without blanks around it, each once."""
    converters = {"profiles": ["Sales ", "Sales"], "slack": [" +U9"]}
    written = item_fields({"placeholders": [" Acme Bot GmbH", "n/v", "Acme Bot GmbH "], "converters": converters})
    assert written["placeholders"] == ["Acme Bot GmbH", "n/v"]
    assert read_lists(written, warn=pytest.fail) == StageLists(
        placeholders=("Acme Bot GmbH", "n/v"), converters=Converters(profiles=("Sales",), slack=("+U9",))
    )


def test_a_list_that_is_not_given_is_written_empty() -> None:
    """So that it takes the earlier entries away."""
    assert item_fields({}) == {"placeholders": [], "converters": {"profiles": [], "slack": []}}


@pytest.mark.parametrize(
    "found",
    [
        "Sales",
        ["Sales"],
        None,
        {"profiles": ["Sales"], "slack": ["U1", Decimal(3)]},
        {"profiles": ["Sales", ""], "slack": ["+U1"]},
        {"profiles": ["Sales"], "slack": {"U1"}},
        {"profiles": ["Sales"], "later": ["x"]},
    ],
    ids=str,
)
def test_nobody_may_convert_by_what_cannot_be_read(found: object) -> None:
    """A list that narrows, read in part, could let in whom it kept out."""
    warned: list[str] = []
    assert read_lists({"converters": found}, warn=warned.append).converters == Converters()
    assert warned == ["converters"]


@pytest.mark.parametrize(
    ("item", "read"),
    [
        ({"placeholders": "Acme"}, ()),
        ({"placeholders": {"Acme"}}, ()),
        ({"placeholders": None}, ()),
        ({"placeholders": Decimal(3)}, ()),
        ({"placeholders": ["Acme", Decimal(3), "", None]}, ("Acme",)),
    ],
    ids=str,
)
def test_what_cannot_be_read_is_left_out_with_a_warning(item: dict[str, object], read: tuple[str, ...]) -> None:
    """No lead fails because of a list."""
    warned: list[str] = []
    assert read_lists(item, warn=warned.append).placeholders == read
    assert warned == ["placeholders"]


def test_a_stage_without_lists_is_as_good_as_any() -> None:
    """And so is an item with a list of a later version."""
    assert read_lists({}, warn=pytest.fail) == read_lists({"later": ["x"]}, warn=pytest.fail) == StageLists()
