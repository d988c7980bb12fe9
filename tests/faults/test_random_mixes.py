"""Random mixes of leads, re-qualifications, faults, days that pass and redrives: every promise holds at the end of each."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from chalicelib.steps.notify import Timing
from tests.faults.soak import run_world
from tests.faults.world.chaos import Fate
from tests.faults.world.slack import CLOSINGS
from tests.faults.world.tally import tally
from tests.faults.world.workers import CHANNEL, OPERATOR
from tests.faults.world.world import WORKERS, World
from tests.faults.world.zoho import CONVERTED, IN_APPROVAL, MERGED, TOKEN_WEATHERS, VANISHED

LEADS = 4
CODES = (
    "ratelimited",
    "accesslimited",
    "token_revoked",
    "invalid_blocks",
    "fatal_error",
    "request_timeout",
    "a_new_word",
)
IN_DOUBT_CODES = ("fatal_error", "request_timeout", "a_new_word")
EXAMPLES = settings(max_examples=40, stateful_step_count=25, suppress_health_check=list(HealthCheck))
NUMBERS = itertools.count(1)


class Mixes(RuleBasedStateMachine):
    """What may happen to a stage, in any order."""

    table: ClassVar[Any]

    def __init__(self) -> None:
        super().__init__()
        self.prefix = f"{next(NUMBERS):09d}"
        self.world = World(self.table, seed=1, rate=0.0)

    @rule(lead=st.integers(1, LEADS), accounts=st.integers(VANISHED, 2), fate=st.sampled_from(Fate))
    def a_lead_qualifies(self, lead: int, accounts: int, fate: Fate) -> None:
        """For the first time or again; the first call may not get through. Zoho may show the lead to nobody any more."""
        self.world.chaos.planned = [fate]
        self.world.qualify(f"{self.prefix}{lead}", accounts=accounts)

    @rule(which=st.sampled_from(WORKERS), good=st.integers(0, 10), fate=st.sampled_from(Fate))
    def a_message_is_delivered(self, which: str, good: int, fate: Fate) -> None:
        """And after some good calls one has this fate."""
        self.world.chaos.planned = [Fate.GOOD] * good + [fate]
        self.world.deliver(which)
        self.world.chaos.planned = []

    @rule(seconds=st.sampled_from([1.0, 46.0, 91.0, 900.0, 7 * 3600.0, 90_000.0, 6 * 86_400.0]))
    def time_passes(self, seconds: float) -> None:
        """Seconds, a lease, hours, days."""
        self.world.clock.advance(seconds)

    @rule(out=st.booleans())
    def zoho_goes_out_or_comes_back(self, out: bool) -> None:  # noqa: FBT001 - hypothesis gives it by name
        """For as long as it takes."""
        self.world.outage = out

    @rule(good=st.integers(0, 10), fate=st.sampled_from(Fate))
    def the_sweep_runs(self, good: int, fate: Fate) -> None:
        """Both halves, and after some good calls one has this fate."""
        self.world.chaos.planned = [Fate.GOOD] * good + [fate]
        self.world.sweep()
        self.world.chaos.planned = []

    @rule(lead=st.integers(1, LEADS), state=st.sampled_from((VANISHED, MERGED, CONVERTED, IN_APPROVAL, 1)))
    def a_lead_changes_in_zoho(self, lead: int, state: int) -> None:
        """Vanish and come back, be merged, converted or sent to an approval, and nobody calls."""
        if f"{self.prefix}{lead}" in self.world.zoho.accounts:
            self.world.zoho.accounts[f"{self.prefix}{lead}"] = state

    @rule(channel=st.sampled_from((CHANNEL, OPERATOR)), how=st.sampled_from(("", *CLOSINGS)))
    def a_channel_closes_or_opens(self, channel: str, how: str) -> None:
        """In one of Slack's ways."""
        self.world.slack.closed[channel] = how

    @rule(seconds=st.sampled_from((None, 0.0, 600.0)))
    def editing_is_restricted_or_allowed(self, seconds: float | None) -> None:
        """For good, after some minutes, or not at all."""
        self.world.slack.editable_seconds = seconds

    @rule(code=st.sampled_from(CODES), done=st.booleans())
    def slack_answers_a_code(self, code: str, done: bool) -> None:  # noqa: FBT001 - hypothesis gives it by name
        """To its next call; it may have done what it was asked where the code leaves that open."""
        self.world.slack.next_words = [(code, done and code in IN_DOUBT_CODES)]

    @rule(back=st.integers(1, 3))
    def somebody_deletes_a_message(self, back: int) -> None:
        """One of the last."""
        posts = [post.ts for post in self.world.slack.told if post.kind == "post"]
        if len(posts) >= back:
            self.world.delete_message(posts[-back])

    @rule(seconds=st.sampled_from((0.0, 1.0, 60.0)))
    def slack_looks_people_up_slowly(self, seconds: float) -> None:
        """So that the answer is in time, or not."""
        self.world.slack.lookup_seconds = seconds

    @rule(weather=st.sampled_from(TOKEN_WEATHERS), revoked=st.booleans())
    def tokens_fail(self, weather: str, revoked: bool) -> None:  # noqa: FBT001 - as above
        """At the endpoint, and those that Zoho gave out."""
        self.world.zoho.token_weather = weather
        if revoked:
            self.world.zoho.revoke_tokens()

    @rule(seconds=st.sampled_from((-18_000.0, -600.0, -5.0, 0.0, 5.0, 600.0, 18_000.0)))
    def the_next_process_has_another_clock(self, seconds: float) -> None:
        """Whichever function it is of."""
        self.world.containers.end_all()
        self.world.containers.next_errors = [timedelta(seconds=seconds)]

    @rule()
    def somebody_redrives_the_dead_letters(self) -> None:
        """Days later, perhaps."""
        self.world.redrive()

    def teardown(self) -> None:
        """In the end nothing is lost and nothing doubled."""
        self.world.settle()
        found = tally(self.world)
        assert not found.findings, found


