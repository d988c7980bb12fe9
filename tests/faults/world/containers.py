"""The processes of each function: a few live for a while and die, and most of their clocks are right."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.faults.world.workers import Container

if TYPE_CHECKING:
    from tests.faults.world.world import World

MOST_FREE = 2
"""How many processes of a function rest until they are needed."""
CLOCK_ERRORS = (5.0, 60.0, 600.0, 2 * 3600.0, 5 * 3600.0)


class Containers:
    """Gives each call a process that is free; `wrong_clocks` is the share of new processes whose clock is wrong, `mortality` how
    often one ends that did nothing wrong.
    """

    def __init__(self, world: World, dice: random.Random) -> None:
        self._world, self._dice = world, dice
        self.wrong_clocks = self.mortality = 0.0
        self.next_errors: list[timedelta] = []
        """By how much the clocks of the next processes are wrong, before any is drawn."""
        self._free: dict[str, list[Container]] = {}

    def take(self, name: str) -> Container:
        """Return a process of a function, which works for nobody else until it is given back."""
        free = self._free.setdefault(name, [])
        if free and self._dice.random() < self.mortality:
            free.pop()
        if free and not self.next_errors:
            return free.pop(self._dice.randrange(len(free)))
        return Container(self._world, name, clock_error=self._error())

    def give_back(self, container: Container) -> None:
        """Keep a process that lives."""
        free = self._free.setdefault(container.name, [])
        if len(free) < MOST_FREE:
            free.append(container)

    def end_all(self) -> None:
        """Let every process that rests end, as a deploy does."""
        self._free.clear()

    def _error(self) -> timedelta:
        if self.next_errors:
            return self.next_errors.pop(0)
        if self._dice.random() >= self.wrong_clocks:
            return timedelta(0)
        return timedelta(seconds=self._dice.choice(CLOCK_ERRORS) * self._dice.choice((-1, 1)))
