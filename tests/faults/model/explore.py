"""Visits every state of the model and says what it found."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

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
    """Visit every state that can come about, breadth first; `until_doubled` stops at a second post."""
    start = State()
    came_from: dict[State, tuple[State, str] | None] = {start: None}
    before: dict[State, list[State]] = {start: []}
    waiting, count = deque([start]), 0
    while waiting:
        state = waiting.popleft()
        for word, after in steps(state, design):
            count += 1
            if after not in came_from:
                came_from[after] = (state, word)
                before[after] = []
                waiting.append(after)
                if until_doubled and after.posts > 1:
                    waiting.clear()
            before[after].append(state)
    quiet = [state for state in came_from if is_quiet(state)]
    return Explored(
        states=len(came_from),
        steps=count,
        most_posts=max(state.posts for state in came_from),
        lost=tuple(s for s in quiet if not (s.posts and s.matches and s.shown and not s.posting)),
        stuck=_not_leading_to(quiet, before),
        doubled=_way_to(next((s for s in came_from if s.posts > 1), None), came_from),
    )


def _not_leading_to(quiet: list[State], before: dict[State, list[State]]) -> tuple[State, ...]:
    leading, waiting = set(quiet), list(quiet)
    while waiting:
        for state in before[waiting.pop()]:
            if state not in leading:
                leading.add(state)
                waiting.append(state)
    return tuple(state for state in before if state not in leading)


def _way_to(state: State | None, came_from: dict[State, tuple[State, str] | None]) -> tuple[str, ...]:
    words: list[str] = []
    while state is not None and (step := came_from[state]):
        state, word = step
        words.append(word)
    return tuple(reversed(words))


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
