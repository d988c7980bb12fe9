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
    ends: int = 0
    """Crashes, and calls of AWS that fail: either way the message comes again."""
    unclear: int = 0
    """Answers that get lost: Zoho's to a conversion, or DynamoDB's to a write, which the client then makes again."""
    refusals: int = 0
    """Times that Zoho refuses, or does not say how the lead is."""
    repeats: int = 0
    """Messages that SQS gives out again while a worker has them, or before they are to come."""
    wrong_clocks: int = 0
    colleagues: int = 0
    """People who convert the lead in Zoho."""
    deaths: int = 0
    """Messages that SQS moves to the dead letters."""


def told_to(state: State, click_id: str) -> list[str]:
    """Return what the person of a click was told, in order."""
    return [word.partition(" ")[2] for word in state.told if word.partition(" ")[0] == click_id]


def read_back(body: str) -> Letter:
    """Return the sweep's message for a click."""
    return Letter(body, f"m{json.loads(body)['click_id']}/read_back")


Budgets = Mapping[str, int]
SMALL: Mapping[str, Budgets] = {
    "a crash": {"ends": 1},
    "a lost answer": {"unclear": 1},
    "a refusal": {"refusals": 1},
    "a repeat": {"repeats": 1},
    "a crash and a wrong clock": {"ends": 1, "wrong_clocks": 1},
    "a crash and a message that dies": {"ends": 1, "deaths": 1},
    "a crash and a repeat": {"ends": 1, "repeats": 1},
    "a lost answer and a repeat": {"unclear": 1, "repeats": 1},
}
"""What may go wrong at the most in the searches that take seconds."""
WHOLE: Mapping[str, Budgets] = {
    "two crashes, a repeat": {"ends": 2, "repeats": 1},
    "two crashes, a lost answer, a refusal": {"ends": 2, "unclear": 1, "refusals": 1},
    "two crashes, a message that dies": {"ends": 2, "deaths": 1, "unclear": 1},
    "two crashes, a wrong clock": {"ends": 2, "wrong_clocks": 1, "unclear": 1},
    "two lost answers, a repeat": {"unclear": 2, "repeats": 1},
    "a crash, a lost answer, a repeat": {"ends": 1, "unclear": 1, "repeats": 1},
    "a lost answer, two repeats": {"unclear": 1, "repeats": 2},
    "a crash, a repeat, a wrong clock": {"ends": 1, "repeats": 1, "wrong_clocks": 1},
    "a lost answer, a repeat, somebody converts in Zoho": {"colleagues": 1, "repeats": 1, "unclear": 1},
    "a crash, a lost answer, somebody converts in Zoho": {"colleagues": 1, "ends": 1, "unclear": 1, "refusals": 1},
    "a repeat, a message that dies": {"deaths": 1, "repeats": 1, "unclear": 1},
}
"""The whole: all at once has more states than a machine holds."""
