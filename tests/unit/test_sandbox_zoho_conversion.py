"""The Zoho stand-in converts leads as Zoho does: what is linked and made, what is refused, and every answer that says too little."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from sandbox.zoho import faults
from sandbox.zoho.crm import Crm
from sandbox.zoho.deals import WITHOUT_PIPELINES
from sandbox.zoho.faults import Answer, Fault, Meanwhile, Slow
from sandbox.zoho.server import ZohoStandIn
from sandbox.zoho.users import SYSTEM_USER

CREDENTIALS = {"client_id": "1000.CLIENT", "client_secret": "hush", "refresh_token": "1000.refresh"}
REFRESH = CREDENTIALS | {"grant_type": "refresh_token"}
DEAL = {
    "Deal_Name": "Fernhill",
    "Closing_Date": "2026-12-31",
    "Stage": "Qualification",
    "Pipeline": "Standard (Standard)",
}
Convert = Callable[..., requests.Response]


@pytest.fixture
def crm() -> Crm:
    return Crm()


@pytest.fixture
def zoho(crm: Crm) -> Iterator[ZohoStandIn]:
    with ZohoStandIn(crm, **CREDENTIALS) as stand_in:
        yield stand_in


@pytest.fixture
def lead_id(crm: Crm) -> str:
    tags = [{"name": "fair"}, {"name": "hot"}]
    return crm.add("Leads", Full_Name="Iva Moss", Company="Fernhill", Email="iva@fernhill.example", Tag=tags)


@pytest.fixture
def convert(zoho: ZohoStandIn, lead_id: str) -> Iterator[Convert]:
    """Return what calls Convert Lead for the lead, or for another id, on v7 or another version."""
    with requests.Session() as session:
        token = session.post(f"{zoho.url}/oauth/v2/token", data=REFRESH).json()["access_token"]
        headers = {"Authorization": f"Zoho-oauthtoken {token}"}

        def call(*, of: str = lead_id, version: str = "v7", **item: Any) -> requests.Response:
            url = f"{zoho.url}/crm/{version}/Leads/{of}/actions/convert"
            return session.post(url, json={"data": [item]}, headers=headers, timeout=30)

        yield call


def details(answer: requests.Response) -> dict[str, Any]:
    """Return what a good answer says about the records."""
    assert answer.status_code == 200, answer.text
    (item,) = answer.json()["data"]
    assert (item["code"], item["status"]) == ("SUCCESS", "success")
    return dict(item["details"])


def refusal(answer: requests.Response) -> tuple[int, str, str]:
    """Return status, code and, for what the body holds, where the fault is."""
    body = answer.json()
    item = body["data"][0] if "data" in body else body
    assert item["status"] == "error"
    return answer.status_code, item["code"], item["details"].get("json_path", "")


def test_a_lead_becomes_a_contact_and_an_account(convert: Convert, crm: Crm, lead_id: str) -> None:
    """Both are made from the lead, linked, named in the answer and shown by the lead."""
    made = details(convert())
    contact, account = (crm.get(module, made[module]["id"]) for module in ("Contacts", "Accounts"))
    assert (contact["Full_Name"], contact["Email"]) == ("Iva Moss", "iva@fernhill.example")
    assert contact["Account_Name"] == made["Accounts"] == {"name": "Fernhill", "id": account["id"]}
    assert made["Deals"] is None
    lead = crm.get("Leads", lead_id)
    assert (lead["Converted_Contact"], lead["Converted_Account"]) == (made["Contacts"], made["Accounts"])
    (one,) = crm.conversions(lead_id)
    assert (one.contact_id, one.account_id, one.deal_id) == (contact["id"], account["id"], None)
    assert (one.by, set(one.made)) == (SYSTEM_USER, {"Contacts", "Accounts"})


def test_chosen_records_are_linked_and_their_empty_fields_filled(convert: Convert, crm: Crm, lead_id: str) -> None:
    """But nothing is written to a record that our user may not edit, and nobody says so."""
    account = crm.add("Accounts", Account_Name="Fernhill", **{"$editable": False})
    contact = crm.add("Contacts", Full_Name="Iva Moss", Account_Name=crm.lookup("Accounts", account))
    crm.change("Leads", lead_id, Website="https://fernhill.example")
    made = details(convert(Contacts={"id": contact}, Accounts={"id": account}, overwrite=False))
    assert (made["Contacts"]["id"], made["Accounts"]["id"]) == (contact, account)
    assert crm.get("Contacts", contact)["Email"] == "iva@fernhill.example"
    assert crm.get("Accounts", account)["Website"] is None
    assert crm.conversions(lead_id)[0].made == ()


@pytest.mark.parametrize(("overwrite", "expected"), [(False, "Quarry"), (True, "Fernhill")])
def test_overwrite_replaces_the_account_of_the_chosen_contact(
    convert: Convert, crm: Crm, *, overwrite: bool, expected: str
) -> None:
    """Else the contact keeps its own."""
    quarry = crm.add("Accounts", Account_Name="Quarry")
    contact = crm.add("Contacts", Full_Name="Iva Moss", Account_Name=crm.lookup("Accounts", quarry))
    made = details(convert(Contacts={"id": contact}, overwrite=overwrite))
    assert crm.get("Contacts", contact)["Account_Name"]["name"] == made["Accounts"]["name"] == expected


def test_a_lead_without_a_company_gets_no_account(convert: Convert, crm: Crm, lead_id: str) -> None:
    """As Zoho's sample shows: null."""
    crm.change("Leads", lead_id, Company=None)
    assert details(convert())["Accounts"] is None


