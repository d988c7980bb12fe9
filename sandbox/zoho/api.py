"""The good answers of Zoho's REST API, and the refusals that follow from the records themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.zoho import faults
from sandbox.zoho.answers import NO_CONTENT, Answer
from sandbox.zoho.crm import system_id
from sandbox.zoho.matching import conversion_options

if TYPE_CHECKING:
    from sandbox.zoho.crm import Crm

ORG_ID = "720391406"


def options(crm: Crm, lead_id: str) -> Answer:
    """Answer `GET /Leads/{id}/__conversion_options`; a lead that is converted is as unknown as one that never was."""
    lead = crm.get("Leads", lead_id)
    if lead is None or lead["$converted"]:
        return faults.INVALID_DATA
    found = conversion_options(crm, lead)
    return NO_CONTENT if found is None else Answer(200, {"__conversion_options": found})


def lead(crm: Crm, lead_id: str, *, fields: str | None, converted: str) -> Answer:
    """Answer `GET /Leads/{id}`.

    `fields` is a comma list, None for all; `converted` is as in
    https://www.zoho.com/crm/developer/docs/api/v8/get-records.html: "true" for converted leads only, "both" for any.
    """
    if not (lead_id.isascii() and lead_id.isdigit()):
        return faults.INVALID_DATA
    record = crm.get("Leads", lead_id)
    if record is None or (converted != "both" and record["$converted"] != (converted == "true")):
        return NO_CONTENT
    if fields is not None:
        record = {name: record[name] for name in (*fields.split(","), "id") if name in record}
    return Answer(200, {"data": [record]})


def leads(crm: Crm, *, fields: str | None, per_page: int) -> Answer:
    """Answer `GET /Leads`, the first page of the leads that are not converted; since v3 `fields` has to be there."""
    if not fields:
        return faults.REQUIRED_PARAM_MISSING
    found = [record for record in crm.all("Leads") if not record["$converted"]]
    if not found:
        return NO_CONTENT
    page = [
        {name: record[name] for name in (*fields.split(","), "id") if name in record} for record in found[:per_page]
    ]
    info = {"per_page": per_page, "count": len(page), "page": 1, "more_records": len(found) > per_page}
    return Answer(200, {"data": page, "info": info})


def org() -> Answer:
    """Answer `GET /org`, as far as links to records need it."""
    return Answer(
        200,
        {
            "org": [
                {
                    "id": system_id("org"),
                    "zgid": ORG_ID,
                    "domain_name": f"org{ORG_ID}",
                    "company_name": "Quillworks",
                }
            ]
        },
    )
