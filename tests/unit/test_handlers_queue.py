"""The handler's edge: what is deleted, what is seen again and when, what goes to the dead letters."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.aws.queues import Delivery, Message
from chalicelib.errors import (
    AwsUnavailable,
    Misconfigured,
    OutOfOrder,
    Superseded,
    Unanswered,
    Unexpected,
    ZohoRefused,
    ZohoThrottled,
)
from chalicelib.handlers import UNEXPECTED_RECEIVES, QueueHandler, delay_seconds
from chalicelib.metrics import Metric
from chalicelib.steps.results import StepResult
from chalicelib.timing import RETRY_BACKOFF

PERSONAL = "ada@zylker.example"
DONE = StepResult("checked", {"lead_id": "1"}, {Metric.VERDICTS: 1})


@dataclass
class Recorder:
    """A queue, its dead letters, a log and a clock that only write down what they are asked."""

    delays: list[int] = field(default_factory=list)
    buried: list[Message] = field(default_factory=list)
    lines: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    measured: list[Mapping[Metric, float]] = field(default_factory=list)
    delay_fails: bool = False

    def delay(self, receipt_handle: str, seconds: int) -> None:
        """Put off."""
        assert receipt_handle == "handle"
        if self.delay_fails:
            raise AwsUnavailable("no", reason="sqs_down")
        self.delays.append(seconds)

    def send(self, message: Message) -> None:
        """Bury."""
        self.buried.append(message)

    def record(self, measures: Mapping[Metric, float]) -> None:
        """Measure."""
        self.measured.append(measures)

    def info(self, msg: str, *, extra: Mapping[str, Any]) -> None:
        """Log."""
        self.lines.append(("info", msg, dict(extra)))

    def warning(self, msg: str, *, extra: Mapping[str, Any]) -> None:
        """Log."""
        self.lines.append(("warning", msg, dict(extra)))

    def error(self, msg: str, *, extra: Mapping[str, Any]) -> None:
        """Log."""
        self.lines.append(("error", msg, dict(extra)))


def record(receives: int = 1) -> dict[str, Any]:
    """Return an SQS record."""
    attributes = {
        "ApproximateReceiveCount": str(receives),
        "MessageGroupId": "group",
        "MessageDeduplicationId": "dedup",
    }
    return {"body": "body", "receiptHandle": "handle", "messageId": "m-1", "attributes": attributes}


def worker(recorder: Recorder, *answers: StepResult | Exception) -> QueueHandler:
    """Make a worker whose step answers so, one call after the other."""
    script = iter(answers)

    def step(delivery: Delivery) -> StepResult:
        assert delivery == Delivery("body")
        answer = next(script)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return QueueHandler(
        name="check",
        step=step,
        queue=recorder,
        dead_letters=recorder,
        log=recorder,
        meter=recorder,
        sleep=recorder.slept.append,
        random=lambda: 0.5,
        again_within_seconds=20,
    )


def test_a_good_step_is_logged_and_returns() -> None:
    """Returning deletes the message."""
    seen = Recorder()
    worker(seen, DONE).handle(record())
    assert seen.lines == [("info", "checked", {"lead_id": "1", "receives": 1})]


def test_a_retryable_is_put_off_and_raised() -> None:
    """The message stays, and comes back after what was asked for plus jitter."""
    seen = Recorder()
    with pytest.raises(ZohoThrottled):
        worker(seen, ZohoThrottled("slow", reason="zoho_throttled", retry_after_seconds=60)).handle(record())
    assert seen.delays == [62]
    assert seen.lines[0][1] == "retry"
    assert seen.lines[0][2]["reason"] == "zoho_throttled"


def test_when_putting_off_fails_the_queue_s_own_time_out_stands_in() -> None:
    """The first trouble is what is raised, not the second."""
    seen = Recorder(delay_fails=True)
    with pytest.raises(ZohoThrottled):
        worker(seen, ZohoThrottled("slow", reason="zoho_throttled")).handle(record())
    assert [line[1] for line in seen.lines] == ["retry", "delay_failed"]


def test_a_wait_under_three_seconds_is_slept_through() -> None:
    """Giving the message back would cost more."""
    seen = Recorder()
    short = ZohoThrottled("slow", reason="zoho_throttled", retry_after_seconds=2)
    worker(seen, short, short, DONE).handle(record())
    assert seen.slept == [2, 2]
    assert seen.delays == []


def test_short_waits_come_to_an_end() -> None:
    """A third one gives the message back."""
    seen = Recorder()
    short = ZohoThrottled("slow", reason="zoho_throttled", retry_after_seconds=2)
    with pytest.raises(ZohoThrottled):
        worker(seen, short, short, short).handle(record())
    assert len(seen.delays) == 1


@pytest.mark.parametrize("wait", [3, 19, None])
def test_a_longer_wait_is_left_to_the_queue(wait: float | None) -> None:
    """A worker that slept through it would cost more, and keep another message waiting."""
    seen = Recorder()
    with pytest.raises(ZohoThrottled):
        worker(seen, ZohoThrottled("slow", reason="zoho_throttled", retry_after_seconds=wait)).handle(record())
    assert (seen.slept, len(seen.delays)) == ([], 1)


@pytest.mark.parametrize(
    ("within_seconds", "step_seconds", "attempts"),
    [
        (20, 5.0, 3),
        (20, 8.0, 2),
        (20, 9.5, 2),
        (20, 17.9, 2),
        (20, 18.0, 1),
        (20, 25.0, 1),
        (3, 0.1, 2),
        (3, 0.9, 2),
        (3, 1.0, 1),
    ],
)
def test_a_step_that_takes_long_is_not_made_again_at_once(
    within_seconds: float, step_seconds: float, attempts: int
) -> None:
    """It begins again only in the first seconds that its worker says, so that a whole one fits before the hard kill."""
    seen, begun, now = Recorder(), [], [0.0]

    def step(body: str) -> StepResult:  # noqa: ARG001 - any message
        begun.append(now[0])
        now[0] += step_seconds
        raise ZohoThrottled("slow", reason="zoho_throttled", retry_after_seconds=2)

    def sleep(seconds: float) -> None:
        now[0] += seconds

    patient = replace(worker(seen), step=step, sleep=sleep, clock=lambda: now[0], again_within_seconds=within_seconds)
    with pytest.raises(ZohoThrottled):
        patient.handle(record())
    assert len(begun) == attempts
    assert max(begun) < within_seconds
    assert len(seen.delays) == 1


def test_a_permanent_is_buried_and_acknowledged() -> None:
    """It holds up nothing behind it, and a person finds it in the dead letters as it was, where it hides no other."""
    seen = Recorder()
    worker(seen, ZohoRefused("no", reason="zoho_no_permission")).handle(record())
    mark = "given-up/zoho_no_permission/dedup"
    assert seen.buried == [Message("body", group=mark, deduplication_id=mark)]
    assert seen.lines[0][:2] == ("error", "given_up")


def test_what_slack_never_answers_is_buried_at_once_for_the_sweep() -> None:
    """It has used up its attempts, and its channel waits; unmarked, it is told again and not left for a person."""
    seen = Recorder()
    worker(seen, Unanswered("never", reason="slack_unclear")).handle(record())
    assert seen.buried == [Message("body", group="group", deduplication_id="dedup")]
    assert seen.measured == [{Metric.FAILURES: 1}]


def test_an_event_that_comes_out_of_order_is_a_warning_and_counted() -> None:
    """Nobody misses it, and it should not happen: a person may want to know why."""
    seen = Recorder()
    worker(seen, OutOfOrder("old", reason="superseded")).handle(record())
    assert [(level, name) for level, name, _ in seen.lines] == [("warning", "superseded")]
    assert seen.measured == [{Metric.FAILURES: 1}]
    assert (seen.buried, seen.delays) == ([], [])


def test_a_superseded_event_is_acknowledged_without_a_letter() -> None:
    """Nobody has to look at it."""
    seen = Recorder()
    worker(seen, Superseded("old", reason="superseded")).handle(record())
    assert seen.buried == []


def test_the_unexpected_is_logged_and_raised_by_its_type_alone() -> None:
    """Its text may hold what it failed on, and Lambda prints what is raised, with its causes."""
    seen = Recorder()
    with pytest.raises(Unexpected) as raised:
        worker(seen, ValueError(PERSONAL)).handle(record())
    assert seen.lines[0][2]["error"] == "ValueError"
    assert PERSONAL not in str(seen.lines) + "".join(traceback.format_exception(raised.value))


def test_the_unexpected_is_buried_after_a_few_times() -> None:
    """A message that only we cannot handle must not hold up its channel; nobody was told, so it is not marked as parked."""
    assert UNEXPECTED_RECEIVES == 5
    seen = Recorder()
    worker(seen, ValueError("broken")).handle(record(receives=UNEXPECTED_RECEIVES))
    assert seen.buried == [Message("body", group="group", deduplication_id="dedup")]


def test_a_day_of_retry_after_is_looked_at_every_hour() -> None:
    """SQS hides nothing for longer than twelve hours, and a lead that nobody looks at is never given up."""
    assert delay_seconds(1, 86_400, random=lambda: 0) == 3600


def test_a_small_retry_after_that_comes_again_and_again_grows() -> None:
    """A queue's limit of receives must not be reached in minutes."""
    waits = [delay_seconds(received, 1, random=lambda: 0.5) for received in (1, 4, 8, 12)]
    assert waits == [3, 17, 257, 451]


