"""What a flow test leaves behind is put back, whatever it is: the next test cannot tell that there was one."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

import app
from chalicelib.aws.queues import InboxTurn, Message, Queue, dead_letter_url
from chalicelib.events import LeadEvent
from chalicelib.steps.check import GiveUpPolicy
from chalicelib.wiring import Wiring, clients
from sandbox.callers import json_call
from sandbox.slack.faults import Answer as SlackAnswer
from sandbox.slack.workspace import Ephemeral
from sandbox.system import OPERATOR, SALES, WEBHOOK_KEY, Sandbox
from sandbox.zoho import faults
from sandbox.zoho.faults import Answer
from sandbox.zoho.users import SYSTEM_USER
from tests.flow.isolation import Started, isolated
from tests.flow.leads import send, zylker_contact
from tests.waiting import SECONDS, wait_for

Change = Callable[[Sandbox], object]


def secret(sandbox: Sandbox, output: str, text: str) -> None:
    """Write a secret."""
    sandbox.aws.client("secretsmanager").put_secret_value(SecretId=sandbox.outputs[output], SecretString=text)


def queued(sandbox: Sandbox, url: str) -> None:
    """Send a message and hide it for an hour."""
    sqs = sandbox.aws.client("sqs")
    Queue(sqs, url).send(Message("{}", "g", clients.new_id()))
    sqs.receive_message(QueueUrl=url, VisibilityTimeout=3600)


def functions(_: Sandbox) -> None:
    """Let the functions be others."""
    app.wiring = Wiring(os.environ, give_up_policy=GiveUpPolicy(7200, 7200))


def waiting_lead(_: Sandbox) -> None:
    """Let a lead be due."""
    event = LeadEvent("1", "e", clients.utc_now(), "webhook")
    app.wiring.ledger.store_match(
        event, "{}", turn=InboxTurn(event.accepted_at), due_at=datetime(2020, 1, 1, tzinfo=UTC)
    )


def posts(sandbox: Sandbox) -> None:
    """Post, which counts against Slack's rate limit."""
    clients.fresh_session().post(sandbox.slack.webhook_url, json={"text": "hello"}, timeout=SECONDS)


def opened_view(sandbox: Sandbox) -> None:
    """Let somebody have a view open, in a dialogue as patient as a slow machine needs."""
    views, text = sandbox.slack.workspace.views, {"type": "plain_text", "text": "x"}
    views.trigger_seconds = 600
    view = {"type": "modal", "title": text, "blocks": [{"type": "section", "text": text}]}
    views.open(views.trigger("U0ADA"), view)


