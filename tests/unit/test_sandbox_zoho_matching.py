"""The stand-in finds what Zoho would find, and says it in Zoho's shape."""

from __future__ import annotations

import pytest

from sandbox.zoho.crm import Crm
from sandbox.zoho.matching import conversion_options

CONTACT_KEYS = {
    "Full_Name",
    "Email",
    "Layout",
    "Locked__s",
    "Account_Name",
    "$editable",
    "id",
    "$approval_state",
    "Data_Processing_Basis",
}
ACCOUNT_KEYS = {
    "Layout",
    "Phone",
    "Account_Type",
    "Locked__s",
    "Website",
    "Account_Name",
    "$editable",
    "id",
    "$approval_state",
}


@pytest.fixture
def crm() -> Crm:
    return Crm()


def found(crm: Crm, **lead: object) -> dict | None:
    return conversion_options(crm, crm.get("Leads", crm.add("Leads", **lead)))


def ids(records: list[dict] | None) -> list[str]:
    return [record["id"] for record in records or []]


def matched(answer: dict, module: str) -> list[tuple]:
    entries = answer["preference_field_matched_value"][module] or []
    return [(entry["field"]["api_name"], entry["matched_lead_value"]) for entry in entries]


def test_a_match_in_both_modules_has_the_shape_of_zohos_answer(crm):
    """The same keys at every level as the documented answer, with the values that Zoho's sample explains."""
    account_id = crm.add("Accounts", Account_Name="Fernhill")
    contact_id = crm.add("Contacts", Full_Name="Iva Moss", Account_Name=crm.lookup("Accounts", account_id))
    crm.layouts = ("Contacts", "Deals")
    answer = found(crm, Full_Name="Iva Moss", Company="Fernhill")

    assert set(answer) == {
        "module_preference",
        "Contacts",
        "preference_field_matched_value",
        "Accounts",
        "modules_with_multiple_layouts",
    }
    assert answer["module_preference"]["api_name"] == "Accounts"
    assert set(answer["module_preference"]) == {"api_name", "id"}
    (contact,) = answer["Contacts"]
    (account,) = answer["Accounts"]
    assert set(contact) == CONTACT_KEYS
    assert set(account) == ACCOUNT_KEYS
    assert contact["Account_Name"] == {"name": "Fernhill", "id": account_id, "Locked__s": False}
    assert (contact["id"], account["id"]) == (contact_id, account_id)
    (entry,) = answer["preference_field_matched_value"]["Contacts"]
    assert set(entry) == {"field", "matched_lead_value"}
    assert entry["field"] | {"id": ""} == {
        "api_name": "Full_Name",
        "field_label": "Full Name",
        "unique": None,
        "id": "",
    }
    assert [layout["api_name"] for layout in answer["modules_with_multiple_layouts"]] == ["Contacts", "Deals"]


def test_nothing_matched(crm):
    """No match is no answer at all."""
    crm.add("Contacts", Full_Name="Iva Moss", Email="iva@fernhill.example")
    assert found(crm, Full_Name="Ola Reed", Company="Brightwater", Email="ola@brightwater.example") is None


def test_nothing_matched_but_a_module_has_several_layouts(crm):
    """Then there is an answer, and all but the layouts is null."""
    crm.layouts = ("Contacts",)
    answer = found(crm, Full_Name="Ola Reed")
    assert [layout["api_name"] for layout in answer.pop("modules_with_multiple_layouts")] == ["Contacts"]
    assert answer == dict.fromkeys(
        ("module_preference", "Contacts", "preference_field_matched_value", "Accounts"),
    )


def test_a_module_without_a_match_is_null(crm):
    """One that matched beside it is not."""
    crm.add("Accounts", Account_Name="Fernhill")
    answer = found(crm, Full_Name="Ola Reed", Company="FERNHILL")
    assert answer["Contacts"] is answer["preference_field_matched_value"]["Contacts"] is None
    assert answer["modules_with_multiple_layouts"] is None
    assert matched(answer, "Accounts") == [("Account_Name", "FERNHILL")]


@pytest.mark.parametrize(
    ("lead", "preference"),
    [
        ({"Email": "iva@fernhill.example", "Company": "Fernhill", "Full_Name": "Iva Moss"}, "Contacts"),
        ({"Company": "Fernhill", "Full_Name": "Iva Moss"}, "Accounts"),
        ({"Company": "Elsewhere", "Full_Name": "Iva Moss"}, "Contacts"),
    ],
)
def test_the_preferred_module_without_unique_fields(crm, lead, preference):
    """A contact's email comes before an account's name, and that before a contact's name."""
    crm.add("Accounts", Account_Name="Fernhill")
    crm.add("Contacts", Full_Name="Iva Moss", Email="iva@fernhill.example")
    assert found(crm, **lead)["module_preference"]["api_name"] == preference


