"""What has to be so before a deploy: the stage is provisioned, and Chalice's record of the last deploy is here."""

from __future__ import annotations

from chalicelib.settings import PREFIX, REQUIRED
from ops.account import Account
from ops.config import REGION_KEY, STACK_VARIABLES, Project, Section
from ops.config_checks import require_own_names, require_readable
from ops.errors import OpsError, aws_failures
from ops.functions import FUNCTIONS
from ops.stack import GOOD, look_at_stack
from ops.stage import Stage

SETTLED = GOOD | {"UPDATE_ROLLBACK_COMPLETE"}
"""After a change that was taken back, what was there before still stands."""
LIMITS = ("lambda_memory_size", "lambda_timeout")
APP_NAME = "leadmatch"


def require_settings(project: Project, stage: str) -> None:
    """Raise `OpsError` unless config.json holds what provision writes, for this stage, and nothing that no function reads; asks nobody."""
    roles = project.stage(stage).get("lambda_functions", {})
    environment = project.written_environment(stage)
    names = dict.fromkeys((*REQUIRED, *STACK_VARIABLES))
    missing = [PREFIX + name for name in names if not environment.get(PREFIX + name)]
    missing += [f"iam_role_arn of {key}" for key in FUNCTIONS if not roles.get(key, {}).get("iam_role_arn")]
    if missing:
        raise project.not_provisioned(stage, _lack_in(project.stage(stage), missing))
    require_readable(stage, project.written_environment(stage))
    require_own_names(project, stage)
    _require_limits(project, stage)


def _lack_in(section: Section, missing: list[str]) -> str:
    """Say what a section lacks; one that has the region alone is not half there, it is what a removal left."""
    if section.keys() <= {REGION_KEY}:
        return (
            "has only its region (the stage was removed and its data was kept, or its first provision did not finish)"
        )
    return f"lacks {', '.join(missing)}"


def _require_limits(project: Project, stage: str) -> None:
    """Chalice would go on without a word: with 128 MB, with 60 seconds, or with functions of another name."""
    wrong = [
        f"{name} of {key} is missing" for key in FUNCTIONS for name in LIMITS if not project.limit(stage, key, name)
    ]
    if project.app_name != APP_NAME:
        wrong.append(f"app_name must be {APP_NAME}")
    if wrong:
        raise OpsError(
            f".chalice/config.json: {', '.join(wrong)}.",
            "Restore these lines as they are in the repository (git diff .chalice/config.json shows what is missing), then run this again.",
        )


def require_stack(account: Account, stage: str) -> None:
    """Raise `OpsError` unless the stage's stack stands and is not being changed."""
    name = f"leadmatch-{stage}"
    with aws_failures("cloudformation"):
        state = look_at_stack(account.session.client("cloudformation"), name)
    if state is None:
        raise OpsError(
            f"Stack {name} does not exist in {account.region}.",
            f"First run: python -m ops provision --stage {stage}",
        )
    if state.status not in SETTLED:
        raise OpsError(
            f"The stack {name} is in state {state.status}.",
            f"Wait until no other command is changing it, then run: python -m ops provision --stage {stage}",
        )


def require_record(stage: Stage) -> None:
    """Raise `OpsError` when the stage was deployed and nothing here says so.

    Chalice would make a second API with another address, and try to give every queue a second reader.
    https://github.com/aws/chalice/issues/972
    """
    found = stage.deployed_functions()
    if found and not stage.project.deployed(stage.name):
        raise OpsError(
            f"Stage {stage.name} is already deployed ({', '.join(found)}), but .chalice/deployed/{stage.name}.json is "
            "missing or empty: Chalice would create everything a second time.",
            "Get the file from the person who deployed last (it belongs in git), or write it again from what is in "
            f"AWS: python -m ops deploy --stage {stage.name} --recover",
        )
