"""A click in Slack, over HTTP: every button of a lead's message, as Slack tells of it, and calls that Slack never made."""

from __future__ import annotations

import io
import json
import time
from dataclasses import replace

import pytest

from sandbox.slack.clicks import Clicks, elements
from sandbox.slack.payloads import signed
from sandbox.slack.workspace import Message
from sandbox.system import SIGNING_SECRET, Sandbox
from tests.flow.leads import messages, send, zylker_contact
from tests.flow.log_lines import lines_since, measured

ADA = "U0ADA"


@pytest.fixture
def told(sandbox: Sandbox) -> Message:
    """Return the message of a lead that may be converted."""
    (message,) = messages(sandbox, send(sandbox, zylker_contact(sandbox)))
    return message


@pytest.fixture
def clicks(sandbox: Sandbox) -> Clicks:
    """Return Ada's hand."""
    sandbox.slack.workspace.people.add(ADA, "Ada Park", "ada.park@quillworks.example")
    return Clicks(sandbox.slack, actions_url=sandbox.actions_url, signing_secret=SIGNING_SECRET)


def test_every_button_that_people_click_is_answered(clicks: Clicks, told: Message, log: io.StringIO) -> None:
    """With an empty 200, so that Slack shows no warning beside it; the log names the button and nobody."""
    start, shown = len(log.getvalue()), list(elements(told))
    assert len(shown) > 1
    for action in shown:
        reply = clicks.click(ADA, told, action)
        assert (reply.status, reply.body) == (200, "")
    lines = [line for line in lines_since(log, start) if line.get("message") == "clicked"]
    assert [line["buttons"] for line in lines] == [[action] for action in shown]
    assert "ada.park" not in json.dumps(lines)


def test_a_call_that_slack_did_not_sign_is_refused(clicks: Clicks, told: Message, log: io.StringIO) -> None:
    """One of another app, an old one, and one without a signature; no alarm rings for them."""
    start = len(log.getvalue())
    good = clicks.request(clicks.payload_of_click(ADA, told, next(iter(elements(told)))))
    old = signed(good.body, SIGNING_SECRET, at=time.time() - 600)
    for headers in (
        signed(good.body, "another", at=time.time()),
        old | {"X-Slack-Request-Timestamp": str(int(time.time()))},
        {},
    ):
        reply = clicks.deliver(replace(good, headers=headers))
        assert (reply.status, json.loads(reply.body)["error"]["reason"]) == (401, "not_from_slack")
    assert measured(lines_since(log, start)) == {}
