"""Good answers are read permissively: whatever part is null, absent or odd, nothing raises and nothing is invented."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.http import Answer
from chalicelib.verdict.model import ConversionOptions, Evidence, Lead, Record, Reference
from chalicelib.zoho.answers import LEAD_FIELDS, MAX_VALUE_LENGTH, read_lead, read_options

EMPTY = ConversionOptions(matched={"Contacts": (), "Accounts": (), "Deals": ()})
KEYS = st.sampled_from(
    [
        *("__conversion_options", "data", "Contacts", "Accounts", "Deals", "id", "field", "api_name", "name"),
        *("preference_field_matched_value", "module_preference", "modules_with_multiple_layouts", "unique"),
        *("matched_lead_value", "Account_Name", "Full_Name", "Locked__s", "$editable", "Converted__s", *LEAD_FIELDS),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("null") | st.just("71"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=3), inner, max_size=6),
    max_leaves=20,
)


def options(**parts: Any) -> ConversionOptions:
    return read_options({"__conversion_options": parts})


def contact(**fields: Any) -> Record:
    (record,) = options(Contacts=[{"id": "71", **fields}]).contacts or ()
    return record


def test_an_answer_without_a_body_matches_nothing() -> None:
    """HTTP 204 has no body; deals were not spoken of."""
    assert read_options(None) == ConversionOptions(contacts=(), accounts=(), deals=None)


@pytest.mark.parametrize("body", [{}, [], "", {"__conversion_options": None}, {"__conversion_options": {}}])
def test_an_empty_answer_with_a_body_is_no_answer(body: object) -> None:
    """Only Zoho may say that nothing matches."""
    read = read_options(body)
    assert (read.contacts, read.accounts) == (None, None)


@pytest.mark.parametrize("nothing", [None, [], "null"])
def test_a_null_part_is_like_an_empty_one(nothing: object) -> None:
    """Zoho writes nothing in several ways; named, even deals are answered with none."""
    parts = (
        "Contacts",
        "Accounts",
        "preference_field_matched_value",
        "module_preference",
        "modules_with_multiple_layouts",
    )
    assert options(**dict.fromkeys(parts, nothing)) == EMPTY
    assert options(Deals=nothing).deals == ()


@pytest.mark.parametrize("odd", [{}, "", 0, False, "x", {"id": "1"}])
def test_a_part_of_another_type_is_no_answer(odd: object) -> None:
    """It is not read as "nothing matches"."""
    read = options(Contacts=odd, Accounts=[], Deals=odd)
    assert (read.contacts, read.accounts, read.deals) == (None, (), None)


def test_evidence_without_a_record_is_no_answer() -> None:
    """Something matched, and Zoho does not show us what."""
    matched = {"Contacts": [{"field": {"api_name": "Email"}, "matched_lead_value": "ada@zylker.example"}]}
    read = options(Contacts=[], Accounts=None, preference_field_matched_value=matched)
    assert (read.contacts, read.accounts) == (None, ())


def test_null_as_a_word_is_nothing() -> None:
    """Zoho sends the four letters for an empty consent; the name Null with its capital stays."""
    record = contact(Full_Name="Null", Data_Processing_Basis="null", Email="null", Phone=" null ")
    assert (record.name, record.consent, record.fields) == ("Null", "", {"Full_Name": "Null"})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (" a\n", "a"),
        (12, "12"),
        (1.5, "1.5"),
        (True, None),
        (None, None),
        ({"name": "x"}, None),
        ([], None),
    ],
)
def test_plain_values_become_text(value: object, text: str | None) -> None:
    """Only texts and numbers are fields of a record; booleans, lookups and lists are not."""
    assert contact(Score=value).fields == ({} if text is None else {"Score": text})


def test_system_parts_are_no_fields() -> None:
    """What begins with $ and the id are not compared with the lead."""
    assert contact(**{"$approval_state": "pending", "$x": "y", "": "z", "Locked__s": "no"}).fields == {}


def test_of_a_records_owner_the_name_is_kept() -> None:
    """Where an org's answer has one; people see by it which of two records is a colleague's."""
    owner = {"name": "Rosa Quill", "id": "9001", "email": "rosa@seller.example"}
    assert contact(Owner=owner).fields == {"Owner": "Rosa Quill"}
    assert contact(Owner={"id": "9001"}).fields == {}


def test_a_long_value_is_cut() -> None:
    """No value of the CRM makes our messages unbounded."""
    assert contact(Full_Name="x" * 10_000).name == "x" * MAX_VALUE_LENGTH


@pytest.mark.parametrize("odd", ["true", 1, "1", None, [], {}])
def test_only_a_boolean_locks(odd: object) -> None:
    """Odd values neither lock a record nor make it uneditable."""
    record = contact(**{"Locked__s": odd, "$editable": odd})
    assert (record.locked, record.editable) == (False, True)
    assert contact(Locked__s=True).locked
    assert not contact(**{"$editable": False}).editable


@pytest.mark.parametrize("odd", [None, "", "null", "abc", "7.1", "-7", "\u0667", True, ["71"], {"id": "71"}])
def test_a_record_without_an_id_makes_the_answer_none(odd: object) -> None:
    """Nobody can convert into what has no id, and nobody may think that it is not there."""
    assert options(Contacts=[{"id": "71"}, {"id": odd, "Full_Name": "Ada Park"}]).contacts is None
    assert contact(Account_Name={"id": odd, "name": "Kestrel Labs"}).account is None


def test_an_id_keeps_nineteen_digits() -> None:
    """Even one that comes as a number."""
    answer = Answer(200, {}, b'{"__conversion_options": {"Contacts": [{"id": 9007199254740993123}]}}')
    (record,) = read_options(answer.json()).contacts or ()
    assert record.id == "9007199254740993123"


def test_the_account_of_a_contact_is_a_reference() -> None:
    """Its id, name and lock."""
    record = contact(Account_Name={"id": "72", "name": "Kestrel Labs", "Locked__s": True})
    assert record.account == Reference("72", "Kestrel Labs", locked=True)
    assert contact(Account_Name="Kestrel Labs").account is None


@pytest.mark.parametrize(("unique", "read"), [(True, True), (False, False), (None, None), ("true", None), (1, None)])
def test_unique_is_true_false_or_unknown(unique: object, read: bool | None) -> None:  # noqa: FBT001 - of pytest
    """Null means unknown, not false."""
    item = {"field": {"api_name": "Last_Name", "unique": unique}, "matched_lead_value": "Park"}
    matched = options(preference_field_matched_value={"Contacts": [item]}).matched
    assert matched["Contacts"] == (Evidence("Last_Name", "Last Name", "Park", read),)


@pytest.mark.parametrize("body", [None, {}, {"data": None}, {"data": []}, {"data": [{}]}, {"data": {"id": "71"}}, []])
def test_no_lead(body: object) -> None:
    """What holds no lead with an id is none."""
    assert read_lead(body) is None


def test_a_lead_is_named_by_its_parts_when_it_must() -> None:
    """Full name first; a mobile stands in for the phone."""
    parts = {"id": "71", "First_Name": "Ada", "Last_Name": "Park", "Mobile": "+45 1"}
    assert read_lead({"data": [parts]}) == Lead("71", name="Ada Park", phone="+45 1")
    full = read_lead({"data": [{**parts, "Full_Name": "Dr Ada Park", "Phone": "+45 2"}]})
    assert full == Lead("71", name="Dr Ada Park", phone="+45 2")


@pytest.mark.parametrize("name", ["Converted__s", "$converted", "Converted", "converted", "CONVERTED", "$Converted"])
def test_either_flag_says_converted(name: str) -> None:
    """API versions name it differently, and automations write it as text or number; what says no does not count."""

    def converted(value: object) -> bool:
        lead = read_lead({"data": [{"id": "71", name: value}]})
        return lead is not None and lead.converted

    assert all(
        converted(value) for value in (True, "true", "True", " TRUE ", "1", 1, "yes", "Y", "on", 1.0, "t", "1.0")
    )
    assert not any(
        converted(value) for value in (False, None, "false", "0", 0, "", "null", [], {}, "no", "N", "off", 0.0, 2)
    )


NO_RECORD = (
    *(None, "", "null", {}, {"id": None, "name": None}, [], [{}], False, 0, "0", "-", "false", "No", "n/a", " "),
    *({"id": "", "module": "Contacts"}, {"Account_Name": None}, [None, "-"]),
)


@pytest.mark.parametrize("value", [{"Account_Name": "Zylker"}, True, "true", 71, ["71"], [{"Full_Name": "Ada Park"}]])
def test_anything_that_stands_for_a_converted_record_says_converted(value: object) -> None:
    """Zoho documents an object with name and id; a flag, an id or an object with other keys says the same."""
    lead = read_lead({"data": [{"id": "71", "Converted_Account": value}]})
    assert lead is not None
    assert lead.converted


@pytest.mark.parametrize("name", ["Converted_Contact", "Converted_Account", "Converted_Deal"])
def test_a_record_that_came_of_it_says_converted(name: str) -> None:
    """As an object or as its id alone; what names no record does not count."""

    def converted(value: object) -> bool:
        lead = read_lead({"data": [{"id": "71", "Converted__s": False, name: value}]})
        return lead is not None and lead.converted

    assert all(
        converted(value)
        for value in ({"id": "9", "name": "Zylker"}, {"id": "9"}, {"name": "Zylker"}, "9", 9, [{"id": "9"}])
    )
    assert not any(converted(value) for value in NO_RECORD)


@settings(max_examples=500)
@given(JSON)
def test_no_json_value_raises(value: object) -> None:
    """Whatever JSON an org sends, both readers give something of the right kind."""
    wrapped = {"__conversion_options": value, "data": [value]}
    for body in (value, wrapped):
        result = read_options(body)
        for record in (*(result.contacts or ()), *(result.accounts or ()), *(result.deals or ())):
            assert record.id.isdigit()
        json.dumps([result.module_preference, result.modules_with_multiple_layouts])
        lead = read_lead(body)
        assert lead is None or lead.id.isdigit()
