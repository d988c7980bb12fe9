"""What can happen at one I/O call, each told as what the wire and the workers do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tests.faults.steps import Delivery, Step


class Wire(Protocol):
    """The call under way."""

    def send(self) -> None:
        """Let it reach the service, which carries it out."""

    def answer(self) -> None:
        """Give the worker the service's answer."""

    def cut(self) -> None:
        """Close the worker's connection without an answer."""


class Workers(Protocol):
    """The processes that run the functions."""

    def kill(self, delivery: Delivery) -> None:
        """End the process by SIGKILL."""

    def deliver_again(self, delivery: Delivery) -> None:
        """Deliver the same message to another process, and wait until that one has ended."""

    def await_next(self, delivery: Delivery) -> None:
        """Wait until the message was delivered again and that process has ended, while the lease surely runs."""

    def await_quiet(self) -> None:
        """Wait until everything else is done."""


Act = Callable[[Wire, Workers, Delivery], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault; `every_try` says that the AWS client's own repeats meet it too."""

    name: str
    act: Act
    every_try: bool = False
    of: str = "call"
    """What it happens to: any `call`, one that a `worker` makes, or one that an `aws` client repeats by itself."""

    def fits(self, step: Step) -> bool:
        """Return whether this can happen at a step."""
        is_worker, is_aws = not step.function.startswith("poll-"), ":" in step.call
        if self is PAST_LEASE and step.call.endswith(NEVER_LATE):
            return False
        return {"call": True, "worker": is_worker, "aws": is_worker and is_aws}[self.of]


POST = "chat.postMessage"
NEVER_LATE = (POST, "actions/convert", "views.open")
"""The calls that cannot arrive when all is over: a post and a conversion by the length of the lease, and the time of the last read, a view
because a click lets one be opened for three seconds.
"""


def _never_sent(wire: Wire, _workers: Workers, _delivery: Delivery) -> None:
    wire.cut()


def _answer_lost(wire: Wire, _workers: Workers, _delivery: Delivery) -> None:
    wire.send()
    wire.cut()


def _killed_before(wire: Wire, workers: Workers, delivery: Delivery) -> None:
    workers.kill(delivery)
    wire.cut()


def _killed_after(wire: Wire, workers: Workers, delivery: Delivery) -> None:
    wire.send()
    _killed_before(wire, workers, delivery)


def _in_flight(wire: Wire, workers: Workers, delivery: Delivery) -> None:
    _killed_before(wire, workers, delivery)
    workers.await_next(delivery)
    wire.send()


def _past_lease(wire: Wire, workers: Workers, delivery: Delivery) -> None:
    _killed_before(wire, workers, delivery)
    workers.await_quiet()
    wire.send()


def _twice_before(wire: Wire, workers: Workers, delivery: Delivery) -> None:
    workers.deliver_again(delivery)
    wire.send()
    wire.answer()


def _twice_after(wire: Wire, workers: Workers, delivery: Delivery) -> None:
    wire.send()
    workers.deliver_again(delivery)
    wire.answer()


NEVER_SENT = Fault("error before", _never_sent, every_try=True)
ANSWER_LOST = Fault("error after", _answer_lost, every_try=True)
LOST_ONCE = Fault("lost once", _answer_lost, of="aws")
KILLED_BEFORE = Fault("killed before", _killed_before, of="worker")
KILLED_AFTER = Fault("killed after", _killed_after, of="worker")
IN_FLIGHT = Fault("in flight", _in_flight, of="worker")
PAST_LEASE = Fault("past lease", _past_lease, of="worker")
TWICE_BEFORE = Fault("twice before", _twice_before, of="worker")
TWICE_AFTER = Fault("twice after", _twice_after, of="worker")

FAULTS = (
    *(NEVER_SENT, ANSWER_LOST, LOST_ONCE, KILLED_BEFORE, KILLED_AFTER),
    *(IN_FLIGHT, PAST_LEASE, TWICE_BEFORE, TWICE_AFTER),
)
PLAIN = (NEVER_SENT, ANSWER_LOST, KILLED_BEFORE, KILLED_AFTER, TWICE_AFTER)
"""One of each sort: an error before, an answer lost after, a kill before and after, a second delivery."""
