"""A provisioned stage, and the stand-ins that it speaks to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ops.deploy.functions import FUNCTIONS
from tests.deploy.account import AwsAccount
from tests.deploy.clones import PROJECT, Clone

ROLES = dict(zip(FUNCTIONS, ("ApiRoleArn", "CheckRoleArn", "NotifyRoleArn", "SweepRoleArn"), strict=True))
CHANNEL = "C0123456789"


def provision(
    account: AwsAccount,
    clone: Clone,
    stage: str,
    secret: Mapping[str, Any] | None = None,
    variables: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Give the stage its resources and its section of config.json; return the stack's outputs."""
    outputs = _stack(account, stage)
    secrets = account.client("secretsmanager")
    secrets.create_secret(Name=outputs["CredentialsSecret"], SecretString=json.dumps(dict(secret or {})))
    secrets.create_secret(Name=outputs["ZohoTokenSecret"])
    write_section(clone, stage, outputs, variables or {})
    return outputs


def write_section(clone: Clone, stage: str, outputs: Mapping[str, str], variables: Mapping[str, str]) -> None:
    """Write the stage's section of config.json."""
    config = clone.config
    shared = config["stages"].get("dev", {}).get("lambda_functions", {}) | config.get("lambda_functions", {})
    config["stages"][stage] = {
        "environment_variables": _variables(stage, outputs) | dict(variables),
        "lambda_functions": {
            key: shared.get(key, {}) | {"manage_iam_role": False, "iam_role_arn": outputs[ROLES[key]]}
            for key in FUNCTIONS
        },
    }
    clone.write_config(config)


def _stack(account: AwsAccount, stage: str) -> dict[str, str]:
    formation, name = account.client("cloudformation"), f"leadmatch-{stage}"
    formation.create_stack(
        StackName=name,
        TemplateBody=(PROJECT / "infra/resources.yaml").read_text(),
        Parameters=[{"ParameterKey": "Stage", "ParameterValue": stage}],
        Capabilities=["CAPABILITY_IAM"],
    )
    formation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    outputs = formation.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    return {output["OutputKey"]: output["OutputValue"] for output in outputs}


def _variables(stage: str, outputs: Mapping[str, str]) -> dict[str, str]:
    return {
        "LEADMATCH_STAGE": stage,
        "LEADMATCH_INBOX_QUEUE": outputs["InboxQueueUrl"],
        "LEADMATCH_MATCHES_QUEUE": outputs["MatchesQueueUrl"],
        "LEADMATCH_SLACK_QUEUE": outputs["SlackQueueUrl"],
        "LEADMATCH_TABLE": outputs["TableName"],
        "LEADMATCH_CREDENTIALS": outputs["CredentialsSecret"],
        "LEADMATCH_ZOHO_TOKEN": outputs["ZohoTokenSecret"],
        "LEADMATCH_SLACK_CHANNEL": CHANNEL,
    }
