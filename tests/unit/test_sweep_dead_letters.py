"""The sweep among the dead letters: what died without a word is told once, and what was parked stays."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib import match_event
from chalicelib.aws.ledger_item import LedgerItem, Posting, Shown
from chalicelib.aws.queues import DeadLetter, InboxTurn, Message, quarantined
from chalicelib.errors import AwsUnavailable, OutOfOrder
from chalicelib.events import Incident, LeadEvent, Notice
from chalicelib.match_event import Match
from chalicelib.metrics import Metric
from chalicelib.routing import read_route
from chalicelib.steps.publish import Channels, Outboxes, VerdictPublisher
from chalicelib.steps.results import StepResult
from chalicelib.steps.sweep import DeadLetterHandler, handle_dead_letters
from chalicelib.timing import LONGEST_LEASE_SECONDS
from chalicelib.verdict import lead_not_found, unchecked
from chalicelib.verdict.model import Cause, Verdict
from chalicelib.wire import time_text

NOW = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)
EVENT = LeadEvent("365", "event-1", NOW - timedelta(hours=6), "webhook")
LONG_AGO = NOW - timedelta(days=1)
NOTICE = Notice(EVENT, "verdict", 1, "C0SALES")


@dataclass
class Box:
    """A queue that keeps what it is sent and refuses the calls whose numbers it was told."""

    sent: list[Message] = field(default_factory=list)
    sent_ids: list[str] = field(default_factory=list)
    refuses: set[int] = field(default_factory=set)
    calls: int = 0

    def send(self, message: Message) -> None:
        """Keep it."""
        self.calls += 1
        if self.calls in self.refuses:
            raise AwsUnavailable("no", reason="sqs_down")
        self.sent.append(message)


@dataclass
class Shelf:
    """Dead letters, as a queue shows them: what is removed is gone, the rest is seen again by the next look."""

    letters: list[DeadLetter]
    refuses_to_remove: bool = False

    def look(self, *, hidden_seconds: int) -> Iterator[DeadLetter]:
        """Yield each once."""
        assert hidden_seconds == 60
        yield from list(self.letters)

    def remove(self, letter: DeadLetter) -> None:
        """Take it away."""
        if self.refuses_to_remove:
            raise AwsUnavailable("no", reason="sqs_down")
        self.letters.remove(letter)

    def send(self, message: Message) -> None:
        """Put a letter behind the others."""
        self.letters.append(DeadLetter(message.body, message.group, message.deduplication_id, "handle", NOW))


@dataclass
class Memory:
    """A ledger of one item, with the real one's order of events."""

    item: LedgerItem | None = None
    turn_at: datetime = LONG_AGO

    def read(self, lead_id: str) -> LedgerItem | None:
        """Return it."""
        assert lead_id == EVENT.lead_id
        return self.item

    def store_match(
        self,
        event: LeadEvent,
        match: str,
        *,
        turn: InboxTurn,
        channel: str,
        earlier: Sequence[str] = (),
        due_at: datetime | None = None,
        keep_due: bool = False,
        **_: object,
    ) -> LedgerItem:
        """Write it unless a newer one stands there."""
        assert (turn.sent_at, due_at, keep_due) == (None, None, True)
        accepted_at, old = time_text(event.accepted_at), self.item or LedgerItem(event.lead_id)
        if self.item and turn.at <= self.turn_at:
            raise OutOfOrder("old", reason="superseded")
        self.turn_at = turn.at
        self.item = replace(
            old,
            event_id=event.event_id,
            accepted_at=accepted_at,
            match=match,
            revision=old.revision + 1,
            earlier=tuple(earlier),
            channel=channel,
        )
        return self.item


