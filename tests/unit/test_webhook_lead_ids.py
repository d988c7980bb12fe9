"""Which leads a call names, and what is no id."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from chalicelib.errors import CallRefused
from chalicelib.webhook.lead_ids import read_lead_ids

ID = "7110000000000204017"


def refusal(fields: dict[str, object]) -> str:
    with pytest.raises(CallRefused) as caught:
        read_lead_ids(fields)
    assert caught.value.status == 400
    return caught.value.reason


@pytest.mark.parametrize(
    "name",
    [
        *("id", "lead_id", "leadId", "Lead Id", "entity_id"),
        *(
            "Lead_Id",
            "LEAD_ID",
            "lead-id",
            "leadid",
            "LeadId",
            "Lead_ID",
            "LEAD ID",
            "ID",
            "Id",
            "entityId",
            "Record Id",
        ),
        *("leads.id", "Leads_Id", "lead[id]", "Leads.Lead Id", "lead.lead_id", "data[0][id]", "Leads:Id", "id[]"),
        *("\ufefflead_id", '"lead_id"', "payload[lead][Lead_Id]"),
    ],
)
def test_each_name_of_an_id_is_known(name: str) -> None:
    """Administrators name the parameter as they like, within these."""
    assert read_lead_ids({name: f" {ID}\n", "Last Name": "Okafor"}) == (ID,)


@pytest.mark.parametrize("nothing", ["", " ", "null", "NULL", "undefined", "None", None])
def test_an_empty_name_gives_way_to_a_filled_one(nothing: object) -> None:
    """A template may hold several names of which one is filled."""
    assert read_lead_ids({"id": nothing, "lead_id": ID}) == (ID,)
    assert refusal({"id": nothing}) == "no_lead_id"


HELD = {
    "an object": {"lead": {"id": ID}},
    "an object in an object": {"data": {"Lead": {"lead_id": ID}}},
    "the text of an object": {"payload": f'{{"lead_id": "{ID}"}}'},
    "text under data": {"data": f'{{"id": "{ID}"}}', "Last Name": "Okafor"},
    "text under a name of their own": {"JSONString": f'{{"id": "{ID}"}}'},
    "text in a text": {"payload": json.dumps(json.dumps({"LEAD_ID": ID}))},
    "percent-encoded text": {"payload": quote(json.dumps({"lead_id": ID}))},
    "text with raw line breaks": {"payload": f'{{"note": "a\nb", "lead_id": "{ID}"}}'},
    "text with a byte-order mark": {"payload": f'\ufeff{{"lead_id": "{ID}"}}'},
    "an object of another name": {"event": {"lead_id": ID, "owner": {"id": "5"}}},
    "ids in a text": {"payload": f'{{"ids": ["{ID}"]}}'},
    "the text of an object in one of several": {"a": ("x", f'{{"id": "{ID}"}}')},
    "a broken text beside the id": {"payload": "{broken", "lead_id": ID},
}


@pytest.mark.parametrize("fields", HELD.values(), ids=HELD)
def test_an_id_is_found_where_people_put_it(fields: dict[str, object]) -> None:
    """In a field that holds the lead's fields, as an object or as text."""
    assert read_lead_ids(fields) == (ID,)


DIFFERENT = {
    "two names": {"lead_id": ID, "id": "2"},
    "two spellings": {"lead_id": ID, "Lead Id": "2"},
    "a name twice": {"lead_id": (ID, "2")},
    "beside and inside": {"lead_id": ID, "payload": '{"lead_id": "2"}'},
    "inside two objects": {"lead": {"id": ID}, "data": {"id": "2"}},
    "an id and a list": {"id": "2", "ids": [ID]},
    "texts of two objects": {"a": f'{{"id": "{ID}"}}', "b": '{"id": "2"}'},
    "two objects of other names": {"customer": {"lead_id": ID}, "contact": {"lead_id": "2"}},
    "an object and a text": {"customer": {"lead_id": ID}, "b": '{"lead_id": "2"}', "c": {"Lead Id": "3"}},
    "an id beside another object's": {"lead_id": ID, "contact": {"lead_id": "2"}},
    "a lead and another object's": {"lead": {"id": ID}, "event": {"LeadId": "2"}},
    "a name twice, with objects": {"a": (f'{{"id": "{ID}"}}', '{"id": "2"}')},
    "one name with brackets": {"lead[id]": ID, "lead.id": "2"},
}


