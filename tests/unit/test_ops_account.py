"""A command works in the region and the account that its stage stands in, or says why not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.account import open_account
from ops.failures import OpsError
from ops.project import Project
from sandbox.aws import OPERATOR, REGION, EmbeddedAws

ROLE = {"api_handler": {"iam_role_arn": "arn:aws:iam::123456789012:role/r"}}


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as aws:
        yield aws


@pytest.fixture
def project(tmp_path: Path, aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> Project:
    for name, value in (aws.environment() | {"AWS_ACCESS_KEY_ID": OPERATOR}).items():
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
    with pytest.raises(OpsError, match="Stage dev stands in ap-south-1, not in eu-west-1"):
        open_account(project, "dev", profile=None, region="eu-west-1")


def test_the_credentials_of_another_account_are_refused(project: Project) -> None:
    """The wrong profile is the commonest slip, and would make a second stage of the same name."""
    project.write_stage("dev", {"lambda_functions": ROLE})
    assert open_account(project, "dev", profile=None, region=None).number == "123456789012"
    project.write_stage("dev", {"lambda_functions": {"check": {"iam_role_arn": "arn:aws:iam::999999999999:role/r"}}})
    with pytest.raises(OpsError, match="account 999999999999, and these credentials are of account 123456789012"):
        open_account(project, "dev", profile=None, region=None)


def test_no_region_and_no_profile_are_told(project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Before anything is asked of AWS."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(OpsError, match="No AWS region is set"):
        open_account(project, "dev", profile=None, region=None)
    with pytest.raises(OpsError, match="blue"):
        open_account(project, "dev", profile="blue", region=None)
