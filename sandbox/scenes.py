"""The demo's scenes: one lead for each thing that leadmatch says, with the CRM records that make Zoho answer so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.callers import MakeCall, form_call, json_call, multipart_call, notification_call, signed_call
from sandbox.zoho import faults
from sandbox.zoho.crm import Crm
from sandbox.zoho.ids import system_id
from sandbox.zoho.server import ZohoStandIn

ZYLKER = "+1 555 0100"
SAM = {"id": system_id("Sam Reyes"), "name": "Sam Reyes", "email": "sam.reyes@quillworks.example"}
"""A second owner of leads, who has no account in the sandbox's Slack."""
UNKNOWN_LEAD = "7203914999999999001"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a scene plays."""

    crm: Crm
    zoho: ZohoStandIn


@dataclass(frozen=True, slots=True)
class Scene:
    """A lead and how it comes in; `then`, if given, happens after its first message, and the lead comes in again."""

    name: str
    about: str
    action: str
    build: Callable[[Stage], str]
    call: MakeCall = json_call
    then: Callable[[Stage, str], None] | None = None


def _lead(stage: Stage, name: str, company: str | None, email: str | None = None, **fields: object) -> str:
    known = {"Lead_Source": "Website", "Lead_Status": "Qualified"} | fields
    return stage.crm.add("Leads", Full_Name=name, Company=company, Email=email, **known)


def _account(stage: Stage, name: str, **fields: object) -> str:
    return stage.crm.add("Accounts", Account_Name=name, **fields)


def _contact(stage: Stage, name: str, account_id: str | None, **fields: object) -> str:
    home = stage.crm.lookup("Accounts", account_id) if account_id else None
    return stage.crm.add("Contacts", Full_Name=name, Account_Name=home, **fields)


def _known_contact(stage: Stage) -> str:
    zylker = _account(stage, "Zylker", Phone=ZYLKER, Website="https://zylker.example")
    _contact(stage, "Ada Park", zylker, Email="ada@zylker.example")
    return _lead(stage, "Ada Park", "Zylker", "ada@zylker.example", Phone=ZYLKER)


def _names_only(stage: Stage) -> str:
    mills = _account(stage, "Harbour Mills", Account_Type="Prospect", Billing_City="Bergen")
    _contact(stage, "Ivo Lind", mills, Email="ivo.lind@harbour.example")
    return _lead(stage, "Ivo Lind", "Harbour Mills", "ivo@elsewhere.example", Owner=SAM)


def _known_account(stage: Stage) -> str:
    _account(stage, "Marsh & Vale", Phone="+1 555 0142", Billing_City="Leeds")
    return _lead(stage, "Noor Haddad", "Marsh & Vale", "noor@marshvale.example", Phone="+1 555 0142")


def _two_accounts(stage: Stage) -> str:
    vienna = {"Account_Type": "Customer", "Phone": "+43 1 5550177", "Website": "https://kestrel-labs.example"}
    graz = {"Account_Type": "Partner", "Phone": "+43 316 555019", "Website": "https://kestrel.example"}
    _account(stage, "Kestrel Labs", Billing_City="Vienna", **vienna)
    _account(stage, "Kestrel Labs", Billing_City="Graz", **graz)
    return _lead(stage, "Bo Chen", "Kestrel Labs", "bo.chen@gmail.com", Phone="+43 699 5550123", Owner=SAM)


def _moved_on(stage: Stage) -> str:
    _contact(stage, "Mina Okoro", _account(stage, "OldCo"), Email="mina.okoro@post.example")
    return _lead(stage, "Mina Okoro", "Quillworks", "mina.okoro@post.example")


def _nobody(stage: Stage) -> str:
    return _lead(stage, "Tomas Reyes", "Fernway", "tomas@fernway.example")


def _private_person(stage: Stage) -> str:
    return _lead(stage, "Lena Vogt", "N/A", "lena.vogt@gmail.com", Owner=SAM)


def _blocked(stage: Stage) -> str:
    _contact(
        stage,
        "Sam Ito",
        _account(stage, "Brightwater"),
        Email="sam@brightwater.example",
        **{"$approval_state": "approval_process_pending"},
    )
    return _lead(stage, "Sam Ito", "Brightwater", "sam@brightwater.example")


def _awaiting_approval(stage: Stage) -> str:
    lead_id = _lead(stage, "Pia Strand", "Northlight", "pia@northlight.example")
    stage.zoho.on("options", faults.NOT_APPROVED, lead_id=lead_id)
    return lead_id


def _converted_meanwhile(stage: Stage, lead_id: str) -> None:
    fernway = _account(stage, "Bluebird Freight")
    stage.crm.convert(lead_id, contact_id=_contact(stage, "Rui Matos", fernway), account_id=fernway)


def _to_be_converted(stage: Stage) -> str:
    return _lead(stage, "Rui Matos", "Bluebird Freight", "rui@bluebird.example")


def _unknown(_: Stage) -> str:
    return UNKNOWN_LEAD


def _zoho_is_down(stage: Stage) -> str:
    lead_id = _lead(stage, "Elin Dahl", "Copperfield", "elin@copperfield.example")
    stage.zoho.on("options", faults.SERVICE_UNAVAILABLE, lead_id=lead_id)
    return lead_id


SCENES = (
    Scene("contact", "the person is a contact already", "convert_into_contact", _known_contact),
    Scene("thin", "only the names fit", "convert_into_contact", _names_only, form_call),
    Scene("account", "the company is an account already", "convert_into_account", _known_account, multipart_call),
    Scene("choose", "two accounts have the same name", "choose", _two_accounts, notification_call),
    Scene("moved", "the contact belongs to another account", "choose", _moved_on, signed_call),
    Scene("blocked", "the contact awaits approval", "convert_into_contact", _blocked, form_call),
    Scene("new", "nothing matches", "create_new", _nobody, json_call),
    Scene("person", "a person without a company", "create_new", _private_person, form_call),
    Scene("wait", "the lead itself awaits approval", "wait", _awaiting_approval, json_call),
    Scene(
        "converted",
        "converted before anybody read us",
        "already_converted",
        _to_be_converted,
        json_call,
        _converted_meanwhile,
    ),
    Scene("gone", "a lead that Zoho does not show", "lead_not_found", _unknown, form_call),
    Scene("unchecked", "Zoho does not answer", "unchecked", _zoho_is_down, notification_call),
)
