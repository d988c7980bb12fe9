"""The schedule's edge: one sweep, a log line for it and one for each dead letter that it worked on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from chalicelib.edge.ports import Log, Meter
from chalicelib.errors import LeadmatchError, Unexpected
from chalicelib.metrics import Metric
from chalicelib.steps.outcome import Outcome

Result = TypeVar("Result")
TROUBLES = ("letter_failed", "given_up")


@dataclass(frozen=True, slots=True)
class Sweeper:
    """Runs the sweep's parts, each whatever became of the others: the waiting leads, then one for each dead-letter queue.

    A part about dead letters reports each letter's outcome, and returns how often each thing was done.
    """

    queue_the_due: Callable[[], Outcome]
    tell_of_the_died: Mapping[str, Callable[[Callable[[Outcome], None]], Counter[str]]]
    log: Log
    meter: Meter

    def sweep(self) -> Outcome:
        """Queue the waiting leads that are due, tell of what died without a word, and log how many there were.

        Raise what the first part that failed raised, once all have run. A fault of ours is raised by its type alone: Lambda
        logs what is raised, and its text may hold personal data.
        """
        failed: list[Exception] = []
        queued = self._part("queue_the_due", self.queue_the_due, failed)
        died = [self._part(name, partial(tell, self._tell), failed) for name, tell in self.tell_of_the_died.items()]
        total = sum(counts.total() for counts in died if counts)
        outcome = Outcome("swept", (queued.fields if queued else {}) | {"died": total})
        self.log.info(outcome.name, extra=outcome.fields)
        if failed:
            raise _shown(failed[0]) from None
        return outcome

    def _part(self, name: str, run: Callable[[], Result], failed: list[Exception]) -> Result | None:
        try:
            return run()
        except Exception as error:  # noqa: BLE001 - an edge: it is raised once the other parts have run
            why = {"reason": error.reason} if isinstance(error, LeadmatchError) else {"error": type(error).__name__}
            self.log.error("sweep_part_failed", extra={"part": name, **why})  # noqa: TRY400 - a traceback shows data
            failed.append(error)
            return None

    def _tell(self, outcome: Outcome) -> None:
        quiet = self.log.warning if outcome.measures.get(Metric.FAILURES) else self.log.info
        write = self.log.error if outcome.name in TROUBLES else quiet
        write(outcome.name, extra=outcome.fields)
        self.meter.record(outcome.measures)


def _shown(error: Exception) -> LeadmatchError:
    """Return what may be printed: an error of ours as it is, any other by its type alone."""
    if isinstance(error, LeadmatchError):
        return error
    return Unexpected(f"{type(error).__name__}, see the log.", reason="unexpected")
