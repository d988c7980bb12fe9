"""The Web API over real HTTP, with slack_sdk as an independent client."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from chalicelib.slack.error_codes import METHODS as PAGES
from sandbox.slack.arguments import RefusedError
from sandbox.slack.methods import METHODS
from sandbox.slack.server import SlackStandIn
from tests.stand_in_clock import Clock

TOKEN = "xoxb-of-the-tests"
CHANNEL = "C0LEADS"
METADATA = {"event_type": "lead_checked", "event_payload": {"event_id": "e-1"}}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slack(clock: Clock) -> Iterator[SlackStandIn]:
    with SlackStandIn(bot_token=TOKEN, channels=[CHANNEL, "#ops"], clock=clock) as stand_in:
        yield stand_in


@pytest.fixture
def client(slack: SlackStandIn) -> WebClient:
    return WebClient(TOKEN, base_url=f"{slack.api_url}/", retry_handlers=[])


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {TOKEN}"
        yield session


def refusal(call: Any, **arguments: Any) -> Any:
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return caught.value.response


def test_slacks_own_client_posts_updates_and_reads_back(slack: SlackStandIn, client: WebClient) -> None:
    """The life of a message, seen through slack_sdk."""
    assert client.auth_test()["bot_id"] == "B0LEADMATCH"
    posted = client.chat_postMessage(channel=CHANNEL, text="one", metadata=METADATA, unfurl_links=False)
    client.chat_update(channel=posted["channel"], ts=posted["ts"], text="two", blocks=[{"type": "divider"}])
    (message,) = client.conversations_history(channel=CHANNEL, include_all_metadata=True)["messages"]
    assert (message["ts"], message["text"], message["metadata"]) == (posted["ts"], "two", METADATA)
    assert message["blocks"] == [{"type": "divider"}]
    assert message["edited"]
    assert [call.method for call in slack.calls][1:] == ["chat.postMessage", "chat.update", "conversations.history"]
    assert {call.error for call in slack.calls} == {None}


def test_a_form_is_as_good_as_json(slack: SlackStandIn, http: requests.Session) -> None:
    """Blocks and metadata arrive as JSON text in a form, and a charset may follow the content type."""
    form = {"channel": CHANNEL, "text": "Zoë", "blocks": '[{"type": "divider"}]', "metadata": json.dumps(METADATA)}
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    body = urllib.parse.urlencode(form)
    answer = http.post(f"{slack.api_url}/chat.postMessage", data=body, headers=headers).json()
    assert answer["ok"]
    (message,) = slack.workspace.messages(CHANNEL)
    assert (message.text, message.blocks, message.metadata) == ("Zoë", [{"type": "divider"}], METADATA)


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "no channel": ("chat.postMessage", {"text": "x"}, "channel_not_found"),
    "unknown channel": ("chat.postMessage", {"channel": "C0NONE", "text": "x"}, "channel_not_found"),
    "update by name": ("chat.update", {"channel": "#ops", "ts": "1.0", "text": "x"}, "channel_not_found"),
    "nothing to say": ("chat.postMessage", {"channel": CHANNEL}, "no_text"),
    "empty": ("chat.postMessage", {"channel": CHANNEL, "text": "", "blocks": []}, "no_text"),
    "blocks no list": ("chat.postMessage", {"channel": CHANNEL, "blocks": "{"}, "invalid_blocks_format"),
    "metadata": (
        "chat.postMessage",
        {"channel": CHANNEL, "text": "x", "metadata": {"a": 1}},
        "invalid_metadata_format",
    ),
    "no thread": ("chat.postMessage", {"channel": CHANNEL, "text": "x", "thread_ts": "1.0"}, "cannot_reply_to_message"),
    "no message": ("chat.update", {"channel": CHANNEL, "ts": "1.0", "text": "x"}, "message_not_found"),
    "no thread to read": ("conversations.replies", {"channel": CHANNEL, "ts": "1.0"}, "thread_not_found"),
    "bad moment": ("conversations.history", {"channel": CHANNEL, "oldest": "yesterday"}, "invalid_ts_oldest"),
    "bad cursor": ("conversations.history", {"channel": CHANNEL, "cursor": "?"}, "invalid_cursor"),
    "unknown method": ("chat.shout", {"channel": CHANNEL}, "unknown_method"),
}


@pytest.mark.parametrize(("method", "arguments", "error"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_http_200(
    slack: SlackStandIn, http: requests.Session, method: str, arguments: dict[str, Any], error: str
) -> None:
    """Slack says no in the body, never in the status, and the stand-in notes it."""
    answer = http.post(f"{slack.api_url}/{method}", json=arguments)
    assert (answer.status_code, answer.json()["ok"], answer.json()["error"]) == (200, False, error)
    assert slack.calls[-1].error == error
    assert slack.workspace.messages(CHANNEL) == []


@pytest.mark.parametrize(
    ("header", "error"), [(None, "not_authed"), ("Bearer xoxb-wrong", "invalid_auth"), ("Bearer ", "not_authed")]
)
def test_a_call_needs_the_bot_token(slack: SlackStandIn, header: str | None, error: str) -> None:
    """No token and a wrong token are told apart."""
    headers = {"Authorization": header} if header else {}
    answer = requests.post(f"{slack.api_url}/auth.test", headers=headers, timeout=5)
    assert answer.json() == {"ok": False, "error": error}


@pytest.mark.parametrize(("body", "error"), [("{", "invalid_json"), ("[]", "json_not_object")])
def test_a_broken_json_body_is_refused(slack: SlackStandIn, http: requests.Session, body: str, error: str) -> None:
    """What is not a JSON object has no arguments."""
    headers = {"Content-Type": "application/json; charset=utf-8"}
    assert http.post(f"{slack.api_url}/chat.postMessage", data=body, headers=headers).json()["error"] == error


def test_bad_blocks_are_refused_with_their_problems(client: WebClient) -> None:
    """invalid_blocks says what is wrong and where."""
    answer = refusal(client.chat_postMessage, channel=CHANNEL, text="x", blocks=[{"type": "section"}])
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] missing required field: text or fields [json-pointer:/blocks/0]"
    ]


def test_a_channel_can_be_archived_or_left(slack: SlackStandIn, client: WebClient) -> None:
    """An archived channel can still be read; one that the bot is not in cannot."""
    slack.workspace.archive(CHANNEL)
    assert refusal(client.chat_postMessage, channel=CHANNEL, text="x")["error"] == "is_archived"
    assert client.conversations_history(channel=CHANNEL)["messages"] == []
    slack.workspace.leave("#ops")
    assert refusal(client.chat_postMessage, channel="#ops", text="x")["error"] == "not_in_channel"
    ops = slack.workspace.channel("#ops").id
    assert refusal(client.conversations_history, channel=ops)["error"] == "not_in_channel"


@pytest.mark.parametrize("state", ["archived", "left", "nowhere", "message gone", "text too long"])
def test_each_method_refuses_in_the_words_of_its_own_page(
    slack: SlackStandIn, client: WebClient, http: requests.Session, state: str
) -> None:
    """The same channel is `is_archived` to a post and `is_inactive` to an edit; a code of another page proves nothing."""
    arguments = {"channel": CHANNEL, "ts": client.chat_postMessage(channel=CHANNEL, text="x")["ts"], "text": "y"}
    changes = {"nowhere": {"channel": "C0NONE"}, "message gone": {"ts": "1.0"}, "text too long": {"text": "x" * 4_001}}
    {"archived": slack.workspace.archive, "left": slack.workspace.leave}.get(state, str)(CHANNEL)
    arguments |= {"message_ts": arguments["ts"], "thread_ts": arguments["ts"]} | changes.get(state, {})
    last = sorted(METHODS, key=lambda method: method == "chat.delete")
    answers = {method: http.post(f"{slack.api_url}/{method}", data=arguments).json() for method in last}
    said = {method: answer["error"] for method, answer in answers.items() if not answer["ok"]}
    assert said.items() <= {(method, code) for method in METHODS for code in PAGES[method].codes}
    assert (state, said.get("chat.update")) in {
        ("archived", "is_inactive"),
        ("left", "channel_not_found"),
        ("nowhere", "channel_not_found"),
        ("message gone", "message_not_found"),
        ("text too long", "msg_too_long"),
    }


def test_a_code_of_another_page_stops_the_stand_in() -> None:
    """It cannot say what Slack does not."""
    with pytest.raises(LookupError, match=r"chat\.update does not list the code is_archived"):
        RefusedError("is_archived").insist_on(PAGES["chat.update"])


def test_a_text_that_is_too_long_is_cut(slack: SlackStandIn, client: WebClient) -> None:
    """Slack's page says so of a post; an edit of more than 4,000 characters is refused."""
    client.chat_postMessage(channel=CHANNEL, text="x" * 40_001)
    assert len(slack.workspace.messages(CHANNEL)[0].text) == 40_000


