"""Zoho's REST API: its good answers, the refusals that follow from the records themselves, who is let in, and what a call costs."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sandbox.zoho import faults
from sandbox.zoho.faults import NO_CONTENT, Answer
from sandbox.zoho.ids import system_id
from sandbox.zoho.matching import conversion_options

if TYPE_CHECKING:
    from sandbox.zoho.crm import Crm
    from sandbox.zoho.faults import CallName
    from sandbox.zoho.oauth import Tokens

ORG_ID = "720391406"
CREDITS: Mapping[CallName, int] = {"convert": 5}
"""What a call costs, where it is not one credit."""
_MODULES = "ZohoCRM.modules"
_READING = frozenset({f"{_MODULES}.ALL", f"{_MODULES}.READ", f"{_MODULES}.leads.ALL", f"{_MODULES}.leads.READ"})
_LAYOUTS, _PIPELINES = "ZohoCRM.settings.layouts", "ZohoCRM.settings.pipeline"
SCOPES: Mapping[CallName, frozenset[str]] = {
    "options": _READING,
    "lead": _READING,
    "leads": _READING,
    "org": frozenset({"ZohoCRM.org.ALL", "ZohoCRM.org.READ"}),
    "convert": frozenset(
        {
            f"{_MODULES}.ALL",
            f"{_MODULES}.CREATE",
            *(f"{_MODULES}.leads.{right}" for right in ("ALL", "WRITE", "CREATE")),
        }
    ),
    "users": frozenset({"ZohoCRM.users.ALL", "ZohoCRM.users.READ"}),
    "user": frozenset({"ZohoCRM.users.ALL", "ZohoCRM.users.READ"}),
    "layouts": frozenset({"ZohoCRM.settings.ALL", f"{_LAYOUTS}.ALL", f"{_LAYOUTS}.READ"}),
    "pipelines": frozenset({"ZohoCRM.settings.ALL", f"{_PIPELINES}.ALL", f"{_PIPELINES}.READ"}),
}
"""The scopes of which each lets a call in."""
MOST_FIELDS, MOST_PER_PAGE = 50, 200
_SCHEME = "Zoho-oauthtoken "  # not Bearer, although the token endpoint calls its tokens that


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
    if fields.count(",") >= MOST_FIELDS:
        return faults.TOO_MANY_FIELDS
    per_page = min(per_page, MOST_PER_PAGE)
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


class Admission:
    """Checks the access token of a call and what the token may do, and books its credits.

    https://www.zoho.com/crm/developer/docs/api/v8/scopes.html: each of a call's scopes is enough. `scopes` may be changed at any time.
    """

    def __init__(self, tokens: Tokens, daily_credits: int) -> None:
        self._tokens = tokens
        self._daily_credits = daily_credits
        self._spent = 0
        self._lock = threading.Lock()

    @property
    def spent(self) -> int:
        """The credits that were booked so far."""
        with self._lock:
            return self._spent

    def refusal(self, call: CallName, authorization: str | None) -> Answer | None:
        """Return why a call with this Authorization header is not let in, or None and book its credits."""
        if authorization is None or not authorization.startswith(_SCHEME):
            return faults.AUTHENTICATION_FAILURE
        if not self._tokens.is_live(authorization.removeprefix(_SCHEME)):
            return faults.INVALID_TOKEN
        if not self._tokens.scopes & SCOPES[call]:
            return faults.OAUTH_SCOPE_MISMATCH
        return self._spend(CREDITS.get(call, 1))

    def headers(self) -> dict[str, str]:
        """Return what an answer says about the day's credits, which is nothing before half of them are spent."""
        with self._lock:
            if self._spent * 2 <= self._daily_credits:
                return {}
            return {"X-API-CREDITS-REMAINING": str(self._daily_credits - self._spent)}

    def _spend(self, credits_: int) -> Answer | None:
        with self._lock:
            if self._spent + credits_ > self._daily_credits:
                return faults.TOO_MANY_REQUESTS
            self._spent += credits_
            return None
