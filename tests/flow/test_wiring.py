"""How the parts are put together: the sweep, the trial mode, and secrets or settings that are not what they should be."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import app
from chalicelib.errors import Misconfigured
from chalicelib.timing import CHECK_AGAIN_WITHIN_SECONDS, NOTIFY_AGAIN_WITHIN_SECONDS
from chalicelib.wiring import Wiring
from sandbox.callers import json_call
from sandbox.system import RETIRING_KEY, SALES, WEBHOOK_KEY, Sandbox
from sandbox.zoho import faults
from tests.flow.credentials import credentials, zoho_client
from tests.flow.leads import dead_letters, matches, messages, send, zylker_contact
from tests.flow.log_lines import lines_since, measured
from tests.flow.token_item import refresh
from tests.waiting import wait_for

PERSONAL = "ada@zylker.example"
SQS_RECORD = {
    "body": "{}",
    "receiptHandle": "none",
    "messageId": "m",
    "attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": "g", "MessageDeduplicationId": "d"},
}


class Broken(dict[str, Any]):
    """A call that nobody foresaw."""

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ARG002 - a dictionary's own
        """Fail, with a text that must not get out."""
        raise ZeroDivisionError(PERSONAL)


def test_a_waiting_lead_comes_back_by_the_sweep_and_updates_its_message(sandbox: Sandbox) -> None:
    """Four hours later the approval is there, and the message says so."""
    lead_id = zylker_contact(sandbox)
    sandbox.zoho.on("options", faults.NOT_APPROVED, lead_id=lead_id, times=1)
    first = send(sandbox, lead_id)
    app.wiring.ledger.postpone(lead_id, until=datetime(2020, 1, 1, tzinfo=UTC))
    app.sweep({"id": "1", "detail": {}, "time": "", "account": "", "region": "", "detail-type": "", "source": "",
               "version": "", "resources": []}, None)  # fmt: skip
    assert sandbox.wait_until_idle()
    waited, swept = matches(sandbox, lead_id)
    assert [waited["trigger"], swept["trigger"]] == ["webhook", "sweep"]
    assert swept["data"]["verdict"]["action"] == "convert_into_contact"
    assert len([one for one in messages(sandbox, first, swept["id"]) if one.thread_ts is None]) == 1


def test_the_trial_mode_posts_through_an_incoming_webhook(sandbox: Sandbox) -> None:
    """No bot token: the message stands in the webhook's channel all the same."""
    lead_id = zylker_contact(sandbox, "Trial Person", "trial@zylker.example")
    with credentials(sandbox, slack={"webhook_url": sandbox.slack.webhook_url}):
        send(sandbox, lead_id)
    assert any("Trial Person" in message.text for message in sandbox.slack.workspace.messages(SALES.id))


def test_each_worker_begins_again_for_as_long_as_the_page_of_durations_says(sandbox: Sandbox) -> None:
    """A whole attempt fits behind that, which `test_timing` proves."""
    wiring = Wiring(sandbox.variables())
    assert wiring.check.again_within_seconds == CHECK_AGAIN_WITHIN_SECONDS
    assert wiring.notify.again_within_seconds == NOTIFY_AGAIN_WITHIN_SECONDS


def test_a_token_that_zoho_revoked_is_renewed_within_the_lead(sandbox: Sandbox) -> None:
    """A 401 makes one new token and one more call; nobody notices."""
    lead_id = zylker_contact(sandbox)
    until = (datetime.now(UTC) + timedelta(minutes=30)).isoformat()
    stored = json.dumps({"access_token": "1000.revoked", "api_domain": "https://www.zohoapis.com", "expires_at": until})
    secret = sandbox.outputs["ZohoTokenSecret"]
    sandbox.aws.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=stored)
    with credentials(sandbox):
        send(sandbox, lead_id)
    (match,) = matches(sandbox, lead_id)
    assert match["data"]["verdict"]["action"] == "convert_into_contact"
    assert 401 in {call.status for call in sandbox.zoho.calls_for(lead_id)}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"webhook_keys": []}, "no_webhook_keys"), ({"webhook_keys": "one"}, "no_webhook_keys")],
)
def test_without_a_key_nobody_is_let_in_and_nothing_is_lost(
    sandbox: Sandbox, log: io.StringIO, changes: dict[str, Any], reason: str
) -> None:
    """503, so that Zoho's list of failed webhooks has it; the log says what to mend."""
    start = len(log.getvalue())
    with credentials(sandbox, **changes):
        response = json_call("123", WEBHOOK_KEY).send(sandbox.webhook_url)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "60"
    assert [line.get("reason") for line in lines_since(log, start) if line.get("message") == "received"] == [reason]


def test_a_zoho_that_is_not_connected_is_told(sandbox: Sandbox) -> None:
    """An empty secret ends in NOT CHECKED with the cause, not in silence."""
    lead_id = zylker_contact(sandbox)
    secrets, token = sandbox.aws.client("secretsmanager"), sandbox.outputs["ZohoTokenSecret"]
    secrets.put_secret_value(SecretId=token, SecretString="{}")
    with zoho_client(sandbox, client_id="", client_secret="", refresh_token=""):
        refresh(sandbox)
        event_id = send(sandbox, lead_id)
    assert "NOT CHECKED: Zoho refused us access." in messages(sandbox, event_id)[0].text


