"""Zoho's Convert Lead: one call, sent once, and what its answer means.

The call is not idempotent, and has no key that would make it so: whoever gets `Unclear` reads the lead, and never calls again.
It goes to v7 whatever version the stage reads with: the newest page of v8 knows no `Accounts` and `Contacts`, so that ids would be
refused, or worse, ignored. https://www.zoho.com/crm/developer/docs/api/v7/convert-lead.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from chalicelib.conversion import NEW, DealWanted, Made, MadeRecords, Wanted
from chalicelib.digits import is_digits
from chalicelib.http import Answer, AnswerLost, NotSent, exchange
from chalicelib.timing import CONVERT_READ_SECONDS
from chalicelib.wire import read_time
from chalicelib.zoho.answers import is_converted
from chalicelib.zoho.errors import code_of, names_address

if TYPE_CHECKING:
    import requests

API_VERSION: Final = "v7"
ALREADY_CONVERTED: Final = "ID_ALREADY_CONVERTED"
CODE = re.compile(r"[A-Z][A-Z0-9_]{0,59}")
FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_$. ]{0,79}")
NOT_REFUSED = (HTTPStatus.REQUEST_TIMEOUT,)
"""A 4xx that says nothing of what was done."""
FAILED = ("INTERNAL_ERROR", "INTERNAL_SERVER_ERROR")
"""Zoho's codes for a failure of its own, with whatever status they come."""
MAX_ID_DIGITS = 30
KINDS = ("contact", "account", "deal")


@dataclass(frozen=True, slots=True)
class Converted:
    """Zoho converted the lead, into these records."""

    records: MadeRecords


@dataclass(frozen=True, slots=True)
class Refused:
    """Zoho certainly did not convert the lead: its code, or a word of ours in lower case, and the field that it names."""

    code: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Unclear:
    """Zoho may have converted the lead, or may do it yet."""

    reason: str


Outcome = Converted | Refused | Unclear


@dataclass(frozen=True, slots=True)
class ConvertedLead:
    """A lead that is converted, as Zoho shows it: into what, and by whom and when as far as it says so."""

    records: MadeRecords
    by: str = ""
    at: datetime | None = None


def conversion_body(wanted: Wanted, *, tags: Sequence[str]) -> dict[str, Any]:
    """Return the call's body: the chosen ids and nothing for what Zoho is to make; a contact never changes its account for it."""
    record: dict[str, Any] = {"overwrite": False, "notify_lead_owner": wanted.notify_owner}
    for module, chosen in (("Accounts", wanted.account), ("Contacts", wanted.contact)):
        if chosen != NEW:
            record[module] = {"id": chosen}
    if wanted.deal:
        record["Deals"] = _deal(wanted.deal)
    if wanted.carry_over_tags and tags:
        modules = ("Contacts", "Accounts", *(("Deals",) if wanted.deal else ()))
        record["carry_over_tags"] = {module: list(tags) for module in modules}
    return {"data": [record]}


def _deal(deal: DealWanted) -> dict[str, Any]:
    fields = {"Deal_Name": deal.name, "Closing_Date": deal.closing_date, "Stage": deal.stage, "Pipeline": deal.pipeline}
    sent: dict[str, Any] = {name: value for name, value in fields.items() if value}
    return sent | ({"Amount": float(deal.amount)} if deal.amount else {})


def send(session: Callable[[], requests.Session], url: str, token: str, body: Mapping[str, Any]) -> Outcome:
    """Send the call once, on a connection that is closed behind it, and return what its answer means; raise nothing of it."""
    headers = {"Authorization": f"Zoho-oauthtoken {token}", "Connection": "close"}
    try:
        with session() as one:
            answer = exchange(one, "POST", url, read_seconds=CONVERT_READ_SECONDS, headers=headers, json=body)
    except NotSent:
        return Refused("zoho_unreachable")
    except AnswerLost:
        return Unclear("zoho_answer_lost")
    return read_outcome(answer)


