"""Remembers for all workers how many of Zoho's API credits are left, at most one write a minute by each worker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.errors import LeadmatchError, Retryable

BETWEEN_NOTES = timedelta(minutes=1)


class States(Protocol):
    """The shared state of Zoho."""

    def note_credits(self, left: int) -> None: ...


class Credits:
    """What this worker heard last. `heard` may be called by several threads, `note` writes it down now and then."""

    def __init__(
        self,
        *,
        states: States,
        now: Callable[[], datetime],
        warn: Callable[[LeadmatchError], None],
        between: timedelta = BETWEEN_NOTES,
    ) -> None:
        self._states, self._now, self._warn, self._between = states, now, warn, between
        self._heard: int | None = None
        self._noted_at: datetime | None = None

    def heard(self, left: int) -> None:
        """Remember what an answer of Zoho's says."""
        self._heard = left

    def note(self) -> None:
        """Write down what was heard since the last note; a failed write is no reason to ask Zoho again."""
        left, now = self._heard, self._now()
        if left is None or (self._noted_at and now - self._noted_at < self._between):
            return
        self._heard, self._noted_at = None, now
        try:
            self._states.note_credits(left)
        except Retryable as error:
            self._warn(error)
