"""The fault matrix: every I/O call of a clean run times every fault, with the real code in real processes."""

from __future__ import annotations

import itertools
import os
import queue
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox.aws import EmbeddedAws
from tests.faults.functions import AS_BUILT, Product
from tests.faults.kinds import FAULTS, KILLED_AFTER, KILLED_BEFORE, PLAIN, Fault
from tests.faults.proxy import Plan, Record
from tests.faults.stage import Stage
from tests.faults.steps import Delivery, Step
from tests.faults.trial import Outcome, Play

AT_ONCE = min(8, 2 * (os.cpu_count() or 1))
"""More would starve the one AWS, and kill workers that only wait for it."""
TRIES = 4


@dataclass(frozen=True, slots=True)
class Case:
    """One run that is to be made."""

    scene: Play
    faults: tuple[tuple[Step, int, Fault], ...] = ()
    product: Product = AS_BUILT

    def plans(self) -> list[Plan]:
        """Return the faults anew, as none of them has happened."""
        return [Plan(step, fault, attempt) for step, attempt, fault in self.faults]


class Bench:
    """Makes runs, several at once, for as long as its block lasts."""

    def __init__(self, *, at_once: int = AT_ONCE) -> None:
        self._numbers = itertools.count()
        self._aws = EmbeddedAws(emptied=False)
        self._logs = tempfile.TemporaryDirectory()
        self._stages: queue.SimpleQueue[Stage] = queue.SimpleQueue()
        self._pool = ThreadPoolExecutor(max_workers=at_once)

    def __enter__(self) -> Self:
        self._aws.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)
        while not self._stages.empty():
            self._stages.get().close()
        self._aws.__exit__(kind, error, trace)
        self._logs.cleanup()

    def run(self, case: Case) -> Outcome:
        """Make one run; again, if a machine that has too much to do kept a fault from happening."""
        for _ in range(TRIES):
            outcome = self._run(case)
            if outcome.happened or not outcome.is_good:
                break
        return outcome

    def _run(self, case: Case) -> Outcome:
        log = Path(self._logs.name) / f"{next(self._numbers)}.log"
        stage = self._stage()
        outcome = case.scene.run(stage, case.plans(), log, case.product)
        if outcome.is_good:
            self._stages.put(stage)
        else:
            stage.close()
        return outcome

    def _stage(self) -> Stage:
        """Return a stage that served before, or a new one."""
        with suppress(queue.Empty):
            while (stage := self._stages.get_nowait()).is_used_up:
                stage.close()
            return stage
        return Stage(self._aws)

    def run_each(self, cases: Iterable[Case]) -> list[Outcome]:
        """Make every run; return the outcomes in the order of the cases."""
        return list(self._pool.map(self.run, cases))

    def run_all(self, cases: Iterable[Case]) -> Iterator[Outcome]:
        """Make every run; return each outcome when it is there."""
        for future in as_completed([self._pool.submit(self.run, case) for case in cases]):
            yield future.result()


def single_faults(bench: Bench, scene: Play) -> list[Case]:
    """Return every fault at every step of a clean run."""
    return [
        Case(scene, ((step, attempt, fault),))
        for step, attempt in _clean(bench, scene).steps()
        for fault in FAULTS
        if fault.fits(step)
    ]


def faults_on_the_way(bench: Bench, scenes: Sequence[Play]) -> Iterator[list[Case]]:
    """Yield for each scene one fault of each sort at every step that no scene before it has."""
    known: set[Step] = set()
    for scene in scenes:
        record = _clean(bench, scene)
        calls = [call for call in record.steps() if call[0] not in known]
        known.update(step for step, _ in calls)
        yield [Case(scene, ((step, n, fault),)) for step, n in calls for fault in PLAIN if fault.fits(step)]


def _clean(bench: Bench, scene: Play) -> Record:
    clean = bench.run(Case(scene))
    if not clean.is_good:
        raise AssertionError(f"The clean run is not clean: {clean}")
    return clean.record


def pairs_of_crashes(bench: Bench, scene: Play, *, one_of: int = 1) -> Iterator[Case]:
    """Yield every crash (or one of so many) followed by every crash of what is delivered after it."""
    crashes = (KILLED_BEFORE, KILLED_AFTER)
    first = [case for case in single_faults(bench, scene) if case.faults[0][2] in crashes]
    for outcome in bench.run_all(first[::one_of]):
        plan = outcome.plans[0]
        known = (plan.step, plan.attempt, plan.fault)
        for delivery, step in dict.fromkeys(_after(outcome, plan)):
            if KILLED_BEFORE.fits(step):
                yield from (Case(scene, (known, (step, delivery.attempt, crash))) for crash in crashes)


def _after(outcome: Outcome, plan: Plan) -> Sequence[tuple[Delivery, Step]]:
    calls = outcome.record.calls
    return calls[calls.index((Delivery(plan.step.function, plan.attempt), plan.step)) + 1 :]
