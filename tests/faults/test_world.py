"""What the world's tally finds when a part of the product is broken on purpose: what cannot fail proves nothing.

The mistakes are made where the bench puts the parts together; the same scenes with the product's own parts find nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.aws.ledger import Ledger
from chalicelib.aws.ledger_item import Held, LedgerItem
from chalicelib.aws.queues import InboxTurn, Message
from chalicelib.errors import SlackFailed, SlackUnavailable
from chalicelib.events import LeadEvent, TokenRequest
from chalicelib.slack.posts import SlackPost
from chalicelib.steps.announce import Announcer, Banner
from chalicelib.steps.notify import MAY_REPEAT, Execution
from chalicelib.steps.publish import Channels, VerdictPublisher
from chalicelib.timing import MENTION_SECONDS
from chalicelib.zoho.lookup import LookupResult
from tests.faults.waits import CALLS
from tests.faults.world import workers
from tests.faults.world.chaos import Fate
from tests.faults.world.slack import Slack
from tests.faults.world.tally import MENTION, tally
from tests.faults.world.workers import CHANNEL, Container, Silent
from tests.faults.world.world import World
from tests.faults.world.zoho import CONVERTED, MERGED, OWNERS, VANISHED

LEAD = str(9 * 10**18)
Mistake = Callable[[pytest.MonkeyPatch], None]


class LedgerWithoutIntents(Ledger):
    """notify does not see that an earlier attempt may have posted: it chooses the channel as if nothing stood."""

    def claim(self, lead_id: str, **more: Any) -> LedgerItem | Held:
        """Forget the intent."""
        claimed = super().claim(lead_id, **more)
        if isinstance(claimed, Held):
            return Held(replace(claimed.item, posting=None))
        return replace(claimed, posting=None)


class LedgerByOurClock(Ledger):
    """Which event is newer is told by the receiving machine's clock."""

    def store_match(self, event: LeadEvent, match: str, **more: Any) -> LedgerItem:
        """Take the event's own time for its turn."""
        return super().store_match(event, match, **more | {"turn": InboxTurn(event.accepted_at, event.accepted_at)})


