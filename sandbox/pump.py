"""The event pump: gives queue messages to the app's handlers as Lambda does.

One message a call; deleted when the handler returns, left in the queue when it raises. The queue itself keeps a group's
order, hides what is being worked on, and moves to the dead letters what was received too often.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Protocol, Self

from botocore.exceptions import BotoCoreError, ClientError
from chalice.local import LambdaContext

Handler = Callable[[dict[str, Any], Any], Any]
POLL_SECONDS = 0.03
LOOK_SECONDS = 0.005
FUNCTION_MILLISECONDS = 60_000
ARN = "arn:aws:sqs:us-east-1:123456789012:"


class Queues(Protocol):
    """Looks at queues without a request, which would take ten milliseconds of CPU time: queues of this very process."""

    def message_count(self, url: str, /) -> int:
        """Return how many messages a queue holds, those that nobody can see now included."""

    def would_give(self, url: str, /) -> bool:
        """Return whether a receive would give a message now."""


class Pump:
    """Polls each queue with one thread and works on up to `workers` of its messages at once, while its block lasts.

    With `queues` it asks SQS only when SQS would give a message.
    """

    def __init__(
        self, sqs: Any, handlers: Mapping[str, Handler], *, workers: int = 4, queues: Queues | None = None
    ) -> None:
        self._sqs, self._handlers, self._workers, self._queues = sqs, handlers, workers, queues
        self.raised: list[Exception] = []
        self._stopping = threading.Event()
        self._free = {url: threading.Semaphore(workers) for url in handlers}
        self._pool = ThreadPoolExecutor(max_workers=workers * len(handlers))
        self._pollers = [threading.Thread(target=self._poll, args=(url,), daemon=True) for url in handlers]

    def __enter__(self) -> Self:
        """Begin to poll."""
        for poller in self._pollers:
            poller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let what is being worked on end, and stop."""
        self._stopping.set()
        for poller in self._pollers:
            poller.join()
        self._pool.shutdown()

    def is_idle(self) -> bool:
        """Return whether no message waits, is being worked on, or was put off; `raised` keeps what handlers raised.

        Without `queues` it may be wrong once: a message that becomes visible between SQS's two counts is in neither.
        """
        return not any(self._count(url) for url in self._handlers)

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Receive nothing for the length of a block, which begins when what was received before is worked on."""
        free = [semaphore for semaphore in self._free.values() for _ in range(self._workers)]
        for semaphore in free:
            semaphore.acquire()
        try:
            yield
        finally:
            for semaphore in free:
                semaphore.release()

    def _count(self, url: str) -> int:
        if self._queues:
            return self._queues.message_count(url)
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(int(attributes[name]) for name in names)

    def _poll(self, url: str) -> None:
        while not self._stopping.is_set():
            if self._queues and not self._queues.would_give(url):
                time.sleep(LOOK_SECONDS)
                continue
            self._free[url].acquire()
            if messages := self._receive(url):
                self._pool.submit(self._give, url, messages[0])
            else:
                self._free[url].release()
                time.sleep(POLL_SECONDS)

    def _receive(self, url: str) -> list[dict[str, Any]]:
        try:
            found = self._sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1, AttributeNames=["All"])
        except (BotoCoreError, ClientError):
            return []  # Lambda asks again
        return list(found.get("Messages", ()))

    def _give(self, url: str, message: Mapping[str, Any]) -> None:
        name = url.rpartition("/")[2]
        try:
            self._handlers[url](
                {"Records": [lambda_record(message, name)]}, LambdaContext(name, 512, FUNCTION_MILLISECONDS)
            )
            self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        except Exception as error:  # noqa: BLE001 - as in Lambda, whatever a handler raises keeps the message
            self.raised.append(error)
        finally:
            self._free[url].release()


def lambda_record(message: Mapping[str, Any], queue_name: str) -> dict[str, Any]:
    """Return the record that Lambda makes of a message. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html"""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": ARN + queue_name,
        "awsRegion": "us-east-1",
    }
