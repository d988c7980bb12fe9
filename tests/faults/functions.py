"""Runs a stage's functions, each invocation in a process of its own, as Lambda does."""

from __future__ import annotations

import multiprocessing
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sandbox.callers import Call
from sandbox.pump import lambda_record
from tests.faults.stage import Stage
from tests.faults.steps import Delivery
from tests.faults.worker import Answer, Job, Times, work

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.faults.worker"])
GIVE_UP_SECONDS = 120.0
"""Longer than a whole run may take."""
SHORT = Times()


@dataclass(frozen=True, slots=True)
class Product:
    """The product under test: its times, how it is broken, if it is, and whether it talks to Zoho and Slack directly."""

    times: Times = SHORT
    broken: str = ""
    direct: bool = False


AS_BUILT = Product()


@dataclass(frozen=True, slots=True)
class Received:
    """A message of a queue, as it was received."""

    message: Mapping[str, Any]
    url: str


Work = Call | Received


class Functions:
    """The functions of one stage; `url` gives the address under which an invocation finds a service."""

    def __init__(self, stage: Stage, log: Path, product: Product, *, url: Callable[[Delivery, str], str]) -> None:
        self._stage, self._log, self._product, self._url = stage, log, product, url
        self._changed = threading.Condition()
        self._running: dict[Delivery, BaseProcess] = {}
        self.forget()

    def forget(self) -> None:
        """Count invocations from here."""
        self._attempts: Counter[str] = Counter()
        self._ended: Counter[str] = Counter()
        self._running.clear()
        self._quiet = False
        self.work: dict[Delivery, Work] = {}
        """What each invocation was to do."""
        self.answers: dict[Delivery, Answer | None] = {}
        """What came of each invocation that has ended; None for a killed one."""

    def invoke(self, function: str, todo: Work) -> Answer | None:
        """Run one invocation to its end; None when its process was killed."""
        with self._changed:
            self._attempts[function] += 1
            delivery = Delivery(function, self._attempts[function])
            self.work[delivery] = todo
        answer = self._run(delivery, self._job(delivery, todo))
        with self._changed:
            self.answers[delivery] = answer
            self._ended[function] = max(self._ended[function], delivery.attempt)
            self._changed.notify_all()
        return answer

    def kill(self, delivery: Delivery) -> None:
        """End an invocation's process by SIGKILL."""
        with self._changed:
            assert self._changed.wait_for(lambda: delivery in self._running, timeout=GIVE_UP_SECONDS)
            process = self._running[delivery]
        process.kill()
        process.join()

    def await_next(self, delivery: Delivery) -> None:
        """Wait until a later invocation of the function has ended, while a call may be in flight, or all is quiet."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._quiet or self._ended[delivery.function] > delivery.attempt,
                timeout=self._product.times.in_flight_seconds,
            )

    def await_quiet(self) -> None:
        """Wait until nothing is left to be done but what waits for that."""
        with self._changed:
            self._changed.wait_for(lambda: self._quiet, timeout=GIVE_UP_SECONDS)

    def say_quiet(self, *, quiet: bool) -> None:
        """Say whether nothing is left to be done."""
        with self._changed:
            self._quiet = quiet
            self._changed.notify_all()

    def _run(self, delivery: Delivery, job: Job) -> Answer | None:
        receiving, sending = FORKS.Pipe(duplex=False)
        process = FORKS.Process(target=work, args=(job, sending), daemon=True)
        process.start()
        sending.close()
        with self._changed:
            self._running[delivery] = process
            self._changed.notify_all()
        with receiving:
            if not receiving.poll(self._product.times.kill_seconds):
                process.kill()
            answer = _received(receiving)
        process.join()
        return answer

    def _job(self, delivery: Delivery, todo: Work) -> Job:
        upstreams = self._stage.upstreams()
        services = {service: self._url(delivery, service) for service in upstreams}
        if self._product.direct:
            services = upstreams | {"aws": services["aws"]}
        event = todo if isinstance(todo, Call) else _event(todo)
        environ = self._stage.environ(services)
        return Job(delivery.function, event, environ, self._log, self._product.times, self._product.broken)


def _event(received: Received) -> dict[str, Any]:
    return {"Records": [lambda_record(received.message, received.url.rpartition("/")[2])]}


def _received(receiving: Connection) -> Answer | None:
    try:
        answer: Answer = receiving.recv()
    except EOFError:
        return None
    return answer
