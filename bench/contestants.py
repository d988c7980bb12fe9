"""Who does a lead's work here: leadmatch, the floor and the plain app, each with its functions in processes of its own."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from bench.cpu import WHOLE_CPU_MB, cpu_seconds, share
from bench.lambda_runtime import DeployedFunction
from bench.packages import Unpacked
from bench.world import Stage, World
from sandbox.callers import json_call
from sandbox.local_api import proxy_event
from sandbox.system import WEBHOOK_KEY

Calls = Counter[str]


@dataclass(frozen=True, slots=True)
class Step:
    """A function by its handler, and the queue from which it gets its event; the first one gets a webhook call."""

    handler: str
    queue: str = ""


LEADMATCH = {
    "receive": Step("app.app"),
    "check": Step("app.check", "InboxQueueUrl"),
    "notify": Step("app.notify", "SlackQueueUrl"),
}
FLOOR = {
    "receive": Step("floor.receive"),
    "check": Step("floor.check", "InboxQueueUrl"),
    "notify": Step("floor.notify", "SlackQueueUrl"),
}
LIBRARIES = {name: Step(step.handler.replace("floor", "libraries"), step.queue) for name, step in FLOOR.items()}
PLAIN = {"receive": Step("app.app"), "match": Step("app.match", "InboxQueueUrl")}
"""The plain app has two functions: what reads Zoho also posts to Slack."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one step of one lead took; `wall` ends with the answer, `to_outcome` with the message in Slack if that is the step's work.

    `waited` is how long the stand-ins worked on answers meanwhile.
    """

    cpu: float
    wall: float
    to_outcome: float
    waited: float
    calls: Calls


class WrongWorkError(Exception):
    """A contestant did not do what the others did, so its figures mean nothing."""


class Contestant(ABC):
    """Functions at work on a stage of their own."""

    def __init__(self, name: str, steps: Mapping[str, Step], stage: Stage) -> None:
        self.name, self.steps, self._stage = name, steps, stage

    def handle(self, world: World, lead_id: str) -> dict[str, Cost]:
        """Take one lead from the webhook's call to Slack; raise `WrongWorkError` unless both outputs have it."""
        costs, messages = {}, world.messages()
        for name, step in self.steps.items():
            event = world.take(self._stage.outputs[step.queue]) if step.queue else webhook_event(lead_id)
            answer, costs[name] = self.measure(world, step, event)
            if not step.queue and answer["statusCode"] != 202:  # noqa: PLR2004 - the contract's
                raise WrongWorkError(f"{self.name} answered {answer} to the webhook.")
        if lead_id not in world.take(self._stage.outputs["MatchesQueueUrl"])["Records"][0]["body"]:
            raise WrongWorkError(f"{self.name} published no match event of the lead.")
        if world.messages() != messages + 1:
            raise WrongWorkError(f"{self.name} posted {world.messages() - messages} messages of the lead.")
        return costs

    def measure(self, world: World, step: Step, event: dict[str, Any]) -> tuple[Any, Cost]:
        """Let a step take its event; return its answer and what it took."""
        calls, began = world.calls(), time.time()
        answer, cpu, ended = self._call(step, event)
        made = world.calls() - calls
        posted = world.last_post_at if any(name.startswith("slack") for name in made) else ended
        return answer, Cost(cpu, ended - began, posted - began, world.spans.seconds(began, posted), made)

    @abstractmethod
    def _call(self, step: Step, event: dict[str, Any]) -> tuple[Any, float, float]:
        """Call a step's function; return its answer, the CPU that this took, and when the answer was there."""


class WarmContestant(Contestant):
    """Its functions are running and have answered before."""

    def __init__(
        self, name: str, steps: Mapping[str, Step], stage: Stage, functions: Mapping[Step, DeployedFunction]
    ) -> None:
        super().__init__(name, steps, stage)
        self._functions = functions

    def _call(self, step: Step, event: dict[str, Any]) -> tuple[Any, float, float]:
        """Measure the CPU until the function waits for its next call."""
        function = self._functions[step]
        used = cpu_seconds(function.pid)
        answer = function(event)
        ended = time.time()
        function.rest()
        return answer, cpu_seconds(function.pid) - used, ended


class ColdContestant(Contestant):
    """Each call starts a process, with the share of a CPU that comes with so much memory."""

    def __init__(self, name: str, steps: Mapping[str, Step], stage: Stage, unpacked: Unpacked, memory_mb: int) -> None:
        super().__init__(name, steps, stage)
        self._unpacked, self._memory_mb = unpacked, memory_mb

    def _call(self, step: Step, event: dict[str, Any]) -> tuple[Any, float, float]:
        """Measure from the start of the process to the answer."""
        with (
            share(self._memory_mb) as before,
            self._unpacked.function(step.handler, self._stage.variables, before=before) as function,
        ):
            answer = function(event)
            return answer, cpu_seconds(function.pid), time.time()


def webhook_event(lead_id: str) -> dict[str, Any]:
    """Return the event of a webhook call."""
    return proxy_event(json_call(lead_id, WEBHOOK_KEY), "/zoho/leads")


@contextmanager
def warm(
    world: World, name: str, steps: Mapping[str, Step], unpacked: Unpacked, *, memory_mb: int = WHOLE_CPU_MB
) -> Iterator[WarmContestant]:
    """Start a contestant's functions for the length of a block, each with its share of a CPU."""
    stage = world.stage(f"bench-{name}")
    with ExitStack() as opening:
        functions = {}
        for step in steps.values():
            before = opening.enter_context(share(memory_mb))
            function = unpacked.function(step.handler, stage.variables, before=before)
            functions[step] = opening.enter_context(function)
        yield WarmContestant(name, steps, stage, functions)


def cold(world: World, name: str, steps: Mapping[str, Step], unpacked: Unpacked, *, memory_mb: int) -> ColdContestant:
    """Return a contestant that starts its functions anew for each lead."""
    return ColdContestant(name, steps, world.stage(f"bench-{name}"), unpacked, memory_mb)
