"""Brings work to a stage's functions until none is left, as Zoho and SQS do: what fails comes again."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sandbox.aws import REGION
from sandbox.callers import Call
from tests.faults.functions import Functions, Product, Received
from tests.faults.proxy import FaultProxy, Plan
from tests.faults.stage import PROVISIONING, QUEUES, VISIBILITY_SECONDS, Stage
from tests.faults.steps import Delivery

LOOK_SECONDS = 0.02
WEBHOOK_CALLS = 5


class Deliveries:
    """The queues' pollers and Zoho's rule of one stage; it tells the proxy what happens to a call's worker."""

    def __init__(self, stage: Stage, log: Path, product: Product) -> None:
        self._stage = stage
        self.proxy = FaultProxy(stage.name, stage.upstreams(), self)
        self.functions = Functions(stage, log, product, url=self.proxy.url)
        self._receipts: dict[str, str] = {}
        self.kill, self.await_next = self.functions.kill, self.functions.await_next
        self.await_quiet = self.functions.await_quiet
        with PROVISIONING:
            self._pollers = {function: self._poller(function) for function in QUEUES}

    def __enter__(self) -> Self:
        self.proxy.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.proxy.__exit__(kind, error, trace)
        for poller in self._pollers.values():
            poller.close()

    def plan(self, *plans: Plan) -> None:
        """Count invocations and calls from here, and let these faults happen."""
        self.functions.forget()
        self._receipts.clear()
        self.proxy.plan(*plans)

    def call_webhook(self, call: Call) -> None:
        """Call until it says 202, as the sweep over Zoho's list of failed webhooks does."""
        for _ in range(WEBHOOK_CALLS):
            answer = self.functions.invoke("receive", call)
            if answer and answer.status == 202:
                return

    def accepted(self) -> set[str]:
        """Return the event ids that the webhook has said are accepted."""
        answers = [answer for answer in self.functions.answers.values() if answer and answer.status == 202]
        return {str(lead["event_id"]) for answer in answers for lead in json.loads(answer.body)["accepted"]}

    def calls(self) -> int:
        """Count the webhook's calls, the refused and the killed ones too."""
        return sum(delivery.function == "receive" for delivery in self.functions.work)

    def deliver_until_quiet(self, *, seconds: float) -> bool:
        """Deliver messages until none is left and no call is under way; tell whether that was so in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            delivered = [self._deliver_next(function) for function in QUEUES]
            if any(delivered):
                continue
            if not any(self._stage.left(function) for function in QUEUES):
                if self.proxy.busy == 0:
                    return True
                self._let_late_calls_go(deadline)
            time.sleep(LOOK_SECONDS)
        return False

    def deliver_again(self, delivery: Delivery) -> None:
        """Deliver an invocation's work to another one, as SQS does when the visibility time-out runs out under a worker."""
        todo = self.functions.work[delivery]
        if isinstance(todo, Call):
            self.functions.invoke(delivery.function, todo)
            return
        handle = todo.message["ReceiptHandle"]
        self._stage.sqs.change_message_visibility(QueueUrl=todo.url, ReceiptHandle=handle, VisibilityTimeout=0)
        self._deliver(delivery.function, self._stage.sqs)

    def _let_late_calls_go(self, deadline: float) -> None:
        """Let the calls arrive that were held back until all is quiet; what they set off is delivered then."""
        self.functions.say_quiet(quiet=True)
        while self.proxy.busy and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
        self.functions.say_quiet(quiet=False)

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
            answer = self.functions.invoke(function, Received(message, url))
            if answer and answer.raised == "token_awaited":
                self._bring_back(message, url)
            # A receipt handle is good until the message is received anew: FIFO queues refuse an older one.
            if answer and not answer.raised and self._receipts[message["MessageId"]] == message["ReceiptHandle"]:
                _delete(poller, url, message)
        return bool(found.get("Messages"))

    def _bring_back(self, message: Mapping[str, Any], url: str) -> None:
        """Show a lead again as soon as a message that was not put off; nobody here has the product's five seconds."""
        handle, seconds = message["ReceiptHandle"], int(VISIBILITY_SECONDS)
        self._stage.sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=seconds)

    def _poller(self, function: str) -> Any:
        """Return the client with which Lambda itself receives and deletes; its calls go through the proxy too."""
        return boto3.client(
            "sqs",
            endpoint_url=self.proxy.url(Delivery(f"poll-{function}", 1), "aws"),
            region_name=REGION,
            aws_access_key_id="LAMBDA",
            aws_secret_access_key="sandbox",
            config=Config(retries={"total_max_attempts": 1}),
        )


def _delete(poller: Any, url: str, message: Mapping[str, Any]) -> None:
    try:
        poller.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    except (BotoCoreError, ClientError):
        return  # it comes back when its visibility time-out is over
