"""Names the I/O calls of a run, so that a clean run says which there are and a later one finds them again."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.aws import read_call

RECORD_ID = re.compile(r"\d{6,}")


@dataclass(frozen=True, slots=True, order=True)
class Delivery:
    """One invocation of a function: the first, the second, and so on."""

    function: str
    attempt: int


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One I/O call: who makes it, what is asked of whom, and which of an invocation's equal calls it is."""

    function: str
    call: str
    number: int

    def __str__(self) -> str:
        return f"{self.function}: {self.call}{f' #{self.number}' if self.number > 1 else ''}"


@dataclass(frozen=True, slots=True)
class Request:
    """What a function sends: to which of the three services, and what."""

    service: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def invocation(self) -> str:
        """Tell an AWS call's repeats from a new call; empty where no client repeats anything."""
        return self.headers.get("amz-sdk-invocation-id", "")

    def name(self, stage: str) -> str:
        """Return the call without what differs from run to run."""
        if self.service != "aws":
            return f"{self.service} {self.method} {RECORD_ID.sub('{id}', self.path.partition('?')[0])}"
        call = read_call(self.headers["X-Amz-Target"], json.loads(self.body))
        return f"{call.action} {re.sub(rf'^leadmatch[-/]{stage}[-/]', '', call.resource)}"


class Numbering:
    """Numbers the equal calls of each invocation; an AWS call's repeats keep its number."""

    def __init__(self, stage: str) -> None:
        self._stage = stage
        self._made: Counter[tuple[Delivery, str]] = Counter()
        self._known: dict[str, Step] = {}

    def step(self, delivery: Delivery, request: Request) -> Step:
        """Return the call's step."""
        if request.invocation in self._known:
            return self._known[request.invocation]
        name = request.name(self._stage)
        self._made[delivery, name] += 1
        step = Step(delivery.function, name, self._made[delivery, name])
        if request.invocation:
            self._known[request.invocation] = step
        return step
