"""The probe of the webhook: what the deployed address may answer instead, and the cure."""

from __future__ import annotations

import json
import socket
import time
from datetime import timedelta
from functools import partial

import pytest
from slack_sdk.signature import SignatureVerifier

import app
from chalicelib.version import VERSION
from chalicelib.wiring import clients
from ops.check import webhook
from ops.check.stage import open_stage
from ops.errors import OpsError
from sandbox.system import SIGNING_SECRET, WEBHOOK_KEY, Sandbox
from tests.flow.acting import acting
from tests.flow.deployment import Deployment
from tests.flow.probing import probe, problem, warning
from tests.local_http import Act, LocalHttp, answer, break_off, closed_port_url, reset

__all__ = ["acting"]
pytestmark = pytest.mark.usefixtures("deployment")
DEPLOY = "python -m ops deploy --stage sandbox"
LOG = "aws logs tail /aws/lambda/leadmatch-sandbox --since 15m --region us-east-1"
HEALTHY = answer(200, json.dumps({"status": "ok", "version": VERSION}).encode())


def gateway(status: int, message: str) -> Act:
    """Answer as API Gateway does."""
    return answer(status, json.dumps({"message": message}).encode())


def ours(status: int, reason: str) -> Act:
    """Answer as receive does."""
    return answer(status, json.dumps({"error": {"reason": reason, "message": ""}}).encode())


NO_KEY, NO_LEAD = ours(401, "no_live_key"), ours(400, "no_lead_id")
NOT_SLACK, HEARD = ours(401, "not_from_slack"), answer(200, b"")


def test_the_address_answers_and_what_to_paste_is_shown(sandbox: Sandbox) -> None:
    """Nothing is queued, and the key itself is not shown."""
    result = probe(webhook.look)
    assert result.status == "ok"
    told = "\n".join(result.findings.facts)
    assert f"URL to Notify: {sandbox.webhook_url}" in told
    assert "Header: X-Leadmatch-Key; to see its value: python -m ops provision --stage sandbox --show-key" in told
    assert f"Request URL: {sandbox.actions_url}" in told
    assert sandbox.pump.is_idle()


@pytest.mark.parametrize(
    ("health", "deployed"),
    [
        ({"status": "ok", "version": "0.0.9"}, "leadmatch 0.0.9"),
        ({"status": "ok", "version": "99.1.0"}, "leadmatch 99.1.0"),
        ({"status": "ok"}, "leadmatch of an unknown version"),
        ([], "leadmatch of an unknown version"),
    ],
    ids=["older", "newer", "before_versions", "no_object"],
)
def test_another_version_than_the_checkout_s_is_a_warning(
    deployment: Deployment, health: object, deployed: str
) -> None:
    """The stage works; whoever looks at the code for what it does would look at another one."""
    with LocalHttp(answer(200, json.dumps(health).encode()), NO_KEY, NO_LEAD, NOT_SLACK, HEARD) as server:
        deployment.write_record(f"{server.url}/api/")
        found = warning(webhook.look)
    assert found.what == f"It runs {deployed}, and this checkout is {VERSION}."
    assert DEPLOY in found.fix.splitlines()


def test_the_version_of_the_checkout_is_a_fact() -> None:
    """For people, and among the values for programs."""
    result = probe(webhook.look)
    assert f"It runs leadmatch {VERSION}, the version of this checkout." in result.findings.facts
    assert (result.findings.values["version"], result.findings.warnings) == (VERSION, [])


