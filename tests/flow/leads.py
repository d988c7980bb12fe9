"""Sends leads through the sandbox and looks at both ends."""

from __future__ import annotations

import json
import uuid
from typing import Any

from chalicelib.aws.queues import dead_letter_url
from sandbox.callers import MakeCall, json_call
from sandbox.slack.workspace import Message
from sandbox.system import OPERATOR, SALES, WEBHOOK_KEY, Sandbox


def send(sandbox: Sandbox, lead_id: str, call: MakeCall = json_call, *, key: str = WEBHOOK_KEY) -> str:
    """Call the webhook for one lead, wait until all is quiet, give the event id."""
    response = call(lead_id, key).send(sandbox.webhook_url)
    assert response.status_code == 202, response.text
    assert sandbox.wait_until_idle()
    return str(response.json()["accepted"][0]["event_id"])


def matches(sandbox: Sandbox, lead_id: str) -> list[dict[str, Any]]:
    """Return the lead's match events."""
    events = [json.loads(text) for text in sandbox.match_texts()]
    return [event for event in events if event["subject"] == lead_id]


def messages(sandbox: Sandbox, *event_ids: str) -> list[Message]:
    """Return the messages, replies included, whose metadata carries one of the event ids."""
    everything = [m for channel in (SALES, OPERATOR) for m in sandbox.slack.workspace.messages(channel.id)]
    return [m for m in everything if (m.metadata or {}).get("event_payload", {}).get("event_id") in event_ids]


def put_into_inbox(sandbox: Sandbox, body: str) -> None:
    """Do what a redelivery or a redrive does, and wait until all is quiet."""
    sandbox.aws.client("sqs").send_message(
        QueueUrl=sandbox.outputs["InboxQueueUrl"],
        MessageBody=body,
        MessageGroupId=json.loads(body)["lead_id"],
        MessageDeduplicationId=str(uuid.uuid4()),
    )
    assert sandbox.wait_until_idle()


def take_all(sandbox: Sandbox, url: str) -> list[str]:
    """Take every message out of a queue; return their bodies."""
    sqs, bodies = sandbox.aws.client("sqs"), []
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        bodies += [str(one["Body"]) for one in found]
        entries = [{"Id": one["MessageId"], "ReceiptHandle": one["ReceiptHandle"]} for one in found]
        sqs.delete_message_batch(QueueUrl=url, Entries=entries)
    return bodies


def dead_letters(sandbox: Sandbox, queue: str) -> list[str]:
    """Take every dead letter of the inbox or the slack queue; return their bodies."""
    return take_all(sandbox, dead_letter_url(sandbox.outputs[f"{queue.title()}QueueUrl"]))


def zylker_contact(sandbox: Sandbox, name: str = "Ada Park", email: str = "ada@zylker.example") -> str:
    """Put a contact and its account into the CRM, and give a lead that is the same person."""
    crm = sandbox.crm
    account_id = crm.add("Accounts", Account_Name="Zylker")
    crm.add("Contacts", Full_Name=name, Email=email, Account_Name=crm.lookup("Accounts", account_id))
    return crm.add("Leads", Full_Name=name, Email=email, Company="Zylker", Phone="+1 555 0100")


def bring_back(sandbox: Sandbox, queue: str) -> None:
    """Let the time be over for which messages of the inbox or the slack queue were put off; the pump has to rest."""
    sandbox.aws.show(sandbox.outputs[f"{queue}QueueUrl"])
