"""sweep: waiting leads whose time has come go back to the inbox as events of their own. Its other half is `died`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.aws.queues import Message
from chalicelib.events import LeadEvent
from chalicelib.steps.outcome import Outcome
from chalicelib.verdict.sentence import RECHECK_HOURS

PART_SECONDS = 15.0
"""The sweep has three parts (waiting leads, dead leads, dead notices), and a minute for all of them."""


class Ledger(Protocol):
    """Knows which leads wait."""

    def due(self) -> Iterable[str]: ...
    def postpone(self, lead_id: str, *, until: datetime) -> None: ...


class Inbox(Protocol):
    """Takes lead events."""

    def send(self, message: Message) -> None: ...


def sweep(
    *,
    ledger: Ledger,
    inbox: Inbox,
    now: Callable[[], datetime],
    new_event_id: Callable[[], str],
    seconds: float = PART_SECONDS,
) -> Outcome:
    """Queue the leads that are due, for so many seconds; what was not queued stays due for the next sweep."""
    queued, until = 0, now() + timedelta(seconds=seconds)
    for lead_id in ledger.due():
        if now() >= until:
            break
        event = LeadEvent(lead_id, new_event_id(), now(), "sweep")
        inbox.send(Message(event.to_json(), group=lead_id, deduplication_id=event.event_id))
        ledger.postpone(lead_id, until=now() + timedelta(hours=RECHECK_HOURS))
        queued += 1
    return Outcome("swept", {"queued": queued})
