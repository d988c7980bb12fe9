"""The matrix notices a product that is broken, and shows where the promise ends."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.steps.notify import Timing
from tests.faults.functions import Product
from tests.faults.kinds import (
    ANSWER_LOST,
    IN_FLIGHT,
    KILLED_AFTER,
    LOST_ONCE,
    NEVER_SENT,
    PAST_LEASE,
    POST,
    Fault,
)
from tests.faults.matrix import Bench, Case
from tests.faults.scenes import FIRST
from tests.faults.steps import Step
from tests.faults.worker import Times

NO_LEASE = Times(Timing(lease_seconds=-1), in_flight_seconds=30)
"""The call stays under way until the next delivery has ended, however long the machine takes for that."""
TELL_SLACK = Step("notify", f"slack POST {POST}", 1)
READ_LEAD = Step("check", "dynamodb:BatchGetItem ledger", 1)


@dataclass(frozen=True, slots=True)
class Control:
    """A product, and the fault that brings to light what is wrong with it."""

    product: Product
    step: Step
    fault: Fault

    @property
    def case(self) -> Case:
        """The run to make."""
        return Case(FIRST, ((self.step, 1, self.fault),), self.product)


DOUBLES = {
    "an HTTP client that repeats": Control(Product(broken="an HTTP client that repeats"), TELL_SLACK, LOST_ONCE),
    "no read-back": Control(Product(broken="no read-back"), TELL_SLACK, ANSWER_LOST),
    "no intent": Control(Product(broken="no intent"), TELL_SLACK, KILLED_AFTER),
    "a lease shorter than the call": Control(Product(NO_LEASE), TELL_SLACK, IN_FLIGHT),
}


def test_a_lease_outlives_the_worker_and_its_call() -> None:
    """Otherwise `in flight` would break a promise that nobody makes: see `test_here_the_promise_ends`."""
    times = Times()
    assert times.in_flight_seconds < times.timing.in_flight_seconds
    assert times.kill_seconds + times.timing.in_flight_seconds <= times.timing.lease_seconds


def test_a_broken_product_is_seen_to_post_twice(bench: Bench) -> None:
    """Each of these makes a second message, under one fault that the product survives (`test_matrix`)."""
    outcomes = bench.run_each([control.case for control in DOUBLES.values()])
    seen = {name: outcome.doubled for name, outcome in zip(DOUBLES, outcomes, strict=True)}
    assert {name: "message" in doubled for name, doubled in seen.items()} == dict.fromkeys(DOUBLES, True)


def test_a_broken_product_is_seen_to_lose_a_lead(bench: Bench) -> None:
    """A worker that returns after a failure lets Lambda delete the message."""
    swallows = Control(Product(broken="failures that are swallowed"), READ_LEAD, NEVER_SENT)
    assert "no message" in bench.run(swallows.case).lost


def test_here_the_promise_ends(bench: Bench) -> None:
    """A post that reaches Slack only when the lease is over is a second message, with its mention: no lease outlives any delay."""
    assert bench.run(Control(Product(), TELL_SLACK, PAST_LEASE).case).doubled == ("message", "mention")
