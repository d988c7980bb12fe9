"""What a part of the bench is given, and what it has to have."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from bench.report import Goal

Figures = dict[str, Any]
"""What a part measured, as JSON: objects of any depth whose leaves are `Figure.as_json()`, texts, numbers or lists."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the bench: how thorough it is, where there is room, and what tells a person how far it is."""

    is_quick: bool
    folder: Path
    """A folder of this run, empty at its start and gone after it."""
    tools: Path
    """The Python of the second environment, which has matplotlib and Zoho's SDK; it may not be there."""
    say: Callable[[str], object]
    known: Mapping[str, Any] = field(default_factory=dict)
    """What the parts before this one measured, now or in an earlier run, by part and as performance.json keeps it."""

    def times(self, thorough: int, quick: int) -> int:
        """Return how often to measure something."""
        return quick if self.is_quick else thorough

    @property
    def has_tools(self) -> bool:
        """Return whether the second environment is there; without it there are no plots, and nothing of Zoho's SDK."""
        return self.tools.exists()

    def with_tools(self, program: str, given: object, *arguments: str) -> Any:
        """Run a module of this repository in the second environment; it reads JSON and may write JSON."""
        done = subprocess.run(  # noqa: S603 - our own program
            [str(self.tools), "-m", program, *arguments],
            input=json.dumps(given),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return json.loads(done.stdout or "null")


class Part(Protocol):
    """A module of bench/parts."""

    NAME: str
    TITLE: str
    USES: tuple[str, ...]
    """The parts whose figures it works with, now or in an earlier run."""

    def measure(self, run: Run, /) -> Figures:
        """Measure; the figures have a `memory` where they depend on what the functions are configured with, in MB."""

    def answer(self, figures: Figures, /) -> str:
        """Return what the figures say, in a sentence or two."""

    def goals(self, figures: Figures, /) -> Sequence[Goal]:
        """Return the goals, each with its figure."""

    def section(self, figures: Figures, /) -> str:
        """Return the part's text on the page, without its heading; a plot is linked as `performance/NAME.svg`."""

    def plots(self, figures: Figures, /) -> Sequence[Mapping[str, Any]]:
        """Return descriptions of plots, as bench/plots.py reads them."""


def machine() -> dict[str, Any]:
    """Return what the figures depend on besides the code."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    version = sys.version_info
    return {
        "processor": models[0] if models else "unknown",
        "cores": len(models),
        "python": f"{version.major}.{version.minor}.{version.micro}",
    }
