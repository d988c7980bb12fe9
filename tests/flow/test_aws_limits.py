"""The embedded AWS refuses what AWS documents that it refuses, with its code and HTTP status."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.aws.dynamodb import to_item
from chalicelib.aws.queues import Message, Queue, quarantined, set_aside
from chalicelib.errors import AwsUnavailable
from chalicelib.wiring import clients
from sandbox.system import Sandbox
from tests.flow.leads import take_all

NUMBERS = itertools.count()
PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
KIB = 1024
Call = Callable[["Account"], object]


class Account:
    """A queue, a secret and the stage's table, to call as the product never does."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sqs, self.secrets, self.dynamodb = (
            sandbox.aws.client("sqs"),
            sandbox.aws.client("secretsmanager"),
            sandbox.aws.client("dynamodb"),
        )
        self.table_name = sandbox.outputs["TableName"]
        name = f"limits-{next(NUMBERS)}"
        self.url = self.sqs.create_queue(QueueName=f"{name}.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
        self.secrets.create_secret(Name=name, SecretString="first")
        self.secret = name

    def send(self, body: str = "body", group: str = "g", deduplication_id: str = "d") -> object:
        """Send a message."""
        return self.sqs.send_message(
            QueueUrl=self.url, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=deduplication_id
        )

    def send_batch(self, *bodies: str, ids: tuple[str, ...] = ()) -> Any:
        """Send messages in one call."""
        names = ids or [str(number) for number in range(len(bodies))]
        entries = [
            {"Id": name, "MessageBody": body, "MessageGroupId": "g", "MessageDeduplicationId": f"d{number}"}
            for number, (name, body) in enumerate(zip(names, bodies, strict=True))
        ]
        return self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries)

    def receive(self, **options: int) -> list[Any]:
        """Receive messages."""
        return list(self.sqs.receive_message(QueueUrl=self.url, **options).get("Messages", ()))

    def hide(self, seconds: int) -> object:
        """Put a message off."""
        self.send()
        (message,) = self.receive()
        return self.sqs.change_message_visibility(
            QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=seconds
        )

    def purge_twice(self) -> None:
        """Empty the queue, and again at once."""
        for _ in range(2):
            self.sqs.purge_queue(QueueUrl=self.url)

    def update(self, key: str, text: str) -> object:
        """Write an attribute of an item."""
        return self.dynamodb.update_item(
            TableName=self.table_name,
            Key=to_item({"pk": key}),
            UpdateExpression="SET x = :x",
            ExpressionAttributeValues=to_item({":x": text}),
        )

    def put(self, key: str, text: str) -> object:
        """Write an item."""
        return self.dynamodb.put_item(TableName=self.table_name, Item=to_item({"pk": key, "x": text}))

    def read(self, key: str) -> object:
        """Read an item."""
        return self.dynamodb.get_item(TableName=self.table_name, Key=to_item({"pk": key}))

    def read_many(self, *keys: str) -> object:
        """Read items in one call."""
        asked = {"Keys": [to_item({"pk": key}) for key in keys]}
        return self.dynamodb.batch_get_item(RequestItems={self.table_name: asked})

    def write_secret(self, text: str, token: str = "t" * 32) -> object:
        """Write a secret's value."""
        return self.secrets.put_secret_value(SecretId=self.secret, SecretString=text, ClientRequestToken=token)


