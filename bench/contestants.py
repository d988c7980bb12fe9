"""Who does a lead's work here: leadmatch, the floor and the plain app, each with its functions in processes of its own."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from bench.cpu import cpu_seconds
from bench.lambda_runtime import DeployedFunction
from bench.packages import ALTERNATIVES, Unpacked
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
PLAIN = {"receive": Step("app.app"), "match": Step("app.match", "InboxQueueUrl")}
"""The plain app has two functions: what reads Zoho also posts to Slack."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one step of one lead took."""

    cpu: float
    wall: float
    calls: Calls


class WrongWorkError(Exception):
    """A contestant did not do what the others did, so its figures mean nothing."""


class Contestant:
    """Functions at work on a stage of their own."""

    def __init__(
        self, name: str, steps: Mapping[str, Step], functions: Mapping[str, DeployedFunction], stage: Stage
    ) -> None:
        self.name, self._steps, self._functions, self._stage = name, steps, functions, stage

    def handle(self, world: World, lead_id: str) -> dict[str, Cost]:
        """Take one lead from the webhook's call to Slack; raise `WrongWorkError` unless both outputs have it."""
        costs, messages = {}, world.messages()
        for name, step in self._steps.items():
            event = world.take(self._stage.outputs[step.queue]) if step.queue else webhook_event(lead_id)
            before = world.calls()
            answer, cost = _measured(self._functions[name], event)
            costs[name] = Cost(*cost, world.calls() - before)
            if not step.queue and answer["statusCode"] != 202:  # noqa: PLR2004 - the contract's
                raise WrongWorkError(f"{self.name} answered {answer} to the webhook.")
        if lead_id not in world.take(self._stage.outputs["MatchesQueueUrl"])["Records"][0]["body"]:
            raise WrongWorkError(f"{self.name} published no match event of the lead.")
        if world.messages() != messages + 1:
            raise WrongWorkError(f"{self.name} posted {world.messages() - messages} messages of the lead.")
        return costs


def _measured(function: DeployedFunction, event: dict[str, Any]) -> tuple[Any, tuple[float, float]]:
    """Call a function; return its answer, its CPU until it waits for the next call, and the wall time of the answer."""
    began, used = time.perf_counter(), cpu_seconds(function.pid)
    answer = function(event)
    wall = time.perf_counter() - began
    function.rest()
    return answer, (cpu_seconds(function.pid) - used, wall)


def webhook_event(lead_id: str) -> dict[str, Any]:
    """Return the event of a webhook call."""
    return proxy_event(json_call(lead_id, WEBHOOK_KEY), "/zoho/leads")


@contextmanager
def contestants(world: World, ours: Unpacked, plain: Unpacked) -> Iterator[list[Contestant]]:
    """Start every contestant's functions for the length of a block."""
    floor = Unpacked(ALTERNATIVES, ours.runtime)
    known = {"leadmatch": (LEADMATCH, ours), "floor": (FLOOR, floor), "plain": (PLAIN, plain)}
    with ExitStack() as opening:
        found = []
        for name, (steps, unpacked) in known.items():
            stage = world.stage(f"bench-{name}")
            functions = {
                key: opening.enter_context(unpacked.function(step.handler, stage.variables))
                for key, step in steps.items()
            }
            found.append(Contestant(name, steps, functions, stage))
        yield found
