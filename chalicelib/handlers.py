"""Handlers: what surrounds each step. Parse what comes in, call the step, log and measure what came of it.

A queue's handler decides whether its message is seen again: returning deletes the message; raising keeps it, and its visibility says when it
is seen again. What nobody can cure by waiting goes to the dead letters at once, so that it holds up nothing behind it. An HTTP handler
always has an answer. The schedule's handler runs each part of a sweep, whatever became of the others.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any, Protocol, TypeVar

from chalicelib.aws.queues import Delivery, Message, Outbox, quarantined, set_aside
from chalicelib.errors import (
    LeadmatchError,
    Misconfigured,
    OutOfOrder,
    Permanent,
    Retryable,
    Superseded,
    Unanswered,
    Unexpected,
)
from chalicelib.metrics import Log, Meter, Metric
from chalicelib.steps.results import HttpReply, StepResult
from chalicelib.timing import RETRY_BACKOFF, SET_ASIDE_SECONDS, SHORT_WAIT_SECONDS, honoured_seconds

Result = TypeVar("Result")
DeadLetterPart = Callable[[Callable[[StepResult], None]], Counter[str]]
"""Works through a dead-letter queue, reports each result, and returns how often each thing was done."""

SHORT_WAITS = 2
"""How many short waits a queue's handler sleeps through for one message."""
UNEXPECTED_RECEIVES = 5
"""From which receive on a message that meets a fault of ours goes to the dead letters."""
ASIDE_RECEIVES = 100
"""SQS moves a notice to its dead letters at the 150th receive, and does not say whether it waited or crashed."""
WAITED_RECEIVES = 4
"""How often one that waited long behind others is tried before it is set aside."""
RETRIED = {Metric.RETRIES: 1}
RETRIED_IN_VAIN = {Metric.RETRIES: 1, Metric.FAILURES: 1}
"""What a person has to mend is a failure from the first attempt on, though the message waits for it."""
ERROR_OUTCOMES = ("letter_failed", "given_up")
"""The results of dead letters that are logged as errors."""


class DelayedQueue(Protocol):
    """The queue a message came from."""

    def delay(self, receipt_handle: str, seconds: int) -> None:
        """Show the message again after so many seconds."""


