"""The sweep beside a check of the same lead: no older match lands behind a newer one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.steps.publish import VerdictPublisher
from tests.faults.world.chaos import Fate
from tests.faults.world.workers import Container
from tests.faults.world.world import World

LEAD = str(7 * 10**18)


CLOCKS = pytest.mark.parametrize(
    "clock_error",
    [timedelta(0), timedelta(hours=5), timedelta(hours=-5), timedelta(minutes=2), timedelta(days=-2)],
    ids=["right", "5 h ahead", "5 h behind", "2 min ahead", "2 days behind"],
)


def die(world: World, *, calls: int) -> None:
    """Let the check of what is next in the inbox die for good after so many calls."""
    world.chaos.planned = [Fate.GOOD] * calls + [Fate.KILLED_BEFORE]
    world.deliver("check")
    world.chaos.planned = []
    world.clock.advance(100)
    assert not world.deliver("check")
    assert world.inbox_dead.count() == 1


def died(world: World, *, calls: int, clock_error: timedelta = timedelta(0)) -> str:
    """Let a lead qualify and its check die for good after so many calls; return the event's id."""
    first = world.qualify(LEAD, accounts=1, clock_error=clock_error)
    die(world, calls=calls)
    return first.event_id


def died_and_came_again(world: World, *, calls: int, clock_error: timedelta = timedelta(0)) -> tuple[str, str]:
    """Let a lead die so, and qualify again; return both events' ids."""
    first = died(world, calls=calls, clock_error=clock_error)
    return first, world.qualify(LEAD, accounts=2).event_id


def check_all(world: World) -> None:
    """Let check work through the inbox."""
    while world.deliver("check"):
        pass


def told(world: World) -> list[str]:
    """Return the ids of the events that other systems were told of, in their order."""
    return [match["id"] for match in world.matched]


def sweep(world: World, *, meanwhile: str = "") -> None:
    """Let the sweep run; before its send to this queue, the worst moment, a check of the newer event has its turn."""
    if meanwhile:
        world.chaos.planned_at[f"sqs.{meanwhile}.send"] = Fate.OVERTAKEN
        world.chaos.overtake = lambda: check_all(world)
    world.sweep()
    assert not world.chaos.planned_at


@pytest.mark.parametrize("calls", [0, 1, 2, 3], ids=["at its read", "at its write", "at its match", "at its notice"])
@pytest.mark.parametrize("moment", ["before the sweep", "in the middle of it", "after it"])
@CLOCKS
def test_a_match_that_the_sweep_brings_is_never_behind_a_newer_one(
    table: Any, calls: int, moment: str, clock_error: timedelta
) -> None:
    """The newest event's match is the last, and each id comes once; the lead's message shows it too."""
    world = World(table, seed=1, rate=0.0, max_receives=1)
    _, newest = died_and_came_again(world, calls=calls, clock_error=clock_error)
    if moment == "before the sweep":
        check_all(world)
    sweep(world, meanwhile="inbox" if moment == "in the middle of it" else "")
    world.settle(replays=False)
    assert told(world)[-1] == newest
    assert len(set(told(world))) == len(told(world))
    item = Container(world, "sweep").ledger().read(LEAD)
    assert item
    assert item.event_id == newest
    assert item.shown
    assert item.shown.event_id == newest


@pytest.mark.parametrize("calls", [0, 1], ids=["at its read", "at its write"])
@pytest.mark.parametrize("in_line", [False, True], ids=["after it was checked", "while it was checked"])
@CLOCKS
def test_a_lead_that_died_after_another_event_of_it_was_checked_is_told(
    table: Any,
    calls: int,
    in_line: bool,  # noqa: FBT001 - parametrized
    clock_error: timedelta,
) -> None:
    """Nothing that was accepted is lost: the older event's verdict gives way, and a copy can be replayed."""
    world = World(table, seed=1, rate=0.0, max_receives=1)
    older = world.qualify(LEAD, accounts=1)
    if in_line:
        last = world.qualify(LEAD, accounts=1, clock_error=clock_error).event_id
        world.deliver("check")
        die(world, calls=calls)
    else:
        check_all(world)
        last = died(world, calls=calls, clock_error=clock_error)
    sweep(world)
    world.settle(replays=False)
    assert told(world) == [older.event_id, last]
    item = Container(world, "sweep").ledger().read(LEAD)
    assert item
    assert item.shown
    assert (item.event_id, item.shown.event_id) == (last, last)
    assert world.inbox_dead.count() == 1


def test_sent_past_the_inbox_it_would_be(table: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test can fail: this is what the inbox's order is for."""
    publisher = Container.publisher

    def of_check(own: Container, *, is_check: bool) -> VerdictPublisher:  # noqa: ARG001 - that is the mistake
        return publisher(own, is_check=True)

    monkeypatch.setattr(Container, "publisher", of_check)
    world = World(table, seed=1, rate=0.0, max_receives=1)
    first, newest = died_and_came_again(world, calls=2)
    sweep(world, meanwhile="matches")
    world.consume()
    assert told(world) == [newest, first]
