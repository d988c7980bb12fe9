"""What the product relies on in SQS and DynamoDB, asked of whichever AWS answers: `make test AWS=ministack` asks another one.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
"""

from __future__ import annotations

import contextlib
import itertools
from typing import Any

from chalicelib.aws.queues import DeadLetters, Message, Queue
from chalicelib.wiring import clients
from sandbox.system import Sandbox
from tests.flow.test_aws import make_queue

NUMBERS = itertools.count()


def fill(url: str, group: str, count: int) -> None:
    """Send so many messages of a group, named by their numbers."""
    texts = [f"{group}-{number}" for number in range(count)]
    Queue(clients.sqs(), url).send_all([Message(text, group, text) for text in texts])


def receive(sandbox: Sandbox, url: str, *, most: int = 10) -> list[dict[str, Any]]:
    """Receive what there is, at most so many."""
    answer = sandbox.aws.client("sqs").receive_message(
        QueueUrl=url, MaxNumberOfMessages=most, MessageSystemAttributeNames=["All"]
    )
    return list(answer.get("Messages", ()))


def bodies(messages: list[dict[str, Any]]) -> list[str]:
    return [str(message["Body"]) for message in messages]


def test_a_group_waits_while_one_of_it_is_worked_on_and_no_other_group_does(sandbox: Sandbox) -> None:
    """So one lead is never worked on twice at once, and holds up no other."""
    url = make_queue(sandbox, VisibilityTimeout="60")
    fill(url, "one", 2)
    (first,) = receive(sandbox, url, most=1)
    fill(url, "other", 1)
    assert bodies([first]) == ["one-0"]
    assert bodies(receive(sandbox, url)) == ["other-0"]
    sandbox.aws.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])
    assert bodies(receive(sandbox, url)) == ["one-1"]


def test_a_message_that_is_put_off_comes_again_before_what_stood_behind_it(sandbox: Sandbox) -> None:
    """Order holds over retries; and it says for the how manieth time it comes, with the time of the first."""
    url = make_queue(sandbox, VisibilityTimeout="60")
    fill(url, "one", 2)
    (first,) = receive(sandbox, url, most=1)
    Queue(clients.sqs(), url).delay(first["ReceiptHandle"], 0)
    (again,) = receive(sandbox, url, most=1)
    assert again["Body"] == "one-0"
    seen, before = again["Attributes"], first["Attributes"]
    assert (before["ApproximateReceiveCount"], seen["ApproximateReceiveCount"]) == ("1", "2")
    for name in ("SentTimestamp", "ApproximateFirstReceiveTimestamp", "MessageGroupId", "MessageDeduplicationId"):
        assert seen[name] == before[name]


def test_ten_hidden_messages_of_a_group_hide_the_eleventh(sandbox: Sandbox) -> None:
    """This is why every dead letter for a person has a group of its own: the sweep would never see what is behind ten."""
    url = make_queue(sandbox)
    fill(url, "one", 11)
    looked = DeadLetters(clients.sqs(), url).look(hidden_seconds=60)
    assert [letter.body for letter in looked] == [f"one-{number}" for number in range(10)]


def test_what_is_received_too_often_moves_to_the_dead_letters_and_frees_its_group(sandbox: Sandbox) -> None:
    """Behind a lead that kills its function stand its later events; moved, it has SQS's id in place of its own."""
    dead = make_queue(sandbox)
    arn = sandbox.aws.client("sqs").get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
    target = arn["Attributes"]["QueueArn"]
    url = make_queue(sandbox, RedrivePolicy=f'{{"deadLetterTargetArn": "{target}", "maxReceiveCount": "2"}}')
    fill(url, "one", 2)
    for _ in range(2):
        (poison,) = receive(sandbox, url, most=1)
        assert poison["Body"] == "one-0"
        Queue(clients.sqs(), url).delay(poison["ReceiptHandle"], 0)
    assert bodies(receive(sandbox, url, most=1)) == ["one-1"]
    (moved,) = receive(sandbox, dead)
    assert (moved["Body"], moved["Attributes"]["MessageGroupId"]) == ("one-0", "one")


def test_a_receipt_handle_of_an_earlier_receive_deletes_nothing(sandbox: Sandbox) -> None:
    """A worker that comes back late cannot remove what another one works on by now; SQS may say so or not."""
    url = make_queue(sandbox, VisibilityTimeout="60")
    fill(url, "one", 1)
    (first,) = receive(sandbox, url)
    Queue(clients.sqs(), url).delay(first["ReceiptHandle"], 0)
    (again,) = receive(sandbox, url)
    sqs = sandbox.aws.client("sqs")
    with contextlib.suppress(sqs.exceptions.ClientError):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=again["ReceiptHandle"], VisibilityTimeout=0)
    assert bodies(receive(sandbox, url)) == ["one-0"]


def test_a_refused_write_tells_what_stands_there(sandbox: Sandbox) -> None:
    """One call in place of two: whoever lost a race knows to whom, and whoever's answer was lost knows that it had landed."""
    table, key = clients.table(sandbox.outputs["TableName"]), f"lead#{next(NUMBERS)}"

    def write(value: str, condition: str) -> tuple[Any, bool]:
        item, written = table.update_if(
            key, update="#v = :v", condition=condition, values={":v": value}, names={"#v": "v"}, now=0.0
        )
        return item.get("v"), written

    assert write("first", "attribute_exists(pk)") == (None, False)
    assert write("first", "attribute_not_exists(pk)") == ("first", True)
    assert write("second", "attribute_not_exists(pk)") == ("first", False)
    assert write("second", "attribute_exists(pk)") == ("second", True)
