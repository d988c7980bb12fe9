"""Least privilege: every call that a function makes is allowed by its role, and everything its role allows is used.

The embedded AWS evaluates no policy: whatever is asked of it is allowed. The calls are recorded and compared here.
"""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.aws.queues import InboxTurn, Message, Queue, dead_letter_url
from chalicelib.aws.zoho_health import ZohoHealthItem
from chalicelib.conversion import Click
from chalicelib.errors import Retryable
from chalicelib.events import Incident, LeadEvent, Notice, TokenRequest
from chalicelib.slack.actions import CHECK_AGAIN, CONVERT
from chalicelib.steps.check import GiveUpPolicy
from chalicelib.wire import time_text
from chalicelib.wiring import Wiring, clients
from ops.stage import LedgerTable
from sandbox.slack.faults import Answer as SlackAnswer
from sandbox.slack.ids import TEAM_ID
from sandbox.slack.workspace import Message as SlackMessage
from sandbox.system import SALES, WEBHOOK_KEY, Sandbox
from sandbox.zoho import faults
from sandbox.zoho.faults import Answer
from tests.flow.acting import ADA, Acting
from tests.flow.leads import messages, take_all, zylker_contact
from tests.flow.rights import Callers, right_for, rights_of, table
from tests.template import resolved

STAGE = "roles"
RESOURCES = resolved(STAGE)["Resources"]
HOUR = timedelta(hours=1)
FROM_ELSEWHERE = Answer(403, {"code": "INVALID_IP", "message": "denied", "details": {}, "status": "error"})
MADE_ANOTHER = Answer(
    200,
    {
        "data": [
            {
                "code": "SUCCESS",
                "message": "The record has been converted successfully",
                "status": "success",
                "details": {
                    "Contacts": {"name": "Ada Park", "id": "7110000000000999999"},
                    "Accounts": {"name": "Zylker", "id": "7110000000000999998"},
                    "Deals": None,
                },
            }
        ]
    },
)
POLLER = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
"""What Lambda's own poller does with the function's role."""


@pytest.fixture(scope="session")
def provisioned(running: Sandbox) -> None:
    """Provision a second stage, whose queues nobody polls."""
    running.aws.provision(STAGE, running.secrets())


@pytest.fixture
def wiring(sandbox: Sandbox, provisioned: None) -> Wiring:  # noqa: ARG001 - it has to be there
    """Return the functions of that stage."""
    variables = {name: text.replace(f"-{sandbox.stage}-", f"-{STAGE}-").replace(f"/{sandbox.stage}/", f"/{STAGE}/")
                 for name, text in sandbox.variables().items()}  # fmt: skip
    settings = {"LEADMATCH_SILENCE_DAYS": "1", "LEADMATCH_ACTIONS": "on", "LEADMATCH_SLACK_TEAM": TEAM_ID}
    return Wiring(variables | settings, give_up_policy=GiveUpPolicy(60, 60))


@pytest.fixture
def callers(sandbox: Sandbox) -> Iterator[Callers]:
    """Watch which lines call AWS."""
    watching = Callers(sandbox.aws.calls)
    with watching.of(clients.sqs(), clients.secretsmanager(), clients.dynamodb()):
        yield watching


def record(body: str) -> dict[str, Any]:
    """Return an SQS record."""
    attributes = {"ApproximateReceiveCount": "1", "MessageGroupId": "g", "MessageDeduplicationId": "d"}
    return {"body": body, "receiptHandle": "none", "messageId": "m", "attributes": attributes}


def api_calls(sandbox: Sandbox, wiring: Wiring) -> None:
    """Take a lead; open a form, take it, and take a click that asks for another check."""
    hand = acting(sandbox)
    message = shown(hand, wiring)
    sandbox.aws.calls.clear()
    for action in (CONVERT, CHECK_AGAIN):
        deliver(wiring, hand, hand.payload_of_click(ADA, message, action))
    deliver(wiring, hand, hand.payload_of_submission(ADA))
    event = {"headers": {"X-Leadmatch-Key": WEBHOOK_KEY}, "body": json.dumps({"lead_id": "1"})}
    assert wiring.receive.answer(event).status == 202


def acting(sandbox: Sandbox) -> Acting:
    """Let people be there who may convert; return their hands."""
    LedgerTable(sandbox.aws.client("dynamodb"), STAGE).write_lists({"converters": {"profiles": ["Standard"]}})
    return Acting(sandbox)


def shown(hand: Acting, wiring: Wiring) -> SlackMessage:
    """Let a lead's message stand in Slack."""
    sandbox = hand.sandbox
    event_id = clients.new_id()
    lead_id = zylker_contact(sandbox, email=f"{event_id}@zylker.example")
    event = LeadEvent(lead_id, event_id, clients.utc_now(), "webhook")
    give_token(sandbox, wiring)
    wiring.check.handle(record(event.to_json()))
    wiring.notify.handle(record(Notice(event, "verdict", 1, SALES.id).to_json()))
    (message,) = messages(sandbox, event.event_id)
    return message


