"""Figures with their spread, how they are kept, compared with those before, and written as tables."""

from __future__ import annotations

import json
import re
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

KEYS = {"median", "low", "high", "runs", "unit"}
RATIO = "x"
TRIFLE = 0.01
"""What moved by less than this part of it is not worth a line, however small its spread."""
LIST = re.compile(r"\[[^\[\]{}\"]*\]")
"""A list of numbers, which is written in one line."""
FEW = 4
"""Of fewer runs the spread is that of all of them: they have no quarters."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A median with the quarters around it, of so many runs; less is better."""

    median: float
    low: float
    high: float
    runs: int
    unit: str

    @classmethod
    def of(cls, values: Sequence[float], unit: str) -> Self:
        """Return the figure of some runs."""
        if len(values) < FEW:
            return cls(statistics.median(values), min(values), max(values), len(values), unit)
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(median, low, high, len(values), unit)

    @classmethod
    def ratio(cls, values: Sequence[float], others: Sequence[float]) -> Self:
        """Return the figure of the ratios of runs that were measured in turn, each with the one beside it."""
        return cls.of([one / other for one, other in zip(values, others, strict=True)], RATIO)

    @classmethod
    def of_json(cls, fields: Mapping[str, Any]) -> Self:
        """Return the figure that `as_json` wrote."""
        return cls(**{name: fields[name] for name in KEYS})

    @property
    def spread(self) -> float:
        """How far the middle half of the runs lies apart."""
        return self.high - self.low

    def as_json(self) -> dict[str, Any]:
        """Return it with four digits that count."""
        numbers = {name: float(f"{value:.4g}") for name, value in asdict(self).items() if isinstance(value, float)}
        return asdict(self) | numbers

    def __str__(self) -> str:
        """Return it as in a table: the median, and the quarters in brackets where they differ."""
        low, high = _short(self.low), _short(self.high)
        return _short(self.median) + ("" if low == high else f" ({low} to {high})")


@dataclass(frozen=True, slots=True)
class Goal:
    """What is wanted: a figure that is at most so much."""

    what: str
    figure: Figure
    at_most: float

    @property
    def is_met(self) -> bool:
        """Return whether the median keeps to it."""
        return self.figure.median <= self.at_most


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that moved by more than its own spread."""

    name: str
    before: Figure
    now: Figure

    @property
    def is_worse(self) -> bool:
        """Return whether it moved the wrong way."""
        return self.now.median > self.before.median

    def __str__(self) -> str:
        """Return both figures in a line."""
        return f"{self.name}: {self.before} before, {self.now} now, {self.now.unit}"


def figures(tree: Mapping[str, Any], name: str = "") -> Iterator[tuple[str, Figure]]:
    """Yield every figure of a part with its path."""
    for key, value in tree.items():
        path = f"{name}/{key}" if name else key
        if isinstance(value, Mapping):
            if value.keys() == KEYS:
                yield path, Figure.of_json(value)
            else:
                yield from figures(value, path)


def changes(before: Mapping[str, Any], now: Mapping[str, Any], *, is_same_machine: bool) -> list[Change]:
    """Return what moved by more than the larger of both spreads; of another machine's figures only the ratios compare."""
    known = dict(figures(before))
    pairs = [Change(name, known[name], figure) for name, figure in figures(now) if name in known]
    return [
        change
        for change in pairs
        if (is_same_machine or change.now.unit == RATIO)
        and abs(change.now.median - change.before.median)
        > max(change.now.spread, change.before.spread, TRIFLE * change.before.median)
    ]


def load(path: Path) -> dict[str, Any]:
    """Return the last figures, by part; none when there were none."""
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def save(path: Path, kept: Mapping[str, Any]) -> None:
    """Keep figures."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = LIST.sub(lambda found: " ".join(found.group().split()), json.dumps(kept, indent=1))
    path.write_text(text + "\n", encoding="utf-8")


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def _short(value: float) -> str:
    """Return three digits that count, as people write numbers."""
    return f"{float(f'{value:.3g}'):,.15g}"
