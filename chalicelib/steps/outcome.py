"""What a step did, as the edge logs it: a static name and fields that are ids, counts, durations and reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.events import LeadEvent


@dataclass(frozen=True, slots=True)
class Outcome:
    """One log line."""

    name: str
    fields: dict[str, str | int | float]


def of_event(name: str, event: LeadEvent, *, now: datetime, **fields: str | int | float) -> Outcome:
    """Tell what became of a lead event, and how long after it was accepted."""
    since = round((now - event.accepted_at).total_seconds(), 3)
    known: dict[str, str | int | float] = {"lead_id": event.lead_id, "event_id": event.event_id}
    return Outcome(name, {**known, "since_accepted_seconds": since, **fields})
