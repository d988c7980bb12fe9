"""How fast an app may call Slack.

https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls a second in the long run, and at first a burst of so many at once."""

    per_second: float
    burst: int


TIER_2 = Rate(per_second=20 / 60, burst=40)
TIER_3 = Rate(per_second=50 / 60, burst=100)
TIER_4 = Rate(per_second=100 / 60, burst=200)
"""The pages give what a minute holds at least; the bursts are twice that."""


class RateLimits:
    """A token bucket for each channel or method; each is full when it is first used."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}

    def clear(self) -> None:
        """Let every bucket be full, as after a long rest."""
        with self._lock:
            self._buckets.clear()

    def seconds_to_wait(self, bucket: str, rate: Rate) -> int:
        """Take one call out of the bucket: 0, or the whole seconds until there is one to take."""
        with self._lock:
            now = self._clock()
            left, since = self._buckets.get(bucket, (float(rate.burst), now))
            left = min(rate.burst, left + (now - since) * rate.per_second)
            if left < 1:
                self._buckets[bucket] = (left, now)
                return math.ceil((1 - left) / rate.per_second)
            self._buckets[bucket] = (left - 1, now)
            return 0
