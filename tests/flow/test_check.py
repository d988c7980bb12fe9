"""`python -m ops check` against the whole sandbox, as an operator and as a program see it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import app
from chalicelib.version import VERSION
from ops.__main__ import main
from sandbox.system import SALES, Sandbox
from sandbox.zoho import faults
from tests.flow.deployment import Deployment
from tests.flow.leads import send, zylker_contact
from tests.flow.probing import SECRETS

Check = Callable[..., Result]
PROBES = ["Zoho", "Slack", "Acting", "Upkeep", "Queues", "Webhook", "One lead"]


@pytest.fixture
def check(deployment: Deployment) -> Check:
    """Return the command; whatever it says holds no secret."""

    def run(*options: str) -> Result:
        result = CliRunner().invoke(main, ["check", "--stage", deployment.sandbox.stage, *options])
        assert not [secret for secret in SECRETS if secret in result.output]
        return result

    return run


def heads(text: str) -> list[str]:
    """Return each probe's word and name."""
    return re.findall(rf"^(?:ok|FAILED|not run) +(?:{'|'.join(PROBES)})", text, re.MULTILINE)


def test_all_is_well_from_the_webhook_to_slack(check: Check, sandbox: Sandbox) -> None:
    """Seven probes are ok; the lead's sentence and link are shown."""
    result = check("--lead", zylker_contact(sandbox))
    assert result.exit_code == 0, result.output
    assert heads(result.stdout) == [f"ok       {name}" for name in PROBES]
    assert "“Ada Park is already a contact at Zylker (same email). Convert into that contact.”" in result.stdout
    assert f"https://sandbox.slack.com/archives/{SALES.id}/p" in result.stdout
    assert result.stdout.endswith(
        "All parts of leadmatch work, from the webhook to Slack. As far as leadmatch knows, Zoho has never called, "
        "and check cannot see the webhook and the rule in Zoho. Set one lead to Qualified in Zoho: it must appear in Slack. "
        "If it does not, check the webhook and the rule in Zoho (docs/zoho.md, parts 3 and 4).\n"
    )
    assert "  As far as the stage knows, Zoho has never called it." in result.stdout


def test_when_zoho_called_last_is_said(check: Check, sandbox: Sandbox) -> None:
    """The check's own lead is no call of Zoho's."""
    send(sandbox, zylker_contact(sandbox))
    called_at = app.wiring.shared.health.read().called_at
    result = check("--lead", zylker_contact(sandbox, "Bo Chen", "bo@zylker.example"))
    assert re.search(
        r"to Slack\. Zoho last called within the last 15 minutes \(\d{4}-\d\d-\d\d \d\d:\d\d UTC or later; leadmatch records it once in "
        r"15 minutes\)\.\n$",
        result.stdout,
    )
    assert app.wiring.shared.health.read().called_at == called_at


def test_without_a_lead_nothing_is_queued_and_the_rest_is_looked_at(check: Check, sandbox: Sandbox) -> None:
    """What did not run is no failure; how to run it is said."""
    zylker_contact(sandbox)
    before = len(sandbox.match_texts())
    result = check()
    assert result.exit_code == 0, result.output
    assert heads(result.stdout)[-1] == "not run  One lead"
    assert "Give --lead ID" in result.stdout
    assert (
        "All probes that ran passed. To test one real lead: python -m ops check --stage sandbox --lead ID"
        in result.stdout
    )
    assert len(sandbox.match_texts()) == before


def test_each_probe_says_what_it_looks_at_when_it_begins(check: Check) -> None:
    """On stderr, so that the result can be piped."""
    begun = [line for line in check().stderr.splitlines() if line.startswith("...")]
    assert [line[9:].partition(":")[0] for line in begun] == PROBES


def test_a_failure_is_told_with_its_cure_and_the_next_probes_run(check: Check, sandbox: Sandbox) -> None:
    """Exit code 1; no lead is sent, which would be told to sales as NOT CHECKED."""
    lead_id = zylker_contact(sandbox)
    sandbox.zoho.on("options", faults.OAUTH_SCOPE_MISMATCH)
    result = check("--lead", lead_id)
    assert result.exit_code == 1
    assert heads(result.stdout) == [
        "FAILED   Zoho",
        *(f"ok       {name}" for name in PROBES[1:-1]),
        "not run  One lead",
    ]
    assert "\n             python -m ops provision --stage sandbox --replace zoho\n" in result.stdout
    assert "First fix what failed" in result.stdout
    assert "1 of 7 failed: Zoho. Fix the first one and run this again; it is safe." in result.stdout


