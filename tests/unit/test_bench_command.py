"""`python -m bench` as a command, and its processes: what it keeps, where it runs, how it is stopped."""

from __future__ import annotations

import os
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bench.__main__ import bench
from bench.crew import Crew
from bench.fast_aws import FastQueue
from bench.parts import PARTS, sdk
from bench.parts.costs import lead_steps
from bench.report import load, save
from bench.run import machine

KEPT = {
    "measured_on": "2026-01-01",
    "seconds": 1,
    "machine": machine(),
    "load": 0.1,
    "is_quick": True,
    "figures": {
        name: {
            one: {"median": 1.0, "low": 1.0, "high": 1.0, "runs": 3, "unit": "ms"} for one in ("cold", "cpu", "wall")
        }
        for name in (*sdk.NAMES, "SDK against leadmatch's client")
    },
}


def test_without_the_second_environment_its_last_figures_stay(tmp_path: Path) -> None:
    """What cannot be measured here was measured elsewhere, and the page goes on saying when."""
    save(tmp_path / "performance.json", {"sdk": KEPT})
    ran = CliRunner().invoke(bench, ["sdk", "--to", str(tmp_path), "--tools", str(tmp_path / "none")])
    assert ran.exit_code == 0, ran.output
    assert load(tmp_path / "performance.json") == {"sdk": KEPT}
    assert "2026-01-01" in (tmp_path / "performance.md").read_text()


def test_costs_are_worked_out_from_the_last_figures_in_docs(tmp_path: Path) -> None:
    """A folder that has none of its own needs no other part first; the cost is printed."""
    ran = CliRunner().invoke(bench, ["costs", "--to", str(tmp_path), "--tools", str(tmp_path / "none")])
    assert ran.exit_code == 0, ran.output
    assert "A million leads cost about" in ran.output
    assert load(tmp_path / "performance.json").keys() == {"costs"}


def test_without_any_figures_costs_say_what_to_run_first() -> None:
    """And what it is that is missing."""
    with pytest.raises(click.UsageError, match=r"figures of `warm`.*run `python -m bench warm`"):
        lead_steps({})


def test_the_help_says_what_each_part_measures_and_what_is_overwritten() -> None:
    """Before somebody starts a run of minutes."""
    said = " ".join(CliRunner().invoke(bench, ["--help"]).output.split())
    assert "It overwrites docs/performance.md" in said
    for part in PARTS:
        assert f"{part.NAME} {(part.__doc__ or '').splitlines()[0]} It took " in said


def test_outside_the_project_it_says_where_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Instead of the traceback of what looks for the project there."""
    monkeypatch.chdir(tmp_path)
    ran = CliRunner().invoke(bench, ["warm"])
    assert ran.exit_code == 2
    assert "Run it in leadmatch's folder." in ran.output


WIRING = """
class Wiring:
    def __init__(self, environment):
        self.step = self
    def handle(self, record):
        import os, signal
        os.kill(os.getpid(), signal.SIGINT)
"""


def test_a_crew_ends_with_its_input_and_not_with_ctrl_c(tmp_path: Path) -> None:
    """The terminal interrupts it, too; its workers would wait for ever if it then read no more, and the bench for them."""
    package = tmp_path / "chalicelib"
    package.mkdir()
    for name, text in (("__init__", ""), ("timing", ""), ("wiring", WIRING), ("../app", "")):
        (package / f"{name}.py").write_text(text)
    queue = FastQueue()
    for name in "12":
        queue.send({"MessageGroupId": name, "MessageDeduplicationId": name, "MessageBody": name})
    options = {"log": tmp_path / "log", "workers": 1, "pace": 0.0, "channels": ["C1"]}
    with Crew("step", queue, [tmp_path], dict(os.environ), **options) as crew:
        crew.resume()
        while queue.left and crew.megabytes:
            time.sleep(0.01)
        crew.rest()
    assert crew.failed == 0
