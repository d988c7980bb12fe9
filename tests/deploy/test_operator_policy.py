"""infra/operator-policy.json allows what the operator's commands need, on leadmatch's own resources, and no more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from tests.deploy.operator import operator_in
from tests.own_aws import OwnAws
from tests.template import RESOURCES

POLICY = json.loads(Path("infra/operator-policy.json").read_text())
MOST_CHARACTERS = 6144
"""Of a managed policy: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
NAMELESS = {"WhoAmI", "QueueReaders", "HaveNoNames", "LookAtTheDashboard"}
"""Statements for every resource: these actions know no other, or are held to leadmatch's functions by a condition."""

CHALICE = {
    "apigateway": "DELETE GET PATCH POST PUT",
    "events": "DeleteRule PutRule PutTargets RemoveTargets",
    "iam": "PassRole",
    "lambda": "AddPermission CreateEventSourceMapping CreateFunction DeleteEventSourceMapping DeleteFunction"
    " DeleteFunctionConcurrency GetEventSourceMapping GetFunction GetFunctionConfiguration GetPolicy ListTags"
    " RemovePermission TagResource UntagResource UpdateEventSourceMapping UpdateFunctionCode UpdateFunctionConfiguration",
}
"""What `chalice deploy`, again and with other tags, and `chalice delete` ask for: noted from Chalice 1.34 at work."""
CHECK = {
    "cloudwatch": "GetMetricStatistics",
    "dynamodb": "GetItem UpdateItem",
    "lambda": "GetFunctionConfiguration ListEventSourceMappings",
    "sns": "ListSubscriptionsByTopic",
    "sqs": "GetQueueAttributes",
}
"""What `python -m ops check` looks at; to ask Zoho it takes part in sharing the token."""
DEPLOY = {"events": "ListRules", "lambda": "ListEventSourceMappings"}
"""How `python -m ops deploy` looks for what Chalice's record has forgotten."""
REPLAY = {"sqs": "ChangeMessageVisibility DeleteMessage GetQueueAttributes ReceiveMessage SendMessage"}
"""What `python -m ops replay` does with the dead letters."""
BY_HAND = {"cloudformation:ContinueUpdateRollback", "logs:FilterLogEvents", "sqs:PurgeQueue"}
"""What provision tells an operator to type when a stack is stuck, and the check for a log and for clicks that are never tried again."""
DASHBOARD = {
    "cloudwatch": "DescribeAlarms GetDashboard GetMetricData ListMetrics",
    "logs": "GetQueryResults StartQuery",
}
"""What the console asks for to show the stage's dashboard: its alarms, metrics and the verdicts counted from the log."""
UNUSED = {
    "AWS::CloudWatch::Alarm": "",
    # No import, no replicas, no streams, no insights, no policy, no key of our own, nobody's data.
    "AWS::DynamoDB::Table": "DescribeImport UpdateContributorInsights EnableKinesisStreamingDestination"
    " DisableKinesisStreamingDestination UpdateKinesisStreamingDestination ImportTable PutResourcePolicy"
    " DeleteResourcePolicy CreateTableReplica AssociateTableReplica Scan Query UpdateItem PutItem GetItem DeleteItem"
    " BatchWriteItem kinesis:* iam:* kms:* logs:* s3:*",
    # Policies stand in the role; no boundary.
    "AWS::IAM::Role": "AttachRolePolicy DetachRolePolicy DeleteRolePermissionsBoundary PutRolePermissionsBoundary",
    # No delivery, no protection of data, no index, no key.
    "AWS::Logs::LogGroup": "PutDataProtectionPolicy DeleteDataProtectionPolicy CreateLogDelivery PutResourcePolicy"
    " DeleteResourcePolicy PutIndexPolicy DeleteIndexPolicy AssociateKmsKey DisassociateKmsKey"
    " PutLogGroupDeletionProtection PutBearerTokenAuthentication s3:* firehose:*",
    "AWS::Logs::MetricFilter": "",
    # No delivery stream, hence no role.
    "AWS::SNS::Subscription": "iam:*",
    "AWS::SNS::Topic": "PutDataProtectionPolicy iam:*",
    "AWS::SNS::TopicPolicy": "",
    "AWS::SQS::Queue": "",
    "AWS::SQS::QueuePolicy": "",
}
"""What CloudFormation may ask for on behalf of a resource, and does not for ours."""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[set[str]]:
    """Yield every action of a stage's life, from provision to its end and back."""
    with OwnAws() as aws:
        operator = operator_in(tmp_path_factory.mktemp("operator") / "clone", aws.environment())
        zoho = {"client_id": "1000.ID", "client_secret": "s", "refresh_token": "1000.r"}
        slack = {"bot_token": "xoxb-1", "signing_secret": "ab" * 16}
        first = (
            "--slack-channel",
            "C0123456789",
            "--secrets-file",
            operator.writes_secrets({"zoho": zoho, "slack": slack}),
        )
        for step in (
            first,
            ("--alarm-email", "ops@example.com"),
            ("--rotate-key",),
            ("--retire-key", "--yes"),
            ("--destroy", "--yes"),
            first,
            ("--destroy", "--yes", "--with-data"),
            first,
        ):
            done = operator.types("--stage", "dev", *step)
            assert done.code == 0, done.err
        yield aws.actions()


