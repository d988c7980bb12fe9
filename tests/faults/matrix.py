"""The fault matrix: every I/O call of a clean run times every fault, with the real code in real processes.

`python -m tests.faults.matrix` runs it whole, pairs of crashes too, and writes the table.
"""

from __future__ import annotations

import itertools
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox.aws import EmbeddedAws
from tests.faults.functions import Product
from tests.faults.kinds import FAULTS, KILLED_AFTER, KILLED_BEFORE, Fault
from tests.faults.proxy import Plan
from tests.faults.steps import Step
from tests.faults.trial import Outcome, Scene, run

AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Case:
    """One run that is to be made."""

    scene: Scene
    faults: tuple[tuple[Step, int, Fault], ...]

    def plans(self) -> list[Plan]:
        """Give the faults anew, as none of them has happened."""
        return [Plan(step, fault, attempt) for step, attempt, fault in self.faults]


class Bench:
    """Makes runs, several at once, for as long as its block lasts."""

    def __init__(self, product: Product = Product(), *, at_once: int = AT_ONCE) -> None:
        self._product, self._numbers = product, itertools.count()
        self._aws = EmbeddedAws(emptied=False)
        self._logs = tempfile.TemporaryDirectory()
        self._pool = ThreadPoolExecutor(max_workers=at_once)

    def __enter__(self) -> Self:
        self._aws.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._aws.__exit__(kind, error, trace)
        self._logs.cleanup()

    def run(self, case: Case) -> Outcome:
        """Make one run."""
        log = Path(self._logs.name) / f"{next(self._numbers)}.log"
        return run(self._aws, case.scene, case.plans(), log, self._product)

    def run_all(self, cases: Iterable[Case]) -> Iterator[Outcome]:
        """Make every run; give each outcome when it is there."""
        for future in as_completed([self._pool.submit(self.run, case) for case in cases]):
            yield future.result()


def single_faults(bench: Bench, scene: Scene) -> list[Case]:
    """Give every fault at every step of a clean run."""
    clean = bench.run(Case(scene, ()))
    if not clean.is_good:
        raise AssertionError(f"The clean run is not clean: {clean}")
    return [Case(scene, ((step, 1, fault),)) for step in clean.record.steps() for fault in FAULTS if fault.fits(step)]


def pairs_of_crashes(bench: Bench, scene: Scene) -> Iterator[Case]:
    """Give every crash of a clean run followed by every crash of what is delivered after it."""
    crashes = (KILLED_BEFORE, KILLED_AFTER)
    first = [case for case in single_faults(bench, scene) if case.faults[0][2] in crashes]
    for outcome in bench.run_all(first):
        plan = outcome.plans[0]
        calls = outcome.record.calls
        later = calls[1 + next(n for n, (d, step) in enumerate(calls) if step == plan.step) :]
        for delivery, step in dict.fromkeys(later):
            if KILLED_BEFORE.fits(step):
                known = (plan.step, plan.attempt, plan.fault)
                yield from (Case(scene, (known, (step, delivery.attempt, crash))) for crash in crashes)


@dataclass(slots=True)
class Cell:
    """The runs of one fault at one step."""

    runs: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count a run."""
        self.runs += 1
        self.lost += bool(outcome.lost)
        self.doubled += bool(outcome.doubled)
        self.wrong += bool(outcome.wrong)
