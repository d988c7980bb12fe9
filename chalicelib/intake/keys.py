"""Who is calling: a live key in a header or, without headers, in the URL; a Standard Webhooks signature; a token."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from chalicelib.digits import is_digits
from chalicelib.intake.call import WebhookCall, plain_name
from chalicelib.signing import MAX_TIMESTAMP_DIGITS, TOLERANCE_SECONDS, is_recent, same

KEY_HEADER = "x-leadmatch-key"
CHECK_HEADER = "x-leadmatch-check"
"""Marks the calls of the operator's check: a refused one has lost nobody a lead, an accepted one has the trigger `check`."""
KEY_PARAMETER = "key"
METHODS_WITHOUT_HEADERS = ("GET",)
"""Methods for which Zoho's webhook form has no headers, only URL parameters; DELETE has both.

https://github.com/zoho/crm-oas/tree/main/v8.0/webhooks/operations/createWebhooks
"""
KEY_PREFIX = "whsec_"
MAX_SIGNATURES = 8


def has_live_key(call: WebhookCall, keys: Sequence[str]) -> bool:
    """Return whether the key header, or the URL of a call that can have no header, holds one of the live keys."""
    return _is_live(call.header(KEY_HEADER), keys) or has_live_url_key(call, keys)


def has_live_url_key(call: WebhookCall, keys: Sequence[str]) -> bool:
    """Return whether the URL of a call that can have no header holds one of the live keys, and no other key."""
    given = set(_url_keys(call))
    if call.method not in METHODS_WITHOUT_HEADERS or len(given) != 1:
        return False
    return _is_live(given.pop().replace(" ", "+"), keys)  # a plus that was not percent-encoded arrives as a blank


def holds_live_token(fields: Mapping[str, object], keys: Sequence[str]) -> bool:
    """Tell whether a Zoho Notification (a body with `ids`) echoes one of the live keys as its token.

    https://www.zoho.com/crm/developer/docs/api/v8/notifications/overview.html
    """
    token = fields.get("token")
    return "ids" in fields and isinstance(token, str) and _is_live(token, keys)


def shows_key(call: WebhookCall) -> bool:
    """Return whether a header or the URL holds a key or a signature, whether it is good or not."""
    return bool(call.header(KEY_HEADER) or call.header("webhook-signature") or any(_url_keys(call)))


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
        for secret in map(signing_secret, keys)
        if secret
        for signature in given
    )


def signing_secret(key: str) -> bytes | None:
    """Return the bytes that sign with a key; None for one that is not base64: any text may serve in the header."""
    try:
        return base64.b64decode(key.removeprefix(KEY_PREFIX), validate=True) or None
    except (binascii.Error, ValueError):
        return None


def why_refused(call: WebhookCall, *, now: datetime) -> str:
    """Return what a caller without a live key may have overlooked, or an empty text; it never says whether a key is good."""
    if any(_url_keys(call)) and call.method not in METHODS_WITHOUT_HEADERS:
        return f"With {call.method} a key in the URL does not count: put it into the header."
    timestamp = call.header("webhook-timestamp")
    if not call.header("webhook-signature") or is_recent(timestamp, now):
        return ""
    if is_digits(timestamp, most=MAX_TIMESTAMP_DIGITS):
        return f"webhook-timestamp is more than {TOLERANCE_SECONDS // 60} minutes away from our clock."
    return "webhook-timestamp is in seconds, ten digits: Deluge's toLong() gives milliseconds."


def _url_keys(call: WebhookCall) -> Iterator[str]:
    return (value for name, value in call.query if plain_name(name) == KEY_PARAMETER)


def _is_live(candidate: str, keys: Sequence[str]) -> bool:
    """Compare with every key, so that the time taken tells nothing about which one fits."""
    return bool(candidate) and any([same(candidate, key) for key in keys if key])  # noqa: C419 - all are compared