class Play:
    """A sweep over one shelf of letters."""

    def __init__(self, *bodies: str, item: LedgerItem | None = None, turn_at: datetime = LONG_AGO) -> None:
        self.matches, self.slack, self.quarantined = Box(), Box(), Box()
        self.memory = Memory(item, turn_at)
        ids = itertools.count(1)
        self.dies_as: Callable[[Message], str] = lambda _: f"m-again-{next(ids)}"
        """The deduplication id that a message has as a dead letter: SQS gives it its own id."""
        self.shelf = Shelf([letter(body, f"m-{number}") for number, body in enumerate(bodies)])
        self.logged: list[StepResult] = []
        self.handler = DeadLetterHandler(
            ledger=self.memory,
            publisher=VerdictPublisher(
                ledger=self.memory,
                outboxes=Outboxes(self.matches, self.slack, self.quarantined),
                channels=Channels("C0SALES", "C0OPERATOR"),
                link=lambda _module, record_id: f"https://crm.example/{record_id}",
                search=lambda word: f"https://crm.example/search/{word}",
                stage="test",
                now=lambda: NOW,
            ),
            slack=self.slack,
            operator_channel="C0OPERATOR",
            now=lambda: NOW,
        )

    def sweep(self, what: str = "lead", *, seconds: float = 15, now: Any = lambda: NOW) -> dict[str, int]:
        """Sweep; return what was done how often."""
        handle = getattr(self.handler, what)
        return dict(handle_dead_letters(self.shelf, handle, log=self.logged.append, now=now, seconds=seconds))

    def actions(self) -> list[str]:
        """Return the actions that other systems were sent."""
        return [match_event.read(message.body).verdict.action for message in self.matches.sent]


def letter(body: str, deduplication_id: str) -> DeadLetter:
    """Return a letter as SQS leaves it: with its own message id in place of what it was sent with."""
    return DeadLetter(body, EVENT.lead_id, deduplication_id, "handle", NOW)


def stored(event: LeadEvent = EVENT, verdict: Verdict | None = None, **fields: Any) -> LedgerItem:
    """Return an item that holds a verdict of an event."""
    verdict = verdict or lead_not_found(event.lead_id)
    text = match_event.write(Match(event, None, verdict, {}, NOW), stage="test")
    base = LedgerItem(event.lead_id, event.event_id, time_text(event.accepted_at), text, revision=1)
    return replace(base, **fields)


def test_a_lead_that_died_is_told_sent_and_parked_for_replay() -> None:
    """`unchecked` in the ledger and on both queues; the letter makes way for a copy that is asked anew."""
    play = Play(EVENT.to_json())
    assert play.sweep() == {"checked": 1}
    assert play.actions() == ["unchecked"]
    match = match_event.read(play.matches.sent[0].body)
    assert match.verdict.sentence.startswith("NOT CHECKED: Our check failed repeatedly. ")
    assert match.url("365") == "https://crm.example/365"
    assert Notice.from_json(play.slack.sent[0].body) == replace(NOTICE, revision=1)
    replay = LeadEvent.from_json(play.quarantined.sent[0].body)
    assert (replay.trigger, replay.lead_id, replay.accepted_at) == ("replay", "365", NOW)
    assert play.quarantined.sent[0].group == play.quarantined.sent[0].deduplication_id
    assert play.shelf.letters == []


def test_a_lead_that_died_goes_where_the_rules_say() -> None:
    """Its first message decides for those that come once its check works again."""
    play = Play(EVENT.to_json())
    rule = read_route({"when": {"verdict": "unchecked"}, "channel": "C0RULED1"})
    play.handler = replace(play.handler, routes=lambda: (rule,))
    play.sweep()
    assert [message.group for message in play.slack.sent] == ["C0RULED1"]


def test_what_was_parked_for_a_person_stays() -> None:
    """The copy that the sweep itself parks is not worked on by the next one."""
    play = Play(EVENT.to_json())
    play.sweep()
    (copy,) = play.quarantined.sent
    play.shelf.letters = [DeadLetter(copy.body, copy.group, copy.deduplication_id, "handle", NOW)]
    assert play.sweep() == {}
    assert len(play.shelf.letters) == 1


def test_a_replayed_lead_that_dies_again_is_told_again() -> None:
    """A redrive brings back a copy whose mark does not outlive SQS's own move."""
    replay = replace(EVENT, trigger="replay", event_id="event-2", accepted_at=NOW)
    play = Play(replay.to_json(), item=stored(verdict=unchecked("zoho_no_answer", Cause.NO_ANSWER)))
    assert play.sweep() == {"checked": 1}
    assert play.actions() == ["unchecked"]


def test_a_replayed_lead_that_dies_is_put_away_when_it_was_answered_meanwhile() -> None:
    """A good verdict is not told over by "could not be checked"."""
    replay = replace(EVENT, trigger="replay", event_id="event-2", accepted_at=NOW)
    play = Play(replay.to_json(), item=stored())
    assert play.sweep() == {"superseded": 1}
    assert (play.matches.sent, play.shelf.letters) == ([], [])