def deliver(wiring: Wiring, hand: Acting, payload: dict[str, Any]) -> None:
    """Let act have what Slack sends."""
    request = hand.request(payload)
    answer = wiring.act.answer({"headers": dict(request.headers), "body": request.body.decode()})
    assert answer.status == 200, answer


def submitted(hand: Acting, wiring: Wiring) -> str:
    """Let Ada submit the form of a lead; return the click's message."""
    deliver(wiring, hand, hand.payload_of_click(ADA, shown(hand, wiring), CONVERT))
    deliver(wiring, hand, hand.payload_of_submission(ADA))
    (body,) = take_all(hand.sandbox, wiring.settings.convert_queue)
    return body


def convert_calls(sandbox: Sandbox, wiring: Wiring) -> None:
    """Convert a lead, find that Zoho made another contact and that a lead has changed, read one again later, bury what is none of ours."""
    hand = acting(sandbox)
    clicks = [submitted(hand, wiring) for _ in range(4)]
    sandbox.aws.calls.clear()
    wiring.convert.handle(record(clicks[0]))
    sandbox.zoho.on("convert", MADE_ANOTHER)
    wiring.convert.handle(record(clicks[1]))
    sandbox.crm.change("Leads", Click.from_json(clicks[2]).lead_id, Email="somebody@else.example")
    wiring.convert.handle(record(clicks[2]))
    sandbox.zoho.on("convert", faults.SERVICE_UNAVAILABLE)
    with contextlib.suppress(Retryable):
        wiring.convert.handle(record(clicks[3]))
    wiring.convert.handle(record("not ours"))


def give_token(sandbox: Sandbox, wiring: Wiring) -> None:
    """Let a token be there that ends in five minutes: whoever sees it requests the next one."""
    wiring.refresh.handle(record(TokenRequest("none", "expired").to_json()))
    secrets, name = sandbox.aws.client("secretsmanager"), wiring.settings.zoho_token
    token = json.loads(secrets.get_secret_value(SecretId=name)["SecretString"])
    token["expires_at"] = time_text(clients.utc_now() + timedelta(minutes=5))
    secrets.put_secret_value(SecretId=name, SecretString=json.dumps(token))


def let_outage_last(wiring: Wiring) -> None:
    """Let Zoho fail for an hour, and a banner say so."""
    an_hour_ago = ZohoHealthItem(clients.table(wiring.settings.table), now=lambda: clients.utc_now() - HOUR)
    an_hour_ago.take_sequence(an_hour_ago.begin_outage(outage_id=clients.new_id()))


def check_calls(sandbox: Sandbox, wiring: Wiring) -> None:
    """Put leads off in an outage, which a banner tells, and behind a barred address, which an alert tells; give one up, check one."""
    give_token(sandbox, wiring)
    let_outage_last(wiring)
    sandbox.aws.calls.clear()
    for trouble in (faults.SERVICE_UNAVAILABLE, FROM_ELSEWHERE, faults.NO_PERMISSION, None):
        lead_id = zylker_contact(sandbox)
        if trouble:
            sandbox.zoho.on("options", trouble, lead_id=lead_id)
        event = LeadEvent(lead_id, clients.new_id(), clients.utc_now(), "webhook")
        with contextlib.suppress(Retryable):
            wiring.check.handle(record(event.to_json()))


def notify_calls(sandbox: Sandbox, wiring: Wiring) -> None:
    """Post a message, put one off, look for a banner and an alert, bury what cannot be read."""
    too_fast = SlackAnswer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "9"}, effect=False)
    events = [LeadEvent(zylker_contact(sandbox), clients.new_id(), clients.utc_now(), "webhook") for _ in range(2)]
    give_token(sandbox, wiring)
    for event in events:
        wiring.check.handle(record(event.to_json()))
    sandbox.aws.calls.clear()
    sandbox.slack.on("chat.postMessage", too_fast)
    for event in events:
        with contextlib.suppress(Retryable):
            wiring.notify.handle(record(Notice(event, "verdict", 1, SALES.id).to_json()))
    incident = Incident("subject", clients.new_id(), clients.utc_now())
    for notice in (Notice(incident, "banner", 1, SALES.id), Notice(incident, "alert", 1, SALES.id)):
        wiring.notify.handle(record(notice.to_json()))
    wiring.notify.handle(record("not ours"))


def refresh_calls(sandbox: Sandbox, wiring: Wiring) -> None:
    """Fetch tokens until too many were refused, which the operator hears of."""
    for version in ("first", "second", "third"):
        wiring.refresh.handle(record(TokenRequest(version, "refused").to_json()))
    assert sandbox


