"""Clocks that are wrong by hours: no second message, no channel that is held up, whoever writes and whoever reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.aws.ledger import Ledger
from chalicelib.aws.ledger_item import Attempt, LedgerItem, Posting, Shown, UnknownOutcomes
from chalicelib.errors import LeaseHeld, SlackUnclear
from chalicelib.events import Notice
from chalicelib.steps.notify import Slack, notify
from chalicelib.timing import IN_FLIGHT_SECONDS, READ_BACK_AFTER_SECONDS
from chalicelib.wiring import clients
from sandbox.slack.faults import Fault
from sandbox.system import Sandbox
from tests.flow.play import ACCOUNT, LEASE_SECONDS, OPERATOR, Play

HOURS = 3600
SKEWS = [0, 11, -11, HOURS, -HOURS, 5 * HOURS, -30 * HOURS]


class Worker:
    """A worker whose clock is wrong by `skew` seconds; SQS's and Slack's are right."""

    def __init__(self, sandbox: Sandbox, play: Play, *, skew: float) -> None:
        self._play, self._skew = play, timedelta(seconds=skew)
        self.ledger = Ledger(sandbox.aws.table(sandbox.outputs["TableName"]), now=self.now)

    def now(self) -> datetime:
        """Return the time as this worker has it."""
        return self._play.now + self._skew

    def claim(self, message_id: str, receives: int) -> LedgerItem | None:
        """Take the lead's lease, or write down that it is held."""
        attempt = Attempt(message_id, receives)
        claimed = self.ledger.claim(
            self._play.lead_id, owner=clients.new_id(), lease_seconds=LEASE_SECONDS, attempt=attempt
        )
        if isinstance(claimed, LedgerItem):
            return claimed
        self.ledger.watch(claimed.item, attempt)
        return None

    def notify(
        self,
        notice: Notice,
        first_received_at: datetime,
        *,
        receives: int,
        message_id: str = "m-1",
        slack: Slack | None = None,
    ) -> str:
        """Work on a notice as Lambda gives it."""
        return notify(
            notice,
            ledger=self.ledger,
            slack=slack or self._play.client,
            pace=lambda _: None,
            now=self.now,
            owner=clients.new_id(),
            operator_channel=OPERATOR.id,
            first_received_at=first_received_at,
            attempt=Attempt(message_id, receives),
        ).name


class Died(BaseException):
    """The worker's process ends here."""


@dataclass(frozen=True, slots=True)
class Deadly:
    """A Slack in whose calls the worker dies, before or after a post takes effect."""

    slack: Slack
    stands: bool

    def post(self, **request: Any) -> str:
        """Post, or not, and die."""
        if self.stands:
            self.slack.post(**request)
        raise Died

    def __getattr__(self, name: str) -> Any:
        """Return every other call as it is."""
        return getattr(self.slack, name)


def until_done(play: Play, worker: Worker, notice: Notice, first: datetime, *, receives: int, message_id: str) -> float:
    """Let SQS give a notice out until it is done, each time when it was asked to; return how many seconds that took."""
    began = play.now
    while True:
        try:
            worker.notify(notice, first, receives=receives, message_id=message_id)
        except LeaseHeld as held:
            play.later(seconds=held.retry_after_seconds or 60)
            receives += 1
        else:
            return (play.now - began).total_seconds()


@pytest.mark.parametrize("reader", SKEWS)
@pytest.mark.parametrize("writer", SKEWS)
def test_an_answer_that_was_lost_is_found_whatever_the_clocks(
    sandbox: Sandbox, play: Play, writer: float, reader: float
) -> None:
    """One message, and the lead is free again at the first look."""
    notice, first = play.store(play.event()), play.now
    play.slack.on("chat.postMessage", Fault.RESET_AFTER_EFFECT)
    with pytest.raises(SlackUnclear):
        Worker(sandbox, play, skew=writer).notify(notice, first, receives=1)
    play.later(seconds=READ_BACK_AFTER_SECONDS)
    took = until_done(play, Worker(sandbox, play, skew=reader), notice, first, receives=2, message_id="m-1")
    assert len(play.messages()) == 1
    assert play.item().state == "POSTED"
    assert took == 0


@pytest.mark.parametrize("reader", SKEWS)
@pytest.mark.parametrize("writer", SKEWS)
def test_a_reply_whose_answer_was_lost_is_found_whatever_the_clocks(
    sandbox: Sandbox, play: Play, writer: float, reader: float
) -> None:
    """A changed verdict is said once in the thread."""
    play.notify(play.store(play.event(1)))
    play.later(hours=1)
    notice, first = play.store(play.event(2), ACCOUNT), play.now
    play.slack.on("chat.postMessage", Fault.RESET_AFTER_EFFECT)
    with pytest.raises(SlackUnclear):
        Worker(sandbox, play, skew=writer).notify(notice, first, receives=1)
    play.later(seconds=READ_BACK_AFTER_SECONDS)
    until_done(play, Worker(sandbox, play, skew=reader), notice, first, receives=2, message_id="m-1")
    assert [message.thread_ts is None for message in play.messages()] == [True, False]