def test_a_deal_is_made_with_its_links_and_the_wanted_owner(convert: Convert, crm: Crm) -> None:
    """It names the contact and the account, and keeps its own fields."""
    ada = crm.users.add("Ada Park", "ada.park@quillworks.example")
    made = details(convert(Deals=DEAL | {"Amount": 12.5}, assign_to={"id": ada}))
    deal = crm.get("Deals", made["Deals"]["id"])
    assert (deal["Stage"], deal["Amount"], deal["Owner"]["id"]) == ("Qualification", 12.5, ada)
    assert (deal["Contact_Name"], deal["Account_Name"]) == (made["Contacts"], made["Accounts"])
    assert made["Deals"]["name"] == "Fernhill"


def test_tags_are_carried_over_by_name(convert: Convert, crm: Crm) -> None:
    """Only to the modules that are named."""
    made = details(convert(carry_over_tags={"Contacts": ["hot"], "Accounts": []}))
    assert [tag["name"] for tag in crm.get("Contacts", made["Contacts"]["id"])["Tag"]] == ["hot"]
    assert crm.get("Accounts", made["Accounts"]["id"])["Tag"] == []


def test_an_org_without_pipelines_takes_a_stage_of_its_own(convert: Convert, crm: Crm) -> None:
    """And asks for no pipeline."""
    crm.deals.layouts = (WITHOUT_PIPELINES,)
    deal = {name: value for name, value in DEAL.items() if name != "Pipeline"}
    assert refusal(convert(Deals=deal | {"Stage": "Nowhere"}))[1:] == ("INVALID_DATA", "$.data[0].Stage")
    assert details(convert(Deals=deal))["Deals"]


LEADS: dict[str, tuple[dict[str, Any], str]] = {
    "locked": ({"Locked__s": True}, "RECORD_LOCKED"),
    "waits for approval": ({"$approval_state": "pending"}, "NOT_APPROVED"),
}


@pytest.mark.parametrize(("state", "code"), LEADS.values(), ids=LEADS)
def test_the_lead_s_own_state_refuses(
    convert: Convert, crm: Crm, lead_id: str, state: dict[str, Any], code: str
) -> None:
    """At the top of the answer, and nothing happens."""
    crm.change("Leads", lead_id, **state)
    assert refusal(convert()) == (400, code, "")
    assert (crm.conversions(), crm.all("Contacts")) == ([], [])


def test_a_second_conversion_is_refused(convert: Convert, crm: Crm, lead_id: str) -> None:
    """By whomever the first one was; an unknown lead is another thing."""
    details(convert())
    assert refusal(convert()) == (400, "ID_ALREADY_CONVERTED", "")
    assert refusal(convert(of="7203914000000000009")) == (400, "INVALID_DATA", "")
    assert refusal(convert(of="abc")) == (400, "INVALID_DATA", "")
    assert len(crm.conversions(lead_id)) == 1


