"""A stage of its own for each run at a time: queues, ledger and secrets in the one embedded AWS, its own Zoho and Slack."""

from __future__ import annotations

import io
import itertools
import json
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.sqs.models import sqs_backends

from chalicelib.aws.conversions import ConversionItem, read_conversion
from chalicelib.aws.dynamodb import Item, Table
from chalicelib.aws.ledger_item import LedgerItem, read_item
from chalicelib.aws.pipeline_item import PipelineItem
from chalicelib.aws.queues import dead_letter_url
from chalicelib.aws.stage_lists import KEY as LISTS_KEY
from chalicelib.conversion import Pipeline
from chalicelib.wiring.clients import utc_now
from sandbox.aws import REGION, EmbeddedAws
from sandbox.slack.ids import TEAM_ID
from sandbox.slack.methods import ACTING
from sandbox.slack.workspace import Message
from sandbox.system import OPERATOR, SALES, Sandbox

if TYPE_CHECKING:
    from moto.sqs.models import Queue

NUMBERS = itertools.count(1)
QUEUES = ("refresh", "check", "notify", "convert")
"""The functions that work on a queue."""
PROVISIONING = threading.Lock()
CHECKED, CONVERTED = "leadmatch.lead.checked.v1", "leadmatch.lead.converted.v1"
TOKENS = 6
"""Zoho gives ten access tokens in ten minutes; every lead here begins without one, and crashes may cost it some more."""
VISIBILITY_SECONDS = "1"
"""Shorter than the lease, unlike the product's: so a message comes back while its lost worker's lease still runs."""


