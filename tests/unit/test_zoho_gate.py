"""What one worker makes of the shared state: it pauses with the others, and notes how Zoho is."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.aws.zoho_health import ZohoHealth
from chalicelib.errors import (
    LeadmatchError,
    Misconfigured,
    ZohoApiThrottled,
    ZohoBlocked,
    ZohoThrottled,
    ZohoUnavailable,
)
from chalicelib.steps.announce import Announcer, Banner, BannerPolicy
from chalicelib.steps.zoho_gate import ZohoGate
from chalicelib.timing import ZOHO_BACKOFF
from chalicelib.verdict.model import ConversionOptions, Lead, Record
from chalicelib.zoho.lookup import LookupResult
from tests.unit.test_zoho_lookup import DOWN, GONE, LEAD, LEAD_ID, LOCKED, NOTHING, REFUSED, WAITING, Zoho
from tests.zoho_health import NOON, Clock, FakeAnnouncements, FakeZohoHealth, Queue

BACKOFF = replace(ZOHO_BACKOFF, first_seconds=4, longest_seconds=60)
MATCHES = ConversionOptions(accounts=(Record("9", "Zylker"),))
"""What contradicts a lead that is shown nowhere."""
TOKENS_THROTTLED = ZohoThrottled("slow", reason="zoho_token_throttled", retry_after_seconds=600)


def throttled(retry_after_seconds: float | None = None) -> ZohoApiThrottled:
    """Return what a 429 of the API becomes."""
    return ZohoApiThrottled("slow", reason="zoho_throttled", retry_after_seconds=retry_after_seconds)


class Play:
    """A worker, a clock that the test moves, and chance that is what the test says."""

    def __init__(self) -> None:
        self.clock, self.chance, self.noted = Clock(), 1.0, 0
        self.health, self.announcements, self.queue = FakeZohoHealth(self.clock), FakeAnnouncements(), Queue()
        banner = Banner(
            self.health,
            Announcer("banner", self.announcements, self.queue, "C1"),
            self.queue,
            BannerPolicy(),
            self.clock,
        )
        self.zoho = Zoho(NOTHING, LEAD)
        self.gate = ZohoGate(
            self.zoho,
            self.health,
            banner,
            BACKOFF,
            self.clock,
            lambda: self.chance,
            lambda: "new-id",
            self._note_credits,
        )

    def look_up(
        self,
        answer: ConversionOptions | LeadmatchError | None = None,
        *,
        seen: ZohoHealth | None = None,
        lead: Lead | LeadmatchError | None = LEAD,
        tried: datetime | None = None,
    ) -> LookupResult:
        """Ask a Zoho that gives this answer and this lead, having seen the state as it is."""
        self.zoho = Zoho(answer or NOTHING, lead)
        gate = replace(self.gate, zoho=self.zoho)
        return gate.look_up(lead_id=LEAD_ID, state=seen or self.health.state, first_received_at=tried)

    def retry_after(self, answer: LeadmatchError) -> float:
        """Ask, and give when to come back."""
        error = self.look_up(answer).error
        assert isinstance(error, ZohoThrottled)
        assert error.retry_after_seconds is not None
        return error.retry_after_seconds

    def _note_credits(self) -> None:
        self.noted += 1


@pytest.fixture
def play() -> Play:
    return Play()


def test_in_good_days_nothing_is_written(play: Play) -> None:
    """An answer costs no call beyond the one that read the state."""
    assert play.look_up() == LookupResult(NOTHING, LEAD)
    assert (play.health.writes, play.noted) == (0, 1)


def test_zoho_has_so_long_for_all_of_one_asking(play: Play) -> None:
    """Answers that drip for minutes are an outage like any other, and known as one."""

    class Slow(Zoho):
        def lead(self, *, lead_id: str, converted: bool = False) -> Lead | None:
            enough.wait(10)
            return super().lead(lead_id=lead_id, converted=converted)

    enough = threading.Event()
    slow = replace(play.gate, zoho=Slow(NOTHING, LEAD), lookup_seconds=0.1)
    error = slow.look_up(lead_id=LEAD_ID, state=play.health.state).error
    enough.set()
    assert error is not None
    assert error.reason == "zoho_too_slow"
    assert play.health.state.failing_since == NOON


def test_somebody_hears_that_zoho_lets_nobody_in(play: Play) -> None:
    """Waiting alone may cure nothing; an outage like any other is nobody's to mend."""
    heard: list[ZohoBlocked] = []
    blocked = ZohoBlocked("address", reason="zoho_ip_restricted")
    for answer in (blocked, DOWN):
        gate = replace(play.gate, zoho=Zoho(answer, answer), on_blocked=heard.append)
        assert gate.look_up(lead_id=LEAD_ID, state=play.health.state).error is answer
    assert heard == [blocked]


