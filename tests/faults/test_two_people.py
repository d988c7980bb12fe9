"""Two people convert one lead at the same moment, with different choices: the records are the winner's, and both are told."""

from __future__ import annotations

import subprocess
import sys

LEADS = 4


def test_two_people_at_the_same_moment_convert_once() -> None:
    """`python -m tests.faults.two_people` does it a hundred times; the whole stage runs in a process of its own."""
    command = [sys.executable, "-m", "tests.faults.two_people", str(LEADS)]
    played = subprocess.run(command, capture_output=True, text=True, check=False)
    assert played.returncode == 0, played.stdout + played.stderr
    assert f"{LEADS} leads: at most 1 conversions of a lead, 1 calls;" in played.stdout
