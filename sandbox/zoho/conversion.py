"""Convert Lead: what a call must look like, what refuses it, and what it leaves behind.

https://github.com/zoho/crm-oas/blob/main/v8.0/convert/convert.yaml and
https://www.zoho.com/crm/developer/docs/api/v7/convert-lead.html. What is wrong with the lead is said at the top of an answer, what is
wrong with the body in its `data`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sandbox.zoho import faults
from sandbox.zoho.faults import Answer
from sandbox.zoho.users import SYSTEM_USER

if TYPE_CHECKING:
    from sandbox.zoho.crm import Crm, Module, Record

FLAGS = ("overwrite", "notify_lead_owner", "notify_new_entity_owner")
_BEFORE_V8 = frozenset({*FLAGS, "Accounts", "Contacts", "Deals", "assign_to", "carry_over_tags", "move_attachments_to"})
_V8 = frozenset({*FLAGS, "Deals", "assign_to", "carry_over_tags", "add_to_existing_record"})
"""The newest v8 body: an account or a contact cannot be named in it."""
_MADE: tuple[Module, ...] = ("Contacts", "Accounts", "Deals")
_LONGEST_DEAL_NAME = 120
_FROM_LEAD: Mapping[Module, Mapping[str, str]] = {
    "Accounts": {"Account_Name": "Company", "Phone": "Phone", "Website": "Website"},
    "Contacts": {"First_Name": "First_Name", "Last_Name": "Last_Name", "Email": "Email", "Phone": "Phone"},
}
"""The field of a record, and the lead's field that fills it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a body asks for."""

    overwrite: bool
    account_id: str | None
    contact_id: str | None
    deal: Record | None
    owner_id: str | None
    tags: Mapping[Module, tuple[str, ...]]


