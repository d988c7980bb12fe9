"""The probe of the queues: which is not there, who reads which, and what lies in them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from ops.check import queues
from sandbox.system import Sandbox
from tests.flow.deployment import Deployment
from tests.flow.leads import dead_letters
from tests.flow.probing import probe, problem, warning

pytestmark = pytest.mark.usefixtures("deployment")
INBOX, SLACK, CONVERT, TOKENS = (f"leadmatch-sandbox-{name}.fifo" for name in ("inbox", "slack", "convert", "tokens"))
DEAD = "leadmatch-sandbox-inbox-dead.fifo"


def test_each_worker_reads_its_own_queue_and_nothing_lies_about() -> None:
    """What is counted stands in the values, for programs."""
    result = probe(queues.look)
    assert (result.status, result.findings.warnings) == ("ok", [])
    assert result.findings.facts[1:] == [
        f"check reads {INBOX}.",
        f"notify reads {SLACK}.",
        f"convert reads {CONVERT}.",
        f"refresh reads {TOKENS}.",
    ]
    assert {
        name: result.findings.values[name]
        for name in ("inbox", "inbox_dead", "slack", "slack_dead", "convert", "convert_dead", "tokens")
    } == {
        "inbox": 0,
        "inbox_dead": 0,
        "slack": 0,
        "slack_dead": 0,
        "convert": 0,
        "convert_dead": 0,
        "tokens": 0,
    }


@pytest.mark.parametrize(
    ("variable", "name"),
    [("LEADMATCH_MATCHES_QUEUE", "lost-matches.fifo"), ("LEADMATCH_INBOX_QUEUE", "lost-inbox.fifo")],
)
def test_a_queue_that_does_not_exist_is_made_by_provision(
    deployment: Deployment, sandbox: Sandbox, variable: str, name: str
) -> None:
    """The others are looked at all the same."""
    base = sandbox.outputs["MatchesQueueUrl"].rpartition("/")[0]
    deployment.write_config(**{variable: f"{base}/{name}"})
    result = probe(queues.look)
    assert result.findings.troubles[0].what == f"The queue {name} does not exist."
    assert "python -m ops provision --stage sandbox" in result.findings.troubles[0].fix
    assert f"notify reads {SLACK}." in result.findings.facts


def test_a_queue_that_nobody_reads_is_connected_by_a_deploy(deployment: Deployment) -> None:
    """What arrives there would stay there."""
    for mapping in deployment.mappings("check"):
        deployment.disconnect(mapping)
    found = problem(queues.look)
    assert found.what.startswith(f"leadmatch-sandbox-check does not read {INBOX}")
    assert "python -m ops deploy --stage sandbox" in found.fix


def test_a_mapping_that_is_switched_off_is_switched_on(deployment: Deployment) -> None:
    """By the command that is shown."""
    (mapping,) = deployment.mappings("notify")
    deployment.disable(mapping)
    found = problem(queues.look)
    assert "is disabled" in found.what
    assert f"aws lambda update-event-source-mapping --uuid {mapping} --enabled --region us-east-1" in found.fix


def test_a_second_mapping_is_removed(deployment: Deployment) -> None:
    """Chalice makes one more when it has lost its record of the first."""
    second = deployment.connect(deployment.name_of("check"), "InboxQueueUrl")
    found = problem(queues.look)
    assert f"reads {INBOX} twice" in found.what
    assert f"aws lambda delete-event-source-mapping --uuid {second}" in found.fix


def test_a_stranger_that_reads_the_queue_is_named(deployment: Deployment) -> None:
    """It would take leads away."""
    theirs = deployment.connect(deployment.name_of("stranger"), "SlackQueueUrl")
    found = problem(queues.look)
    assert f"leadmatch-sandbox-stranger also reads {SLACK}" in found.what
    assert theirs in found.fix


def test_a_worker_that_reads_another_queue_is_told(deployment: Deployment) -> None:
    """The matches are for other systems."""
    wrong = deployment.connect(deployment.name_of("notify"), "MatchesQueueUrl")
    found = problem(queues.look)
    assert "leadmatch-sandbox-notify reads leadmatch-sandbox-matches.fifo, which is not its queue" in found.what
    assert wrong in found.fix


def test_a_queue_of_another_stage_gets_no_cure_that_harms_that_one(deployment: Deployment, sandbox: Sandbox) -> None:
    """Its own worker reads it, as it should: nobody is told to delete that mapping."""
    sqs, name = sandbox.aws.client("sqs"), "leadmatch-healthy-inbox.fifo"
    url, _dead = (
        sqs.create_queue(QueueName=queue, Attributes={"FifoQueue": "true"})["QueueUrl"]
        for queue in (name, "leadmatch-healthy-inbox-dead.fifo")
    )
    deployment.write_config(LEADMATCH_INBOX_QUEUE=url)
    found = problem(queues.look)
    assert found.what == f"config.json names {name}, which is not a queue of this stage."
    assert "delete" not in found.fix
    assert "python -m ops provision --stage sandbox" in found.fix.splitlines()


def test_dead_letters_are_a_warning_with_the_way_back(sandbox: Sandbox) -> None:
    """The stage works; somebody has to look why, and bring them back."""
    url = sandbox.outputs["InboxQueueUrl"].replace(".fifo", "-dead.fifo")
    sandbox.aws.client("sqs").send_message(
        QueueUrl=url, MessageBody="{}", MessageGroupId="1", MessageDeduplicationId=str(uuid.uuid4())
    )
    found = warning(queues.look)
    dead_letters(sandbox, "inbox")
    assert found.what == f"1 message is in {DEAD}."  # not all need be leads
    assert "aws logs tail /aws/lambda/leadmatch-sandbox-check --since 14d --filter-pattern '\"given_up\"'" in found.fix
    assert "python -m ops replay --stage sandbox --queue inbox" in found.fix


def test_a_message_that_has_waited_long_is_a_warning(deployment: Deployment, sandbox: Sandbox) -> None:
    """SQS tells ages to CloudWatch alone; a queue of which nobody takes anything stands for one that is stuck."""
    sqs, name = sandbox.aws.client("sqs"), "leadmatch-old-inbox.fifo"
    url, _dead = (
        sqs.create_queue(QueueName=queue, Attributes={"FifoQueue": "true"})["QueueUrl"]
        for queue in (name, "leadmatch-old-inbox-dead.fifo")
    )
    sqs.send_message(QueueUrl=url, MessageBody="{}", MessageGroupId="1", MessageDeduplicationId=str(uuid.uuid4()))
    point = {
        "MetricName": "ApproximateAgeOfOldestMessage",
        "Dimensions": [{"Name": "QueueName", "Value": name}],
        "Timestamp": datetime.now(UTC) - timedelta(minutes=1),
        "Value": 2400.0,
    }
    sandbox.aws.client("cloudwatch").put_metric_data(Namespace="AWS/SQS", MetricData=[point])
    deployment.write_config(LEADMATCH_INBOX_QUEUE=url)
    (found,) = probe(queues.look).findings.warnings
    assert found.what == f"The oldest message of {name} has waited 40 minutes."
    assert "aws logs tail /aws/lambda/leadmatch-sandbox-check" in found.fix


def test_clicks_among_the_dead_letters_are_a_warning_and_are_not_replayed(sandbox: Sandbox) -> None:
    """A conversion cannot be undone: the lead is to be looked at, and the messages to be removed."""
    url = sandbox.outputs["ConvertDeadQueueUrl"]
    sandbox.aws.client("sqs").send_message(
        QueueUrl=url, MessageBody="{}", MessageGroupId="1", MessageDeduplicationId=str(uuid.uuid4())
    )
    found = warning(queues.look)
    dead_letters(sandbox, "convert")
    assert found.what == "1 message is in leadmatch-sandbox-convert-dead.fifo."
    assert f"aws sqs purge-queue --queue-url {url}" in found.fix
    assert "click Convert again" in found.fix
    assert "ops replay" not in found.fix
