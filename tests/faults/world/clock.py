"""A clock that the test moves, and what is under way meanwhile: a call that lands after its caller is gone."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

BEGINNING = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class Clock:
    """Virtual time; effects that were set for a moment happen when it is reached."""

    def __init__(self) -> None:
        self._now = BEGINNING
        self._numbers = itertools.count()
        self._under_way: list[tuple[datetime, int, Callable[[], object]]] = []

    def now(self) -> datetime:
        """Return the time."""
        return self._now

    def seconds(self) -> float:
        """Return the time in epoch seconds."""
        return self._now.timestamp()

    def later(self, seconds: float, effect: Callable[[], object]) -> None:
        """Let something happen in so many seconds, whoever is still there then."""
        heapq.heappush(self._under_way, (self._now + timedelta(seconds=seconds), next(self._numbers), effect))

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        until = self._now + timedelta(seconds=seconds)
        while self._under_way and self._under_way[0][0] <= until:
            self._now, _, effect = heapq.heappop(self._under_way)
            effect()
        self._now = until
