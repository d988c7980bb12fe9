"""The bench runs, from the built package to the page: so it can be asked for figures at any time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.report import load

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="AWS's runtime client is made for Linux only")


def test_a_part_of_the_bench_writes_its_figures_and_the_page(tmp_path: Path) -> None:
    """leadmatch, the floor and the plain app handle leads, each sees its outputs checked, and the page says what they took."""
    said = _measured("warm", tmp_path)
    figures = load(tmp_path / "performance.json")["warm"]["figures"]
    calls = {
        name: sum(figures[name]["lead"]["calls"].values()) for name in ("leadmatch", "floor", "libraries", "plain")
    }
    assert calls["leadmatch"] == calls["floor"] == calls["libraries"] > calls["plain"]
    assert all(figures[name]["lead"]["cpu"]["median"] > 0 for name in calls)
    page = (tmp_path / "performance.md").read_text()
    assert "| warm receive, CPU against the floor | 1.8 |" in page
    assert "worse by more than its spread: 0" in said


def test_a_backlog_drains_through_the_bench_s_own_queues_and_table(tmp_path: Path) -> None:
    """They know every call that a lead needs, the expressions of the ledger's writes among them."""
    assert "each once on both outputs" in _measured("scale", tmp_path)


def _measured(part: str, folder: Path) -> str:
    """Measure a part quickly; return what the bench says."""
    command = [sys.executable, "-m", "bench", part, "--quick", "--to", str(folder), "--tools", str(folder / "none")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
