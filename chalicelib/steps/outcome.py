"""What a step did, as the edge logs and measures it: a static name, ids, counts, durations and reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.events import LeadEvent, Occasion
from chalicelib.metrics import Metric
from chalicelib.verdict.model import Verdict


@dataclass(frozen=True, slots=True)
class Outcome:
    """One log line, and what is measured with it."""

    name: str
    fields: dict[str, str | int | float]
    measures: Mapping[Metric, float] = field(default_factory=dict)


def of_event(name: str, event: LeadEvent | Occasion, *, now: datetime, **fields: str | int | float) -> Outcome:
    """Tell what became of a lead event or an occasion, and how long after it was accepted or began."""
    about = {"lead_id": event.lead_id} if isinstance(event, LeadEvent) else {"subject": event.subject}
    known: dict[str, str | int | float] = {**about, "event_id": event.event_id}
    return Outcome(name, {**known, "since_accepted_seconds": since_accepted(event, now=now), **fields})


def of_verdict(event: LeadEvent, verdict: Verdict, *, now: datetime) -> Outcome:
    """Tell which verdict a lead event came to, and count it."""
    done = of_event(
        "checked", event, now=now, action=verdict.action, confidence=verdict.confidence, reason=verdict.reason
    )
    return replace(done, measures={Metric.VERDICTS: 1, Metric.UNCHECKED: int(verdict.action == "unchecked")})


def since_accepted(event: LeadEvent | Occasion, *, now: datetime) -> float:
    """Give the seconds since a lead event was accepted or an occasion began."""
    return max(0.0, round((now - event.accepted_at).total_seconds(), 3))
