"""Every accepted lead reaches Slack and the matches queue once, whatever happens at any I/O call.

`make faults` runs the whole matrix and writes it as tables; here is a part of it, in which every fault happens
and nearly every step meets one.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.faults.matrix import Bench, Case, pairs_of_crashes, single_faults
from tests.faults.scenes import CHANGED, FIRST
from tests.faults.table import Table

SHARES = 4
"""Parts that run on different cores."""
ONE_OF_FIRST, ONE_OF_CHANGED = 4, 7
"""No divisors of the number of faults, so that each fault has its steps."""
ONE_OF_CRASHES, ONE_OF_PAIRS = 11, 7


def complaints(bench: Bench, cases: Sequence[Case]) -> list[str]:
    """Make the runs; return what went wrong."""
    table = Table("here")
    for outcome in bench.run_all(cases):
        table.add(outcome)
    assert table.total.runs == len(cases) > 0
    return table.complaints


@pytest.mark.parametrize("share", range(SHARES))
def test_a_first_message_survives_single_faults(bench: Bench, share: int) -> None:
    """One Slack message, one match event id, no dead letter, the ledger POSTED, the right verdict."""
    assert complaints(bench, single_faults(bench, FIRST)[::ONE_OF_FIRST][share::SHARES]) == []


@pytest.mark.parametrize("share", range(2))
def test_a_changed_verdict_survives_single_faults(bench: Bench, share: int) -> None:
    """The message is edited, and exactly one reply says that the verdict has changed."""
    assert complaints(bench, single_faults(bench, CHANGED)[::ONE_OF_CHANGED][share::2]) == []


def test_two_crashes_in_a_row_lose_and_double_nothing(bench: Bench) -> None:
    """The second one happens at a call of what was delivered after the first."""
    assert complaints(bench, list(pairs_of_crashes(bench, FIRST, one_of=ONE_OF_CRASHES))[::ONE_OF_PAIRS]) == []
