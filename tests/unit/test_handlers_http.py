"""A route's edge: every call is answered and leaves a line, whatever its step does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.errors import Misconfigured
from chalicelib.handlers import HttpHandler
from chalicelib.metrics import Metric
from chalicelib.steps.receive import unavailable
from chalicelib.steps.results import HttpReply
from tests.unit.test_handlers_queue import PERSONAL, Recorder

ACCEPTED = HttpReply(202, {"accepted": [{"lead_id": "1", "event_id": "e"}]}, "accepted", leads=1)
LOST = HttpReply(400, {}, "no_lead_id", is_lost=True)
ONE_LOST = {Metric.LEADS_RECEIVED: 0, Metric.CALLS_NOT_TAKEN: 1, Metric.CALLS_LOST: 1}
WRONG_KEY = HttpReply(401, {}, "no_live_key", has_wrong_key=True)
REFUSED = HttpReply(401, {}, "no_live_key")


@pytest.mark.parametrize(
    ("result", "status", "line", "measured"),
    [
        (ACCEPTED, 202, ("info", "accepted"), [{Metric.LEADS_RECEIVED: 1, Metric.CALLS_NOT_TAKEN: 0}]),
        (REFUSED, 401, ("info", "no_live_key"), []),
        (WRONG_KEY, 401, ("warning", "no_live_key"), [{Metric.LEADS_RECEIVED: 0, Metric.CALLS_NOT_TAKEN: 1}]),
        (LOST, 400, ("error", "no_lead_id"), [ONE_LOST]),
        (
            Misconfigured("no", reason="setting_missing"),
            503,
            ("error", "setting_missing"),
            [ONE_LOST],
        ),
        (KeyError(PERSONAL), 503, ("error", "unexpected"), [ONE_LOST]),
    ],
    ids=["accepted", "refused", "wrong key", "lost", "not set", "a fault of ours"],
)
def test_a_call_is_answered_logged_and_measured(
    result: HttpReply | Exception, status: int, line: tuple[str, str], measured: list[dict[Metric, float]]
) -> None:
    """A stranger that is refused rings no alarm; what was not taken does, and says nothing of what it failed on.

    A wrong key, or none for a lead, is a warning: a stranger can cause it.
    """
    seen = Recorder()

    def step(event: Mapping[str, Any]) -> HttpReply:
        assert event == {"body": "b"}
        if isinstance(result, Exception):
            raise result
        return result

    route = HttpHandler("receive", "received", step, unavailable, log=seen, meter=seen)
    assert route.answer({"body": "b"}).status == status
    level, name, fields = seen.lines[-1]
    assert (level, name, fields["reason"]) == (line[0], "received", line[1])
    assert seen.measured == measured
    assert PERSONAL not in str(seen.lines)
