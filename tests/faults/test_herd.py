"""Fifty processes and an expired token: Zoho is asked once, whatever happens to the one that asks."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from tests.faults.herd import PROCESSES
from tests.waiting import PROGRAM_SECONDS


def herd(fault: str) -> dict[str, Any]:
    """Let the herd loose in processes of its own; return what came of it."""
    program = [sys.executable, "-m", "tests.faults.herd", fault]
    done = subprocess.run(program, capture_output=True, text=True, check=True, timeout=PROGRAM_SECONDS)
    return dict(json.loads(done.stdout))


def warnings_of(found: dict[str, Any]) -> list[str]:
    """Return what any process of the herd warned of."""
    return [name for one in found["got"] for name in one["warnings"]]


def test_fifty_processes_cost_one_refresh() -> None:
    """Each of them gets the one new token, which lives and stands in the secret."""
    found = herd("none")
    assert [one["token"] for one in found["got"]] == [found["stored"]] * PROCESSES
    assert (found["refreshes"], found["live"], found["ended"]) == (1, True, PROCESSES)
    assert warnings_of(found) == []


def test_a_process_killed_with_zoho_s_answer_in_its_hands_costs_one_more() -> None:
    """Its token is lost; after its lease one other process asks, and all that live get that token."""
    found = herd("killed")
    assert [one["token"] for one in found["got"]] == [found["stored"]] * (PROCESSES - 1)
    assert (found["refreshes"], found["live"]) == (2, True)
    assert (found["killed"], found["ended"]) == (1, PROCESSES - 1)


def test_a_first_write_that_fails_costs_no_other_refresh() -> None:
    """The process that has the token writes it again while the others wait."""
    found = herd("write_fails")
    assert [one["token"] for one in found["got"]] == [found["stored"]] * PROCESSES
    assert (found["refreshes"], found["ended"]) == (1, PROCESSES)
    assert warnings_of(found) == ["token_not_stored"]
