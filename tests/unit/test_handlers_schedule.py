"""The schedule's edge: what is logged of a sweep, and what rings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest

from chalicelib.errors import AwsUnavailable, LeadmatchError, Misconfigured, Retryable, Unexpected
from chalicelib.handlers import ScheduleHandler
from chalicelib.metrics import Metric
from chalicelib.steps.results import StepResult
from tests.unit.test_handlers_queue import Recorder

TOLD = StepResult("told_again", {"lead_id": "1"})
GIVEN_UP = StepResult("given_up", {"reason": "told_in_vain"}, {Metric.FAILURES: 1})


def test_a_sweep_logs_both_its_halves_and_each_letter_by_how_bad_it_is() -> None:
    """What a person has to look at is an error and counted; the sweep itself says how much there was."""
    seen = Recorder()

    def handle_dead_letters(handle: Callable[[StepResult], None]) -> Counter[str]:
        handle(TOLD)
        handle(GIVEN_UP)
        return Counter({"told_again": 1, "given_up": 1})

    handler = ScheduleHandler(
        lambda: None, lambda: StepResult("swept", {"queued": 3}), {"dead_leads": handle_dead_letters}, seen, seen
    )
    assert handler.sweep().fields == {"queued": 3, "died": 2}
    assert seen.lines == [
        ("info", "told_again", {"lead_id": "1"}),
        ("error", "given_up", {"reason": "told_in_vain"}),
        ("info", "swept", {"queued": 3, "died": 2}),
    ]
    assert [measures for measures in seen.measured if measures] == [{Metric.FAILURES: 1}]


@pytest.mark.parametrize("broken", ["request_token", "queue_the_due", "dead_leads", "dead_notices"])
@pytest.mark.parametrize(
    ("error", "raised", "why"),
    [
        (AwsUnavailable("no", reason="dynamodb_validation_exception"), AwsUnavailable, "dynamodb_validation_exception"),
        (Misconfigured("no", reason="no_such_setting"), Misconfigured, "no_such_setting"),
        (KeyError("ada@zylker.example"), Unexpected, "KeyError"),
        (RuntimeError("ada@zylker.example"), Unexpected, "RuntimeError"),
    ],
    ids=["AWS refuses", "misconfigured", "a fault of ours", "another fault of ours"],
)
def test_each_part_of_the_sweep_runs_whatever_another_one_raises(
    broken: str, error: Exception, raised: type[LeadmatchError], why: str
) -> None:
    """The error is logged with the part's name, and raised at the end for the alarm, without a text that may be personal."""
    seen, ran = Recorder(), list[str]()

    def run(name: str) -> None:
        ran.append(name)
        if name == broken:
            raise error

    def queue_the_due() -> StepResult:
        run("queue_the_due")
        return StepResult("swept", {"queued": 1})

    def handle(name: str, _log: Callable[[StepResult], None]) -> Counter[str]:
        run(name)
        return Counter({"told_again": 1})

    parts = {name: partial(handle, name) for name in ("dead_leads", "dead_notices")}
    with pytest.raises(raised) as caught:
        ScheduleHandler(partial(run, "request_token"), queue_the_due, parts, seen, seen).sweep()
    assert ran == ["request_token", "queue_the_due", "dead_leads", "dead_notices"]
    assert "zylker" not in str(caught.value)
    level, name, fields = seen.lines[0]
    assert (level, name, fields["part"]) == ("error", "sweep_part_failed", broken)
    assert why in fields.values()
    assert seen.lines[-1][1] == "swept"


def test_every_part_that_fails_is_logged_and_the_first_one_is_raised() -> None:
    """A table that is away fails them all."""
    seen = Recorder()

    def fail(reason: str, *_: object) -> Counter[str]:
        raise AwsUnavailable("no", reason=reason)

    parts = {name: partial(fail, name) for name in ("dead_leads", "dead_notices")}
    with pytest.raises(Retryable) as caught:
        ScheduleHandler(partial(fail, "token"), partial(fail, "due"), parts, seen, seen).sweep()
    assert caught.value.reason == "token"
    assert [fields["reason"] for _, name, fields in seen.lines if name == "sweep_part_failed"] == [
        "token",
        "due",
        "dead_leads",
        "dead_notices",
    ]
