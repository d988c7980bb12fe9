"""A lead is converted once, into the chosen records, and who clicked hears of it, whatever happens at any I/O call on the way.

`python -m tests.faults --clicks` makes all the runs; here is a part of them, in which every fault happens.
"""

from __future__ import annotations

import pytest

from tests.faults.conversions import CONVERTED, OPEN, UNCLEAR, ClickScene
from tests.faults.matrix import Bench, Case, single_faults
from tests.faults.test_matrix import complaints

SHARES = 2
"""Parts that run on different cores."""
ONE_OF = 23
"""No divisor of the number of faults, so that each fault has its steps."""


@pytest.mark.parametrize("share", range(SHARES))
def test_a_click_converts_once_under_single_faults(bench: Bench, share: int) -> None:
    """One call for a click, one conversion, the records that were chosen, the person and the message say so."""
    assert complaints(bench, single_faults(bench, CONVERTED)[::ONE_OF][share::SHARES]) == []


@pytest.mark.parametrize("scene", [UNCLEAR, OPEN], ids=lambda scene: scene.name)
def test_a_lost_answer_of_zoho_is_no_second_call(bench: Bench, scene: ClickScene) -> None:
    """The lead is read back; only another click of the person's calls again, and only when Zoho shows the lead as open."""
    assert bench.run(Case(scene)).complaint_if_any() == ""
