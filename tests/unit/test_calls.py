"""Whether Zoho still calls: what is remembered of a call, and when the operator hears of silence."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from chalicelib.aws.zoho_health import ZohoHealth
from chalicelib.errors import AwsUnavailable, LeadmatchError
from chalicelib.events import LeadEvent, Trigger
from chalicelib.slack.announcements import OperatorAlert
from chalicelib.steps.calls import CallNotes, CallWatch
from tests.zoho_health import NOON, Clock, FakeZohoHealth

DAY = timedelta(days=1)
DOWN = AwsUnavailable("no", reason="dynamodb_down")


class Down(FakeZohoHealth):
    """A table that takes no write."""

    def note_call(self, at: datetime) -> None:  # noqa: ARG002 - as the real one
        """Raise."""
        raise DOWN


@dataclass
class Play:
    """A stage whose clock the test moves."""

    clock: Clock = field(default_factory=Clock)
    told: dict[str, OperatorAlert] = field(default_factory=dict)
    warned: list[LeadmatchError] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with nothing known."""
        self.health = FakeZohoHealth(self.clock)

    def call(self, trigger: Trigger = "webhook", *, at: datetime | None = None) -> None:
        """Let check work on an event that came with a call."""
        notes = CallNotes(self.health, self.clock, self.warned.append)
        notes.note(LeadEvent("1", "e", at or self.clock(), trigger), self.health.read())

    def sweep(self, days: int = 3) -> int:
        """Let sweep look; return how much has been told so far."""
        watch = CallWatch(self.health, lambda one, key: self.told.update({key: one}), self.clock, days, "dev")
        watch.look(self.health.read())
        return len(self.told)

    def later(self, span: timedelta) -> Play:
        """Let time pass."""
        self.clock.later(span.total_seconds())
        return self


@pytest.mark.parametrize(
    ("trigger", "is_call"),
    [
        ("webhook", True),
        ("notification", True),
        ("check", False),
        ("sweep", False),
        ("replay", False),
        ("click", False),
    ],
)
def test_only_zoho_s_own_calls_count(trigger: Trigger, is_call: bool) -> None:  # noqa: FBT001 - parametrized
    """What an operator or leadmatch itself begins says nothing about Zoho."""
    play = Play()
    play.call(trigger)
    assert play.health.read().called_at == (NOON if is_call else None)


def test_the_time_is_written_once_in_a_quarter_of_an_hour() -> None:
    """A write for each lead would be one more call of AWS for each lead."""
    play = Play()
    for _ in range(20):
        play.call()
        play.later(timedelta(minutes=1))
    assert play.health.writes == 2
    assert play.health.read().called_at == NOON + timedelta(minutes=15)


def test_an_old_event_takes_no_later_time_away() -> None:
    """A lead that waited for hours came with an earlier call."""
    play = Play()
    play.call()
    play.later(timedelta(hours=5)).call(at=NOON - timedelta(hours=1))
    assert play.health.read().called_at == NOON


@pytest.mark.parametrize("ahead", [timedelta(minutes=5), timedelta(hours=7), timedelta(days=400)], ids=str)
def test_a_call_of_the_future_came_now(ahead: timedelta) -> None:
    """The clock of whoever took it was off."""
    play = Play()
    play.call(at=NOON + ahead)
    assert play.health.read().called_at == NOON


@pytest.mark.parametrize("hours", [0.5, 5, 23, -0.2, 24 * 400])
def test_a_call_of_the_future_costs_no_write_for_each_lead(hours: float) -> None:
    """One call of AWS in a quarter of an hour at most, whoever's clock is ahead."""
    play = Play()
    play.health.state = ZohoHealth(called_at=NOON + timedelta(hours=hours))
    play.health.calls = 0
    for _ in range(40):
        play.call()
    assert play.health.calls <= 1


