"""Who is calling: a live key in a header, a Standard Webhooks signature, or a Notification's token."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from chalicelib.intake.call import WebhookCall
from chalicelib.signing import is_recent, same

KEY_HEADER = "x-leadmatch-key"
CHECK_HEADER = "x-leadmatch-check"
"""Marks the calls of the operator's check: a refused one has lost nobody a lead, an accepted one has the trigger `check`."""
KEY_PREFIX = "whsec_"
MAX_SIGNATURES = 8


def has_live_key(call: WebhookCall, keys: Sequence[str]) -> bool:
    """Tell whether the key header holds one of the live keys."""
    return _is_live(call.header(KEY_HEADER), keys)


def holds_live_token(fields: Mapping[str, object], keys: Sequence[str]) -> bool:
    """Tell whether a Zoho Notification (a body with `ids`) echoes one of the live keys as its token.

    https://www.zoho.com/crm/developer/docs/api/v8/notifications/overview.html
    """
    token = fields.get("token")
    return "ids" in fields and isinstance(token, str) and _is_live(token, keys)


def shows_key(call: WebhookCall) -> bool:
    """Tell whether a header holds a key or a signature, whether it is good or not."""
    return bool(call.header(KEY_HEADER) or call.header("webhook-signature"))


def shows_token(fields: Mapping[str, object]) -> bool:
    """Tell whether a Zoho Notification has a token, whether it is good or not."""
    return "ids" in fields and bool(fields.get("token"))


def is_signed(call: WebhookCall, keys: Sequence[str], *, now: datetime) -> bool:
    """Tell whether a Standard Webhooks 1.0 signature (v1, HMAC-SHA256) of the last five minutes fits a live key.

    https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    """
    webhook_id, timestamp = call.header("webhook-id"), call.header("webhook-timestamp")
    if not webhook_id or not is_recent(timestamp, now):
        return False
    signed = f"{webhook_id}.{timestamp}.".encode("utf-8", "surrogatepass") + call.body
    given = [s[3:] for s in call.header("webhook-signature").split()[:MAX_SIGNATURES] if s.startswith("v1,")]
    return any(
        same(signature, base64.b64encode(hmac.digest(secret, signed, "sha256")).decode())
        for secret in _signing_secrets(keys)
        for signature in given
    )


def _is_live(candidate: str, keys: Sequence[str]) -> bool:
    """Compare with every key, so that the time taken tells nothing about which one fits."""
    return bool(candidate) and any([same(candidate, key) for key in keys if key])  # noqa: C419 - all are compared


def _signing_secrets(keys: Sequence[str]) -> Iterator[bytes]:
    for key in keys:
        try:
            secret = base64.b64decode(key.removeprefix(KEY_PREFIX), validate=True)
        except (binascii.Error, ValueError):
            continue  # any text may serve in the header; only base64 can sign
        if secret:
            yield secret