def read_outcome(answer: Answer) -> Outcome:
    """Return what an answer says; what is no word of the API's about this call says nothing."""
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status in NOT_REFUSED:
        return Unclear(f"zoho_http_{answer.status}")
    item = _item(answer.json())
    code = _word(item.get("code"), CODE) or _word(code_of(answer), CODE)
    if answer.status == HTTPStatus.OK and code == "SUCCESS":
        details = item.get("details")
        return Converted(_records(details)) if isinstance(details, Mapping) else Unclear("zoho_unreadable")
    if code in FAILED:
        return Unclear(f"zoho_{code.lower()}")
    if answer.status >= HTTPStatus.BAD_REQUEST:
        return Refused(_refusal_code(answer, code), _field(item))
    if code and code not in ("SUCCESS", "SCHEDULED"):
        return Refused(code, _field(item))  # errors in a 2xx
    return Unclear("zoho_scheduled" if code == "SCHEDULED" else "zoho_unreadable")


def read_converted(body: Mapping[str, Any]) -> ConvertedLead | None:
    """Read the answer of `GET /Leads/{id}?converted=true`; None when it shows no lead that is converted.

    The record itself has to say so: that Zoho leaves out all others is said of lists.
    https://www.zoho.com/crm/developer/docs/api/v8/get-records.html
    """
    record = _item(body) if body else {}
    detail = record.get("$converted_detail")
    detail = detail if isinstance(detail, Mapping) else {}
    if not record.get("id") or not (is_converted(record) or any(made(detail.get(kind)) for kind in KINDS)):
        return None
    records = {kind: made(record.get(f"Converted_{kind.title()}")) or made(detail.get(kind)) for kind in KINDS}
    by = made(detail.get("converted_by"))
    at = _moment(record.get("Converted_Date_Time")) or _moment(detail.get("convert_date"))
    return ConvertedLead(MadeRecords(**records), by.id if by else "", at)


def read_tags(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Read the tags of the answer of `GET /Leads/{id}`."""
    found = _item(body).get("Tag") if body else None
    names = (one.get("name") for one in found if isinstance(one, Mapping)) if isinstance(found, list) else ()
    return tuple(name for name in names if isinstance(name, str) and name)


def _moment(text: object) -> datetime | None:
    try:
        return read_time(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _refusal_code(answer: Answer, code: str) -> str:
    if names_address(answer):
        return "zoho_ip_restricted"
    return code or f"zoho_http_{answer.status}"


def _item(body: object) -> Mapping[str, Any]:
    """Return the one entry of `data`, or the body itself, as errors come bare as well."""
    body = body if isinstance(body, Mapping) else {}
    data = body.get("data")
    first = data[0] if isinstance(data, list) and data else body
    return first if isinstance(first, Mapping) else {}


def _field(item: Mapping[str, Any]) -> str:
    """Return the API name of the field that a refusal names, or the end of its path."""
    details = item.get("details")
    details = details if isinstance(details, Mapping) else {}
    path = str(details.get("json_path") or "").rpartition(".")[2]
    return _word(details.get("api_name"), FIELD) or _word(path, FIELD)


def _word(text: object, form: re.Pattern[str]) -> str:
    return text if isinstance(text, str) and form.fullmatch(text) else ""


def _records(details: Mapping[str, Any]) -> MadeRecords:
    contact, account, deal = (made(details.get(module)) for module in ("Contacts", "Accounts", "Deals"))
    return MadeRecords(contact, account, deal)


def made(value: object) -> Made | None:
    """Return the record that an answer names by an object or by its id alone; None for no record."""
    found = value if isinstance(value, Mapping) else {"id": value}
    record_id, name = found.get("id"), found.get("name")
    if not isinstance(record_id, str) or not is_digits(record_id, most=MAX_ID_DIGITS):
        return None
    return Made(record_id, name if isinstance(name, str) else "")