@pytest.mark.parametrize("reader", SKEWS)
@pytest.mark.parametrize("writer", SKEWS)
def test_a_worker_that_died_in_a_post_holds_no_other_message_up(
    sandbox: Sandbox, play: Play, writer: float, reader: float
) -> None:
    """Another notice of the lead waits for the length of a lease, by SQS's delay, and then takes it over."""
    notice, first = play.store(play.event()), play.now
    with pytest.raises(Died):
        Worker(sandbox, play, skew=writer).notify(notice, first, receives=1, slack=Deadly(play.client, stands=False))
    took = until_done(play, Worker(sandbox, play, skew=reader), notice, first, receives=1, message_id="m-2")
    assert LEASE_SECONDS <= took <= 2 * LEASE_SECONDS
    assert len(play.messages()) == 1


def test_a_post_that_stands_holds_no_other_message_up_though_its_worker_died(sandbox: Sandbox, play: Play) -> None:
    """Whoever comes first finds it, long before the lease is over."""
    notice, first = play.store(play.event()), play.now
    with pytest.raises(Died):
        Worker(sandbox, play, skew=0).notify(notice, first, receives=1, slack=Deadly(play.client, stands=True))
    assert until_done(play, Worker(sandbox, play, skew=0), notice, first, receives=1, message_id="m-2") == 0
    assert (play.item().state, len(play.messages())) == ("POSTED", 1)


@pytest.mark.parametrize("reader", SKEWS)
@pytest.mark.parametrize("writer", SKEWS)
def test_a_post_that_may_be_under_way_is_overtaken_by_nobody(
    sandbox: Sandbox, play: Play, writer: float, reader: float
) -> None:
    """Whatever the second worker's clock says: its own message, given out again after seconds, and another one at its first look."""
    notice, first = play.store(play.event()), play.now
    play.slack.on("chat.postMessage", Fault.RESET)
    with pytest.raises(SlackUnclear):
        Worker(sandbox, play, skew=writer).notify(notice, first, receives=1)
    other = Worker(sandbox, play, skew=reader)
    for message_id, receives in (("m-1", 2), ("m-1", 2), ("m-2", 1), ("m-2", 1)):
        with pytest.raises(LeaseHeld) as held:
            other.notify(notice, first, receives=receives, message_id=message_id)
        assert held.value.retry_after_seconds == IN_FLIGHT_SECONDS + 1
    assert play.messages() == []


def test_two_messages_that_watch_one_lease_do_not_hold_each_other_up(sandbox: Sandbox, play: Play) -> None:
    """Each has its own first look, and the first one to come again takes over."""
    play.store(play.event())
    ahead, right = Worker(sandbox, play, skew=5 * HOURS), Worker(sandbox, play, skew=0)
    ahead.claim("dead", 1)
    assert [right.claim(message_id, 1) for message_id in ("m-1", "m-2")] == [None, None]
    taken = right.claim("m-1", 2)
    assert taken
    assert taken.epoch == 2
    assert right.claim("m-2", 2) is None  # what it watched is over; this lease is another one
    last = right.claim("m-2", 3)
    assert last
    assert last.epoch == 3


def test_a_worker_whose_lease_was_taken_over_writes_nothing_any_more(sandbox: Sandbox, play: Play) -> None:
    """It comes back from a long call, and what it would write about the lead is another worker's by now."""
    play.store(play.event())
    slow, next_one = Worker(sandbox, play, skew=0), Worker(sandbox, play, skew=0)
    held = slow.claim("m-1", 1)
    assert held
    shown = Shown("C0SALES", "1.0", held.event_id, held.accepted_at, held.revision, "wait///")
    held = slow.ledger.intend(held, Posting(shown, "", 1))
    play.later(seconds=LEASE_SECONDS + 1)
    taken = next_one.claim("m-1", 2)
    assert taken
    writes = (
        lambda: slow.ledger.intend(held, Posting(shown, "", 1)),
        lambda: slow.ledger.settled(held, shown),
        lambda: slow.ledger.posted(held, shown),
        lambda: slow.ledger.note_unknown_outcomes(held, UnknownOutcomes(1), lease_seconds=1),
        lambda: slow.ledger.take_over(held, shown, owner="late", lease_seconds=1, attempt=Attempt("m-2", 1)),
        lambda: slow.ledger.release(held),
    )
    for write in writes:
        with pytest.raises(LeaseHeld):
            write()
    assert slow.ledger.read(play.lead_id) == taken


def test_a_worker_that_has_gone_on_keeps_its_lease(sandbox: Sandbox, play: Play) -> None:
    """Another one looked for its first post, slowly; meanwhile it found that itself, and posts a reply by now."""
    play.store(play.event())
    at_work, slow = Worker(sandbox, play, skew=0), Worker(sandbox, play, skew=0)
    held = at_work.claim("m-1", 1)
    assert held
    shown = Shown("C0SALES", "1.0", held.event_id, held.accepted_at, held.revision, "wait///")
    seen = at_work.ledger.intend(held, Posting(shown, "", 1))
    reply = at_work.ledger.intend(at_work.ledger.settled(held, shown), Posting(shown, "1.0", 2))
    with pytest.raises(LeaseHeld):
        slow.ledger.take_over(seen, shown, owner="slow", lease_seconds=1, attempt=Attempt("m-2", 1))
    assert slow.ledger.read(play.lead_id) == reply
    taken = slow.ledger.take_over(reply, shown, owner="slow", lease_seconds=1, attempt=Attempt("m-2", 1))
    assert (taken.owner, taken.posting) == ("slow", None)
