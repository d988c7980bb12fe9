"""The real code of convert under every interleaving of two workers: one call for a click, one conversion, everybody is told.

`python -m tests.faults.click_model` searches with more faults at once, for half an hour.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.conversion import Wanted
from tests.faults.click_model.designs import DESIGNS
from tests.faults.click_model.explore import explore
from tests.faults.click_model.rules import World
from tests.faults.click_model.state import SMALL, Letter, State
from tests.faults.click_model.table import writer
from tests.faults.click_model.tape import CLICKS, as_built
from tests.faults.model.graph import visit
from tests.faults.world.embedded import embedded_table


@pytest.mark.parametrize("name", SMALL)
def test_no_interleaving_calls_twice_or_leaves_somebody_untold(name: str) -> None:
    """Two clicks with different choices: a way on from everywhere, and in the end the message and both people know it."""
    found = explore(SMALL[name])
    assert (found.complaint, found.way) == ("", ())
    assert (found.most_calls, found.most_conversions, found.overlaps) == (1, 1, False)
    assert (found.stuck, found.untold) == (0, 0)
    assert found.states > 100


@pytest.mark.parametrize("name", DESIGNS)
def test_each_part_of_convert_is_needed(name: str) -> None:
    """Without it the model finds a second call, an overlap or somebody who is told wrong, and the way there."""
    design, budgets = DESIGNS[name]
    found = explore(budgets, design, until_wrong=True)
    assert found.complaint
    assert found.way


def test_a_record_that_the_verdict_does_not_show_is_never_sent() -> None:
    """Whatever stands in the message: Zoho is not called, and the person is told."""
    click = replace(CLICKS["A"], wanted=Wanted("7201", "7999"))
    with embedded_table() as table:
        world = World(writer(table()), as_built)
        states = visit(State(queue=(Letter(click.to_json(), "mA"),)), world.steps).came_from
    assert not any(state.calls for state in states)
    assert any("A refused" in state.told for state in states)
