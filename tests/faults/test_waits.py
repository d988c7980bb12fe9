"""How late a post may be, and how long one fault holds its channel: at the bounds of every duration, in virtual time."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import SlackUnclear
from chalicelib.steps.notify import Timing
from chalicelib.timing import IN_FLIGHT_SECONDS, LEAD_LEASE_SECONDS, NOTIFY_TIMEOUT_SECONDS, SLACK_READ_SECONDS
from tests.faults.waits import FAULTS, RESET_SECONDS, seconds_until_the_next, slack_does
from tests.faults.world.chaos import Killed
from tests.faults.world.tally import Tally, tally
from tests.faults.world.world import World
from tests.faults.world.zoho import VANISHED

LEADS = itertools.count(7 * 10**18)
"""Each world has its own, since they share a table."""
HOURS = 5
UNCLEAR = SlackUnclear("perhaps", reason="slack_answer_lost")
ENDS: dict[str, tuple[float, BaseException]] = {
    "the connection broke": (RESET_SECONDS, UNCLEAR),
    "no answer in time": (SLACK_READ_SECONDS, UNCLEAR),
    "killed at once": (0, Killed()),
    "killed by the time-out": (NOTIFY_TIMEOUT_SECONDS, Killed()),
}
"""After how many seconds a worker's post ends for the worker, and how."""
LATE_SECONDS = (0.0, 1.0, 3.0, 10.0, 20.0, IN_FLIGHT_SECONDS - 0.1)
"""How much later Slack's history shows the post: up to the longest that anybody counts with."""
CLOCKS = [(0, 0), (HOURS, 0), (-HOURS, 0), (0, HOURS), (0, -HOURS)]
"""By how many hours the clocks of the worker that posts, and of those after it, are wrong."""

SHORT_CALLS = Timing(in_flight_seconds=IN_FLIGHT_SECONDS / 2)
SHORT_LEASE = Timing(lease_seconds=LEAD_LEASE_SECONDS / 4)


def posted_late(
    table: Any,
    end: str,
    late_seconds: float,
    *,
    clocks: tuple[int, int] = (0, 0),
    vanishes: bool = False,
    timing: Timing = Timing(),  # noqa: B008 - frozen
) -> Tally:
    """Let a post be shown so much later than its end for its worker; another notice of the lead may come meanwhile."""
    after, error = ENDS[end]

    def happens(world: World, effect: Callable[[], Any]) -> Any:
        world.clock.later(after + late_seconds, effect)
        world.clock.advance(after)
        raise error

    world, lead = World(table, seed=1, rate=0.0, timing=timing), str(next(LEADS))
    world.qualify(lead, accounts=1)
    world.deliver("check")
    world.containers.next_errors = [timedelta(hours=hours) for hours in clocks]
    slack_does("post", happens)(world)
    world.deliver("notify")
    if vanishes:
        world.qualify(lead, accounts=VANISHED)
    world.go_on(600)
    world.settle()
    return tally(world)


@pytest.mark.parametrize("end", ENDS)
def test_a_post_that_comes_as_late_as_may_be_stands_once(new_table: Callable[[], Any], end: str) -> None:
    """Whatever the clocks say, and also when another notice of the lead comes by way of another channel."""
    table = new_table()
    found = {
        (late, clocks, vanishes): posted_late(table, end, late, clocks=clocks, vanishes=vanishes).findings
        for late, clocks, vanishes in itertools.product(LATE_SECONDS, CLOCKS, (False, True))
    }
    assert {case: findings for case, findings in found.items() if findings} == {}


@pytest.mark.parametrize("end", ENDS)
def test_a_post_that_comes_later_than_that_is_a_second_message(new_table: Callable[[], Any], end: str) -> None:
    """Here the promise ends: nobody waits for ever."""
    assert posted_late(new_table(), end, 2 * LEAD_LEASE_SECONDS).doubled == 1


@pytest.mark.parametrize(
    ("end", "timing"), [("the connection broke", SHORT_CALLS), ("killed by the time-out", SHORT_LEASE)]
)
def test_shorter_times_are_seen_to_leave_a_message_that_nobody_knows(
    new_table: Callable[[], Any], end: str, timing: Timing
) -> None:
    """A post is under way for as long as it may be, another notice of its lead does not wait for so long, and an old message stands."""
    assert posted_late(new_table(), end, LATE_SECONDS[-1], vanishes=True, timing=timing).findings["stale"] == 1


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_holds_its_channel_and_doubles_nothing(new_table: Callable[[], Any], name: str) -> None:
    """The next lead's message comes in the same hour; of a post that stands nobody waits for the lease, when its worker lives."""
    seconds = seconds_until_the_next(World(new_table(), seed=1, rate=0.0), FAULTS[name])
    assert seconds < 600
    if name.endswith("stands") and "nothing" not in name and "killed" not in name:
        assert seconds < IN_FLIGHT_SECONDS
