"""The lists that people keep: what may be written, and what is read of an item that is not as it should be."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chalicelib.aws.stage_lists import MAX_BYTES, Converters, StageLists, complaints, item_fields, read_lists, remarks
from chalicelib.routing import Condition, Route

EMEA = {"when": {"source": "Web"}, "channel": "C0123456789"}


@pytest.mark.parametrize(
    ("lists", "said"),
    [
        (
            {"placeholder": ["x"]},
            '"placeholder" is not a list that leadmatch knows. The lists are: placeholders, routes, converters.',
        ),
        ({"routes": {}}, '"routes" must be a list: [{"when": {"source": "Web"}, "channel": "C0123456789"}].'),
        ({"routes": ["C0123456789"]}, '"routes", rule 1: it is not an object like'),
        ({"routes": [EMEA, EMEA | {"chanel": "x"}]}, '"routes", rule 2: "chanel" is not a part of a rule.'),
        ({"routes": [{"channel": "C0123456789"}]}, 'rule 1: it needs conditions under "when"'),
        ({"routes": [EMEA | {"when": {}}]}, 'rule 1: it needs conditions under "when"'),
        (
            {"routes": [EMEA | {"when": {"Lead_Source": "Web"}}]},
            '"Lead_Source" is not a field that a rule can look at.',
        ),
        ({"routes": [EMEA | {"when": {"source": []}}]}, '"source" has no value'),
        ({"routes": [EMEA | {"when": {"source": ["Web", " "]}}]}, 'a value of "source" is empty.'),
        ({"routes": [EMEA | {"when": {"owner": 7203914000000000001}}]}, 'a value of "owner" is not a text.'),
        (
            {"routes": [EMEA | {"when": {"verdict": "chose"}}]},
            '"chose" is not a verdict. Known are: convert_into_contact',
        ),
        ({"routes": [EMEA | {"when": {"confidence": "high"}}]}, '"high" is not a confidence. Known are: exact, strong'),
        ({"routes": [EMEA | {"channel": "#emea"}]}, '"channel" must be a channel\'s id'),
        ({"routes": [{"when": {"source": "Web"}}]}, '"channel" must be a channel\'s id'),
        ({"routes": [EMEA] * 101}, '"routes" has 101 rules; at most 100 are allowed.'),
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
        {"routes": []},
        {"routes": [EMEA, {"when": {"owner": [" Rosa "], "verdict": ["Choose", "wait"]}, "channel": " G0123456 "}]},
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
    rule = {"when": {"owner": [" Rosa ", "Rosa"], "source": "Web"}, "channel": " C0123456789"}
    written = item_fields(
        {"placeholders": [" Acme Bot GmbH", "n/v", "Acme Bot GmbH "], "routes": [rule], "converters": converters}
    )
    assert written["placeholders"] == ["Acme Bot GmbH", "n/v"]
    assert read_lists(written, warn=pytest.fail) == StageLists(
        placeholders=("Acme Bot GmbH", "n/v"),
        routes=(Route((Condition("owner", ("Rosa",)), Condition("source", ("Web",))), "C0123456789"),),
        converters=Converters(profiles=("Sales",), slack=("+U9",)),
    )


def test_a_list_that_is_not_given_is_written_empty() -> None:
    """So that it takes the earlier entries away."""
    assert item_fields({}) == {"placeholders": [], "routes": [], "converters": {"profiles": [], "slack": []}}


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


@pytest.mark.parametrize(
    "found",
    [
        "C0123456789",
        None,
        [EMEA, "C0123456789"],
        [EMEA, {"when": {"later": ["x"]}, "channel": "C0123456789"}],
        [EMEA, {"when": {"source": [Decimal(3)]}, "channel": "C0123456789"}],
        [EMEA, {"when": {"source": {"Web"}}, "channel": "C0123456789"}],
        [EMEA, {"when": {"source": ["Web"]}, "channel": Decimal(3)}],
    ],
    ids=str,
)
def test_no_rule_counts_where_one_cannot_be_read(found: object) -> None:
    """What the lost rule kept apart would go where a later one says; in the one channel of before it is where people expect it."""
    warned: list[str] = []
    assert read_lists({"routes": found}, warn=warned.append).routes == ()
    assert warned == ["routes"]


def test_a_verdict_of_a_later_version_is_no_reason_to_forget_the_other_rules() -> None:
    """Such a rule holds for no lead; only who writes the list is told."""
    later = EMEA | {"when": {"verdict": ["merge"]}}
    assert len(read_lists({"routes": [later, EMEA]}, warn=pytest.fail).routes) == 2


def test_all_that_is_wrong_with_a_rule_is_said_at_once() -> None:
    """One run shows it."""
    rule = {"when": {"region": "EMEA", "verdict": ["chose", "wait", 7]}, "channel": "#emea"}
    assert len(list(complaints({"routes": [EMEA, rule]}))) == 4


def test_a_rule_that_never_decides_is_remarked_upon() -> None:
    """It is no reason to refuse the list."""
    lists = {"routes": [EMEA, EMEA | {"when": {"source": ["web"], "status": "New"}}]}
    assert list(remarks(lists)) == ['"routes", rule 2 never decides: rule 1 holds wherever it does.']
    assert list(remarks({})) == []


def test_a_stage_without_lists_is_as_good_as_any() -> None:
    """And so is an item with a list of a later version."""
    assert read_lists({}, warn=pytest.fail) == read_lists({"later": ["x"]}, warn=pytest.fail) == StageLists()
