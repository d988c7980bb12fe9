"""Stages as the operator's own command provisions them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from typing import Any

from ops.config import Project, section
from ops.functions import ROLES
from tests.deploy.account import REGION, AwsAccount
from tests.deploy.clones import Clone

CHANNEL = "C0123456789"
QUEUE_URL = "https://sqs.us-east-1.amazonaws.com/123456789012/leadmatch-{}-{}.fifo"
SECRET = {
    "zoho": {"client_id": "1000.TEST", "client_secret": "test-secret", "refresh_token": "1000.test-refresh"},
    "slack": {"bot_token": "xoxb-test", "signing_secret": "ab" * 16},
}


def provision(
    account: AwsAccount,
    clone: Clone,
    stage: str,
    secret: Mapping[str, Any] | None = None,
    variables: Mapping[str, str] | None = None,
    *,
    types: Callable[..., subprocess.CompletedProcess[str]] = Clone.ops,
) -> dict[str, str]:
    """Type `python -m ops provision`; return the stack's outputs. `variables` are what a person wrote into config.json."""
    secrets = clone.folder / "secrets.json"
    secrets.write_text(json.dumps(secret or SECRET))
    secrets.chmod(0o600)
    channel = (variables or {}).get("LEADMATCH_SLACK_CHANNEL", CHANNEL)
    if variables:
        Project(clone.folder).write_stage(stage, {"environment_variables": dict(variables)})
    done = types(
        clone,
        *("provision", "--stage", stage, "--region", REGION, "--slack-channel", channel),
        *("--secrets-file", str(secrets), "--yes"),
        aws=account.environment(),
    )
    assert done.returncode == 0, done.stderr
    stacks = account.client("cloudformation").describe_stacks(StackName=f"leadmatch-{stage}")["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stacks[0]["Outputs"]}


def write_section(clone: Clone, stage: str) -> None:
    """Write the stage's section of config.json as provision does, without an account."""
    settings = {"LEADMATCH_SLACK_CHANNEL": CHANNEL}
    made = section({}, stage=stage, region=REGION, outputs=_outputs(stage), settings=settings)
    Project(clone.folder).write_stage(stage, made)


def _outputs(stage: str) -> dict[str, str]:
    """Return a stack's outputs, as they look in AWS."""
    queues = {
        f"{name.capitalize()}QueueUrl": QUEUE_URL.format(stage, name)
        for name in ("inbox", "matches", "slack", "convert", "tokens")
    }
    roles = {key: f"arn:aws:iam::123456789012:role/leadmatch-{stage}-{key}" for key in ROLES.values()}
    secrets = {
        "CredentialsSecret": f"leadmatch/{stage}/credentials",
        "ZohoClientSecret": f"leadmatch/{stage}/zoho-client",
        "ZohoTokenSecret": f"leadmatch/{stage}/zoho-token",
    }
    return queues | roles | secrets | {"TableName": f"leadmatch-{stage}-ledger"}
