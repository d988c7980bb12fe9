"""One lead through the deployed functions, which have nothing but their package, Lambda's runtime and their variables."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from chalicelib.version import VERSION
from sandbox.callers import Call, json_call
from sandbox.local_api import scheduled_event
from sandbox.slack.server import SlackStandIn
from sandbox.system import BOT_TOKEN, OPERATOR, SALES, WEBHOOK_KEY, ZOHO
from sandbox.zoho.crm import Crm
from sandbox.zoho.server import ZohoStandIn
from tests.deploy.account import AwsAccount
from tests.deploy.clones import Clone
from tests.deploy.running import RunningStage
from tests.deploy.stages import provision
from tests.waiting import SECONDS

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="AWS's runtime client is made for Linux only"),
    pytest.mark.usefixtures("packed_before"),
]
SECRET = {"zoho": ZOHO, "slack": {"bot_token": BOT_TOKEN, "signing_secret": "ab" * 16}, "webhook_keys": [WEBHOOK_KEY]}


@pytest.fixture
def crm() -> Crm:
    return Crm()


@pytest.fixture
def stand_ins(crm: Crm) -> Iterator[tuple[ZohoStandIn, SlackStandIn]]:
    zoho, slack = ZohoStandIn(crm, **ZOHO), SlackStandIn(bot_token=BOT_TOKEN, channels=(SALES.name, OPERATOR.name))
    with ExitStack() as open_:
        open_.enter_context(zoho)
        open_.enter_context(slack)
        yield zoho, slack


@pytest.fixture
def running(
    account: AwsAccount, clone: Clone, tmp_path: Path, stand_ins: tuple[ZohoStandIn, SlackStandIn]
) -> Iterator[RunningStage]:
    zoho, slack = stand_ins
    variables = {
        "LEADMATCH_ZOHO_ACCOUNTS_URL": zoho.url,
        "LEADMATCH_ZOHO_API_URL": zoho.url,
        "LEADMATCH_SLACK_API_URL": slack.api_url,
        "LEADMATCH_SLACK_CHANNEL": SALES.id,
        "LEADMATCH_OPERATOR_CHANNEL": OPERATOR.id,
    }
    provision(account, clone, "dev", SECRET, variables)
    done = clone.ops("deploy", "--stage", "dev", aws=account.environment())
    assert done.returncode == 0, done.stderr
    with RunningStage(account, "dev", tmp_path) as stage:
        yield stage


def wait_until_idle(stage: RunningStage) -> None:
    """Wait until no message is on its way."""
    deadline, quiet = time.monotonic() + SECONDS, 0
    while quiet < 2:
        assert time.monotonic() < deadline, stage.pump.raised
        quiet = quiet + 1 if stage.pump.is_idle() else 0
        time.sleep(0.05)


def matches(account: AwsAccount) -> list[dict[str, Any]]:
    """Take every match event."""
    sqs = account.client("sqs")
    url = sqs.get_queue_url(QueueName="leadmatch-dev-matches.fifo")["QueueUrl"]
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(message["Body"]) for message in found]


def test_a_webhook_reaches_slack_and_the_matches_queue(
    running: RunningStage, account: AwsAccount, crm: Crm, stand_ins: tuple[ZohoStandIn, SlackStandIn]
) -> None:
    """From API Gateway's event to the message in the channel, through what was deployed and nothing else."""
    account_id = crm.add("Accounts", Account_Name="Zylker")
    crm.add(
        "Contacts", Full_Name="Ada Park", Email="ada@zylker.example", Account_Name=crm.lookup("Accounts", account_id)
    )
    lead_id = crm.add("Leads", Full_Name="Ada Park", Email="ada@zylker.example", Company="Zylker")

    answer = running.call(json_call(lead_id, WEBHOOK_KEY))
    assert answer["statusCode"] == 202
    (accepted,) = json.loads(answer["body"])["accepted"]
    wait_until_idle(running)

    assert running.pump.raised == []
    (message,) = stand_ins[1].workspace.messages(SALES.id)
    assert "Ada Park is already a contact at Zylker" in message.text
    (match,) = matches(account)
    assert (match["id"], match["subject"]) == (accepted["event_id"], lead_id)
    assert match["data"]["verdict"]["action"] == "convert_into_contact"


def test_every_deployed_function_works_alone(running: RunningStage) -> None:
    """Each of the four loads and answers; whoever has no key gets no further than the first."""
    assert json.loads(running.call(Call("GET", b"", method="GET"), "/health")["body"]) == {
        "status": "ok",
        "version": VERSION,
    }
    assert running.call(json_call("7110000000000204017", "not the key"))["statusCode"] == 401
    assert running.functions["check"]({"Records": []}) is None
    assert running.functions["notify"]({"Records": []}) is None
    assert running.functions["sweep"](scheduled_event()) is None
