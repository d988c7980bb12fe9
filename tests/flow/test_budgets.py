"""The budgets of the design, counted at the stand-ins, and what a cold start loads."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap

import pytest
import requests

import app
from chalicelib.wiring import clients
from sandbox.system import ROSA, WEBHOOK_KEY, Sandbox
from sandbox.zoho import faults
from tests.flow.leads import send, zylker_contact
from tests.waiting import SECONDS

GET_SECRET = "secretsmanager:GetSecretValue"
CHECK = ("dynamodb:BatchGetItem", "dynamodb:UpdateItem", "sqs:SendMessage", "sqs:SendMessage")
NOTIFY_WITHOUT_OWNER = ("dynamodb:UpdateItem", "dynamodb:UpdateItem", "dynamodb:UpdateItem")
NOTIFY = ("dynamodb:UpdateItem", "dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:UpdateItem")
"""The second one, who in Slack the lead's owner is, on a first post alone."""
LEDGER_CALLS = ("dynamodb:UpdateItem", "dynamodb:GetItem")


@pytest.fixture
def warm(sandbox: Sandbox) -> Sandbox:
    """Return functions that hold the secret and an access token."""
    send(sandbox, zylker_contact(sandbox))
    sandbox.aws.calls.clear()
    return sandbox


def test_a_lead_costs_two_zoho_calls_and_nine_aws_calls(warm: Sandbox) -> None:
    """Webhook 1, check 4, notify 4, with secrets and token in memory and a Zoho that is well; Zoho is asked twice."""
    lead_id = zylker_contact(warm, "Bo Chen", "bo@zylker.example")
    send(warm, lead_id)
    calls = [call.action for call in warm.aws.calls if call.action != GET_SECRET]
    assert calls == ["sqs:SendMessage", *CHECK, *NOTIFY]
    assert sorted(call.name for call in warm.zoho.calls_for(lead_id)) == ["lead", "options"]


@pytest.mark.parametrize("has_account", [True, False])
def test_an_owner_s_first_lead_costs_a_write_and_a_call_of_slack_s_more(sandbox: Sandbox, *, has_account: bool) -> None:
    """Of a day, or of an hour where the owner has no account in Slack; an edit asks nothing about the owner."""
    sandbox.slack.workspace.people.change(ROSA, deleted=not has_account)
    lead_id = zylker_contact(sandbox)
    for sent, lookups, ledger in ((lead_id, 1, 5), (zylker_contact(sandbox), 0, 4), (lead_id, 0, 2)):
        sandbox.aws.calls.clear()
        before = len(sandbox.slack.calls)
        send(sandbox, sent)
        methods = [call.method for call in sandbox.slack.calls[before:]]
        assert methods.count("users.lookupByEmail") == lookups
        of_notify = [
            key
            for call in sandbox.aws.calls
            if call.action in LEDGER_CALLS
            for key in call.keys
            if key.startswith(("lead#", "owner#"))
        ][1:]  # check's own write is the first
        assert len(of_notify) == ledger


def test_a_lead_that_is_answered_after_a_pause_costs_one_more(warm: Sandbox) -> None:
    """It takes one pause back for everybody, so there are as many such leads as there were pauses."""
    lead_id, health = zylker_contact(warm), app.wiring.shared.health
    health.pause(health.read(), until=clients.utc_now())
    warm.aws.calls.clear()
    send(warm, lead_id)
    calls = [call.action for call in warm.aws.calls if call.action != GET_SECRET]
    assert calls == ["sqs:SendMessage", CHECK[0], "dynamodb:UpdateItem", *CHECK[1:], *NOTIFY]
    assert health.read().throttles == 0


def test_a_lead_that_could_not_be_checked_costs_one_more(warm: Sandbox) -> None:
    """Its copy for the dead letters; and nobody knows its owner."""
    lead_id = zylker_contact(warm)
    for question in ("options", "lead"):
        warm.zoho.on(question, faults.AUTHORIZATION_FAILED, lead_id=lead_id)
    warm.aws.calls.clear()
    send(warm, lead_id)
    calls = sorted(call.action for call in warm.aws.calls if call.action != GET_SECRET)
    assert calls == sorted(["sqs:SendMessage", *CHECK, "sqs:SendMessage", *NOTIFY_WITHOUT_OWNER])


