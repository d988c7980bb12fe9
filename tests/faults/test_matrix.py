"""Every accepted lead reaches Slack and the matches queue once, whatever happens at any I/O call.

`make faults` runs the whole matrix; here are all single faults of a first message, and a part of everything else.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.faults.matrix import Bench, Case, pairs_of_crashes, single_faults
from tests.faults.scenes import CHANGED, FIRST
from tests.faults.table import Table

SHARES = 8
"""Parts that run on different cores."""
ONE_OF_CHANGED, ONE_OF_PAIRS = 5, 10


def complaints(bench: Bench, cases: Sequence[Case]) -> list[str]:
    """Make the runs; give what went wrong."""
    table = Table("here")
    for outcome in bench.run_all(cases):
        table.add(outcome)
    assert table.total.runs == len(cases) > 0
    return table.complaints


@pytest.mark.parametrize("share", range(SHARES))
def test_a_first_message_survives_every_single_fault(bench: Bench, share: int) -> None:
    """One Slack message, one match event id, no dead letter, the ledger POSTED, the right verdict."""
    assert complaints(bench, single_faults(bench, FIRST)[share::SHARES]) == []


@pytest.mark.parametrize("share", range(2))
def test_a_changed_verdict_survives_single_faults(bench: Bench, share: int) -> None:
    """The message is edited, and exactly one reply says that the verdict has changed."""
    assert complaints(bench, single_faults(bench, CHANGED)[::ONE_OF_CHANGED][share::2]) == []


def test_two_crashes_in_a_row_lose_and_double_nothing(bench: Bench) -> None:
    """The second one happens at a call of what was delivered after the first."""
    assert complaints(bench, list(pairs_of_crashes(bench, FIRST, one_of=7))[::ONE_OF_PAIRS]) == []
