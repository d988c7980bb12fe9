"""The project's folder: stages are read and written, and what belongs to others stays."""

from __future__ import annotations

import json
import multiprocessing
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
from chalice.config import Config

from ops.config import DeployedResource, Project
from ops.errors import OpsError

MANY = 60
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


def write_many_stages(folder: Path, prefix: str, begin: Barrier) -> None:
    """Provision many stages, as far as config.json is concerned."""
    begin.wait()
    for number in range(MANY):
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


def test_a_copied_section_makes_no_stage_provisioned(project: Project) -> None:
    """Its roles are the other stage's; so a person is asked whether the new one is meant."""
    told = {}
    for stack in ("leadmatch-sf", "leadmatch-dev-2", "leadmatch-dev"):
        role = {"iam_role_arn": f"arn:aws:iam::210987654321:role/{stack}-CheckRole-1A2B"}
        project.write_stage("dev", {"lambda_functions": {"sweep": {"lambda_timeout": 60}, "check": role}})
        told[stack] = project.is_provisioned("dev")
    assert told == {"leadmatch-sf": False, "leadmatch-dev-2": False, "leadmatch-dev": True}


def test_a_limit_is_found_where_chalice_finds_it(project: Project) -> None:
    """By Chalice's own reader: the stage's function, the stage, the function, the whole file."""
    name, config = "lambda_memory_size", dict[str, Any](CONFIG)
    assert project.limit("prod", "check", name) is None
    for more in (
        {name: 1},
        {"lambda_functions": {"check": {name: 2}}},
        {"stages": {"prod": {name: 3}}},
        {"stages": {"prod": {name: 3, "lambda_functions": {"check": {name: 4}}}}},
    ):
        config |= more
        project.config_path.write_text(json.dumps(config))
        own = Config(chalice_stage="prod", function_name="check", config_from_disk=config)
        assert project.limit("prod", "check", name) == own.lambda_memory_size


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
    begin = context.Barrier(2)
    writers = [context.Process(target=write_many_stages, args=(project.folder, prefix, begin)) for prefix in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(project.stages()) == 1 + 2 * MANY
    assert {path.name for path in project.config_path.parent.iterdir()} == {"config.json"}


def test_what_chalice_deployed_is_read(project: Project) -> None:
    """As Chalice notes it; nothing before the first deploy."""
    assert project.deployed("prod") == ()
    noted = {"resources": [{"name": "rest_api", "resource_type": "rest_api", "rest_api_url": "https://x/api/"}]}
    (project.folder / ".chalice" / "deployed").mkdir()
    (project.folder / ".chalice" / "deployed" / "prod.json").write_text(json.dumps(noted))
    assert project.deployed("prod") == (DeployedResource("rest_api", "rest_api", {"rest_api_url": "https://x/api/"}),)


@pytest.mark.parametrize(
    ("text", "said"), [("{", "is not JSON"), ("[]", "not a JSON object"), (None, "has no .chalice")]
)
def test_a_config_that_cannot_be_read_is_named(project: Project, text: str | None, said: str) -> None:
    """With what to do."""
    if text is None:
        project.config_path.unlink()
    else:
        project.config_path.write_text(text)
    with pytest.raises(OpsError, match=said):
        project.stages()


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"stages": None}, "stages must be an object in braces."),
        ({"stages": {"dev": None}}, "stages.dev must be an object in braces."),
        ({"stages": {"dev": {"aws_region": 5}}}, 'stages.dev.aws_region must be a text, such as "eu-west-1".'),
        ({"stages": {"dev": {"environment_variables": []}}}, "stages.dev.environment_variables must be an object"),
        ({"stages": {"dev": {"tags": None}}}, "stages.dev.tags must be an object"),
        ({"stages": {"dev": {"lambda_functions": None}}}, "stages.dev.lambda_functions must be an object"),
        (
            {"stages": {"dev": {"lambda_functions": {"check": None}}}},
            "stages.dev.lambda_functions.check must be an obj",
        ),
        (
            {"stages": {"dev": {"lambda_functions": {"check": {"iam_role_arn": 5}}}}},
            "stages.dev.lambda_functions.check.iam_role_arn must be a text",
        ),
        ({"lambda_functions": []}, ": lambda_functions must be an object"),
        (
            {"lambda_functions": {"check": {"lambda_timeout": "60"}}},
            "lambda_functions.check.lambda_timeout must be a whole number without quotes, such as 60.",
        ),
        ({"lambda_functions": {"check": {"lambda_memory_size": True}}}, "lambda_memory_size must be a whole number"),
        ({"api_gateway_stage": 1}, 'api_gateway_stage must be a text, such as "api".'),
    ],
)
def test_a_half_written_config_is_named_by_its_place(project: Project, config: dict[str, object], said: str) -> None:
    """Whatever is asked of it first, so that no command stops in the middle."""
    project.config_path.write_text(json.dumps(config))
    for ask in (project.stages, lambda: project.stage("dev"), lambda: project.write_stage("qa", {})):
        with pytest.raises(OpsError) as caught:
            ask()
        assert caught.value.message.startswith(".chalice/config.json: ")
        assert said in caught.value.message
        assert caught.value.hint == "Fix the file, or restore it from git."


def test_several_misshapen_parts_stand_one_a_line(project: Project) -> None:
    """All at once, so that nobody runs it for each."""
    project.config_path.write_text(json.dumps({"lambda_functions": None, "stages": {"dev": {"aws_region": None}}}))
    with pytest.raises(OpsError) as caught:
        project.stages()
    assert len(caught.value.message.splitlines()) == 3
