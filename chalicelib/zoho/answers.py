"""What Zoho's good answers mean: conversion options and a lead, read permissively.

Any part may be null, absent or of another type; "null" comes as text; records vary from org to org.
https://www.zoho.com/crm/developer/docs/api/v7/lead-conversion-options.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.digits import is_digits
from chalicelib.verdict.model import OWNER_FIELD, ConversionOptions, Evidence, Lead, Module, Owner, Record, Reference

NAME_FIELDS: Mapping[Module, str] = {"Contacts": "Full_Name", "Accounts": "Account_Name", "Deals": "Deal_Name"}
LEAD_FIELDS = (
    *("Full_Name", "First_Name", "Last_Name", "Company", "Email", "Phone", "Mobile", "Website"),
    *(
        "Lead_Source",
        "Lead_Status",
        "Owner",
        "Converted__s",
        "Converted_Contact",
        "Converted_Account",
        "Converted_Deal",
    ),
)
CONVERTED_INTO = ("Converted_Contact", "Converted_Account", "Converted_Deal")
TRUE = frozenset({"true", "t", "yes", "y", "on", "1", "1.0"})
NOTHING = frozenset({"", "false", "f", "no", "n", "off", "0", "0.0", "-", "--", "n/a", "none", "null", "undefined"})
MAX_VALUE_LENGTH = 500


def read_options(body: object) -> ConversionOptions:
    """Read the answer of `GET /Leads/{id}/__conversion_options`; an empty body (HTTP 204) means no match.

    What cannot be read is None and never empty: "nothing matches" is a word that only Zoho may say.
    """
    if body is None:
        return ConversionOptions()
    options = _mapping(_mapping(body).get("__conversion_options"))
    matched = _matched(_mapping(options.get("preference_field_matched_value")))
    return ConversionOptions(
        contacts=_records(options, "Contacts", matched) if options else None,
        accounts=_records(options, "Accounts", matched) if options else None,
        deals=_records(options, "Deals", matched) if "Deals" in options else None,
        matched=matched,
        module_preference=_text(_mapping(options.get("module_preference")).get("api_name")) or None,
        modules_with_multiple_layouts=tuple(
            name
            for module in _items(options.get("modules_with_multiple_layouts"))
            if (name := _text(_mapping(module).get("api_name")))
        ),
    )


def read_lead(body: object, *, qualifying_field: str = "") -> Lead | None:
    """Read the answer of `GET /Leads/{id}`; None when it holds no lead."""
    record = _mapping(next(iter(_items(_mapping(body).get("data"))), None))
    lead_id = _id(record.get("id"))
    if not lead_id:
        return None
    names = (_text(record.get("First_Name")), _text(record.get("Last_Name")))
    return Lead(
        id=lead_id,
        name=_text(record.get("Full_Name")) or " ".join(name for name in names if name),
        company=_text(record.get("Company")),
        email=_text(record.get("Email")),
        phone=_text(record.get("Phone")) or _text(record.get("Mobile")),
        website=_text(record.get("Website")),
        source=_text(record.get("Lead_Source")),
        status=_text(record.get("Lead_Status")),
        owner=_owner(_mapping(record.get("Owner"))),
        converted=is_converted(record),
        converted_contact=_text(_mapping(record.get("Converted_Contact")).get("name")),
        converted_account=_text(_mapping(record.get("Converted_Account")).get("name")),
        converted_deal=_text(_mapping(record.get("Converted_Deal")).get("name")),
        qualifying=field_values(record[qualifying_field]) if qualifying_field in record else None,
    )


def is_converted(record: Mapping[str, Any]) -> bool:
    """Return whether a flag says so or a record is named that came of the conversion, by an object or by its id alone."""
    flags = (value for name, value in record.items() if name.strip("$").removesuffix("__s").lower() == "converted")
    flagged = any(str(flag).strip().lower() in TRUE for flag in flags)
    return flagged or any(_names_a_record(record.get(name)) for name in CONVERTED_INTO)


def _names_a_record(value: object) -> bool:
    """Return whether anything stands there; an object counts by its id and name, or by what it has in their place."""
    if isinstance(value, Mapping):
        named = [value[key] for key in ("id", "name") if key in value]
        return any(_names_a_record(part) for part in named or value.values())
    if isinstance(value, list):
        return any(_names_a_record(part) for part in value)
    return value is not None and str(value).strip().lower() not in NOTHING


def field_values(value: object) -> tuple[str, ...] | None:
    """Return what a field of any type holds, as texts to compare with; None for what no type that we know looks like.

    A multi-select field holds several, a lookup a name and an id; a yes-or-no field counts under each word that people write for it.
    """
    if value is None:
        return ()
    if isinstance(value, bool):
        return ("true", "yes", "1") if value else ("false", "no", "0")
    if isinstance(value, list):
        parts = [None if isinstance(one, list) else field_values(one) for one in value]
        known = [part for part in parts if part is not None]
        return tuple(text for part in known for text in part) if len(known) == len(parts) else None
    if isinstance(value, Mapping):
        name, record_id = _text(value.get("name")), _text(value.get("id"))
        return tuple(text for text in (name, record_id) if text) if name else None
    if not isinstance(value, str | int | float):
        return None
    return (text,) if (text := _text(value)) else ()


def _records(
    options: Mapping[str, Any], module: Module, matched: Mapping[Module, tuple[Evidence, ...]]
) -> tuple[Record, ...] | None:
    """Return a module's records; None for another type, a record without an id, or evidence without a record."""
    items = options.get(module)
    found = [_record(_mapping(item), module) for item in _items(items)]
    if not (items in (None, "null") or isinstance(items, list)) or not all(record.id for record in found):
        return None
    if matched.get(module) and not found:
        return None
    return tuple({record.id: record for record in found}.values())


