"""The probe of upkeep: a config.json that was changed after the deploy, and alarms that nobody gets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ops.check.deployment import look
from sandbox.system import Sandbox
from tests.flow.deployment import Deployment
from tests.flow.probing import probe, problem, warning

pytestmark = pytest.mark.usefixtures("deployment")
TOPIC = "arn:aws:sns:us-east-1:123456789012:leadmatch-sandbox-alarms"


@contextmanager
def subscribed(sandbox: Sandbox, address: str) -> Iterator[None]:
    """Subscribe an address for the length of a block; moto takes it as confirmed."""
    topics = sandbox.aws.client("sns")
    made = topics.subscribe(TopicArn=TOPIC, Protocol="email", Endpoint=address)
    try:
        yield
    finally:
        topics.unsubscribe(SubscriptionArn=made["SubscriptionArn"])


@contextmanager
def named(sandbox: Sandbox, address: str) -> Iterator[None]:
    """Let the stack name an address for the length of a block; moto subscribes nobody."""
    stacks = sandbox.aws.client("cloudformation")
    stack = {"StackName": "leadmatch-sandbox", "UsePreviousTemplate": True, "Capabilities": ["CAPABILITY_IAM"]}
    stage = {"ParameterKey": "Stage", "ParameterValue": "sandbox"}
    stacks.update_stack(**stack, Parameters=[stage, {"ParameterKey": "AlarmEmail", "ParameterValue": address}])
    try:
        yield
    finally:
        stacks.update_stack(**stack, Parameters=[stage])


def test_a_stage_whose_alarms_somebody_gets_is_well(sandbox: Sandbox) -> None:
    """The functions have what config.json says; addresses are not repeated."""
    with subscribed(sandbox, "ops@example.com"):
        result = probe(look)
    assert (result.status, result.findings.warnings) == ("ok", [])
    assert result.findings.facts == [
        "The functions run with the settings of config.json.",
        "The alarms go to 1 subscriber.",
    ]


def test_alarms_that_nobody_gets_are_warned_of() -> None:
    """As after the shortest first run."""
    found = warning(look)
    assert found.what == "Nobody gets the alarms."
    assert "python -m ops provision --stage sandbox --alarm-email you@example.com" in found.fix.splitlines()


@pytest.mark.filterwarnings("ignore:Tried to parse:UserWarning")  # types of the template that moto does not know
def test_an_address_whose_subscription_is_gone_is_warned_of(sandbox: Sandbox) -> None:
    """Whether or not somebody else gets the alarms; naming it again would send no mail."""
    with named(sandbox, "ops@example.com"):
        found = warning(look)
        with subscribed(sandbox, "other@example.com"):
            assert warning(look) == found
        with subscribed(sandbox, "ops@example.com"):
            assert probe(look).findings.warnings == []
    assert found.what.startswith("AWS no longer has the subscription of ops@example.com")
    assert "python -m ops provision --stage sandbox --alarm-email none" in found.fix.splitlines()
    assert "python -m ops provision --stage sandbox --alarm-email ops@example.com" in found.fix.splitlines()


def test_a_change_that_was_not_deployed_is_named(deployment: Deployment, sandbox: Sandbox) -> None:
    """What is new, what is other, and what is gone; the functions still have what was there before."""
    changes = {"SLACK_CHANNEL": "C0NEWNEWNEW", "OPERATOR_CHANNEL": "", "ZOHO_CREDITS_FLOOR": "300"}
    deployment.write_config(**{f"LEADMATCH_{name}": value for name, value in changes.items()})
    with subscribed(sandbox, "ops@example.com"):
        found = problem(look)
    names = "LEADMATCH_OPERATOR_CHANNEL, LEADMATCH_SLACK_CHANNEL, LEADMATCH_ZOHO_CREDITS_FLOOR"
    assert found.what == f"config.json has changed since the last deploy: {names}."
    assert "python -m ops deploy --stage sandbox" in found.fix.splitlines()
