"""How many messages a stage's queues hold: they go with the stack, and nothing brings them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.errors import aws_failures

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

QUEUES = ("inbox", "slack", "matches")
MATCHES_DEAD = "matches-dead"
DEAD = ("inbox-dead", "slack-dead", MATCHES_DEAD)


def in_words(client: SQSClient, stage: str) -> str:
    """Say how many dead letters and other messages there are, as far as SQS knows."""
    dead, others = (sum(messages(client, stage, name) for name in names) for names in (DEAD, QUEUES))
    return f"{_counted(dead, 'dead letter')}, {_counted(others, 'other message')}"


def messages(client: SQSClient, stage: str, name: str) -> int:
    """Return how many messages of a stage's queue wait or are being worked on; 0 where there is no such queue."""
    with aws_failures("sqs"):
        try:
            url = client.get_queue_url(QueueName=f"leadmatch-{stage}-{name}.fifo")["QueueUrl"]
            found = client.get_queue_attributes(
                QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
            )["Attributes"]
        except client.exceptions.QueueDoesNotExist:
            return 0
    return sum(map(int, found.values()))


def _counted(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count or 'no'} {noun}s"
