"""What a stage's section of config.json names is its own: a line copied from another stage is told before anything uses it.

Chalice would let this stage's functions read the other one's queue, and each of its leads would be worked on by either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from chalicelib.settings import PREFIX, stage_name
from ops.failures import OpsError
from ops.project import Project
from ops.provision.section import ROLES

NAMES = {
    "INBOX_QUEUE": "leadmatch-{stage}-inbox.fifo",
    "MATCHES_QUEUE": "leadmatch-{stage}-matches.fifo",
    "SLACK_QUEUE": "leadmatch-{stage}-slack.fifo",
    "TABLE": "leadmatch-{stage}-ledger",
    "CREDENTIALS": "leadmatch/{stage}/credentials",
    "ZOHO_TOKEN": "leadmatch/{stage}/zoho-token",
}
"""What the template calls them; a queue is written as its URL, a secret as its name or its ARN."""
SECRET_ARN = re.compile(r"arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:(?P<name>.+?)(-[A-Za-z0-9]{6})?")


def require_own_names(project: Project, stage: str, *, then: str = "") -> None:
    """Raise `OpsError` that tells each name of another stage; what is missing is none."""
    wrong = [*_strange_variables(stage, project.environment(stage)), *_strange_roles(project, stage)]
    if wrong:
        told = f" {wrong[0]}" if len(wrong) == 1 else "".join(f"\n  {one}" for one in wrong)
        raise OpsError(
            f"Stage {stage}:{told}",
            f"Put it right by: python -m ops provision --stage {stage}{then}",
        )


def is_own_queue(stage: str, queue: str) -> bool:
    """Tell whether a queue's name is one of the stage's."""
    return queue in {own.format(stage=stage) for name, own in NAMES.items() if name.endswith("_QUEUE")}


def _strange_variables(stage: str, environment: Mapping[str, str]) -> Iterator[str]:
    if environment and (said := stage_name(environment)) != stage:
        name = f"{PREFIX}STAGE"
        yield f"{name} {'names' if environment.get(name, '').strip() else 'is not set and counts as'} {said}, which is not this stage."
    for name, own in NAMES.items():
        found = _last_name(environment.get(PREFIX + name, "").strip())
        if found and found != own.format(stage=stage):
            yield _strange(PREFIX + name, found)


def _last_name(text: str) -> str:
    """Give the name that a queue's URL or a secret's ARN ends with, or the name itself."""
    if text.startswith(("https://", "http://")):
        return text.rstrip("/").rpartition("/")[2]
    secret = SECRET_ARN.fullmatch(text)
    return secret["name"] if secret else text


def _strange_roles(project: Project, stage: str) -> Iterator[str]:
    """CloudFormation names a role after its stack and its place in the template, with something random behind."""
    for key, output in ROLES.items():
        role = project.role_name(stage, key)
        if role and not role.startswith(f"leadmatch-{stage}-{output.removesuffix('Arn')}"):
            yield _strange(f"iam_role_arn of {key}", role)


def _strange(name: str, found: str) -> str:
    return f"{name} names {found}, which is not of this stage."
