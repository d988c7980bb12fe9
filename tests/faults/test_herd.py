"""Fifty processes and an expired token: Zoho is asked once, whatever happens to the one that asks, or to its request."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.faults.herd import PROCESSES
from tests.waiting import PROGRAM_SECONDS


def herd(fault: str) -> dict[str, Any]:
    """Let the herd loose in processes of its own; return what came of it."""
    program = [sys.executable, "-m", "tests.faults.herd", fault]
    done = subprocess.run(program, capture_output=True, text=True, check=True, timeout=PROGRAM_SECONDS)
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("fault", "refreshes", "killed"),
    [
        ("none", 1, 0),
        ("killed_before", 1, 1),
        ("killed_after", 2, 1),
        ("write_fails", 1, 0),
        ("lost", 1, 0),
        ("twice", 1, 0),
    ],
)
def test_fifty_processes_cost_one_refresh(fault: str, refreshes: int, killed: int) -> None:
    """Each of them gets the one new token, which lives and stands in the secret.

    A refresher that is killed with Zoho's answer in its hands costs one more, since its token is lost; one that is killed before, a
    write that fails once, a request that is lost or delivered twice cost nothing.
    """
    found = herd(fault)
    print(fault, {name: value for name, value in found.items() if name not in ("got", "stored")})  # noqa: T201 - for a reader
    assert found["got"] == [found["stored"]] * PROCESSES
    assert (found["refreshes"], found["live"], found["ended"], found["killed"]) == (refreshes, True, PROCESSES, killed)
    assert found["invoked"] > 1 or fault in ("none", "write_fails", "lost")
