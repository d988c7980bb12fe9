"""The webhook's edge: a call in, a reply out, whatever went wrong, and one log line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.edge.ports import Log, Meter
from chalicelib.errors import Misconfigured, Unexpected
from chalicelib.metrics import Metric
from chalicelib.steps.receive import Reply, unavailable

Step = Callable[[Mapping[str, Any]], Reply]


def answer(gateway_event: Mapping[str, Any], *, step: Step, log: Log, meter: Meter) -> Reply:
    """Answer a call as the step does, or with 503, and log how."""
    reply = _reply(gateway_event, step, log)
    not_taken = reply.status >= 500  # noqa: PLR2004 - HTTP's number
    write = log.error if not_taken else log.info
    write("received", extra={"status": reply.status, "reason": reply.reason, "leads": list(reply.accepted)})
    if reply.accepted or not_taken:
        meter.record({Metric.LEADS_RECEIVED: len(reply.accepted), Metric.CALLS_NOT_TAKEN: int(not_taken)})
    return reply


def _reply(gateway_event: Mapping[str, Any], step: Step, log: Log) -> Reply:
    try:
        return step(gateway_event)
    except Misconfigured as error:
        return unavailable(error)
    except Exception as error:  # noqa: BLE001 - the edge: Chalice's own 500 tells nobody
        log.error("unexpected", extra={"step": "receive", "error": type(error).__name__})  # noqa: TRY400 - a traceback shows data
        return unavailable(Unexpected("A fault of our own.", reason="unexpected"))
