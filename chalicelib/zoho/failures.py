"""What Zoho's bad answers mean: each status and code becomes one of our errors.

Codes: https://www.zoho.com/crm/developer/docs/api/v8/status-codes.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from chalicelib.errors import (
    AlreadyConverted,
    LeadmatchError,
    LeadNotFound,
    NotApproved,
    RecordLocked,
    ZohoBlocked,
    ZohoRefused,
    ZohoThrottled,
    ZohoUnavailable,
)
from chalicelib.http import Answer

THROTTLED = ("TOO_MANY_REQUESTS", "RATE_LIMIT_EXCEEDED", "LIMIT_EXCEEDED")
TOKEN_REFUSED = ("INVALID_TOKEN", "AUTHENTICATION_FAILURE")
REFUSALS = {
    "OAUTH_SCOPE_MISMATCH": (
        "zoho_scope_missing",
        "The Zoho authorisation lacks the scope ZohoCRM.modules.leads.READ.",
    ),
    "NO_PERMISSION": ("zoho_no_permission", "The Zoho user who authorised leadmatch may not read this lead."),
    "AUTHORIZATION_FAILED": ("zoho_no_permission", "The Zoho user who authorised leadmatch may not read this lead."),
    "INVALID_MODULE": ("zoho_no_leads_module", "Zoho shows our user no Leads module."),
    "INVALID_URL_PATTERN": ("zoho_unknown_path", "Zoho does not know this API path: check LEADMATCH_ZOHO_API_VERSION."),
    "INVALID_HOST": (
        "zoho_wrong_data_center",
        "The token is of another data centre: check LEADMATCH_ZOHO_DATA_CENTER.",
    ),
}
ASKED_WRONGLY = range(400, 500)
THROTTLED_STATUS = 429
API_THROTTLED = "zoho_throttled"
"""The reason for which every worker pauses; a throttled token endpoint has another one."""


ADDRESS = re.compile(r"(?<![a-z])ips?(?![a-z])", re.IGNORECASE)
"""The word for an address, as in INVALID_IP or "Access denied from this IP address"."""
THROTTLE = re.compile("too many", re.IGNORECASE)
"""Too many calls from an address end by themselves."""
TELLING = ("code", "message", "error", "error_description")


def token_was_refused(answer: Answer) -> bool:
    """Tell whether the access token is what Zoho refuses (401)."""
    refused = answer.status == 401 and code_of(answer) in (*TOKEN_REFUSED, "")  # noqa: PLR2004 - HTTP's own number
    return refused and not names_address(answer.json())


def names_address(body: object) -> bool:
    """Return whether a refusal is about the IP address that the call came from.

    Zoho documents that its APIs take no call from other addresses than an org allows, and no code for it.
    https://help.zoho.com/portal/en/kb/crm/manage-crm-account/security-control/articles/configuring-allowed-ips
    """
    fields = body if isinstance(body, Mapping) else {}
    texts = (fields.get(name) for name in TELLING)
    said = " ".join(text for text in texts if isinstance(text, str))
    return bool(ADDRESS.search(said.replace("_", " "))) and not THROTTLE.search(said)


def address_refused() -> ZohoBlocked:
    """Return the error of a call that Zoho refuses because of the address it came from."""
    return ZohoBlocked(
        "Zoho refuses calls from the IP address that leadmatch has: the org allows certain addresses only.",
        reason="zoho_ip_restricted",
    )


def code_of(answer: Answer) -> str:
    """Give the error's code; some errors stand inside a list or an object named like the module."""
    body = answer.json()
    if isinstance(body, Mapping) and "code" not in body:
        inner = (value[0] if isinstance(value, list) and value else value for value in body.values())
        body = next((value for value in inner if isinstance(value, Mapping)), body)
    code = body.get("code") if isinstance(body, Mapping) else None
    return code if isinstance(code, str) else ""


def failure(answer: Answer) -> LeadmatchError:
    """Give the error that a bad answer stands for."""
    code = code_of(answer)
    if code == "ID_ALREADY_CONVERTED":
        return AlreadyConverted("The lead is converted already.", reason="already_converted")
    if code in THROTTLED or answer.status == THROTTLED_STATUS:
        return ZohoThrottled(
            "Zoho asks us to slow down.", reason=API_THROTTLED, retry_after_seconds=answer.retry_after_seconds
        )
    if answer.status in ASKED_WRONGLY and names_address(answer.json()) and not _about_the_lead(code):
        return address_refused()
    if code in REFUSALS:
        reason, message = REFUSALS[code]
        return ZohoRefused(message, reason=reason)
    if token_was_refused(answer):
        return ZohoRefused("Zoho refuses a fresh access token.", reason="zoho_token_refused")
    return _about_the_lead(code) or _other(answer)


def _about_the_lead(code: str) -> LeadmatchError | None:
    if code == "RECORD_LOCKED":
        return RecordLocked("The lead is locked while Zoho merges it.", reason="record_locked")
    if code in ("NOT_APPROVED", "NOT_REVIEWED"):
        return NotApproved("The lead waits for an approval in Zoho.", reason="not_approved")
    if code in ("INVALID_DATA", "RECORD_NOT_FOUND"):
        return LeadNotFound("Zoho offers no conversion of this lead.", reason="lead_not_found")
    return None


def _other(answer: Answer) -> LeadmatchError:
    if answer.status not in ASKED_WRONGLY or answer.json() is None:
        return ZohoUnavailable(
            f"Zoho answered HTTP {answer.status}.",
            reason=f"zoho_http_{answer.status}",
            retry_after_seconds=answer.retry_after_seconds,
        )
    return ZohoRefused(f"Zoho refused the request with HTTP {answer.status}.", reason=f"zoho_http_{answer.status}")