class Stage:
    """Everything that a lead meets; it serves several, one after the other, until Zoho has given so many tokens."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._seen, self._dead, self._acting = 0, 0, False
        self.name = f"f{next(NUMBERS)}"
        self.parts = Sandbox(log=io.StringIO(), stage=self.name)
        self.parts.aws = self._aws = aws

        with PROVISIONING:
            self.outputs = self.parts.outputs = aws.provision(self.name, self.parts.secrets())
            self.sqs, self._dynamodb = aws.client("sqs"), aws.client("dynamodb")
            self._secrets = aws.client("secretsmanager")
            self._table = Table(self._dynamodb, self.outputs["TableName"])
        for function in QUEUES:
            attributes = {"VisibilityTimeout": VISIBILITY_SECONDS}
            self.sqs.set_queue_attributes(QueueUrl=self.queue_url(function), Attributes=attributes)
        self.parts.zoho.start()
        self.parts.slack.__enter__()

    def close(self) -> None:
        """Stop Slack and Zoho."""
        self.parts.slack.__exit__(None, None, None)
        self.parts.zoho.stop()

    def begin(self, *, acting: bool = False) -> None:
        """Make ready for the next lead: nothing in the CRM and the ledger, no fault left over, no access token.

        `acting` lets people convert leads from Slack; what came before their clicks is not looked at, so that an old token serves.
        """
        self._acting = acting
        self.parts.empty_crm()
        self._empty_ledger()
        if not acting:
            self._secrets.put_secret_value(SecretId=self.outputs["ZohoTokenSecret"], SecretString="{}")
        self._seen, self._dead = len(self._all_messages()), self._all_dead_letters()
        if acting:
            self._let_people_act()

    @property
    def is_used_up(self) -> bool:
        """Return whether another lead might find no access token, or an AWS that somebody else has emptied."""
        name = self.queue_url("check").rpartition("/")[2]
        tokens = sum(call.name == "token" for call in self.parts.zoho.calls)
        return tokens >= TOKENS or name not in sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues

    def upstreams(self) -> dict[str, str]:
        """Return the addresses of the three services."""
        return {"aws": self._aws.url, "zoho": self.parts.zoho.url, "slack": self.parts.slack.api_url}

    def environ(self, services: Mapping[str, str]) -> dict[str, str]:
        """Return a function's environment, in which the services have these addresses."""
        return self.parts.variables() | {
            "AWS_ENDPOINT_URL": services["aws"],
            "LEADMATCH_ZOHO_ACCOUNTS_URL": services["zoho"],
            "LEADMATCH_ZOHO_API_URL": services["zoho"],
            "LEADMATCH_SLACK_API_URL": services["slack"],
            **({"LEADMATCH_ACTIONS": "on", "LEADMATCH_SLACK_TEAM": TEAM_ID} if self._acting else {}),
        }

    def queue_url(self, function: str) -> str:
        """Return the queue that a function works on."""
        names = {"refresh": "Tokens", "check": "Inbox", "notify": "Slack", "convert": "Convert"}
        return self.outputs[f"{names[function]}QueueUrl"]

    def visible(self, function: str) -> int:
        """Count the messages that may be received now; asking moto's server would keep it from its work."""
        return int(_queue(self.queue_url(function)).approximate_number_of_messages)

    def left(self, function: str) -> int:
        """Count all messages that are not deleted: the hidden ones first, since one may become visible meanwhile."""
        queue = _queue(self.queue_url(function))
        hidden = int(queue.approximate_number_of_messages_not_visible)
        return hidden + int(queue.approximate_number_of_messages)

    def dead_letters(self) -> int:
        """Count what this lead has put into the dead-letter queues."""
        return self._all_dead_letters() - self._dead

    def messages(self) -> list[Message]:
        """Return what stands in Slack about this lead, replies included, the operator's channel too."""
        return sorted(self._all_messages(), key=lambda message: message.ts)[self._seen :]

    def matches(self, lead_id: str) -> list[dict[str, Any]]:
        """Return the lead's match events, repeats included."""
        events = [json.loads(text) for text in self.parts.match_texts()]
        return [event for event in events if event["subject"] == lead_id and event["type"] == CHECKED]

    def conversion_events(self, lead_id: str) -> list[dict[str, Any]]:
        """Return the events that say that the lead was converted, repeats included."""
        events = [json.loads(text) for text in self.parts.match_texts()]
        return [event for event in events if event["subject"] == lead_id and event["type"] == CONVERTED]

    def ledger_item(self, lead_id: str) -> LedgerItem:
        """Read the lead's item."""
        return read_item(self._item(f"lead#{lead_id}"))

    def conversion_item(self, lead_id: str) -> ConversionItem:
        """Read how far the lead's conversion has come."""
        return read_conversion(self._item(f"convert#{lead_id}"))

    def _item(self, key: str) -> Item:
        return self._table.get(key) or {"pk": key}

    def _let_people_act(self) -> None:
        """Give the app its further scopes, and the ledger what provisioning and the sweep put there."""
        self.parts.slack.scopes.update(ACTING)
        self._table.update_if(
            LISTS_KEY,
            update="converters = :converters",
            condition="attribute_not_exists(pk)",
            values={":converters": {"profiles": ["Standard"], "slack": []}},
            names={},
            now=time.time(),
        )
        PipelineItem(self._table, now=utc_now).write([Pipeline("Standard (Standard)", ("Qualification",))])

    def _empty_ledger(self) -> None:
        """Forget the leads, and with them what the workers share: the access token's record, Zoho's state."""
        table = self.outputs["TableName"]
        for item in self._dynamodb.scan(TableName=table)["Items"]:
            self._dynamodb.delete_item(TableName=table, Key={"pk": item["pk"]})

    def _all_messages(self) -> list[Message]:
        workspace = self.parts.slack.workspace
        return [message for channel in (SALES, OPERATOR) for message in workspace.messages(channel.id)]

    def _all_dead_letters(self) -> int:
        urls = (dead_letter_url(self.queue_url(function)) for function in ("check", "notify", "convert"))
        return sum(int(_queue(url).approximate_number_of_messages) for url in urls)


def _queue(url: str) -> Queue:
    return sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues[url.rpartition("/")[2]]
