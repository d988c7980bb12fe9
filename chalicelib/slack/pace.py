"""Slack takes about one post a second in a channel; we do not send faster.

https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

from collections.abc import Callable

SECONDS_BETWEEN_POSTS = 1.0


class Pace:
    """Waits until a second has passed since this worker's last post to the same channel."""

    def __init__(self, *, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._clock, self._sleep = clock, sleep
        self._posted_at: dict[str, float] = {}

    def wait(self, channel: str) -> None:
        """Wait for the channel's turn, and take it."""
        remaining = self._posted_at.get(channel, float("-inf")) + SECONDS_BETWEEN_POSTS - self._clock()
        if remaining > 0:
            self._sleep(remaining)
        self._posted_at[channel] = self._clock()
