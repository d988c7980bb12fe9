"""What goes over the wire to Slack, and what comes of an answer that is good but odd."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests

from chalicelib.errors import EditRefused
from chalicelib.slack.client import SlackBot, SlackWebhook
from chalicelib.slack.message import SlackMessage
from chalicelib.slack.text import link
from tests.local_http import LocalHttp, answer

MESSAGE = SlackMessage(f"www.kestrel.example {link('https://crm.example/1', 'Open lead')}", ())
GOOD = b'{"ok": true, "ts": "1.0"}'


def session() -> requests.Session:
    """Return a session that uses no proxy."""
    opened = requests.Session()
    opened.trust_env = False
    return opened


def bot(server: LocalHttp) -> SlackBot:
    """Return a client of the server."""
    return SlackBot(token="xoxb-of-the-tests", api_url=server.url, session=session)


def post(server: LocalHttp) -> object:
    """Post a message."""
    return bot(server).post(channel="C0LEADS", message=MESSAGE, event_id="e-1")


def reply(server: LocalHttp) -> object:
    """Post a reply that the channel sees too."""
    return bot(server).post(channel="C0LEADS", message=MESSAGE, event_id="e-1", thread_ts="1.0", broadcast=True)


def edit(server: LocalHttp) -> object:
    """Edit a message."""
    return bot(server).update(channel="C0LEADS", ts="1.0", message=MESSAGE, event_id="e-1")  # type: ignore[func-returns-value]


def sent(act: Callable[[LocalHttp], object]) -> dict[str, Any]:
    """Return the body that a call sends."""
    with LocalHttp(answer(200, GOOD)) as server:
        act(server)
    body: dict[str, Any] = json.loads(server.seen[0].body)
    return body


@pytest.mark.parametrize("act", [post, reply, edit])
def test_posts_and_edits_alike_link_nothing_by_themselves(act: Callable[[LocalHttp], object]) -> None:
    """An edit without `parse` would link what the post did not; our own links are in Slack's markup, and stay."""
    body = sent(act)
    assert (body["parse"], body["unfurl_links"], body["unfurl_media"]) == ("none", False, False)
    assert "<https://crm.example/1|Open lead>" in body["text"]


def test_an_incoming_webhook_links_nothing_by_itself() -> None:
    """The trial mode shows the same message."""
    with LocalHttp(answer(200, b"ok")) as server:
        SlackWebhook(url=server.url, session=session).post(channel="", message=MESSAGE, event_id="e-1")
    assert json.loads(server.seen[0].body)["parse"] == "none"


def test_an_incoming_webhook_edits_finds_and_links_nothing() -> None:
    """And asks nobody: notify plans for that as for a message that Slack lets nobody edit."""
    webhook = SlackWebhook(url="http://nowhere.invalid", session=session)
    with pytest.raises(EditRefused):
        webhook.update(channel="C0LEADS", ts="1.0", message=MESSAGE, event_id="e-1")
    assert webhook.find(channel="C0LEADS", event_id="e-1", since=0) is None  # type: ignore[func-returns-value]
    assert not webhook.permalink(channel="C0LEADS", ts="1.0")


@pytest.mark.parametrize(
    "warning", ["message_truncated", "superfluous_charset", "missing_charset,missing_text_in_message"]
)
def test_a_warning_is_no_refusal(warning: str) -> None:
    """Slack did what was asked, and says how it could be asked better."""
    body = {"ok": True, "ts": "1.0", "warning": warning, "response_metadata": {"warnings": warning.split(",")}}
    with LocalHttp(answer(200, json.dumps(body).encode())) as server:
        assert post(server) == "1.0"
