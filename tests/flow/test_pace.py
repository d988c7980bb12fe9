"""Slack's pace through the whole sandbox; everywhere else in this circle Slack takes messages as fast as they come."""

from __future__ import annotations

import os

import pytest

import app
from chalicelib import timing
from chalicelib.wiring import Wiring
from sandbox.callers import json_call
from sandbox.slack.server import SlackStandIn
from sandbox.system import BOT_TOKEN, OPERATOR, SALES, WEBHOOK_KEY, Sandbox
from tests.flow.leads import zylker_contact


def test_leads_that_come_together_are_posted_as_fast_as_slack_takes_them(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One a second in a channel after the first two: Slack never has to say that it is too fast."""
    monkeypatch.setattr(timing, "BETWEEN_POSTS_SECONDS", 1.0)
    channels = [SALES.name, OPERATOR.name]
    with SlackStandIn(bot_token=BOT_TOKEN, channels=channels, posts_per_second=1, burst=2) as slack:
        app.wiring = Wiring(os.environ | {"LEADMATCH_SLACK_API_URL": slack.api_url})
        for number in range(4):
            lead_id = zylker_contact(sandbox, f"Person {number}", f"person.{number}@zylker.example")
            assert json_call(lead_id, WEBHOOK_KEY).send(sandbox.webhook_url).status_code == 202
        assert sandbox.wait_until_idle()
        posts = [(call.method, call.error) for call in slack.calls if call.method == "chat.postMessage"]
        assert posts == [("chat.postMessage", None)] * 4