ITEMS: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "unknown key": ({"add_to_existing_record": True}, ("INVALID_DATA", "add_to_existing_record")),
    "flag no flag": ({"overwrite": "no"}, ("INVALID_DATA", "overwrite")),
    "unknown account": ({"Accounts": {"id": "7203914000000000009"}}, ("INVALID_DATA", "Accounts")),
    "unknown contact": ({"Contacts": {"id": "7203914000000000009"}}, ("INVALID_DATA", "Contacts")),
    "account no object": ({"Accounts": "7203914000000000009"}, ("INVALID_DATA", "Accounts")),
    "unknown owner": ({"assign_to": {"id": "1"}}, ("INVALID_DATA", "Owner")),
    "deal no object": ({"Deals": "x"}, ("INVALID_DATA", "Deals")),
    "deal without name": ({"Deals": DEAL | {"Deal_Name": ""}}, ("MANDATORY_NOT_FOUND", "Deal_Name")),
    "deal without pipeline": ({"Deals": DEAL | {"Pipeline": ""}}, ("MANDATORY_NOT_FOUND", "Pipeline")),
    "no such pipeline": ({"Deals": DEAL | {"Pipeline": "Nowhere"}}, ("INVALID_DATA", "Pipeline")),
    "stage of another pipeline": ({"Deals": DEAL | {"Pipeline": "Renewals"}}, ("MAPPING_MISMATCH", "Stage")),
    "stage by its label": ({"Deals": DEAL | {"Stage": "Identify Decision Makers"}}, ("MAPPING_MISMATCH", "Stage")),
    "date no date": ({"Deals": DEAL | {"Closing_Date": "31.12.2026"}}, ("INVALID_DATA", "Closing_Date")),
    "amount no number": ({"Deals": DEAL | {"Amount": "12"}}, ("INVALID_DATA", "Amount")),
    "long deal name": ({"Deals": DEAL | {"Deal_Name": "x" * 121}}, ("INVALID_DATA", "Deal_Name")),
    "tags no names": ({"carry_over_tags": {"Contacts": [{"name": "hot"}]}}, ("INVALID_DATA", "carry_over_tags")),
    "tags of no module": ({"carry_over_tags": {"Leads": []}}, ("INVALID_DATA", "carry_over_tags")),
}


@pytest.mark.parametrize(("item", "expected"), ITEMS.values(), ids=ITEMS)
def test_what_the_body_holds_is_refused_by_name(
    convert: Convert, crm: Crm, item: dict[str, Any], expected: tuple[str, str]
) -> None:
    """In `data`, with the field and its place, and nothing happens."""
    assert refusal(convert(**item)) == (400, expected[0], f"$.data[0].{expected[1]}")
    assert (crm.conversions(), crm.all("Contacts"), crm.all("Accounts")) == ([], [], [])


def test_a_field_that_the_org_made_mandatory_is_asked_for(convert: Convert, crm: Crm) -> None:
    """A deal with it goes through."""
    crm.deals.mandatory = ("Region",)
    assert refusal(convert(Deals=DEAL)) == (400, "MANDATORY_NOT_FOUND", "$.data[0].Region")
    made = details(convert(Deals=DEAL | {"Region": "North"}))
    assert crm.get("Deals", made["Deals"]["id"])["Region"] == "North"


def test_a_unique_field_forbids_a_second_record(convert: Convert, crm: Crm) -> None:
    """Only where one would be made."""
    crm.unique_fields = {"Contacts": ("Email",)}
    contact = crm.add("Contacts", Full_Name="Iva Moss", Email="iva@fernhill.example")
    assert refusal(convert()) == (400, "DUPLICATE_DATA", "$.data[0].Email")
    assert details(convert(Contacts={"id": contact}))["Contacts"]["id"] == contact


def test_a_locked_target_refuses(convert: Convert, crm: Crm) -> None:
    """Zoho merges it just now."""
    account = crm.add("Accounts", Account_Name="Fernhill", Locked__s=True)
    assert refusal(convert(Accounts={"id": account})) == (400, "RECORD_LOCKED", "")


def test_the_newest_version_knows_no_target_records(convert: Convert, crm: Crm) -> None:
    """It would make new ones; what it has in their place lets Zoho choose."""
    account = crm.add("Accounts", Account_Name="Fernhill")
    assert refusal(convert(version="v8", Accounts={"id": account}))[:2] == (400, "INVALID_DATA")
    assert details(convert(version="v8", add_to_existing_record=True))


def test_a_conversion_costs_five_credits(convert: Convert, zoho: ZohoStandIn) -> None:
    """Other calls cost one."""
    before = zoho.credits_spent
    convert()
    assert zoho.credits_spent == before + 5


@pytest.mark.parametrize("scope", ["ZohoCRM.modules.ALL", "ZohoCRM.modules.leads.CREATE"])
def test_a_token_needs_a_scope_that_creates(convert: Convert, zoho: ZohoStandIn, crm: Crm, scope: str) -> None:
    """Reading is not enough."""
    zoho.tokens.scopes = {"ZohoCRM.modules.leads.READ", "ZohoCRM.modules.contacts.CREATE"}
    assert refusal(convert())[:2] == (401, "OAUTH_SCOPE_MISMATCH")
    assert crm.conversions() == []
    zoho.tokens.scopes.add(scope)
    assert details(convert())