def test_whatever_happens_nothing_is_lost_and_nothing_doubled(table: Any) -> None:
    """The state machine, over the real steps, edges and ledger."""
    Mixes.table = table
    machine = Mixes.TestCase()
    machine.settings = EXAMPLES  # type: ignore[attr-defined]
    machine.runTest()


@pytest.mark.parametrize("seed", [11, 12])
def test_a_short_soak_loses_and_doubles_nothing(table: Any, seed: int) -> None:
    """One call in ten goes wrong."""
    world = run_world(table, seed=seed, deliveries=200, rate=0.1)
    found = tally(world)
    assert sum(world.chaos.happened.values()) > 20
    assert sum("<@" in post.text for post in world.slack.told) > 1
    assert not found.findings, found


def test_a_lease_shorter_than_a_call_in_flight_doubles_messages(table: Any) -> None:
    """The soak can fail: this is what the length of the lease is for."""
    doubled = 0
    for seed in range(21, 31):
        world = World(table, seed=seed, rate=0.0, timing=Timing(lease_seconds=0, clock_skew_seconds=0))
        world.qualify(f"{seed}0001", accounts=1)
        world.deliver("check")
        world.chaos.planned_at["slack.post"] = Fate.KILLED_IN_FLIGHT
        world.deliver("notify")
        world.notices.delay("1-1", 1)
        world.settle()
        doubled += tally(world).doubled
    assert doubled > 0


def test_a_lead_whose_dead_letter_nobody_reads_is_lost(table: Any) -> None:
    """The soak can fail: this is what the sweep's second half is for."""
    world = World(table, seed=41, rate=0.0, max_receives=1)
    world.qualify("410001", accounts=1)
    world.chaos.planned = [Fate.KILLED_BEFORE]
    world.deliver("check")
    world.clock.advance(100)
    world.deliver("check")
    assert len(world.inbox_dead.take_all()) == 1
    world.settle()
    assert tally(world).lost == 1


@pytest.mark.parametrize("fate", [Fate.ANSWER_LOST, Fate.KILLED_AFTER, Fate.KILLED_IN_FLIGHT, Fate.KILLED_BEFORE])
def test_a_lead_that_vanishes_while_its_first_message_is_in_doubt_has_one_message(table: Any, fate: Fate) -> None:
    """What stands in sales is edited there; only where nothing stands the operator's channel gets the one message."""
    world, lead = World(table, seed=fate.value, rate=0.0), str(8 * 10**18 + fate.value)
    world.qualify(lead, accounts=1)
    world.deliver("check")
    world.chaos.planned_at["slack.post"] = fate
    world.deliver("notify")
    world.qualify(lead, accounts=VANISHED)
    world.settle()
    found = tally(world)
    assert not found.findings, found
    posts = [post.channel for post in world.slack.told if post.kind == "post"]
    assert posts == [OPERATOR if fate is Fate.KILLED_BEFORE else CHANNEL]