REFUSED: dict[str, tuple[Call, str]] = {
    "a group of 129 characters": (lambda one: one.send(group="g" * 129), "InvalidParameterValue"),
    "a blank in a group": (lambda one: one.send(group="a group"), "InvalidParameterValue"),
    "a group that is not ASCII": (lambda one: one.send(group="größe"), "InvalidParameterValue"),
    "a deduplication id of 129 characters": (lambda one: one.send(deduplication_id="d" * 129), "InvalidParameterValue"),
    "a blank in a deduplication id": (lambda one: one.send(deduplication_id="an id"), "InvalidParameterValue"),
    "no group": (lambda one: one.send(group=""), "MissingParameter"),
    "no body": (lambda one: one.send(""), "MissingParameter"),
    "a control character": (lambda one: one.send("a\x01b"), "InvalidMessageContents"),
    "U+FFFE": (lambda one: one.send("a\ufffeb"), "InvalidMessageContents"),
    "U+FFFF": (lambda one: one.send("a\uffffb"), "InvalidMessageContents"),
    "a message over 1 MiB": (lambda one: one.send("x" * (KIB * KIB + 1)), "InvalidParameterValue"),
    "a batch of none": (lambda one: one.send_batch(), "AWS.SimpleQueueService.EmptyBatchRequest"),
    "a batch of eleven": (lambda one: one.send_batch(*"abcdefghijk"), "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"),
    "a batch with an id twice": (lambda one: one.send_batch("a", "\x01", ids=("1", "1")), "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"),
    "a batch with a bad id": (lambda one: one.send_batch("\x01", ids=("a b",)), "AWS.SimpleQueueService.InvalidBatchEntryId"),
    "a batch over 1 MiB": (lambda one: one.send_batch(*["x" * 600 * KIB] * 2), "AWS.SimpleQueueService.BatchRequestTooLong"),
    "eleven messages": (lambda one: one.receive(MaxNumberOfMessages=11), "InvalidParameterValue"),
    "no messages": (lambda one: one.receive(MaxNumberOfMessages=0), "InvalidParameterValue"),
    "twelve hours and a second": (lambda one: one.receive(VisibilityTimeout=43_201), "InvalidParameterValue"),
    "less than no time": (lambda one: one.receive(VisibilityTimeout=-1), "InvalidParameterValue"),
    "a wait of 21 seconds": (lambda one: one.receive(WaitTimeSeconds=21), "InvalidParameterValue"),
    "put off by more than twelve hours": (lambda one: one.hide(43_201), "InvalidParameterValue"),
    "put off by less than no time": (lambda one: one.hide(-1), "InvalidParameterValue"),
    "an item put over 400 KiB": (lambda one: one.put("a", "x" * 400 * KIB), "ValidationException"),
    "an item grown over 400 KiB": (lambda one: one.update("a", "ü" * 200 * KIB), "ValidationException"),
    "a written key of 2049 bytes": (lambda one: one.update("k" * 2049, "x"), "ValidationException"),
    "a read key of 2049 bytes": (lambda one: one.read("k" * 2049), "ValidationException"),
    "an empty key": (lambda one: one.read(""), "ValidationException"),
    "a hundred and one items": (lambda one: one.read_many(*map(str, range(101))), "ValidationException"),
    "an item twice": (lambda one: one.read_many("a", "a"), "ValidationException"),
    "a secret over 64 KiB": (lambda one: one.write_secret("ü" * 32 * KIB + "x"), "ValidationException"),
    "a new secret over 64 KiB": (lambda one: one.secrets.create_secret(Name="big", SecretString="x" * (64 * KIB + 1)), "ValidationException"),
    "a request token of 65 characters": (lambda one: one.write_secret("x", "t" * 65), "InvalidParameterException"),
}  # fmt: skip
TAKEN: dict[str, Call] = {
    "the longest ids": lambda one: one.send(group="g" * 128, deduplication_id="d" * 128),
    "every sign in ids": lambda one: one.send(group=PUNCTUATION, deduplication_id=PUNCTUATION),
    "the characters at the edges": lambda one: one.send("\t\n\r \ud7ff\ue000\ufffd\U00010000\U0010ffff"),
    "1 MiB": lambda one: one.send("x" * KIB * KIB),
    "a batch of 1 MiB": lambda one: one.send_batch(*["x" * 512 * KIB] * 2),
    "ten messages for twelve hours": lambda one: one.receive(MaxNumberOfMessages=10, VisibilityTimeout=43_200),
    "put off by almost twelve hours, which count from the receive": lambda one: one.hide(43_000),
    "390 KiB": lambda one: one.update("a", "x" * 390 * KIB),
    "a key of 2048 bytes": lambda one: one.update("k" * 2048, "x"),
    "a hundred items": lambda one: one.read_many(*map(str, range(100))),
    "64 KiB": lambda one: one.write_secret("x" * 64 * KIB, "t" * 64),
}


@pytest.mark.parametrize(("call", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_beyond_a_limit_is_refused(sandbox: Sandbox, call: Call, code: str) -> None:
    """With the code that AWS documents, and HTTP 400."""
    with pytest.raises(ClientError) as error:
        call(Account(sandbox))
    answer = error.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (code, 400)


@pytest.mark.parametrize("call", TAKEN.values(), ids=TAKEN)
def test_what_is_at_a_limit_is_taken(sandbox: Sandbox, call: Call) -> None:
    """A batch with nothing under `Failed`."""
    answer: Any = call(Account(sandbox))
    assert isinstance(answer, list) or not answer.get("Failed")


@pytest.mark.moto_only("MiniStack purges a queue as often as asked")
def test_a_queue_is_purged_once_a_minute(sandbox: Sandbox) -> None:
    """The second call is refused, with HTTP 403. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html"""
    with pytest.raises(ClientError) as error:
        Account(sandbox).purge_twice()
    answer = error.value.response
    assert answer["Error"]["Code"] == "AWS.SimpleQueueService.PurgeQueueInProgress"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_message_move_task_is_refused_here(sandbox: Sandbox) -> None:
    """No test can say what SQS does with letters that the product put among the dead ones by itself."""
    one = Account(sandbox)
    with pytest.raises(ClientError, match="UnsupportedOperation"):
        one.sqs.start_message_move_task(
            SourceArn="arn:aws:sqs:us-east-1:123456789012:leadmatch-sandbox-slack-dead.fifo"
        )


def test_a_batch_is_taken_in_part(sandbox: Sandbox) -> None:
    """HTTP 200, with what was refused under `Failed`."""
    one = Account(sandbox)
    answer = one.send_batch("first", "\ufffe", "third")
    assert [entry["Id"] for entry in answer["Successful"]] == ["0", "2"]
    assert [(entry["Id"], entry["SenderFault"], entry["Code"]) for entry in answer["Failed"]] == [
        ("1", True, "InvalidMessageContents")
    ]
    assert take_all(sandbox, one.url) == ["first", "third"]
    refused = one.send_batch("\x01", "\x02")
    assert (refused.get("Successful", []), len(refused["Failed"])) == ([], 2)


def test_what_is_queued_in_part_is_not_accepted(sandbox: Sandbox) -> None:
    """The sender hears of it; what SQS has of the batch stays."""
    one = Account(sandbox)
    with pytest.raises(AwsUnavailable) as error:
        Queue(clients.sqs(), one.url).send_all([Message("good", "g", "1"), Message("\ufffe", "g", "2")])
    assert error.value.reason == "sqs_batch_refused"
    assert take_all(sandbox, one.url) == ["good"]


@pytest.mark.parametrize("reason", ["größe " * 20, "zoho_no_answer"])
def test_the_longest_ids_that_the_product_makes_are_taken(sandbox: Sandbox, reason: str) -> None:
    """What is put among the dead letters bears reason and id in its group and its deduplication id."""
    one, longest = Account(sandbox), Message("body", "g", "i" * 128)
    queue = Queue(clients.sqs(), one.url)
    for message in (quarantined(set_aside(longest), reason=reason), set_aside(longest)):
        queue.send(message)
        assert take_all(sandbox, one.url) == ["body"]
