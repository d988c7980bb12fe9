"""`python -m ops check` against the whole sandbox: all is well, and each thing that can be wrong with its cure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import boto3
import pytest
from click.testing import CliRunner, Result

from chalicelib.wiring import clients
from ops.__main__ import main
from sandbox.aws import OPERATOR
from sandbox.system import Sandbox
from tests.flow.deployment import READERS, Deployment
from tests.flow.leads import dead_letters, zylker_contact

Check = Callable[..., Result]


@pytest.fixture(scope="session")
def functions(running: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> None:
    made = Deployment(running, tmp_path_factory.mktemp("functions"))
    for function in READERS:
        made.make_function(made.name_of(function))


@pytest.fixture
def deployment(
    sandbox: Sandbox, functions: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Deployment]:
    for client in (clients.sqs, clients.secretsmanager, partial(clients.table, sandbox.outputs["TableName"])):
        client()  # the app's functions keep their own credentials
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", OPERATOR)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.chdir(tmp_path)
    made = Deployment(sandbox, tmp_path)
    made.write_config()
    made.write_record(sandbox.webhook_url.removesuffix("zoho/leads"))
    made.connect_all()
    for queue in ("inbox", "slack"):
        dead_letters(sandbox, queue)
    yield made


@pytest.fixture
def check(deployment: Deployment) -> Check:
    def run(*options: str) -> Result:
        return CliRunner().invoke(main, ["check", "--stage", deployment.sandbox.stage, *options])

    return run


def test_all_is_well_from_the_webhook_to_slack(check: Check, sandbox: Sandbox) -> None:
    """Five probes are ok; the lead's verdict, its link and its seconds are shown; nothing else stays in Slack."""
    lead_id = zylker_contact(sandbox)
    result = check("--lead", lead_id)
    print(result.stderr)
    print(result.stdout)
    assert result.exit_code == 0, result.output
