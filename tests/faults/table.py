"""Counts the runs of a matrix and writes them as a table: steps down, faults across."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from tests.faults.kinds import FAULTS
from tests.faults.trial import Outcome


@dataclass(slots=True)
class Cell:
    """The runs of one fault at one step."""

    runs: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: int = 0
    repeats: int = 0
    single: int = 0
    """Runs whose second crash had no call to happen at: a busy machine makes other deliveries than the run before."""

    def add(self, outcome: Outcome) -> None:
        """Count a run."""
        self.runs += 1
        self.lost += bool(outcome.lost)
        self.doubled += bool(outcome.doubled)
        self.wrong += bool(outcome.wrong)
        self.repeats += outcome.repeats
        self.single += not outcome.happened

    def __str__(self) -> str:
        return f"{self.runs}/{self.lost}/{self.doubled}"


class Table:
    """The outcomes of many runs, by the step and the fault that came first."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._cells: defaultdict[str, defaultdict[str, Cell]] = defaultdict(lambda: defaultdict(Cell))
        self.total = Cell()
        self._most: dict[str, int] = {}
        self.complaints: list[str] = []
        """What went wrong, a line a run; empty is what the matrix is for."""

    def add(self, outcome: Outcome) -> None:
        """Count a run; one whose fault did not happen proves nothing, and is complained of too."""
        first = outcome.plans[0]
        self._cells[str(first.step)][first.fault.name].add(outcome)
        self.total.add(outcome)
        self._most |= {name: max(count, self._most.get(name, 0)) for name, count in outcome.most.items()}
        if not outcome.is_good or first.met_by is None:
            self.complaints.append(outcome.complaint())

    def sum_up(self) -> str:
        """Say it in a line."""
        total = self.total
        told = f"{total.runs} runs, {total.lost} lost, {total.doubled} doubled, {total.wrong} wrong"
        less = f", {total.single} without the second crash" if total.single else ""
        most = "".join(f", at most {count} {name}" for name, count in self._most.items())
        return f"{self._title}: {told}{most}, {total.repeats} match events repeated with their id{less}"

    def markdown(self) -> str:
        """Return the table; a cell holds runs/lost/doubled."""
        met = {name for row in self._cells.values() for name in row}
        faults = [fault.name for fault in FAULTS if fault.name in met]
        lines = [
            f"## {self.sum_up()}\n",
            "| step | " + " | ".join(faults) + " |",
            "|---" * (len(faults) + 1) + "|",
            *(
                f"| {step} | " + " | ".join(str(row[fault]) if fault in row else "" for fault in faults) + " |"
                for step, row in sorted(self._cells.items())
            ),
        ]
        return "\n".join(lines) + "\n"
