"""The tokens queue's edge: a request is deleted whatever becomes of it, and what went wrong is logged and counted."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.aws.queues import Delivery
from chalicelib.errors import AwsUnavailable, Misconfigured, Unreadable
from chalicelib.handlers import RequestHandler
from chalicelib.metrics import Metric
from chalicelib.steps.results import StepResult
from tests.unit.test_handlers_queue import PERSONAL, Recorder

RECORD: dict[str, Any] = {"body": "{}", "messageId": "m", "attributes": {}}
ABOUT = {"step": "refresh", "message_id": "m"}


def handled(what: StepResult | Exception) -> Recorder:
    """Let the step end so; return what was logged and measured."""
    seen = Recorder()

    def step(delivery: Delivery) -> StepResult:
        assert delivery.body == "{}"
        if isinstance(what, Exception):
            raise what
        return what

    RequestHandler("refresh", step, seen, seen).handle(RECORD)
    return seen


@pytest.mark.parametrize(
    ("result", "level"),
    [
        (StepResult("token_refreshed", {"version": "v1"}), "info"),
        (StepResult("token_refresh_failed", {"reason": "down"}, {Metric.TOKEN_REFRESH_FAILURES: 1}), "warning"),
    ],
)
def test_a_result_is_logged_and_measured(result: StepResult, level: str) -> None:
    """What is measured is a failure, and a warning."""
    seen = handled(result)
    assert seen.lines == [(level, result.name, result.fields)]
    assert seen.measured == [result.measures]


@pytest.mark.parametrize(
    ("error", "metric"),
    [
        (AwsUnavailable("no", reason="dynamodb_down"), Metric.RETRIES),
        (Misconfigured("no", reason="setting_missing"), Metric.FAILURES),
        (Unreadable("no", reason="token_request_unreadable"), Metric.FAILURES),
    ],
)
def test_a_request_that_cannot_be_worked_on_is_dropped_and_counted(error: Exception, metric: Metric) -> None:
    """Whoever still needs a token asks again; what a person has to look at is a failure."""
    seen = handled(error)
    reason = getattr(error, "reason", "")
    assert seen.lines == [("warning", "request_dropped", {**ABOUT, "reason": reason})]
    assert seen.measured == [{metric: 1}]


def test_a_fault_of_ours_is_logged_by_its_type_alone() -> None:
    """Its text may hold what it failed on."""
    seen = handled(KeyError(PERSONAL))
    assert seen.lines == [("error", "unexpected", {**ABOUT, "error": "KeyError"})]
    assert seen.measured == [{Metric.FAILURES: 1}]
