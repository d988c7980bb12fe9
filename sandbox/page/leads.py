"""Where each lead of the page is on its way, as the steps say that were recorded."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, replace
from typing import Literal

from sandbox.watch import Step, Watch

State = Literal["new", "queued", "waits", "checked", "posted", "converted"]
WORDS: dict[State, str] = {
    "new": "not sent yet",
    "queued": "on its way",
    "waits": "waits: will be tried again",
    "checked": "checked",
    "posted": "in Slack",
    "converted": "converted",
}
STEPS_SHOWN = 80
ACCEPTED, LAST_GOOD = 202, 299


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a lead has come, and how many steps were recorded of it."""

    state: State = "new"
    steps: int = 0


class Leads:
    """Keeps the progress of every lead current; safe to use from several threads."""

    def __init__(self, watch: Watch) -> None:
        self._watch, self._lock = watch, threading.Lock()
        self.last_step = 0
        """The number of the last step that was read."""
        self.latest: deque[Step] = deque(maxlen=STEPS_SHOWN)
        """What the list of all that happens shows, the oldest first."""
        self._progress: dict[str, Progress] = {}
        self.version = 0
        """Grows with every change."""

    def catch_up(self) -> None:
        """Read the steps that were recorded since the last time."""
        with self._lock:
            for step in self._watch.since(self.last_step):
                self.last_step = step.number
                for lead_id in step.lead_ids:
                    before = self._progress.get(lead_id, Progress())
                    self._progress[lead_id] = replace(before, state=_after(step, before.state), steps=before.steps + 1)
                    self.version += 1
                if (
                    step.lead_ids or step.party != "aws"
                ):  # else it is the sweep's, which looks at everything again and again
                    self.latest.append(step)

    def of(self, lead_id: str) -> Progress:
        """Return how far a lead has come."""
        with self._lock:
            return self._progress.get(lead_id, Progress())


def _after(step: Step, state: State) -> State:
    """Return the state of a lead after a step about it."""
    is_good = not step.error and step.status is not None and step.status <= LAST_GOOD
    match step.party, step.name:
        case "webhook", _:
            return "queued" if step.status == ACCEPTED else state
        case "function", "check":
            return "waits" if step.error else "checked"
        case "zoho", name if "convert" in name and is_good and "options" not in name:
            return "converted"
        case "slack", "chat.postMessage" | "chat.update" if is_good and state != "converted":
            return "posted"
    return state