@pytest.mark.parametrize("fields", DIFFERENT.values(), ids=DIFFERENT)
def test_two_different_ids_are_refused(fields: dict[str, object]) -> None:
    """Neither may win by the order of names that nobody has read about."""
    assert refusal(fields) == "different_ids"


@pytest.mark.parametrize(
    "fields",
    [
        {"lead_id": ID, "id": f" {ID}"},
        {"lead_id": ID, "payload": f'{{"id": "{ID}"}}'},
        {"lead_id": ID, "id": "evt_1"},
        {"lead_id": ("", ID)},
        {"id": ID, "ids": [ID, ID]},
        {"lead_id": ID, "owner": {"id": "5"}, "Description": '{"id": "6"}'},
        {"a": f'{{"id": "{ID}"}}', "b": f'{{"id": "{ID}"}}'},
        {"customer": {"lead_id": ID}, "contact": {"lead_id": f"{ID} "}, "owner": {"id": "5"}},
        {"lead_id": f'"{ID}"', "id": f"{ID}\u00a0"},
        {"lead_id": ID, "Owner.id": "5", "account[id]": "6", "a.b.c.d.e.f.g.h.i.j.id": "7"},
    ],
    ids=repr,
)
def test_one_id_said_twice_is_one(fields: dict[str, object]) -> None:
    """What is empty, no id, or another record's does not count; nor what a lead wrote into a text field."""
    assert read_lead_ids(fields) == (ID,)


PICK_REASONS = {"no_lead_id", "unresolved_merge_field", "not_an_id", "unknown_shape", "bad_json", "different_ids"}


@pytest.mark.parametrize(
    "fields",
    [{}, {"id": ""}, {"id": "x"}, {"id": "${Leads.Lead Id}"}, {"data": []}, {"payload": "{x"}, *DIFFERENT.values()],
    ids=repr,
)
def test_a_refusal_says_to_pick_the_id_from_the_list(fields: dict[str, object]) -> None:
    """Never the typed form, which is refused in turn."""
    with pytest.raises(CallRefused) as caught:
        read_lead_ids(fields)
    assert caught.value.reason in PICK_REASONS
    assert "pick Leads → Lead Id from the list with #" in str(caught.value)
    assert "${" not in str(caught.value)


@pytest.mark.parametrize(
    "ids",
    [
        [ID, "2", ID],
        f"{ID}, 2,{ID}",
        f'["{ID}", "2"]',
        (ID, "2"),
        f"{ID};2",
        f"{ID} ; 2;",
        f"{ID}|2",
        f"{ID}\n2\n",
        f"[{ID};2]",
        f"\u200b{ID},\u00a02",
        [{"id": ID}, {"id": "2"}],
        [{"Lead_Id": ID, "Owner": {"id": "5"}}, "2"],
        f'[{{"id": "{ID}"}}, {{"id": "2"}}]',
        (f'[{{"id": "{ID}"}}]', "2"),
        [f'"{ID}"', "\u201c2\u201d"],
    ],
    ids=repr,
)
def test_several_ids_keep_their_order_and_come_once(ids: object) -> None:
    """Notifications list ids; a form joins them with commas."""
    for name in ("ids", "IDS", "ids[]", "lead_ids", "Lead Ids[]", "data[ids]"):
        assert read_lead_ids({name: ids}) == (ID, "2")


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
        ({"data": f'[{{"id": "{ID}"}}]'}, "unknown_shape"),
        ({"leads": [{"id": ID}]}, "unknown_shape"),
        ({"payload": '{"id": "'}, "bad_json"),
        ({"payload": f'{{"id": "{ID}", "module": "Contacts"}}'}, "other_module"),
        ({"owner": {"id": ID}}, "no_lead_id"),
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
        ({"ids": [ID, {"name": "1"}]}, "not_an_id"),
        ({"ids": [{"id": ID}, {"id": ""}]}, "no_lead_id"),
        ({"ids": f"{ID};x"}, "not_an_id"),
        ({"ids[]": (ID, "x")}, "not_an_id"),
        ({"ids": ";"}, "no_lead_id"),
        ({"id": '""'}, "no_lead_id"),
        ({"id": "\u200b\u00a0"}, "no_lead_id"),
        ({"id": "3652 397"}, "not_an_id"),
        ({"id": "3652\u00a0397"}, "not_an_id"),
        ({"id": "#12"}, "not_an_id"),
        ({"id": "[12]"}, "not_an_id"),
        ({"id": "ines@harbourmill.example"}, "not_an_id"),
        ({"Module": "Contacts", "id": ID}, "other_module"),
        ({"MODULE": {"api_name": "Deals"}, "id": ID}, "other_module"),
        ({"data": {"Module Name": "Accounts", "id": ID}}, "other_module"),
    ],
    ids=repr,
)
def test_each_refusal_has_its_reason(fields: dict[str, object], reason: str) -> None:
    """What is wrong decides the reason; one bad id of several refuses them all."""
    assert refusal(fields) == reason


