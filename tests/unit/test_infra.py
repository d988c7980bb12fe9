"""The template and the config say the same as the code: names, keys, policies. Their durations are compared in `test_timing`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chalicelib.aws.ledger import DUE, DUE_INDEX
from chalicelib.aws.queues import dead_letter_url
from ops.provision.provision import template_text
from tests.template import EVERYTHING, RESOURCES, STAGE, TEMPLATE, of_type, read_template, resolved

CONFIG = json.loads(Path(".chalice/config.json").read_text())
QUEUES = of_type("AWS::SQS::Queue")


@pytest.mark.parametrize("name", QUEUES)
def test_every_queue_is_fifo_and_encrypted(name: str) -> None:
    """Order within a lead or a channel, and nothing readable at rest."""
    queue = QUEUES[name]
    assert queue["FifoQueue"] is True
    assert queue["SqsManagedSseEnabled"] is True


@pytest.mark.parametrize("name", QUEUES)
def test_every_queue_has_high_throughput(name: str) -> None:
    """Deduplication and throughput are per message group: one lead, or one channel."""
    assert QUEUES[name]["DeduplicationScope"] == "messageGroup"
    assert QUEUES[name]["FifoThroughputLimit"] == "perMessageGroupId"


@pytest.mark.parametrize("name", ["Inbox", "Slack", "Convert"])
def test_a_worker_s_queue_has_the_dead_letters_that_the_code_writes_to(name: str) -> None:
    """The name is made twice, here and in the code."""
    live, dead = QUEUES[f"{name}Queue"], QUEUES[f"{name}DeadQueue"]
    assert dead["QueueName"] == dead_letter_url(live["QueueName"])
    assert live["RedrivePolicy"]["deadLetterTargetArn"].endswith(f":{dead['QueueName']}")
    allowed = dead["RedriveAllowPolicy"]
    assert allowed["redrivePermission"] == "byQueue"
    assert [arn.rpartition(":")[2] for arn in allowed["sourceQueueArns"]] == [live["QueueName"]]


@pytest.mark.parametrize("name", QUEUES)
def test_every_queue_refuses_plain_http(name: str) -> None:
    """From anybody, for anything; in a queue's policy the star is that queue."""
    url = resolved(STAGE, **EVERYTHING)["Outputs"][f"{name}Url"]["Value"]
    (policy,) = of_type("AWS::SQS::QueuePolicy").values()
    assert url in policy["Queues"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "sqs:*")
    assert statement["Resource"] == "*"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_ledger_forgets_and_finds_what_waits() -> None:
    """Partition key, TTL and the sparse index are those of the code."""
    table = RESOURCES["LedgerTable"]["Properties"]
    (index,) = table["GlobalSecondaryIndexes"]
    assert table["KeySchema"] == [{"AttributeName": "pk", "KeyType": "HASH"}]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert index["IndexName"] == DUE_INDEX
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}  # the sweep reads it without a limit on keys
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["due", "due_at"]
    assert DUE


def test_the_outputs_are_those_of_the_contract() -> None:
    """Other programs rely on the names."""
    assert set(resolved(STAGE)["Outputs"]) == {
        *(
            "InboxQueueUrl",
            "MatchesQueueUrl",
            "SlackQueueUrl",
            "InboxDeadQueueUrl",
            "SlackDeadQueueUrl",
            "TokensQueueUrl",
            "ConvertQueueUrl",
            "ConvertDeadQueueUrl",
        ),
        *("TableName", "CredentialsSecret", "ZohoClientSecret", "ZohoTokenSecret", "AlarmTopicArn", "DashboardUrl"),
        *("ApiRoleArn", "CheckRoleArn", "NotifyRoleArn", "ConvertRoleArn", "RefreshRoleArn", "SweepRoleArn"),
    }


def test_matches_have_dead_letters_only_when_they_are_asked_for() -> None:
    """Twenty receives, a queue of their own that takes from the matches alone, and an alarm."""
    off, on = resolved(STAGE), resolved(STAGE, MatchesDeadLetters="on")
    assert "matches-dead" not in json.dumps(off)
    assert "RedrivePolicy" not in off["Resources"]["MatchesQueue"]["Properties"]
    dead = on["Resources"]["MatchesDeadQueue"]["Properties"]
    arn = f"arn:aws:sqs:us-east-1:123456789012:{dead['QueueName']}"
    assert on["Resources"]["MatchesQueue"]["Properties"]["RedrivePolicy"] == {
        "deadLetterTargetArn": arn,
        "maxReceiveCount": 20,
    }
    sources = [arn.rpartition(":")[2] for arn in dead["RedriveAllowPolicy"]["sourceQueueArns"]]
    assert sources == [f"leadmatch-{STAGE}-matches.fifo"]
    assert on["Resources"].keys() - off["Resources"].keys() == {*("MatchesDeadQueue", "MatchesDeadLettersAlarm")}
    assert on["Outputs"].keys() - off["Outputs"].keys() == {"MatchesDeadQueueUrl"}


def test_without_dead_letters_for_matches_everything_else_is_the_same() -> None:
    """The parameter adds, and changes nothing but the queue it is for and the queues' policy."""
    off, on = resolved(STAGE)["Resources"], resolved(STAGE, MatchesDeadLetters="on")["Resources"]
    assert {name for name in off if off[name] != on[name]} == {"MatchesQueue", "QueuePolicy"}


def test_the_ledger_outlives_its_stack_and_is_found_by_its_name() -> None:
    """A stack that did not make the table works on it all the same, so nothing refers to the resource."""
    table = TEMPLATE["Resources"]["LedgerTable"]
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert TEMPLATE["Conditions"][table["Condition"]] == {"Fn::Equals": [{"Ref": "Ledger"}, "create"]}
    others = {name: one for name, one in TEMPLATE["Resources"].items() if name != "LedgerTable"}
    assert "LedgerTable" not in json.dumps([others, TEMPLATE["Outputs"]])
    assert resolved(STAGE)["Outputs"]["TableName"]["Value"] == RESOURCES["LedgerTable"]["Properties"]["TableName"]


def test_the_secrets_stand_outside_the_stack() -> None:
    """Their values never pass through a template, and CloudFormation cannot take a retained secret back by its name."""
    assert not of_type("AWS::SecretsManager::Secret")


def test_create_stack_takes_the_template_without_its_comments() -> None:
    """Above 51,200 bytes it would have to go through an S3 bucket first; what is sent says the same."""
    sent = template_text()
    assert len(sent.encode()) < 51_200
    assert read_template(sent) == TEMPLATE


def test_token_requests_have_no_dead_letters() -> None:
    """Whoever still lacks a token asks again: nothing of what is not done has to be kept."""
    assert "RedrivePolicy" not in QUEUES["TokensQueue"]


def test_what_all_stages_share_stands_above_them() -> None:
    """A stage's own section is written when it is provisioned; without it a deploy stops at a policy file that is not there."""
    assert "stages" not in CONFIG
    assert (CONFIG["api_gateway_endpoint_type"], CONFIG["lambda_architecture"]) == ("REGIONAL", "arm64")
    assert CONFIG["autogen_policy"] is False
    assert CONFIG["iam_policy_file"].startswith("NOT PROVISIONED - first run: python -m ops provision")


def test_nothing_keeps_the_addresses_of_the_stage_s_calls() -> None:
    """With GET the webhook's key stands in them: no access log of API Gateway, and no trace, which would record them."""
    assert not [one["Type"] for one in RESOURCES.values() if one["Type"].startswith(("AWS::ApiGateway", "AWS::XRay"))]
    assert "xray" not in json.dumps(CONFIG).lower()
