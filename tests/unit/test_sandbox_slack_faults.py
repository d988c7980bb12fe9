"""How calls go wrong on demand, seen by a client over a real connection."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from requests.exceptions import ChunkedEncodingError, ReadTimeout

from sandbox.slack.faults import Answer, Fault
from sandbox.slack.server import WEBHOOK, SlackStandIn
from tests.waiting import wait_for

CHANNEL = "C0LEADS"


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn(bot_token="xoxb-of-the-tests", channels=[CHANNEL]) as stand_in:
        yield stand_in


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.headers["Authorization"] = "Bearer xoxb-of-the-tests"
        yield session


def post(slack: SlackStandIn, http: requests.Session, *, timeout: float = 5, stream: bool = False) -> requests.Response:
    url = f"{slack.api_url}/chat.postMessage"
    return http.post(url, json={"channel": CHANNEL, "text": "hello"}, timeout=timeout, stream=stream)


def posted(slack: SlackStandIn) -> int:
    return len(slack.workspace.messages(CHANNEL))


@pytest.mark.parametrize(("effect", "messages"), [(False, 0), (True, 1)])
def test_a_bad_answer_may_hide_a_good_post(
    slack: SlackStandIn, http: requests.Session, *, effect: bool, messages: int
) -> None:
    """The same 503 is sent whether the post took effect or not: only a read-back can tell."""
    slack.on("chat.postMessage", Answer(503, "upstream failed", {"X-Slack": "down"}, effect=effect))
    answer = post(slack, http)
    assert (answer.status_code, answer.text, answer.headers["X-Slack"]) == (503, "upstream failed", "down")
    assert posted(slack) == messages
    assert (slack.calls[-1].status, slack.calls[-1].error) == (503, "upstream failed")


def test_a_reset_comes_before_anything_is_done(slack: SlackStandIn, http: requests.Session) -> None:
    """The connection dies without an answer and without a message."""
    slack.on("chat.postMessage", Fault.RESET)
    with pytest.raises(requests.ConnectionError, match="Connection reset by peer"):
        post(slack, http)
    assert posted(slack) == 0
    assert (slack.calls[-1].status, slack.calls[-1].error) == (None, "reset")


def test_a_reset_can_come_after_the_post(slack: SlackStandIn, http: requests.Session) -> None:
    """To the client it looks the same as a reset before the post."""
    slack.on("chat.postMessage", Fault.RESET_AFTER_EFFECT)
    with pytest.raises(requests.ConnectionError, match="Connection reset by peer"):
        post(slack, http)
    assert posted(slack) == 1


def test_half_an_answer_can_come_after_the_post(slack: SlackStandIn, http: requests.Session) -> None:
    """The status says 200, but the body ends too early to be read."""
    slack.on("chat.postMessage", Fault.HALF_ANSWER_AFTER_EFFECT)
    with pytest.raises(ChunkedEncodingError):
        post(slack, http)
    assert posted(slack) == 1


def test_an_answer_can_drip_after_the_post(slack: SlackStandIn, http: requests.Session) -> None:
    """The head is good and promises a body, of which a few bytes come at a time."""
    slack.on("chat.postMessage", Fault.DRIP_AFTER_EFFECT)
    with post(slack, http, stream=True) as response:
        assert response.status_code == 200
        assert 0 < len(response.raw.read1(65536)) < int(response.headers["Content-Length"])
    assert posted(slack) == 1


def test_a_slow_answer_can_be_slacks_own(slack: SlackStandIn, http: requests.Session) -> None:
    """A client that gives up waiting has posted all the same, and the call is on record."""
    slack.on("chat.postMessage", Answer(200, None, delay_seconds=30, effect=True))
    with pytest.raises(ReadTimeout):
        post(slack, http, timeout=1.0)
    wait_for(lambda: posted(slack) == 1 and bool(slack.calls))
    assert slack.calls[-1].status == 200


def test_a_fault_lasts_as_many_calls_as_it_was_planned_for(slack: SlackStandIn, http: requests.Session) -> None:
    """Faults of one method are used up in order, those of other methods not at all, and the rest goes well."""
    slack.on("chat.postMessage", Answer(500, "one"), times=2)
    slack.on("chat.postMessage", Answer(200, {"ok": False, "error": "fatal_error"}))
    slack.on("chat.update", Fault.RESET)
    assert [post(slack, http).status_code for _ in range(4)] == [500, 500, 200, 200]
    assert [call.error for call in slack.calls] == ["one", "one", "fatal_error", None]


def test_planned_faults_can_be_forgotten(slack: SlackStandIn, http: requests.Session) -> None:
    """After clear, every call goes well."""
    slack.on("chat.postMessage", Fault.RESET, times=3)
    slack.clear()
    assert post(slack, http).json()["ok"]


def test_the_webhook_can_fail_too(slack: SlackStandIn) -> None:
    """It is planned under a name of its own."""
    slack.on(WEBHOOK, Fault.RESET_AFTER_EFFECT)
    with pytest.raises(requests.ConnectionError):
        requests.post(slack.webhook_url, json={"text": "hello"}, timeout=5)
    assert posted(slack) == 1


def test_calls_tell_connections_apart(slack: SlackStandIn, http: requests.Session) -> None:
    """Two calls of one session share a kept-alive connection; a client that closes it comes on a new one."""
    post(slack, http)
    post(slack, http)
    http.close()
    post(slack, http)
    first, second, third = (call.connection_id for call in slack.calls)
    assert first == second != third


def test_slacks_own_answer_needs_an_effect() -> None:
    """There is no true answer to a call that was never carried out."""
    with pytest.raises(ValueError, match="effect=True"):
        Answer(200, None)
