"""What Zoho's bad answers mean: each status and code becomes one of our errors.

Codes: https://www.zoho.com/crm/developer/docs/api/v8/status-codes.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from chalicelib.errors import (
    AlreadyConverted,
    LeadmatchError,
    LeadNotFound,
    NotApproved,
    RecordLocked,
    ZohoApiThrottled,
    ZohoBlocked,
    ZohoGatewayRefused,
    ZohoRefused,
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
        "The token belongs to another data centre: check LEADMATCH_ZOHO_DATA_CENTER.",
    ),
}
ASKED_WRONGLY = range(HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR)

ADDRESS = re.compile(
    r"(?<![a-z])ip(?!ad(?:s|os)?(?![a-z])|hone|od|so(?![a-z])|sum|ecac|aas|o(?![a-z]))"
    r"|(?:invalid|unauthori[sz]ed|unknown|untrusted|blocked|restricted|denied|disallowed|client|source|remote)ip(?![a-z])"
    r"|(?:this|your|source|remote|network|client|host|internet) address",
    re.IGNORECASE,
)
"""The word for an address, alone or at the front of another: INVALID_IP, IPRestriction, "IPAddress not whitelisted"."""
CAMEL = re.compile(r"(?<=[a-z])(?=I[Pp](?![a-z]))")
"""Where a word for an address begins inside another one: clientIP."""
THROTTLE = re.compile(r"too many|rate.?limit", re.IGNORECASE)
"""Too many calls from an address end by themselves."""

WRONG_FIELDS = (
    "code",
    "error_code",
    "message",
    "error",
    "errors",
    "error_description",
    "description",
    "reason",
    "details",
)
"""The fields in which Zoho says what is wrong, at whatever level of an answer."""
MOST_LEVELS, MOST_WORDS, MOST_CHARACTERS = 6, 20, 2000
"""How much of an answer is read: what is wrong stands at its beginning."""
MARKUP = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|$)|<[^>]*>", re.IGNORECASE | re.DOTALL)
MOST_PAGE_BYTES = 64 * 1024
CODE_LEVELS = 2
PAGE = "page"
"""The name under which the text of an answer that is no JSON is told."""


def failure(answer: Answer) -> LeadmatchError:
    """Return the error that a bad answer stands for."""
    code = code_of(answer)
    if code == "ID_ALREADY_CONVERTED":
        return AlreadyConverted("The lead is already converted.", reason="already_converted")
    if code in THROTTLED or answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return ZohoApiThrottled(
            "Zoho asks us to slow down.", reason="zoho_throttled", retry_after_seconds=answer.retry_after_seconds
        )
    if names_address(answer) and not _about_the_lead(code):
        return address_refused()
    if code in REFUSALS:
        reason, message = REFUSALS[code]
        return ZohoRefused(message, reason=reason)
    if token_was_refused(answer):
        return ZohoRefused("Zoho refuses a new access token.", reason="zoho_token_refused")
    return _about_the_lead(code) or _other(answer)


def token_was_refused(answer: Answer) -> bool:
    """Return whether the access token is what Zoho refuses (401)."""
    refused = answer.status == HTTPStatus.UNAUTHORIZED and code_of(answer) in (*TOKEN_REFUSED, "")
    return refused and not names_address(answer)


def address_refused() -> ZohoBlocked:
    """Return the error of a call that Zoho refuses because of the address it came from."""
    return ZohoBlocked(
        "Zoho refuses calls from leadmatch's IP address: the org allows only certain addresses.",
        reason="zoho_ip_restricted",
    )


def names_address(answer: Answer) -> bool:
    """Return whether a refusal is about the IP address that the call came from.

    A failure of Zoho's own is none, nor is a page that comes as a good answer. Zoho documents that its APIs take no call from other addresses than an org allows, and no code for it.
    https://help.zoho.com/portal/en/kb/crm/manage-crm-account/security-control/articles/configuring-allowed-ips
    """
    words = said(answer) if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR else []
    if answer.status not in ASKED_WRONGLY:
        words = [(name, text) for name, text in words if name != PAGE]
    text = " ".join(CAMEL.sub(" ", text).replace("_", " ") for _, text in words)
    return bool(ADDRESS.search(text)) and not THROTTLE.search(text)


def code_of(answer: Answer) -> str:
    """Return the error's code; some errors stand inside a list or an object named like the module.

    No deeper: below that a good answer has fields of its own.
    """
    return next((text for name, text in said(answer, levels=CODE_LEVELS) if name == "code"), "")


def said(answer: Answer, *, levels: int = MOST_LEVELS) -> list[tuple[str, str]]:
    """Return what an answer says of an error: each text with the name of its field, the outermost first.

    Zoho's errors are an object, or stand in a list or an object named like the module. What is no JSON is told as one
    text, without its markup.
    """
    body = answer.json()
    if body is None:
        page = answer.body[:MOST_PAGE_BYTES].decode(errors="replace")
        text = " ".join(MARKUP.sub(" ", page).split())[:MOST_CHARACTERS]
        return [(PAGE, text)] if text else []
    found: list[tuple[str, str]] = []
    level = _each(body)
    for _ in range(levels):
        fields = [field for held in level if isinstance(held, Mapping) for field in held.items()]
        parts = [(name, part) for name, value in fields for part in _each(value)]
        texts = [(name, part) for name, part in parts if isinstance(part, str) and name.lower() in WRONG_FIELDS]
        found += [(name, text[:MOST_CHARACTERS]) for name, text in texts]
        level = [part for _, part in parts]
    return found[:MOST_WORDS]


def _about_the_lead(code: str) -> LeadmatchError | None:
    if code == "RECORD_LOCKED":
        return RecordLocked("The lead is locked while Zoho merges it.", reason="record_locked")
    if code in ("NOT_APPROVED", "NOT_REVIEWED"):
        return NotApproved("The lead waits for an approval in Zoho.", reason="not_approved")
    if code in ("INVALID_DATA", "RECORD_NOT_FOUND"):
        return LeadNotFound("Zoho does not offer to convert this lead.", reason="lead_not_found")
    return None


def _other(answer: Answer) -> LeadmatchError:
    reason = f"zoho_http_{answer.status}"
    if answer.status in ASKED_WRONGLY and answer.json() is not None:
        return ZohoRefused(f"Zoho refused the request with HTTP {answer.status}.", reason=reason)
    kind = ZohoGatewayRefused if answer.status in ASKED_WRONGLY else ZohoUnavailable
    return kind(f"Zoho answered HTTP {answer.status}.", reason=reason, retry_after_seconds=answer.retry_after_seconds)


def _each(value: object) -> list[Any]:
    return value[:MOST_WORDS] if isinstance(value, list) else [value]