@dataclass(frozen=True, slots=True)
class QueueHandler:
    """Gives queue messages to one step."""

    name: str
    step: Callable[[Delivery], StepResult]
    queue: DelayedQueue
    dead_letters: Outbox
    log: Log
    meter: Meter
    sleep: Callable[[float], None]
    random: Callable[[], float]
    again_within_seconds: float
    """A step that would begin again later than this is left to the queue: a whole one must fit before the hard kill."""
    makes_room: bool = False
    """Whether what has waited for long is set aside: nothing of this queue is given up by its age."""
    clock: Callable[[], float] = time.monotonic
    """Seconds that only ever grow."""

    def handle(self, record: Mapping[str, Any]) -> None:
        """Work on one SQS record as Lambda gives it; raise to see it again."""
        received = int(record["attributes"]["ApproximateReceiveCount"])
        try:
            result = self._with_short_waits(Delivery.from_record(record))
        except OutOfOrder as error:
            self.log.warning(error.reason, extra=self._about(record))
            self.meter.record({Metric.FAILURES: 1})
        except Superseded as error:
            self.log.info(error.reason, extra=self._about(record))
        except Permanent as error:
            self._bury(record, error)
        except Retryable as error:
            if not self._made_room(record, error, received):
                self._put_off(record, error, received)
                raise
        except Exception as error:  # noqa: BLE001 - the edge
            self._unexpected(record, type(error).__name__, received)
        else:
            self.log.info(result.name, extra={**result.fields, "receives": received})
            self.meter.record(result.measures)

    def _with_short_waits(self, delivery: Delivery) -> StepResult:
        """Sleep through waits so short that giving the message back would cost more, while there is time."""
        until = self.clock() + self.again_within_seconds
        for _ in range(SHORT_WAITS):
            try:
                return self.step(delivery)
            except Retryable as error:
                wait = error.retry_after_seconds
                if wait is None or wait >= SHORT_WAIT_SECONDS or self.clock() + wait >= until:
                    raise
                self.sleep(wait)
        return self.step(delivery)

    def _put_off(self, record: Mapping[str, Any], error: Retryable, received: int) -> None:
        seconds = delay_seconds(received, error.retry_after_seconds, random=self.random)
        self.log.warning("retry", extra={**self._about(record), "reason": error.reason, "seconds": seconds})
        self.meter.record(RETRIED_IN_VAIN if isinstance(error, Misconfigured) else RETRIED)
        try:
            self.queue.delay(record["receiptHandle"], seconds)
        except Retryable as failed:  # the queue's own visibility time-out stands in
            self.log.warning("delay_failed", extra={**self._about(record), "reason": failed.reason})

    def _made_room(self, record: Mapping[str, Any], error: Retryable, received: int) -> bool:
        """Set a message aside that has waited for long, for the sweep to send it anew; return whether that was done.

        SQS forgets a message after fourteen days, also one that stands behind others all that time.
        """
        waited = received >= WAITED_RECEIVES and _seconds_in_line(record) >= SET_ASIDE_SECONDS
        if not self.makes_room or not (waited or received >= ASIDE_RECEIVES):
            return False
        self.dead_letters.send(set_aside(_message(record)))
        self.log.warning("set_aside", extra={**self._about(record), "reason": error.reason})
        self.meter.record(RETRIED_IN_VAIN if isinstance(error, Misconfigured) else RETRIED)
        return True

    def _unexpected(self, record: Mapping[str, Any], kind: str, received: int) -> None:
        """Log a fault of ours by its type alone, since its text may hold what it failed on, and raise without it.

        Lambda prints what is raised. After a few times the message is buried: it would hold up its whole group.
        """
        self.log.error("unexpected", extra={**self._about(record), "error": kind})
        error = Unexpected(f"{kind}, see the log.", reason="unexpected")
        if received < UNEXPECTED_RECEIVES:
            self.meter.record({Metric.FAILURES: 1})
            raise error from None
        self._bury(record, error)

    def _bury(self, record: Mapping[str, Any], error: LeadmatchError) -> None:
        """Keep a copy among the dead letters: quarantined for a person, or, after a crash or an unknown outcome, unmarked for the sweep."""
        message = _message(record)
        unmarked = isinstance(error, Unexpected | Unanswered)
        self.dead_letters.send(message if unmarked else quarantined(message, reason=error.reason))
        self.log.error("given_up", extra={**self._about(record), "reason": error.reason})
        self.meter.record({Metric.FAILURES: 1})

    def _about(self, record: Mapping[str, Any]) -> dict[str, Any]:
        return {"step": self.name, "message_id": record["messageId"], "group": record["attributes"]["MessageGroupId"]}


def _message(record: Mapping[str, Any]) -> Message:
    attributes = record["attributes"]
    return Message(
        record["body"], group=attributes["MessageGroupId"], deduplication_id=attributes["MessageDeduplicationId"]
    )


def _seconds_in_line(record: Mapping[str, Any]) -> float:
    """Return how long a message stood behind others of its group, by SQS's own clock."""
    delivery = Delivery.from_record(record)
    if delivery.sent_at is None or delivery.first_received_at is None:
        return 0.0
    return (delivery.first_received_at - delivery.sent_at).total_seconds()


def delay_seconds(received: int, asked_seconds: float | None, *, random: Callable[[], float]) -> int:
    """Return the wait before the next attempt in whole seconds: what was asked for, and a random part of a growing delay on top."""
    return max(1, round(honoured_seconds(asked_seconds) + RETRY_BACKOFF.seconds(received - 1, random=random)))


@dataclass(frozen=True, slots=True)
class RequestHandler:
    """Gives requests of a queue to one step, and lets none come back: whoever still needs something asks again."""

    name: str
    step: Callable[[Delivery], StepResult]
    log: Log
    meter: Meter

    def handle(self, record: Mapping[str, Any]) -> None:
        """Work on one SQS record as Lambda gives it; whatever becomes of it, it is deleted."""
        about = {"step": self.name, "message_id": record["messageId"]}
        try:
            result = self.step(Delivery.from_record(record))
        except LeadmatchError as error:
            self.log.warning("request_dropped", extra={**about, "reason": error.reason})
            waits = isinstance(error, Retryable) and not isinstance(error, Misconfigured)
            self.meter.record(RETRIED if waits else {Metric.FAILURES: 1})
        except Exception as error:  # noqa: BLE001 - the edge: its text may hold what it failed on
            self.log.error("unexpected", extra={**about, "error": type(error).__name__})  # noqa: TRY400 - a traceback shows data
            self.meter.record({Metric.FAILURES: 1})
        else:
            write = self.log.warning if result.measures else self.log.info
            write(result.name, extra=result.fields)
            self.meter.record(result.measures)