@pytest.mark.parametrize("off", [timedelta(hours=-5), timedelta(hours=5), timedelta(minutes=-20)], ids=str)
def test_workers_whose_clocks_differ_write_the_time_in_turns_no_more_often(off: timedelta) -> None:
    """One that is behind takes no later time away, and makes the others write nothing again."""
    play = Play()
    play.call()
    play.health.calls = 0
    for number in range(20):
        play.clock.at = NOON + off * (number % 2)
        play.call(at=NOON + min(off, timedelta(0)) * (number % 2))
    assert play.health.calls == 0


def test_a_time_that_no_clock_can_mean_gives_way() -> None:
    """It would hide a silence for years."""
    play = Play()
    play.health.state = ZohoHealth(called_at=NOON + 900 * DAY)
    play.call()
    assert play.health.read().called_at == NOON


def test_a_write_that_fails_keeps_no_lead_waiting() -> None:
    """It is logged; the next lead's call is as good."""
    play = Play()
    play.health = Down(play.clock)
    play.call()
    assert play.warned == [DOWN]


def test_a_silence_is_told_once_and_its_end_once() -> None:
    """However often the sweep looks."""
    play = Play()
    play.call()
    assert play.later(3 * DAY - timedelta(minutes=1)).sweep() == 0
    assert play.later(timedelta(minutes=1)).sweep() == 1
    (silence,) = play.told.values()
    assert silence.happened == "Zoho has not called for 3 days: the last call came on 2 March 2026, 12:00 UTC."
    assert "python -m ops check --stage dev" in " ".join(silence.steps)
    assert play.later(9 * DAY).sweep() == play.later(DAY).sweep() == 1
    play.call()
    assert play.sweep() == play.sweep() == play.later(timedelta(minutes=15)).sweep() == 2
    end = list(play.told.values())[1]
    assert (end.happened, end.is_over) == ("Zoho is calling again: a call came on 15 March 2026, 12:00 UTC.", True)


def test_the_next_silence_is_another_one() -> None:
    """It has a message of its own."""
    play = Play()
    for _ in range(3):
        play.call()
        play.sweep()
        play.later(4 * DAY).sweep()
    assert len(play.told) == 5


def test_a_stage_that_zoho_never_called_is_told_of_too() -> None:
    """The days count from the first sweep that looks; a webhook that was never made is as silent as one that is gone."""
    play = Play()
    assert play.sweep() == 0
    assert play.later(2 * DAY).sweep() == 0
    assert play.later(DAY).sweep() == 1
    (silence,) = play.told.values()
    assert silence.happened.startswith(
        "Zoho has never called this stage. leadmatch has waited for a call for 3 days, since 2 March"
    )
    play.call()
    assert play.sweep() == 2


def test_zero_days_tell_nothing() -> None:
    """The default: how often leads qualify, only the operator knows."""
    play = Play()
    play.call()
    assert play.later(300 * DAY).sweep(days=0) == 0
    assert play.health.read() == ZohoHealth(called_at=NOON)


@pytest.mark.parametrize("hours", [1, 23, 24 * 400])
def test_a_time_in_the_future_is_no_silence(hours: int) -> None:
    """The clock of whoever wrote it was ahead."""
    play = Play()
    play.health.state = ZohoHealth(called_at=NOON + timedelta(hours=hours))
    assert play.sweep(days=1) == 0


def test_a_sweep_whose_clock_is_ahead_tells_of_no_end() -> None:
    """Only another call ends a silence, whatever the next sweep's clock says."""
    play = Play()
    play.call()
    assert play.later(3 * DAY).sweep() == 1
    play.clock.at = NOON + timedelta(hours=1)
    assert play.sweep() == 1


def test_what_could_not_be_told_is_told_by_the_next_sweep() -> None:
    """It is written down only once it is on its way."""
    play = Play()
    play.call()
    play.later(3 * DAY)

    def fail(*_: object) -> None:
        raise DOWN

    with pytest.raises(AwsUnavailable):
        CallWatch(play.health, fail, play.clock, 3, "dev").look(play.health.read())
    assert replace(play.health.read(), called_at=None) == ZohoHealth()
    assert play.sweep() == 1
