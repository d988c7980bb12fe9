"""How the Zoho stand-in is made to do the rows about Convert Lead: a cause for an error, a check for the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.zoho import faults
from sandbox.zoho.deals import WITHOUT_PIPELINES
from sandbox.zoho.faults import Fault
from sandbox.zoho.users import SYSTEM_USER
from tests.vendor_pages.zoho_case import Case

DEAL = {"Deal_Name": "x", "Closing_Date": "2026-12-31", "Stage": "Qualification", "Pipeline": "Standard (Standard)"}


def lead_is(**state: Any) -> Callable[[Case], None]:
    """Return a cause: the state of the lead that is to be converted."""
    return lambda case: case.zoho.crm.change("Leads", case.lead, **state)


def converting(**item: Any) -> Callable[[Case], None]:
    """Return a cause: what the body of a conversion holds."""

    def cause(case: Case) -> None:
        case.item = item

    return cause


def contact_with_its_email(case: Case) -> None:
    case.zoho.crm.unique_fields = {"Contacts": ("Full_Name", "Last_Name")}
    case.add("Contacts")


CAUSES: Mapping[str, Callable[[Case], None]] = {
    "already converted": lambda case: case.zoho.crm.convert(case.lead),
    "locked lead": lead_is(Locked__s=True),
    "lead waits for approval": lead_is(**{"$approval_state": "pending"}),
    "unknown target": converting(Accounts={"id": "7203914000000000009"}),
    "deal without its fields": converting(Deals={"Deal_Name": "x"}),
    "stage of another pipeline": converting(Deals=DEAL | {"Pipeline": "Renewals"}),
    "value of a unique field": contact_with_its_email,
}
"""What makes the stand-in say the error's code by itself."""


def five_credits(case: Case) -> None:
    before = case.zoho.credits_spent
    case.converted()
    assert case.zoho.credits_spent == before + 5


def links_what_is_named(case: Case) -> None:
    account = case.zoho.crm.add("Accounts", Account_Name="Quarry")
    contact = case.zoho.crm.add("Contacts", Full_Name="Iva Moss")
    made = case.converted(Accounts={"id": account}, Contacts={"id": contact})
    assert (made["Accounts"]["id"], made["Contacts"]["id"]) == (account, contact)


def not_in_v8(case: Case) -> None:
    case.version = "v8"
    assert case.refused(Accounts={"id": "1"})["details"]["api_name"] == "Accounts"
    case.converted(add_to_existing_record=True)


def account_of_the_contact(case: Case, *, overwrite: bool) -> str:
    """Convert into a contact with an account, and return the name of the account that it then has."""
    crm = case.zoho.crm
    contact = crm.add(
        "Contacts",
        Full_Name="Iva Moss",
        Account_Name=crm.lookup("Accounts", crm.add("Accounts", Account_Name="Quarry")),
    )
    case.converted(Contacts={"id": contact}, overwrite=overwrite)
    record = crm.get("Contacts", contact)
    assert record is not None
    return str(record["Account_Name"]["name"])  # type: ignore[index]  # a lookup


def overwrites(case: Case) -> None:
    assert account_of_the_contact(case, overwrite=True) == "Fernhill"


def keeps_the_account(case: Case) -> None:
    assert account_of_the_contact(case, overwrite=False) == "Quarry"


def leads_create_is_enough(case: Case) -> None:
    case.zoho.tokens.scopes = {"ZohoCRM.modules.leads.CREATE"}
    assert case.converted(Deals=DEAL)["Deals"]


def names_the_contact_s_account(case: Case) -> None:
    crm = case.zoho.crm
    quarry = crm.lookup("Accounts", crm.add("Accounts", Account_Name="Quarry"))
    contact = crm.add("Contacts", Full_Name="Iva Moss", Account_Name=quarry)
    assert case.converted(Contacts={"id": contact})["Accounts"] == quarry


def owner(case: Case) -> None:
    case.converted(assign_to={"id": SYSTEM_USER})
    assert case.zoho.crm.all("Contacts")[0]["Owner"]["id"] == SYSTEM_USER  # type: ignore[index]  # a lookup
    case.lead = case.zoho.crm.add("Leads", Full_Name="Ro Fern")
    assert case.refused(assign_to={"id": "1"})["message"] == "Non Subordinate User Found"


def flags_alone(case: Case) -> None:
    assert case.refused(notify_lead_owner="yes")["code"] == "INVALID_DATA"
    assert case.refused(notify_new_entity_owner="yes")["code"] == "INVALID_DATA"
    case.converted(notify_lead_owner=True, notify_new_entity_owner=False)


