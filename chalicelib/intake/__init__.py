"""A webhook call becomes authenticated lead events, or a refusal that says what to change. Pure: no I/O, no clock."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from chalicelib.errors import CallRefused
from chalicelib.events import LeadEvent, Trigger
from chalicelib.intake.body import merged, read_fields
from chalicelib.intake.call import WebhookCall
from chalicelib.intake.keys import (
    CHECK_HEADER,
    has_live_key,
    holds_live_token,
    is_signed,
    shows_key,
    shows_token,
    why_refused,
)
from chalicelib.intake.lead_ids import check_module, names_a_lead, read_lead_ids
from chalicelib.intake.notification import is_notification, is_of_deletion

METHODS_WITHOUT_BODY = ("GET", "DELETE")
"""Of Zoho's webhook form: the lead's id stands in the URL then.

https://github.com/zoho/crm-oas/tree/main/v8.0/webhooks/operations/createWebhooks
"""
EVENT_NAMESPACE = uuid.UUID("6f0b8c1e-6d0f-5c5e-9a57-2b6f3c1d9e42")
"""Namespace of the event ids that are derived from a signed call's `webhook-id` and the lead id."""


def accept(
    call: WebhookCall, *, keys: Sequence[str], now: datetime, new_event_id: Callable[[], str]
) -> tuple[LeadEvent, ...]:
    """Return one lead event for each lead that `call` names; none for a Notification that leads were deleted.

    Raises `CallRefused`: 401 without a live key, 400 for a call that names no lead of ours, 413 for a large body.
    """
    call.require_body()
    signed, has_key = is_signed(call, keys, now=now), has_live_key(call, keys)
    if has_key:
        fields = _fields_beside_url(call)
    else:
        fields = read_fields(call) if signed else _fields_under_token(call, keys, now=now)
    if is_of_deletion(fields):
        check_module(fields)
        return ()
    named = fields if signed and not has_key else merged([*call.query, *fields.items()])  # the URL is not signed
    trigger = _trigger(call, fields)
    webhook_id = call.header("webhook-id") if signed else None
    return tuple(
        LeadEvent(
            lead_id=lead_id,
            event_id=str(uuid.uuid5(EVENT_NAMESPACE, f"{webhook_id}/{lead_id}")) if webhook_id else new_event_id(),
            accepted_at=now,
            trigger=trigger,
        )
        for lead_id in read_lead_ids(named)
    )


def _trigger(call: WebhookCall, fields: Mapping[str, object]) -> Trigger:
    """Return what made the call; only a call with a live key comes this far, so no stranger passes for a check."""
    if call.header(CHECK_HEADER):
        return "check"
    return "notification" if is_notification(fields) else "webhook"


def is_opened_by(call: WebhookCall, key: str, *, now: datetime) -> bool:
    """Tell whether this key alone would let the call in."""
    return has_live_key(call, (key,)) or is_signed(call, (key,), now=now) or holds_live_token(_readable(call), (key,))


def shows_any_key(call: WebhookCall) -> bool:
    """Return whether the caller means to have a key, live or not: a scanner of the internet shows none.

    Nor does it name a lead in the URL, as Zoho does when somebody switches the webhook to GET and its headers are gone.
    """
    return shows_key(call) or names_a_lead(call.query) or shows_token(_readable(call))


def _readable(call: WebhookCall) -> dict[str, object]:
    """Read the fields, none of a body that cannot be read."""
    try:
        return read_fields(call)
    except CallRefused:
        return {}


def _fields_beside_url(call: WebhookCall) -> dict[str, object]:
    """Read the body of a call whose URL may name the lead: then the body may be empty, or text that nobody can read."""
    if names_a_lead(call.query) or (not call.body.strip() and call.method in METHODS_WITHOUT_BODY):
        return _readable(call)
    return read_fields(call)


def _fields_under_token(call: WebhookCall, keys: Sequence[str], *, now: datetime) -> dict[str, object]:
    """Read the body of a Zoho Notification, whose key stands inside it as `token`."""
    fields = _readable(call)
    if not holds_live_token(fields, keys):
        raise CallRefused(
            "Send a live webhook key in the header X-Leadmatch-Key (with GET, for which Zoho has no headers, as the URL "
            "parameter key), a Standard Webhooks signature, or, for Zoho Notifications, the key as the channel's token. "
            + why_refused(call, now=now),
            reason="no_live_key",
            status=401,
        )
    return fields
