"""Visits every state of the model of convert and says what it found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.faults.click_model.rules import COLLEAGUE, World
from tests.faults.click_model.state import State, told_to
from tests.faults.click_model.table import decision, value, writer
from tests.faults.click_model.tape import CLICKS, Break, as_built
from tests.faults.model.graph import visit
from tests.faults.world.embedded import embedded_table

ENDS = {"converted", "converted by others", "unknown", "refused", "too_late"}
"""What the last thing is that a person may be told of their click."""


@dataclass(frozen=True, slots=True)
class Explored:
    """What was found, and the shortest way to what should not be."""

    states: int
    steps: int
    most_calls: int
    """Of one click."""
    most_conversions: int
    overlaps: bool
    """Two calls were under way at once."""
    stuck: int
    """States from which nothing leads to quiet."""
    untold: int
    """Quiet states in which somebody has not heard what became of their click, or a message does not show it, or it is not so."""
    way: tuple[str, ...]
    complaint: str

    @property
    def is_good(self) -> bool:
        """Return whether the product keeps its promise."""
        return not self.complaint


def explore(budgets: Mapping[str, int], design: Break = as_built, *, until_wrong: bool = False) -> Explored:
    """Visit every state; `until_wrong` stops at the first one that should not be."""
    with embedded_table() as table:
        world = World(writer(table()), design)
        graph = visit(State(**budgets), world.steps, until=lambda s: until_wrong and bool(complaint(s)))
    states = graph.came_from
    stuck = () if until_wrong else graph.not_leading_to(state for state in states if is_quiet(state))
    wrong = next((state for state in states if complaint(state)), stuck[0] if stuck else None)
    return Explored(
        len(states),
        graph.steps,
        max(_most_calls(state) for state in states),
        max(len(state.converted) for state in states),
        any(state.overlaps for state in states),
        len(stuck),
        sum(bool(list(_untold(state))) for state in states if is_quiet(state)),
        graph.way_to(wrong),
        (complaint(wrong) or "stuck") if wrong else "",
    )


def is_quiet(state: State) -> bool:
    """Return whether nothing is left to be done."""
    is_called = value(state.conversion, "state") == "CALLED"
    return not (state.workers or state.queue or state.dead or state.in_flight or is_called)


def complaint(state: State) -> str:
    """Say what must not be in a state; empty when all is well."""
    if _most_calls(state) > 1:
        return f"calls {state.calls}"
    if len(state.converted) > 1 or state.overlaps:
        return f"conversions {state.converted}, overlapping: {state.overlaps}"
    return next(_untold(state), "") if is_quiet(state) else ""


def _most_calls(state: State) -> int:
    return max(Counter(state.calls).values(), default=0)


def _untold(state: State) -> Iterator[str]:
    """Name what people do not hear, or hear wrong, when all is quiet."""
    winner = state.converted[-1] if state.converted else ""
    for click in CLICKS:
        heard = told_to(state, click)
        if not heard or heard[-1] not in ENDS:
            yield f"{click} was told {heard}"
        elif (click == winner) != (heard[-1] == "converted") or (heard[-1] == "converted by others" and not winner):
            yield f"{click} was told {heard}, and {winner or 'nobody'} converted the lead"
    shown = decision(state.lead)
    expected = {f"converted {winner}"} if winner in CLICKS else {"", "unclear A", "unclear B"}
    if shown not in expected or not state.is_shown:
        yield f"the message shows {shown or 'nothing'}, and {winner or 'nobody'} converted the lead"
    if len(state.events) != bool(winner) and winner != COLLEAGUE:
        yield f"events {state.events}"
