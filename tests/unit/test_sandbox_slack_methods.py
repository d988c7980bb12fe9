"""Reading a channel and a thread back, which is how an ambiguous post is settled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from sandbox.slack.server import SlackStandIn

TOKEN = "xoxb-of-the-tests"
CHANNEL = "C0LEADS"
METADATA = {"event_type": "lead_checked", "event_payload": {"event_id": "e-1"}}


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn(bot_token=TOKEN, channels=[CHANNEL]) as stand_in:
        yield stand_in


@pytest.fixture
def client(slack: SlackStandIn) -> WebClient:
    return WebClient(TOKEN, base_url=f"{slack.api_url}/", retry_handlers=[])


def test_metadata_is_returned_only_when_asked_for(client: WebClient) -> None:
    """Without include_all_metadata a read-back cannot see whose message it is."""
    client.chat_postMessage(channel=CHANNEL, text="one", metadata=METADATA)
    (message,) = client.conversations_history(channel=CHANNEL)["messages"]
    assert "metadata" not in message


def test_history_comes_in_pages_newest_first(client: WebClient) -> None:
    """has_more and next_cursor lead through the whole channel; replies are not part of it."""
    stamps = [client.chat_postMessage(channel=CHANNEL, text=str(n))["ts"] for n in range(4)]
    client.chat_postMessage(channel=CHANNEL, text="reply", thread_ts=stamps[0])
    first = client.conversations_history(channel=CHANNEL, limit=3)
    assert [message["ts"] for message in first["messages"]] == stamps[:0:-1]
    assert first["has_more"]
    cursor = first["response_metadata"]["next_cursor"]
    second = client.conversations_history(channel=CHANNEL, limit=3, cursor=cursor)
    assert [message["ts"] for message in second["messages"]] == stamps[:1]
    assert not second["has_more"]
    assert "response_metadata" not in second.data


def test_history_after_a_moment_begins_next_to_it(client: WebClient) -> None:
    """With oldest alone a page lies closest to oldest, still newest first within itself, and the next is later."""
    stamps = [client.chat_postMessage(channel=CHANNEL, text=str(n))["ts"] for n in range(4)]
    first = client.conversations_history(channel=CHANNEL, oldest=stamps[0], limit=2)
    assert [message["ts"] for message in first["messages"]] == [stamps[2], stamps[1]]
    cursor = first["response_metadata"]["next_cursor"]
    second = client.conversations_history(channel=CHANNEL, oldest=stamps[0], limit=2, cursor=cursor)
    assert [message["ts"] for message in second["messages"]] == [stamps[3]]


def test_the_edges_of_a_history_are_left_out_unless_inclusive(client: WebClient) -> None:
    """Oldest and latest are exclusive by default."""
    stamps = [client.chat_postMessage(channel=CHANNEL, text=str(n))["ts"] for n in range(3)]
    between = {"channel": CHANNEL, "oldest": stamps[0], "latest": stamps[2]}
    assert [message["ts"] for message in client.conversations_history(**between)["messages"]] == [stamps[1]]
    assert len(client.conversations_history(**between, inclusive=True)["messages"]) == 3


def test_a_thread_is_read_oldest_first(client: WebClient) -> None:
    """conversations.replies gives the parent, then its replies."""
    parent = client.chat_postMessage(channel=CHANNEL, text="parent")["ts"]
    client.chat_postMessage(channel=CHANNEL, text="reply", thread_ts=parent)
    messages = client.conversations_replies(channel=CHANNEL, ts=parent)["messages"]
    assert [message["text"] for message in messages] == ["parent", "reply"]
    assert messages[1]["thread_ts"] == parent