def test_a_429_pauses_everybody(play: Play) -> None:
    """The next worker says for how long, and asks nothing."""
    play.look_up(throttled())
    assert play.health.state.paused_until == NOON + timedelta(seconds=4)
    play.clock.later(1)
    error = play.look_up().error
    assert play.zoho.asked == []
    assert isinstance(error, ZohoThrottled)
    assert (error.reason, error.retry_after_seconds) == ("zoho_paused", 3 + 2)


def test_when_the_pause_is_over_zoho_is_asked(play: Play) -> None:
    """The moment it ends is after it."""
    play.look_up(throttled())
    play.clock.later(4)
    assert play.look_up() == LookupResult(NOTHING, LEAD)


def test_workers_do_not_come_back_in_one_instant(play: Play) -> None:
    """Each adds a part of its own, up to half the pause."""
    play.look_up(throttled())
    waits = []
    for play.chance in (0.0, 0.5, 1.0):
        error = play.look_up().error
        assert isinstance(error, ZohoThrottled)
        waits.append(error.retry_after_seconds)
    assert waits == [4, 5, 6]


def test_pauses_double_up_to_the_longest_and_no_further(play: Play) -> None:
    """Each 429 after a pause is a longer pause, with jitter that takes at most half of it."""
    lengths = []
    for _ in range(6):
        asked_at = play.clock.at
        play.look_up(throttled())
        until = play.health.state.paused_until
        assert until
        lengths.append((until - asked_at).total_seconds())
        play.clock.at = until
    assert lengths == [4, 8, 16, 32, 60, 60]
    play.chance = 0.0
    play.look_up(throttled())
    assert play.health.state.paused_until == play.clock.at + timedelta(seconds=30)


@pytest.mark.parametrize(("asked", "paused"), [(90, 90), (1, 4), (10**6, 3600)])
def test_retry_after_is_honoured(play: Play, asked: float, paused: float) -> None:
    """No shorter than asked for, no shorter than our own pause, and never for days on one word."""
    assert play.retry_after(throttled(asked)) == paused + 2
    assert play.health.state.paused_until == NOON + timedelta(seconds=paused)


def test_those_who_are_throttled_together_pause_once(play: Play) -> None:
    """Five workers that asked at the same time make one pause of the first length."""
    seen = play.health.state
    for _ in range(5):
        play.look_up(throttled(), seen=seen)
    assert play.health.state.throttles == 1


def test_answers_shorten_the_next_pause_again(play: Play) -> None:
    """One step each."""
    for _ in range(3):
        play.look_up(throttled())
        play.clock.later(60)
    for left in (2, 1, 0, 0):
        play.look_up()
        assert play.health.state.throttles == left


def test_a_throttled_token_endpoint_pauses_nobody(play: Play) -> None:
    """The others have a token; its own Retry-After goes on to the queue."""
    assert play.retry_after(TOKENS_THROTTLED) == 600
    assert play.health.state.paused_until is None


@pytest.mark.parametrize("error", [DOWN, throttled(), TOKENS_THROTTLED])
def test_what_keeps_us_from_an_answer_begins_an_outage(play: Play, error: LeadmatchError) -> None:
    """Since then Zoho has not answered."""
    play.look_up(error)
    state = play.health.state
    assert (state.failing_since, state.outage_id) == (NOON, "new-id")


@pytest.mark.parametrize(
    ("answer", "lead"),
    [(None, LEAD), (LOCKED, DOWN), (WAITING, DOWN), (GONE, None), (GONE, LEAD), (REFUSED, LEAD), (MATCHES, None)],
)
def test_whatever_zoho_says_of_a_lead_ends_an_outage(
    play: Play, answer: ConversionOptions | LeadmatchError | None, lead: Lead | LeadmatchError | None
) -> None:
    """It has answered one of the questions, and the other one did not fail for want of an answer alone."""
    play.look_up(DOWN)
    play.look_up(answer, lead=lead)
    assert play.health.state.failing_since is None


@pytest.mark.parametrize("error", [REFUSED, Misconfigured("no", reason="zoho_not_connected")])
def test_what_says_nothing_of_zoho_changes_nothing(play: Play, error: LeadmatchError) -> None:
    """A refusal may be one that we remember, and a secret that is wrong is ours."""
    play.look_up(error, lead=error)
    assert play.health.state.failing_since is None
    play.look_up(DOWN)
    play.look_up(error, lead=error)
    assert play.health.state.failing_since == NOON


def test_a_lead_s_own_trouble_is_no_outage(play: Play) -> None:
    """A locked lead is asked for again for ten minutes, and nobody else waits."""
    for _ in range(3):
        play.look_up(LOCKED)
        play.clock.later(200)
    assert (play.health.writes, play.announcements.said) == (0, [])


def test_after_five_minutes_the_attempts_keep_the_banner_current(play: Play) -> None:
    """Once at the start, then once a minute, whoever fails."""
    for _ in range(16):
        play.look_up(DOWN)
        play.clock.later(30)
    assert [(outage.as_of - NOON).total_seconds() for outage in play.announcements.outages] == [300, 360, 420]