@pytest.mark.parametrize("shared", ["", "is_ext_shared", "is_org_shared", "is_pending_ext_shared"])
def test_a_channel_says_who_shares_it(slack: SlackStandIn, client: WebClient, shared: str) -> None:
    """https://docs.slack.dev/reference/objects/conversation-object."""
    slack.workspace.keep_channel(replace(slack.workspace.channel(CHANNEL), shared=shared))
    channel = client.conversations_info(channel=CHANNEL)["channel"]
    assert [name for name in ("is_ext_shared", "is_org_shared", "is_pending_ext_shared") if channel[name]] == [
        *filter(None, [shared])
    ]
    assert channel["is_shared"] == (shared in ("is_ext_shared", "is_org_shared"))


def test_a_post_by_name_answers_with_the_channels_id(slack: SlackStandIn, client: WebClient) -> None:
    """The id is what an update needs: it does not take names."""
    posted = client.chat_postMessage(channel="#ops", text="x")
    assert posted["channel"] == slack.workspace.channel("#ops").id
    assert client.chat_update(channel=posted["channel"], ts=posted["ts"], text="y")["text"] == "y"


def test_a_channel_takes_a_burst_and_then_one_post_a_second(client: WebClient, clock: Clock) -> None:
    """The sixth post at once is too fast: 429, Retry-After, nothing posted; another channel is not affected."""
    for n in range(5):
        client.chat_postMessage(channel=CHANNEL, text=str(n))
    answer = refusal(client.chat_postMessage, channel=CHANNEL, text="too fast")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    assert answer.data == {"ok": False, "error": "ratelimited"}
    client.chat_postMessage(channel="#ops", text="x")
    clock.now += 1
    client.chat_postMessage(channel=CHANNEL, text="in time")
    assert len(client.conversations_history(channel=CHANNEL)["messages"]) == 6