def ledger_of(kind: type[Ledger]) -> Mistake:
    """Put another ledger into every process."""

    def make(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(Container, "ledger", lambda own, about="lead": kind(own.world.table, now=own.now, kind=about))

    return make


def forgotten_ends(patch: pytest.MonkeyPatch) -> None:
    """Let nobody announce that an outage is over."""
    banner = Container.banner

    class OnlyBeginnings(Announcer):
        __slots__ = ()

        def announce(self, incident: Any, text: str, *, sequence: int) -> None:
            if '"is_over": false' in text:
                super().announce(incident, text, sequence=sequence)

    def of_beginnings(own: Container) -> Banner:
        whole = banner(own)
        parts = whole.announcer
        return replace(whole, announcer=OnlyBeginnings(parts.kind, parts.announcements, parts.slack, parts.channel))

    patch.setattr(Container, "banner", of_beginnings)


def swapped_channels(patch: pytest.MonkeyPatch) -> None:
    """Send to the operator what sales people wait for."""
    publisher = Container.publisher

    def swapped(own: Container, *, is_check: bool) -> VerdictPublisher:
        return replace(publisher(own, is_check=is_check), channels=Channels(own.world.operator_channel, CHANNEL))

    patch.setattr(Container, "publisher", swapped)


def remembered_answers(patch: pytest.MonkeyPatch) -> None:
    """Answer from memory what Zoho said of a lead once."""
    gate = workers._gate  # noqa: SLF001 - the bench's own

    class Remembering:
        def __init__(self, own: Container) -> None:
            self._gate, self._known = gate(own), dict[str, LookupResult]()

        def look_up(self, *, lead_id: str, **more: Any) -> LookupResult:
            if lead_id not in self._known:
                self._known[lead_id] = self._gate.look_up(lead_id=lead_id, **more)
            return self._known[lead_id]

    patch.setattr(workers, "_gate", Remembering)


def new_words_are_refusals(patch: pytest.MonkeyPatch) -> None:
    """Take a word on no page for one that says that nothing was done."""
    post = Slack.post

    def certain(slack: Slack, **request: Any) -> str:
        try:
            return post(slack, **request)
        except SlackFailed as error:
            raise SlackUnavailable(str(error), reason=error.reason) from None

    patch.setattr(Slack, "post", certain)


def forgotten_tokens(patch: pytest.MonkeyPatch) -> None:
    """Let refresh remember nothing, neither which version was replaced nor how often it asked, and SQS drop no request."""
    patch.setattr(Container, "request_token", lambda own, wanted: own.queue("tokens").send(_undropped(own, wanted)))
    patch.setattr(workers.TokenItem, "read", lambda _: ({}, 0))
    patch.setattr(workers.TokenItem, "write", lambda *_, **__: True)


def _undropped(own: Container, wanted: TokenRequest) -> Message:
    return replace(Message.of_token_request(wanted, now=own.now()), deduplication_id=own.world.new_id())


def no_measures(patch: pytest.MonkeyPatch) -> None:
    """Measure nothing, so that no alarm goes off."""
    patch.setattr(Silent, "record", lambda *_: None)


def vanishes_in_doubt(world: World) -> None:
    """Let a lead vanish after Slack's answer to its first message was lost."""
    world.qualify(LEAD, accounts=1)
    world.deliver("check")
    world.chaos.planned_at["slack.post"] = Fate.ANSWER_LOST
    world.deliver("notify")
    world.qualify(LEAD, accounts=VANISHED)


def comes_again_with_a_clock_behind(world: World) -> None:
    """Let a lead come again after a minute, to a machine whose clock is two hours behind."""
    world.qualify(LEAD, accounts=1)
    world.go_on(60)
    world.qualify(LEAD, accounts=2, clock_error=timedelta(hours=-2))


def is_out_for_half_an_hour(world: World) -> None:
    """Zoho answers nobody for half an hour."""
    world.outage = True
    world.qualify(LEAD, accounts=1)
    world.go_on(1800)


def comes_once(world: World) -> None:
    """Let a lead come."""
    world.qualify(LEAD, accounts=1)


def is_merged_meanwhile(world: World) -> None:
    """Let a lead be merged into another between two calls."""
    world.qualify(LEAD, accounts=1)
    world.go_on(60)
    world.qualify(LEAD, accounts=MERGED)
    world.go_on(60)


def slack_says_a_new_word(world: World) -> None:
    """Slack takes a message and answers with a word that is on no page."""
    world.qualify(LEAD, accounts=1)
    world.deliver("check")
    world.slack.next_words.append(("word_of_no_page", True))


def the_token_endpoint_hangs(world: World) -> None:
    """Let the token end while twenty leads wait, and the endpoint give out tokens that never arrive."""
    world.zoho.token_weather = "hangs"
    world.clock.advance(2 * 3600)
    for number in range(20):
        world.qualify(str(int(LEAD) + number), accounts=1)
    world.go_on(900)


def every_post_mentions(patch: pytest.MonkeyPatch) -> None:
    """Let a message that comes after another one mention the owner too."""
    patch.setattr(Execution, "_about_earlier", lambda own, post, _wanted: post.mentioning(own.user_of))


def every_channel_mentions(patch: pytest.MonkeyPatch) -> None:
    """Let the operator's channel mention the owner, too."""
    elsewhere = SlackPost.in_another_channel

    def mentioning(post: SlackPost, line: str, *, provisional: bool) -> SlackPost:
        return replace(elsewhere(post, line, provisional=provisional), mention=post.mention)

    patch.setattr(SlackPost, "in_another_channel", mentioning)


def is_deleted_and_comes_again(world: World) -> None:
    """Let somebody delete the lead's message, and the lead come with another verdict: it is posted again."""
    world.qualify(LEAD, accounts=1)
    world.go_on(60)
    world.delete_message(world.slack.told[-1].ts)
    world.qualify(LEAD, accounts=2)
    world.go_on(60)
    assert [post.kind for post in world.slack.told] == ["post", "post"]


def finds_its_channel_closed(world: World) -> None:
    """Let the sales people's channel be closed when a lead comes."""
    world.slack.closed[CHANNEL] = "archived"
    world.qualify(LEAD, accounts=1)
    world.go_on(60)
    assert [post.channel for post in world.slack.told] == [world.operator_channel]


def is_refused_whole(world: World) -> None:
    """Slack takes a message in no form."""
    event = world.qualify(LEAD, accounts=1)
    world.slack.next_words += [("invalid_blocks", False)] * 3
    world.go_on(60)
    assert event.event_id not in [post.event_id for post in world.slack.told]


SCENES = {
    "lost intents": (vanishes_in_doubt, ledger_of(LedgerWithoutIntents), "doubled"),
    "our clock": (comes_again_with_a_clock_behind, ledger_of(LedgerByOurClock), "lost"),
    "forgotten ends": (is_out_for_half_an_hour, forgotten_ends, "endless banner"),
    "swapped channels": (comes_once, swapped_channels, "in the wrong channel"),
    "remembered answers": (is_merged_meanwhile, remembered_answers, "stale"),
    "new words": (slack_says_a_new_word, new_words_are_refusals, "doubled"),
    "forgotten tokens": (the_token_endpoint_hangs, forgotten_tokens, "tokens over budget"),
    "every post mentions": (is_deleted_and_comes_again, every_post_mentions, "mentioned again"),
    "every channel mentions": (finds_its_channel_closed, every_channel_mentions, "mentioned wrongly"),
    "no measures": (is_refused_whole, no_measures, "untold"),
}


@pytest.mark.parametrize("name", SCENES)
def test_a_mistake_is_found(new_table: Callable[[], Any], monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """With the product's own parts the scene finds nothing, and with the mistake what it breaks."""
    scene, mistake, finding = SCENES[name]
    for is_broken in (False, True):
        if is_broken:
            mistake(monkeypatch)
        world = World(new_table(), seed=1, rate=0.0)
        scene(world)
        world.settle()
        found = tally(world)
        assert finding in found.findings if is_broken else not found.findings, found


OWNER_CALLS = ("table.owner.get_item", "slack.lookup", "table.owner.update_item")
COSTS_THE_MENTION = (Fate.FAILS_BEFORE, Fate.ANSWER_LOST, Fate.GIVEN_UP)
KILLS = (Fate.KILLED_BEFORE, Fate.KILLED_AFTER, Fate.KILLED_IN_FLIGHT)


@pytest.mark.parametrize("call", OWNER_CALLS)
@pytest.mark.parametrize("fate", Fate)
def test_whatever_happens_to_the_owner_s_look_up_the_message_comes_at_once_and_once(
    new_table: Callable[[], Any], call: str, fate: Fate
) -> None:
    """A call that fails costs the mention; that the answer cannot be kept costs nothing; after a kill the owner is asked for anew."""
    world = World(new_table(), seed=1, rate=0.0)
    world.qualify(LEAD, accounts=1)
    world.deliver("check")
    began = world.clock.seconds()
    world.chaos.planned_at[call] = fate
    world.deliver("notify")
    assert not world.chaos.planned_at
    assert [post.at - began for post in world.slack.told] == ([] if fate in KILLS else [0.0])
    world.settle()
    (told,) = world.slack.told
    assert (MENTION in told.text) is (fate not in COSTS_THE_MENTION or call == OWNER_CALLS[-1])
    assert tally(world).notes == ()


@pytest.mark.parametrize(("seconds", "waits"), [(1.0, 1.0), (3600.0, MENTION_SECONDS)])
def test_a_slow_look_up_holds_a_message_up_for_no_longer_than_its_time(
    new_table: Callable[[], Any], seconds: float, waits: float
) -> None:
    """An answer in time is waited for; after one that is not, the next lead of the same worker waits for nothing."""
    world = World(new_table(), seed=1, rate=0.0)
    world.slack.lookup_seconds = seconds
    for lead in (LEAD, str(int(LEAD) + len(OWNERS))):
        world.qualify(lead, accounts=1)
        world.deliver("check")
        world.clock.advance(1)  # so that no pace of the channel's is waited for
        began = world.clock.seconds()
        world.deliver("notify")
        assert world.slack.told[-1].at - began == pytest.approx(waits)
        assert (MENTION in world.slack.told[-1].text) is (seconds < MENTION_SECONDS)
        waits = 0.0
    assert tally(world).notes == ()


def test_what_sqs_forgets_is_lost(new_table: Callable[[], Any]) -> None:
    """Fifteen days in which nothing runs are longer than a queue keeps a lead."""
    world = World(new_table(), seed=1, rate=0.0)
    world.qualify(LEAD, accounts=1)
    world.clock.advance(15 * 86_400)
    world.settle()
    assert tally(world).lost == 1
    assert len(world.inbox.expired) == 1


@pytest.mark.parametrize("state", [VANISHED, MERGED, CONVERTED])
@pytest.mark.parametrize("call", ["table.update_item", "sqs.matches.send", "sqs.slack.send"])
def test_a_lead_that_changes_between_its_check_and_its_message(
    new_table: Callable[[], Any], call: str, state: int
) -> None:
    """What it was when Zoho was asked is shown, and what it is when it comes again takes its place."""
    world = World(new_table(), seed=1, rate=0.0)
    world.chaos.overtake = lambda: world.zoho.accounts.update({LEAD: state})
    world.qualify(LEAD, accounts=1)
    world.chaos.planned_at[call] = Fate.OVERTAKEN
    world.go_on(60)
    assert world.said_by_zoho[world.accepted[0].event_id] == {1}
    world.qualify(LEAD, accounts=state)
    world.settle()
    found = tally(world)
    assert not found.findings, found
    assert [post.channel for post in world.slack.told if post.kind == "post"] == [CHANNEL]


@pytest.mark.parametrize("hours", [-8, -3, -1, 1, 3, 8])
def test_a_worker_whose_clock_is_hours_off_only_makes_leads_wait(new_table: Callable[[], Any], hours: int) -> None:
    """To a fast clock each token is over; once a process with a right clock comes, the lead is told."""
    world = World(new_table(), seed=1, rate=0.0)
    world.qualify(LEAD, accounts=1)
    world.containers.end_all()
    world.containers.next_errors += [timedelta(hours=hours)] * 3
    world.go_on(1200)
    world.settle()
    found = tally(world)
    assert not found.findings, found
    assert world.zoho.most_in_window <= 5


@pytest.mark.parametrize("how", ["bot removed", "gone"])
def test_a_channel_that_closes_after_a_lost_answer_is_where_the_promise_ends(
    new_table: Callable[[], Any], how: str
) -> None:
    """The message may stand there and nobody can look; the operator's channel gets it with a line that says so."""
    world = World(new_table(), seed=1, rate=0.0)
    world.qualify(LEAD, accounts=1)
    world.deliver("check")
    world.chaos.planned_at["slack.post"] = Fate.ANSWER_LOST
    world.chaos.planned_at["slack.find"] = Fate.FAILS_BEFORE  # the look of the same worker
    world.deliver("notify")
    assert [post.channel for post in world.slack.told] == [CHANNEL]
    world.slack.closed[CHANNEL] = how
    world.go_on(900)
    world.slack.closed.clear()
    world.settle()
    (first, second) = world.slack.told
    assert (first.channel, second.channel) == (CHANNEL, world.operator_channel)
    assert MAY_REPEAT in second.text
    assert tally(world).notes == ()


def test_a_message_in_doubt_is_remembered_while_both_channels_are_closed(new_table: Callable[[], Any]) -> None:
    """That the operator's channel refuses it says nothing of the sales people's: it is looked for there when that opens."""
    world = World(new_table(), seed=1, rate=0.0)
    world.qualify(LEAD, accounts=1)
    world.deliver("check")
    world.chaos.planned = [*[Fate.GOOD] * CALLS.index("shown"), Fate.FAILS_BEFORE]
    world.deliver("notify")
    world.slack.closed |= {CHANNEL: "bot removed", world.operator_channel: "read only"}
    world.go_on(900)
    world.slack.closed.clear()
    world.settle()
    assert [post.channel for post in world.slack.told] == [CHANNEL]
    assert tally(world).notes == ()


def test_a_newer_event_of_a_lead_in_doubt_in_a_closed_channel_is_told_by_the_operator(
    new_table: Callable[[], Any],
) -> None:
    """Nobody can look whether the earlier one stands there, so the message says that it may repeat one; that is no wrong channel."""
    world = World(new_table(), seed=1, rate=0.0)
    world.qualify(LEAD, accounts=1)
    world.deliver("check")
    world.slack.closed[CHANNEL] = "bot removed"
    # the claim, the owner's three calls, the intent, and that of the next channel
    world.chaos.planned = [*[Fate.GOOD] * 5, Fate.FAILS_BEFORE]
    world.deliver("notify")
    world.qualify(LEAD, accounts=2)
    world.deliver("check")
    world.go_on(600)
    world.slack.closed.clear()
    world.settle()
    (told,) = world.slack.told
    assert told.channel == world.operator_channel
    assert MAY_REPEAT in told.text
    assert tally(world).notes == ()
