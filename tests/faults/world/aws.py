"""SQS and Secrets Manager as a worker reaches them: the client's calls, over queues and secrets of this world, with a hand of chaos in each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import NewConnectionError, ReadTimeoutError

from chalicelib.aws.queues import QUARANTINED, Message
from tests.faults.world.chaos import Answer, Chaos
from tests.faults.world.sqs import VirtualQueue

OURS = "aws.example"
TABLE_CALLS = ("get_item", "batch_get_item", "update_item", "put_item", "delete_item", "query")
TOKEN_SECRET, CLIENT_SECRET = "zoho-token", "zoho-client"


def aws_call(chaos: Chaos, where: str, effect: Callable[[], Answer]) -> Answer:
    """Carry out a call as its fate is; what fails is urllib3's error, as in the functions."""
    return chaos.call(
        where,
        effect,
        fails=lambda: NewConnectionError(HTTPSConnection(OURS), "refused"),
        lost=lambda: ReadTimeoutError(HTTPSConnectionPool(OURS), None, "no answer"),
    )


class DynamoDb:
    """boto3's client behind calls that may fail, named by what they are `about`; everything else is its own."""

    def __init__(self, client: Any, chaos: Chaos, *, about: str = "") -> None:
        self._client, self._chaos, self._about = client, chaos, about

    def __getattr__(self, name: str) -> Any:
        """Return a call with its chaos, and what is no call as it is."""
        found = getattr(self._client, name)
        if name not in TABLE_CALLS:
            return found
        return lambda **request: aws_call(self._chaos, f"table.{self._about}{name}", lambda: found(**request))


class Sqs:
    """The calls of boto3's client that leadmatch makes; a queue's URL ends in its name."""

    def __init__(self, queues: Mapping[str, VirtualQueue], chaos: Chaos) -> None:
        self._queues, self._chaos = queues, chaos
        self.quarantined = set[str]()
        """The ids of the notices that were put among the dead letters for a person."""

    def send_message(self, **request: Any) -> dict[str, Any]:
        """Keep a message."""
        message = _message(request)
        if "/slack-dead" in request["QueueUrl"] and message.deduplication_id.startswith(QUARANTINED):
            self.quarantined.add(message.deduplication_id)

        def send(queue: VirtualQueue) -> dict[str, Any]:
            queue.send(message)
            return {"MessageId": message.deduplication_id}

        return self._call(request, "send", send)

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        """Keep several, or all but the last one."""
        entries: list[dict[str, str]] = request["Entries"]
        taken = len(entries) - 1 if self._chaos.draw() else len(entries)

        def send(queue: VirtualQueue) -> dict[str, Any]:
            queue.send_all([_message(entry) for entry in entries[:taken]])
            said = [{"Id": entry["Id"]} for entry in entries]
            return {"Successful": said[:taken], "Failed": said[taken:]}

        return self._call(request, "send", send)

    def receive_message(self, **request: Any) -> dict[str, Any]:
        """Give out messages, and hide them for so long."""
        most, hidden = request["MaxNumberOfMessages"], request["VisibilityTimeout"]
        return self._call(
            request, "receive", lambda queue: {"Messages": queue.receive_batch(most, hidden_seconds=hidden)}
        )

    def delete_message(self, **request: Any) -> dict[str, Any]:
        """Forget a message."""
        return self._call(request, "delete", lambda queue: queue.delete(request["ReceiptHandle"]) or {})

    def change_message_visibility(self, **request: Any) -> dict[str, Any]:
        """Show a message again in so many seconds."""
        handle, seconds = request["ReceiptHandle"], request["VisibilityTimeout"]
        return self._call(request, "delay", lambda queue: queue.delay(handle, seconds) or {})

    def get_queue_attributes(self, **request: Any) -> dict[str, Any]:
        """Count what is kept."""

        def count(queue: VirtualQueue) -> dict[str, Any]:
            return {"Attributes": {"ApproximateNumberOfMessages": str(queue.count())}}

        return self._call(request, "count", count)

    def _call(
        self, request: Mapping[str, Any], what: str, effect: Callable[[VirtualQueue], dict[str, Any]]
    ) -> dict[str, Any]:
        name = request["QueueUrl"].rpartition("/")[2].removesuffix(".fifo")
        return aws_call(self._chaos, f"sqs.{name}.{what}", lambda: effect(self._queues[name]))


def _message(said: Mapping[str, Any]) -> Message:
    return Message(said["MessageBody"], group=said["MessageGroupId"], deduplication_id=said["MessageDeduplicationId"])


class Secrets:
    """The calls of boto3's client that leadmatch makes; a version is named by the token of its write, as AWS does."""

    class exceptions:  # noqa: N801 - as boto3's client has it
        """Its errors."""

        class ResourceNotFoundException(Exception):
            """The secret has no value."""

    def __init__(self, chaos: Chaos) -> None:
        self._chaos = chaos
        self.stored: dict[str, tuple[str, str]] = {}
        """Each secret's text and version."""

    def get_secret_value(self, **request: str) -> dict[str, str]:
        """Return what is stored."""
        name = request["SecretId"]

        def read() -> dict[str, str]:
            if name not in self.stored:
                raise self.exceptions.ResourceNotFoundException
            text, version = self.stored[name]
            return {"SecretString": text, "VersionId": version}

        return aws_call(self._chaos, f"secret.{name}.read", read)

    def put_secret_value(self, **request: str) -> dict[str, str]:
        """Store a text."""
        name, version = request["SecretId"], request["ClientRequestToken"]

        def write() -> dict[str, str]:
            self.stored[name] = (request["SecretString"], version)
            return {"VersionId": version}

        return aws_call(self._chaos, f"secret.{name}.write", write)
