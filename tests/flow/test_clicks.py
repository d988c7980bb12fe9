"""A click in Slack, over HTTP: every button of a lead's message, as Slack tells of it, and calls that Slack never made."""

from __future__ import annotations

import io
import json
import time

import pytest

from sandbox.callers import CLICKER, buttons, click
from sandbox.slack.workspace import Message
from sandbox.system import SALES, SIGNING_SECRET, Sandbox
from tests.flow.leads import messages, send, zylker_contact
from tests.flow.log_lines import lines_since, measured


@pytest.fixture
def told(sandbox: Sandbox) -> Message:
    """Return the message of a lead that may be converted."""
    (message,) = messages(sandbox, send(sandbox, zylker_contact(sandbox)))
    return message


def test_every_button_that_people_click_is_answered(sandbox: Sandbox, told: Message, log: io.StringIO) -> None:
    """With an empty 200, so that Slack shows no warning beside it; the log names the button and nobody."""
    start, shown = len(log.getvalue()), list(buttons(told))
    assert len(shown) > 1
    for button in shown:
        answer = click(told, button, channel=SALES.id, secret=SIGNING_SECRET).send(sandbox.actions_url)
        assert (answer.status_code, answer.content) == (200, b"")
    lines = [line for line in lines_since(log, start) if line.get("message") == "clicked"]
    assert [line["buttons"] for line in lines] == [[button["action_id"]] for button in shown]
    assert CLICKER["name"] not in json.dumps(lines)


def test_a_call_that_slack_did_not_sign_is_refused(sandbox: Sandbox, told: Message, log: io.StringIO) -> None:
    """One of another app, an old one, and one without a signature; no alarm rings for them."""
    start, button = len(log.getvalue()), next(buttons(told))
    old = time.time() - 600
    calls = [
        click(told, button, channel=SALES.id, secret="another"),
        click(told, button, channel=SALES.id, secret=SIGNING_SECRET, at=old),
    ]
    calls[1].headers["X-Slack-Request-Timestamp"] = str(int(time.time()))
    bare = click(told, button, channel=SALES.id, secret=SIGNING_SECRET)
    bare.headers.clear()
    for call in [*calls, bare]:
        answer = call.send(sandbox.actions_url)
        assert (answer.status_code, answer.json()["error"]["reason"]) == (401, "not_from_slack")
    assert measured(lines_since(log, start)) == {}
