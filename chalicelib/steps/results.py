"""What a step returns: the outcome of a message, as it is logged and measured, or the answer to an HTTP call, and what is logged of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.errors import CallRefused, LeadmatchError
from chalicelib.events import Incident, LeadEvent
from chalicelib.metrics import Metric
from chalicelib.timing import RETRY_AFTER_SECONDS


@dataclass(frozen=True, slots=True)
class StepResult:
    """One log line, and what is measured with it."""

    name: str
    fields: dict[str, str | int | float]
    measures: Mapping[Metric, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HttpReply:
    """An HTTP answer; `about` is what else its log line says, in ids and machine words."""

    status: int
    body: dict[str, Any] | str
    reason: str
    headers: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, object] = field(default_factory=dict)
    leads: int = 0
    """How many leads were taken."""
    is_lost: bool = False
    """Whether leads were not taken of a caller with a live key, or while nobody could tell: nobody else reports them."""
    has_wrong_key: bool = False
    """Whether the caller has no live key and yet shows one or names a lead: Zoho with an old key or none, or a stranger."""


def of_event(name: str, event: LeadEvent | Incident, *, now: datetime, **fields: str | int | float) -> StepResult:
    """Return what became of a lead event or an incident, and how long after it was accepted or began."""
    about = {"lead_id": event.lead_id} if isinstance(event, LeadEvent) else {"subject": event.subject}
    known: dict[str, str | int | float] = {**about, "event_id": event.event_id}
    return StepResult(name, {**known, "since_accepted_seconds": since_accepted(event, now=now), **fields})


def since_accepted(event: LeadEvent | Incident, *, now: datetime) -> float:
    """Return the seconds since a lead event was accepted or an incident began."""
    return max(0.0, round((now - event.accepted_at).total_seconds(), 3))


def refused(
    error: CallRefused, *, about: Mapping[str, object] | None = None, is_lost: bool = False, has_wrong_key: bool = False
) -> HttpReply:
    """Say what is wrong with a call."""
    body = _error(error.reason, str(error).strip())
    return HttpReply(error.status, body, error.reason, about=about or {}, is_lost=is_lost, has_wrong_key=has_wrong_key)


def unavailable(error: LeadmatchError, message: str, *, is_lost: bool = False) -> HttpReply:
    """Say 503: nothing was taken, and the caller may send it again."""
    body = _error("try_again", message)
    return HttpReply(503, body, error.reason, {"Retry-After": str(RETRY_AFTER_SECONDS)}, is_lost=is_lost)


def _error(reason: str, message: str) -> dict[str, Any]:
    return {"error": {"reason": reason, "message": message}}
