"""The webhook's edge: every call is answered and leaves a line, whatever its step does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.edge.webhook import answer
from chalicelib.errors import Misconfigured
from chalicelib.metrics import Metric
from chalicelib.steps.receive import Reply
from tests.unit.test_edge_worker import PERSONAL, Recorder

ACCEPTED = Reply(202, {"accepted": [{"lead_id": "1", "event_id": "e"}]}, "accepted")
REFUSED = Reply(401, {}, "no_live_key")


@pytest.mark.parametrize(
    ("result", "status", "line", "measured"),
    [
        (ACCEPTED, 202, ("info", "accepted"), [{Metric.LEADS_RECEIVED: 1, Metric.CALLS_NOT_TAKEN: 0}]),
        (REFUSED, 401, ("info", "no_live_key"), []),
        (
            Misconfigured("no", reason="setting_missing"),
            503,
            ("error", "setting_missing"),
            [{Metric.LEADS_RECEIVED: 0, Metric.CALLS_NOT_TAKEN: 1}],
        ),
        (KeyError(PERSONAL), 503, ("error", "unexpected"), [{Metric.LEADS_RECEIVED: 0, Metric.CALLS_NOT_TAKEN: 1}]),
    ],
    ids=["accepted", "refused", "not set", "a fault of ours"],
)
def test_a_call_is_answered_logged_and_measured(
    result: Reply | Exception, status: int, line: tuple[str, str], measured: list[dict[Metric, float]]
) -> None:
    """A caller that is refused rings no alarm; what was not taken does, and says nothing of what it failed on."""
    seen = Recorder()

    def step(event: Mapping[str, Any]) -> Reply:
        assert event == {"body": "b"}
        if isinstance(result, Exception):
            raise result
        return result

    assert answer({"body": "b"}, step=step, log=seen, meter=seen).status == status
    level, name, fields = seen.lines[-1]
    assert (level, name, fields["reason"]) == (line[0], "received", line[1])
    assert seen.measured == measured
    assert PERSONAL not in str(seen.lines)
