"""slack_bolt, Slack's own framework, beside us: it takes the payloads of our stand-in and refuses what we refuse, and its answers work there."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask, Response, request
from slack_bolt import App, BoltRequest
from slack_bolt.adapter.flask import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult

from chalicelib.slack.interactions import is_from_slack, read_interaction
from sandbox.serving import Serving
from sandbox.slack import payloads
from sandbox.slack.clicks import Clicks, Request
from sandbox.slack.server import SlackStandIn
from sandbox.slack.views import OpenView
from tests import slack_payloads

SECRET, CHANNEL, ADA, OUTSIDER = "5e" * 16, "C0LEADS", "U0ADA", "U0IVA"
TEXT = {"type": "plain_text", "text": "x"}
BUTTON = {"type": "button", "text": TEXT, "action_id": "convert", "value": '{"lead_id": "360", "revision": 7}'}
NAME = {
    "type": "input",
    "block_id": "name",
    "label": TEXT,
    "dispatch_action": True,
    "element": {"type": "plain_text_input", "action_id": "name", "initial_value": "Fernhill"},
}
FORM = {
    "type": "modal",
    "title": TEXT,
    "submit": TEXT,
    "callback_id": "convert",
    "private_metadata": '{"lead_id": "360", "revision": 7}',
    "notify_on_close": True,
    "blocks": [NAME],
}
ANY = re.compile(".*")
Make = Callable[[Clicks, SlackStandIn], payloads.Payload]


class Bolt:
    """A Bolt app that keeps what its listeners were given, and answers submissions with `answer`."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        self.answer: dict[str, Any] = {}
        self.app = App(
            signing_secret=SECRET,
            process_before_response=True,
            authorize=lambda **_: AuthorizeResult(enterprise_id=None, team_id="T0SANDBOX", bot_token="xoxb-x"),
        )
        self.app.action(ANY)(self._action)
        self.app.view(ANY)(self._submission)
        self.app.view_closed(ANY)(self._other)
        self.flask = Flask(__name__)
        self.flask.add_url_rule("/slack/actions", view_func=self._serve, methods=["POST"])

    def status_of(self, sent: Request) -> int:
        """Return the HTTP status of what Bolt says to a request."""
        return int(self.app.dispatch(BoltRequest(body=sent.body.decode(), headers=dict(sent.headers))).status)

    def _serve(self) -> Response:
        return SlackRequestHandler(self.app).handle(request)

    def _action(self, ack: Any, body: dict[str, Any], context: Any, action: dict[str, Any]) -> None:
        self.seen.append({"body": body, "user": context.user_id, "action": action["action_id"]})
        ack()

    def _submission(self, ack: Any, body: dict[str, Any], context: Any, view: dict[str, Any]) -> None:
        self.seen.append({"body": body, "user": context.user_id, "view": view})
        ack(**self.answer)

    def _other(self, ack: Any, body: dict[str, Any], context: Any) -> None:
        self.seen.append({"body": body, "user": context.user_id})
        ack()


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn(bot_token="xoxb-x", channels=[CHANNEL]) as stand_in:
        people = stand_in.workspace.people
        people.add(ADA, "Ada Park", "ada.park@quillworks.example")
        people.add(OUTSIDER, "Iva Moss", "iva@fernhill.example", team_id="T0OTHER", is_stranger=True)
        stand_in.workspace.views.trigger_seconds = 600
        yield stand_in


@pytest.fixture
def clicks(slack: SlackStandIn) -> Clicks:
    return Clicks(slack, actions_url="", signing_secret=SECRET)


@pytest.fixture
def bolt() -> Bolt:
    return Bolt()


def a_click(clicks: Clicks, slack: SlackStandIn, user_id: str = ADA) -> payloads.Payload:
    message = slack.workspace.post(CHANNEL, text="a lead", blocks=[{"type": "actions", "elements": [BUTTON]}])
    return clicks.payload_of_click(user_id, message, "convert")


def a_click_from_outside(clicks: Clicks, slack: SlackStandIn) -> payloads.Payload:
    return a_click(clicks, slack, OUTSIDER)


def a_click_in_an_org(clicks: Clicks, slack: SlackStandIn) -> payloads.Payload:
    slack.workspace.people.change(ADA, enterprise_id="E0QUILL")
    return a_click(clicks, slack)


def opened(slack: SlackStandIn) -> OpenView:
    views = slack.workspace.views
    return views.open(views.trigger(ADA), FORM)


def a_choice(_: Clicks, slack: SlackStandIn) -> payloads.Payload:
    views, person = slack.workspace.views, slack.workspace.people.get(ADA)
    return payloads.view_action(person, opened(slack), "name", trigger_id=views.trigger(ADA), at=1.0)


def a_submission(clicks: Clicks, slack: SlackStandIn) -> payloads.Payload:
    opened(slack)
    return clicks.payload_of_submission(ADA)


def a_closed_view(_: Clicks, slack: SlackStandIn) -> payloads.Payload:
    return payloads.closing(slack.workspace.people.get(ADA), opened(slack), is_cleared=False)