def test_the_first_call_in_a_quarter_of_an_hour_costs_one_more(warm: Sandbox) -> None:
    """Its time is written down, so that silence can be noticed; the leads that follow cost nothing."""
    warm.empty_crm()  # and with it how Zoho was
    warm.aws.calls.clear()
    for name in ("Ada Park", "Bo Chen", "Cy Dorn"):
        send(warm, zylker_contact(warm, name))
    writes = [call.action for call in warm.aws.calls].count("dynamodb:UpdateItem")
    assert writes == 3 * (CHECK + NOTIFY).count("dynamodb:UpdateItem") + 1


def test_ten_leads_of_one_call_cost_one_aws_call_while_zoho_waits(warm: Sandbox) -> None:
    """A Notification's ids go to the inbox in one batch."""
    ids = [str(10**17 + number) for number in range(10)]
    requests.post(warm.webhook_url, json={"ids": ids}, headers={"X-Leadmatch-Key": WEBHOOK_KEY}, timeout=SECONDS)
    assert [call.action for call in warm.aws.calls][:2].count("sqs:SendMessage") == 1
    assert warm.wait_until_idle()


def test_a_lead_that_seems_gone_costs_one_more_zoho_call(sandbox: Sandbox) -> None:
    """Whether it was converted is asked only then."""
    lead_id = zylker_contact(sandbox)
    sandbox.crm.convert(lead_id)
    send(sandbox, lead_id)
    assert len(sandbox.zoho.calls_for(lead_id)) == 3


@pytest.mark.parametrize(
    ("use", "strangers"),
    [
        (
            "from chalicelib.steps.receive import receive",
            ["requests", "chalicelib.verdict", "chalicelib.slack", "boto3"],
        ),
        ("from chalicelib.steps.notify import notify", ["requests", "boto3", "chalicelib.zoho"]),
        ("from chalicelib.steps.sweep import sweep", ["requests", "boto3", "chalicelib.zoho", "chalicelib.slack"]),
        ("import chalicelib.wiring.check", ["boto3", "chalicelib.slack.message", "chalicelib.slack.text"]),
        ("import chalicelib.wiring.act", ["boto3", "requests", "chalicelib.zoho", "chalicelib.steps.convert"]),
        ("from chalicelib.steps.act import act", ["requests", "chalicelib.verdict", "chalicelib.aws.conversions"]),
        ("import chalicelib.wiring.sweep", ["boto3", "requests", "chalicelib.slack.message", "chalicelib.slack.text"]),
        (
            "import chalicelib.wiring.refresh",
            ["boto3", "requests", "chalicelib.verdict", "chalicelib.match_event", "chalicelib.steps.publish"],
        ),
        ("import app", ["boto3", "requests", "chalicelib.steps", "chalicelib.verdict", "aws_lambda_powertools"]),
    ],
)
def test_a_function_loads_its_own_needs_and_nothing_else(use: str, strangers: list[str]) -> None:
    """A cold start pays for every import."""
    program = f"{use}\nimport sys, json\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert not loaded & set(strangers)


def test_a_webhook_call_loads_neither_requests_nor_the_verdict(sandbox: Sandbox) -> None:
    """The whole way of a call, in a process of its own: what receive brings in is receive's."""
    program = """
        import app, json, sys
        event = {"httpMethod": "POST", "headers": {"x-leadmatch-key": KEY}, "body": "lead_id=123", "requestContext":
                 {"httpMethod": "POST", "resourcePath": "/zoho/leads", "identity": {}}, "pathParameters": {},
                 "multiValueQueryStringParameters": None, "stageVariables": {}}
        answer = app.app(event, None)
        print(json.dumps([answer["statusCode"], sorted(sys.modules)]))
    """
    program = textwrap.dedent(program).replace("KEY", repr(WEBHOOK_KEY))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    status, loaded = json.loads(done.stdout.splitlines()[-1])
    assert status == 202
    assert not {"requests", "chalicelib.verdict", "chalicelib.zoho", "chalicelib.slack"} & set(loaded)
    assert sandbox.wait_until_idle()