def test_a_verdict_that_was_stored_before_the_check_died_is_sent_and_not_replaced() -> None:
    """It broke off between the ledger and the queues: what was found out counts, and nothing has to be replayed."""
    play = Play(EVENT.to_json(), item=stored())
    assert play.sweep() == {"match_sent_again": 1}
    assert play.actions() == ["lead_not_found"]
    assert play.quarantined.sent == []
    assert play.shelf.letters == []


CLOCKS = pytest.mark.parametrize(
    "clock",
    [timedelta(0), timedelta(hours=5), timedelta(hours=-5), timedelta(days=3), timedelta(minutes=-30)],
    ids=["right", "5 h ahead", "5 h behind", "3 days ahead", "half an hour behind"],
)


@CLOCKS
def test_a_lead_that_was_checked_since_is_only_put_away(clock: timedelta) -> None:
    """A newer event's verdict is not overwritten, and nobody has to replay the old one."""
    newer = replace(EVENT, event_id="event-2", accepted_at=NOW + clock)
    play = Play(EVENT.to_json(), item=stored(newer), turn_at=NOW + timedelta(minutes=1))
    assert play.sweep() == {"superseded": 1}
    assert (play.matches.sent, play.shelf.letters) == ([], [])
    assert [dict(outcome.measures) for outcome in play.logged] == [{Metric.FAILURES: 1}]


@CLOCKS
def test_a_lead_that_died_is_told_over_what_was_checked_before_it(clock: timedelta) -> None:
    """Whatever the receiver's clock said: what had its turn while the letter was not yet given out is older."""
    older = replace(EVENT, event_id="event-0", accepted_at=EVENT.accepted_at - timedelta(minutes=1) + clock)
    play = Play(EVENT.to_json(), item=stored(older), turn_at=NOW - timedelta(hours=5))
    assert play.sweep() == {"checked": 1}
    assert play.actions() == ["unchecked"]
    assert len(play.quarantined.sent) == 1


@CLOCKS
def test_a_lead_that_died_was_accepted_before_it_died(clock: timedelta) -> None:
    """A receiver's clock that was ahead makes no event of the future."""
    play = Play(replace(EVENT, accepted_at=NOW + clock).to_json())
    play.sweep()
    (match,) = play.matches.sent
    assert match_event.read(match.body).event.accepted_at == min(NOW, NOW + clock)


def test_a_lead_whose_verdict_went_out_before_a_newer_one_is_only_put_away() -> None:
    """One event id has one content: nothing is told under the old id again, and nobody has to look."""
    newer = replace(EVENT, event_id="event-2", accepted_at=EVENT.accepted_at - timedelta(minutes=1))
    play = Play(EVENT.to_json(), item=stored(newer, earlier=(EVENT.event_id,)))
    assert play.sweep() == {"repeated": 1}
    assert (play.matches.sent, play.shelf.letters) == ([], [])
    assert [dict(outcome.measures) for outcome in play.logged] == [{}]


@pytest.mark.parametrize("queue", ["matches", "slack", "quarantined"])
def test_a_sweep_that_fails_half_way_is_finished_by_the_next_under_the_same_ids(queue: str) -> None:
    """The letter goes last, so that whatever was not sent is sent then, and what was is recognised."""
    play = Play(EVENT.to_json())
    getattr(play, queue).refuses = {1}
    assert play.sweep() == {"letter_failed": 1}
    assert play.logged[0].fields == {"group": "365", "reason": "sqs_down"}
    assert len(play.shelf.letters) == 1
    assert play.sweep() == {"match_sent_again": 1}
    for box in (play.matches, play.slack, play.quarantined):
        assert len({message.deduplication_id for message in box.sent}) == 1
    assert len({message.body for message in play.matches.sent}) == 1


def test_a_letter_that_could_not_be_removed_changes_nothing_the_second_time() -> None:
    """The same event, the same revision: SQS or the readers drop the repeat."""
    play = Play(EVENT.to_json())
    play.shelf.refuses_to_remove = True
    assert play.sweep() == {"letter_failed": 1}
    play.shelf.refuses_to_remove = False
    assert play.sweep() == {"match_sent_again": 1}
    for box in (play.matches, play.slack, play.quarantined):
        assert box.sent[0] == box.sent[1]


