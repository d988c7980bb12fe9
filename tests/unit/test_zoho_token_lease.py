"""Whose turn it is to ask Zoho for an access token."""

from __future__ import annotations

import itertools

import pytest

from chalicelib.errors import (
    AwsUnavailable,
    Retryable,
    TokenUnclear,
    ZohoBlocked,
    ZohoRefused,
    ZohoThrottled,
    ZohoUnavailable,
)
from tests.unit.token_world import TIMING, World

DOWN = ZohoUnavailable("down", reason="zoho_no_token")
UNCLEAR = TokenUnclear("lost", reason="zoho_token_no_answer")
REFUSED = ZohoRefused("Authorise leadmatch again.", reason="zoho_not_connected")


@pytest.fixture
def world() -> World:
    return World()


def test_of_two_workers_one_gets_the_turn(world: World) -> None:
    """The other one is told to read the secret again, until the first one gives the turn back."""
    first, second = world.lease(), world.lease()
    turn = first.claim(version="v1", digest="d")
    assert turn
    assert second.claim(version="v1", digest="d") is None
    first.succeeded(turn, stored=False)
    assert second.claim(version="v1", digest="d")


def test_of_two_workers_who_saw_the_same_state_one_gets_the_turn(world: World) -> None:
    """The write says whether it was first."""
    other = world.lease()
    world.item.before_write = lambda: (
        setattr(world.item, "before_write", lambda: None),
        other.claim(version="v1", digest="d"),
    )
    assert world.lease().claim(version="v1", digest="d") is None
    assert world.item.record.owner


def test_a_version_that_was_replaced_gives_no_turn(world: World) -> None:
    """Whoever claims with it has to read the secret again; the new version gives one."""
    lease = world.lease()
    turn = lease.claim(version="v1", digest="d")
    assert turn
    lease.succeeded(turn, stored=True)
    assert world.lease().claim(version="v1", digest="d") is None
    assert world.lease().claim(version="v2", digest="d")


def test_a_replaced_version_gives_a_turn_again_when_it_stays(world: World) -> None:
    """A secret that was put back by hand is not stuck for longer than five minutes."""
    lease = world.lease()
    turn = lease.claim(version="v1", digest="d")
    assert turn
    lease.succeeded(turn, stored=True)
    world.clock.passed += 300
    assert lease.claim(version="v1", digest="d")


def test_a_version_whose_refresh_failed_was_not_replaced(world: World) -> None:
    """That its predecessor was replaced a minute ago says nothing about it."""
    for version, stored in (("v1", True), ("v2", False)):
        turn = world.lease().claim(version=version, digest="d")
        assert turn
        world.lease().succeeded(turn, stored=True) if stored else world.lease().failed(turn, DOWN)
    world.clock.passed += 10
    assert world.lease().claim(version="v2", digest="d")


@pytest.mark.parametrize("skew", [-120, 0, 120])
def test_a_dead_worker_s_turn_is_taken_over_after_it_was_watched_for_its_whole_length(
    world: World, skew: float
) -> None:
    """On the watcher's own clock, so that clocks that differ by minutes change nothing."""
    world.take_lease(skew=-skew, version="v1")
    watcher = world.lease(skew=skew)
    assert watcher.claim(version="v1", digest="d") is None
    world.clock.passed += TIMING.lease_seconds - 1
    assert watcher.claim(version="v1", digest="d") is None
    world.clock.passed += 1
    assert watcher.claim(version="v1", digest="d")


def test_a_turn_that_changed_hands_is_watched_anew(world: World) -> None:
    """What was watched of the first worker's turn says nothing about the second's."""
    world.take_lease(version="v1")
    watcher, other = world.lease(), world.lease()
    for lease in (watcher, other):
        assert lease.claim(version="v1", digest="d") is None
    world.clock.passed += TIMING.lease_seconds
    assert other.claim(version="v1", digest="d")
    assert watcher.claim(version="v1", digest="d") is None
    world.clock.passed += TIMING.lease_seconds - 1
    assert watcher.claim(version="v1", digest="d") is None


def test_who_comes_long_after_need_not_watch(world: World) -> None:
    """When even the most different clocks agree that the lease is over, it is."""
    world.take_lease(version="v1")
    world.clock.passed += TIMING.lease_seconds + TIMING.skew_seconds
    assert world.lease().claim(version="v1", digest="d") is None
    world.clock.passed += 1
    assert world.lease().claim(version="v1", digest="d")


def test_a_late_worker_changes_nothing(world: World) -> None:
    """Its turn was taken over; what it gives back is no longer its own."""
    late, other = world.lease(), world.lease()
    turn = late.claim(version="v1", digest="d")
    assert turn
    other.claim(version="v1", digest="d")
    world.clock.passed += TIMING.lease_seconds
    assert late.is_over(turn)
    assert other.claim(version="v1", digest="d")
    before = world.item.record
    late.succeeded(turn, stored=True)
    late.failed(turn, DOWN)
    assert world.item.record == before


def test_a_claim_whose_answer_was_lost_is_ours_at_the_next_look(world: World) -> None:
    """It is taken back, with the refresh that it counted and did not make; nobody waits for it."""
    lease = world.lease()
    world.item.lose = ["after"]
    with pytest.raises(AwsUnavailable):
        lease.claim(version="v1", digest="d")
    assert world.lease().claim(version="v1", digest="d") is None
    assert lease.claim(version="v1", digest="d")
    assert len(world.item.record.asks) == 1


