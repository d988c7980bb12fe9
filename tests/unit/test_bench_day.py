"""The simulated day: no lead is lost, limits are kept, an outage drains."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from bench.day import Day, Outcome, percentile, simulate
from chalicelib.timing import BETWEEN_POSTS_SECONDS, GIVE_UP_UNAVAILABLE_SECONDS

HOUR = 3600.0
SMALL = Day(400, channels=2, zoho_concurrency=5, again=0.2)
DAYS = {
    "plain": SMALL,
    "a burst": replace(SMALL, burst=(0.5, 10 * HOUR, 10.0)),
    "an outage": replace(SMALL, outage=(10 * HOUR, 0.25 * HOUR)),
    "no credits": replace(SMALL, leads=60, credits=100),
    "too slow": replace(SMALL, leads=2000, burst=(0.9, 10 * HOUR, 1.0), until=10.1 * HOUR),
}


@cache
def outcome_of(day: Day) -> Outcome:
    """Return what a day comes to, once for all tests that ask about it."""
    return simulate(day)


@pytest.mark.parametrize("day", DAYS.values(), ids=DAYS)
def test_each_event_is_posted_or_edited_or_superseded_or_waits(day: Day) -> None:
    """What came is what ended and what the last sample still saw waiting; a lead is posted once."""
    outcome = outcome_of(day)
    came = sum(len(taken) for taken in outcome.to_slack.values()) + outcome.superseded
    assert came == outcome.ended
    assert outcome.arrived == outcome.ended + outcome.left
    assert outcome.posted <= day.leads
    if day.until > 24 * HOUR:
        assert outcome.posted == day.leads
        assert outcome.left == 0
        assert outcome.depths[-1][1:] == (0, 0)
    else:
        assert outcome.left > 0


@pytest.mark.parametrize("day", DAYS.values(), ids=DAYS)
def test_no_limit_is_crossed(day: Day) -> None:
    """Two posts in a channel lie a second apart, and Zoho has no more calls at once than its edition allows."""
    outcome = outcome_of(day)
    assert outcome.least_gap >= BETWEEN_POSTS_SECONDS - 1e-6
    assert outcome.most_zoho_calls <= day.zoho_concurrency


def test_a_burst_waits_for_its_channel() -> None:
    """Two hundred leads at once in one channel take two hundred seconds, the last one all of them."""
    outcome = simulate(Day(200, channels=1, burst=(1.0, 10 * HOUR, 0.001), again=0))
    assert 199 <= outcome.seconds()[-1] <= 230
    assert outcome.posted == 200


def test_an_outage_drains() -> None:
    """Leads of an outage are tried in vain, wait, and are through some time after its end; none is given up."""
    outcome = outcome_of(DAYS["an outage"])
    waited = max(check for _, check, _ in outcome.depths)
    assert outcome.tried_in_vain > 0
    assert waited > 0
    assert outcome.given_up == 0
    assert outcome.seconds()[-1] > outcome_of(SMALL).seconds()[-1]


def test_what_the_credits_do_not_pay_for_is_given_up_after_hours() -> None:
    """A hundred credits pay for fifty leads; the others are tried for six hours, unless the next day's credits come first."""
    outcome = outcome_of(DAYS["no credits"])
    assert outcome.given_up > 0
    assert outcome.posted == 60
    assert outcome.seconds()[-1] > 0.9 * GIVE_UP_UNAVAILABLE_SECONDS


def test_a_lead_that_qualifies_again_is_edited() -> None:
    """Its message is brought up to date instead of posted a second time."""
    outcome = simulate(replace(SMALL, again=1.0))
    assert outcome.posted == 400
    assert outcome.edited + outcome.superseded == 400
    assert outcome.edited > 300


def test_the_same_day_comes_to_the_same() -> None:
    """A day is told by its numbers alone, so that two runs can be compared."""
    assert simulate(SMALL).seconds() == outcome_of(SMALL).seconds()


def test_percentiles_are_values_that_were_measured() -> None:
    """Of a hundred values the 99th is exceeded by one."""
    assert percentile([float(n) for n in range(1, 101)], 0.99) == 99
    assert percentile([1.0], 0.5) == 1