def test_a_program_gets_one_object(check: Check, sandbox: Sandbox) -> None:
    """Everything that a person reads, on stdout alone."""
    lead_id = zylker_contact(sandbox)
    result = check("--lead", lead_id, "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["ok"], told["stage"], told["account"]) == (0, True, "sandbox", "123456789012")
    assert [(probe["name"], probe["status"]) for probe in told["probes"]] == [(name, "ok") for name in PROBES]
    assert told["probes"][5]["values"] == {
        "url": sandbox.webhook_url,
        "header": "X-Leadmatch-Key",
        "actions_url": sandbox.actions_url,
        "last_call_at": None,
        "version": VERSION,
    }
    assert told["probes"][6]["values"]["action"] == "convert_into_contact"


def test_a_program_gets_what_failed_and_its_cure(check: Check, sandbox: Sandbox) -> None:
    """And exit code 1."""
    sandbox.zoho.on("leads", faults.NO_PERMISSION)
    result = check("--json")
    told = json.loads(result.stdout)
    (problem,) = told["probes"][0]["troubles"]
    assert (result.exit_code, told["ok"], told["probes"][0]["status"]) == (1, False, "failed")
    assert "may not read" in problem["what"]
    assert "--replace zoho" in problem["fix"]


@pytest.mark.parametrize("options", [("--lead", "12a"), ("--lead", "1" * 21), ("--wait", "0"), ("--nothing",)])
def test_wrong_usage_is_exit_code_2(check: Check, options: tuple[str, ...]) -> None:
    """Before anything is asked."""
    assert check(*options).exit_code == 2


@pytest.mark.usefixtures("deployment")
def test_a_stage_that_is_not_provisioned_is_told() -> None:
    """With the command to run."""
    result = CliRunner().invoke(main, ["check", "--stage", "prod"])
    assert result.exit_code == 1
    assert "Stage prod is not provisioned: .chalice/config.json has sandbox." in result.stderr
    assert "First run: python -m ops provision --stage prod" in result.stderr


def test_a_setting_that_is_wrong_is_told(check: Check, deployment: Deployment) -> None:
    """As the functions would say it."""
    deployment.write_config(LEADMATCH_ZOHO_API_VERSION="v9")
    result = check()
    assert result.exit_code == 1
    assert "LEADMATCH_ZOHO_API_VERSION must be one of" in result.stderr
    assert "Correct it in .chalice/config.json" in result.stderr


def test_a_setting_of_another_stage_is_told(check: Check, deployment: Deployment) -> None:
    """Before anything of that one is looked at."""
    deployment.write_config(LEADMATCH_CREDENTIALS="leadmatch/prod/credentials")
    result = check()
    assert (result.exit_code, result.stdout) == (1, "")
    assert (
        "Stage sandbox: LEADMATCH_CREDENTIALS names leadmatch/prod/credentials, which is not of this" in result.stderr
    )
    assert "python -m ops provision --stage sandbox, then: python -m ops deploy --stage sandbox" in result.stderr


def test_it_runs_as_a_program_of_its_own(deployment: Deployment, sandbox: Sandbox) -> None:
    """With the operator's AWS credentials and the region of config.json, from the project's folder."""
    zylker_contact(sandbox)
    ran = run_the_program(deployment)
    assert (ran.returncode, heads(ran.stdout)[:5]) == (0, [f"ok       {name}" for name in PROBES[:5]]), ran


def test_a_failure_is_said_in_words_and_no_log_line(deployment: Deployment, sandbox: Sandbox) -> None:
    """What the functions would log as JSON stands in the findings already."""
    sandbox.zoho.on("token", faults.BAD_GATEWAY)
    ran = run_the_program(deployment)
    assert "FAILED   Zoho" in ran.stdout
    assert "token_refresh_failed" not in ran.stdout + ran.stderr


def run_the_program(deployment: Deployment) -> subprocess.CompletedProcess[str]:
    """Type the command in the project's folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LEADMATCH_")}
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        environment.pop(name)
    return subprocess.run(
        [sys.executable, "-m", "ops", "check", "--stage", "sandbox"],
        cwd=deployment.folder,
        env=environment | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