def let_conversion_be_due(sandbox: Sandbox, wiring: Wiring) -> None:
    """Let a conversion have no clear end and its message be gone, and another click be among the dead letters."""
    hand = acting(sandbox)
    unclear, dead = submitted(hand, wiring), submitted(hand, wiring)
    sandbox.zoho.on("convert", faults.SERVICE_UNAVAILABLE)
    with contextlib.suppress(Retryable):
        wiring.convert.handle(record(unclear))
    sandbox.aws.client("dynamodb").update_item(
        TableName=wiring.settings.table,
        Key={"pk": {"S": f"convert#{Click.from_json(unclear).lead_id}"}},
        UpdateExpression="SET due_at = :past",
        ExpressionAttributeValues={":past": {"N": "1"}},
    )
    letters = Queue(sandbox.aws.client("sqs"), dead_letter_url(wiring.settings.convert_queue))
    for body in (dead, "not ours"):
        letters.send(Message(body, group="g", deduplication_id=clients.new_id()))


def sweep_calls(sandbox: Sandbox, wiring: Wiring) -> None:
    """Request a token, queue a due lead, tell of a lead and a notice that died, park one, tell of a silence and of an outage."""
    two_days_ago = ZohoHealthItem(clients.table(wiring.settings.table), now=lambda: clients.utc_now() - 48 * HOUR)
    two_days_ago.begin_watch()
    lead, told = (LeadEvent(lead_id, clients.new_id(), clients.utc_now(), "webhook") for lead_id in ("7", "8"))
    wiring.ledger.store_match(told, "{}", turn=InboxTurn(told.accepted_at))
    notices = (Notice(told, "verdict", 1, SALES.id), Notice(told, "minimal", 1, SALES.id))
    for url, body in ((wiring.settings.inbox_queue, lead), *((wiring.settings.slack_queue, one) for one in notices)):
        dead_letters = Queue(sandbox.aws.client("sqs"), dead_letter_url(url))
        dead_letters.send(Message(body.to_json(), group="g", deduplication_id=clients.new_id()))
    let_conversion_be_due(sandbox, wiring)
    lead_id = zylker_contact(sandbox)
    now = clients.utc_now()
    wiring.ledger.store_match(LeadEvent(lead_id, "e", now, "webhook"), "{}", turn=InboxTurn(now), due_at=now)
    sandbox.aws.calls.clear()
    fields = wiring.sweep().fields
    assert (fields["queued"], fields["died"]) == (1, 5)
    let_outage_last(wiring)
    assert wiring.sweep().fields["reason"] == "zoho_does_not_answer"


WORK = {
    "ApiRole": api_calls,
    "CheckRole": check_calls,
    "NotifyRole": notify_calls,
    "ConvertRole": convert_calls,
    "RefreshRole": refresh_calls,
    "SweepRole": sweep_calls,
}


@pytest.mark.parametrize("role", WORK)
def test_a_role_allows_what_its_function_does_and_nothing_else(
    sandbox: Sandbox, wiring: Wiring, callers: Callers, role: str
) -> None:
    """Both sides are derived: the role from the template, the calls from the code at work. With `-s` it prints them."""
    assert sandbox.wait_until_idle()
    sandbox.aws.calls.clear()
    WORK[role](sandbox, wiring)
    made = Counter(right_for(call) for call in sandbox.aws.calls)
    rights = rights_of(RESOURCES[role])
    print(table(role, rights, made, callers))  # noqa: T201 - for people, with -s
    assert {call for call in made if not any(right.covers(call) for right in rights)} == set()
    unused = {right for right in rights if not any(right.covers(call) for call in made)}
    assert {right for right in unused if right.action not in POLLER or "-dead" in right.resource} == set()
    assert {right: keys for right in rights if (keys := right.unused_keys(made))} == {}


def test_every_role_may_be_assumed_by_lambda_alone() -> None:
    """And no role has a star for a resource or an action, but for its log's streams."""
    roles = {name: one for name, one in RESOURCES.items() if one["Type"] == "AWS::IAM::Role"}
    assert set(roles) == set(WORK)
    for role in roles.values():
        (statement,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}
        assert not any("*" in right.action + right.resource for right in rights_of(role))


def test_which_function_can_read_which_secret() -> None:
    """Whoever calls the address reaches receive and act, and these have no way to Zoho's refresh token."""
    readable = {
        role: {right.resource.rpartition("/")[2].removesuffix("-??????") for right in rights_of(RESOURCES[role])
               if right.action == "secretsmanager:GetSecretValue"}
        for role in WORK
    }  # fmt: skip
    assert readable == {
        "ApiRole": {"credentials"},
        "CheckRole": {"zoho-token"},
        "NotifyRole": {"credentials"},
        "ConvertRole": {"zoho-token"},
        "RefreshRole": {"zoho-client"},
        "SweepRole": {"zoho-token"},
    }


@pytest.mark.parametrize("role", WORK)
def test_a_role_writes_to_its_own_log_alone(role: str) -> None:
    """The group is made here, so that it has a retention; the function makes streams in it."""
    log = RESOURCES[role]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"][0]
    group = RESOURCES[role.replace("Role", "LogGroup")]["Properties"]
    assert log["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert log["Resource"] == f"arn:aws:logs:us-east-1:123456789012:log-group:{group['LogGroupName']}:*"
    assert group["RetentionInDays"] == 90
