"""A section of config.json that names what belongs to another stage is told, in whatever way it names it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ops.config import Project
from ops.config_checks import require_own_names
from ops.errors import OpsError

SQS = "https://sqs.eu-west-1.amazonaws.com/123456789012"
SECRET = "arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:leadmatch"
OWN = {
    "STAGE": "dev",
    "INBOX_QUEUE": f"{SQS}/leadmatch-dev-inbox.fifo",
    "MATCHES_QUEUE": f"{SQS}/leadmatch-dev-matches.fifo/",
    "SLACK_QUEUE": "http://127.0.0.1:5000/123456789012/leadmatch-dev-slack.fifo",
    "TOKENS_QUEUE": f"{SQS}/leadmatch-dev-tokens.fifo",
    "TABLE": "leadmatch-dev-ledger",
    "CREDENTIALS": f"{SECRET}/dev/credentials-AbC123",
    "ZOHO_CLIENT": f"{SECRET}/dev/zoho-client-ZzZ999",
    "ZOHO_TOKEN": f"{SECRET}/dev/zoho-token",
}


def require(folder: Path, *, stage: str = "dev", role: str = "leadmatch-dev-CheckRole-1A2B", **changes: str) -> None:
    """Look at a stage with these variables."""
    variables = {f"LEADMATCH_{name}": value for name, value in (OWN | changes).items() if value}
    functions = {"check": {"iam_role_arn": f"arn:aws:iam::123456789012:role/{role}"}}
    section: dict[str, Any] = {"environment_variables": variables, "lambda_functions": functions}
    (folder / ".chalice").mkdir()
    project = Project(folder)
    project.config_path.write_text(json.dumps({"stages": {stage: section}}))
    require_own_names(project, stage)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"STAGE": "", "TABLE": "", "INBOX_QUEUE": ""},
        {"CREDENTIALS": "leadmatch/dev/credentials", "ZOHO_TOKEN": f"{SECRET}/dev/zoho-token-xYz789"},
    ],
    ids=["its own", "missing", "other forms"],
)
def test_a_stage_s_own_names_pass(tmp_path: Path, changes: dict[str, str]) -> None:
    """URL, name or ARN; what is missing is named by others."""
    require(tmp_path, **changes)


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("INBOX_QUEUE", f"{SQS}/leadmatch-sf-inbox.fifo", "leadmatch-sf-inbox.fifo"),
        ("INBOX_QUEUE", f"{SQS}/leadmatch-dev-slack.fifo", "leadmatch-dev-slack.fifo"),
        ("MATCHES_QUEUE", f"{SQS}/leadmatch-dev-2-matches.fifo", "leadmatch-dev-2-matches.fifo"),
        ("SLACK_QUEUE", f"{SQS}/leadmatch-dev-slack", "leadmatch-dev-slack"),
        ("TABLE", "leadmatch-prod-ledger", "leadmatch-prod-ledger"),
        ("CREDENTIALS", f"{SECRET}/prod/credentials-AbC123", "leadmatch/prod/credentials"),
        ("ZOHO_CLIENT", "leadmatch/dev/credentials", "leadmatch/dev/credentials"),
        ("ZOHO_TOKEN", "leadmatch/prod/zoho-token", "leadmatch/prod/zoho-token"),
    ],
)
def test_a_name_of_another_stage_is_told(tmp_path: Path, name: str, value: str, found: str) -> None:
    """With the command that puts it right."""
    with pytest.raises(OpsError) as caught:
        require(tmp_path, **{name: value})
    assert caught.value.message == f"Stage dev: LEADMATCH_{name} names {found}, which is not of this stage."
    assert caught.value.hint == "Correct it with: python -m ops provision --stage dev"


def test_a_role_of_another_function_or_stage_is_told(tmp_path: Path) -> None:
    """`dev-2` begins as `dev` does."""
    with pytest.raises(OpsError, match="iam_role_arn of check names leadmatch-dev-2-CheckRole-1A2B"):
        require(tmp_path, role="leadmatch-dev-2-CheckRole-1A2B")


@pytest.mark.parametrize(
    ("stage", "said"),
    [("prod", "LEADMATCH_STAGE names prod, which"), ("", "LEADMATCH_STAGE is not set and counts as dev")],
)
def test_functions_that_take_themselves_for_another_stage_are_told(tmp_path: Path, stage: str, said: str) -> None:
    """Their events and numbers would be that one's; several complaints stand one a line."""
    with pytest.raises(OpsError, match=said) as caught:
        require(tmp_path, stage="qa", STAGE=stage)
    assert len(caught.value.message.splitlines()) == 11


def test_a_stage_that_is_not_there_names_nothing(tmp_path: Path) -> None:
    """Others say that it is not provisioned."""
    (tmp_path / ".chalice").mkdir()
    (tmp_path / ".chalice" / "config.json").write_text("{}")
    require_own_names(Project(tmp_path), "qa")
