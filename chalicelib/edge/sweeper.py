"""The schedule's edge: one sweep, a log line for it and one for each dead letter that it worked on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from chalicelib.edge.ports import Log, Meter
from chalicelib.steps.outcome import Outcome

TROUBLES = ("letter_failed", "given_up")


@dataclass(frozen=True, slots=True)
class Sweeper:
    """Makes the sweep's two halves one after the other; the second one gives each outcome to whom it is told."""

    queue_the_due: Callable[[], Outcome]
    tell_of_the_died: Callable[[Callable[[Outcome], None]], Counter[str]]
    log: Log
    meter: Meter

    def sweep(self) -> Outcome:
        """Queue the waiting leads that are due, tell of what died without a word, and log how many there were."""
        queued = self.queue_the_due()
        died = self.tell_of_the_died(self._tell)
        outcome = replace(queued, fields=queued.fields | {"died": died.total()})
        self.log.info(outcome.name, extra=outcome.fields)
        return outcome

    def _tell(self, outcome: Outcome) -> None:
        write = self.log.error if outcome.name in TROUBLES else self.log.info
        write(outcome.name, extra=outcome.fields)
        self.meter.record(outcome.measures)
