"""Credits left are remembered for everybody, at most once a minute by each worker."""

from __future__ import annotations

import pytest

from chalicelib.errors import AwsUnavailable, LeadmatchError
from chalicelib.steps.credits import Credits
from tests.zoho_states import Clock, States


class Play:
    """A worker that hears of credits."""

    def __init__(self) -> None:
        self.clock, self.warned = Clock(), list[LeadmatchError]()
        self.states = States(self.clock)
        self.credits = Credits(states=self.states, now=self.clock, warn=self.warned.append)


@pytest.fixture
def play() -> Play:
    return Play()


def test_what_was_heard_is_written_down(play: Play) -> None:
    """Without a word from Zoho nothing is written."""
    play.credits.note()
    assert play.states.writes == 0
    play.credits.heard(900)
    play.credits.note()
    assert play.states.state.credits_left == 900


def test_one_note_a_minute(play: Play) -> None:
    """The latest number is kept for the next one."""
    for left in (900, 898, 896):
        play.credits.heard(left)
        play.credits.note()
    assert (play.states.writes, play.states.state.credits_left) == (1, 900)
    play.clock.later(60)
    play.credits.note()
    assert (play.states.writes, play.states.state.credits_left) == (2, 896)


def test_a_note_that_fails_is_a_warning(play: Play) -> None:
    """The lead was asked for already; asking again would cost two more credits."""

    class Down(States):
        def note_credits(self, left: int) -> None:
            """Fail."""
            raise AwsUnavailable(f"{left} was not kept.", reason="dynamodb_down")

    play.credits = Credits(states=Down(play.clock), now=play.clock, warn=play.warned.append)
    play.credits.heard(900)
    play.credits.note()
    assert [error.reason for error in play.warned] == ["dynamodb_down"]
