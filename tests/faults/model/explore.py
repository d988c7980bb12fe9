"""Visits every state of the model and says what it found."""

from __future__ import annotations

from dataclasses import dataclass

from tests.faults.model.graph import visit
from tests.faults.model.rules import steps
from tests.faults.model.state import Design, State, is_quiet


@dataclass(frozen=True, slots=True)
class Explored:
    """What was found: how many states and steps, the most posts, and states that should not be."""

    states: int
    steps: int
    most_posts: int
    lost: tuple[State, ...]
    """Quiet, and yet something was not told."""
    stuck: tuple[State, ...]
    """From here nothing leads to quiet any more."""
    doubled: tuple[str, ...]
    """The shortest way to a second post."""

    @property
    def is_good(self) -> bool:
        """Return whether the design holds."""
        return self.most_posts == 1 and not self.lost and not self.stuck


def explore(design: Design, *, until_doubled: bool = False) -> Explored:
    """Visit every state that can come about; `until_doubled` stops at a second post."""
    graph = visit(State(), lambda state: steps(state, design), until=lambda state: until_doubled and state.posts > 1)
    states = graph.came_from
    quiet = [state for state in states if is_quiet(state)]
    return Explored(
        states=len(states),
        steps=graph.steps,
        most_posts=max(state.posts for state in states),
        lost=tuple(s for s in quiet if not (s.posts and s.matches and s.shown and not s.posting)),
        stuck=graph.not_leading_to(quiet),
        doubled=graph.way_to(next((s for s in states if s.posts > 1), None)),
    )


DESIGNS = {
    "as built": Design(),
    "lease shorter than the kill": Design(lease_outlives_kill=False),
    "lease shorter than the call in flight": Design(lease_outlives_call=False),
    "lease shorter than the history's delay": Design(lease_outlives_listing=False),
    "what is not found at once counts as not posted": Design(waits_when_not_found=False),
    "nobody looks before the lease is over": Design(looks_first=False),
    "no read-back": Design(reads_back=False),
    "an HTTP client that repeats": Design(client_repeats=True),
    "failures that are swallowed": Design(failures_raise=False),
    "a lease that never ends": Design(lease_ends=False),
    "nobody takes up what made room": Design(sweeps=False),
}