@pytest.mark.parametrize(
    ("slack", "channel", "reason"),
    [({}, SALES.id, "slack_not_connected"), ({"bot_token": "xoxb-sandbox"}, "#lead-matches", "channel_is_no_id")],
)
def test_a_slack_that_is_not_set_up_is_waited_for(
    sandbox: Sandbox,
    log: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    slack: dict[str, str],
    channel: str,
    reason: str,
) -> None:
    """The match event goes out, and the notice waits until somebody has mended the setting."""
    start = len(log.getvalue())
    lead_id = zylker_contact(sandbox)
    with credentials(sandbox, slack=slack), monkeypatch.context() as settings:
        settings.setenv("LEADMATCH_SLACK_CHANNEL", channel)
        event_id = json_call(lead_id, WEBHOOK_KEY).send(sandbox.webhook_url).json()["accepted"][0]["event_id"]
        wait_for(lambda: reason in log.getvalue()[start:])
    assert sandbox.wait_until_idle()
    assert len(matches(sandbox, lead_id)) == 1
    assert len(messages(sandbox, event_id)) == 1


def test_a_message_that_is_not_ours_goes_to_the_dead_letters(sandbox: Sandbox) -> None:
    """It is no lead, and it holds up nothing."""
    sqs, url = sandbox.aws.client("sqs"), sandbox.outputs["InboxQueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="hello", MessageGroupId="g", MessageDeduplicationId="foreign")
    assert sandbox.wait_until_idle()
    assert "hello" in dead_letters(sandbox, "inbox")


def test_what_the_environment_has_wrong_is_told_at_every_door(sandbox: Sandbox, log: io.StringIO) -> None:
    """No lead is taken; one that waits in the inbox is put off, and both write down and count what a person has to mend."""
    start = len(log.getvalue())
    wiring = Wiring({**sandbox.variables(), "LEADMATCH_ZOHO_DATA_CENTER": "eu1"})
    call = {"headers": {"X-Leadmatch-Key": WEBHOOK_KEY}, "body": json.dumps({"lead_id": "123"})}
    assert wiring.receive.answer(call).status == 503
    for worker in (wiring.check, wiring.notify):
        with pytest.raises(Misconfigured, match="LEADMATCH_ZOHO_DATA_CENTER"):
            worker.handle(SQS_RECORD)
    lines = lines_since(log, start)
    found = [line["message"] for line in lines if line.get("reason") == "unknown_data_center"]
    assert found == ["received", "retry", "retry"]
    assert measured(lines) == {"LeadsReceived": 0, "CallsNotTaken": 1, "CallsLost": 1, "Retries": 2, "Failures": 2}


def test_a_wrong_key_is_counted_and_the_key_that_let_a_call_in_is_logged(sandbox: Sandbox, log: io.StringIO) -> None:
    """So that an alarm rings when Zoho sends an old key, or none for a lead, and none for a stranger."""
    start, wiring, body = len(log.getvalue()), Wiring(sandbox.variables()), json.dumps({"lead_id": "none"})
    for headers, sent, counted in (({"X-Leadmatch-Key": "old"}, body, 1), ({}, "lead_id=5", 1), ({}, body, None)):
        assert wiring.receive.answer({"headers": headers, "body": sent}).status == 401
        lines = lines_since(log, start)
        assert measured(lines).get("CallsNotTaken") == counted
        levels = [line["level"] for line in lines if line.get("message") == "received"]
        assert levels == ["WARNING" if counted else "INFO"]
        start = len(log.getvalue())
    lead_id = zylker_contact(sandbox)
    call = {"headers": {"X-Leadmatch-Key": RETIRING_KEY}, "body": json.dumps({"lead_id": lead_id})}
    assert wiring.receive.answer(call).status == 202
    assert [line["key"] for line in lines_since(log, start) if line.get("message") == "received"] == ["previous"]
    assert sandbox.wait_until_idle()


def test_a_fault_of_ours_at_the_webhook_is_answered_503_and_counted(sandbox: Sandbox, log: io.StringIO) -> None:
    """So that an alarm rings and Zoho's list of failed webhooks has the lead; the log has its type and nothing of its text."""
    start = len(log.getvalue())
    reply = Wiring(sandbox.variables()).receive.answer(Broken())
    assert (reply.status, reply.reason, reply.headers["Retry-After"]) == (503, "unexpected", "60")
    lines = lines_since(log, start)
    assert measured(lines) == {"LeadsReceived": 0, "CallsNotTaken": 1, "CallsLost": 1}
    assert [line["error"] for line in lines if "error" in line] == ["ZeroDivisionError"]
    assert PERSONAL not in log.getvalue()[start:] + json.dumps(reply.body)
