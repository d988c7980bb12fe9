"""A stage's section of config.json: what the functions and `chalice deploy` must know of what was provisioned."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.settings import PREFIX
from ops.project import REGION_KEY, Section

VARIABLES = {
    "INBOX_QUEUE": "InboxQueueUrl",
    "MATCHES_QUEUE": "MatchesQueueUrl",
    "SLACK_QUEUE": "SlackQueueUrl",
    "TABLE": "TableName",
    "CREDENTIALS": "CredentialsSecret",
    "ZOHO_TOKEN": "ZohoTokenSecret",
}
"""The variables that come out of the stack, and the output that each one is."""
ROLES = {"api_handler": "ApiRoleArn", "check": "CheckRoleArn", "notify": "NotifyRoleArn", "sweep": "SweepRoleArn"}


def tags(stage: str) -> dict[str, str]:
    """Give the tags of everything that belongs to a stage."""
    return {"app": "leadmatch", "stage": stage}


def section(
    old: Section, *, stage: str, region: str, outputs: Mapping[str, str], settings: Mapping[str, str]
) -> Section:
    """Give the stage's section. What people wrote into it besides stays, and so does the order; what `settings`
    has as an empty text goes.

    `manage_iam_role` stands with each function: at the stage's level Chalice would want one role for all.
    """
    made = {f"{PREFIX}STAGE": stage} | {PREFIX + name: outputs[key] for name, key in VARIABLES.items()}
    variables = old.get("environment_variables", {}) | made | dict(settings) | made
    functions = old.get("lambda_functions", {})
    roles = {
        name: functions.get(name, {}) | {"manage_iam_role": False, "iam_role_arn": outputs[key]}
        for name, key in ROLES.items()
    }
    return old | {
        REGION_KEY: region,
        "environment_variables": {name: value for name, value in variables.items() if settings.get(name) != ""},
        "tags": old.get("tags", {}) | tags(stage),
        "lambda_functions": functions | roles,
    }
