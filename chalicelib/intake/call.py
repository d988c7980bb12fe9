"""A webhook call as API Gateway hands it over: headers and the body's bytes."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import CallRefused

MAX_BODY_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """One HTTP request; header names are lower case."""

    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        """Give a header's value, or an empty text."""
        return self.headers.get(name, "")


def from_gateway(event: Mapping[str, Any]) -> WebhookCall:
    """Read a Lambda proxy event.

    Raises `CallRefused`: 413 over 64 kB, 400 for base64 that is none. Source:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    """
    headers = {str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()}
    body = event.get("body") or b""
    raw = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    if event.get("isBase64Encoded"):
        raw = _decode(raw)
    if len(raw) > MAX_BODY_BYTES:
        raise CallRefused(
            "The body is larger than 64 kB. Send the lead id alone: lead_id=${Leads.Lead Id}",
            reason="body_too_large",
            status=413,
        )
    return WebhookCall(headers, raw)


def _decode(raw: bytes) -> bytes:
    try:
        return base64.b64decode(raw, validate=True)
    except (binascii.Error, ValueError):
        raise CallRefused("The body is marked as base64 but is not.", reason="bad_base64") from None
