"""The sweep: what is due goes to the inbox, unless Zoho's credits are kept for what cannot wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from chalicelib.aws.queues import Message
from chalicelib.aws.zoho_health import ZohoHealth
from chalicelib.errors import AwsUnavailable
from chalicelib.steps.results import StepResult
from chalicelib.steps.sweep import sweep
from tests.zoho_health import NOON, Clock, Queue


@dataclass
class Ledger:
    """Two leads that wait."""

    postponed: dict[str, datetime] = field(default_factory=dict)

    def due(self) -> Iterator[str]:
        """Yield them."""
        yield from ("1", "2")

    def postpone(self, lead_id: str, *, until: datetime) -> None:
        """Move one."""
        self.postponed[lead_id] = until


@dataclass
class Banner:
    """Remembers what it was to look after."""

    seen: list[ZohoHealth] = field(default_factory=list)

    def look_after(self, state: ZohoHealth) -> None:
        """Remember it."""
        self.seen.append(state)


@dataclass
class Play:
    """One sweep's parts."""

    ledger: Ledger = field(default_factory=Ledger)
    inbox: Queue = field(default_factory=Queue)
    banner: Banner = field(default_factory=Banner)

    def sweep(self, state: ZohoHealth, *, floor: int = 500) -> StepResult:
        """Sweep."""
        return sweep(
            ledger=self.ledger,
            inbox=self.inbox,
            banner=self.banner,
            state=state,
            credits_floor=floor,
            now=Clock(),
            new_event_id=lambda: "id",
        )


@pytest.mark.parametrize(
    "state",
    [
        ZohoHealth(),
        ZohoHealth(credits_left=500, credits_at=NOON),
        ZohoHealth(credits_left=0, credits_at=NOON - timedelta(hours=1)),
        ZohoHealth(failing_since=NOON - timedelta(minutes=4), outage_id="o"),
    ],
    ids=["unknown", "at the floor", "an hour ago", "one failure just now"],
)
def test_what_is_due_is_queued(state: ZohoHealth) -> None:
    """Credits that are unknown, enough or not heard of for an hour hold nothing back; nor does one lead's own failure."""
    play = Play()
    assert play.sweep(state).fields == {"queued": 2}
    assert [message.group for message in play.inbox.sent] == ["1", "2"]
    assert set(play.ledger.postponed.values()) == {NOON + timedelta(hours=4)}


def test_while_zoho_does_not_answer_nothing_is_queued_and_the_log_says_so() -> None:
    """After six hours in the inbox a lead would be given up, and nobody would check it every four hours any more."""
    play, state = Play(), ZohoHealth(failing_since=NOON - timedelta(minutes=5), outage_id="o")
    assert play.sweep(state) == StepResult("swept", {"queued": 0, "reason": "zoho_does_not_answer"})
    assert (play.inbox.sent, play.ledger.postponed) == ([], {})
    assert play.banner.seen == [state]


def test_below_the_floor_nothing_is_queued_and_the_log_says_so() -> None:
    """The leads stay due, and the next sweep looks again."""
    play, state = Play(), ZohoHealth(credits_left=499, credits_at=NOON - timedelta(minutes=59))
    assert play.sweep(state) == StepResult("swept", {"queued": 0, "reason": "zoho_credits_low", "credits_left": 499})
    assert (play.inbox.sent, play.ledger.postponed) == ([], {})


def test_a_floor_of_zero_holds_nothing_back() -> None:
    """An operator may want it so."""
    assert Play().sweep(ZohoHealth(credits_left=0, credits_at=NOON), floor=0).fields == {"queued": 2}


@pytest.mark.parametrize("left", [0, 10_000])
def test_the_banner_is_looked_after_in_any_case(left: int) -> None:
    """Credits that run low are the very day on which it may stand there."""
    play, state = Play(), ZohoHealth(credits_left=left, credits_at=NOON)
    play.sweep(state)
    assert play.banner.seen == [state]


class Lost(Queue):
    """An inbox in which what is sent does not arrive."""

    error: BaseException

    def send(self, message: Message) -> None:
        """Raise."""
        super().send(message)
        raise self.error


@pytest.mark.parametrize(
    "error", [AwsUnavailable("no", reason="sqs_down"), KeyboardInterrupt()], ids=["SQS is down", "killed"]
)
def test_a_lead_that_was_not_queued_stays_due(error: BaseException) -> None:
    """It is queued, then postponed: whatever ends the sweep in between, the next one queues it again, and not in four hours."""
    lost = Lost()
    lost.error = error
    play = Play(inbox=lost)
    with pytest.raises(type(error)):
        play.sweep(ZohoHealth())
    assert play.ledger.postponed == {}
