"""The written form of types: what is written is read back, and what does not fit is refused without being repeated."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import match_event
from chalicelib.aws.ledger_item import LedgerItem, Posting, Shown, read_item
from chalicelib.aws.zoho_health import ZohoHealth
from chalicelib.errors import Unreadable
from chalicelib.events import Incident, LeadEvent, Notice
from chalicelib.match_contract import MatchEvent
from chalicelib.slack.announcements import OperatorAlert, Outage
from chalicelib.wire import Form, Written, from_fields, read_time, time_text, to_fields
from tests.golden.cases import CASES

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECRET = "ada@kestrel.example"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a whole."""

    name: Annotated[str, Form(most=5)]
    count: int = 0


@dataclass(frozen=True, slots=True)
class Whole(Written):
    """Something of every type."""

    at: datetime
    part: Part
    kind: Literal["a", "b"] = "a"
    word: Annotated[Literal["old"], Form(open=True)] = "old"
    either: Part | LeadEvent | None = None
    parts: Annotated[tuple[Part, ...], Form(most=2)] = ()
    by_name: Mapping[str, int] = field(default_factory=dict)
    is_so: bool = False
    text: str | None = None


WHOLES = st.builds(
    Whole,
    at=MOMENTS,
    part=st.builds(Part, st.text(max_size=5), st.integers()),
    kind=st.sampled_from(["a", "b"]),
    word=st.text(),
    either=st.none() | st.builds(Part, st.text(max_size=5)) | st.builds(LeadEvent, st.text(), st.text(), MOMENTS),
    parts=st.lists(st.builds(Part, st.text(max_size=5)), max_size=2).map(tuple),
    by_name=st.dictionaries(st.text(), st.integers()),
    is_so=st.booleans(),
    text=st.none() | st.text(),
)
MESSAGES = (LeadEvent, Notice, Outage, OperatorAlert, MatchEvent, Whole)
ITEMS = (Shown, Posting, LedgerItem, ZohoHealth)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
VALID = [
    LeadEvent("1", "id", NOON, "sweep"),
    Notice(LeadEvent("1", "id", NOON, "sweep"), "verdict", 3, "C1"),
    Notice(Incident("zoho", "outage-1", NOON), "banner", 3, "C1", rounds=2),
    Outage(NOON, 3, NOON, is_over=True),
    OperatorAlert("Zoho fails.", ("Look.", "Wait.")),
    MatchEvent.from_json(match_event.write(CASES["choose_contact_elsewhere"], stage="dev")),
    Whole(NOON, Part("x"), either=Part("y"), parts=(Part("z", 2),), by_name={"n": 1}),
]


def in_dynamodb(value: Any) -> Any:
    """Return what DynamoDB gives back: numbers as Decimals."""
    if isinstance(value, dict):
        return {name: in_dynamodb(part) for name, part in value.items()}
    if isinstance(value, list):
        return [in_dynamodb(part) for part in value]
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


@given(WHOLES)
def test_what_is_written_is_read_back(whole: Whole) -> None:
    """From JSON and from DynamoDB."""
    assert Whole.from_json(whole.to_json()) == whole
    assert from_fields(Whole, in_dynamodb(to_fields(whole))) == whole


@pytest.mark.parametrize("message", VALID, ids=lambda message: type(message).__name__)
def test_every_message_is_read_back(message: Written) -> None:
    """As the type that it was written from."""
    assert type(message).from_json(message.to_json()) == message


@given(MOMENTS, MOMENTS)
def test_time_texts_sort_like_times(one: datetime, other: datetime) -> None:
    """The ledger compares them as texts."""
    assert (time_text(one) < time_text(other)) == (one < other)


