"""The shared access token in the whole system: what workers cost each other, and what the operator hears of it."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from aws_lambda_powertools import Logger

from chalicelib.errors import Retryable, ZohoRefused, ZohoThrottled, ZohoTokensRejected
from chalicelib.events import LeadEvent
from chalicelib.steps.announce import zoho_refuses
from chalicelib.steps.check import GiveUpPolicy
from chalicelib.timing import TOKEN_DOUBTED_SECONDS
from chalicelib.wire import read_time, time_text
from chalicelib.wiring import Wiring, clients
from chalicelib.wiring.check import token_events
from chalicelib.zoho.oauth import ZohoClientCredentials
from chalicelib.zoho.token_budget import Ask
from chalicelib.zoho.token_record import TokenRecord, read_record
from sandbox.system import OPERATOR, ZOHO, Sandbox
from sandbox.zoho import faults
from tests.flow.leads import matches, zylker_contact
from tests.flow.log_lines import lines_since, measured
from tests.flow.token_item import item, let_pauses_pass, shared


def check(sandbox: Sandbox) -> str:
    """Let a cold worker check a lead; return the lead."""
    lead_id = zylker_contact(sandbox)
    event = LeadEvent(lead_id, clients.new_id(), clients.utc_now(), "webhook")
    attributes = {"ApproximateReceiveCount": "1", "MessageGroupId": lead_id, "MessageDeduplicationId": event.event_id}
    record = {"body": event.to_json(), "receiptHandle": "none", "messageId": "m", "attributes": attributes}
    Wiring(sandbox.variables(), give_up_policy=GiveUpPolicy(3600, 3600)).check.handle(record)
    return lead_id


def check_without_a_token(sandbox: Sandbox) -> None:
    """Let a cold worker put a lead off."""
    with pytest.raises(Retryable) as error:
        check(sandbox)
    assert error.value.reason == "zoho_no_token"


def refreshes(sandbox: Sandbox) -> int:
    """Count what the token endpoint was asked."""
    return sum(call.name == "token" for call in sandbox.zoho.calls)


def test_cold_workers_share_one_token(sandbox: Sandbox) -> None:
    """The second one finds it in the secret, and the lease is free and counts one."""
    before = refreshes(sandbox)
    for _ in range(2):
        check(sandbox)
    assert refreshes(sandbox) == before + 1
    assert (shared(sandbox).owner, len(shared(sandbox).asks)) == ("", 1)


def test_a_revoked_authorisation_is_asked_with_once_and_said_to_everybody(sandbox: Sandbox, log: io.StringIO) -> None:
    """Two leads say NOT CHECKED, Zoho is asked once, log and Slack tell the operator once, one failure is measured.

    That is so from the second refusal on, a minute after the first, for which a lead waits.
    """
    sandbox.zoho.on("token", faults.INVALID_CODE)
    with pytest.raises(Retryable) as error:
        check(sandbox)
    assert (error.value.reason, error.value.retry_after_seconds) == ("zoho_not_connected", TOKEN_DOUBTED_SECONDS)
    let_pauses_pass(sandbox)
    start, before, said = len(log.getvalue()), refreshes(sandbox), len(sandbox.slack.workspace.messages(OPERATOR.id))
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
    assert not [text for text in ZOHO.values() if text in str(shared(sandbox)) + log.getvalue()[start:]]


def test_a_token_endpoint_that_fails_is_left_alone_for_a_while(sandbox: Sandbox) -> None:
    """Leads wait for the pause; a failure that gave no token costs none of the budget."""
    before, now = refreshes(sandbox), int(clients.utc_now().timestamp())
    sandbox.zoho.on("token", faults.BAD_GATEWAY)
    check_without_a_token(sandbox)
    fields, epoch = item(sandbox).read()
    failed = read_record(fields)
    (pause,) = failed.pauses
    assert (failed.asks, pause.until > now) == ((), True)
    longer = replace(failed, pauses=(replace(pause, until=now + 600),))  # the machine may be slow
    assert item(sandbox).write(longer.fields(), after=epoch)
    for _ in range(2):
        check_without_a_token(sandbox)
    assert refreshes(sandbox) == before + 1


def test_a_spent_budget_is_not_overdrawn(sandbox: Sandbox) -> None:
    """After five refreshes nobody asks Zoho for a sixth, and the lead comes back when one may."""
    before, now = refreshes(sandbox), int(clients.utc_now().timestamp())
    own = ZohoClientCredentials(**ZOHO, accounts_url=sandbox.variables()["LEADMATCH_ZOHO_ACCOUNTS_URL"])
    assert item(sandbox).write(TokenRecord(asks=(Ask(now - 60, own.digest()),) * 5).fields(), after=0)
    with pytest.raises(ZohoThrottled) as error:
        check(sandbox)
    assert error.value.reason == "token_budget"
    assert 500 < (error.value.retry_after_seconds or 0) <= 540
    assert refreshes(sandbox) == before


def test_tokens_that_zoho_refuses_one_after_the_other_are_told_the_operator_once(
    sandbox: Sandbox, log: io.StringIO
) -> None:
    """The user may be inactive: leads wait, what is left of the budget is for tokens that end, and a person is told why."""
    said, start = len(sandbox.slack.workspace.messages(OPERATOR.id)), len(log.getvalue())
    check(sandbox)
    before, now = refreshes(sandbox), int(clients.utc_now().timestamp())
    digest, epoch = shared(sandbox).asks[-1].digest, item(sandbox).read()[1]
    assert item(sandbox).write(
        TokenRecord(asks=(Ask(now - 300, digest, after_refusal=True),) * 2).fields(), after=epoch
    )
    age_token(sandbox)
    for call in ("lead", "options"):
        sandbox.zoho.on(call, faults.INVALID_TOKEN)  # type: ignore[arg-type] # two of the script's names
    for _ in range(2):
        with pytest.raises(Retryable) as error:
            check(sandbox)
        assert error.value.reason == "zoho_token_refused"
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
    digest, day = clients.new_id(), date(2026, 3, 2)

    def tell(error: ZohoRefused | ZohoTokensRejected, known_by: str) -> None:
        shared.operator_alerts.send(zoho_refuses(error, stage=sandbox.stage), subject=f"zoho-credentials-{known_by}")

    events = token_events(Logger(service="of-this-test", stream=io.StringIO()), clients.meter(sandbox.stage), tell)
    for days in (0, 0, 45, 90, 90):
        events.on_tokens_refused(digest, day + timedelta(days=days))
        assert sandbox.wait_until_idle()
    told = sandbox.slack.workspace.messages(OPERATOR.id)[said:]
    assert len(told) == 3
    assert all("for all leads or for some" in message.text for message in told)


def age_token(sandbox: Sandbox) -> None:
    """Let the token in the secret be twenty minutes old."""
    secrets, name = sandbox.aws.client("secretsmanager"), sandbox.outputs["ZohoTokenSecret"]
    token = json.loads(secrets.get_secret_value(SecretId=name)["SecretString"])
    token["expires_at"] = time_text(read_time(token["expires_at"]) - timedelta(minutes=20))
    secrets.put_secret_value(SecretId=name, SecretString=json.dumps(token))