class RefusedError(Exception):
    """Zoho refuses to convert."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(str(answer.body))
        self.answer = answer


def convert(crm: Crm, lead_id: str, body: object, *, version: str, by: str = SYSTEM_USER) -> Answer:
    """Answer `POST /Leads/{id}/actions/convert`: convert the lead as one step, or refuse and change nothing."""
    with crm.lock:
        try:
            lead = _convertible(crm, lead_id)
            asked = _asked(crm, _item(body), version)
            _refuse_duplicates(crm, lead, asked)
        except RefusedError as refused:
            return refused.answer
        return _converted(crm, lead, asked, by)


def _convertible(crm: Crm, lead_id: str) -> Record:
    lead = crm.get("Leads", lead_id)
    if lead is None:
        raise RefusedError(faults.INVALID_DATA)
    if lead["$converted"] and not crm.converts_again:
        raise RefusedError(faults.ID_ALREADY_CONVERTED)
    if lead["Locked__s"]:
        raise RefusedError(faults.CONVERT_RECORD_LOCKED)
    if lead["$approval_state"] != "approved":
        raise RefusedError(faults.CONVERT_NOT_APPROVED)
    return lead


def _item(body: object) -> Mapping[str, object]:
    items = body.get("data") if isinstance(body, Mapping) else None
    if not isinstance(items, list) or len(items) != 1 or not isinstance(items[0], Mapping):
        raise RefusedError(faults.error(400, "INVALID_DATA", "invalid data", expected_data_type="jsonarray"))
    return items[0]


def _asked(crm: Crm, item: Mapping[str, object], version: str) -> Asked:
    unknown = sorted(set(item) - (_V8 if version == "v8" else _BEFORE_V8))
    if unknown:
        raise _invalid(unknown[0], "invalid data")
    for name in FLAGS:
        if not isinstance(item.get(name, False), bool):
            raise _invalid(name, "invalid data", expected_data_type="boolean")
    return Asked(
        overwrite=item.get("overwrite") is True,
        account_id=_target(crm, "Accounts", item),
        contact_id=_target(crm, "Contacts", item),
        deal=_deal(crm, item),
        owner_id=_owner(crm, item),
        tags=_tags(item),
    )


def _target(crm: Crm, module: Module, item: Mapping[str, object]) -> str | None:
    """Return the id of the record to link to; it has to exist and must not be locked."""
    record_id = _id(item, module)
    record = crm.get(module, record_id) if record_id else None
    if record_id and record is None:
        raise _invalid(module, "the id given seems to be invalid")
    if record is not None and record["Locked__s"]:
        raise RefusedError(faults.CONVERT_RECORD_LOCKED)
    return record_id


def _owner(crm: Crm, item: Mapping[str, object]) -> str | None:
    user_id = _id(item, "assign_to")
    if user_id and crm.users.get(user_id) is None:
        raise _invalid("Owner", "Non Subordinate User Found")
    return user_id


def _id(item: Mapping[str, object], name: str) -> str | None:
    if name not in item:
        return None
    value = item[name]
    if not isinstance(value, Mapping) or set(value) != {"id"} or not isinstance(value["id"], str):
        raise _invalid(name, "invalid data", expected_data_type="jsonobject")
    return str(value["id"])


def _deal(crm: Crm, item: Mapping[str, object]) -> Record | None:
    if "Deals" not in item:
        return None
    deal = item["Deals"]
    if not isinstance(deal, Mapping):
        raise _invalid("Deals", "invalid data", expected_data_type="jsonobject")
    pipelines = crm.deals.pipelines
    needed = ("Deal_Name", "Closing_Date", "Stage", *(("Pipeline",) if pipelines else ()), *crm.deals.mandatory)
    for name in needed:
        if deal.get(name) in (None, ""):
            raise RefusedError(
                faults.refused_item(
                    400, "MANDATORY_NOT_FOUND", "required field not found", api_name=name, json_path=_path(name)
                )
            )
    _check_values(deal)
    _check_stage(deal, pipelines, tuple(stage.value for stage in crm.deals.stages))
    return dict(deal)


def _check_values(deal: Mapping[str, object]) -> None:
    name, amount = str(deal["Deal_Name"]), deal.get("Amount", 0)
    if len(name) > _LONGEST_DEAL_NAME:
        raise _invalid("Deal_Name", "invalid data", maximum_length=_LONGEST_DEAL_NAME)
    if not _is_date(deal["Closing_Date"]):
        raise _invalid("Closing_Date", "invalid data", expected_data_type="date")
    if isinstance(amount, bool) or not isinstance(amount, int | float):
        raise _invalid("Amount", "invalid data", expected_data_type="double")


def _check_stage(deal: Mapping[str, object], pipelines: Mapping[str, tuple[str, ...]], stages: tuple[str, ...]) -> None:
    pipeline, stage = str(deal.get("Pipeline", "")), str(deal["Stage"])
    if pipelines and pipeline not in pipelines:
        raise _invalid("Pipeline", "invalid data")
    if pipelines and stage not in pipelines[pipeline]:
        details = {"mapped_field": "Pipeline", "api_name": "Stage", "json_path": _path("Stage")}
        raise RefusedError(
            faults.refused_item(400, "MAPPING_MISMATCH", "Pipeline doesn't contain the Stage", **details)
        )
    if not pipelines and stage not in stages:
        raise _invalid("Stage", "invalid data")


def _is_date(value: object) -> bool:
    try:
        return date.fromisoformat(str(value)).isoformat() == value
    except ValueError:
        return False


def _tags(item: Mapping[str, object]) -> Mapping[Module, tuple[str, ...]]:
    carried = item.get("carry_over_tags", {})
    if not isinstance(carried, Mapping) or set(carried) - set(_MADE):
        raise _invalid("carry_over_tags", "invalid data", expected_data_type="jsonobject")
    for names in carried.values():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise _invalid("carry_over_tags", "invalid data", expected_data_type="jsonarray")
    return {module: tuple(carried.get(module, ())) for module in _MADE}


def _refuse_duplicates(crm: Crm, lead: Record, asked: Asked) -> None:
    """Refuse to make a second record with the value of a field that an administrator marked unique."""
    targets: tuple[tuple[Module, str | None], ...] = (("Contacts", asked.contact_id), ("Accounts", asked.account_id))
    made = [module for module, id_ in targets if id_ is None]
    for module in made:
        for name in crm.unique_fields.get(module, ()):
            if crm.find(module, name, lead.get(_FROM_LEAD[module].get(name, ""))):
                raise RefusedError(
                    faults.refused_item(400, "DUPLICATE_DATA", "duplicate data", api_name=name, json_path=_path(name))
                )


def _converted(crm: Crm, lead: Record, asked: Asked, by: str) -> Answer:
    """Make and link the records, and mark the lead."""
    owner = lead["Owner"] if asked.owner_id is None else _shown_user(crm, asked.owner_id)
    made: list[Module] = []
    account_id = asked.account_id or _account_of(crm, asked)
    if account_id is None and lead["Company"]:
        account_id = _make(crm, "Accounts", lead, owner, made)
    elif asked.account_id:
        _fill(crm, "Accounts", asked.account_id, lead)
    contact_id = asked.contact_id or _make(crm, "Contacts", lead, owner, made)
    if asked.contact_id:
        _fill(crm, "Contacts", contact_id, lead)
    _link(crm, contact_id, account_id, overwrite=asked.overwrite)
    deal_id = _add_deal(crm, asked.deal, owner, contact_id, account_id, made)
    into: dict[Module, str | None] = {"Contacts": contact_id, "Accounts": account_id, "Deals": deal_id}
    _carry_tags(crm, lead, asked, into)
    crm.convert(str(lead["id"]), contact_id=contact_id, account_id=account_id, deal_id=deal_id, by=by, made=tuple(made))
    details = {module: crm.lookup(module, id_) if id_ else None for module, id_ in into.items()}
    return Answer(
        200,
        {
            "data": [
                {
                    "code": "SUCCESS",
                    "details": details,
                    "message": "The record has been converted successfully",
                    "status": "success",
                }
            ]
        },
    )


def _account_of(crm: Crm, asked: Asked) -> str | None:
    """Return the chosen contact's own account, which is kept unless it is to be overwritten."""
    contact = crm.get("Contacts", asked.contact_id) if asked.contact_id and not asked.overwrite else None
    account = contact["Account_Name"] if contact else None
    return str(account["id"]) if isinstance(account, dict) and crm.get("Accounts", account["id"]) else None


