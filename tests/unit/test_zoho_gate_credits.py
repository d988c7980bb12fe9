"""Credits left are remembered for everybody: by each worker once in a quarter of an hour, and when they cross the floor."""

from __future__ import annotations

import pytest

from chalicelib.errors import AwsUnavailable, LeadmatchError
from chalicelib.steps.zoho_gate import Credits
from tests.zoho_health import Clock, FakeZohoHealth


class Play:
    """A worker that hears of credits."""

    def __init__(self) -> None:
        self.clock, self.warned = Clock(), list[LeadmatchError]()
        self.health = FakeZohoHealth(self.clock)
        self.credits = Credits(health=self.health, floor=500, now=self.clock, warn=self.warned.append)


@pytest.fixture
def play() -> Play:
    return Play()


def test_what_was_heard_is_written_down(play: Play) -> None:
    """Without a word from Zoho nothing is written."""
    play.credits.note()
    assert play.health.writes == 0
    play.credits.heard(900)
    play.credits.note()
    assert play.health.state.credits_left == 900


def test_one_note_in_a_quarter_of_an_hour(play: Play) -> None:
    """The latest number is kept for the next one."""
    for left in (900, 898, 896):
        play.credits.heard(left)
        play.credits.note()
    assert (play.health.writes, play.health.state.credits_left) == (1, 900)
    play.clock.later(899)
    play.credits.note()
    assert play.health.writes == 1
    play.clock.later(1)
    play.credits.note()
    assert (play.health.writes, play.health.state.credits_left) == (2, 896)


@pytest.mark.parametrize(("before", "after"), [(500, 499), (499, 500)])
def test_what_crosses_the_floor_is_written_at_once(play: Play, before: int, after: int) -> None:
    """The sweep holds back on one side of it and not on the other."""
    play.credits.heard(before)
    play.credits.note()
    play.clock.later(1)
    play.credits.heard(after)
    play.credits.note()
    assert (play.health.writes, play.health.state.credits_left) == (2, after)


def test_a_note_that_fails_is_a_warning(play: Play) -> None:
    """The lead was asked for already; asking again would cost two more credits."""

    class Down(FakeZohoHealth):
        def note_credits(self, left: int) -> None:
            """Fail."""
            raise AwsUnavailable(f"{left} was not kept.", reason="dynamodb_down")

    play.credits = Credits(health=Down(play.clock), floor=500, now=play.clock, warn=play.warned.append)
    play.credits.heard(900)
    play.credits.note()
    assert [error.reason for error in play.warned] == ["dynamodb_down"]
