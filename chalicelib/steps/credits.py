"""Remembers for all workers how many of Zoho's API credits are left; each worker writes it now and then.

Below half of them every answer of Zoho's says how many, and a write each time would be one more call for each lead.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.errors import LeadmatchError, Retryable

BETWEEN_NOTES = timedelta(minutes=15)


class States(Protocol):
    """The shared state of Zoho."""

    def note_credits(self, left: int) -> None: ...


class Credits:
    """What this worker heard last; `heard` may be called by several threads.

    Nobody reads more of it than on which side of the `floor` it is: that is written at once, the number itself now and then.
    """

    def __init__(
        self,
        *,
        states: States,
        floor: int,
        now: Callable[[], datetime],
        warn: Callable[[LeadmatchError], None],
        between: timedelta = BETWEEN_NOTES,
    ) -> None:
        self._states, self._floor, self._now, self._warn, self._between = states, floor, now, warn, between
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
            self._states.note_credits(left)
        except Retryable as error:
            self._warn(error)

    def _is_news(self, left: int, now: datetime) -> bool:
        if self._noted is None:
            return True
        noted_at, was_below = self._noted
        return (left < self._floor) != was_below or now - noted_at >= self._between
