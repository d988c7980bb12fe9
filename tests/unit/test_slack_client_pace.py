"""One post a second in a channel."""

from __future__ import annotations

from chalicelib.slack.client import Pace


def test_a_second_passes_between_posts_to_one_channel_and_none_between_channels() -> None:
    """Only what is left of the second is waited for."""
    now, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    pace = Pace(clock=lambda: now[0], sleep=sleep)
    pace.wait("one")
    pace.wait("other")
    now[0] += 0.25
    pace.wait("one")
    pace.wait("one")
    now[0] += 5
    pace.wait("one")
    assert slept == [0.75, 1.0]
