"""The probe of converting from Slack: what keeps people from it, as far as it can be known without converting a lead."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ops.check import acting
from ops.stage import LedgerTable
from ops.zoho import SCOPES_TO_ACT
from sandbox.slack.faults import Answer as SlackAnswer
from sandbox.slack.methods import ACTING
from sandbox.system import Sandbox
from sandbox.zoho import faults
from tests.flow.deployment import Deployment
from tests.flow.probing import probe, problem, warning

TEAM = "T0SANDBOX"
RENEW = "python -m ops provision --stage sandbox --replace zoho"


@pytest.fixture(autouse=True)
def switched_on(sandbox: Sandbox, deployment: Deployment) -> Iterator[None]:
    """Switch it on as provision does, for the workspace of the sandbox and the profile that its users have."""
    deployment.write_config(LEADMATCH_ACTIONS="on", LEADMATCH_SLACK_TEAM=TEAM, LEADMATCH_CONVERT_QUEUE=queue(sandbox))
    name_converters(sandbox, profiles=["Standard"])
    sandbox.crm.users.add("Dana Reyes", "dana@quillworks.example")
    granted = set(sandbox.slack.scopes)
    sandbox.slack.scopes |= set(ACTING)
    yield
    sandbox.slack.scopes.clear()
    sandbox.slack.scopes |= granted
    LedgerTable(sandbox.aws.client("dynamodb"), sandbox.stage).write_lists({})


def queue(sandbox: Sandbox) -> str:
    """Return the queue's URL."""
    return sandbox.outputs["ConvertQueueUrl"]


def name_converters(sandbox: Sandbox, **converters: list[str]) -> None:
    """Write who may convert."""
    LedgerTable(sandbox.aws.client("dynamodb"), sandbox.stage).write_lists({"converters": converters})


def test_what_is_off_is_said_to_be_off(deployment: Deployment, sandbox: Sandbox) -> None:
    """Nobody is asked anything."""
    deployment.write_config()
    before = len(sandbox.zoho.calls), len(sandbox.slack.calls)
    result = probe(acting.look)
    assert (result.status, result.findings.facts) == ("ok", [acting.OFF])
    assert (len(sandbox.zoho.calls), len(sandbox.slack.calls)) == before


def test_all_is_well_when_everything_is_there(sandbox: Sandbox) -> None:
    """How many people have a profile and what the form offers is told, and what only a click and a conversion show."""
    name_converters(sandbox, profiles=["standard"])
    result = probe(acting.look)
    assert (result.status, result.findings.warnings, result.findings.troubles) == ("ok", [], [])
    said = "\n".join(result.findings.facts)
    assert "Profile standard: 1 person of Zoho's active, confirmed users." in said
    assert "The form offers a deal in " in said
    assert "/slack/actions" in said
    assert "only a conversion shows" in said


@pytest.mark.parametrize("scope", ["users:read", "users:read.email"])
def test_a_scope_of_slack_that_lacks_is_a_problem(sandbox: Sandbox, scope: str) -> None:
    """Without it every click would be refused."""
    sandbox.slack.scopes.discard(scope)
    found = problem(acting.look)
    assert f"the app lacks {scope} (" in found.what
    assert f"add {scope}." in found.fix


def test_clicks_of_another_workspace_are_a_problem(deployment: Deployment, sandbox: Sandbox) -> None:
    """After the app was moved, or made anew in another workspace."""
    deployment.write_config(
        LEADMATCH_ACTIONS="on", LEADMATCH_SLACK_TEAM="TOTHER", LEADMATCH_CONVERT_QUEUE=queue(sandbox)
    )
    found = problem(acting.look)
    assert f"Clicks come from the workspace {TEAM}, but LEADMATCH_SLACK_TEAM is TOTHER" in found.what
    assert "python -m ops deploy --stage sandbox" in found.fix


def test_a_user_group_that_slack_does_not_show_is_a_problem(sandbox: Sandbox) -> None:
    """As on the free plan, which has none."""
    name_converters(sandbox, profiles=["Standard"], slack=["S0614TZR7"])
    sandbox.slack.on("usergroups.users.list", SlackAnswer(200, {"ok": False, "error": "plan_upgrade_required"}))
    assert problem(acting.look).what.startswith("Slack does not show the user group S0614TZR7")


@pytest.mark.parametrize(("slack", "who"), [([], "nobody can convert"), (["+U1"], "only people whom they name")])
def test_no_profile_named_is_a_problem(sandbox: Sandbox, slack: list[str], who: str) -> None:
    """Whoever replaced the lists may have left it out."""
    name_converters(sandbox, profiles=[], slack=slack)
    assert who in problem(acting.look).what


def test_a_profile_that_no_active_user_has_is_a_warning(sandbox: Sandbox) -> None:
    """A name that was mistyped, or several names in one entry."""
    name_converters(sandbox, profiles=["Standard", "Sales|Support"])
    assert "the profile Sales|Support" in warning(acting.look).what


@pytest.mark.parametrize(("call", "what"), [("users", "read users"), ("layouts", "read pipelines")])
def test_a_scope_of_zoho_that_lacks_is_a_problem_and_the_rest_is_looked_at(
    sandbox: Sandbox, call: str, what: str
) -> None:
    """With the whole scope for the next grant code."""
    sandbox.zoho.on(call, faults.OAUTH_SCOPE_MISMATCH)  # type: ignore[arg-type] # one of the script's names
    found = problem(acting.look)
    assert what in found.what
    assert SCOPES_TO_ACT in found.fix
    assert RENEW in found.fix
