"""What Zoho can be told to do on the page, by the names of its switches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.zoho import faults
from sandbox.zoho.faults import Answer, Fault

OWN = "own"


@dataclass(frozen=True, slots=True)
class Switch:
    """One choice: what a person reads of it, and what Zoho then says; None where the answer is computed."""

    key: str
    about: str
    said: Answer | Fault | None = None


def _by_key(*switches: Switch) -> Mapping[str, Switch]:
    return {switch.key: switch for switch in switches}


READING = _by_key(
    Switch("works", "answers as usual"),
    Switch("down", "is down: HTTP 503", faults.SERVICE_UNAVAILABLE),
    Switch("gateway", "answers an HTML page: HTTP 502", faults.BAD_GATEWAY),
    Switch("reset", "breaks the connection off", Fault.RESET),
    Switch("half", "stops in the middle of its answer", Fault.HALF_ANSWER),
    Switch("throttle", "takes no more calls: HTTP 429", faults.TOO_MANY_REQUESTS),
    Switch("forbids", "forbids us to read leads: HTTP 403", faults.NO_PERMISSION),
    Switch("not_approved", "says that every lead awaits approval", faults.NOT_APPROVED),
    Switch("locked", "says that every lead is locked", faults.RECORD_LOCKED),
    Switch(OWN, "answers what you write below"),
)
CONVERTING = _by_key(
    Switch("works", "converts as usual"),
    Switch("lost", "converts, but its answer is lost", Fault.RESET_AFTER_EFFECT),
    Switch("reset", "breaks the connection off and converts nothing", Fault.RESET),
    Switch("fails", "fails: HTTP 500", faults.INTERNAL_ERROR),
    Switch("duplicate", "refuses a duplicate: HTTP 400", faults.DUPLICATE_DATA),
    Switch("forbids", "forbids us to convert: HTTP 403", faults.NO_PERMISSION),
)
