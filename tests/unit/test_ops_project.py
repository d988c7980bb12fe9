"""The project's folder: stages are read and written, and what belongs to others stays."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pytest

from ops.failures import OpsError
from ops.project import DeployedResource, Project

CONFIG = {
    "version": "2.0",
    "app_name": "leadmatch",
    "stages": {"prod": {"environment_variables": {"LEADMATCH_STAGE": "prod"}, "aws_region": "eu-west-1"}},
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / ".chalice").mkdir()
    project = Project(tmp_path)
    project.config_path.write_text(json.dumps(CONFIG))
    return project


def write_twenty_stages(folder: Path, prefix: str) -> None:
    """Provision twenty stages, as far as config.json is concerned."""
    for number in range(20):
        Project(folder).write_stage(f"{prefix}{number}", {"tags": {}})


def test_a_stage_is_read(project: Project) -> None:
    """Its variables and its region; one that is not there has none."""
    assert project.stages() == ("prod",)
    assert project.environment("prod") == {"LEADMATCH_STAGE": "prod"}
    assert (project.region("prod"), project.region("dev")) == ("eu-west-1", "")
    assert project.stage("dev") == project.environment("dev") == {}


def test_the_account_of_a_stage_is_that_of_its_roles(project: Project) -> None:
    """And unknown before it was provisioned."""
    assert project.account_number("prod") == ""
    role = {"iam_role_arn": "arn:aws:iam::210987654321:role/r"}
    project.write_stage("prod", {"lambda_functions": {"check": {"lambda_timeout": 60}, "notify": role}})
    assert project.account_number("prod") == "210987654321"


def test_writing_one_stage_leaves_the_others_and_the_order(project: Project) -> None:
    """The diff that a person reviews shows that stage and nothing else."""
    project.write_stage("dev", {"tags": {"stage": "dev"}})
    assert json.loads(project.config_path.read_text()) == CONFIG | {
        "stages": CONFIG["stages"] | {"dev": {"tags": {"stage": "dev"}}}
    }
    before = project.config_path.read_text()
    project.write_stage("dev", {"tags": {"stage": "dev"}})
    assert project.config_path.read_text() == before
    assert before.startswith('{\n  "version": "2.0",\n  "app_name"')
    project.write_stage("dev", None)
    assert json.loads(project.config_path.read_text()) == CONFIG


def test_two_processes_that_write_at_once_lose_nothing(project: Project) -> None:
    """Two stages may be provisioned side by side."""
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_twenty_stages, args=(project.folder, prefix)) for prefix in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(project.stages()) == 41
    assert {path.name for path in project.config_path.parent.iterdir()} == {"config.json"}


def test_what_chalice_deployed_is_read(project: Project) -> None:
    """As Chalice notes it; nothing before the first deploy."""
    assert project.deployed("prod") == ()
    noted = {"resources": [{"name": "rest_api", "resource_type": "rest_api", "rest_api_url": "https://x/api/"}]}
    (project.folder / ".chalice" / "deployed").mkdir()
    (project.folder / ".chalice" / "deployed" / "prod.json").write_text(json.dumps(noted))
    assert project.deployed("prod") == (DeployedResource("rest_api", "rest_api", {"rest_api_url": "https://x/api/"}),)


@pytest.mark.parametrize(
    ("text", "said"), [("{", "is not JSON"), ("[]", "no JSON object"), (None, "holds no .chalice")]
)
def test_a_config_that_cannot_be_read_is_named(project: Project, text: str | None, said: str) -> None:
    """With what to do."""
    if text is None:
        project.config_path.unlink()
    else:
        project.config_path.write_text(text)
    with pytest.raises(OpsError, match=said):
        project.stages()