@given(received=st.integers(1, 1000), asked=st.none() | st.floats(0, 3600), roll=st.floats(0, 1, exclude_max=True))
def test_a_delay_is_never_shorter_than_asked_nor_endless(received: int, asked: float | None, roll: float) -> None:
    """At least a second, at least what was asked for, at most a quarter of an hour on top."""
    roller: Callable[[], float] = lambda: roll  # noqa: E731 - a die with one face
    seconds = delay_seconds(received, asked, random=roller)
    assert seconds >= max(1, round(asked or 0))
    assert seconds <= (asked or 0) + RETRY_BACKOFF.longest_seconds + 1


def test_delays_grow() -> None:
    """The cap doubles from four seconds to fifteen minutes."""
    caps = [delay_seconds(received, None, random=lambda: 1.0) for received in range(1, 11)]
    assert caps == [4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


@pytest.mark.parametrize(
    ("answer", "measures"),
    [
        (DONE, {Metric.VERDICTS: 1}),
        (ZohoThrottled("slow", reason="zoho_throttled"), {Metric.RETRIES: 1}),
        (Misconfigured("not set", reason="setting_missing"), {Metric.RETRIES: 1, Metric.FAILURES: 1}),
        (ZohoRefused("no", reason="zoho_no_permission"), {Metric.FAILURES: 1}),
        (KeyError(PERSONAL), {Metric.FAILURES: 1}),
    ],
)
def test_what_became_of_a_message_is_measured_once(
    answer: StepResult | Exception, measures: dict[Metric, float]
) -> None:
    """The dashboard and the alarms stand on it: a retry is no failure, unless a person has to end it."""
    seen = Recorder()
    with contextlib.suppress(ZohoThrottled, Misconfigured, Unexpected):
        worker(seen, answer).handle(record())
    assert seen.measured == [measures]


def test_what_a_newer_event_made_void_is_measured_as_nothing() -> None:
    """It is neither a verdict nor a failure."""
    seen = Recorder()
    worker(seen, Superseded("newer", reason="superseded")).handle(record())
    assert seen.measured == []


def test_an_unexpected_fault_that_is_buried_is_one_failure() -> None:
    """One message, one alarm."""
    seen = Recorder()
    worker(seen, KeyError("x")).handle(record(receives=UNEXPECTED_RECEIVES))
    assert seen.measured == [{Metric.FAILURES: 1}]


@pytest.mark.parametrize(
    ("receives", "line_days", "is_set_aside"),
    [(99, 0, False), (100, 0, True), (119, 0, True), (4, 7, True), (4, 13, True), (3, 13, False), (4, 6, False)],
)
def test_what_has_waited_for_long_makes_room(receives: int, line_days: int, is_set_aside: bool) -> None:  # noqa: FBT001 - a parameter
    """Put off a hundred times, or a week in line and four times: it is set aside under a mark, and the message is deleted."""
    seen, one = Recorder(), record(receives)
    one["attributes"] |= {
        "SentTimestamp": "1772452800000",
        "ApproximateFirstReceiveTimestamp": str(1772452800000 + line_days * 86_400_000),
    }

    def step(_: Delivery) -> StepResult:
        raise AwsUnavailable("no", reason="sqs_down")

    waits = replace(worker(seen), step=step, makes_room=True)
    with contextlib.nullcontext() if is_set_aside else pytest.raises(AwsUnavailable):
        waits.handle(one)
    assert [message.deduplication_id for message in seen.buried] == ["waited/dedup"] * is_set_aside
    assert len(seen.delays) == (not is_set_aside)
    with pytest.raises(AwsUnavailable):  # a lead is given up by its age instead
        replace(waits, makes_room=False).handle(one)
