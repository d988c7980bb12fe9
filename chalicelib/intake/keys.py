"""Who is calling: a live key in a header, a Standard Webhooks signature, or a Notification's token."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from chalicelib.digits import is_digits
from chalicelib.intake.call import WebhookCall

KEY_HEADER = "x-leadmatch-key"
KEY_PREFIX = "whsec_"
TOLERANCE_SECONDS = 300
MAX_TIMESTAMP_DIGITS = 12
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


def is_signed(call: WebhookCall, keys: Sequence[str], *, now: datetime) -> bool:
    """Tell whether a Standard Webhooks 1.0 signature (v1, HMAC-SHA256) of the last five minutes fits a live key.

    https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    """
    webhook_id, timestamp = call.header("webhook-id"), call.header("webhook-timestamp")
    if not webhook_id or not _is_recent(timestamp, now):
        return False
    signed = f"{webhook_id}.{timestamp}.".encode("utf-8", "surrogatepass") + call.body
    given = [s[3:] for s in call.header("webhook-signature").split()[:MAX_SIGNATURES] if s.startswith("v1,")]
    return any(
        _same(signature, base64.b64encode(hmac.digest(secret, signed, "sha256")).decode())
        for secret in _signing_secrets(keys)
        for signature in given
    )


def _is_live(candidate: str, keys: Sequence[str]) -> bool:
    """Compare with every key, so that the time taken tells nothing about which one fits."""
    return bool(candidate) and any([_same(candidate, key) for key in keys if key])  # noqa: C419 - all are compared


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(_digest(left), _digest(right))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _signing_secrets(keys: Sequence[str]) -> Iterator[bytes]:
    for key in keys:
        try:
            secret = base64.b64decode(key.removeprefix(KEY_PREFIX), validate=True)
        except (binascii.Error, ValueError):
            continue  # any text may serve in the header; only base64 can sign
        if secret:
            yield secret


def _is_recent(timestamp: str, now: datetime) -> bool:
    if not is_digits(timestamp, most=MAX_TIMESTAMP_DIGITS):
        return False
    return abs(now.timestamp() - int(timestamp)) <= TOLERANCE_SECONDS
