"""Zoho lets nobody in: the leads wait, and the operator's channel hears of it once."""

from __future__ import annotations

import os

import pytest
import requests

import app
from chalicelib.wiring import Wiring
from sandbox.system import OPERATOR, WEBHOOK_KEY, Sandbox
from sandbox.zoho.faults import Answer
from tests.flow.leads import bring_back, zylker_contact
from tests.flow.token_item import let_pause_pass, refresh
from tests.waiting import wait_for

FROM_ELSEWHERE = Answer(403, {"code": "INVALID_IP", "message": "denied", "details": {}, "status": "error"})
UNKNOWN_WORD = Answer(200, {"error": "org_policy_violation"})


@pytest.fixture
def cold(sandbox: Sandbox) -> Sandbox:
    """Let functions run that give no lead up, and have told nobody of anything."""
    app.wiring = Wiring(os.environ)
    return sandbox


def told(sandbox: Sandbox, said: str) -> list[str]:
    """Return what the operator's channel says of it."""
    return [one.text for one in sandbox.slack.workspace.messages(OPERATOR.id) if said in one.text]


@pytest.mark.parametrize(
    ("question", "answer", "said"),
    [
        ("options", FROM_ELSEWHERE, "refuses calls from leadmatch's IP address"),
        ("token", UNKNOWN_WORD, 'answers "org_policy_violation", an error code that leadmatch does not know'),
        (
            "options",
            Answer(403, {"data": [{"code": "IP_NOT_ALLOWED", "status": "error"}]}),
            "refuses calls from leadmatch's IP address",
        ),
        ("token", Answer(403, {"message": "blocked"}), "answers HTTP 403 without an error code"),
        (
            "token",
            Answer(400, {"error": {"code": "org_blocked"}}),
            'answers "org_blocked", an error code that leadmatch does not know',
        ),
    ],
)
def test_the_operator_hears_of_it_once_and_the_leads_wait(
    cold: Sandbox, question: str, answer: Answer, said: str
) -> None:
    """What to look at stands in the message; further leads add none, and are told when Zoho lets us in again."""
    lead_ids = [zylker_contact(cold, name) for name in ("Ada Park", "Bo Chen")]
    cold.zoho.on(question, answer)  # type: ignore[arg-type]
    if question == "token":  # only a second refusal is told
        refresh(cold)
        let_pause_pass(cold)
        refresh(cold)
    for lead_id in lead_ids:
        headers = {"X-Leadmatch-Key": WEBHOOK_KEY}
        assert requests.post(cold.webhook_url, json={"id": lead_id}, headers=headers, timeout=10).status_code == 202
    wait_for(lambda: bool(told(cold, said)))
    with cold.pump.resting():
        cold.zoho.clear()
        if question == "token":
            let_pause_pass(cold)
            refresh(cold)
        bring_back(cold, "Inbox")
    assert cold.wait_until_idle()
    (message,) = told(cold, said)
    assert "Allowed IPs" in message
    assert not [text for text in cold.match_texts() if '"unchecked"' in text and any(one in text for one in lead_ids)]