def test_times_are_kept_in_utc() -> None:
    """A time of another zone is the same moment."""
    there = datetime(2026, 1, 1, 5, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert time_text(there) == "2026-01-01T00:00:00.000000Z"


@pytest.mark.parametrize("text", ["2026-01-01T00:00:00", "noon", "", "0001-01-01T00:00:00+10:00"])
def test_what_is_no_moment_is_a_value_error(text: str) -> None:
    """Without a zone it is none, nor outside the years that Python has."""
    with pytest.raises(ValueError, match=r".*"):
        read_time(text)


def test_texts_and_lists_are_cut_as_their_types_say() -> None:
    """So that what is written keeps to the schema."""
    written = to_fields(Whole(NOON, Part("too long"), parts=(Part("a"), Part("b"), Part("c"))))
    assert written["part"]["name"] == "too l"
    assert [part["name"] for part in written["parts"]] == ["a", "b"]


def test_whoever_reads_takes_what_another_version_wrote() -> None:
    """A property more, a property less that has a default, and a new word of an open set."""
    written = {"at": time_text(NOON), "part": {"name": "x", "later": 1}, "word": "new", "later": [1]}
    assert from_fields(Whole, written) == Whole(NOON, Part("x"), word="new")  # type: ignore[arg-type] # a later word


def test_a_kind_of_org_that_another_version_knows_stops_no_lead() -> None:
    """The state is read with every lead; such an org has no links until this version knows it."""
    assert from_fields(ZohoHealth, {"edition": "trial"}).edition == "trial"  # type: ignore[comparison-overlap] # a later word


WHOLE = to_fields(VALID[-1])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"at": SECRET}, "Whole.at is not a time."),
        ({"at": 3}, "Whole.at has the wrong type."),
        ({"part": SECRET}, "Whole.part has the wrong type."),
        ({"part": {SECRET: SECRET}}, "Whole.part.name is missing."),
        ({"part": {"name": "x", "count": 1.5}}, "Whole.part.count has the wrong type."),
        ({"part": {"name": "x", "count": Decimal("1.5")}}, "Whole.part.count is not a whole number."),
        ({"part": {"name": "x", "count": True}}, "Whole.part.count is not a whole number."),
        ({"kind": SECRET}, "Whole.kind is not a word that leadmatch knows."),
        ({"kind": [SECRET]}, "Whole.kind is not a word that leadmatch knows."),
        ({"word": [SECRET]}, "Whole.word has the wrong type."),
        ({"either": {"lead_id": SECRET}}, "Whole.either.event_id is missing."),
        ({"parts": {SECRET: 1}}, "Whole.parts has the wrong type."),
        ({"parts": [{"name": 1}]}, "Whole.parts[].name has the wrong type."),
        ({"by_name": {SECRET: SECRET}}, "Whole.by_name{} has the wrong type."),
        ({"is_so": 1}, "Whole.is_so has the wrong type."),
        ({"text": 1}, "Whole.text has the wrong type."),
    ],
)
def test_what_does_not_fit_is_told_by_its_place(change: dict[str, Any], said: str) -> None:
    """And never by its value, which may be somebody's."""
    with pytest.raises(Unreadable) as caught:
        from_fields(Whole, WHOLE | change)
    assert (str(caught.value), caught.value.reason) == (said, "whole_unreadable")
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
@given(text=st.text() | JSON.map(json.dumps) | st.integers(1, 10**5).map(lambda depth: "[" * depth))
def test_any_text_is_a_message_or_unreadable(kind: type[Written], text: str) -> None:
    """Whatever somebody put into a queue."""
    with pytest.raises(Unreadable):
        kind.from_json(text)


@pytest.mark.parametrize("message", VALID, ids=lambda message: type(message).__name__)
@given(data=st.data(), value=JSON)
def test_a_message_with_anything_in_it_is_a_message_or_unreadable(
    message: Written, data: st.DataObject, value: object
) -> None:
    """In any of its properties, at any depth, or without it."""
    fields = place = json.loads(message.to_json())
    name = data.draw(st.sampled_from(sorted(place)))
    while isinstance(place[name], dict) and place[name] and data.draw(st.booleans()):
        place = place[name]
        name = data.draw(st.sampled_from(sorted(place)))
    place[name] = value
    if data.draw(st.booleans()):
        del place[name]
    try:
        read = type(message).from_json(json.dumps(fields))
    except Unreadable:
        return
    assert type(message).from_json(read.to_json()) == read


@pytest.mark.parametrize("kind", ITEMS, ids=lambda kind: kind.__name__)
@given(data=st.data(), value=JSON.map(in_dynamodb))
def test_an_item_with_anything_in_it_is_an_item_or_unreadable(kind: type, data: st.DataObject, value: object) -> None:
    """A type of DynamoDB's that we do not write is told as such."""
    names = st.sampled_from(sorted(one for one in kind.__dataclass_fields__))
    fields = {"subject": "1", data.draw(names): value}
    with contextlib.suppress(Unreadable):
        assert isinstance(from_fields(kind, fields), kind)
    with contextlib.suppress(Unreadable):
        assert isinstance(read_item({"pk": "lead#1", "event_id": "e"} | fields), LedgerItem)