def test_a_workspace_that_is_cleared_takes_a_whole_burst_again(slack: SlackStandIn, client: WebClient) -> None:
    """One test's posts do not slow the next one's down."""
    for n in range(10):
        if n == 5:
            slack.clear()
        client.chat_postMessage(channel=CHANNEL, text=str(n))
    assert len(client.conversations_history(channel=CHANNEL)["messages"]) == 10


def test_the_bot_deletes_its_own_message_and_no_other(slack: SlackStandIn, client: WebClient) -> None:
    """What a webhook posted belongs to another bot."""
    posted = client.chat_postMessage(channel=CHANNEL, text="x")
    assert client.chat_delete(channel=CHANNEL, ts=posted["ts"])["ts"] == posted["ts"]
    assert slack.workspace.messages(CHANNEL) == []
    assert refusal(client.chat_delete, channel=CHANNEL, ts=posted["ts"])["error"] == "message_not_found"
    foreign = slack.workspace.post(CHANNEL, text="y", bot_id="B0OTHER")
    assert refusal(client.chat_delete, channel=CHANNEL, ts=foreign.ts)["error"] == "cant_delete_message"


def test_every_answer_names_the_token_s_scopes(client: WebClient) -> None:
    """A refusal too; this is the only place where Slack tells a bot what it may do."""
    reading = "channels:history,channels:read,chat:write,groups:history,groups:read,team.preferences:read"
    scopes = f"{reading},users:read,users:read.email"
    assert client.auth_test().headers["x-oauth-scopes"] == scopes
    assert refusal(client.chat_postMessage, channel="C0NONE", text="x").headers["x-oauth-scopes"] == scopes


@pytest.mark.parametrize(
    ("method", "private", "needed"),
    [
        ("chat_postMessage", False, "chat:write"),
        ("conversations_history", False, "channels:history"),
        ("conversations_history", True, "groups:history"),
        ("team_preferences_list", False, "team.preferences:read"),
    ],
)
def test_a_method_needs_its_scope(
    slack: SlackStandIn,
    client: WebClient,
    method: str,
    private: bool,  # noqa: FBT001
    needed: str,
) -> None:
    """And says which one; to read a private channel is another right than to read a public one."""
    slack.workspace.keep_channel(replace(slack.workspace.channel(CHANNEL), private=private))
    call = getattr(client, method)
    arguments = {} if method == "team_preferences_list" else {"channel": CHANNEL, "text": "x"}
    assert call(**arguments)["ok"]
    slack.scopes.discard(needed)
    answer = refusal(call, **arguments)
    assert (answer["error"], answer["needed"], answer["provided"]) == (
        "missing_scope",
        needed,
        ",".join(sorted(slack.scopes)),
    )


def test_updates_do_not_count_as_posts(client: WebClient) -> None:
    """chat.update has a tier of its own, far above a channel's posts."""
    ts = client.chat_postMessage(channel=CHANNEL, text="0")["ts"]
    for n in range(20):
        client.chat_update(channel=CHANNEL, ts=ts, text=str(n))