@pytest.mark.parametrize(
    "typed",
    [
        "{{lead.id}}",
        "{{ Leads.Lead Id }}",
        "$Leads.Id",
        "#Leads.Lead Id#",
        "# Leads.Lead Id",
        "$%7BLeads.Lead Id%7D",
        "%24%7BLeads.Lead%20Id%7D",
        "{!Lead.Id}",
        "{Leads.Lead Id}",
        "[Leads.Lead Id]",
        "[[lead_id]]",
        "%lead_id%",
        "<%= lead.id %>",
        "<Lead Id>",
        "\u00abLeads.Id\u00bb",
        "Leads.Lead Id",
        "lead_id",
        "#\u30ea\u30fc\u30c9.\u30ea\u30fc\u30c9 ID#",
        "'${Leads.Lead Id}'",
    ],
)
def test_a_merge_field_that_was_typed_is_told_so(typed: str) -> None:
    """In the spellings of Zoho's own pages and of other template languages, alone or in a list."""
    for fields in ({"id": typed}, {"ids": [ID, typed]}, {"ids": typed}, {"payload": {"lead_id": typed}}):
        assert refusal(fields) == "unresolved_merge_field", fields


@pytest.mark.parametrize("typed", ["${Leads.Lead Id}", "#Leads.Lead Id#", "%lead_id%", "$Leads.Id", "<Lead Id>"])
def test_a_body_that_is_only_a_typed_merge_field_is_told_so(typed: str) -> None:
    """A form reads it as a name without a value."""
    assert refusal({typed: ""}) == "unresolved_merge_field"


@pytest.mark.parametrize("name", ["#Leads.Lead Id#x", "$approved", "Lead Name", "leads.name"], ids=repr)
def test_a_field_of_another_name_is_no_merge_field(name: str) -> None:
    """Zoho's own records have names with a $."""
    assert refusal({name: "x"}) == "no_lead_id"


@pytest.mark.parametrize(
    "shown",
    [
        "\u00a0{}",
        "{}\u00a0",
        "\u200b{}\u200d",
        "\ufeff{}",
        "\u2060{}",
        '"{}"',
        "'{}'",
        "\u201c{}\u201d",
        ' " {} " ',
        "\u3000{}",
    ],
    ids=repr,
)
def test_what_pasting_and_templates_put_around_an_id_does_not_matter(shown: str) -> None:
    """Blanks of all kinds, invisible characters and quotes."""
    sent = shown.format(ID)
    assert read_lead_ids({"lead_id": sent}) == read_lead_ids({"ids": [sent]}) == read_lead_ids({"ids": sent}) == (ID,)


def test_an_invisible_character_inside_an_id_does_not_matter() -> None:
    """Nobody sees it where it was copied from."""
    assert read_lead_ids({"lead_id": f"{ID[:7]}\u200b{ID[7:]}"}) == (ID,)


def test_twenty_digits_are_an_id() -> None:
    """64 bits have at most twenty."""
    assert read_lead_ids({"id": "1" * 20}) == ("1" * 20,)


@pytest.mark.parametrize("value", ["Ines Okafor", "${Leads.Email}", "ines@harbourmill.example"])
def test_a_refusal_repeats_nothing_of_the_body(value: str) -> None:
    """The answer is logged by others, so it holds no value that was sent."""
    with pytest.raises(CallRefused) as caught:
        read_lead_ids({"id": value})
    assert value not in str(caught.value)