def carries_tags(case: Case) -> None:
    case.zoho.crm.change("Leads", case.lead, Tag=[{"name": "hot"}])
    case.converted(carry_over_tags={"Contacts": ["hot"], "Accounts": []})
    assert case.zoho.crm.all("Contacts")[0]["Tag"] == [{"name": "hot"}]


def four_fields_of_a_deal(case: Case) -> None:
    for name in DEAL:
        said = case.refused(Deals={**DEAL, name: ""})
        assert (said["code"], said["details"]["api_name"]) == ("MANDATORY_NOT_FOUND", name)
    assert case.converted(Deals=DEAL)["Deals"]["name"] == "x"


def mandatory_fields_of_the_org(case: Case) -> None:
    case.zoho.crm.deals.mandatory = ("Region",)
    assert case.refused(Deals=DEAL)["details"]["json_path"] == "$.data[0].Region"


def long_deal_name(case: Case) -> None:
    assert case.refused(Deals=DEAL | {"Deal_Name": "x" * 121})["details"]["maximum_length"] == 120
    assert case.converted(Deals=DEAL | {"Deal_Name": "x" * 120})


def no_pipeline_in_the_org(case: Case) -> None:
    case.zoho.crm.deals.layouts = (WITHOUT_PIPELINES,)
    case.converted(Deals={name: value for name, value in DEAL.items() if name != "Pipeline"})


def values_not_labels(case: Case) -> None:
    assert case.refused(Deals=DEAL | {"Stage": "Identify Decision Makers"})["code"] == "MAPPING_MISMATCH"
    case.converted(Deals=DEAL | {"Stage": "Id. Decision Makers"})


def three_records(case: Case) -> None:
    made = case.converted(Deals=DEAL)
    assert [sorted(made[module]) for module in ("Contacts", "Accounts", "Deals")] == [["id", "name"]] * 3


def null_records(case: Case) -> None:
    case.zoho.crm.change("Leads", case.lead, Company=None)
    made = case.converted()
    assert (made["Accounts"], made["Deals"]) == (None, None)


def a_job(case: Case) -> None:
    case.zoho.on("convert", Fault.SCHEDULED, times=1)
    answer = case.send()
    (item,) = answer.json()["data"]
    assert (answer.status_code, item["code"], list(item["details"])) == (202, "SCHEDULED", ["job_id"])
    case.zoho.run_jobs()
    assert len(case.zoho.crm.conversions(case.lead)) == 1


def refused_with_202(case: Case) -> None:
    case.zoho.on("convert", faults.VALIDATION_ERRORS, times=1)
    answer = case.send()
    assert (answer.status_code, answer.json()["data"][0]["status"]) == (202, "error")


def not_editable(case: Case) -> None:
    account = case.zoho.crm.add("Accounts", Account_Name="Fernhill", **{"$editable": False})
    case.zoho.crm.change("Leads", case.lead, Website="https://fernhill.example")
    case.converted(Accounts={"id": account})
    assert (case.zoho.crm.get("Accounts", account) or {})["Website"] is None


def shown_by_the_lead(case: Case) -> None:
    case.converted()
    lead = case.zoho.crm.get("Leads", case.lead) or {}
    assert lead["Converted__s"]
    assert set(lead["$converted_detail"]) == {"contact", "account", "deal", "converted_by", "convert_date"}  # type: ignore[call-overload]
    assert lead["Converted_Date_Time"]


def converts_again(case: Case) -> None:
    case.zoho.crm.converts_again = True
    first, second = case.converted(), case.converted()
    assert first["Contacts"]["id"] != second["Contacts"]["id"]
    assert len(case.zoho.crm.conversions(case.lead)) == 2


def locked_target(case: Case) -> None:
    account = case.zoho.crm.add("Accounts", Account_Name="Fernhill", Locked__s=True)
    assert case.refused(Accounts={"id": account})["code"] == "RECORD_LOCKED"


CHECKS: Mapping[str, Callable[[Case], None]] = {
    "five credits": five_credits,
    "links what is named": links_what_is_named,
    "not in v8": not_in_v8,
    "overwrites": overwrites,
    "keeps the account": keeps_the_account,
    "leads.CREATE is enough": leads_create_is_enough,
    "names the contact's account": names_the_contact_s_account,
    "an owner": owner,
    "flags alone": flags_alone,
    "carries tags": carries_tags,
    "four fields of a deal": four_fields_of_a_deal,
    "mandatory fields of the org": mandatory_fields_of_the_org,
    "long deal name": long_deal_name,
    "no pipeline in the org": no_pipeline_in_the_org,
    "values, not labels": values_not_labels,
    "three records": three_records,
    "null records": null_records,
    "a job": a_job,
    "refused with 202": refused_with_202,
    "not editable": not_editable,
    "shown by the lead": shown_by_the_lead,
    "converts again": converts_again,
    "locked target": locked_target,
}