def test_the_calls_are_the_health_then_without_and_with_the_live_key(deployment: Deployment) -> None:
    """In this order, the last one without a lead."""
    with LocalHttp(HEALTHY, NO_KEY, NO_LEAD, NOT_SLACK, HEARD) as server:
        deployment.write_record(f"{server.url}/api/")
        assert probe(webhook.look).status == "ok"
    assert [(seen.method, seen.path) for seen in server.seen] == [
        ("GET", "/api/health"),
        ("POST", "/api/zoho/leads"),
        ("POST", "/api/zoho/leads"),
        ("POST", "/api/slack/actions"),
        ("POST", "/api/slack/actions"),
    ]
    assert [seen.headers.get("x-leadmatch-key") for seen in server.seen] == [None, None, WEBHOOK_KEY, None, None]
    assert server.seen[2].body == b"{}"
    assert SignatureVerifier(SIGNING_SECRET).is_valid_request(server.seen[4].body, server.seen[4].headers)
    assert server.seen[2].headers["x-leadmatch-check"] == "yes"  # or the alarm for refused calls would ring


@pytest.mark.parametrize(
    ("line", "hours_ago", "told"),
    [
        ({"message": "received", "status": 202, "key_in": "url"}, 0, True),
        ({"message": "received", "status": 400, "reason": "no_lead_id", "method": "GET", "key_in": "url"}, 23, True),
        ({"message": "received", "status": 202, "key_in": "url"}, 25, False),
        ({"message": "received", "status": 202, "key": "current"}, 0, False),
    ],
    ids=["taken", "refused, yesterday", "before yesterday", "in a header"],
)
def test_a_key_that_came_in_a_url_is_told(
    sandbox: Sandbox, line: dict[str, object], hours_ago: int, *, told: bool
) -> None:
    """The function's log knows it, and POST is recommended; the key itself is in neither."""
    logs, group = sandbox.aws.client("logs"), "/aws/lambda/leadmatch-sandbox"
    logs.create_log_stream(logGroupName=group, logStreamName="one")
    try:
        event = {"timestamp": int((time.time() - hours_ago * 3600) * 1000), "message": json.dumps(line)}
        logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=[event])
        warnings = probe(webhook.look).findings.warnings
    finally:
        logs.delete_log_stream(logGroupName=group, logStreamName="one")
    assert ["choose the method POST" in one.fix and "--rotate-key" in one.fix for one in warnings] == [True] * told


WRONG = {
    "no route": ((gateway(403, "Missing Authentication Token"),), "API Gateway does not know this path", DEPLOY),
    "not found": ((gateway(404, "Not Found"),), "API Gateway does not know this path", DEPLOY),
    "firewall": (
        (gateway(403, "Forbidden"),),
        "a resource policy or a firewall",
        "Zoho's servers must be able to call it",
    ),
    "authorizer": ((HEALTHY, gateway(401, "Unauthorized")), "an authorizer", "Zoho's servers must be able to call it"),
    "other version": ((HEALTHY, NO_KEY, ours(400, "no_body")), "HTTP 400 no_body: this is not leadmatch", DEPLOY),
    "crash": ((gateway(502, "Internal server error"),), "fails before it can answer", "python -m ops package"),
    "fault": ((HEALTHY, gateway(500, "")), "fails before it can answer", LOG),
    "slow": ((gateway(504, "Endpoint request timed out"),), "did not finish in time", LOG),
    "busy": ((gateway(429, "Too Many Requests"),), "too many calls at once", "Wait a minute"),
    "not taken": ((HEALTHY, ours(503, "try_again")), "cannot read the secret", "--filter-pattern '\"received\"'"),
    "open": ((HEALTHY, ours(202, "")), "this is not leadmatch", DEPLOY),
    "old key": ((HEALTHY, NO_KEY, NO_KEY), "reads another secret, or an older one", "wait a minute"),
    "other": ((HEALTHY, NO_KEY, answer(200, b"<html>")), "this is not leadmatch", DEPLOY),
    "broken off": ((break_off,), "did not answer completely", LOG),
    "reset": ((reset,), "did not answer completely", "opens TLS"),
}


