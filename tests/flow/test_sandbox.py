"""The sandbox itself: one after the other in a process, and a pump that nothing stops."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import Any

from botocore.exceptions import ReadTimeoutError

from sandbox.pump import Pump
from tests.waiting import PROGRAM_SECONDS, SECONDS

TWO_SANDBOXES = """
import io
from chalicelib.wiring import clients
from sandbox.system import Sandbox
from tests.flow.leads import send, zylker_contact

for _ in range(2):
    with Sandbox(log=io.StringIO()) as sandbox:
        send(sandbox, zylker_contact(sandbox))
        print(clients.AWS_READ_SECONDS, clients.sqs().meta.config.read_timeout)
"""


def test_a_second_sandbox_has_an_aws_of_its_own() -> None:
    """Its functions do not call the first one's, and wait for it longer than the product does."""
    program = [sys.executable, "-W", "ignore", "-c", TWO_SANDBOXES]
    done = subprocess.run(program, capture_output=True, text=True, check=False, timeout=PROGRAM_SECONDS)
    assert done.stdout.splitlines() == ["2 10", "2 10"], done.stderr


class SlowSqs:
    """A queue that does not answer at first, then gives one message, then none."""

    def __init__(self) -> None:
        self._asked = 0
        self.deleted = threading.Event()

    def receive_message(self, **_: Any) -> dict[str, Any]:
        """Answer as the class says."""
        self._asked += 1
        if self._asked == 1:
            raise ReadTimeoutError(endpoint_url="http://127.0.0.1")
        message = {"MessageId": "m", "ReceiptHandle": "r", "Body": "{}", "Attributes": {}, "MD5OfBody": ""}
        return {"Messages": [message]} if self._asked == 2 else {}

    def delete_message(self, **_: Any) -> None:
        """Hear that it was worked on."""
        self.deleted.set()


def test_the_pump_asks_again_when_sqs_did_not_answer() -> None:
    """As Lambda does; a poller that ends would leave every later lead in its queue."""
    sqs = SlowSqs()
    with Pump(sqs, {"https://sqs/inbox.fifo": lambda *_: None}, workers=1):
        assert sqs.deleted.wait(SECONDS)