CHANGES: dict[str, Change] = {
    "secret credentials": lambda sandbox: secret(
        sandbox, "CredentialsSecret", '{"slack": {"webhook_url": "http://x"}}'
    ),
    "secret zoho-client": lambda sandbox: secret(sandbox, "ZohoClientSecret", "{}"),
    "secret zoho-token": lambda sandbox: secret(sandbox, "ZohoTokenSecret", '{"access_token": "1000.old"}'),
    "credentials in memory": lambda _: app.wiring.credentials.read(),
    "functions": functions,
    "settings in memory": lambda _: app.wiring.settings,
    "Zoho's answers": lambda sandbox: sandbox.zoho.on("options", faults.NO_PERMISSION),
    "Zoho's records": zylker_contact,
    "Zoho's unique fields": lambda sandbox: sandbox.crm.unique_fields.update(Contacts=("Email",)),
    "Zoho's layouts": lambda sandbox: setattr(sandbox.crm, "layouts", ("Contacts",)),
    "Zoho's refresh token": lambda sandbox: sandbox.zoho.tokens.revoke_refresh_token(),
    "Zoho's users": lambda sandbox: sandbox.crm.users.add("Ada Park", "ada.park@quillworks.example"),
    "a user of Zoho's": lambda sandbox: sandbox.crm.users.change(SYSTEM_USER, status="inactive"),
    "Zoho's deal fields": lambda sandbox: setattr(sandbox.crm.deals, "mandatory", ("Region",)),
    "Zoho's pipelines": lambda sandbox: setattr(sandbox.crm.deals, "layouts", ()),
    "Zoho's conversions": lambda sandbox: sandbox.crm.convert(sandbox.crm.add("Leads", Full_Name="Iva Moss")),
    "Zoho's second conversions": lambda sandbox: setattr(sandbox.crm, "converts_again", True),
    "Zoho's scopes": lambda sandbox: sandbox.zoho.tokens.scopes.clear(),
    "Slack's people": lambda sandbox: sandbox.slack.workspace.people.add("U0ADA", "Ada Park", ""),
    "Slack's groups": lambda sandbox: sandbox.slack.workspace.people.keep_group("S0SALES", ["U0ADA"]),
    "Slack's plan": lambda sandbox: setattr(sandbox.slack.workspace.people, "has_user_groups", False),
    "Slack's absent people": lambda sandbox: sandbox.slack.workspace.people.absent.add((SALES.id, "U0ADA")),
    "Slack's triggers": lambda sandbox: sandbox.slack.workspace.views.trigger("U0ADA"),
    "Slack's views": opened_view,
    "what one person was shown": lambda sandbox: sandbox.slack.workspace.whisper(Ephemeral(SALES.id, "U0ADA", "x")),
    "a click's address": lambda sandbox: sandbox.slack.response_url(
        "U0ADA", sandbox.slack.workspace.post(SALES.id, text="hello")
    ),
    "Slack's scopes": lambda sandbox: sandbox.slack.scopes.discard("chat:write"),
    "Slack's channels": lambda sandbox: sandbox.slack.workspace.archive(SALES.id),
    "Slack's faults": lambda sandbox: sandbox.slack.on("chat.postMessage", SlackAnswer(500, "no"), times=5),
    "Slack's pace": posts,
    "Slack's messages": lambda sandbox: sandbox.slack.workspace.post(OPERATOR.id, text="hello"),
    "a message on its way": lambda sandbox: queued(sandbox, sandbox.outputs["MatchesQueueUrl"]),
    "a dead letter": lambda sandbox: queued(sandbox, dead_letter_url(sandbox.outputs["SlackQueueUrl"])),
    "ledger": waiting_lead,
    "a whole lead": lambda sandbox: send(sandbox, zylker_contact(sandbox)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_was_changed_is_seen_and_put_back(
    sandbox: Sandbox, known: Started, log: io.StringIO, change: Change
) -> None:
    """Secrets, stand-ins, queues, ledger and what functions hold in memory are as after the start."""
    with isolated(sandbox, log):
        change(sandbox)
        assert known.differences() != []
    assert known.differences() == []


def test_the_next_functions_post_with_the_secret_that_is_stored(sandbox: Sandbox, log: io.StringIO) -> None:
    """Functions that read the trial mode's secret held it for a minute, in which every message came without metadata."""
    with isolated(sandbox, log):
        secret(
            sandbox,
            "CredentialsSecret",
            json.dumps(sandbox.secrets()["CredentialsSecret"] | {"slack": {"webhook_url": "http://x"}}),
        )
        assert "bot_token" not in app.wiring.credentials.read().slack
    assert "bot_token" in app.wiring.credentials.read().slack


@pytest.mark.moto_only("no call removes a measurement from CloudWatch")
def test_what_is_made_beside_the_stage_is_gone(sandbox: Sandbox, log: io.StringIO) -> None:
    """Queues, secrets and measurements of a test of its own; a queue of the same name forgets its deduplication ids."""
    sqs, secrets, metrics = (sandbox.aws.client(name) for name in ("sqs", "secretsmanager", "cloudwatch"))

    def made() -> tuple[object, ...]:
        return (sqs.list_queues()["QueueUrls"], secrets.list_secrets()["SecretList"], metrics.list_metrics()["Metrics"])

    before, received = made(), []
    for _ in range(2):
        with isolated(sandbox, log):
            url = sqs.create_queue(QueueName="of-this-test.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
            Queue(sqs, url).send(Message("hello", "g", "same"))
            received += sqs.receive_message(QueueUrl=url)["Messages"]
            secrets.create_secret(Name="of-this-test")
            metrics.put_metric_data(Namespace="of-this-test", MetricData=[{"MetricName": "one", "Value": 1.0}])
            assert made() != before
        assert made() == before
    assert len(received) == 2


def test_a_lead_in_work_at_the_end_reaches_nobody(sandbox: Sandbox, known: Started, log: io.StringIO) -> None:
    """A function that has it ends first; what it queues goes with the rest, and so does what nobody has taken yet."""
    with isolated(sandbox, log):
        leads = [zylker_contact(sandbox), zylker_contact(sandbox)]
        for question in ("options", "lead"):
            sandbox.zoho.on(question, Answer(204, delay_seconds=1.0), lead_id=leads[0])  # type: ignore[arg-type] # two of its names
        for lead_id in leads:
            assert json_call(lead_id, WEBHOOK_KEY).send(sandbox.webhook_url).status_code == 202
        wait_for(lambda: bool(sandbox.zoho.calls))
    assert sandbox.pump.is_idle()
    assert known.differences() == []


def test_a_log_line_is_its_own_test_s(sandbox: Sandbox, log: io.StringIO) -> None:
    """What a test reads of the log, it has caused."""
    assert log.getvalue() == ""
    with isolated(sandbox, log):
        send(sandbox, zylker_contact(sandbox))
        assert log.getvalue() != ""
    assert log.getvalue() == ""
