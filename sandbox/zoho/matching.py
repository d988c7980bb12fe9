"""Finds a lead's conversion options in the CRM's records the way Zoho documents it.

The order of preference is that of https://www.zoho.com/crm/developer/docs/api/v8/convert-lead.html: fields marked
unique first, contacts before accounts; a module whose unique fields find nothing, or that has none, is searched by the
system fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.zoho.crm import Module, Record
from sandbox.zoho.ids import system_id

if TYPE_CHECKING:
    from sandbox.zoho.crm import Crm

_MOST_RECORDS = 100
_MODULES: tuple[Module, ...] = ("Contacts", "Accounts")
_SYSTEM_FIELDS: tuple[tuple[Module, str], ...] = (
    ("Contacts", "Email"),
    ("Accounts", "Account_Name"),
    ("Contacts", "Full_Name"),
)
# The fields that bear another name in the lead; all others are mapped to their namesakes.
_LEAD_FIELDS = {"Account_Name": "Company"}

# What an answer shows of a record, whatever field matched.
_SHOWN: dict[Module, tuple[str, ...]] = {
    "Contacts": (
        "Full_Name",
        "Email",
        "Layout",
        "Locked__s",
        "Account_Name",
        "$editable",
        "id",
        "$approval_state",
        "Data_Processing_Basis",
    ),
    "Accounts": (
        "Layout",
        "Phone",
        "Account_Type",
        "Locked__s",
        "Website",
        "Account_Name",
        "$editable",
        "id",
        "$approval_state",
    ),
}


@dataclass(frozen=True, slots=True)
class _Hit:
    """One field of one module that holds the lead's value in at least one record."""

    module: Module
    field: str
    unique: bool
    lead_value: object
    records: list[Record]


def conversion_options(crm: Crm, lead: Record) -> Record | None:
    """Return what stands under `__conversion_options` in Zoho's answer, or None where Zoho answers 204.

    An answer without any match is still an answer when a module has several layouts.
    """
    hits = _hits(crm, lead)
    if not hits and not crm.layouts:
        return None
    return {
        "module_preference": _module(hits[0].module) if hits else None,
        "Contacts": _records(crm, "Contacts", hits),
        "preference_field_matched_value": {module: _matched(module, hits) for module in _MODULES} if hits else None,
        "Accounts": _records(crm, "Accounts", hits),
        "modules_with_multiple_layouts": [_module(name) for name in crm.layouts] or None,
    }


def _hits(crm: Crm, lead: Record) -> list[_Hit]:
    """Return the fields that matched, in the order of preference."""
    unique = [hit for module, field in _unique_fields(crm) if (hit := _compare(crm, lead, module, field, unique=True))]
    decided = {hit.module for hit in unique}
    others = [
        hit
        for module, field in (*_SYSTEM_FIELDS, *_further_fields(crm))
        if module not in decided and (hit := _compare(crm, lead, module, field, unique=False))
    ]
    return unique + others


def _unique_fields(crm: Crm) -> list[tuple[Module, str]]:
    """Return them in their order, contacts first; a unique email comes after the module's other unique fields."""
    return [
        (module, field)
        for module in _MODULES
        for field in sorted(crm.unique_fields.get(module, ()), key=lambda name: name == "Email")
    ]


def _further_fields(crm: Crm) -> list[tuple[Module, str]]:
    return [
        (module, field)
        for module in _MODULES
        for field in crm.also_matched.get(module, ())
        if (module, field) not in _SYSTEM_FIELDS
    ]


def _compare(crm: Crm, lead: Record, module: Module, field: str, *, unique: bool) -> _Hit | None:
    value = lead.get(_LEAD_FIELDS.get(field, field))
    records = crm.find(module, field, value)
    return _Hit(module, field, unique, value, records) if records else None


def _records(crm: Crm, module: Module, hits: list[_Hit]) -> list[Record] | None:
    """Return each matched record once, with the fields that Zoho always shows and those that matched."""
    own = [hit for hit in hits if hit.module == module]
    names = dict.fromkeys((*_SHOWN[module], *(hit.field for hit in own)))
    found = {str(record["id"]): record for hit in own for record in hit.records}
    shown = [_shown(crm, {name: record.get(name) for name in names}) for record in found.values()]
    return shown[:_MOST_RECORDS] or None


def _shown(crm: Crm, record: Record) -> Record:
    account = record["Account_Name"]
    if isinstance(account, dict):
        target = crm.get("Accounts", account["id"]) or {}
        record["Account_Name"] = {**account, "Locked__s": target.get("Locked__s", False)}
    return record


def _matched(module: Module, hits: list[_Hit]) -> list[Record] | None:
    return [_field(hit) for hit in hits if hit.module == module] or None


def _field(hit: _Hit) -> Record:
    field = {
        "api_name": hit.field,
        "field_label": hit.field.replace("_", " "),
        "unique": hit.unique or None,  # Zoho says null, not false, of a field that is not unique
        "id": system_id(f"{hit.module}.{hit.field}"),
    }
    return {"field": field, "matched_lead_value": hit.lead_value}


def _module(api_name: str) -> Record:
    return {"api_name": api_name, "id": system_id(api_name)}