def test_a_call_is_kept_with_its_version_and_body(convert: Convert, zoho: ZohoStandIn, lead_id: str) -> None:
    """So that a test can say what was never sent."""
    convert(overwrite=False)
    (call,) = zoho.calls_for(lead_id, "convert")
    assert (call.version, call.body, call.status) == ("v7", {"data": [{"overwrite": False}]}, 200)


@pytest.mark.parametrize(
    ("fault", "effects"),
    [
        (Fault.RESET, 0),
        (Fault.RESET_AFTER_EFFECT, 1),
        (Fault.HALF_ANSWER, 1),
    ],
)
def test_a_lost_answer_may_hide_a_conversion(
    convert: Convert, zoho: ZohoStandIn, crm: Crm, fault: Fault, effects: int
) -> None:
    """Which of them it was only the lead shows."""
    zoho.on("convert", fault, times=1)
    with pytest.raises(requests.RequestException):
        convert()
    assert len(crm.conversions()) == effects


@pytest.mark.parametrize("effect", [False, True])
def test_an_error_of_zoho_s_own_may_hide_a_conversion(
    convert: Convert, zoho: ZohoStandIn, crm: Crm, *, effect: bool
) -> None:
    """A planned answer takes effect where the test says so."""
    zoho.on("convert", Answer(500, faults.INTERNAL_ERROR.body, effect=effect), times=1)
    assert convert().status_code == 500
    assert len(crm.conversions()) == effect


def test_a_scheduled_conversion_is_done_by_the_job_or_never(
    convert: Convert, zoho: ZohoStandIn, crm: Crm, lead_id: str
) -> None:
    """202 says neither."""
    zoho.on("convert", Fault.SCHEDULED, times=1)
    answer = convert()
    assert (answer.status_code, answer.json()["data"][0]["code"]) == (202, "SCHEDULED")
    assert answer.json()["data"][0]["details"]["job_id"].isdigit()
    assert crm.conversions() == []
    assert [job.status for job in zoho.run_jobs()] == [200]
    assert len(crm.conversions(lead_id)) == 1
    assert zoho.run_jobs() == []


def test_a_202_may_be_a_refusal(convert: Convert, zoho: ZohoStandIn, crm: Crm) -> None:
    """Validation errors come with it, too."""
    zoho.on("convert", faults.VALIDATION_ERRORS, times=1)
    assert refusal(convert()) == (202, "MANDATORY_NOT_FOUND", "$.data[0].Industry")
    assert crm.conversions() == []


def test_a_slow_conversion_takes_effect_at_once(convert: Convert, zoho: ZohoStandIn, crm: Crm, lead_id: str) -> None:
    """Its answer is held back, until the stand-in stops if need be."""
    zoho.on("convert", Slow(60), times=1)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(convert)
        while not zoho.calls_for(lead_id, "convert"):
            assert not answer.done()
        assert len(crm.conversions()) == 1
        zoho.stop()
        answer.exception()


def test_a_colleague_may_be_faster(convert: Convert, zoho: ZohoStandIn, crm: Crm, lead_id: str) -> None:
    """Then the call is refused, and the lead names the colleague."""
    rosa = crm.users.add("Rosa Quill", "rosa.quill@quillworks.example")
    theirs = crm.add("Contacts", Full_Name="Iva Moss")
    zoho.on("convert", Meanwhile(lambda: crm.convert(lead_id, contact_id=theirs, by=rosa)), times=1)
    assert refusal(convert())[:2] == (400, "ID_ALREADY_CONVERTED")
    assert crm.get("Leads", lead_id)["$converted_detail"]["converted_by"] == rosa
    assert [one.by for one in crm.conversions(lead_id)] == [rosa]


PLANNED = {
    "DUPLICATE_DATA": 400,
    "NO_PERMISSION": 403,
    "LIMIT_EXCEEDED": 400,
    "CANNOT_PERFORM_ACTION": 400,
    "NOT_ALLOWED": 400,
    "NOT_REVIEWED": 400,
    "AUTHORIZATION_FAILED": 400,
    "OAUTH_SCOPE_MISMATCH": 401,
    "INTERNAL_ERROR": 500,
    "TOO_MANY_REQUESTS": 429,
}


@pytest.mark.parametrize(("code", "status"), PLANNED.items())
def test_any_other_code_can_be_planned(
    convert: Convert, zoho: ZohoStandIn, crm: Crm, lead_id: str, code: str, status: int
) -> None:
    """For one lead, and without an effect."""
    zoho.on("convert", getattr(faults, code), lead_id=lead_id, times=1)
    assert refusal(convert())[:2] == (status, code)
    assert crm.conversions() == []