def test_one_letter_holds_up_no_other() -> None:
    """What cannot be read is parked for a person, a fault stays for the next sweep, the rest is worked on."""
    unreadable, broken = "hello", replace(EVENT, lead_id="0").to_json()
    play = Play(unreadable, broken, EVENT.to_json())
    assert play.sweep() == {"given_up": 1, "letter_failed": 1, "checked": 1}
    assert [(one.body, one.is_quarantined) for one in play.shelf.letters] == [(broken, False), (unreadable, True)]
    assert play.logged[0].fields == {"group": "365", "reason": "message_unreadable"}
    assert play.logged[1].fields == {"group": "365", "error": "AssertionError"}


def test_a_sweep_ends_when_its_time_is_over() -> None:
    """What is left is for the next one; the first letter is always worked on, so there is always progress."""
    play = Play(EVENT.to_json(), EVENT.to_json(), EVENT.to_json())
    times = iter([NOW, NOW, NOW + timedelta(seconds=15)])
    assert sum(play.sweep(now=lambda: next(times)).values()) == 2


INTENT = Posting(Shown("C0SALES", "", EVENT.event_id, time_text(EVENT.accepted_at), 1, "lead_not_found///"), "", 0)
BROKEN_OFF = stored(owner="worker", lease_until=int(NOW.timestamp()) - 60)
AGAIN = replace(NOTICE, rounds=1)


@pytest.mark.parametrize(
    ("notice", "item"),
    [(NOTICE, stored()), (NOTICE, BROKEN_OFF), (AGAIN, stored()), (replace(NOTICE, rounds=3), stored())],
    ids=["refused", "unclear or broken off", "refused again", "refused for the fourth time"],
)
def test_a_notice_that_died_is_sent_to_its_own_channel_again(notice: Notice, item: LedgerItem) -> None:
    """Slack may have been down for a day, or without a token for two: sales people wait for it all the same."""
    play = Play(notice.to_json(), item=item)
    assert play.sweep("notice") == {"told_again": 1}
    (again,) = play.slack.sent
    assert (Notice.from_json(again.body), again.group) == (replace(notice, rounds=notice.rounds + 1), "C0SALES")
    assert play.shelf.letters == []


def test_a_notice_that_was_sent_again_and_broke_off_is_told_briefly_to_the_operator() -> None:
    """A lease that nobody gave back says so; the lead's own channel is not held up by it once more."""
    play = Play(AGAIN.to_json(), item=BROKEN_OFF)
    assert play.sweep("notice") == {"told_again": 1}
    (again,) = play.slack.sent
    assert again.group == "C0OPERATOR"
    assert Notice.from_json(again.body) == replace(NOTICE, kind="minimal", channel="C0OPERATOR", rounds=2)


def until_parked(play: Play) -> Iterator[Notice]:
    """Let every notice that the sweep sends die again, in SQS's way or in the worker's; return each that was sent."""
    while play.sweep("notice") == {"told_again": 1}:
        sent = play.slack.sent.pop()
        play.slack.sent_ids.append(sent.deduplication_id)
        yield Notice.from_json(sent.body)
        play.shelf.letters = [letter(sent.body, play.dies_as(sent))]


@pytest.mark.parametrize("dies_as", ["moved by SQS", "put aside by the worker"])
@pytest.mark.parametrize(
    ("item", "whole"),
    [(stored(), 4), (BROKEN_OFF, 1), (stored(posting=INTENT), 4), (replace(BROKEN_OFF, posting=INTENT), 1)],
    ids=["before the lease", "under the lease", "lease given back, intent left", "in the middle of a post"],
)
def test_a_notice_that_breaks_off_each_time_ends_with_a_person(item: LedgerItem, whole: int, dies_as: str) -> None:
    """Whole a few times, briefly to the operator once, then parked: rounds are numbers, with an owner or without."""
    play = Play(NOTICE.to_json(), item=item)
    if dies_as == "put aside by the worker":
        play.dies_as = lambda sent: sent.deduplication_id
    rounds = list(until_parked(play))
    assert [one.rounds for one in rounds] == list(range(1, whole + 2))
    assert [one.kind for one in rounds] == ["verdict"] * whole + ["minimal"]
    assert rounds[-1].channel == "C0OPERATOR"
    (parked_one,) = play.shelf.letters
    assert (parked_one.is_quarantined, parked_one.reason) == (True, "told_in_vain")
    assert all(len(one) <= 64 for one in play.slack.sent_ids)
    assert len(set(play.slack.sent_ids)) == len(rounds)


