"""Runs probes one after the other; what one of them raises is its finding, and the next one runs all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.errors import LeadmatchError
from ops.check.stage import DeployedStage
from ops.errors import OpsError
from ops.findings import Findings, Result
from ops.remedies import remedy


class Look(Protocol):
    """Looks at one part of a stage; raises `OpsError` or `LeadmatchError` for what ends the look."""

    def __call__(self, stage: DeployedStage, findings: Findings) -> None:
        """Note what it finds."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A look with a name, and a text on what it looks at; `hindrance` says why it cannot run after the others, or nothing."""

    name: str
    about: str
    look: Look
    hindrance: Callable[[Sequence[Result]], str] = lambda _: ""


class Observer(Protocol):
    """Shows how the probes go."""

    def probe_began(self, probe: Probe) -> None:
        """Show that a probe begins."""

    def progress(self, text: str) -> None:
        """Show what it is doing."""

    def probe_ended(self, result: Result) -> None:
        """Show its result."""


def run(
    probes: Sequence[Probe], stage: DeployedStage, *, observer: Observer, clock: Callable[[], float]
) -> Iterator[Result]:
    """Run the probes in order; return each one's result when it is there. `clock` gives seconds."""
    results: list[Result] = []
    for probe in probes:
        observer.probe_began(probe)
        results.append(_run(probe, stage, results, observer, clock))
        observer.probe_ended(results[-1])
        yield results[-1]


def _run(
    probe: Probe, stage: DeployedStage, before: Sequence[Result], observer: Observer, clock: Callable[[], float]
) -> Result:
    findings, began = Findings(observer.progress), clock()
    if hindrance := probe.hindrance(before):
        findings.fact(hindrance)
        return Result(probe.name, "not run", 0.0, findings)
    try:
        probe.look(stage, findings)
    except OpsError as error:
        findings.problem(error.message, error.hint)
    except LeadmatchError as error:
        findings.troubles.append(remedy(error, stage.name))
    return Result(probe.name, "failed" if findings.troubles else "ok", clock() - began, findings)