def expanded(table: dict[str, str]) -> set[str]:
    """Return a table's actions."""
    return {f"{service}:{name}" for service, names in table.items() for name in names.split()}


def allowed() -> set[str]:
    """Return every action that the policy allows."""
    return {action for one in POLICY["Statement"] for action in one["Action"]}


def by_cloudformation(kind: str) -> set[str]:
    """Return what CloudFormation asks for to make, change, read and remove a resource of ours, as its schema says."""
    handlers = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema["handlers"]
    wanted = {
        action
        for name in ("create", "read", "update", "delete")
        for action in handlers.get(name, {}).get("permissions", [])
    }
    unused = UNUSED[kind].split()
    own = {name for name in unused if ":" not in name}
    return {
        action
        for action in wanted
        if action.partition(":")[2] not in own and not any(fnmatchcase(action, pattern) for pattern in unused)
    }


def needed(asked: set[str]) -> set[str]:
    """Return everything that some command needs."""
    kinds = {one["Type"] for one in RESOURCES.values()}
    made = {action for kind in kinds for action in by_cloudformation(kind)}
    return (
        asked
        | made
        | expanded(CHALICE)
        | expanded(CHECK)
        | expanded(DEPLOY)
        | expanded(REPLAY)
        | expanded(DASHBOARD)
        | BY_HAND
    )


def test_what_is_needed_is_allowed_and_what_is_allowed_is_needed(asked: set[str]) -> None:
    """Noted calls, CloudFormation's own schema of each resource, Chalice, deploy, check and replay."""
    assert needed(asked) - allowed() == set()
    assert allowed() - needed(asked) == set()
    assert "cloudformation:CreateStack" in asked
    assert "secretsmanager:RestoreSecret" in asked


def test_every_kind_of_resource_is_known() -> None:
    """A new one in the template says here what of its permissions is not used."""
    assert {one["Type"] for one in RESOURCES.values()} == set(UNUSED)


@pytest.mark.parametrize("statement", POLICY["Statement"], ids=lambda one: one["Sid"])
def test_a_statement_names_leadmatch_s_resources(statement: dict[str, Any]) -> None:
    """No action has a star; only what has no name, or no name before it is made, stands open."""
    assert not [action for action in statement["Action"] if "*" in action]
    resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
    if statement["Sid"] == "Api":
        return  # API Gateway gives an API its id when it is made
    assert ("*" in resources) == (statement["Sid"] in NAMELESS)
    assert statement["Sid"] in NAMELESS or all("leadmatch" in one.rpartition(":")[2] for one in resources)


def test_roles_are_handed_to_lambda_alone() -> None:
    """Whoever may pass a role to anything may become anything."""
    (passing,) = (one for one in POLICY["Statement"] if "iam:PassRole" in one["Action"])
    assert passing["Action"] == ["iam:PassRole"]
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}


def test_it_fits_into_one_managed_policy() -> None:
    """White space does not count."""
    assert len(json.dumps(POLICY, separators=(",", ":"))) <= MOST_CHARACTERS
