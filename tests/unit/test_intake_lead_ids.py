"""Which leads a call names, and what is no id."""

from __future__ import annotations

import pytest

from chalicelib.errors import CallRefused
from chalicelib.intake.lead_ids import read_lead_ids

ID = "7110000000000204017"


def refusal(fields: dict[str, object]) -> str:
    with pytest.raises(CallRefused) as caught:
        read_lead_ids(fields)
    assert caught.value.status == 400
    return caught.value.reason


@pytest.mark.parametrize("name", ["id", "lead_id", "leadId", "Lead Id", "entity_id"])
def test_each_name_of_an_id_is_known(name: str) -> None:
    """Administrators name the parameter as they like, within these."""
    assert read_lead_ids({name: f" {ID}\n", "Last Name": "Okafor"}) == (ID,)


@pytest.mark.parametrize("nothing", ["", " ", "null", "NULL", "undefined", "None", None])
def test_an_empty_name_gives_way_to_a_filled_one(nothing: object) -> None:
    """A template may hold several names of which one is filled."""
    assert read_lead_ids({"id": nothing, "lead_id": ID}) == (ID,)
    assert refusal({"id": nothing}) == "no_lead_id"


@pytest.mark.parametrize("ids", [[ID, "2", ID], f"{ID}, 2,{ID}"])
def test_several_ids_keep_their_order_and_come_once(ids: object) -> None:
    """Notifications list ids; a form joins them with commas."""
    assert read_lead_ids({"ids": ids}) == (ID, "2")


def test_a_hundred_ids_are_the_limit() -> None:
    """A hundred are all taken; one more and none is."""
    hundred = [str(number) for number in range(100)]
    assert read_lead_ids({"ids": hundred}) == tuple(hundred)
    assert refusal({"ids": [*hundred, "100"]}) == "too_many_ids"


@pytest.mark.parametrize("module", ["Leads", "leads", " Lead ", {"api_name": "Leads", "id": "1"}, None, {"id": "1"}])
def test_leads_are_our_module(module: object) -> None:
    """The module may be said in several ways, or not at all."""
    assert read_lead_ids({"id": ID, "module": module}) == (ID,)


@pytest.mark.parametrize("module", ["Contacts", "", {"api_name": "Deals"}, ["Leads"], False])
def test_another_module_is_refused(module: object) -> None:
    """A contact's id looks like a lead's."""
    assert refusal({"id": ID, "module": module}) == "other_module"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "no_lead_id"),
        ({"email": "ines@harbourmill.example"}, "no_lead_id"),
        ({"ids": []}, "no_lead_id"),
        ({"ids": None}, "no_lead_id"),
        ({"ids": {"1": "2"}}, "no_lead_id"),
        ({"ids": ""}, "no_lead_id"),
        ({"ids": [ID, ""]}, "no_lead_id"),
        ({"data": [{"id": ID}]}, "unknown_shape"),
        ({"id": "${Leads.Lead Id}"}, "unresolved_merge_field"),
        ({"id": "${!Leads.Id}"}, "unresolved_merge_field"),
        ({"ids": [ID, "${Leads.Lead Id}"]}, "unresolved_merge_field"),
        ({"id": "12a"}, "not_an_id"),
        ({"id": "-1"}, "not_an_id"),
        ({"id": "1.0"}, "not_an_id"),
        ({"id": "1e18"}, "not_an_id"),
        ({"id": "\u0661\u0662"}, "not_an_id"),
        ({"id": "\u00b2"}, "not_an_id"),
        ({"id": "1" * 21}, "not_an_id"),
        ({"id": True}, "not_an_id"),
        ({"id": [ID]}, "not_an_id"),
        ({"id": float("nan")}, "not_an_id"),
        ({"ids": [ID, {"id": "1"}]}, "not_an_id"),
    ],
    ids=repr,
)
def test_each_refusal_has_its_reason(fields: dict[str, object], reason: str) -> None:
    """What is wrong decides the reason; one bad id of several refuses them all."""
    assert refusal(fields) == reason


def test_twenty_digits_are_an_id() -> None:
    """64 bits have at most twenty."""
    assert read_lead_ids({"id": "1" * 20}) == ("1" * 20,)


@pytest.mark.parametrize("value", ["Ines Okafor", "${Leads.Email}", "ines@harbourmill.example"])
def test_a_refusal_repeats_nothing_of_the_body(value: str) -> None:
    """The answer is logged by others, so it holds no value that was sent."""
    with pytest.raises(CallRefused) as caught:
        read_lead_ids({"id": value})
    assert value not in str(caught.value)
