"""A route's edge: a call in, a reply out, whatever went wrong, and one log line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.edge.ports import Log, Meter
from chalicelib.errors import LeadmatchError, Misconfigured, Unexpected
from chalicelib.metrics import Metric
from chalicelib.steps.reply import Reply


@dataclass(frozen=True, slots=True)
class Route:
    """Gives calls to one step; `unavailable` is what the caller hears when the step could not be made."""

    name: str
    event: str
    """What the log calls an answered call."""
    step: Callable[[Mapping[str, Any]], Reply]
    unavailable: Callable[[LeadmatchError], Reply]
    log: Log
    meter: Meter

    def answer(self, gateway_event: Mapping[str, Any]) -> Reply:
        """Answer a call as the step does, or with 503, and log how."""
        reply = self._reply(gateway_event)
        is_missed = reply.is_lost or reply.has_wrong_key
        fails = reply.is_lost or reply.status >= 500  # noqa: PLR2004 - HTTP's number
        write = self.log.error if fails else self.log.warning if reply.has_wrong_key else self.log.info
        write(self.event, extra={"status": reply.status, "reason": reply.reason, **reply.about})
        if reply.leads or is_missed:
            lost = {Metric.CALLS_LOST: 1} if reply.is_lost else {}
            self.meter.record({Metric.LEADS_RECEIVED: reply.leads, Metric.CALLS_NOT_TAKEN: int(is_missed)} | lost)
        return reply

    def _reply(self, gateway_event: Mapping[str, Any]) -> Reply:
        try:
            return self.step(gateway_event)
        except Misconfigured as error:
            return self.unavailable(error)
        except Exception as error:  # noqa: BLE001 - the edge: Chalice's own 500 tells nobody
            self.log.error("unexpected", extra={"step": self.name, "error": type(error).__name__})  # noqa: TRY400 - a traceback shows data
            return self.unavailable(Unexpected("A fault of our own.", reason="unexpected"))
