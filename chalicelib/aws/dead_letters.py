"""The dead letters: what we parked there for a person, and what SQS moved there because it died without a word.

What we park bears it in its deduplication id. What SQS moves from a FIFO queue gets its own message id for one, so that
nothing but ours can look parked, however often it was redriven before.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.aws.failures import aws_failures
from chalicelib.aws.queues import MAX_BATCH, InboxTurn, Message, Queue, bounded_id

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

PARKED = "given-up/"
WAITED = "waited/"
REASON_LENGTH = 40
DIED = "died"
"""The reason of what SQS moved: nobody was left to give one."""
BEFORE_MOVE = timedelta(seconds=1)
"""SQS moves a message when it would give it out once more; its last receive is longer ago than its servers' clocks differ."""
LOOK_SECONDS = 1
"""Long polling asks all of SQS's servers, so that an empty answer means an empty queue."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter that is being looked at; `sent_at` is when it came into this queue.

    A FIFO queue counts the time anew when it moves a message.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
    """

    body: str
    group: str
    deduplication_id: str
    receipt_handle: str
    sent_at: datetime

    @property
    def is_parked(self) -> bool:
        """Whether it was put here for a person, after everything about it was told."""
        return self.deduplication_id.startswith(PARKED)

    @property
    def has_waited(self) -> bool:
        """Whether it only made room for those behind it: nothing broke off, and it is to be sent again as it is."""
        return self.deduplication_id.startswith(WAITED)

    @property
    def turn(self) -> InboxTurn:
        """When it was its turn in the queue from which SQS moved it: until then nothing behind it in its group was given out."""
        return InboxTurn(self.sent_at - BEFORE_MOVE)

    @property
    def reason(self) -> str:
        """Why it is here, in a machine's word."""
        if self.is_parked:
            return self.deduplication_id.split("/")[1]
        return WAITED.rstrip("/") if self.has_waited else DIED


class DeadLetters(Queue):
    """A dead-letter queue; looking hides what was seen, and what else of its group SQS did not give out with it."""

    def look(self, *, hidden_seconds: int) -> Iterator[Letter]:
        """Give the letters one by one, each once as long as it stays hidden; they come ten a call, and none is kept."""
        while letters := self._receive(hidden_seconds):
            yield from map(_letter, letters)

    def remove(self, letter: Letter) -> None:
        """Delete a letter that is still hidden."""
        with aws_failures("sqs"):
            self._client.delete_message(QueueUrl=self._url, ReceiptHandle=letter.receipt_handle)

    def release(self, letters: Sequence[Letter]) -> None:
        """Show letters again at once, ten a call; one that is visible by itself by now stays so."""
        for start in range(0, len(letters), MAX_BATCH):
            batch = enumerate(letters[start : start + MAX_BATCH])
            with aws_failures("sqs"):
                self._client.change_message_visibility_batch(
                    QueueUrl=self._url,
                    Entries=[
                        {"Id": str(number), "ReceiptHandle": letter.receipt_handle, "VisibilityTimeout": 0}
                        for number, letter in batch
                    ],
                )

    def _receive(self, hidden_seconds: int) -> list[MessageTypeDef]:
        with aws_failures("sqs"):
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=MAX_BATCH,
                VisibilityTimeout=hidden_seconds,
                WaitTimeSeconds=LOOK_SECONDS,
                MessageSystemAttributeNames=["MessageGroupId", "MessageDeduplicationId", "SentTimestamp"],
            )
        return answer.get("Messages", [])


def set_aside(message: Message) -> Message:
    """Mark a message that has waited for long, and makes room until the sweep sends it again."""
    return replace(message, deduplication_id=f"{WAITED}{bounded_id(message.deduplication_id)}")


def parked(message: Message, *, reason: str) -> Message:
    """Mark a message that is put among the dead letters for a person, say why, and give it a group of its own.

    While ten messages of a group are hidden, SQS gives out nothing more of that group: ten letters of one lead or of one
    channel would hide the rest.
    """
    word = re.sub(r"\W", "_", reason, flags=re.ASCII)[:REASON_LENGTH]
    marked = f"{PARKED}{word}/{bounded_id(message.deduplication_id)}"
    return replace(message, group=marked, deduplication_id=marked)


def _letter(message: MessageTypeDef) -> Letter:
    attributes = message["Attributes"]
    sent_at = datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, UTC)
    group, deduplication_id = attributes["MessageGroupId"], attributes["MessageDeduplicationId"]
    return Letter(message["Body"], group, deduplication_id, message["ReceiptHandle"], sent_at)
