"""Asks Zoho as one of many workers: all of them pause together when Zoho asks for it, and note how Zoho is.

They note two things in the item that they share: whether Zoho answers, and how many of the day's API credits are left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from chalicelib.aws.zoho_health import ZohoHealth
from chalicelib.errors import (
    AnswersDiffer,
    LeadmatchError,
    LeadNotFound,
    NotApproved,
    RecordLocked,
    Retryable,
    ZohoApiThrottled,
    ZohoBlocked,
    ZohoThrottled,
    ZohoUnavailable,
)
from chalicelib.events import if_past
from chalicelib.steps.announce import Banner
from chalicelib.timing import (
    CLOCKS_DIFFER,
    CREDITS_NOTED_EVERY,
    LONGEST_ASKED_SECONDS,
    ZOHO_LOOKUP_SECONDS,
    Backoff,
    honoured_seconds,
)
from chalicelib.zoho.lookup import LeadSource, LookupResult, look_up

ABOUT_THE_LEAD = (RecordLocked, NotApproved, LeadNotFound, AnswersDiffer)
"""What Zoho says of one lead: it has answered."""
PAUSED = "zoho_paused"
NO_FIELDS: Mapping[str, Any] = {}


class ZohoHealthLog(Protocol):
    """The shared state of Zoho, each write conditional on what was seen."""

    def pause(self, seen: ZohoHealth, *, until: datetime) -> ZohoHealth: ...
    def ease(self, seen: ZohoHealth) -> None: ...
    def begin_outage(self, *, outage_id: str) -> ZohoHealth: ...
    def note_credits(self, left: int) -> None: ...


@dataclass(frozen=True, slots=True)
class ZohoGate:
    """One worker's part; `random` gives numbers from 0 to 1, `note_credits` writes down what is left of the day.

    `lookup_seconds` bounds one whole lookup, tokens included: what is left of check's time is for saying how it went.
    """

    zoho: LeadSource
    health: ZohoHealthLog
    banner: Banner
    backoff: Backoff
    now: Callable[[], datetime]
    random: Callable[[], float]
    new_id: Callable[[], str]
    note_credits: Callable[[], None]
    lookup_seconds: float = ZOHO_LOOKUP_SECONDS
    hear_of_token: Callable[[Mapping[str, Any]], None] = lambda _: None
    """Gets the access token's record as it was read with the lead."""
    on_blocked: Callable[[ZohoBlocked], None] = lambda _: None
    """Hears that Zoho lets nobody in, which a person has to look at."""

    def look_up(
        self,
        *,
        lead_id: str,
        state: ZohoHealth,
        token_record: Mapping[str, Any] = NO_FIELDS,
        first_received_at: datetime | None = None,
    ) -> LookupResult:
        """Ask about a lead, or only say for how long all still pause; note how it went before anything is made of it.

        `first_received_at` is when the lead was first tried; a lead without it counts as new.
        """
        self.hear_of_token(token_record)
        if self._is_paused(state):
            result = LookupResult(None, None, self._paused(state))
        else:
            result = look_up(self.zoho, lead_id=lead_id, seconds=self.lookup_seconds)
            self.note_credits()
        error = result.error
        if isinstance(error, ZohoApiThrottled):
            state = self._throttled(state, error)
            result = replace(result, error=self._paused(state, reason=error.reason))
        if isinstance(error, ZohoBlocked):
            self.on_blocked(error)
        if isinstance(error, ZohoUnavailable | ZohoThrottled):
            self._failed(state, first_received_at)
        elif error is None or result.lead or isinstance(error, ABOUT_THE_LEAD):
            self._answered(state)
        return result

    def _is_paused(self, state: ZohoHealth) -> bool:
        """Return whether everybody pauses; a pause that is longer than any was written by a clock that is ahead."""
        if state.paused_until is None:
            return False
        longest = max(self.backoff.longest_seconds, LONGEST_ASKED_SECONDS)
        return timedelta(0) < state.paused_until - self.now() <= timedelta(seconds=longest) + CLOCKS_DIFFER

    def _paused(self, state: ZohoHealth, *, reason: str = PAUSED) -> ZohoThrottled:
        """Return the error that sends a worker away until after the pause, each to a moment of its own."""
        left = (state.paused_until - self.now()).total_seconds() if state.paused_until else 0.0
        spread = self.backoff.whole_seconds(max(0, state.throttles - 1)) / 2
        return ZohoThrottled(
            "Zoho asks us to slow down; every worker pauses.",
            reason=reason,
            retry_after_seconds=max(0.0, left) + spread * self.random(),
        )

    def _throttled(self, state: ZohoHealth, error: ZohoApiThrottled) -> ZohoHealth:
        own = self.backoff.seconds(state.throttles, random=self.random)
        seconds = max(honoured_seconds(error.retry_after_seconds), own)
        return self.health.pause(state, until=self.now() + timedelta(seconds=seconds))

    def _failed(self, state: ZohoHealth, first_received_at: datetime | None) -> None:
        """Go on with the outage or begin one; a lead that failed through somebody else's answer knows of none."""
        if state.ended_at:  # the worker that saw the last outage end died before everything was said
            state = self.banner.end(state)
        answered_at = if_past(state.answered_at, self.now())
        if state.failing_since:
            self.banner.go_on(state)
        elif not (answered_at and first_received_at and first_received_at <= answered_at):
            self.health.begin_outage(outage_id=self.new_id())

    def _answered(self, state: ZohoHealth) -> None:
        if state.throttles:
            self.health.ease(state)
        if state.failing_since:
            self.banner.end(state, answered=True)


class Credits:
    """How many API credits are left, as this worker heard it last; `heard` may be called by several threads.

    Below half of them every answer of Zoho's says how many, and a write each time would be one more call for each lead. Nobody
    reads more of it than on which side of the `floor` it is: that is written at once, the number itself now and then.
    """

    def __init__(
        self,
        *,
        health: ZohoHealthLog,
        floor: int,
        now: Callable[[], datetime],
        warn: Callable[[LeadmatchError], None],
        between: timedelta = CREDITS_NOTED_EVERY,
    ) -> None:
        self._health, self._floor, self._now, self._warn, self._between = health, floor, now, warn, between
        self._heard: int | None = None
        self._noted: tuple[datetime, bool] | None = None
        """When it was written last, and whether it was below the floor."""

    def heard(self, left: int) -> None:
        """Remember what an answer of Zoho's says."""
        self._heard = left

    def note(self) -> None:
        """Write down what was heard since the last note; a failed write is no reason to ask Zoho again."""
        left, now = self._heard, self._now()
        if left is None or not self._is_news(left, now):
            return
        self._heard, self._noted = None, (now, left < self._floor)
        try:
            self._health.note_credits(left)
        except Retryable as error:
            self._warn(error)

    def _is_news(self, left: int, now: datetime) -> bool:
        if self._noted is None:
            return True
        noted_at, was_below = self._noted
        return (left < self._floor) != was_below or now - noted_at >= self._between