HANDMADE = slack_payloads.opened({**FORM, "close": TEXT})
PAYLOADS: dict[str, tuple[Make, str]] = {
    "click": (a_click, "button"),
    "click from outside": (a_click_from_outside, "button"),
    "click in an org": (a_click_in_an_org, "button"),
    "choice": (a_choice, "choice"),
    "submission": (a_submission, "submission"),
    "closed view": (a_closed_view, "other"),
    "handmade click": (lambda *_: slack_payloads.clicked("convert", "360", 7), "button"),
    "handmade choice": (lambda *_: slack_payloads.chose(HANDMADE, "name"), "choice"),
    "handmade submission": (lambda *_: slack_payloads.submitted(HANDMADE), "submission"),
}
"""What a person at the stand-in sends, and what unit tests make by hand; each with what it is to us."""


@pytest.mark.parametrize(("make", "kind"), PAYLOADS.values(), ids=PAYLOADS)
def test_bolt_takes_what_the_stand_in_sends_and_reads_what_we_read(
    clicks: Clicks, slack: SlackStandIn, bolt: Bolt, make: Make, kind: str
) -> None:
    """The same person, action, value and view; the signature is good to both."""
    sent = clicks.request(make(clicks, slack))
    assert bolt.status_of(sent) == 200
    assert is_from_slack(lower(sent), sent.body, SECRET, now=datetime.now(UTC))
    (seen,), ours = bolt.seen, read_interaction(sent.body)
    assert seen["body"] == sent.payload
    assert (ours.kind, ours.user_id) == (kind, seen["user"])
    assert ours.team_id == seen["body"]["user"]["team_id"]
    if "action" in seen:
        assert ours.action == seen["action"]
        assert ours.value == sent.payload["actions"][0]["value"]
        assert ours.trigger_id == sent.payload["trigger_id"]
        assert ours.response_url == sent.payload.get("response_url", "")
    if kind != "button":
        assert ours.view is not None
        view = seen["body"]["view"]
        assert (ours.view.id, ours.view.hash, ours.view.callback_id) == (view["id"], view["hash"], view["callback_id"])
        assert ours.view.values == view["state"]["values"]


def lower(sent: Request) -> dict[str, str]:
    """Return the headers as the edge reads them."""
    return {name.lower(): value for name, value in sent.headers.items()}


CHANGES: dict[str, Callable[[Request], Request]] = {
    "another body": lambda sent: Request(sent.payload, sent.body + b" ", sent.headers),
    "no signature": lambda sent: with_headers(sent, {"X-Slack-Signature": ""}),
    "no headers": lambda sent: Request(sent.payload, sent.body, {}),
    "no version": lambda sent: with_headers(sent, {"X-Slack-Signature": sent.headers["X-Slack-Signature"][3:]}),
    "another secret": lambda sent: signed_anew(sent, secret="another"),
    "ten minutes old": lambda sent: signed_anew(sent, seconds_ago=600),
    "ten minutes ahead": lambda sent: signed_anew(sent, seconds_ago=-600),
}


def with_headers(sent: Request, changed: dict[str, str]) -> Request:
    return Request(sent.payload, sent.body, {**sent.headers, **changed})


def signed_anew(sent: Request, *, secret: str = SECRET, seconds_ago: int = 0) -> Request:
    return Request(sent.payload, sent.body, payloads.signed(sent.body, secret, at=time.time() - seconds_ago))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_bolt_refuses_what_we_refuse(
    clicks: Clicks, slack: SlackStandIn, bolt: Bolt, change: Callable[[Request], Request]
) -> None:
    """401, and no listener hears of it."""
    sent = change(clicks.request(a_click(clicks, slack)))
    assert bolt.status_of(sent) == 401
    assert not is_from_slack(lower(sent), sent.body, SECRET, now=datetime.now(UTC))
    assert bolt.seen == []


ANSWERS: dict[str, tuple[dict[str, Any], Callable[[OpenView, OpenView | None], bool]]] = {
    "nothing": ({}, lambda _, after: after is None),
    "clear": ({"response_action": "clear"}, lambda _, after: after is None),
    "errors": (
        {"response_action": "errors", "errors": {"name": "Too long."}},
        lambda before, after: after is not None and after.id == before.id and after.errors == {"name": "Too long."},
    ),
    "update": (
        {"response_action": "update", "view": {**FORM, "private_metadata": "new"}},
        lambda before, after: after is not None and after.id == before.id and after.sent["private_metadata"] == "new",
    ),
    "push": (
        {"response_action": "push", "view": FORM},
        lambda before, after: after is not None and after.previous_view_id == before.id,
    ),
}


@pytest.mark.parametrize(("answer", "holds"), ANSWERS.values(), ids=ANSWERS)
def test_the_stand_in_does_what_a_bolt_app_answers(
    clicks: Clicks,
    slack: SlackStandIn,
    bolt: Bolt,
    answer: dict[str, Any],
    holds: Callable[[OpenView, OpenView | None], bool],
) -> None:
    """A form that is submitted to a real Bolt app, over HTTP."""
    bolt.answer = answer
    before = opened(slack)
    with Serving(bolt.flask) as server:
        clicks.actions_url = f"{server.url}/slack/actions"
        assert clicks.submit(ADA).trouble == ""
    assert holds(before, slack.workspace.views.shown(ADA))
    assert bolt.seen[0]["view"]["id"] == before.id