def test_who_pauses_keeps_the_banner_current_too(play: Play) -> None:
    """An org whose credits are used up is paused most of the time."""
    play.look_up(throttled(3600))
    play.clock.later(301)
    play.look_up()
    assert len(play.announcements.outages) == 1
    assert play.zoho.asked == []


def test_the_first_answer_ends_the_banner(play: Play) -> None:
    """It says since when, until when, and how many leads had waited."""
    play.look_up(DOWN)
    play.clock.later(300)
    play.look_up(DOWN)
    play.clock.later(10)
    play.queue.waiting = 3
    play.look_up()
    last = play.announcements.outages[-1]
    assert (last.is_over, last.answered, last.waiting) == (True, True, 3)
    assert (last.as_of - last.since).total_seconds() == 310
    assert play.health.state.failing_since is None


@pytest.mark.parametrize(("seconds_after", "begins"), [(-600, False), (0, False), (1, True)])
def test_a_lead_that_failed_through_an_answer_begins_no_outage(play: Play, seconds_after: float, begins: bool) -> None:  # noqa: FBT001
    """Zoho answered another one meanwhile, so it is this lead that it fails on; one that came since then may say so."""
    play.look_up(DOWN)
    play.clock.later(600)
    play.look_up()
    answered_at = play.clock.at
    play.clock.later(60)
    play.look_up(DOWN, tried=answered_at + timedelta(seconds=seconds_after))
    assert (play.health.state.failing_since is not None) == begins


def test_an_outage_that_ended_without_an_answer_may_begin_again(play: Play) -> None:
    """Nobody waited any more, which says nothing of Zoho."""
    play.look_up(DOWN)
    play.health.forget_outage(play.health.state)
    play.look_up(DOWN, tried=NOON - timedelta(hours=1))
    assert play.health.state.failing_since == NOON


def test_an_end_that_was_cut_off_is_said_before_the_next_outage_begins(play: Play) -> None:
    """The worker that saw the answer was killed before it had told; the channel still hears of both."""
    play.look_up(DOWN)
    play.clock.later(300)
    play.look_up(DOWN)
    play.health.end_outage(play.health.state, answered=True)
    play.clock.later(60)
    play.look_up(DOWN)
    assert [(one.is_over, one.answered) for one in play.announcements.outages] == [(False, False), (True, True)]
    assert play.health.state.failing_since == play.clock.at


def test_a_paused_lead_costs_no_credit_note(play: Play) -> None:
    """Nothing was asked, so nothing was heard."""
    play.health.state = replace(play.health.state, paused_until=NOON + timedelta(seconds=9), throttles=1)
    play.look_up()
    assert play.noted == 0


def test_an_outage_is_a_trouble_like_any_other_for_the_lead(play: Play) -> None:
    """What was raised goes on as it was, with its own Retry-After."""
    assert play.look_up(DOWN).error is DOWN
    assert isinstance(DOWN, ZohoUnavailable)


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(hours=5), timedelta(hours=30), timedelta(days=400)])
def test_a_pause_longer_than_any_was_written_by_a_wrong_clock_and_stops_nobody(play: Play, ahead: timedelta) -> None:
    """Zoho is asked; if it still wants a pause, the next one is written by this clock."""
    play.health.state = ZohoHealth(paused_until=NOON + ahead, throttles=1)
    assert play.look_up().options == NOTHING


@pytest.mark.parametrize("off", [timedelta(hours=5), timedelta(hours=-5), timedelta(hours=30)])
def test_an_outage_that_a_wrong_clock_began_is_told(play: Play, off: timedelta) -> None:
    """Its beginning lies hours ahead, or hours back: the channel hears of it now, and not in hours."""
    play.health.state = ZohoHealth(failing_since=NOON + off, outage_id="outage")
    play.look_up(DOWN)
    assert play.announcements.outages
    assert play.health.state.is_out(NOON)


@pytest.mark.parametrize("ahead", [timedelta(hours=5), timedelta(minutes=10), timedelta(hours=30), timedelta(days=400)])
def test_an_answer_that_a_wrong_clock_put_into_the_future_hides_no_outage(play: Play, ahead: timedelta) -> None:
    """When Zoho answered is not known then: the lead that fails now begins an outage."""
    play.health.state = ZohoHealth(answered_at=NOON + ahead)
    play.look_up(DOWN, tried=NOON - timedelta(minutes=1))
    assert play.health.state.failing_since == NOON


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(seconds=30), timedelta(minutes=5)])
def test_clocks_that_are_right_agree_about_the_last_answer(play: Play, ahead: timedelta) -> None:
    """What was tried before the answer failed through the outage before it."""
    play.health.state = ZohoHealth(answered_at=NOON + ahead)
    play.look_up(DOWN, tried=NOON - timedelta(minutes=1))
    assert play.health.state.failing_since is None