@dataclass(frozen=True, slots=True)
class HttpHandler:
    """Gives calls to one step; `unavailable` makes the caller's answer when the step could not be built."""

    name: str
    event: str
    """What the log calls an answered call."""
    step: Callable[[Mapping[str, Any]], HttpReply]
    unavailable: Callable[[LeadmatchError], HttpReply]
    log: Log
    meter: Meter

    def answer(self, gateway_event: Mapping[str, Any]) -> HttpReply:
        """Answer a call as the step does, or with 503, and log how."""
        reply = self._reply(gateway_event)
        is_missed = reply.is_lost or reply.has_wrong_key
        fails = reply.is_lost or reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        write = self.log.error if fails else self.log.warning if reply.has_wrong_key else self.log.info
        write(self.event, extra={"status": reply.status, "reason": reply.reason, **reply.about})
        if reply.leads or is_missed:
            lost = {Metric.CALLS_LOST: 1} if reply.is_lost else {}
            self.meter.record({Metric.LEADS_RECEIVED: reply.leads, Metric.CALLS_NOT_TAKEN: int(is_missed)} | lost)
        return reply

    def _reply(self, gateway_event: Mapping[str, Any]) -> HttpReply:
        try:
            return self.step(gateway_event)
        except Misconfigured as error:
            return self.unavailable(error)
        except Exception as error:  # noqa: BLE001 - the edge: Chalice's own 500 is not logged
            self.log.error("unexpected", extra={"step": self.name, "error": type(error).__name__})  # noqa: TRY400 - a traceback shows data
            return self.unavailable(Unexpected("leadmatch itself failed.", reason="unexpected"))


@dataclass(frozen=True, slots=True)
class ScheduleHandler:
    """Runs the sweep's parts, each whatever became of the others: the access token, the waiting leads, each dead-letter queue, the rest.

    A part about dead letters reports each dead letter's result, and returns how often each thing was done.
    """

    request_token: Callable[[], None]
    queue_the_due: Callable[[], StepResult]
    handle_dead_letters: Mapping[str, DeadLetterPart]
    log: Log
    meter: Meter
    others: Mapping[str, Callable[[], None]] = field(default_factory=dict)

    def sweep(self) -> StepResult:
        """Request the next access token, queue the waiting leads that are due, handle the dead letters, and log how many there were.

        Raise what the first part that failed raised, once all have run. A fault of ours is raised by its type alone: Lambda
        logs what is raised, and its text may hold personal data.
        """
        failed: list[Exception] = []
        self._part("request_token", self.request_token, failed)
        queued = self._part("queue_the_due", self.queue_the_due, failed)
        died = [
            self._part(name, partial(handle, self._report), failed) for name, handle in self.handle_dead_letters.items()
        ]
        for name, run in self.others.items():
            self._part(name, run, failed)
        total = sum(counts.total() for counts in died if counts)
        result = StepResult("swept", (queued.fields if queued else {}) | {"died": total})
        self.log.info(result.name, extra=result.fields)
        if failed:
            raise _printable(failed[0]) from None
        return result

    def _part(self, name: str, run: Callable[[], Result], failed: list[Exception]) -> Result | None:
        try:
            return run()
        except Exception as error:  # noqa: BLE001 - an edge: it is raised once the other parts have run
            why = {"reason": error.reason} if isinstance(error, LeadmatchError) else {"error": type(error).__name__}
            self.log.error("sweep_part_failed", extra={"part": name, **why})  # noqa: TRY400 - a traceback shows data
            failed.append(error)
            return None

    def _report(self, result: StepResult) -> None:
        quiet = self.log.warning if result.measures.get(Metric.FAILURES) else self.log.info
        write = self.log.error if result.name in ERROR_OUTCOMES else quiet
        write(result.name, extra=result.fields)
        self.meter.record(result.measures)


def _printable(error: Exception) -> LeadmatchError:
    """Return what may be printed: an error of ours as it is, any other by its type alone."""
    if isinstance(error, LeadmatchError):
        return error
    return Unexpected(f"{type(error).__name__}, see the log.", reason="unexpected")
