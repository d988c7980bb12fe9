"""The probe of one lead: how it is followed to its end, and where it may stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from ops.check.lead import Journey
from sandbox.slack.faults import Answer
from sandbox.system import Sandbox
from sandbox.zoho import faults
from tests.flow.deployment import Deployment
from tests.flow.leads import dead_letters, matches, send, zylker_contact
from tests.flow.probing import probe, problem
from tests.local_http import LocalHttp, answer
from tests.waiting import SECONDS

pytestmark = pytest.mark.usefixtures("deployment")


def journey(lead_id: str) -> Journey:
    """Follow a lead, looking often."""
    return Journey(lead_id, SECONDS, look_seconds=0.05)


@dataclass(slots=True)
class Hours:
    """A clock that runs on by a minute each time it is looked at, while the lead stands still."""

    now: float = field(default=0.0)

    def __call__(self) -> float:
        """Tell the seconds."""
        self.now += 60
        return self.now


def stuck(lead_id: str, *, meanwhile: Callable[[], object] = lambda: None) -> Journey:
    """Follow a lead that does not arrive, without the wait, and look twice."""
    return Journey(lead_id, 100, clock=Hours(), sleep=lambda _: (meanwhile(), None)[1])


def test_the_verdict_its_link_and_its_seconds_are_shown(sandbox: Sandbox) -> None:
    """By Slack's own time of the message."""
    lead_id = zylker_contact(sandbox)
    result = probe(journey(lead_id).look)
    assert result.status == "ok", result
    values = result.findings.values
    assert result.findings.facts[0] == f"“{values['sentence']}”"
    assert str(values["permalink"]).startswith("https://sandbox.slack.com/archives/")
    assert isinstance(values["seconds_to_slack"], float)
    assert (values["lead_id"], values["action"]) == (lead_id, "convert_into_contact")


def test_the_test_lead_s_match_event_says_that_it_is_a_test(sandbox: Sandbox) -> None:
    """Other systems leave it out by its trigger."""
    lead_id = zylker_contact(sandbox)
    probe(journey(lead_id).look)
    assert [event["trigger"] for event in matches(sandbox, lead_id)] == ["check"]


def test_a_lead_that_slack_has_already_is_updated(sandbox: Sandbox) -> None:
    """There are no seconds to tell: the message stood there before."""
    lead_id = zylker_contact(sandbox)
    send(sandbox, lead_id)
    result = probe(journey(lead_id).look)
    assert result.status == "ok", result
    assert result.findings.facts[1].startswith("Its earlier message was updated: https://")
    assert result.findings.values["seconds_to_slack"] is None


def test_a_converted_lead_says_nothing_in_slack(sandbox: Sandbox) -> None:
    """Which is right, and told."""
    lead_id = zylker_contact(sandbox)
    sandbox.crm.convert(lead_id)
    result = probe(journey(lead_id).look)
    assert result.status == "ok", result
    assert result.findings.facts[1] == "The lead is already converted, so no message is posted."


def test_a_lead_that_zoho_does_not_show_is_a_trouble() -> None:
    """The id may be wrong, or the user may not see it: either way nothing was shown to work."""
    found = problem(journey("7203914000000000009").look)
    assert "operator's channel" in found.what
    assert "Check the id: it is" in found.fix


def test_a_lead_that_could_not_be_checked_is_told_with_the_cure(sandbox: Sandbox) -> None:
    """Zoho lets us in for one call and not for another."""
    lead_id = zylker_contact(sandbox)
    sandbox.zoho.on("options", faults.OAUTH_SCOPE_MISMATCH, lead_id=lead_id)
    found = problem(journey(lead_id).look)
    dead_letters(sandbox, "inbox")
    assert found.what == "The lead was not checked (zoho_scope_missing)."
    assert "python -m ops provision --stage sandbox --replace zoho" in found.fix


def test_a_lead_that_stays_in_the_inbox_is_told(patient: Sandbox) -> None:
    """Zoho is down, and check tries again."""
    lead_id = zylker_contact(patient)
    patient.zoho.on("options", faults.BAD_GATEWAY, lead_id=lead_id)
    found = problem(stuck(lead_id).look)
    patient.zoho.clear()
    assert "it is in the inbox, check has not written a verdict" in found.what
    assert "It is not lost" in found.fix
    assert "aws logs tail /aws/lambda/leadmatch-sandbox-check" in found.fix
    assert patient.wait_until_idle()


def test_a_lead_whose_notice_died_is_told(sandbox: Sandbox) -> None:
    """Slack refused its message for good."""
    lead_id = zylker_contact(sandbox)
    sandbox.slack.on("chat.postMessage", Answer(200, {"ok": False, "error": "invalid_arguments"}), times=9)
    found = problem(stuck(lead_id, meanwhile=sandbox.wait_until_idle).look)
    dead_letters(sandbox, "slack")
    assert "a new dead letter is in leadmatch-sandbox-slack-dead.fifo" in found.what
    assert "aws logs tail /aws/lambda/leadmatch-sandbox-notify" in found.fix


def test_a_webhook_that_does_not_take_the_lead_is_told(deployment: Deployment) -> None:
    """As when its key has just been changed: the functions hold the old one for a minute."""
    with LocalHttp(answer(401, b'{"error": {"reason": "no_live_key", "message": ""}}')) as server:
        deployment.write_record(f"{server.url}/api/")
        found = problem(journey("7203914000000000009").look)
    assert "To lead 7203914000000000009 it answered HTTP 401 no_live_key" in found.what
