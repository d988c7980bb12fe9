"""sweep: waiting leads whose time has come go back to the inbox as events of their own. Its other half is `died`.

It also looks after a banner that no lead moves any more, and queues nothing while Zoho does not answer or its credits run low.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.aws.queues import Message
from chalicelib.aws.zoho_health import ZohoState
from chalicelib.events import LeadEvent, if_past
from chalicelib.steps.outcome import Outcome
from chalicelib.timing import next_check_at

PART_SECONDS = 15.0
"""The sweep has three parts (waiting leads, dead leads, dead notices), and a minute for all of them."""
CREDITS_KNOWN = timedelta(hours=1)
"""Zoho says how many are left only while fewer than half are: with no answer there is no news, also when they are back."""


class Ledger(Protocol):
    """Knows which leads wait."""

    def due(self) -> Iterable[str]: ...
    def postpone(self, lead_id: str, *, until: datetime) -> None: ...


class Inbox(Protocol):
    """Takes lead events."""

    def send(self, message: Message) -> None: ...


class Banner(Protocol):
    """Says what is to be said of an outage."""

    def look_after(self, state: ZohoState) -> None: ...


def sweep(
    *,
    ledger: Ledger,
    inbox: Inbox,
    banner: Banner,
    state: ZohoState,
    credits_floor: int,
    now: Callable[[], datetime],
    new_event_id: Callable[[], str],
    seconds: float = PART_SECONDS,
) -> Outcome:
    """Queue the leads that are due, for so many seconds; what was not queued stays due for the next sweep.

    While Zoho does not answer, nothing is queued. While fewer API credits are left than the floor, they are kept for
    leads that people wait for.
    """
    banner.look_after(state)
    if obstacle := _obstacle(state, credits_floor, now()):
        return Outcome("swept", {"queued": 0, **obstacle})
    queued, until = 0, now() + timedelta(seconds=seconds)
    for lead_id in ledger.due():
        if now() >= until:
            break
        event = LeadEvent(lead_id, new_event_id(), now(), "sweep")
        inbox.send(Message.of_event(event))
        ledger.postpone(lead_id, until=next_check_at(now()))
        queued += 1
    return Outcome("swept", {"queued": queued})


def _obstacle(state: ZohoState, floor: int, now: datetime) -> dict[str, str | int | float]:
    """Give why nothing is queued, for the log; nothing when there is no reason."""
    if state.is_out(now):  # a lead that is given up there would wait no more
        return {"reason": "zoho_does_not_answer"}
    if _is_short(state, floor, now):
        return {"reason": "zoho_credits_low", "credits_left": state.credits_left or 0}
    return {}


def _is_short(state: ZohoState, floor: int, now: datetime) -> bool:
    """Tell whether the day's credits run low; when nobody has heard of them for long, a lead's answer brings news."""
    credits_at = if_past(state.credits_at, now)
    if state.credits_left is None or credits_at is None:
        return False
    return state.credits_left < floor and now - credits_at < CREDITS_KNOWN
