"""Runs a stage's functions, each invocation in a process of its own, and delivers its queues' messages, as AWS does."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sandbox.callers import Call
from sandbox.pump import lambda_record
from tests.faults.proxy import FaultProxy, Plan, Record
from tests.faults.stage import PROVISIONING, QUEUES, Stage
from tests.faults.steps import Delivery
from tests.faults.worker import Answer, Job, Times, work

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.faults.worker"])
LOOK_SECONDS = 0.02
IN_FLIGHT_SECONDS = 3.0
"""The longest that a call is under way after its worker's end."""


@dataclass(frozen=True, slots=True)
class Product:
    """The product under test: its times, how it is broken, if it is, and whether it talks to Zoho and Slack directly."""

    times: Times = Times()
    broken: str = ""
    direct: bool = False


class Functions:
    """The functions of one stage; the proxy tells them what happens to a call's worker."""

    def __init__(self, stage: Stage, log: Path, product: Product) -> None:
        self._stage, self._log, self._product = stage, log, product
        self.proxy = FaultProxy(stage.name, stage.upstreams(), self)
        self._changed = threading.Condition()
        self._attempts: Counter[str] = Counter()
        self._ended: Counter[str] = Counter()
        self._running: dict[Delivery, BaseProcess] = {}
        self._work: dict[Delivery, tuple[Mapping[str, Any], str] | Call] = {}
        self._receipts: dict[str, str] = {}
        self._quiet = False
        with PROVISIONING:
            self._pollers = {function: self._poller(function) for function in QUEUES}

    def plan(self, *plans: Plan) -> None:
        """Count invocations and calls from here, and let these faults happen."""
        self._attempts.clear()
        self._ended.clear()
        self._receipts.clear()
        self.proxy.plan(*plans)

    @property
    def record(self) -> Record:
        """What went over the wire since."""
        return self.proxy.record

    def invocations(self, function: str) -> int:
        """Count a function's invocations since."""
        return self._attempts[function]

    def call_webhook(self, call: Call, *, times: int = 5) -> list[Answer]:
        """Call until it says 202, as the sweep over Zoho's list of failed webhooks does; give the answers."""
        answers: list[Answer] = []
        while len(answers) < times:
            answers.append(self._invoke("receive", call) or Answer(raised="killed"))
            if answers[-1].status == 202:
                break
        return answers

    def deliver_until_quiet(self, *, seconds: float, tick: Callable[[], None] = lambda: None) -> bool:
        """Deliver messages until none is left and no call is under way; tell whether that was so in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            tick()
            if any([self._deliver_next(function) for function in QUEUES]):
                continue
            if not any(self._stage.visible(function) + self._stage.hidden(function) for function in QUEUES):
                if self.proxy.busy == 0:
                    return True
                self._let_late_calls_go()
            time.sleep(LOOK_SECONDS)
        return False

    def kill(self, delivery: Delivery) -> None:
        """See `kinds.Workers`."""
        with self._changed:
            self._changed.wait_for(lambda: delivery in self._running)
            process = self._running[delivery]
        process.kill()
        process.join()

    def deliver_again(self, delivery: Delivery) -> None:
        """See `kinds.Workers`; the queue does it when the visibility time-out has run out under a worker."""
        work = self._work[delivery]
        if isinstance(work, Call):
            self._invoke(delivery.function, work)
            return
        message, url = work
        self._stage.sqs.change_message_visibility(
            QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
        )
        self._deliver(delivery.function, self._stage.sqs)

    def await_next(self, delivery: Delivery) -> None:
        """See `kinds.Workers`."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._quiet or self._ended[delivery.function] > delivery.attempt,
                timeout=IN_FLIGHT_SECONDS,
            )

    def await_quiet(self) -> None:
        """See `kinds.Workers`."""
        with self._changed:
            self._changed.wait_for(lambda: self._quiet)

    def _let_late_calls_go(self) -> None:
        with self._changed:
            self._quiet = True
            self._changed.notify_all()
        while self.proxy.busy:
            time.sleep(LOOK_SECONDS)
        self._quiet = False

    def _deliver_next(self, function: str) -> bool:
        return bool(self._stage.visible(function)) and self._deliver(function, self._pollers[function])

    def _deliver(self, function: str, poller: Any) -> bool:
        """Receive a message, give it to the function, and delete it when that returns."""
        url = self._stage.queue_url(function)
        try:
            found = poller.receive_message(QueueUrl=url, MaxNumberOfMessages=1, AttributeNames=["All"])
        except (BotoCoreError, ClientError):
            return True  # Lambda asks again
        for message in found.get("Messages", ()):
            self._receipts[message["MessageId"]] = message["ReceiptHandle"]
            answer = self._invoke(function, (message, url))
            # A receipt handle is good until the message is received anew: FIFO queues refuse an older one.
            if answer and not answer.raised and self._receipts[message["MessageId"]] == message["ReceiptHandle"]:
                self._delete(poller, url, message)
        return bool(found.get("Messages"))

    def _delete(self, poller: Any, url: str, message: Mapping[str, Any]) -> None:
        try:
            poller.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        except (BotoCoreError, ClientError):
            return  # it comes back when its visibility time-out is over

    def _invoke(self, function: str, work_: tuple[Mapping[str, Any], str] | Call) -> Answer | None:
        """Run one invocation; None when its process was killed."""
        with self._changed:
            self._attempts[function] += 1
            delivery = Delivery(function, self._attempts[function])
            self._work[delivery] = work_
        receiving, sending = FORKS.Pipe(duplex=False)
        process = FORKS.Process(target=work, args=(self._job(delivery, work_), sending), daemon=True)
        process.start()
        sending.close()
        with self._changed:
            self._running[delivery] = process
            self._changed.notify_all()
        answer = _answer(receiving, process, self._product.times.kill_seconds)
        with self._changed:
            self._ended[function] = max(self._ended[function], delivery.attempt)
            self._changed.notify_all()
        return answer

    def _job(self, delivery: Delivery, work_: tuple[Mapping[str, Any], str] | Call) -> Job:
        services = {service: self.proxy.url(delivery, service) for service in self._stage.upstreams()}
        if self._product.direct:
            services = self._stage.upstreams() | {"aws": services["aws"]}
        if not isinstance(work_, Call):
            message, url = work_
            event = {"Records": [lambda_record(message, url.rpartition("/")[2])]}
        return Job(
            delivery.function,
            work_ if isinstance(work_, Call) else event,
            self._stage.environ(services),
            self._log,
            self._product.times,
            self._product.broken,
        )

    def _poller(self, function: str) -> Any:
        """Give the client with which Lambda itself receives and deletes; its calls go through the proxy too."""
        environ = self._stage.parts.variables()
        return boto3.client(
            "sqs",
            endpoint_url=self.proxy.url(Delivery(f"poll-{function}", 1), "aws"),
            region_name=environ["AWS_REGION"],
            aws_access_key_id="LAMBDA",
            aws_secret_access_key="sandbox",
            config=Config(retries={"total_max_attempts": 1}),
        )


def _answer(receiving: Any, process: BaseProcess, kill_seconds: float) -> Answer | None:
    if not receiving.poll(kill_seconds):
        process.kill()
    try:
        answer: Answer | None = receiving.recv()
    except EOFError:
        answer = None
    receiving.close()
    process.join()
    return answer
