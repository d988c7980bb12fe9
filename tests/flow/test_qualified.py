"""LEADMATCH_QUALIFIED: a Notification about a lead that does not qualify is told to nobody, by the whole system."""

from __future__ import annotations

import json
import os

import pytest
import requests

import app
from chalicelib.wiring import Wiring
from sandbox.system import OPERATOR, RETIRING_KEY, Sandbox
from tests.flow.leads import matches, messages, zylker_contact


@pytest.fixture
def qualified(sandbox: Sandbox, request: pytest.FixtureRequest) -> Sandbox:
    """Let the functions run with the setting."""
    app.wiring = Wiring({**os.environ, "LEADMATCH_QUALIFIED": request.param})
    return sandbox


def notify_of(sandbox: Sandbox, lead_id: str) -> str:
    """Call as Zoho's Notification channel does for an edit; return the event id."""
    edit = {"module": "Leads", "ids": [lead_id], "operation": "update", "channel_id": "7", "token": RETIRING_KEY}
    response = requests.post(sandbox.webhook_url, data=json.dumps(edit), timeout=10)
    assert response.status_code == 202
    assert sandbox.wait_until_idle(seconds=40)
    return str(response.json()["accepted"][0]["event_id"])


@pytest.mark.parametrize("qualified", ["Lead_Status=Qualified"], indirect=True)
def test_an_edit_is_told_once_the_lead_qualifies_and_kept_current_after(qualified: Sandbox) -> None:
    """Neither Slack nor readers of the matches hear of it before, and Zoho gets no call more."""
    lead_id = zylker_contact(qualified)
    qualified.crm.change("Leads", lead_id, Lead_Status="Contacted")
    quiet = notify_of(qualified, lead_id)
    assert (messages(qualified, quiet), matches(qualified, lead_id)) == ([], [])
    assert sorted(call.name for call in qualified.zoho.calls_for(lead_id)) == ["lead", "options"]
    qualified.crm.change("Leads", lead_id, Lead_Status="qualified")
    told = notify_of(qualified, lead_id)
    assert len(messages(qualified, told)) == 1
    qualified.crm.change("Leads", lead_id, Lead_Status="Lost")
    notify_of(qualified, lead_id)
    assert len(matches(qualified, lead_id)) == 2


@pytest.mark.parametrize("qualified", ["Led_Status=Qualified"], indirect=True)
def test_a_misspelt_field_silences_nobody_and_the_operator_hears_of_it_once(qualified: Sandbox) -> None:
    """The leads are told as without the setting."""
    before = len(qualified.slack.workspace.messages(OPERATOR.id))
    for name in ("Ada Park", "Bo Chen"):
        assert len(messages(qualified, notify_of(qualified, zylker_contact(qualified, name)))) == 1
    (told,) = qualified.slack.workspace.messages(OPERATOR.id)[before:]
    assert "names the field Led_Status" in told.text
