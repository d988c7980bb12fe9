"""Which rule holds for a lead, and what is said of one that never does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.routing import FIELDS, Condition, Finding, Route, channel_for, explain, holds, idle, read_route
from chalicelib.verdict import unchecked, wait
from chalicelib.verdict.model import Cause, Lead, Owner

LEAD = Lead(
    "365",
    "Ada Park",
    company="Zylker",
    email="ada@zylker.example",
    phone="+1 555 0100",
    website="zylker.example",
    source="Trade Show",
    status="Qualified",
    owner=Owner("7203914000000000001", "Rosa Quill", "rosa.quill@quillworks.example"),
    qualifying=("EMEA", "Enterprise"),
)
WAITS = wait("not_approved", Cause.NOT_APPROVED)
UNREAD = unchecked("zoho_unreachable", Cause.NO_ANSWER)


def rule(channel: str = "C0RULES1", **when: Any) -> Route:
    """Return a rule as people write it."""
    return read_route({"when": when, "channel": channel})


@pytest.mark.parametrize(
    "when",
    [
        {"owner": "rosa.quill@quillworks.example"},
        {"owner": "ROSA QUILL"},
        {"owner": ["Bo Chen", "7203914000000000001"]},
        {"source": " trade  show "},
        {"status": ["New", "qualified"]},
        {"company": "ZYLKER"},
        {"name": "ada park"},
        {"email": "Ada@Zylker.example"},
        {"phone": "+1 555 0100"},
        {"website": "zylker.example"},
        {"qualifying": "emea"},
        {"verdict": "wait"},
        {"verdict": ["choose", "Wait"]},
        {"confidence": "none"},
        {"owner": "Rosa Quill", "source": "Trade Show", "verdict": "wait"},
    ],
    ids=str,
)
def test_a_rule_holds(when: dict[str, Any]) -> None:
    """Where each of its conditions names what stands there, whatever its capitals and blanks."""
    assert channel_for(LEAD, WAITS, [rule(**when)]) == "C0RULES1"


@pytest.mark.parametrize(
    "when",
    [
        {"owner": "Rosa"},
        {"owner": "quillworks.example"},
        {"source": "Trade"},
        {"verdict": "choose"},
        {"confidence": ["weak", "strong"]},
        {"source": "Trade Show", "verdict": "choose"},
        {"qualifying": "APAC"},
    ],
    ids=str,
)
def test_a_rule_does_not_hold(when: dict[str, Any]) -> None:
    """A part of a value is another value, and one condition that fails is enough."""
    assert channel_for(LEAD, WAITS, [rule(**when)]) == ""


def test_the_first_rule_that_holds_decides() -> None:
    """In the order in which people wrote them."""
    routes = [rule("C0FIRST1", source="Web"), rule("C0SECOND", owner="Rosa Quill"), rule("C0THIRD1", verdict="wait")]
    assert channel_for(LEAD, WAITS, routes) == "C0SECOND"
    assert channel_for(LEAD, WAITS, routes[::-1]) == "C0THIRD1"


@pytest.mark.parametrize("field", [field for field in FIELDS if field not in ("verdict", "confidence")])
def test_what_is_empty_or_was_not_read_meets_no_condition(field: str) -> None:
    """Not even one that names nothing: only what stands there counts."""
    route = Route((Condition(field, ("", "none", "null")),), "C0RULES1")
    for lead in (None, Lead("365", qualifying=())):
        assert channel_for(lead, UNREAD, [route]) == ""


def test_a_lead_that_was_not_read_has_a_verdict() -> None:
    """So that whoever looks after Zoho can have what was not checked in a channel of its own."""
    assert channel_for(None, UNREAD, [rule(source="Web"), rule("C0UNREAD", verdict="unchecked")]) == "C0UNREAD"


def test_each_condition_says_what_it_found() -> None:
    """For whoever wonders why a lead went where it went."""
    found = explain(rule(source="Web", verdict=["wait"]), LEAD, WAITS)
    assert found == (
        Finding(Condition("source", ("Web",)), ("Trade Show",), holds=False),
        Finding(Condition("verdict", ("wait",)), ("wait",), holds=True),
    )
    assert not holds(found)
    assert explain(rule(source="Web"), None, UNREAD)[0].found is None


@pytest.mark.parametrize(
    ("routes", "said"),
    [
        ([rule(source="Web"), rule(source="web", owner="Rosa Quill")], [(2, "rule 1 holds wherever it does")]),
        ([rule(source=["Web", "Chat"]), rule(source="Chat")], [(2, "rule 1 holds wherever it does")]),
        ([rule(source="Chat"), rule(source=["Web", "Chat"])], []),
        ([rule(source="Web", owner="Rosa Quill"), rule(source="Web")], []),
        ([rule(source="Web"), rule(owner="Rosa Quill")], []),
        ([rule(verdict="lead_not_found")], [(1, "no rule decides where leads with the verdict lead_not_found are shown")]),
        ([rule(verdict=["lead_not_found", "choose"])], []),
    ],
)  # fmt: skip
def test_a_rule_that_never_decides_is_found(routes: list[Route], said: list[tuple[int, str]]) -> None:
    """It is a slip of whoever wrote it, most often in the order."""
    assert list(idle(routes)) == said


CONDITIONS = st.dictionaries(
    st.sampled_from(["source", "status", "verdict"]),
    st.lists(st.sampled_from(["Web", "web ", "Chat", "wait", "unchecked"]), min_size=1, max_size=3),
    min_size=1,
)


@given(st.lists(CONDITIONS, max_size=4), st.sampled_from(["Web", "Chat", ""]), st.sampled_from(["WEB", "wait", ""]))
def test_a_rule_said_never_to_decide_never_does(rules: list[dict[str, list[str]]], source: str, status: str) -> None:
    """Whatever the lead."""
    routes = [rule(f"C{number:07}", **when) for number, when in enumerate(rules, 1)]
    lead = replace(LEAD, source=source, status=status)
    for verdict in (WAITS, UNREAD):
        assert channel_for(lead, verdict, routes) not in {f"C{number:07}" for number, _ in idle(routes)}