def _make(crm: Crm, module: Module, lead: Record, owner: object, made: list[Module]) -> str:
    made.append(module)
    fields = {name: lead[source] for name, source in _FROM_LEAD[module].items()}
    return crm.add(module, **fields, Owner=owner)


def _fill(crm: Crm, module: Module, record_id: str, lead: Record) -> None:
    """Fill a record's empty fields from the lead; one that our user may not edit stays as it is, without a word."""
    record = crm.get(module, record_id) or {}
    if record.get("$editable"):
        empty = {name: lead[source] for name, source in _FROM_LEAD[module].items() if not record[name] and lead[source]}
        crm.change(module, record_id, **empty)


def _link(crm: Crm, contact_id: str, account_id: str | None, *, overwrite: bool) -> None:
    contact = crm.get("Contacts", contact_id) or {}
    if account_id and contact.get("$editable") and (overwrite or not contact["Account_Name"]):
        crm.change("Contacts", contact_id, Account_Name=crm.lookup("Accounts", account_id))


def _add_deal(
    crm: Crm, deal: Record | None, owner: object, contact_id: str, account_id: str | None, made: list[Module]
) -> str | None:
    if deal is None:
        return None
    made.append("Deals")
    account = crm.lookup("Accounts", account_id) if account_id else None
    links = {"Contact_Name": crm.lookup("Contacts", contact_id), "Account_Name": account, "Owner": owner}
    return crm.add("Deals", **deal, **links)


def _carry_tags(crm: Crm, lead: Record, asked: Asked, into: Mapping[Module, str | None]) -> None:
    tags = lead["Tag"] if isinstance(lead["Tag"], list) else []
    for module, record_id in into.items():
        carried = [tag for tag in tags if tag["name"] in asked.tags[module]]
        if record_id and carried:
            crm.change(module, record_id, Tag=carried)


def _shown_user(crm: Crm, user_id: str) -> Record:
    user = crm.users.get(user_id) or {}
    return {"name": user["full_name"], "id": user_id, "email": user["email"]}


def _invalid(name: str, message: str, **details: object) -> RefusedError:
    return RefusedError(
        faults.refused_item(400, "INVALID_DATA", message, **details, api_name=name, json_path=_path(name))
    )


def _path(name: str) -> str:
    """Return where the wrong value is, as Zoho says it: a deal's fields, too, come right after `data[0]`."""
    return f"$.data[0].{name}"
