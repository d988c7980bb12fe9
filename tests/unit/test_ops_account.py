"""A command works in the region and the account that its stage stands in, or says why not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ops.account import open_account, require_known_region
from ops.config import Project
from ops.errors import OpsError
from sandbox.aws import REGION
from tests.own_aws import OwnAws

ROLE = {"api_handler": {"iam_role_arn": "arn:aws:iam::123456789012:role/leadmatch-dev-ApiRole-1"}}


@pytest.fixture
def project(tmp_path: Path, own_aws: OwnAws, monkeypatch: pytest.MonkeyPatch) -> Project:
    for name, value in own_aws.environment().items():
        monkeypatch.setenv(name, value)
    (tmp_path / ".chalice").mkdir()
    (tmp_path / ".chalice" / "config.json").write_text(json.dumps({"version": "2.0"}))
    return Project(tmp_path)


def test_the_region_is_given_or_the_stage_s_own_or_that_of_the_settings(project: Project) -> None:
    """In this order."""
    assert open_account(project, "dev", profile=None, region="eu-west-1").region == "eu-west-1"
    assert open_account(project, "dev", profile=None, region=None).region == REGION
    project.write_stage("dev", {"aws_region": "ap-south-1"})
    assert open_account(project, "dev", profile=None, region=None).region == "ap-south-1"


def test_a_stage_does_not_move_to_another_region(project: Project) -> None:
    """Its queues stand where they are."""
    project.write_stage("dev", {"aws_region": "ap-south-1"})
    with pytest.raises(OpsError, match="Stage dev is in ap-south-1, not in eu-west-1"):
        open_account(project, "dev", profile=None, region="eu-west-1")


def test_a_region_that_was_a_mistake_can_be_left_again(project: Project) -> None:
    """What a first run had begun there is forgotten on demand; of a whole stage that is not offered."""
    project.write_stage("dev", {"aws_region": "ap-south-1"})
    with pytest.raises(OpsError) as caught:
        open_account(project, "dev", profile=None, region="eu-west-1")
    assert "python -m ops provision --stage dev --destroy --with-data" in caught.value.hint
    project.write_stage("dev", {"aws_region": "ap-south-1", "lambda_functions": ROLE})
    with pytest.raises(OpsError) as caught:
        open_account(project, "dev", profile=None, region="eu-west-1")
    assert "--destroy" not in caught.value.hint


def test_a_region_that_was_edited_is_refused(project: Project) -> None:
    """The stage's queues tell where it stands; nothing is made elsewhere."""
    queue = {"LEADMATCH_INBOX_QUEUE": "https://sqs.eu-west-1.amazonaws.com/123456789012/leadmatch-dev-inbox.fifo"}
    whole = {"environment_variables": queue, "lambda_functions": ROLE}
    project.write_stage("dev", whole | {"aws_region": "ap-south-1"})
    with pytest.raises(OpsError, match=r"would be in ap-south-1, but its queues .* are in eu-west-1") as caught:
        open_account(project, "dev", profile=None, region=None)
    assert "set its aws_region there to eu-west-1 again" in caught.value.hint
    project.write_stage("dev", whole | {"aws_region": "eu-west-1"})
    assert open_account(project, "dev", profile=None, region=None).region == "eu-west-1"


def test_the_credentials_of_another_account_are_refused(project: Project) -> None:
    """The wrong profile is the commonest slip, and would make a second stage of the same name."""
    project.write_stage("dev", {"lambda_functions": ROLE})
    assert open_account(project, "dev", profile=None, region=None).number == "123456789012"
    project.write_stage("dev", {"lambda_functions": {"check": {"iam_role_arn": "arn:aws:iam::999999999999:role/r"}}})
    with pytest.raises(OpsError, match="account 999999999999, but these credentials belong to account 123456789012"):
        open_account(project, "dev", profile=None, region=None)


def test_no_region_and_no_profile_are_told(project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Before anything is asked of AWS."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(OpsError, match="No AWS region is set"):
        open_account(project, "dev", profile=None, region=None)
    with pytest.raises(OpsError, match="blue"):
        open_account(project, "dev", profile="blue", region=None)


UNKNOWN_TO_AWS = {
    "euwest1": "eu-west-1",
    "eu-west-11": "eu-west-1",
    "us-east1": "us-east-1",
    "EU-WEST-1": "eu-west-1",
    "eu-west-1a": "eu-west-1",
    " eu-central-1": "eu-central-1",
    "us-gov-west1": "us-gov-west-1",
    "ireland": "",
    "aws-global": "",
}
"""What an operator may type, and what is offered instead."""


@pytest.mark.parametrize("region", UNKNOWN_TO_AWS)
def test_a_region_that_aws_does_not_have_is_refused_wherever_it_stands(
    project: Project, own_aws: OwnAws, monkeypatch: pytest.MonkeyPatch, region: str, tmp_path: Path
) -> None:
    """The place is named, with the region that was perhaps meant; nothing is asked of AWS, and nothing is written."""
    own_aws.reset()
    meant = UNKNOWN_TO_AWS[region]

    def refused(source: str, option: str | None = None) -> None:
        with pytest.raises(OpsError) as caught:
            open_account(project, "dev", profile=None, region=option)
        assert caught.value.message.startswith(f"AWS has no region {region!r} ({source}).")
        assert caught.value.message.endswith(f" Did you mean {meant}?" if meant else ").")

    refused("--region", region)
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    refused("AWS_DEFAULT_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_REGION", region)
    refused("AWS_REGION")
    monkeypatch.delenv("AWS_REGION")
    (tmp_path / "aws").write_text(f"[default]\nregion = {region}\n")
    if region.strip() == region:  # the file's reader takes white space away by itself
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "aws"))
        refused("your AWS profile")
    before = project.config_path.read_text()
    assert "stages" not in before
    project.write_stage("dev", {"aws_region": region})
    refused(".chalice/config.json, aws_region of stage dev")
    refused(".chalice/config.json, aws_region of stage dev", "eu-west-1")
    assert own_aws.actions() == set()


@pytest.mark.parametrize("region", ["eu-west-1", "us-gov-west-1", "cn-north-1", "mx-central-1", "eusc-de-east-1"])
def test_a_region_of_any_partition_is_known(region: str) -> None:
    """AWS's own, its newest, China's, the governments' and Europe's sovereign one."""
    require_known_region(region, "--region")


def test_a_region_newer_than_botocore_is_told_how_to_become_known() -> None:
    """AWS opens some each year; nobody waits for a release of leadmatch."""
    with pytest.raises(OpsError) as caught:
        require_known_region("ap-west-1", "--region")
    assert "pip install --upgrade boto3" in caught.value.hint


def test_the_region_of_the_other_sdks_is_taken_where_boto3_s_own_is_not_set(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS_REGION is what AWS's command line reads first; AWS_DEFAULT_REGION wins here, as it does in boto3."""
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    assert open_account(project, "dev", profile=None, region=None).region == REGION
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert open_account(project, "dev", profile=None, region=None).region == "eu-north-1"


def test_without_a_region_a_misspelt_stage_is_named(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The stage's own would have been taken; that none is set is not the cause."""
    project.write_stage("prod", {"aws_region": "eu-west-1"})
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(OpsError, match=r"Stage prd is not in \.chalice/config\.json\. Did you mean prod\?"):
        open_account(project, "prd", profile=None, region=None)
