"""From Zoho's answer to the verdict, for every shape of answer that was recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.verdict.model import Lead, Verdict
from chalicelib.zoho.answers import read_options
from tests.strategies import ADA, judged

LAYOUTS = [{"api_name": "Contacts", "id": "41"}, {"api_name": "Deals", "id": "42"}]
APPROVED = {"Locked__s": False, "$editable": True, "$approval_state": "approved", "Data_Processing_Basis": "null"}


def answer(contacts: object = None, accounts: object = None, matched: object = None, **more: object) -> dict[str, Any]:
    """Return an answer whose absent parts are null, as Zoho writes them."""
    preference = {"api_name": "Contacts", "id": "44"} if contacts else None
    parts = {"Contacts": contacts, "Accounts": accounts, "preference_field_matched_value": matched}
    layouts = {"module_preference": preference, "modules_with_multiple_layouts": None}
    return {"__conversion_options": {**parts, **layouts, **more}}


def by(field: str, value: str, **more: object) -> dict[str, Any]:
    return {"field": {"api_name": field, "id": "77", **more}, "matched_lead_value": value}


def person(record_id: str, home: object = None, **more: object) -> dict[str, Any]:
    own = {"id": record_id, "Full_Name": "Ada Park", "Email": None, "Account_Name": home, "Layout": {"id": "9"}}
    return {**own, **APPROVED, **more}


ZYLKER_HOME = {"name": "Zylker", "id": "2001", "Locked__s": False}
ZYLKER_ACCOUNT = {"id": "2001", "Account_Name": "Zylker", "Phone": "555555555", "Website": None, "$editable": True}
BY_NAME = by("Full_Name", "Ada Park", field_label="Full Name", unique=None)
PENDING = {"$approval_state": "approval_process_pending"}

Expected = tuple[str, str, str | None, str | None, list[str]]
ANSWERS: dict[str, tuple[object, Expected]] = {
    "an account by name, no labels, no unique": (
        answer(None, [ZYLKER_ACCOUNT], {"Contacts": None, "Accounts": [by("Account_Name", "Zylker")]}),
        ("convert_into_account", "weak", None, "2001", []),
    ),
    "a contact at the matched account": (
        answer(
            [person("1001", ZYLKER_HOME)],
            [ZYLKER_ACCOUNT],
            {"Contacts": [BY_NAME], "Accounts": [by("Account_Name", "Zylker", unique=None)]},
            modules_with_multiple_layouts=LAYOUTS,
        ),
        ("convert_into_contact", "weak", "1001", "2001", []),
    ),
    "several contacts of one name": (
        answer([person("1001", ZYLKER_HOME), person("1002")], None, {"Contacts": [BY_NAME], "Accounts": None}),
        ("choose", "weak", None, None, []),
    ),
    "several contacts of mixed approval, the accounts' key absent": (
        answer([person("1001"), person("1002", **PENDING)], None, {"Contacts": [BY_NAME]}),
        ("choose", "weak", None, None, ["approval_pending"]),
    ),
    "a contact in every special state": (
        answer(
            [person("1001", Locked__s=True, Data_Processing_Basis="Consent - Stop Processing", **PENDING)],
            None,
            {"Contacts": [BY_NAME], "Accounts": None},
        ),
        ("choose", "weak", None, None, ["locked", "approval_pending", "consent_withdrawn"]),
    ),
    "two contacts by two fields and an account by two": (
        answer(
            [person("1001", Phone="+1 555 0100"), person("1002", ZYLKER_HOME, Email="ada@zylker.example")],
            [{**ZYLKER_ACCOUNT, "Phone": "+1 555 0100"}],
            {
                "Contacts": [by("Phone", "+1 555 0100"), by("Email", "ada@zylker.example")],
                "Accounts": [by("Account_Name", "Zylker"), by("Phone", "+1 555 0100")],
            },
        ),
        ("convert_into_contact", "strong", "1002", "2001", []),
    ),
    "a unique field": (
        answer([person("1001", Tax_Id="T1")], None, {"Contacts": [by("Tax_Id", "T1", unique=True)]}),
        ("convert_into_contact", "exact", "1001", None, []),
    ),
    "layouts and nothing else": (answer(modules_with_multiple_layouts=LAYOUTS), ("create_new", "none", None, None, [])),
    "empty lists for nothing": (
        answer([], [], {"Contacts": [], "Accounts": []}),
        ("create_new", "none", None, None, []),
    ),
    "no body, HTTP 204": (None, ("create_new", "none", None, None, [])),
}


def _told(verdict: Verdict) -> Expected:
    targets, codes = verdict.targets, [warning.code for warning in verdict.warnings]
    return verdict.action, verdict.confidence, targets.contact.id, targets.account.id, codes


@pytest.mark.parametrize(("body", "expected"), ANSWERS.values(), ids=ANSWERS)
def test_verdict_of_an_answer(body: object, expected: Expected) -> None:
    """Null, absent, empty and the text "null" mean what Zoho means by them."""
    assert _told(judged(read_options(body))) == expected


def test_deals_that_were_not_spoken_of_are_unknown() -> None:
    """Zoho's newer answers have no Deals: not asked is None, asked and none is empty."""
    assert judged(read_options(answer())).deals is None
    assert judged(read_options(answer(Deals=None))).deals == ()


@pytest.mark.parametrize("lead", [ADA, replace(ADA, company="Self"), None])
def test_an_answer_with_only_a_preference_is_no_match(lead: Lead | None) -> None:
    """`module_preference` is passed on and decides nothing."""
    verdict = judged(read_options(answer(module_preference={"api_name": "Accounts"})), lead)
    assert verdict.module_preference == "Accounts"
    assert verdict.action == ("create_new" if lead else "unchecked")
