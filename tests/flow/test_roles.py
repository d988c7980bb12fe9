"""Least privilege: every call that a function makes is allowed by its role, and everything its role allows is used."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.aws.zoho_state import ZohoStateItem
from chalicelib.errors import Retryable
from chalicelib.events import LeadEvent, Notice
from chalicelib.steps.check import Patience
from chalicelib.wiring import Wiring, clients
from sandbox.aws import AwsCall
from sandbox.slack.faults import Answer
from sandbox.system import SALES, WEBHOOK_KEY, Sandbox
from sandbox.zoho import faults
from tests.flow.leads import zylker_contact
from tests.template import RESOURCES

Allowed = set[tuple[str, str]]
STAGE = "roles"
POLLER = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
"""What Lambda's own poller does with the function's role."""


def allowed(role: str) -> Allowed:
    """Give what a role allows as pairs of action and logical resource, its logs left out."""
    statements = RESOURCES[role]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    pairs = set()
    for statement in statements:
        resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        pairs |= {(action, logical(resource)) for action in statement["Action"] for resource in resources}
    return {pair for pair in pairs if not pair[0].startswith("logs:")}


def logical(text: str) -> str:
    """Give the logical id in `InboxQueue.Arn`, `CredentialsSecret` or `${LedgerTable.Arn}/index/due`."""
    return text.replace("${", "").replace("}", "").replace(".Arn", "")


def named(call: AwsCall) -> tuple[str, str]:
    """Give a call as a pair of action and logical resource."""
    for name, resource in RESOURCES.items():
        properties = resource["Properties"]
        real = properties.get("QueueName") or properties.get("TableName") or properties.get("Name") or ""
        own, _, index = call.resource.partition("/index/")
        if real.replace("${Stage}", STAGE) == own:
            return call.action, f"{name}/index/{index}" if index else name
    return call.action, call.resource


@pytest.fixture
def wiring(sandbox: Sandbox) -> Wiring:
    """Give the functions of a second stage, whose queues nobody polls."""
    with contextlib.suppress(sandbox.aws.client("cloudformation").exceptions.AlreadyExistsException):
        sandbox.aws.provision(STAGE, sandbox.secret())
    variables = {name: text.replace(f"-{sandbox.stage}-", f"-{STAGE}-").replace(f"/{sandbox.stage}/", f"/{STAGE}/")
                 for name, text in sandbox.variables().items()}  # fmt: skip
    return Wiring(variables, patience=Patience(60, 60))


def record(body: str) -> dict[str, Any]:
    """Give an SQS record."""
    attributes = {"ApproximateReceiveCount": "1", "MessageGroupId": "g", "MessageDeduplicationId": "d"}
    return {"body": body, "receiptHandle": "none", "messageId": "m", "attributes": attributes}


def receive_calls(sandbox: Sandbox, wiring: Wiring) -> None:
    """Take a lead."""
    event = {"headers": {"X-Leadmatch-Key": WEBHOOK_KEY}, "body": json.dumps({"lead_id": "1"})}
    assert wiring.receive(event).status == 202
    assert sandbox


def check_calls(sandbox: Sandbox, wiring: Wiring) -> None:
    """Check a lead with no token at hand, put one off, give one up."""
    token = sandbox.outputs["ZohoTokenSecret"].replace(sandbox.stage, STAGE)
    sandbox.aws.client("secretsmanager").put_secret_value(SecretId=token, SecretString="{}")
    for trouble in (None, faults.SERVICE_UNAVAILABLE, faults.NO_PERMISSION):
        lead_id = zylker_contact(sandbox)
        if trouble:
            sandbox.zoho.on("options", trouble, lead_id=lead_id)
        event = LeadEvent(lead_id, clients.new_id(), clients.utc_now(), "webhook")
        with contextlib.suppress(Retryable):
            wiring.check.handle(record(event.to_json()))


def notify_calls(sandbox: Sandbox, wiring: Wiring) -> None:
    """Post a message, put one off, bury what cannot be read."""
    too_fast = Answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "9"}, effect=False)
    events = [LeadEvent(zylker_contact(sandbox), clients.new_id(), clients.utc_now(), "webhook") for _ in range(2)]
    for event in events:
        wiring.check.handle(record(event.to_json()))
    sandbox.aws.calls.clear()
    sandbox.slack.on("chat.postMessage", too_fast)
    for event in events:
        with contextlib.suppress(Retryable):
            wiring.notify.handle(record(Notice(event, "verdict", 1, SALES.id).to_json()))
    wiring.notify.handle(record("not ours"))


def sweep_calls(sandbox: Sandbox, wiring: Wiring) -> None:
    """Queue a lead that is due, and tell of an outage that no lead tells of."""
    lead_id = zylker_contact(sandbox)
    table = clients.table(sandbox.outputs["TableName"].replace(sandbox.stage, STAGE))
    an_hour_ago = ZohoStateItem(table, now=lambda: clients.utc_now() - timedelta(hours=1))
    an_hour_ago.take_word(an_hour_ago.begin_outage(outage_id=clients.new_id()))
    wiring.ledger.store_match(LeadEvent(lead_id, "e", clients.utc_now(), "webhook"), "{}", due_at=clients.utc_now())
    sandbox.aws.calls.clear()
    assert wiring.sweep().fields["queued"]


@pytest.mark.parametrize(
    ("role", "work"),
    [("ApiRole", receive_calls), ("CheckRole", check_calls), ("NotifyRole", notify_calls), ("SweepRole", sweep_calls)],
)
def test_a_role_allows_what_its_function_does_and_nothing_else(
    sandbox: Sandbox, wiring: Wiring, role: str, work: Callable[[Sandbox, Wiring], None]
) -> None:
    """Both sides are derived: the role from the template, the calls from the code at work."""
    assert sandbox.wait_until_idle()
    sandbox.aws.calls.clear()
    work(sandbox, wiring)
    made = {named(call) for call in sandbox.aws.calls}
    may = allowed(role)
    assert made <= may
    assert {pair for pair in may - made if pair[0] not in POLLER} == set()


def test_every_role_may_be_assumed_by_lambda_alone() -> None:
    """And no role has a star for a resource or an action."""
    roles = {name: one["Properties"] for name, one in RESOURCES.items() if one["Type"] == "AWS::IAM::Role"}
    assert set(roles) == {"ApiRole", "CheckRole", "NotifyRole", "SweepRole"}
    for role in roles.values():
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}
        for one in role["Policies"][0]["PolicyDocument"]["Statement"]:
            assert "*" not in one["Action"]
            assert one["Resource"] != "*"
