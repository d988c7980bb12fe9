"""Who says the next word about an outage: once a minute while it lasts, once at its end, whatever is cut off."""

from __future__ import annotations

import pytest

from chalicelib.aws.zoho_health import ZohoHealth
from chalicelib.events import Notice
from chalicelib.steps.announce import Announcer, Banner, BannerPolicy
from tests.zoho_health import NOON, Clock, FakeAnnouncements, FakeZohoHealth, Queue


class Play:
    """A banner and what it writes to; the inbox and the slack queue are two."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.health, self.announcements, self.inbox, self.slack = (
            FakeZohoHealth(self.clock),
            FakeAnnouncements(),
            Queue(),
            Queue(),
        )
        announcer = Announcer("banner", self.announcements, self.slack, "C1")
        self.banner = Banner(self.health, announcer, self.inbox, BannerPolicy(300, 60), self.clock)

    def outage(self, seconds: float) -> ZohoHealth:
        """Let an outage last for so long."""
        begun = self.health.begin_outage(outage_id="outage-1")
        self.clock.later(seconds)
        return begun

    @property
    def notices(self) -> list[Notice]:
        """Return what was sent."""
        return [Notice.from_json(message.body) for message in self.slack.sent]


@pytest.fixture
def play() -> Play:
    return Play()


def test_a_young_outage_is_not_told(play: Play) -> None:
    """Five minutes of silence are no news yet."""
    play.banner.go_on(play.outage(299.9))
    assert play.announcements.said == []


def test_an_outage_of_five_minutes_is_told_with_the_leads_that_wait(play: Play) -> None:
    """The word stands in the ledger, and the notice points to it."""
    play.banner.go_on(play.outage(300))
    (outage,) = play.announcements.outages
    assert (outage.since, outage.waiting, outage.is_over) == (NOON, 7, False)
    (notice,) = play.notices
    assert (notice.kind, notice.subject, notice.event.event_id, notice.channel) == (
        "banner",
        "outage-1",
        "outage-1",
        "C1",
    )
    assert play.slack.sent[0].group == "C1"


def test_of_workers_that_fail_together_one_tells(play: Play) -> None:
    """All of them have seen the same state."""
    seen = play.outage(300)
    for _ in range(5):
        play.banner.go_on(seen)
    assert len(play.notices) == 1


def test_it_is_kept_current_once_a_minute(play: Play) -> None:
    """Each word is a revision of its own, so that SQS drops none."""
    play.outage(300)
    for play.inbox.waiting in (7, 8, 9):
        play.banner.go_on(play.health.state)
        play.clock.later(30)
    assert [outage.waiting for outage in play.announcements.outages] == [7, 9]
    assert len({message.deduplication_id for message in play.slack.sent}) == 2


def test_the_lead_at_hand_waits_for_certain(play: Play) -> None:
    """The queue's count is about right, and may not have it yet."""
    play.inbox.waiting = 0
    play.banner.go_on(play.outage(300))
    assert play.announcements.outages[0].waiting == 1


def test_the_end_of_an_outage_that_nobody_heard_of_is_not_told(play: Play) -> None:
    """It is only forgotten."""
    play.banner.end(play.outage(60), answered=True)
    assert (play.announcements.said, play.health.state.failing_since) == ([], None)


def test_many_workers_may_see_the_end(play: Play) -> None:
    """The same word, the same notice, and the outage is forgotten once."""
    play.outage(300)
    play.banner.go_on(play.health.state)
    seen = play.health.state
    for _ in range(3):
        play.banner.end(seen, answered=True)
    assert [outage.is_over for outage in play.announcements.outages] == [False, True]
    assert len(play.notices) == 2


def test_an_end_that_was_cut_off_is_told_by_the_next_one(play: Play) -> None:
    """Marked, and killed before it was told: the first one's word and answer stand."""
    play.outage(300)
    play.banner.go_on(play.health.state)
    marked = play.health.end_outage(play.health.state, answered=True)
    assert marked
    play.clock.later(900)
    play.banner.look_after(play.health.state)
    last = play.announcements.outages[-1]
    assert (last.answered, last.as_of) == (True, marked.ended_at)
    assert play.health.state.failing_since is None


def test_an_end_told_twice_by_a_crash_is_one_notice_for_sqs(play: Play) -> None:
    """Told, and killed before it was forgotten: the repeat has the same deduplication id."""
    play.outage(300)
    play.banner.go_on(play.health.state)
    marked = play.health.end_outage(play.health.state, answered=True)
    play.banner.end(play.health.state)
    assert marked
    play.health.state = marked
    play.banner.end(marked)
    assert len(play.announcements.said) == 2
    assert play.slack.sent[-1].deduplication_id == play.slack.sent[-2].deduplication_id


def test_a_late_word_does_not_undo_the_end(play: Play) -> None:
    """A worker took its word, slept, and comes back after the end: the ledger refuses it, and nothing is sent."""
    taken = play.health.take_sequence(play.outage(300))
    assert taken
    play.banner.end(play.health.state, answered=True)
    assert play.announcements.store_announcement(play.announcements.said[0][0], "late", sequence=taken.sequence) is None
    assert len(play.notices) == 1


def test_the_sweep_ends_what_nobody_waits_for(play: Play) -> None:
    """The last lead was given up: the banner says that it is not known whether Zoho answers."""
    play.outage(300)
    play.banner.go_on(play.health.state)
    play.inbox.waiting = 0
    play.banner.look_after(play.health.state)
    last = play.announcements.outages[-1]
    assert (last.is_over, last.answered, last.waiting) == (True, False, 0)


def test_the_sweep_keeps_the_count_current_while_leads_wait(play: Play) -> None:
    """Their next attempt may be a quarter of an hour away."""
    play.outage(900)
    play.banner.look_after(play.health.state)
    assert [outage.is_over for outage in play.announcements.outages] == [False]


def test_in_good_days_the_sweep_does_not_even_count(play: Play) -> None:
    """There is nothing to look after."""
    play.inbox.waiting = -1
    play.banner.look_after(ZohoHealth())
    assert (play.health.writes, play.notices) == (0, [])