@pytest.mark.parametrize(("answers", "what", "fix"), WRONG.values(), ids=WRONG)
def test_another_answer_is_told_with_its_cure(
    deployment: Deployment, answers: tuple[Act, ...], what: str, fix: str
) -> None:
    """The first one ends the look: what follows would only repeat it."""
    with LocalHttp(*answers) as server:
        deployment.write_record(f"{server.url}/api/")
        found = problem(webhook.look)
    assert what in found.what
    assert fix in found.fix
    assert len(server.seen) <= len(answers)


def test_a_stage_that_was_not_deployed_is_told(deployment: Deployment) -> None:
    """Or whose record somebody else has."""
    (deployment.folder / ".chalice/deployed/sandbox.json").unlink()
    found = problem(webhook.look)
    assert "is not deployed" in found.what
    assert DEPLOY in found.fix
    assert "take that file from git" in found.fix


def test_a_secret_without_keys_is_told(deployment: Deployment) -> None:
    """Nobody is let in then."""
    with deployment.secret(webhook_keys=[]):
        found = problem(webhook.look)
    assert "has no webhook_keys" in found.what
    assert found.fix.endswith("python -m ops provision --stage sandbox")  # --rotate-key wants a key that is there


def test_a_port_that_takes_no_connection_is_told(deployment: Deployment) -> None:
    """A firewall between here and AWS looks like this."""
    deployment.write_record(closed_port_url())
    found = problem(webhook.look)
    assert "accepts no connection" in found.what
    assert "firewall" in found.fix


def test_a_name_that_dns_does_not_know_is_told() -> None:
    """As after `chalice delete`, or on a train."""

    def unknown(*_: object) -> object:
        raise socket.gaierror

    stage = open_stage("sandbox", profile=None, region=None)
    ask = partial(webhook.call, stage, "GET", f"{closed_port_url()}/health", {}, {}, resolve=unknown)
    with pytest.raises(OpsError, match=r"The name 127.0.0.1 is not known here \(DNS\)") as caught:
        ask()
    assert DEPLOY in caught.value.hint


def test_the_trial_mode_has_no_clicks_to_hear(deployment: Deployment, sandbox: Sandbox) -> None:
    """An incoming webhook comes without a signing secret."""
    with deployment.secret(slack={"webhook_url": sandbox.slack.webhook_url}):
        result = probe(webhook.look)
    assert result.status == "ok"
    assert "actions_url" not in result.findings.values


def test_a_signing_secret_that_the_function_does_not_know_is_told(deployment: Deployment) -> None:
    """It was changed a moment ago, or the function reads another one."""
    with LocalHttp(HEALTHY, NO_KEY, NO_LEAD, NOT_SLACK, NOT_SLACK) as server:
        deployment.write_record(f"{server.url}/api/")
        found = problem(webhook.look)
    assert "a click on nothing with Slack's signature" in found.what
    assert DEPLOY in found.fix


@pytest.mark.parametrize(("hours", "warned"), [(71, False), (73, True)])
def test_a_silence_that_is_longer_than_was_set_is_a_warning(
    deployment: Deployment,
    hours: int,
    warned: bool,  # noqa: FBT001 - parametrized
) -> None:
    """By the setting that the sweep goes by; without it there is only the time."""
    health = app.wiring.shared.health
    health.note_call(clients.utc_now() - timedelta(hours=hours))
    assert probe(webhook.look).findings.warnings == []
    deployment.write_config(LEADMATCH_SILENCE_DAYS="3")
    told = [one.what for one in probe(webhook.look).findings.warnings]
    assert [text.startswith("Zoho last called") for text in told] == [True] * warned


@pytest.mark.usefixtures("acting")
def test_clicks_are_tried_in_the_same_way_where_people_act_from_slack(sandbox: Sandbox) -> None:
    """Nothing follows from a click on no button: nobody is told anything, and Slack is asked for nothing."""
    before = len(sandbox.slack.calls)
    assert probe(webhook.look).status == "ok"
    assert len(sandbox.slack.calls) == before