@pytest.mark.parametrize("seed", range(6))
def test_an_outage_with_every_other_fault_in_it_is_one_banner(table: Any, seed: int) -> None:
    """Workers die, answers get lost, calls land late while Zoho is out for half an hour: no lead and no banner twice."""
    world = World(table, seed=seed, rate=0.15)
    for number in range(5):
        world.qualify(str(2 * 10**18 + 10 * seed + number), accounts=1)
    world.outage = True
    world.go_on(1800)
    world.settle()
    found = tally(world)
    assert (found.findings, found.banners) == ({}, 1), found


def test_a_lead_that_zoho_fails_alone_is_told_of_within_the_hour(table: Any) -> None:
    """Others are answered every two minutes, so no banner stands there and says that it waits."""
    world, alone = World(table, seed=1, rate=0.0), str(4 * 10**18)
    world.zoho.failing.add(alone)
    world.qualify(alone, accounts=1)
    for number in range(1, 31):
        world.go_on(120)
        world.qualify(str(4 * 10**18 + number), accounts=1)
    assert [told.kind for told in world.slack.told if "NOT CHECKED" in told.text] == ["post"]


def test_in_a_quiet_org_a_lead_that_zoho_fails_alone_makes_one_banner(table: Any) -> None:
    """Nobody else is there to be answered at first; once somebody was, its half hour begins, and no outage again."""
    world, alone = World(table, seed=1, rate=0.0), str(6 * 10**18)
    world.zoho.failing.add(alone)
    world.qualify(alone, accounts=1)
    for number in range(1, 4):
        world.go_on(1200)
        world.qualify(str(6 * 10**18 + number), accounts=1)
    world.go_on(60)
    told = [one for one in world.slack.told if one.kind == "post"]
    assert sum("Zoho has not answered" in one.text for one in told) == 1
    assert sum("NOT CHECKED" in one.text for one in told) == 1


def test_a_message_that_slack_never_answers_holds_its_channel_up_for_minutes(table: Any) -> None:
    """The lead behind it is told; it is among the dead letters, and told once when the sweep brings it back."""
    world, alone = World(table, seed=3, rate=0.0), str(5 * 10**18)
    world.slack.stumbles.add(world.qualify(alone, accounts=1).event_id)
    world.deliver("check")
    behind = world.qualify(str(5 * 10**18 + 1), accounts=1)
    world.go_on(850)
    assert [told.event_id for told in world.slack.told] == [behind.event_id]
    assert world.slack_dead.count() == 1
    world.settle()
    found = tally(world)
    assert not found.findings, found


@pytest.mark.parametrize("fate", Fate)
def test_whatever_happens_while_the_banner_is_shown_it_is_shown_once(table: Any, fate: Fate) -> None:
    """Each call of notify in turn has each fate: before the post, around it, after it."""
    for good in range(4):
        world = World(table, seed=good, rate=0.0)
        world.qualify(str(3 * 10**18 + 10 * fate.value + good), accounts=1)
        world.outage = True
        while not world.notices.messages():
            world.step()
        world.chaos.planned = [Fate.GOOD] * good + [fate]
        world.deliver("notify")
        world.go_on(600)
        world.settle()
        found = tally(world)
        assert (found.findings, found.banners) == ({}, 1), (good, found)


def test_every_banner_ends_though_slack_was_down_from_one_outage_into_the_next(table: Any) -> None:
    """The first one's end waits for Slack while the second one begins; each of the two is edited to its own end."""
    world = World(table, seed=2, rate=0.0)
    leads = (str(4 * 10**18 + number) for number in itertools.count())
    world.qualify(next(leads), accounts=1)
    world.outage = True
    world.go_on(1200)
    world.chaos.down = {"slack"}
    for is_out in (False, True):
        world.outage = is_out
        world.go_on(1200)
        world.qualify(next(leads), accounts=1)
    world.go_on(1800)
    world.chaos.down = set()
    world.go_on(1800)
    world.settle()
    banners = {one.ts: one.text for one in world.slack.told if "Zoho has not answered" in one.text}
    last = {one.ts: one.text for one in world.slack.told}
    assert len(banners) == 2
    assert all("answered again" in last[ts] for ts in banners), [last[ts] for ts in banners]
