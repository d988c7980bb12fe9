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
    command = [
        sys.executable,
        "-m",
        "bench",
        "warm",
        "--quick",
        "--to",
        str(tmp_path),
        "--tools",
        str(tmp_path / "none"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    figures = load(tmp_path / "performance.json")["warm"]["figures"]
    calls = {
        name: sum(figures[name]["lead"]["calls"].values()) for name in ("leadmatch", "floor", "libraries", "plain")
    }
    assert calls["leadmatch"] == calls["floor"] == calls["libraries"] > calls["plain"]
    assert all(figures[name]["lead"]["cpu"]["median"] > 0 for name in calls)
    page = (tmp_path / "performance.md").read_text()
    assert "| warm receive, CPU against the floor | 1.8 |" in page
    assert "worse by more than its spread: 0" in done.stdout