def test_a_claim_that_never_arrived_leaves_nothing(world: World) -> None:
    """The next worker takes the turn at once."""
    world.item.lose = ["before"]
    with pytest.raises(AwsUnavailable):
        world.lease().claim(version="v1", digest="d")
    assert world.lease().claim(version="v1", digest="d")
    assert len(world.item.record.asks) == 1


def test_a_claim_of_long_ago_is_not_taken_for_ours(world: World) -> None:
    """A worker that had its turn and could not give it back waits like the others, since it did ask Zoho."""
    lease = world.lease()
    assert lease.claim(version="v1", digest="d")
    assert lease.claim(version="v1", digest="d") is None
    assert len(world.item.record.asks) == 1


def test_the_sixth_refresh_in_ten_minutes_is_refused(world: World) -> None:
    """Zoho was not reached by anybody; the refusal says how long to wait, and after that there is a turn."""
    for _ in range(5):
        turn = world.lease().claim(version="v1", digest="d")
        assert turn
        world.lease().succeeded(turn, stored=False)
        world.clock.passed += 60
    with pytest.raises(ZohoThrottled) as refusal:
        world.lease().claim(version="v1", digest="d")
    assert (refusal.value.reason, refusal.value.retry_after_seconds) == ("token_budget", 300)
    world.clock.passed += 300
    assert world.lease().claim(version="v1", digest="d")


def test_a_day_of_lost_answers_stays_within_every_budget(world: World) -> None:
    """Each may have held a token: five in ten minutes, ten an hour, sixty a day, and the tries spread by themselves."""
    asked: list[float] = []
    while world.clock.passed < 24 * 3600:
        try:
            turn = world.lease().claim(version="v1", digest="d")
        except Retryable as error:
            world.clock.passed += max(1.0, error.retry_after_seconds or 0)
            continue
        assert turn
        asked.append(world.clock.passed)
        world.lease().failed(turn, UNCLEAR)
    for seconds, limit in ((600, 5), (3600, 10), (86400, 60)):
        assert max(sum(at <= other < at + seconds for other in asked) for at in asked) <= limit
    assert max(later - sooner for sooner, later in itertools.pairwise(asked[:30])) <= 1000


def test_a_refusal_is_the_same_for_everybody(world: World) -> None:
    """Once it is believed, the second worker raises it without a turn; the first such is known as the first."""
    lease = world.lease()
    for _ in range(2):
        turn = lease.claim(version="v1", digest="d")
        assert turn
        assert turn.is_first_refusal()
        lease.failed(turn, REFUSED)
        world.clock.passed += 60
    with pytest.raises(ZohoRefused) as refusal:
        world.lease().claim(version="v1", digest="d")
    assert str(refusal.value) == str(REFUSED)
    other = world.lease().claim(version="v1", digest="new credentials")
    assert other
    assert other.is_first_refusal()
    world.lease().failed(other, DOWN)
    world.clock.passed += 3600
    again = world.lease().claim(version="v1", digest="d")
    assert again
    assert not again.is_first_refusal()


def test_a_refusal_is_weighed_as_the_record_keeps_it(world: World) -> None:
    """A pause and a wait the first time, a refusal for all and for the lead the second; other errors are what they are."""
    lease = world.lease()
    for expected in (ZohoUnavailable, ZohoRefused):
        turn = lease.claim(version="v1", digest="d")
        assert turn
        assert turn.judged(DOWN) is DOWN
        weighed = turn.judged(REFUSED)
        assert type(weighed) is expected
        assert str(REFUSED) in str(weighed)
        lease.failed(turn, REFUSED)
        assert (world.item.record.refusal is not None) is (expected is ZohoRefused)
        world.clock.passed += 60


@pytest.mark.parametrize("frozen", ["clock", "now"])
def test_a_turn_is_over_by_either_clock(world: World, frozen: str) -> None:
    """A frozen container's clock that only grows may stand still; the wall clock may be set back."""
    lease = world.lease()
    turn = lease.claim(version="v1", digest="d")
    assert turn
    world.clock.passed += TIMING.lease_seconds - 1
    assert not lease.is_over(turn)
    world.clock.stand_still(frozen)
    world.clock.passed += 1
    assert lease.is_over(turn)


@pytest.mark.parametrize("reason", ["zoho_token_unknown_word", "zoho_ip_restricted"])
def test_a_word_that_nobody_knows_is_believed_the_second_time(world: World, reason: str) -> None:
    """One answer may be a slip; only what is said again is for a person, and another failure between begins anew."""
    lease, blocked = world.lease(), ZohoBlocked("Zoho lets nobody in.", reason=reason)
    for error, expected in (
        (blocked, ZohoUnavailable),
        (blocked, ZohoBlocked),
        (DOWN, ZohoUnavailable),
        (blocked, ZohoUnavailable),
    ):
        turn = lease.claim(version="v1", digest="d")
        assert turn
        weighed = turn.judged(error)
        assert (type(weighed), weighed.reason) == (expected, error.reason)
        lease.failed(turn, error)
        world.clock.passed += 900
