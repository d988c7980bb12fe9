"""What the model knows of the world: one lead, two clicks, two workers, and how much may still go wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from chalicelib.conversion import Click
from tests.faults.click_model.table import first_lead
from tests.faults.click_model.tape import CLICKS, Job


class Letter(NamedTuple):
    """A message of convert's queue."""

    body: str
    message_id: str

    @property
    def click(self) -> Click:
        """What stands in it."""
        return Click.from_json(self.body)


class Worker(NamedTuple):
    """A process: what it does and what it was answered; `calls` says that its call to convert is under way."""

    job: Job
    answers: tuple[str, ...] = ()
    calls: bool = False
    stale: bool = False
    """Its message was given out again, so that its receipt handle deletes nothing any more."""


class State(NamedTuple):
    """Everything that outlives a process, the workers, and how much may still go wrong."""

    workers: tuple[Worker, ...] = ()
    conversion: str = ""
    lead: str = first_lead()
    queue: tuple[Letter, ...] = tuple(Letter(click.to_json(), f"m{name}") for name, click in CLICKS.items())
    waits: bool = False
    """The first message is put off until the last read is due."""
    dead: tuple[Letter, ...] = ()
    converted: tuple[str, ...] = ()
    """By whom the lead was converted in Zoho, each time."""
    in_flight: tuple[str, ...] = ()
    """Calls that nobody waits for and Zoho has not carried out yet."""
    calls: tuple[str, ...] = ()
    """The clicks that Zoho was called for, each time."""
    overlaps: bool = False
    is_late: bool = False
    """The last read is due: nothing of the call before is under way any more."""
    told: tuple[str, ...] = ()
    """What was said, to whom, in its order; SQS drops what was said before."""
    is_shown: bool = True
    """The message shows the lead's last decision, or will: a notice is on its way."""
    events: tuple[str, ...] = ()
    ends: int = 2
    """Crashes, and calls of AWS that fail: either way the message comes again."""
    unclear: int = 1
    refusals: int = 1
    repeats: int = 1
    wrong_clocks: int = 1
    colleagues: int = 0
    deaths: int = 0
    """Messages that SQS moves to the dead letters."""


def told_to(state: State, click_id: str) -> list[str]:
    """Return what the person of a click was told, in order."""
    return [word.partition(" ")[2] for word in state.told if word.partition(" ")[0] == click_id]


def read_back(body: str) -> Letter:
    """Return the sweep's message for a click."""
    return Letter(body, f"m{json.loads(body)['click_id']}/read_back")


BUDGETS: Mapping[str, Mapping[str, int]] = {
    "nothing goes wrong": {"ends": 0, "unclear": 0, "refusals": 0, "repeats": 0, "wrong_clocks": 0},
    "two crashes, a lost answer, a repeat, a wrong clock": {},
    "two repeats": {"repeats": 2, "ends": 1},
    "somebody converts in Zoho": {"colleagues": 1, "wrong_clocks": 0},
    "two lost answers": {"unclear": 2, "ends": 1, "wrong_clocks": 0},
    "the queue gives a message up": {"deaths": 1, "ends": 1, "repeats": 0},
}
"""What may go wrong at the most in each search; all at once has too many states."""