def test_records_that_matched_on_different_fields(crm):
    """Each record is listed once, each field once, and a field that matched is shown on the records."""
    by_phone = crm.add("Contacts", Full_Name="Front Desk", Phone="555 0101")
    by_email = crm.add("Contacts", Full_Name="Iva Moss", Email="iva@fernhill.example")
    account = crm.add("Accounts", Account_Name="Fernhill", Phone="555 0101", Website="https://fernhill.example")
    lead = {"Email": "iva@fernhill.example", "Company": "Fernhill", "Phone": "555 0101"}
    answer = found(crm, Full_Name="I. Moss", Website="https://fernhill.example", **lead)
    assert ids(answer["Contacts"]) == [by_email, by_phone]
    assert ids(answer["Accounts"]) == [account]
    assert [name for name, _ in matched(answer, "Contacts")] == ["Email", "Phone"]
    assert [name for name, _ in matched(answer, "Accounts")] == ["Account_Name", "Phone", "Website"]
    assert [contact["Phone"] for contact in answer["Contacts"]] == [None, "555 0101"]


def test_an_org_that_matches_the_documented_fields_only(crm):
    """Without further fields a phone is not compared."""
    crm.also_matched = {}
    crm.add("Contacts", Full_Name="Front Desk", Phone="555 0101")
    assert found(crm, Full_Name="Iva Moss", Phone="555 0101") is None


def test_unique_fields_decide_their_module_and_email_comes_last(crm):
    """A unique field of contacts is preferred; system fields of contacts are then not compared, those of accounts are."""
    crm.unique_fields = {"Contacts": ("Email", "Customer_Number")}
    unique = crm.add("Contacts", Full_Name="Iva Moss", Email="iva@fernhill.example", Customer_Number="C-7")
    crm.add("Contacts", Full_Name="Ola Reed")
    account = crm.add("Accounts", Account_Name="Fernhill")
    answer = found(crm, Full_Name="Ola Reed", Company="Fernhill", Email="iva@fernhill.example", Customer_Number="C-7")
    assert ids(answer["Contacts"]) == [unique]
    assert ids(answer["Accounts"]) == [account]
    assert [name for name, _ in matched(answer, "Contacts")] == ["Customer_Number", "Email"]
    assert [entry["field"]["unique"] for entry in answer["preference_field_matched_value"]["Contacts"]] == [True, True]
    assert answer["module_preference"]["api_name"] == "Contacts"


def test_accounts_come_first_when_only_they_have_a_unique_field(crm):
    """Even before a contact with the same email."""
    crm.unique_fields = {"Accounts": ("Phone",)}
    crm.add("Contacts", Full_Name="Iva Moss", Email="iva@fernhill.example")
    crm.add("Accounts", Account_Name="Fernhill", Phone="555 0101")
    answer = found(crm, Full_Name="Iva Moss", Email="iva@fernhill.example", Phone="555 0101")
    assert answer["module_preference"]["api_name"] == "Accounts"
    assert [name for name, _ in matched(answer, "Contacts")] == ["Email", "Full_Name"]


def test_unique_fields_that_find_nothing_leave_it_to_the_system_fields(crm):
    """A unique field without a match does not hide a name; the field that then matched is not called unique."""
    crm.unique_fields = {"Contacts": ("Customer_Number",)}
    contact = crm.add("Contacts", Full_Name="Iva Moss", Customer_Number="C-7")
    answer = found(crm, Full_Name="iva moss", Customer_Number="C-8")
    assert ids(answer["Contacts"]) == [contact]
    assert answer["preference_field_matched_value"]["Contacts"][0]["field"]["unique"] is None


def test_states_that_block_a_conversion_are_passed_on(crm):
    """A locked account shows on the contact's lookup as well."""
    account = crm.add("Accounts", Account_Name="Fernhill", Locked__s=True)
    state = {"$approval_state": "approval_process_pending", "Data_Processing_Basis": "Consent - Stop Processing"}
    crm.add("Contacts", Full_Name="Iva Moss", Account_Name=crm.lookup("Accounts", account), **state)
    (contact,) = found(crm, Full_Name="Iva Moss")["Contacts"]
    assert {name: contact[name] for name in state} == state
    assert contact["Account_Name"]["Locked__s"] is True


def test_a_hundred_records_are_the_most(crm):
    """What Zoho found beyond that, it does not say."""
    for _ in range(103):
        crm.add("Contacts", Full_Name="Iva Moss")
    assert len(found(crm, Full_Name="Iva Moss")["Contacts"]) == 100
