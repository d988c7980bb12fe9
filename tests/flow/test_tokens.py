"""The access token in the whole system: one refresh for all workers, and what the operator hears of it."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta

import pytest
from aws_lambda_powertools import Logger

from chalicelib.errors import Retryable, ZohoThrottled, ZohoTokensRejected
from chalicelib.events import LeadEvent
from chalicelib.steps.check import GiveUpPolicy
from chalicelib.wire import read_time, time_text
from chalicelib.wiring import Wiring, clients
from chalicelib.wiring.refresh import Alerts, client_credentials
from chalicelib.zoho.token_record import Ask, TokenRecord
from sandbox.system import OPERATOR, ZOHO, Sandbox
from sandbox.zoho import faults
from tests.flow.leads import matches, zylker_contact
from tests.flow.log_lines import lines_since, measured
from tests.flow.token_item import item, let_pause_pass, recorded, refresh


def check(sandbox: Sandbox) -> str:
    """Let a cold worker check a lead; return the lead."""
    lead_id = zylker_contact(sandbox)
    event = LeadEvent(lead_id, clients.new_id(), clients.utc_now(), "webhook")
    attributes = {"ApproximateReceiveCount": "1", "MessageGroupId": lead_id, "MessageDeduplicationId": event.event_id}
    record = {"body": event.to_json(), "receiptHandle": "none", "messageId": "m", "attributes": attributes}
    Wiring(sandbox.variables(), give_up_policy=GiveUpPolicy(3600, 3600)).check.handle(record)
    return lead_id


def refreshes(sandbox: Sandbox) -> int:
    """Count what the token endpoint was asked."""
    return sum(call.name == "token" for call in sandbox.zoho.calls)


def asked_before(sandbox: Sandbox, *asks: Ask) -> None:
    """Let the record say that Zoho was asked so."""
    digest = client_credentials(Wiring(sandbox.variables()).settings).digest()
    assert item(sandbox).write(TokenRecord(digest, asks=asks).fields(), after=item(sandbox).read()[1])


def test_cold_workers_share_one_token(sandbox: Sandbox) -> None:
    """The first one requests it, the second one finds it in the secret; the record counts one."""
    before = refreshes(sandbox)
    for _ in range(2):
        check(sandbox)
    assert refreshes(sandbox) == before + 1
    (ask,) = recorded(sandbox).asks
    assert (ask.unclear, bool(ask.stored)) == (False, True)


def test_the_sweep_renews_a_token_before_anybody_waits_for_one(sandbox: Sandbox) -> None:
    """Whatever else fails in it."""
    check(sandbox)
    before = refreshes(sandbox)
    age_token(sandbox, minutes=45)
    variables = sandbox.variables() | {"LEADMATCH_INBOX_QUEUE": "https://sqs.us-east-1.amazonaws.com/1/gone.fifo"}
    with pytest.raises(Retryable):
        Wiring(variables).sweep()
    assert sandbox.wait_until_idle()
    assert refreshes(sandbox) == before + 1
    Wiring(sandbox.variables()).sweep()
    assert sandbox.wait_until_idle()
    assert refreshes(sandbox) == before + 1


def test_a_revoked_authorisation_is_asked_with_once_and_said_to_everybody(sandbox: Sandbox, log: io.StringIO) -> None:
    """Two leads say NOT CHECKED, Zoho is asked once, log and Slack tell the operator once, one failure is measured.

    That is so from the second refusal on, a minute after the first, for which a lead waits.
    """
    sandbox.zoho.on("token", faults.INVALID_CODE)
    refresh(sandbox)
    with pytest.raises(Retryable) as error:
        check(sandbox)
    assert error.value.reason == "zoho_not_connected"
    let_pause_pass(sandbox)
    start, before, said = len(log.getvalue()), refreshes(sandbox), len(sandbox.slack.workspace.messages(OPERATOR.id))
    refresh(sandbox)
    leads = [check(sandbox) for _ in range(2)]
    assert refreshes(sandbox) == before + 1
    for lead_id in leads:
        (match,) = matches(sandbox, lead_id)
        assert match["data"]["verdict"]["reason"] == "zoho_not_connected"
    lines = lines_since(log, start)
    names = [line.get("message") for line in lines]
    assert (names.count("zoho_revoked"), names.count("token_refresh_failed")) == (1, 1)
    assert measured(lines)["TokenRefreshFailures"] == 1
    assert sandbox.wait_until_idle()
    (notice,) = sandbox.slack.workspace.messages(OPERATOR.id)[said:]
    assert "Zoho no longer accepts our credentials" in notice.text
    assert f"python -m ops provision --stage {sandbox.stage} --replace zoho" in notice.text
    assert not [text for text in ZOHO.values() if text in str(recorded(sandbox)) + log.getvalue()[start:]]


def test_a_token_endpoint_that_fails_is_left_alone_for_a_while(sandbox: Sandbox) -> None:
    """Leads wait for the pause; a failure that gave no token costs none of the budget."""
    before = refreshes(sandbox)
    sandbox.zoho.on("token", faults.ACCESS_DENIED)
    refresh(sandbox)
    assert recorded(sandbox).asks == ()
    for _ in range(2):
        with pytest.raises(Retryable) as error:
            check(sandbox)
        assert error.value.reason == "zoho_token_throttled"
        assert (error.value.retry_after_seconds or 0) > 60
    assert sandbox.wait_until_idle()
    assert refreshes(sandbox) == before + 1


def test_a_spent_budget_is_not_overdrawn(sandbox: Sandbox) -> None:
    """After five refreshes nobody asks Zoho for a sixth, and the lead comes back when one may."""
    before, now = refreshes(sandbox), int(clients.utc_now().timestamp())
    asked_before(sandbox, *(Ask(now - 60, "v"),) * 5)
    with pytest.raises(ZohoThrottled) as error:
        check(sandbox)
    assert error.value.reason == "token_budget"
    assert 500 < (error.value.retry_after_seconds or 0) <= 540
    assert sandbox.wait_until_idle()
    assert refreshes(sandbox) == before


def test_tokens_that_zoho_refuses_one_after_the_other_are_told_the_operator_once(
    sandbox: Sandbox, log: io.StringIO
) -> None:
    """The user may be inactive: leads wait, what is left of the budget is for tokens that end, and a person is told why."""
    said, start = len(sandbox.slack.workspace.messages(OPERATOR.id)), len(log.getvalue())
    check(sandbox)
    before, now = refreshes(sandbox), int(clients.utc_now().timestamp())
    asked_before(sandbox, *(Ask(now - 300, "v", after_refusal=True),) * 2)
    age_token(sandbox, minutes=20)
    for call in ("lead", "options"):
        sandbox.zoho.on(call, faults.INVALID_TOKEN)  # type: ignore[arg-type] # two of the script's names
    for _ in range(2):
        with pytest.raises(ZohoTokensRejected):
            check(sandbox)
        refresh(sandbox, "refused")
    assert refreshes(sandbox) == before
    assert "zoho_tokens_refused" in [line.get("message") for line in lines_since(log, start)]
    sandbox.zoho.clear()
    assert sandbox.wait_until_idle()
    (notice,) = sandbox.slack.workspace.messages(OPERATOR.id)[said:]
    assert "for all leads or for some of them. These leads wait" in notice.text
    assert f"python -m ops check --stage {sandbox.stage}" in notice.text
    assert f"python -m ops provision --stage {sandbox.stage} --replace zoho" in notice.text
    assert "NOT CHECKED" not in notice.text


def test_refused_tokens_are_told_the_operator_once_a_day(sandbox: Sandbox) -> None:
    """What is said again on the same day is the same message; weeks later nobody remembers the first one."""
    said, shared = len(sandbox.slack.workspace.messages(OPERATOR.id)), Wiring(sandbox.variables()).shared
    known_by, day = clients.new_id(), date(2026, 3, 2)
    alerts = Alerts(shared, Logger(service="of-this-test", stream=io.StringIO()), lambda _: None)
    error = ZohoTokensRejected("no", reason="zoho_token_refused")
    for days in (0, 0, 45, 90, 90):
        alerts.tokens_rejected(error, incident=f"{known_by}-tokens-{day + timedelta(days=days)}")
        assert sandbox.wait_until_idle()
    told = sandbox.slack.workspace.messages(OPERATOR.id)[said:]
    assert len(told) == 3
    assert all("for all leads or for some" in message.text for message in told)


def age_token(sandbox: Sandbox, *, minutes: int) -> None:
    """Let the token in the secret be so old."""
    secrets, name = sandbox.aws.client("secretsmanager"), sandbox.outputs["ZohoTokenSecret"]
    token = json.loads(secrets.get_secret_value(SecretId=name)["SecretString"])
    token["expires_at"] = time_text(read_time(token["expires_at"]) - timedelta(minutes=minutes))
    secrets.put_secret_value(SecretId=name, SecretString=json.dumps(token))
