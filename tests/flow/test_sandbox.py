"""The sandbox itself: one after the other in a process, and a pump that nothing stops."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from sandbox.pump import Pump
from sandbox.system import Sandbox
from tests.waiting import PROGRAM_SECONDS, SECONDS, wait_for

TWO_SANDBOXES = """
import io
from chalicelib import timing
from chalicelib.wiring import clients
from sandbox.system import Sandbox
from tests.flow.leads import send, zylker_contact

for _ in range(2):
    with Sandbox(log=io.StringIO()) as sandbox:
        send(sandbox, zylker_contact(sandbox))
        print(timing.AWS_READ_SECONDS, clients.sqs().http.timeout.read_timeout)
"""


def test_a_second_sandbox_has_an_aws_of_its_own() -> None:
    """Its functions do not call the first one's, and wait for it longer than the product does."""
    program = [sys.executable, "-W", "ignore", "-c", TWO_SANDBOXES]
    done = subprocess.run(program, capture_output=True, text=True, check=False, timeout=PROGRAM_SECONDS)
    assert done.stdout.splitlines() == ["2 10", "2 10"], done.stderr


class SlowSqs:
    """A queue that does not answer at first, then gives one message, then none."""

    def __init__(self) -> None:
        self.asked = 0
        self.deleted = threading.Event()

    def receive_message(self, **_: Any) -> dict[str, Any]:
        """Answer as the class says."""
        self.asked += 1
        if self.asked == 1:
            raise ReadTimeoutError(endpoint_url="http://127.0.0.1")
        message = {"MessageId": "m", "ReceiptHandle": "r", "Body": "{}", "Attributes": {}, "MD5OfBody": ""}
        return {"Messages": [message]} if self.asked == 2 else {}

    def delete_message(self, **_: Any) -> None:
        """Hear that it was worked on."""
        self.deleted.set()


class Silent:
    """Queues that give nothing until they are told to."""

    def __init__(self) -> None:
        self.looks, self.gives = 0, False

    def message_count(self, _: str) -> int:
        """Return what is not asked for here."""
        return 0

    def would_give(self, _: str) -> bool:
        """Answer as the test wants it."""
        self.looks += 1
        return self.gives


def test_the_pump_asks_nothing_of_sqs_while_a_look_shows_no_message() -> None:
    """A request costs far more than a look, and the sandbox's queues are empty most of the time."""
    sqs, queues = SlowSqs(), Silent()
    with Pump(sqs, {"https://sqs/inbox.fifo": lambda *_: None}, workers=1, queues=queues):
        wait_for(lambda: queues.looks > 3)
        assert sqs.asked == 0
        queues.gives = True
        assert sqs.deleted.wait(SECONDS)


@pytest.mark.moto_only("MiniStack says what it would give only by giving it")
def test_a_look_shows_what_sqs_would_give(sandbox: Sandbox) -> None:
    """A message that is hidden, put off, or behind another one of its group is there, and is not given."""
    sqs = sandbox.aws.client("sqs")
    url = sqs.create_queue(QueueName="looked-at.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]

    def agrees() -> tuple[bool, list[str]]:
        look, given = sandbox.aws.would_give(url), sqs.receive_message(QueueUrl=url).get("Messages", [])
        assert look == bool(given)
        return look, [one["ReceiptHandle"] for one in given]

    assert agrees() == (False, [])
    for number in "12":
        sqs.send_message(QueueUrl=url, MessageBody=number, MessageGroupId="g", MessageDeduplicationId=number)
    _, (first,) = agrees()
    assert agrees() == (False, [])
    assert sandbox.aws.message_count(url) == 2
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=first, VisibilityTimeout=0)
    _, (again,) = agrees()
    sqs.delete_message(QueueUrl=url, ReceiptHandle=again)
    _, (second,) = agrees()
    sqs.delete_message(QueueUrl=url, ReceiptHandle=second)
    assert agrees() == (False, [])
    assert sandbox.aws.message_count(url) == 0


def test_the_pump_asks_again_when_sqs_did_not_answer() -> None:
    """As Lambda does; a poller that ends would leave every later lead in its queue."""
    sqs = SlowSqs()
    with Pump(sqs, {"https://sqs/inbox.fifo": lambda *_: None}, workers=1):
        assert sqs.deleted.wait(SECONDS)