@pytest.mark.parametrize(
    "notice",
    [
        replace(NOTICE, kind="minimal"),
        Notice(Incident("outage-1", "outage-1", NOW), "banner", 1, "C0SALES"),
        Notice(Incident("zoho-credentials-1", "zoho-credentials-1", NOW), "alert", 1, "C0OPERATOR"),
    ],
    ids=["minimal", "banner", "alert"],
)
def test_what_has_no_plainer_form_left_is_parked_for_a_person(notice: Notice) -> None:
    """It is told once, not in a circle, and out of the way: unparked, ten of a channel would hide what died after them."""
    play = Play(notice.to_json(), item=stored())
    assert [play.sweep("notice"), play.sweep("notice")] == [{"given_up": 1}, {}]
    (parked_one,) = play.shelf.letters
    assert (parked_one.body, parked_one.reason) == (notice.to_json(), "told_in_vain")
    assert parked_one.group == parked_one.deduplication_id
    assert play.slack.sent == []


def test_a_notice_that_somebody_works_on_is_left_for_the_next_sweep() -> None:
    """A lease that is still running may yet end well."""
    play = Play(NOTICE.to_json(), item=stored(owner="worker", lease_until=int(NOW.timestamp()) + 5))
    assert play.sweep("notice") == {}
    assert (play.slack.sent, len(play.shelf.letters)) == ([], 1)


def test_a_lease_that_lasts_longer_than_any_hides_no_notice() -> None:
    """A clock that was ahead wrote it: whoever sends the notice again waits for SQS, not for that."""
    lasts = int(NOW.timestamp()) + LONGEST_LEASE_SECONDS + 1
    play = Play(NOTICE.to_json(), item=stored(owner="worker", lease_until=lasts))
    assert play.sweep("notice") == {"told_again": 1}
    assert len(play.slack.sent) == 1


@pytest.mark.parametrize(
    "item",
    [
        None,
        stored(replace(EVENT, event_id="event-2", accepted_at=NOW)),
        stored(shown=Shown("C0SALES", "1.1", EVENT.event_id, time_text(EVENT.accepted_at), 1, "lead_not_found///")),
    ],
    ids=["forgotten", "superseded", "shown"],
)
def test_a_notice_with_nothing_left_to_tell_is_put_away(item: LedgerItem | None) -> None:
    """The ledger knows better than the letter."""
    play = Play(NOTICE.to_json(), item=item)
    assert play.sweep("notice") == {"nothing_to_tell": 1}
    assert (play.slack.sent, play.shelf.letters) == ([], [])


def test_the_mark_of_a_parked_letter_is_its_deduplication_id() -> None:
    """SQS replaces it by the message's own id when it moves a message to the dead letters by itself."""
    marked = letter("body", quarantined(Message("body", "g", "id"), reason="zoho_no_answer").deduplication_id)
    assert (marked.deduplication_id, marked.is_quarantined, marked.reason) == (
        "given-up/zoho_no_answer/id",
        True,
        "zoho_no_answer",
    )
    moved = letter("body", "5fea7756-0ea4-451a-a703-a558b933e274")
    assert (moved.is_quarantined, moved.reason) == (False, "died")


@pytest.mark.parametrize(
    "deduplication_id",
    ["f" * 64, "f" * 128, "given-up/zoho_no_answer/" + "f" * 64, "again/" * 12 + "m-1", "given-up/" * 9 + "m-1"],
    ids=["a digest", "SQS's longest", "parked before", "a chain", "parked again and again"],
)
def test_the_mark_fits_into_what_sqs_takes_whatever_the_reason_and_the_id(deduplication_id: str) -> None:
    """A deduplication id has at most 128 letters, digits and signs; Slack's own word may be anything."""
    marked = quarantined(Message("body", "g", deduplication_id), reason="slack_" + "é /" * 50)
    assert len(marked.deduplication_id) <= 128
    assert marked.deduplication_id.isascii()
    assert marked.deduplication_id.count("/") == 2
    assert " " not in marked.deduplication_id
    assert marked.group == marked.deduplication_id
