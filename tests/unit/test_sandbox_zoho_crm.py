"""The stand-in's CRM keeps records in Zoho's shape."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.zoho.crm import Crm
from sandbox.zoho.ids import system_id
from sandbox.zoho.users import SYSTEM_USER


@pytest.fixture
def crm() -> Crm:
    return Crm()


def test_ids_are_19_digits_and_the_same_in_every_run():
    """Two CRMs that are filled alike give the same ids, so golden files can hold them."""
    one, other = Crm(), Crm()
    ids = [one.add("Leads", Full_Name="Iva Moss"), one.add("Accounts", Account_Name="Fernhill")]
    assert ids == [other.add("Leads", Full_Name="Iva Moss"), other.add("Accounts", Account_Name="Fernhill")]
    assert len(set(ids)) == 2
    assert all(len(record_id) == 19 and record_id.isdigit() for record_id in [*ids, system_id("Contacts")])


def test_a_new_record_has_every_field_that_zoho_shows(crm):
    """What is not given is filled in: a contact is editable, approved, not locked, and its basis is the word null."""
    contact = crm.get("Contacts", crm.add("Contacts", Full_Name="Iva Moss"))
    assert contact["$editable"] is True
    assert contact["$approval_state"] == "approved"
    assert contact["Locked__s"] is False
    assert contact["Data_Processing_Basis"] == "null"
    assert contact["Account_Name"] is None
    assert contact["Layout"]["name"] == "Standard"


def test_what_is_given_wins(crm):
    """A record can be locked, not editable or on another layout."""
    account_id = crm.add("Accounts", Account_Name="Fernhill", Locked__s=True, **{"$editable": False})
    account = crm.get("Accounts", account_id)
    assert (account["Locked__s"], account["$editable"]) == (True, False)


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"First_Name": "Iva", "Last_Name": "Moss"}, ("Iva", "Moss", "Iva Moss")),
        ({"Last_Name": "Moss"}, (None, "Moss", "Moss")),
        ({"Full_Name": "Iva de Moss"}, ("Iva de", "Moss", "Iva de Moss")),
        ({"Full_Name": "Moss"}, (None, "Moss", "Moss")),
        ({"Full_Name": "Dr. Moss", "First_Name": "Iva", "Last_Name": "Moss"}, ("Iva", "Moss", "Dr. Moss")),
        ({"Company": "Fernhill"}, (None, None, None)),
    ],
)
def test_the_full_name_and_its_parts_follow_each_other(crm, given, names):
    """Either can be given; what is given explicitly stays."""
    lead = crm.get("Leads", crm.add("Leads", **given))
    assert (lead["First_Name"], lead["Last_Name"], lead["Full_Name"]) == names


def test_a_changed_name_changes_the_full_name_and_another_change_leaves_it(crm):
    """Only a change of a part touches the full name."""
    lead_id = crm.add("Leads", Full_Name="Dr. Moss", First_Name="Iva", Last_Name="Moss")
    crm.change("Leads", lead_id, Email="iva@fernhill.example")
    assert crm.get("Leads", lead_id)["Full_Name"] == "Dr. Moss"
    crm.change("Leads", lead_id, Last_Name="Reed")
    assert crm.get("Leads", lead_id)["Full_Name"] == "Iva Reed"


def test_a_record_that_was_handed_out_can_be_spoilt_without_harm(crm):
    """What goes in and comes out are copies, down to the lookups."""
    lookup = {"name": "Fernhill", "id": "7203914000000000001"}
    contact_id = crm.add("Contacts", Full_Name="Iva Moss", Account_Name=lookup)
    lookup["name"] = "spoilt"
    crm.get("Contacts", contact_id)["Account_Name"]["name"] = "spoilt"
    crm.find("Contacts", "Full_Name", "Iva Moss")[0]["Layout"]["name"] = "spoilt"
    contact = crm.get("Contacts", contact_id)
    assert contact["Account_Name"]["name"] == "Fernhill"
    assert crm.get("Contacts", crm.add("Contacts"))["Layout"]["name"] == contact["Layout"]["name"] == "Standard"


def test_a_converted_lead_says_so_in_all_of_zohos_ways(crm):
    """The flag, the field, the lookups and the detail agree."""
    account_id = crm.add("Accounts", Account_Name="Fernhill")
    contact_id = crm.add("Contacts", Full_Name="Iva Moss", Account_Name=crm.lookup("Accounts", account_id))
    lead_id = crm.add("Leads", Full_Name="Iva Moss")
    crm.convert(lead_id, contact_id=contact_id, account_id=account_id)
    lead = crm.get("Leads", lead_id)
    assert lead["Converted__s"] is lead["$converted"] is True
    assert lead["Converted_Contact"] == {"name": "Iva Moss", "id": contact_id}
    assert lead["Converted_Account"] == {"name": "Fernhill", "id": account_id}
    detail = lead["$converted_detail"]
    assert {name: detail[name] for name in ("contact", "account", "deal")} == {
        "contact": contact_id,
        "account": account_id,
        "deal": None,
    }
    assert (detail["converted_by"], detail["convert_date"]) == (SYSTEM_USER, lead["Converted_Date_Time"])


def test_a_lead_can_be_converted_into_a_contact_only(crm):
    """What was not named stays empty."""
    lead_id = crm.add("Leads", Full_Name="Iva Moss")
    crm.convert(lead_id, contact_id=crm.add("Contacts", Full_Name="Iva Moss"))
    assert crm.get("Leads", lead_id)["Converted_Account"] is None


def test_unknown_records(crm):
    """Reading an unknown record gives None, as HTTP will say 204; changing one is a mistake of the caller."""
    assert crm.get("Leads", "1") is None
    with pytest.raises(KeyError):
        crm.change("Leads", "1", Company="Fernhill")


def test_find_ignores_case_and_never_finds_the_empty(crm):
    """Zoho compares exactly but for case; two empty fields are not a match."""
    crm.add("Contacts", Full_Name="Iva Moss", Email="Iva@Fernhill.example")
    assert len(crm.find("Contacts", "Email", "iva@fernhill.EXAMPLE ")) == 1
    assert crm.find("Contacts", "Email", "iva@fernhill") == []
    assert crm.find("Contacts", "Phone", None) == crm.find("Contacts", "Phone", " ") == []


def test_many_threads_can_add(crm):
    """No id is given twice and no record is lost."""
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda n: crm.add("Leads", Full_Name=f"Lead {n}"), range(400)))
    assert len(set(ids)) == 400
    assert all(crm.get("Leads", lead_id) for lead_id in ids)
