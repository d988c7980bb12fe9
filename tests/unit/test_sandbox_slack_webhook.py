"""The incoming webhook over real HTTP: plain text, and a status for every refusal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.slack.server import WEBHOOK, SlackStandIn

TOKEN = "xoxb-of-the-tests"
CHANNEL = "C0LEADS"


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn(bot_token=TOKEN, channels=[CHANNEL], clock=lambda: 1_790_000_000.0) as stand_in:
        yield stand_in


@pytest.fixture
def client(slack: SlackStandIn) -> WebClient:
    return WebClient(TOKEN, base_url=f"{slack.api_url}/", retry_handlers=[])


def test_the_webhook_posts_to_the_first_channel(slack: SlackStandIn, client: WebClient) -> None:
    """It answers `ok` in plain text, and its message cannot be changed with the bot token."""
    answer = requests.post(slack.webhook_url, json={"text": "hello"}, timeout=5)
    assert (answer.status_code, answer.text) == (200, "ok")
    assert answer.headers["Content-Type"].startswith("text/plain")
    (message,) = slack.workspace.messages(CHANNEL)
    with pytest.raises(SlackApiError, match="cant_update_message"):
        client.chat_update(channel=CHANNEL, ts=message.ts, text="x")
    assert slack.calls[0].method == WEBHOOK


@pytest.mark.parametrize(
    ("body", "error"),
    [("{", "invalid_payload"), ("[]", "invalid_payload"), ("{}", "no_text"), ('{"blocks": [{}]}', "invalid_payload")],
)
def test_the_webhook_refuses_with_a_status(slack: SlackStandIn, body: str, error: str) -> None:
    """Unlike the Web API, the webhook says no with HTTP 400 and one word."""
    answer = requests.post(slack.webhook_url, data=body, timeout=5)
    assert (answer.status_code, answer.text) == (400, error)
    assert slack.calls[-1].error == error


def test_the_webhook_of_an_archived_channel_is_gone(slack: SlackStandIn) -> None:
    """HTTP 410 says that it will never work again."""
    slack.workspace.archive(CHANNEL)
    answer = requests.post(slack.webhook_url, data={"payload": '{"text": "x"}'}, timeout=5)
    assert (answer.status_code, answer.text) == (410, "channel_is_archived")


def test_the_webhook_shares_the_channels_rate(slack: SlackStandIn) -> None:
    """Its sixth post at once is answered 429 with Retry-After."""
    answers = [requests.post(slack.webhook_url, json={"text": "x"}, timeout=5) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].headers["Retry-After"] == "1"
