"""A webhook call as API Gateway hands it over: method, headers, URL parameters and the body's bytes."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import CallRefused

MAX_BODY_BYTES = 64 * 1024
PICK_THE_ID = "In Zoho's webhook, pick Leads → Lead Id from the list with #, as the value of lead_id."
"""What every refusal says that is about the lead's id: a merge field that is typed is sent as it stands."""

QUOTES = "\"'`\u00ab\u00bb\u2018\u2019\u201a\u201c\u201d\u201e"


@dataclass(frozen=True, slots=True, repr=False)
class WebhookCall:
    """One HTTP request; header names are lower case. Not shown by `repr`: it holds keys and the lead's data."""

    headers: Mapping[str, str]
    body: bytes
    query: Sequence[tuple[str, str]] = ()
    """The URL's parameters, percent-decoded, in the order in which they came; a name may come several times."""
    method: str = "POST"
    fault: CallRefused | None = None
    """Why the body cannot be read; it is empty then."""

    def header(self, name: str) -> str:
        """Return a header's value, or an empty text."""
        return self.headers.get(name, "")

    def require_body(self) -> None:
        """Raise `CallRefused` when the body is too large (413), or marked as base64 and is not (400)."""
        if self.fault:
            raise self.fault


def from_gateway(event: Mapping[str, Any]) -> WebhookCall:
    """Read a Lambda proxy event. A body that cannot be read is a fault of the call: who sent it is known all the same.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    """
    headers = {str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()}
    method = str(event.get("httpMethod") or (event.get("requestContext") or {}).get("httpMethod") or "POST").upper()
    query = tuple(_query(event))
    try:
        return WebhookCall(headers, _body(event), query, method)
    except CallRefused as error:
        return WebhookCall(headers, b"", query, method, error)


def plain_name(name: str) -> str:
    """Return a field's name without case, blanks, underscores and hyphens: people write Lead_Id, lead-id, LEADID."""
    return re.sub(r"[\s_-]+", "", bare(name)).lower()


def bare(text: str) -> str:
    """Return a text without invisible characters, and without the blanks and quotes around it, as pasting and templates add them."""
    seen = text if text.isascii() else "".join(one for one in text if unicodedata.category(one) != "Cf")
    return seen.strip().strip(QUOTES).strip()


def _query(event: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    several = event.get("multiValueQueryStringParameters")
    if several:
        for name, values in several.items():
            yield from ((str(name), str(value)) for value in values or ())
    else:
        yield from ((str(name), str(value)) for name, value in (event.get("queryStringParameters") or {}).items())


def _body(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or b""
    raw = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    if event.get("isBase64Encoded"):
        raw = _decode(raw)
    if len(raw) > MAX_BODY_BYTES:
        raise CallRefused(
            f"The body is larger than 64 kB. Send the lead id alone. {PICK_THE_ID}",
            reason="body_too_large",
            status=413,
        )
    return raw


def _decode(raw: bytes) -> bytes:
    try:
        return base64.b64decode(raw, validate=True)
    except (binascii.Error, ValueError):
        raise CallRefused("The body is marked as base64 but is not.", reason="bad_base64") from None
