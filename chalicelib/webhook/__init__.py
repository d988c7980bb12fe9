"""A webhook call becomes authenticated lead events, or a refusal that says what to change. Pure: no I/O, no clock."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.errors import CallRefused
from chalicelib.events import LeadEvent, Trigger
from chalicelib.webhook.auth import CHECK_HEADER, Entry, let_in, shows_key, why_refused
from chalicelib.webhook.lead_ids import check_module, is_notification, is_of_deletion, names_a_lead, read_lead_ids
from chalicelib.webhook.request import WebhookCall, levels_of, merged, read_fields

METHODS_WITHOUT_BODY = ("GET", "DELETE")
"""Of Zoho's webhook form: the lead's id stands in the URL then.

https://github.com/zoho/crm-oas/tree/main/v8.0/webhooks/operations/createWebhooks
"""
EVENT_NAMESPACE = uuid.UUID("6f0b8c1e-6d0f-5c5e-9a57-2b6f3c1d9e42")
"""Namespace of the event ids that are derived from a signed call's `webhook-id` and the lead id."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A call with a live key: one lead event for each lead that it names; none when it tells that leads were deleted."""

    events: tuple[LeadEvent, ...]
    entry: Entry


@dataclass(frozen=True, slots=True)
class Refused:
    """A call that is answered with an error: 400 when it names no lead of ours, 401 without a live key, 413 when it is large."""

    error: CallRefused
    entry: Entry | None = None
    """How a live key let it in; None without one."""
    is_meant_for_us: bool = True
    """Whether the caller shows a key, live or not, or names a lead; a scanner of the internet does neither."""


def accept(
    call: WebhookCall, *, keys: Sequence[str], now: datetime, new_event_id: Callable[[], str]
) -> Accepted | Refused:
    """Return what a call asks for and how it was let in, or why it is refused. The body is parsed once."""
    fields: dict[str, object] = {}
    fault = None
    try:
        call.require_body()
        fields = read_fields(call)
    except CallRefused as error:
        fault = error
    entry = let_in(call, fields, keys, now=now)
    if entry is None:
        means_us = shows_key(call, fields) or names_a_lead(_beside_url(call, fields))
        return Refused(call.fault or _no_live_key(call, fields, now=now), is_meant_for_us=means_us)
    try:
        if fault and not _may_lack_body(call, entry):
            return Refused(fault, entry)
        return Accepted(_events(call, fields, entry, now=now, new_event_id=new_event_id), entry)
    except CallRefused as error:
        return Refused(error, entry)


def _events(
    call: WebhookCall, fields: dict[str, object], entry: Entry, *, now: datetime, new_event_id: Callable[[], str]
) -> tuple[LeadEvent, ...]:
    named = fields if entry.where == "signature" else _beside_url(call, fields)  # the URL is not signed
    levels = levels_of(named)
    if is_of_deletion(levels):
        check_module(levels)
        return ()
    trigger = _trigger(call, levels)
    return tuple(
        LeadEvent(lead_id, _event_id(entry, lead_id) or new_event_id(), accepted_at=now, trigger=trigger)
        for lead_id in read_lead_ids(named)
    )


def _event_id(entry: Entry, lead_id: str) -> str:
    """Return the id that a signed call has again when it is repeated; an empty text for any other call."""
    return str(uuid.uuid5(EVENT_NAMESPACE, f"{entry.webhook_id}/{lead_id}")) if entry.webhook_id else ""


def _trigger(call: WebhookCall, levels: Sequence[Mapping[str, object]]) -> Trigger:
    """Return what made the call; only a call with a live key comes this far, so no stranger passes for a check."""
    if call.header(CHECK_HEADER):
        return "check"
    return "notification" if is_notification(levels) else "webhook"


def _beside_url(call: WebhookCall, fields: Mapping[str, object]) -> dict[str, object]:
    return merged([*call.query, *fields.items()])


def _may_lack_body(call: WebhookCall, entry: Entry) -> bool:
    """Return whether the URL may name the lead: then the body may be empty, or text that nobody can read."""
    if call.fault or entry.where not in ("header", "url"):
        return False
    return names_a_lead(merged(call.query)) or (not call.body.strip() and call.method in METHODS_WITHOUT_BODY)


def _no_live_key(call: WebhookCall, fields: Mapping[str, object], *, now: datetime) -> CallRefused:
    return CallRefused(
        "Send a live webhook key in the header X-Leadmatch-Key (with GET, for which Zoho has no headers, as the URL "
        "parameter key), a Standard Webhooks signature, or, for Zoho Notifications, the key as the channel's token. "
        + why_refused(call, fields, now=now),
        reason="no_live_key",
        status=401,
    )
