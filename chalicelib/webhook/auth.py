"""Who is calling: a live key in a header or, without headers, in the URL; a Standard Webhooks signature; a token."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chalicelib.digits import is_digits
from chalicelib.signatures import MAX_TIMESTAMP_DIGITS, is_recent, same
from chalicelib.timing import SIGNATURE_TOLERANCE_SECONDS
from chalicelib.webhook.request import WebhookCall, bare, levels_of, plain_name

KEY_HEADER = "x-leadmatch-key"
CHECK_HEADER = "x-leadmatch-check"
"""Marks the calls of the operator's check: a refused one has lost nobody a lead, an accepted one has the trigger `check`."""
KEY_PARAMETER = "key"
METHODS_WITHOUT_HEADERS = ("GET",)
"""Methods for which Zoho's webhook form has no headers, only URL parameters; DELETE has both.

https://github.com/zoho/crm-oas/tree/main/v8.0/webhooks/operations/createWebhooks
"""
BODY_KEY_NAMES = (KEY_PARAMETER, "leadmatchkey", "xleadmatchkey")
"""Where a key stands in a body when somebody entered it among the body's parameters, as `plain_name` gives it."""
KEY_PREFIX = "whsec_"
MAX_SIGNATURES = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """How a call with a live key was let in."""

    where: Literal["header", "url", "signature", "token"]
    key: Literal["current", "previous"]
    webhook_id: str = ""
    """The id that the caller gave the call; only a signature that fits vouches for it."""


def let_in(call: WebhookCall, fields: Mapping[str, object], keys: Sequence[str], *, now: datetime) -> Entry | None:
    """Return how a live key lets the call in, whose body has these fields; None when none does.

    A key counts in the header, in the URL of a call that can have no header, as the secret of a Standard Webhooks 1.0
    signature, and as the token of a Zoho Notification.
    https://www.zoho.com/crm/developer/docs/api/v8/notifications/overview.html
    """
    signed = _signed_with(call, keys, now=now)
    ways: tuple[tuple[Literal["header", "url", "signature", "token"], int | None], ...] = (
        ("url", _fitting(_url_key(call), keys)),
        ("header", _fitting([call.header(KEY_HEADER)], keys)),
        ("signature", signed),
        ("token", _fitting([_token(fields)], keys)),
    )
    webhook_id = "" if signed is None else call.header("webhook-id")
    for where, number in ways:
        if number is not None:
            return Entry(where, "previous" if number else "current", webhook_id)
    return None


def shows_key(call: WebhookCall, fields: Mapping[str, object]) -> bool:
    """Return whether the caller means to have a key or a signature, whether it is good and in its place or not."""
    headers = call.header(KEY_HEADER) or call.header("webhook-signature")
    return bool(headers or _url_keys(call) or _token(fields) or _body_keys(fields))


def signing_secret(key: str) -> bytes | None:
    """Return the bytes that sign with a key; None for one that is not base64: any text may serve in the header."""
    try:
        return base64.b64decode(key.removeprefix(KEY_PREFIX), validate=True) or None
    except (binascii.Error, ValueError):
        return None


def why_refused(call: WebhookCall, fields: Mapping[str, object], *, now: datetime) -> str:
    """Return what a caller without a live key may have overlooked, or an empty text; it never says whether a key is good."""
    if _url_keys(call) and call.method not in METHODS_WITHOUT_HEADERS:
        return f"With {call.method} a key in the URL does not count: put it into the header."
    if _body_keys(fields) or (fields.get("token") and not _token(fields)):
        return "A key in the body does not count: put it into the header X-Leadmatch-Key, with GET into the URL."
    timestamp = call.header("webhook-timestamp")
    if not call.header("webhook-signature") or is_recent(timestamp, now):
        return ""
    if is_digits(timestamp, most=MAX_TIMESTAMP_DIGITS):
        return f"webhook-timestamp differs from our clock by more than {SIGNATURE_TOLERANCE_SECONDS // 60} minutes."
    return "webhook-timestamp must be in seconds, ten digits; Deluge's toLong() returns milliseconds."


def _signed_with(call: WebhookCall, keys: Sequence[str], *, now: datetime) -> int | None:
    """Return which key a Standard Webhooks signature (v1, HMAC-SHA256) of the last five minutes fits, if one does.

    https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    """
    webhook_id, timestamp = call.header("webhook-id"), call.header("webhook-timestamp")
    if not webhook_id or not is_recent(timestamp, now):
        return None
    signed = f"{webhook_id}.{timestamp}.".encode("utf-8", "surrogatepass") + call.body
    given = [s[3:] for s in call.header("webhook-signature").split()[:MAX_SIGNATURES] if s.startswith("v1,")]
    for number, secret in enumerate(map(signing_secret, keys)):
        expected = base64.b64encode(hmac.digest(secret, signed, "sha256")).decode() if secret else ""
        if expected and any(same(signature, expected) for signature in given):
            return number
    return None


def _url_keys(call: WebhookCall) -> set[str]:
    return {value for name, value in call.query if plain_name(name) == KEY_PARAMETER and value}


def _url_key(call: WebhookCall) -> list[str]:
    """Return what the one key in the URL of a call without headers may be.

    A plus that was not percent-encoded arrives as a blank, and a blank may have been pasted behind the key.
    """
    found = _url_keys(call)
    if call.method not in METHODS_WITHOUT_HEADERS or len(found) != 1:
        return []
    return [text.replace(" ", "+") for key in found for text in (key, bare(key))]


def _token(fields: Mapping[str, object]) -> str:
    """Return the token of a Zoho Notification, which is a body with `ids`."""
    token = fields.get("token")
    return token if "ids" in fields and isinstance(token, str) else ""


def _body_keys(fields: Mapping[str, object]) -> bool:
    """Return whether the body has a key, which does not count there."""
    return any(
        value for level in levels_of(fields) for name, value in level.items() if plain_name(name) in BODY_KEY_NAMES
    )


def _fitting(candidates: Collection[str], keys: Sequence[str]) -> int | None:
    """Return which key one of the texts is, if one is; all are compared, so that the time taken tells nothing about which fits."""
    fits = [any([same(text, key) for text in candidates]) and bool(key) for key in keys]  # noqa: C419 - all are compared
    return fits.index(True) if any(fits) else None
