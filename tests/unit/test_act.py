"""act: Slack hears that we heard a click, strangers hear that they are none of Slack, and the log has no names."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from slack_sdk.signature import SignatureVerifier

from chalicelib.errors import AwsUnavailable, Misconfigured
from chalicelib.slack.interactions import Interaction
from chalicelib.steps.act import Answer, act
from chalicelib.steps.results import HttpReply

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
PAYLOAD = {"type": "block_actions", "user": {"name": "ada.park"}, "actions": [{"action_id": "open_contact"}]}
BODY = urlencode({"payload": json.dumps(PAYLOAD)})


def call(body: str = BODY, *, secret: str = SECRET, as_base64: bool = False, answer: Answer | None = None) -> HttpReply:
    """Let Slack click, as API Gateway hands it over."""
    timestamp = str(int(NOW.timestamp()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
    event = {
        "headers": {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature},
        "body": base64.b64encode(body.encode()).decode() if as_base64 else body,
        "isBase64Encoded": as_base64,
    }
    return act(event, signing_secret=lambda: SECRET, now=lambda: NOW, answer=answer)


@pytest.mark.parametrize("as_base64", [False, True])
def test_a_click_is_answered_with_nothing(*, as_base64: bool) -> None:
    """An empty 200 is all that Slack waits for; a body would be shown to the person."""
    reply = call(as_base64=as_base64)
    assert (reply.status, reply.body, reply.about) == (200, "", {"buttons": ["open_contact"]})
    assert "ada" not in repr(reply)


def test_who_does_not_sign_as_slack_is_refused() -> None:
    """The secret is another one: perhaps that of another app."""
    reply = call(secret="another")
    assert (reply.status, reply.reason, reply.is_lost) == (401, "not_from_slack", False)
    assert "signing secret" in str(reply.body)


def test_a_large_body_is_not_read() -> None:
    """Whoever sends it."""
    assert call("x" * 70_000).status == 413


@pytest.mark.parametrize("error", [AwsUnavailable, Misconfigured])
def test_a_secret_that_cannot_be_had_is_no_refusal(error: type[AwsUnavailable | Misconfigured]) -> None:
    """Nothing of ours is Slack's fault; and no lead is lost by it."""

    def fails() -> str:
        raise error("Not now.", reason="not_now")

    reply = act({"headers": {}, "body": BODY}, signing_secret=fails, now=lambda: NOW)
    assert (reply.status, reply.reason, reply.is_lost) == (503, "not_now", False)
    assert reply.headers == {"Retry-After": "60"}


def test_a_form_of_a_hundred_names_is_read() -> None:
    """A click in it brings all of it; what no form is as large as is not read then, either."""
    asked: list[str] = []

    def answer(done: Interaction) -> HttpReply:
        asked.append(done.user_id)
        return HttpReply(200, "", "taken")

    for size, status in ((250_000, 200), (2_000_000, 413)):
        body = urlencode({"payload": json.dumps({"user": {"id": "U0ADA"}, "blocks": "x" * size})})
        assert call(body, answer=answer).status == status
    assert asked == ["U0ADA"]
