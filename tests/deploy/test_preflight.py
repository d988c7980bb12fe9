"""What is looked at before a deploy, and the record that is written anew, against an account over HTTP."""

from __future__ import annotations

import json
from pathlib import Path

import boto3
import pytest
from click.testing import CliRunner

from ops.__main__ import main
from ops.account import Account
from ops.cli import Console
from ops.config import Project
from ops.deploy.preflight import require_record, require_settings, require_stack
from ops.deploy.record import recover
from ops.errors import OpsError
from ops.stage import Stage
from tests.deploy.account import AwsAccount
from tests.deploy.clones import WHEELS, Clone
from tests.deploy.stages import provision, write_section


@pytest.fixture
def opened(account: AwsAccount, monkeypatch: pytest.MonkeyPatch) -> Account:
    for name, value in account.environment().items():
        monkeypatch.setenv(name, value)
    return Account(boto3.Session())


@pytest.fixture
def project(clone: Clone) -> Project:
    return Project(clone.folder)


def without(clone: Clone, *path: str) -> None:
    """Remove one setting from config.json."""
    config = clone.config
    section = config["stages"]["dev"]
    for name in path[:-1]:
        section = section[name]
    del section[path[-1]]
    clone.write_config(config)


@pytest.mark.parametrize(
    "path",
    [
        ("environment_variables", "LEADMATCH_INBOX_QUEUE"),
        ("environment_variables", "LEADMATCH_SLACK_CHANNEL"),
        ("lambda_functions", "check", "iam_role_arn"),
    ],
)
def test_each_setting_that_is_missing_is_named(clone: Clone, project: Project, path: tuple[str, ...]) -> None:
    """The sentence says which, so that nobody searches."""
    write_section(clone, "dev")
    require_settings(project, "dev")
    without(clone, *path)
    name = path[-1] if path[0] == "environment_variables" else f"{path[-1]} of {path[1]}"
    with pytest.raises(OpsError, match=name):
        require_settings(project, "dev")


def test_a_setting_that_no_function_could_read_is_refused(clone: Clone, project: Project) -> None:
    """A deploy would go through, and every call of the webhook be answered 503; a number would make Chalice fail."""
    write_section(clone, "dev")
    config = clone.config
    for value in ("5OO", 300):
        config["stages"]["dev"]["environment_variables"]["LEADMATCH_ZOHO_CREDITS_FLOOR"] = value
        clone.write_config(config)
        with pytest.raises(OpsError, match="Stage dev: LEADMATCH_ZOHO_CREDITS_FLOOR"):
            require_settings(project, "dev")


def test_what_is_of_another_stage_is_refused(clone: Clone, project: Project) -> None:
    """Deployed, its functions would take the other one's leads; what provision writes is the stage's own."""
    write_section(clone, "dev")
    config = clone.config
    dev = config["stages"]["dev"]
    dev["environment_variables"]["LEADMATCH_INBOX_QUEUE"] = (
        "https://sqs.us-east-1.amazonaws.com/1/leadmatch-sf-inbox.fifo"
    )
    role = dev["lambda_functions"]["check"]["iam_role_arn"].replace("leadmatch-dev-", "leadmatch-dev-2-")
    dev["lambda_functions"]["check"]["iam_role_arn"] = role
    clone.write_config(config)
    with pytest.raises(OpsError) as caught:
        require_settings(project, "dev")
    assert "LEADMATCH_INBOX_QUEUE names leadmatch-sf-inbox.fifo, which is not of this stage." in caught.value.message
    assert f"iam_role_arn of check names {role.rpartition('/')[2]}, which" in caught.value.message
    assert caught.value.hint == "Correct it with: python -m ops provision --stage dev"


def test_limits_that_went_from_config_json_are_told(clone: Clone, project: Project) -> None:
    """Chalice would deploy all four with 128 MB; a limit may stand with the stage as well."""
    write_section(clone, "dev")
    config = clone.config
    whole = config["lambda_functions"]
    clone.write_config({name: value for name, value in config.items() if name != "lambda_functions"})
    with pytest.raises(OpsError, match="lambda_memory_size of api_handler is missing, lambda_timeout of api_handler"):
        require_settings(project, "dev")
    config["lambda_functions"] = whole | {"check": {"lambda_timeout": 60}}
    clone.write_config(config)
    with pytest.raises(OpsError, match=r"config\.json: lambda_memory_size of check is missing\."):
        require_settings(project, "dev")
    config["stages"]["dev"]["lambda_functions"]["check"]["lambda_memory_size"] = 2048
    clone.write_config(config)
    require_settings(project, "dev")


def test_another_app_s_name_is_refused(clone: Clone, project: Project) -> None:
    """Its functions would be made beside leadmatch's own, and no command of ours would find them."""
    write_section(clone, "dev")
    clone.write_config(clone.config | {"app_name": "foo"})
    with pytest.raises(OpsError, match="app_name must be leadmatch"):
        require_settings(project, "dev")


def test_a_stack_must_stand(account: AwsAccount, clone: Clone, opened: Account) -> None:
    """Before the first function is made."""
    with pytest.raises(OpsError, match="Stack leadmatch-dev does not exist in us-east-1"):
        require_stack(opened, "dev")
    provision(account, clone, "dev")
    require_stack(opened, "dev")


def test_a_stack_that_is_not_settled_is_refused(account: AwsAccount, opened: Account) -> None:
    """Its roles and queues may be half there; a change set that nobody ran leaves such a stack behind."""
    account.client("cloudformation").create_change_set(
        StackName="leadmatch-dev",
        ChangeSetName="first",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}),
    )
    with pytest.raises(OpsError, match="in state REVIEW_IN_PROGRESS"):
        require_stack(opened, "dev")


def test_nothing_deployed_needs_no_record(opened: Account, project: Project) -> None:
    """A first deploy is one without functions and without a record."""
    require_record(Stage("dev", project, opened, Console()))


def test_an_empty_account_gives_an_empty_record(opened: Account, project: Project, clone: Clone) -> None:
    """A deploy that failed at its first step leaves a record that says so."""
    assert recover(project, opened, "dev") == []
    assert json.loads(clone.record("dev").read_text()) == {"resources": [], "schema_version": "2.0", "backend": "api"}


def test_the_command_in_this_process(
    account: AwsAccount, clone: Clone, opened: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First deploy, lost record, recovery: what is said, and the exit codes."""
    provision(account, clone, "dev")
    monkeypatch.chdir(clone.folder)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(WHEELS))
    command = ["deploy", "--stage", "dev"]
    first = CliRunner().invoke(main, command)
    assert first.exit_code == 0, first.output
    assert first.stdout.endswith("/api/zoho/leads\n")
    clone.record("dev").unlink()
    with pytest.raises(OpsError, match="already deployed"):
        require_record(Stage("dev", Project(Path.cwd()), opened, Console()))
    assert CliRunner().invoke(main, command).exit_code == 1
    again = CliRunner().invoke(main, [*command, "--recover"])
    assert (again.exit_code, again.stdout) == (0, first.stdout)
    assert "found in AWS: api_handler, check, notify, convert, refresh, sweep" in again.stderr
