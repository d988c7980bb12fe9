"""What has to be so before a deploy: the stage is provisioned, and Chalice's record of the last deploy is here."""

from __future__ import annotations

from botocore.exceptions import ClientError

from chalicelib.settings import PREFIX, REQUIRED
from ops.account import Account
from ops.deploy.functions import FUNCTIONS, function_name
from ops.failures import OpsError, aws_failures
from ops.project import Project

SETTLED = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE")


def require_settings(project: Project, stage: str) -> None:
    """Raise `OpsError` unless config.json holds what provision writes; asks nobody."""
    roles = project.stage(stage).get("lambda_functions", {})
    environment = project.environment(stage)
    missing = [PREFIX + name for name in REQUIRED if not environment.get(PREFIX + name)]
    missing += [f"iam_role_arn of {key}" for key in FUNCTIONS if not roles.get(key, {}).get("iam_role_arn")]
    if missing:
        raise OpsError(
            f"Stage {stage} is not provisioned: .chalice/config.json lacks {', '.join(missing)}.",
            f"First run: python -m ops provision --stage {stage}",
        )


def require_stack(account: Account, stage: str) -> None:
    """Raise `OpsError` unless the stage's stack stands and is not being changed."""
    name = f"leadmatch-{stage}"
    status = _stack_status(account, name)
    if not status:
        raise OpsError(
            f"There is no stack {name} in {account.region}.",
            f"First run: python -m ops provision --stage {stage}",
        )
    if status not in SETTLED:
        raise OpsError(
            f"The stack {name} is in state {status}.",
            f"Wait until nobody changes it, then run: python -m ops provision --stage {stage}",
        )


def require_record(project: Project, account: Account, stage: str) -> None:
    """Raise `OpsError` when the stage was deployed and nothing here says so.

    Chalice would make a second API with another address, and try to give every queue a second reader.
    https://github.com/aws/chalice/issues/972
    """
    found = [name for name in (function_name(stage, key) for key in FUNCTIONS) if _exists(account, name)]
    if found and not project.deployed(stage):
        raise OpsError(
            f"Stage {stage} is deployed already ({', '.join(found)}), but .chalice/deployed/{stage}.json is not here: "
            "Chalice would make everything a second time.",
            "Take the file from whoever deployed last (it belongs into git), or have it written anew from what AWS "
            f"has: python -m ops deploy --stage {stage} --recover",
        )


def _stack_status(account: Account, name: str) -> str:
    with aws_failures("cloudformation"):
        try:
            stacks = account.session.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if "does not exist" in str(error):
                return ""
            raise
    return stacks[0]["StackStatus"]


def _exists(account: Account, name: str) -> bool:
    functions = account.session.client("lambda")
    with aws_failures("lambda"):
        try:
            functions.get_function_configuration(FunctionName=name)
        except functions.exceptions.ResourceNotFoundException:
            return False
    return True