def _record(item: Mapping[str, Any], module: Module) -> Record:
    fields = {name: text for name, value in item.items() if name[:1] not in ("$", "") and (text := _text(value))}
    if owner := _text(_mapping(item.get("Owner")).get("name")):
        fields[OWNER_FIELD] = owner
    home = _mapping(item.get("Account_Name"))
    home_id = _id(home.get("id"))
    return Record(
        id=_id(item.get("id")),
        name=_text(item.get(NAME_FIELDS[module])),
        fields={name: text for name, text in fields.items() if name not in ("id", "Locked__s")},
        account=Reference(home_id, _text(home.get("name")), home.get("Locked__s") is True) if home_id else None,
        locked=item.get("Locked__s") is True,
        editable=item.get("$editable") is not False,
        approval_state=_text(item.get("$approval_state")),
        consent=_text(item.get("Data_Processing_Basis")),
    )


def _matched(preference: Mapping[str, Any]) -> dict[Module, tuple[Evidence, ...]]:
    pieces = {module: [_evidence(_mapping(item)) for item in _items(preference.get(module))] for module in NAME_FIELDS}
    return {module: tuple(piece for piece in found if piece.field) for module, found in pieces.items()}


def _evidence(item: Mapping[str, Any]) -> Evidence:
    field = _mapping(item.get("field"))
    name, unique = _text(field.get("api_name")), field.get("unique")
    return Evidence(
        field=name,
        label=_text(field.get("field_label")) or name.replace("_", " "),
        value=_text(item.get("matched_lead_value")),
        unique=unique if isinstance(unique, bool) else None,
    )


def _owner(owner: Mapping[str, Any]) -> Owner | None:
    owner_id = _id(owner.get("id"))
    return Owner(owner_id, _text(owner.get("name")), _text(owner.get("email"))) if owner_id else None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    """Return a plain value as text; the four letters "null" are Zoho's way to write nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = str(value).strip()
    return "" if text == "null" else text[:MAX_VALUE_LENGTH]


def _id(value: object) -> str:
    """Return an id as its digits; Zoho sends text, and what is anything else is no id."""
    text = _text(value)
    return text if is_digits(text, most=MAX_VALUE_LENGTH) else ""
