"""What may happen to a call: it fails before, its answer is lost, it is given up and lands late, its caller dies around it, another runs in between."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from collections.abc import Callable
from enum import Enum, auto
from typing import TypeVar

from tests.faults.world.clock import Clock

Answer = TypeVar("Answer")
LATE_SECONDS = 20.0
"""A call whose worker was killed, or gave it up, lands within this time; the lease leaves it `IN_FLIGHT_SECONDS`, which is longer."""
LANDS = 0.7
"""How many of the calls that were given up land after all."""


class Killed(BaseException):
    """The worker's process ends here."""


class Fate(Enum):
    """What becomes of one call."""

    GOOD = auto()
    FAILS_BEFORE = auto()
    ANSWER_LOST = auto()
    GIVEN_UP = auto()
    """Its caller lives and gives it up while it is under way: it lands later, or never."""
    KILLED_BEFORE = auto()
    KILLED_AFTER = auto()
    KILLED_IN_FLIGHT = auto()
    OVERTAKEN = auto()


class Chaos:
    """Draws a fate for every call; `rate` is the share of calls that something happens to."""

    def __init__(self, clock: Clock, dice: random.Random, *, rate: float) -> None:
        self._clock, self._dice, self.rate = clock, dice, rate
        self.planned: list[Fate] = []
        """Fates of the next calls, before any is drawn."""
        self.planned_at: dict[str, Fate] = {}
        """The fate of the next call of a name, before any is drawn."""
        self.overtake: Callable[[], None] = lambda: None
        """Lets another worker run in the middle of this one's call."""
        self.happened: Counter[str] = Counter()
        self.down: set[str] = set()
        """Parties that answer nobody, by the first word of their calls' names."""

    def call(
        self,
        where: str,
        effect: Callable[[], Answer],
        *,
        fails: Callable[[], Exception],
        lost: Callable[[], Exception] | None = None,
    ) -> Answer:
        """Carry out a call as its fate is; `lost` is the error when it took effect and the answer did not come."""
        if where.partition(".")[0] in self.down:
            raise fails()
        fate = self.planned_at.pop(where, None) or self._fate()
        if fate is not Fate.GOOD:
            self.happened[f"{where} {fate.name.lower()}"] += 1
        if fate is Fate.FAILS_BEFORE:
            raise fails()
        if fate is Fate.KILLED_IN_FLIGHT or (fate is Fate.GIVEN_UP and self._dice.random() < LANDS):
            self._clock.later(self._dice.uniform(0, LATE_SECONDS), lambda: _swallowed(effect))
        if fate in (Fate.KILLED_BEFORE, Fate.KILLED_IN_FLIGHT):
            raise Killed
        if fate is Fate.GIVEN_UP:
            raise (lost or fails)()
        if fate is Fate.OVERTAKEN:
            self.overtake()
        answer = effect()
        if fate is Fate.ANSWER_LOST:
            raise (lost or fails)()
        if fate is Fate.KILLED_AFTER:
            raise Killed
        return answer

    def draw(self) -> bool:
        """Return whether something else goes wrong here."""
        return self._dice.random() < self.rate

    def _fate(self) -> Fate:
        if self.planned:
            return self.planned.pop(0)
        return self._dice.choice(list(Fate)[1:]) if self.draw() else Fate.GOOD


def _swallowed(effect: Callable[[], object]) -> None:
    """Carry out a call whose caller is gone: nobody hears whether it failed."""
    with contextlib.suppress(Exception):
        effect()
