"""The template and the config say the same as the code: names, time-outs, leases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chalicelib.aws.ledger import DUE, DUE_INDEX
from chalicelib.aws.queues import dead_letter_url
from chalicelib.steps.died import HIDDEN_SECONDS
from chalicelib.steps.notify import Timing
from chalicelib.steps.sweep import PART_SECONDS
from tests.template import RESOURCES, TEMPLATE

FUNCTIONS = json.loads(Path(".chalice/config.json").read_text())["stages"]["dev"]["lambda_functions"]
QUEUES = {name: one["Properties"] for name, one in RESOURCES.items() if one["Type"] == "AWS::SQS::Queue"}


@pytest.mark.parametrize("name", QUEUES)
def test_every_queue_is_fifo_encrypted_and_keeps_messages_for_fourteen_days(name: str) -> None:
    """What nobody reads for a fortnight is the longest that SQS keeps."""
    queue = QUEUES[name]
    assert queue["FifoQueue"] is True
    assert queue["SqsManagedSseEnabled"] is True
    assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600


@pytest.mark.parametrize("name", ["InboxQueue", "MatchesQueue", "SlackQueue"])
def test_the_live_queues_have_high_throughput(name: str) -> None:
    """Deduplication and throughput are per message group: one lead, or one channel."""
    assert QUEUES[name]["DeduplicationScope"] == "messageGroup"
    assert QUEUES[name]["FifoThroughputLimit"] == "perMessageGroupId"


@pytest.mark.parametrize("name", ["Inbox", "Slack"])
def test_a_worker_s_queue_has_the_dead_letters_that_the_code_writes_to(name: str) -> None:
    """The name is made twice, here and in the code."""
    live, dead = QUEUES[f"{name}Queue"], QUEUES[f"{name}DeadQueue"]
    assert dead["QueueName"] == dead_letter_url(live["QueueName"])
    assert live["RedrivePolicy"]["deadLetterTargetArn"] == f"{name}DeadQueue.Arn"


def test_time_outs_lease_and_visibility_are_in_order() -> None:
    """A lease outlives the function's hard end, and the queue's visibility outlives the lease."""
    assert FUNCTIONS["notify"]["lambda_timeout"] == 20 < Timing().lease_seconds == 45
    assert QUEUES["SlackQueue"]["VisibilityTimeout"] == 60 > Timing().lease_seconds
    assert QUEUES["InboxQueue"]["VisibilityTimeout"] > FUNCTIONS["check"]["lambda_timeout"]
    assert FUNCTIONS["api_handler"]["lambda_timeout"] < 29  # API Gateway waits no longer


def test_the_ledger_forgets_and_finds_what_waits() -> None:
    """Partition key, TTL and the sparse index are those of the code."""
    table = RESOURCES["LedgerTable"]["Properties"]
    (index,) = table["GlobalSecondaryIndexes"]
    assert table["KeySchema"] == [{"AttributeName": "pk", "KeyType": "HASH"}]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert index["IndexName"] == DUE_INDEX
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["due", "due_at"]
    assert DUE


def test_the_outputs_are_those_of_the_contract() -> None:
    """Other programs rely on the names."""
    wanted = "InboxQueueUrl MatchesQueueUrl SlackQueueUrl TableName CredentialsSecret ZohoTokenSecret".split()  # noqa: SIM905 - words
    assert set(wanted) <= set(TEMPLATE["Outputs"])


def test_the_sweep_s_parts_fit_into_its_time_and_a_letter_stays_hidden_for_all_of_it() -> None:
    """One sweep meets each dead letter once, and ends by itself."""
    assert 3 * PART_SECONDS < FUNCTIONS["sweep"]["lambda_timeout"] <= HIDDEN_SECONDS
