"""A Python that AWS keeps up to date no longer is said in time."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from ops.functions import NEWEST_PYTHON, PYTHON_RUNTIMES, runtime_ending, this_runtime, warn_of_runtime
from ops.timing import RUNTIME_NOTICE
from tests.unit.operator_fakes import Lines

SETUP = Path("sandbox/setup.sh")
PAGES = ("README.md", "CONTRIBUTING.md")


def test_the_dates_are_those_that_aws_has_published() -> None:
    """As cfn-lint, which is pinned, knows them; whoever renews the pins hears of every change."""
    known = json.loads((files("cfnlint") / "data/AdditionalSpecs/LmbdRuntimeLifecycle.json").read_text())
    published = {name: (known[name]["deprecated"], known[name]["update-block"]) for name in PYTHON_RUNTIMES}
    assert published == {
        name: (str(lifetime.updated_until), str(lifetime.closed_from)) for name, lifetime in PYTHON_RUNTIMES.items()
    }


@pytest.mark.parametrize("runtime", PYTHON_RUNTIMES)
def test_the_end_is_said_from_half_a_year_before_it(runtime: str) -> None:
    """Not before that: nobody can do anything about it, and would not read it any more when it counts."""
    end = PYTHON_RUNTIMES[runtime].updated_until
    assert runtime_ending(runtime, on=end - RUNTIME_NOTICE - timedelta(days=1)) == ""
    for day in (end - RUNTIME_NOTICE, end):
        assert f"Lambda's Python {runtime.removeprefix('python')} end on {end}," in runtime_ending(runtime, on=day)
    assert f"accepts no code for it from {PYTHON_RUNTIMES[runtime].closed_from} on" in runtime_ending(
        runtime, on=date.max
    )
    assert f"ended on {end}," in runtime_ending(runtime, on=end + timedelta(days=1))


def test_a_runtime_without_a_date_is_no_reason_to_warn() -> None:
    """A newer one than this table."""
    assert runtime_ending("python3.99", on=date.max) == ""


def test_it_is_a_warning_and_stops_nothing() -> None:
    """The functions that are deployed go on."""
    lines = Lines()
    warn_of_runtime(lines.warn, "python3.11", on=date(2027, 7, 1))
    warn_of_runtime(lines.warn, "python3.14", on=date(2027, 7, 1))
    assert [line.partition(":")[0] for line in lines.said] == ["warn"]
    assert "make setup PYTHON=python3.14" in lines.text


def test_this_python_is_one_of_them_and_the_newest_is_offered() -> None:
    """Setup takes what the table has, and no other; the pages name the same."""
    assert this_runtime() in PYTHON_RUNTIMES
    minors = sorted(int(name.rpartition(".")[2]) for name in PYTHON_RUNTIMES)
    assert f"3.{minors[-1]}" == NEWEST_PYTHON
    assert f"(3, {minors[0]}) <= sys.version_info[:2] <= (3, {minors[-1]})" in SETUP.read_text()
    for page in PAGES:
        assert re.search(rf"Python 3\.{minors[0]} to 3\.{minors[-1]}\b", Path(page).read_text()), page


@pytest.mark.parametrize(("minor", "taken"), [(10, False), (11, True), (12, True), (13, True), (14, True), (15, False)])
def test_setup_takes_a_python_that_lambda_has_and_says_which_there_are(
    tmp_path: Path, minor: int, *, taken: bool
) -> None:
    """Before it makes anything. A stand-in plays a Python of that version which cannot make environments."""
    python = tmp_path / "python"
    look = "import sys; sys.version_info = (3, int(sys.argv[2]), 0); exec(sys.argv[1])"
    python.write_text(
        f"#!/bin/sh\ncase $2 in *ensurepip*) exit 1;; esac\n"
        f'[ "$1" = -V ] && echo Python 3.{minor}.0 || {sys.executable} -c \'{look}\' "$2" {minor}\n'
    )
    python.chmod(0o755)
    environment = {"PYTHON": str(python), "VENV": str(tmp_path / "venv"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(["sh", SETUP], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert ("cannot make virtual environments" in done.stderr) is taken
    assert (
        f"leadmatch runs on Python 3.11, 3.12, 3.13 and 3.14; {python} is Python 3.{minor}.0." in done.stderr
    ) is not taken
    assert not (tmp_path / "venv").exists()
