"""The FIFO queues and their dead-letter queues: what is sent is kept, or an error says that it was not.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues.html
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol, Self

from chalicelib.aws.errors import aws_failures, part_of
from chalicelib.conversion import Click, PersonNotice
from chalicelib.errors import AwsUnavailable
from chalicelib.events import LeadEvent, Notice, TokenRequest
from chalicelib.timing import BEFORE_MOVE, DEAD_LETTER_LOOK_SECONDS, MAX_VISIBILITY_SECONDS

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType
    from mypy_boto3_sqs.type_defs import MessageTypeDef, SendMessageBatchRequestEntryTypeDef

MAX_BATCH = 10
SUFFIX = ".fifo"
LONGEST_ID = 64
"""What a prefix can be put before: SQS takes 128 characters as a deduplication id or a group, and a digest has 64."""
COUNTS: tuple[QueueAttributeNameType, ...] = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)

QUARANTINED = "given-up/"
"""How the deduplication id begins of what we put among the dead letters for a person."""
WAITED = "waited/"
"""The same of what only makes room for those behind it."""
REASON_LENGTH = 40
MOVED_BY_SQS = "died"
"""The reason of what SQS moved: nobody was left to give one."""


@dataclass(frozen=True, slots=True)
class Message:
    """A body, the group whose order it keeps, and the id under which SQS drops repeats for five minutes."""

    body: str
    group: str
    deduplication_id: str

    @classmethod
    def of_event(cls, event: LeadEvent) -> Self:
        """Return the inbox's message of a lead: no two workers are at one lead at once."""
        return cls(event.to_json(), group=event.lead_id, deduplication_id=event.event_id)

    @classmethod
    def of_match(cls, event: LeadEvent, match: str) -> Self:
        """Return the message to other systems of what an event came to: a lead's come in their order."""
        return cls(match, group=event.lead_id, deduplication_id=event.event_id)

    @classmethod
    def of_notice(cls, notice: Notice) -> Self:
        """Return the slack queue's message: a channel's come one at a time, which is Slack's limit for posts."""
        return cls(notice.to_json(), group=notice.channel, deduplication_id=notice.deduplication_id)

    @classmethod
    def of_person_notice(cls, notice: PersonNotice) -> Self:
        """Return the slack queue's message for one person: it waits behind no channel's messages, and none waits behind it."""
        return cls(notice.to_json(), group=notice.group, deduplication_id=bounded_id(notice.notice_id))

    @classmethod
    def of_click(cls, click: Click, *, again: str = "") -> Self:
        """Return the convert queue's message: a lead's clicks are worked on one at a time. `again` tells a later message from the first."""
        return cls(click.to_json(), group=click.lead_id, deduplication_id=bounded_id(f"{click.click_id}{again}"))

    @classmethod
    def of_token_request(cls, request: TokenRequest, *, now: datetime) -> Self:
        """Return the tokens queue's message: one refresher at a time, and one request a minute about a version of the secret.

        SQS drops an id for five minutes, whatever became of its message; new credentials are to be tried within one.
        """
        minute = int(now.timestamp()) // 60
        return cls(request.to_json(), group="token", deduplication_id=f"{request.version}/{minute}")


class Outbox(Protocol):
    """What a step sends messages to: a queue, or in tests something in its place."""

    def send(self, message: Message) -> None:
        """Keep the message, or raise `AwsUnavailable`."""


