"""What goes over the wire to Slack, and what comes of an answer that is good but odd."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests

from chalicelib.errors import EditRefused, SlackRefused, SlackUnavailable, SlackUnclear
from chalicelib.slack.client import SlackBot, SlackWebhook
from chalicelib.slack.message import SlackMessage
from chalicelib.slack.text import link
from tests.local_http import Act, LocalHttp, answer, break_off, closed_port_url, reset

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


@pytest.mark.parametrize("act", [post, reply, edit])
def test_whatever_shows_an_event_carries_its_id(act: Callable[[LocalHttp], object]) -> None:
    """By it a message is found again whose answer was lost; an edit brings the id of the event that it shows."""
    assert sent(act)["metadata"] == {"event_type": "leadmatch_lead", "event_payload": {"event_id": "e-1"}}


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


def said(event_id: str, ts: str) -> dict[str, Any]:
    """Return a message of ours as Slack lists it."""
    return {"ts": ts, "metadata": {"event_payload": {"event_id": event_id}}}


def found(*pages: dict[str, Any], thread_ts: str = "") -> tuple[str, list[dict[str, str]]]:
    """Look for e-1 in pages of messages; return its ts, and the forms that were sent."""
    script = [answer(200, json.dumps({"ok": True, **page}).encode()) for page in pages]
    with LocalHttp(*script) as server:
        ts = bot(server).find(channel="C0LEADS", event_id="e-1", since=5, thread_ts=thread_ts)
    return ts, [dict(parse_qsl(seen.body.decode())) for seen in server.seen]


def test_every_page_of_the_history_is_read() -> None:
    """In a busy channel our message may stand behind two hundred others; not found, it would be posted again."""
    first = {"messages": [said("e-9", "9.0")], "response_metadata": {"next_cursor": "more"}}
    ts, asked = found(first, {"messages": [said("e-1", "1.0")]})
    assert ts == "1.0"
    assert [form.get("cursor") for form in asked] == [None, "more"]


def test_the_thread_s_parent_is_no_reply() -> None:
    """Slack lists it first, and an edit gave it the event's id: the reply about that event would never be posted."""
    page = {"messages": [said("e-1", "1.0")]}
    assert found(page, thread_ts="1.0")[0] == ""
    assert found({"messages": [said("e-1", "1.0"), said("e-1", "2.0")]}, thread_ts="1.0")[0] == "2.0"
    assert found(page)[0] == "1.0"


@pytest.mark.parametrize("lose", [reset, break_off], ids=["reset", "broken off"])
def test_a_lost_answer_leaves_a_post_in_doubt_and_nothing_else(lose: Act) -> None:
    """A message may stand there, and the channel is read back first; what has no effect is simply asked again."""
    for act in (post, reply, edit):
        with LocalHttp(lose) as server, pytest.raises(SlackUnclear):
            act(server)
    with LocalHttp(lose) as server, pytest.raises(SlackUnavailable):
        bot(server).find(channel="C0LEADS", event_id="e-1", since=5)


def test_a_slack_that_cannot_be_reached_leaves_nothing_in_doubt() -> None:
    """Not a byte was sent."""
    for act in (post, reply, edit):
        with pytest.raises(SlackUnavailable):
            act(Nobody())  # type: ignore[arg-type] # all that is asked of it is its address


class Nobody:
    """A server that is not there."""

    url = closed_port_url()


VIEW = {"type": "modal", "title": {"type": "plain_text", "text": "Convert"}, "blocks": []}


@pytest.mark.parametrize(
    ("call", "path", "body"),
    [
        (
            lambda slack: slack.open_view(trigger_id="1.2.a", view=VIEW),
            "/views.open",
            {"trigger_id": "1.2.a", "view": VIEW},
        ),
        (lambda slack: slack.update_view(view_id="V1", view=VIEW), "/views.update", {"view_id": "V1", "view": VIEW}),
        (
            lambda slack: slack.update_view(view_id="V1", view=VIEW, view_hash="1.h"),
            "/views.update",
            {"view_id": "V1", "view": VIEW, "hash": "1.h"},
        ),
        (
            lambda slack: slack.ephemeral(channel="C0LEADS", user_id="U0ADA", text="Hello"),
            "/chat.postEphemeral",
            {"channel": "C0LEADS", "user": "U0ADA", "text": "Hello", "parse": "none"},
        ),
    ],
)
def test_a_view_and_what_one_person_is_told_go_out_as_slack_takes_them(
    call: Callable[[SlackBot], None], path: str, body: dict[str, Any]
) -> None:
    """As JSON; a hash only where the view must still be in that state."""
    with LocalHttp(answer(200, GOOD)) as server:
        call(bot(server))
    (seen,) = server.seen
    assert (seen.path, json.loads(seen.body)) == (path, body)


def test_a_person_and_a_group_are_asked_for_with_a_form() -> None:
    """These methods take no JSON."""
    user = {"id": "U0ADA", "deleted": False, "team_id": "T1", "profile": {"email": "ada@kestrel.example"}}
    with LocalHttp(answer(200, json.dumps({"ok": True, "user": user}).encode())) as server:
        found = bot(server).user("U0ADA")
    assert (found.id, found.email, found.teams, found.is_deleted) == ("U0ADA", "ada@kestrel.example", {"T1"}, False)
    assert parse_qsl(server.seen[0].body.decode()) == [("user", "U0ADA")]
    with LocalHttp(answer(200, b'{"ok": true, "users": ["U0ADA", null]}')) as server:
        assert bot(server).group_members("S0SALES") == {"U0ADA"}
    assert parse_qsl(server.seen[0].body.decode()) == [("usergroup", "S0SALES")]


@pytest.mark.parametrize("body", [b"ok", b'{"ok":true}', b""])
def test_who_clicked_is_told_something_at_the_clicks_own_address(body: bytes) -> None:
    """Nobody else sees it, and the message stays."""
    with LocalHttp(answer(200, body)) as server:
        bot(server).respond(f"{server.url}/actions/T1/2/3", "Hello")
    (seen,) = server.seen
    assert json.loads(seen.body) == {"text": "Hello", "response_type": "ephemeral", "replace_original": False}
    assert "authorization" not in {name.lower() for name in seen.headers}


def test_an_address_that_takes_no_answer_any_more_is_a_refusal() -> None:
    """It is good for half an hour and five answers, and the token never goes there."""
    with LocalHttp(answer(404, b'{"ok":false,"error":"used_url"}')) as server, pytest.raises(SlackRefused):
        bot(server).respond(server.url, "Hello")


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.com/actions/T1/2/3",
        "https://hooks.slack.com.evil.example/actions",
        "https://hooks.slack.com@evil.example/actions",
        "https://evil.example/actions",
        "http://169.254.169.254/latest/meta-data",
        "",
    ],
)
def test_a_click_is_answered_at_slack_s_addresses_alone(url: str) -> None:
    """Whoever learns the signing secret cannot have other hosts called by us."""
    with LocalHttp(answer(200, b"ok")) as server, pytest.raises(SlackRefused, match="none of Slack's"):
        bot(server).respond(url, "Hello")
