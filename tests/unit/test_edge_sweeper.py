"""The schedule's edge: what is logged of a sweep, and what rings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from chalicelib.edge.sweeper import Sweeper
from chalicelib.metrics import Metric
from chalicelib.steps.outcome import Outcome
from tests.unit.test_edge_worker import Recorder

TOLD = Outcome("told_again", {"lead_id": "1"})
GIVEN_UP = Outcome("given_up", {"reason": "told_in_vain"}, {Metric.FAILURES: 1})


def test_a_sweep_logs_both_its_halves_and_each_letter_by_how_bad_it_is() -> None:
    """What a person has to look at is an error and counted; the sweep itself says how much there was."""
    seen = Recorder()

    def tell_of_the_died(tell: Callable[[Outcome], None]) -> Counter[str]:
        tell(TOLD)
        tell(GIVEN_UP)
        return Counter({"told_again": 1, "given_up": 1})

    sweeper = Sweeper(lambda: Outcome("swept", {"queued": 3}), tell_of_the_died, seen, seen)
    assert sweeper.sweep().fields == {"queued": 3, "died": 2}
    assert seen.lines == [
        ("info", "told_again", {"lead_id": "1"}),
        ("error", "given_up", {"reason": "told_in_vain"}),
        ("info", "swept", {"queued": 3, "died": 2}),
    ]
    assert [measures for measures in seen.measured if measures] == [{Metric.FAILURES: 1}]