@dataclass(frozen=True, slots=True)
class InboxTurn:
    """When an event was the first of its lead in the inbox, all by SQS's clock: so two events of one lead have an order.

    The inbox gives out one event of a lead at a time, and the next one only once that one is gone. `at` is a moment at which it
    was the first, `sent_at` when the inbox took it; None for a dead letter, which does not say that any more.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
    """

    at: datetime
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that was given out: its body, and when it came into this queue and was first given out there.

    Both times begin anew when the message is moved; None stands for what was not said. Between two receives of one message lies
    its visibility time, or what it was put off for: SQS keeps that, and no clock of ours.
    """

    body: str
    sent_at: datetime | None = None
    first_received_at: datetime | None = None
    message_id: str = field(default="", compare=False)
    receives: int = field(default=0, compare=False)

    def turn(self, now: datetime) -> InboxTurn:
        """Return when it was its turn: since it was first given out, or now when nobody says since when."""
        return InboxTurn(self.first_received_at or self.sent_at or now, self.sent_at)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Delivery:
        """Read a record as Lambda gives it."""
        attributes = record["attributes"]
        names = ("SentTimestamp", "ApproximateFirstReceiveTimestamp")
        sent_at, first_received_at = (_moment(attributes.get(name)) for name in names)
        return cls(
            record["body"],
            sent_at,
            first_received_at,
            message_id=record.get("messageId", ""),
            receives=int(attributes.get("ApproximateReceiveCount", 0)),
        )


class Queue:
    """One queue."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client, self._url = client, url

    def send(self, message: Message) -> None:
        """Send one message; raise `AwsUnavailable` when SQS does not have it."""
        with aws_failures("sqs"):
            answer = self._client.send_message(
                QueueUrl=self._url,
                MessageBody=message.body,
                MessageGroupId=message.group,
                MessageDeduplicationId=message.deduplication_id,
            )
        part_of(answer, "MessageId", "sqs")

    def send_all(self, messages: Sequence[Message]) -> None:
        """Send them ten a call; raise `AwsUnavailable` unless SQS says of every one of them that it has it.

        SQS reports refused entries inside an HTTP 200; those are sent once more before we give up.
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
        """
        for start in range(0, len(messages), MAX_BATCH):
            refused = self._send_batch(messages[start : start + MAX_BATCH])
            if refused and self._send_batch(refused):
                raise AwsUnavailable("SQS refused a part of the batch.", reason="sqs_batch_refused")

    def delay(self, receipt_handle: str, seconds: int) -> None:
        """Show a message that is being worked on again after `seconds` and no sooner."""
        with aws_failures("sqs"):
            self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=receipt_handle, VisibilityTimeout=min(seconds, MAX_VISIBILITY_SECONDS)
            )

    def count(self) -> int:
        """Return about how many messages are in the queue: waiting, put off, or being worked on.

        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/confirm-queue-is-empty.html
        """
        with aws_failures("sqs"):
            answer = self._client.get_queue_attributes(QueueUrl=self._url, AttributeNames=list(COUNTS))
        counts = part_of(answer, "Attributes", "sqs")
        return sum(int(counts.get(name, 0)) for name in COUNTS)

    def _send_batch(self, messages: Sequence[Message]) -> list[Message]:
        """Return what SQS did not take: it has what it names, and nothing else."""
        with aws_failures("sqs"):
            answer = self._client.send_message_batch(QueueUrl=self._url, Entries=list(_entries(messages)))
        taken = {entry["Id"] for entry in answer.get("Successful", ())}
        return [message for number, message in enumerate(messages) if str(number) not in taken]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A dead letter that is being looked at: we put it there, or SQS moved it there because it was received too often.

    What we put there bears it in its deduplication id. What SQS moves from a FIFO queue gets its own message id for one, so
    that nothing but ours can look quarantined, however often it was redriven before.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
    `sent_at` is when it came into this queue: a FIFO queue counts the time anew when it moves a message.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
    """

    body: str
    group: str
    deduplication_id: str
    receipt_handle: str
    sent_at: datetime

    @property
    def is_quarantined(self) -> bool:
        """Whether it was put here for a person, after its verdict was published."""
        return self.deduplication_id.startswith(QUARANTINED)

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
        """Why it is here, as a machine-readable reason."""
        if self.is_quarantined:
            return self.deduplication_id.split("/")[1]
        return WAITED.rstrip("/") if self.has_waited else MOVED_BY_SQS


class DeadLetters(Queue):
    """A dead-letter queue; looking hides what was seen, and what else of its group SQS did not give out with it."""

    def look(self, *, hidden_seconds: int) -> Iterator[DeadLetter]:
        """Yield the dead letters one by one, each once as long as it stays hidden; they come ten a call, and none is kept."""
        while letters := self._receive(hidden_seconds):
            yield from map(_dead_letter, letters)

    def remove(self, letter: DeadLetter) -> None:
        """Delete a dead letter that is still hidden."""
        with aws_failures("sqs"):
            self._client.delete_message(QueueUrl=self._url, ReceiptHandle=letter.receipt_handle)

    def release(self, letters: Sequence[DeadLetter]) -> None:
        """Show dead letters again at once, ten a call; one that is visible by itself by now stays so."""
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
                WaitTimeSeconds=DEAD_LETTER_LOOK_SECONDS,
                MessageSystemAttributeNames=["MessageGroupId", "MessageDeduplicationId", "SentTimestamp"],
            )
        return answer.get("Messages", [])


def set_aside(message: Message) -> Message:
    """Mark a message that has waited for long, and makes room until the sweep sends it again."""
    return replace(message, deduplication_id=f"{WAITED}{bounded_id(message.deduplication_id)}")


def quarantined(message: Message, *, reason: str) -> Message:
    """Mark a message that is put among the dead letters for a person, say why, and give it a group of its own.

    While ten messages of a group are hidden, SQS gives out nothing more of that group: ten dead letters of one lead or of one
    channel would hide the rest.
    """
    why = re.sub(r"\W", "_", reason, flags=re.ASCII)[:REASON_LENGTH]
    marked = f"{QUARANTINED}{why}/{bounded_id(message.deduplication_id)}"
    return replace(message, group=marked, deduplication_id=marked)


def bounded_id(text: str) -> str:
    """Return an id as it is, or its digest when it is too long to be put behind a prefix.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
    """
    return text if len(text) <= LONGEST_ID else hashlib.sha256(text.encode()).hexdigest()


def id_after(text: str) -> str:
    """Return the id under which a message is sent again: always the same one, and never longer, however often it is."""
    return hashlib.sha256(f"again/{text}".encode()).hexdigest()


def dead_letter_url(url: str) -> str:
    """Return the URL of a queue's dead-letter queue: `…-inbox.fifo` has `…-inbox-dead.fifo`."""
    return f"{url.removesuffix(SUFFIX)}-dead{SUFFIX}"


def _entries(messages: Sequence[Message]) -> Iterator[SendMessageBatchRequestEntryTypeDef]:
    for number, message in enumerate(messages):
        yield {
            "Id": str(number),
            "MessageBody": message.body,
            "MessageGroupId": message.group,
            "MessageDeduplicationId": message.deduplication_id,
        }


def _dead_letter(message: MessageTypeDef) -> DeadLetter:
    attributes = message["Attributes"]
    sent_at = datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, UTC)
    group, deduplication_id = attributes["MessageGroupId"], attributes["MessageDeduplicationId"]
    return DeadLetter(message["Body"], group, deduplication_id, message["ReceiptHandle"], sent_at)


def _moment(milliseconds: str | None) -> datetime | None:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC) if milliseconds else None
