"""A stage of its own for each run: queues, ledger and secrets in the one embedded AWS, and its own Zoho and Slack."""

from __future__ import annotations

import io
import itertools
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from boto3.dynamodb.types import TypeDeserializer
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sqs.models import sqs_backends

from chalicelib.aws.ledger_item import LedgerItem, read_item
from chalicelib.aws.queues import dead_letter_url
from sandbox.aws import REGION, EmbeddedAws
from sandbox.slack.workspace import Message
from sandbox.system import OPERATOR, SALES, Sandbox

if TYPE_CHECKING:
    from moto.sqs.models import Queue

NUMBERS = itertools.count(1)
PROVISIONING = threading.Lock()
VISIBILITY_SECONDS = "1"
"""Shorter than the lease, unlike the product's: so a message comes back while its lost worker's lease still runs."""


class Stage:
    """Everything that a lead meets, for as long as its block lasts."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self.name = f"f{next(NUMBERS)}"
        self.parts = Sandbox(log=io.StringIO(), stage=self.name)
        self.parts.aws = self._aws = aws

    def __enter__(self) -> Self:
        with PROVISIONING:
            self.outputs = self.parts.outputs = self._aws.provision(self.name, self.parts.secret())
            self.sqs, self._dynamodb = self._aws.client("sqs"), self._aws.client("dynamodb")
        for function in ("check", "notify"):
            attributes = {"VisibilityTimeout": VISIBILITY_SECONDS}
            self.sqs.set_queue_attributes(QueueUrl=self.queue_url(function), Attributes=attributes)
        self.parts.zoho.start()
        self.parts.slack.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.parts.slack.__exit__(kind, error, trace)
        self.parts.zoho.stop()

    def upstreams(self) -> dict[str, str]:
        """Give the addresses of the three services."""
        return {"aws": self._aws.url, "zoho": self.parts.zoho.url, "slack": self.parts.slack.api_url}

    def environ(self, services: Mapping[str, str]) -> dict[str, str]:
        """Give a function's environment, in which the services have these addresses."""
        return self.parts.variables() | {
            "AWS_ENDPOINT_URL": services["aws"],
            "LEADMATCH_ZOHO_ACCOUNTS_URL": services["zoho"],
            "LEADMATCH_ZOHO_API_URL": services["zoho"],
            "LEADMATCH_SLACK_API_URL": services["slack"],
        }

    def queue_url(self, function: str) -> str:
        """Give the queue that a function works on."""
        return self.outputs[{"check": "InboxQueueUrl", "notify": "SlackQueueUrl"}[function]]

    def visible(self, function: str) -> int:
        """Count the messages that may be received now; asking moto's server would keep it from its work."""
        return int(_queue(self.queue_url(function)).approximate_number_of_messages)

    def hidden(self, function: str) -> int:
        """Count the messages that are being worked on or were put off."""
        return int(_queue(self.queue_url(function)).approximate_number_of_messages_not_visible)

    def dead_letters(self) -> int:
        """Count what lies in the dead-letter queues."""
        urls = (dead_letter_url(self.queue_url(function)) for function in ("check", "notify"))
        return sum(int(_queue(url).approximate_number_of_messages) for url in urls)

    def messages(self) -> list[Message]:
        """Give what stands in Slack, replies included, the operator's channel too."""
        workspace = self.parts.slack.workspace
        return [message for channel in (SALES, OPERATOR) for message in workspace.messages(channel.id)]

    def ledger_item(self, lead_id: str) -> LedgerItem:
        """Read the lead's item."""
        answer = self._dynamodb.get_item(TableName=self.outputs["TableName"], Key={"pk": {"S": f"lead#{lead_id}"}})
        item: dict[str, Any] = answer.get("Item", {"pk": {"S": f"lead#{lead_id}"}})
        return read_item({name: TypeDeserializer().deserialize(value) for name, value in item.items()})


def _queue(url: str) -> Queue:
    return sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues[url.rpartition("/")[2]]
