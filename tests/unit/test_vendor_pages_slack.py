"""The Slack stand-in against Slack's pages: each row of tests/vendor_pages/slack.toml is done over HTTP."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import math
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests

from chalicelib.slack.error_codes import METHODS as PAGES
from chalicelib.slack.error_codes import WEBHOOK as WEBHOOK_PAGE
from sandbox.serving import Serving
from sandbox.slack import payloads
from sandbox.slack.clicks import Clicks
from sandbox.slack.faults import Answer
from sandbox.slack.methods import ACTING, METHODS
from sandbox.slack.methods import GRANTED as WITHOUT_ACTING
from sandbox.slack.response_urls import RESPONSE_URL
from sandbox.slack.server import WEBHOOK, SlackStandIn
from tests.slack_app import App
from tests.stand_in_clock import Clock
from tests.vendor_pages.table import ON_DEMAND, Row, calls, rows
from tests.view_parts import NAME, VIEW, VIEW_PARTS

TOKEN = "xoxb-of-the-tests"
EVERY, BLOCKS, MEASURED, TOO_FAST = "every method", "message blocks", "so many at most", 429
VIEW_BLOCKS, MEASURED_VIEW, INTERACTIONS = "view blocks", "so many in a view", "interactions"
GRANTED = {*WITHOUT_ACTING, *ACTING}
SECRET, ADA, GROUP = "5e" * 16, "U0ADA", "S0SALES"
TEXT = {"type": "plain_text", "text": "x"}
METADATA = {"event_type": "lead_checked", "event_payload": {"event_id": "e-1"}}
WEBHOOK_STATUSES = {"action_prohibited": 403, "channel_not_found": 404, "rollup_error": 500}
FORM = "application/x-www-form-urlencoded"


@dataclass
class Case:
    """A call that goes well in a channel of its own, until a cause changes that."""

    slack: SlackStandIn
    clock: Clock
    http: requests.Session
    call: str
    channel: str
    ts: str
    arguments: dict[str, Any]
    headers: dict[str, str] = field(default_factory=lambda: {"Authorization": f"Bearer {TOKEN}"})
    body: str | None = None

    @property
    def url(self) -> str:
        """Where the call goes to."""
        if self.call == RESPONSE_URL:
            return str(self.arguments["url"])
        return self.slack.webhook_url if self.call == WEBHOOK else f"{self.slack.api_url}/{self.call}"

    def send(self, **changes: Any) -> requests.Response:
        """Make the call, its arguments changed."""
        if self.body is not None:
            return self.http.post(self.url, data=self.body, headers=self.headers)
        return self.http.post(self.url, json=self.arguments | changes, headers=self.headers)

    def good(self, **changes: Any) -> dict[str, Any]:
        """Make the call, which has to go well, and return the answer."""
        answer = self.send(**changes)
        assert answer.status_code == 200
        assert answer.json()["ok"], answer.text
        return dict(answer.json())

    def refused(self, **changes: Any) -> str:
        """Make the call, which has to be refused, and return the error's code."""
        answer = self.send(**changes)
        assert (answer.status_code, answer.json()["ok"]) == (200, False)
        return str(answer.json()["error"])

    def post(self, text: str = "y", **more: Any) -> str:
        """Let the bot have posted something, and return its ts."""
        return self.slack.workspace.post(self.channel, text=text, **more).ts

    def open(self, **changes: Any) -> str:
        """Let Ada have a view open, and return its id."""
        views = self.slack.workspace.views
        return views.open(views.trigger(ADA), VIEW | changes).id

    def shown(self) -> list[str]:
        """Return the texts of what the call reads."""
        return [message["text"] for message in self.good()["messages"]]


NUMBERS = itertools.count()
OF_PEOPLE = ("chat.postEphemeral", "views.open", "views.update", "users.info", "usergroups.users.list", RESPONSE_URL)


def good_arguments(call: str, channel: str, ts: str) -> dict[str, Any]:
    """Return what makes a call go well."""
    given = {
        "chat.postMessage": {"channel": channel, "text": "x"},
        "chat.update": {"channel": channel, "ts": ts, "text": "z"},
        "chat.delete": {"channel": channel, "ts": ts},
        "chat.getPermalink": {"channel": channel, "message_ts": ts},
        "conversations.replies": {"channel": channel, "ts": ts},
        WEBHOOK: {"text": "x"},
    }
    return dict(given.get(call, {} if call in ("auth.test", "team.preferences.list") else {"channel": channel}))


def good_for_people(call: str, case: Case) -> dict[str, Any]:
    """Return what makes a call about people and their views go well."""
    workspace = case.slack.workspace
    return {
        "chat.postEphemeral": lambda: {"channel": case.channel, "user": ADA, "text": "x"},
        "views.open": lambda: {"trigger_id": workspace.views.trigger(ADA), "view": VIEW},
        "views.update": lambda: {"view_id": case.open(), "view": VIEW},
        "users.info": lambda: {"user": ADA},
        "usergroups.users.list": lambda: {"usergroup": GROUP},
        RESPONSE_URL: lambda: {
            "url": case.slack.response_url(ADA, workspace.message(case.channel, case.ts)),
            "text": "x",
        },
    }[call]()


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def slack(clock: Clock) -> Iterator[SlackStandIn]:
    with SlackStandIn(bot_token=TOKEN, channels=["C0HOOK"], clock=clock, scopes=tuple(GRANTED)) as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


@pytest.fixture
def case_of(slack: SlackStandIn, clock: Clock, http: requests.Session) -> Iterator[Callable[[str], Case]]:
    """Return what makes a new case of a call; the workspace is left as it was found."""
    scopes, window = set(slack.scopes), slack.workspace.edit_window_minutes

    def make(call: str) -> Case:
        channel = "C0HOOK" if call == WEBHOOK else f"C0ROW{next(NUMBERS)}"
        slack.workspace.keep_channel(replace(slack.workspace.channel("C0HOOK"), id=channel, name=channel.lower()))
        ts = slack.workspace.post(channel, text="first", metadata=METADATA).ts
        slack.workspace.people.add(ADA, "Ada Park", "ada.park@quillworks.example")
        slack.workspace.people.keep_group(GROUP, [ADA])
        case = Case(slack, clock, http, call, channel, ts, good_arguments(call, channel, ts))
        if call in OF_PEOPLE:
            case.arguments = good_for_people(call, case)
        return case

    yield make
    slack.clear()
    slack.workspace.reopen("C0HOOK")
    slack.workspace.edit_window_minutes = window
    slack.workspace.people.has_user_groups = True
    slack.workspace.people.absent.clear()
    slack.workspace.views.clear()
    slack.scopes.update(scopes)


def archived(case: Case) -> None:
    case.slack.workspace.archive(case.channel)


def left(case: Case) -> None:
    case.slack.workspace.leave(case.channel)


def no_such_message(case: Case) -> None:
    case.arguments |= {name: "1.0" for name in ("ts", "message_ts") if name in case.arguments}


def foreign_message(case: Case) -> None:
    case.arguments["ts"] = case.post(bot_id="B0OTHER")


def edit_window_closed(case: Case) -> None:
    case.slack.workspace.edit_window_minutes = 1
    case.clock.now += 61


def no_scope(case: Case) -> None:
    case.slack.scopes.clear()


def body(content: str, content_type: str | None) -> Callable[[Case], None]:
    """Return a cause: the call's body and content type as they are not to be."""

    def cause(case: Case) -> None:
        case.body = content
        case.headers |= {"Content-Type": content_type} if content_type else {}

    return cause


def changed(**arguments: Any) -> Callable[[Case], None]:
    """Return a cause: arguments that are wrong."""

    def cause(case: Case) -> None:
        case.arguments |= arguments

    return cause


def authorized(header: str) -> Callable[[Case], None]:
    """Return a cause: a header that lets nobody in."""

    def cause(case: Case) -> None:
        case.headers["Authorization"] = header

    return cause


def external_id_of_another(case: Case) -> None:
    workspace = case.slack.workspace
    other = workspace.people.add("U0ROSA", "Rosa Quill", "rosa.quill@quillworks.example")
    workspace.views.open(workspace.views.trigger(other), VIEW | {"external_id": "one"})
    case.arguments["view"] = VIEW | {"external_id": "one"}


def view_closed(case: Case) -> None:
    case.slack.workspace.views.close(case.arguments["view_id"])


def trigger_too_old(case: Case) -> None:
    case.clock.now += 3


def no_groups(case: Case) -> None:
    case.slack.workspace.people.has_user_groups = False


CAUSES: Mapping[str, Callable[[Case], None]] = {
    "person not in channel": lambda case: case.slack.workspace.people.absent.add((case.channel, ADA)),
    "external id of another view": external_id_of_another,
    "trigger used": lambda case: case.good() and None,
    "trigger too old": trigger_too_old,
    "trigger misspelt": changed(trigger_id="soon"),
    "large view": changed(view=VIEW | {"private_metadata": "x" * 250_000}),
    "another hash": changed(hash="1.a"),
    "view closed": view_closed,
    "no such user": changed(user="U0NONE"),
    "no such group": changed(usergroup="S0NONE"),
    "no groups on this plan": no_groups,
    "archived": archived,
    "left": left,
    "no such channel": changed(channel="C0NONE"),
    "no such message": no_such_message,
    "no such thread": changed(thread_ts="1.0"),
    "foreign message": foreign_message,
    "edit window closed": edit_window_closed,
    "long edit": changed(text="x" * 4001),
    "no text": changed(text=""),
    "wrong block": changed(blocks=[{"type": "section"}]),
    "broken blocks": changed(blocks="{"),
    "wrong metadata": changed(metadata={"a": 1}),
    "markdown beside text": changed(markdown_text="**x**"),
    "wrong cursor": changed(cursor="?"),
    "wrong latest": changed(latest="tomorrow"),
    "wrong oldest": changed(oldest="yesterday"),
    "odd argument name": changed(**{"a-b": "1"}),
    "no token": authorized(""),
    "wrong token": authorized("Bearer xoxb-wrong"),
    "no scope": no_scope,
    "odd charset": body("", f"{FORM}; charset=koi8-r"),
    "odd content type": body("<x/>", "text/xml"),
    "no content type": body("channel=x", None),
    "broken body": body("{", "application/json"),
}
"""What makes the stand-in say the error's code by itself."""
WITHOUT_SCOPE = ("auth.test", "chat.getPermalink", "views.open", "views.update")
NEED_A_SCOPE = [method for method in METHODS if method not in WITHOUT_SCOPE]


def check_error(row: Row, case: Case) -> None:
    """Let the stand-in say the row's code, for its cause or because the test has planned that answer."""
    status = WEBHOOK_STATUSES.get(row.name, 400) if case.call == WEBHOOK else 200
    if row.does == ON_DEMAND:
        said = row.name if case.call == WEBHOOK else {"ok": False, "error": row.name}
        case.slack.on(case.call, Answer(status, said))
    else:
        CAUSES[row.does](case)
        status = 410 if case.call == WEBHOOK and row.does == "archived" else status
    answer = case.send()
    code = answer.text if case.call == WEBHOOK else answer.json().get("error")
    assert (answer.status_code, code) == (status, row.name)
    case.slack.scopes.update(GRANTED)


def token_as_argument(case: Case) -> None:
    case.body, case.headers = f"token={TOKEN}", {"Content-Type": FORM}
    assert case.send().json()["ok"]


def refused_with_200(case: Case) -> None:
    assert replace(case, call="chat.update").refused() == "channel_not_found"


def names_scopes(case: Case) -> None:
    assert set(case.send().headers["x-oauth-scopes"].split(",")) == case.slack.scopes


def said(code: str, content: str | None = None) -> Callable[[Case], None]:
    """Return a check of a code that no page lists."""

    def check(case: Case) -> None:
        if content is None:
            assert replace(case, call="chat.shout").refused() == code
        else:
            body(content, "application/json")(case)
            assert case.refused() == code

    return check


def refused_with(code: str, **arguments: Any) -> Callable[[Case], None]:
    """Return a check: with these arguments the call is refused with this code."""

    def check(case: Case) -> None:
        assert case.refused(**arguments) == code

    return check


def by_id_or_name(case: Case) -> None:
    channel = case.slack.workspace.channel(case.channel)
    for name in (channel.id, channel.name, f"#{channel.name}"):
        assert case.good(channel=name)["channel"] == channel.id
    del case.arguments["channel"]
    assert case.refused()


def by_id_alone(case: Case) -> None:
    channel = case.slack.workspace.channel(case.channel)
    case.slack.workspace.keep_channel(replace(channel, name="leads"))
    assert case.refused(channel="leads") == "channel_not_found"
    assert case.refused(channel=None) == "channel_not_found"
    case.good()
    case.slack.workspace.keep_channel(channel)


def refused_without(case: Case) -> None:
    assert case.refused(**{name: None for name in ("ts", "message_ts") if name in case.arguments})


def text_or_blocks(case: Case) -> None:
    assert case.refused(text=None) == "no_text"
    case.good(text=None, blocks=[{"type": "divider"}])


def blocks_as_text(case: Case) -> None:
    assert case.good(blocks='[{"type": "divider"}]')["message"]["blocks"] == [{"type": "divider"}]


def keeps_metadata(case: Case) -> None:
    assert case.good(metadata=METADATA)["message"]["metadata"] == METADATA


def replies(case: Case) -> None:
    assert case.good(thread_ts=case.ts)["message"]["thread_ts"] == case.ts


def broadcasts(case: Case) -> None:
    assert case.good(thread_ts=case.ts, reply_broadcast=True)["message"]["subtype"] == "thread_broadcast"


def cuts_text(case: Case) -> None:
    assert case.good(text="x" * 40_001)["text"] == "x" * 40_000


def check_limit(row: Row, case: Case) -> None:
    """Send as much as the row says, and then one more."""
    make, most = PARTS[row.name], int(row.says)
    case.good(blocks=make(most))
    assert case.refused(blocks=make(most + 1)) == "invalid_blocks"


def check_limit_of_view(row: Row, case: Case) -> None:
    """Open a view with as much as the row says, and then with one more."""
    make, most = VIEW_PARTS[row.name], int(row.says)
    case.good(view=make(most))
    case.arguments["trigger_id"] = case.slack.workspace.views.trigger(ADA)
    assert case.refused(view=make(most + 1)) == "invalid_arguments"


def text(size: int, kind: str = "mrkdwn") -> dict[str, str]:
    return {"type": kind, "text": "x" * size}


def button(**more: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": [{"type": "button", "text": TEXT, **more}]}


def asking(**more: Any) -> dict[str, Any]:
    return button(confirm={"title": TEXT, "text": TEXT, "confirm": TEXT, "deny": TEXT, **more})


PARTS: Mapping[str, Callable[[int], list[dict[str, Any]]]] = {
    "message blocks": lambda size: [{"type": "divider"}] * size,
    "header text": lambda size: [{"type": "header", "text": text(size, "plain_text")}],
    "section text": lambda size: [{"type": "section", "text": text(size)}],
    "section fields": lambda size: [{"type": "section", "fields": [TEXT] * size}],
    "section field": lambda size: [{"type": "section", "fields": [text(size)]}],
    "context elements": lambda size: [{"type": "context", "elements": [TEXT] * size}],
    "actions elements": lambda size: [{"type": "actions", "elements": [{"type": "button", "text": TEXT}] * size}],
    "button text": lambda size: [button(text=text(size, "plain_text"))],
    "button value": lambda size: [button(value="x" * size)],
    "button url": lambda size: [button(url="https://x.example/".ljust(size, "x"))],
    "confirm title": lambda size: [asking(title=text(size, "plain_text"))],
    "confirm text": lambda size: [asking(text=text(size))],
    "confirm confirm": lambda size: [asking(confirm=text(size, "plain_text"))],
    "confirm deny": lambda size: [asking(deny=text(size, "plain_text"))],
    "action_id": lambda size: [button(action_id="x" * size)],
    "block_id": lambda size: [{"type": "divider", "block_id": "x" * size}],
}


def too_fast(case: Case, after: int) -> None:
    """Call until it is too fast, which is after so many calls; once Retry-After is over the next call goes well."""
    before = [case.send() for _ in range(after)]
    assert {answer.status_code for answer in before} == {200}
    refused = case.send()
    assert refused.status_code == TOO_FAST
    assert refused.text == "rate_limited" if case.call == WEBHOOK else refused.json()["error"] == "ratelimited"
    case.clock.now += int(refused.headers["Retry-After"])
    assert case.send().status_code == 200


def one_post_a_second(case: Case) -> None:
    too_fast(case, after=5)
    assert case.send().headers["Retry-After"] == "1"


def tier(calls: int, per_minute: int) -> Callable[[Case], None]:
    """Return a check: after so many calls at once a method may be called so often."""

    def check(case: Case) -> None:
        case.slack.spend(case.call, calls - 1)
        too_fast(case, after=1)
        assert int(case.send().headers["Retry-After"]) <= math.ceil(60 / per_minute)

    return check


def told_alone(case: Case) -> None:
    assert case.good()["message_ts"]
    case.good(text=None, blocks=[{"type": "divider"}])
    assert [one.user_id for one in case.slack.workspace.ephemerals() if one.channel == case.channel] == [ADA, ADA]
    assert [one.text for one in case.slack.workspace.messages(case.channel)] == ["first"]
    assert case.refused(channel=None) == "channel_not_found"
    assert case.refused(user=None) == "user_not_in_channel"


def nobody_in_channel(case: Case) -> None:
    assert case.refused(user="U0NONE") == "user_not_in_channel"


def view_as_text(case: Case) -> None:
    assert case.good(view=json.dumps(VIEW))["view"]["private_metadata"] == "kept"


def trigger_opens_a_view(case: Case) -> None:
    view = case.good()["view"]
    assert case.slack.workspace.views.is_open(view["id"])
    assert case.refused(trigger_id=None) == "invalid_trigger_id"


def trigger_lives_three_seconds(case: Case) -> None:
    case.clock.now += 2.9
    case.good()
    case.arguments["trigger_id"] = case.slack.workspace.views.trigger(ADA)
    case.clock.now += 3
    assert case.refused() == "expired_trigger_id"


def unknown_trigger(case: Case) -> None:
    assert case.refused(trigger_id="1.2.abc") == "expired_trigger_id"


def a_view(case: Case) -> None:
    view = case.good()["view"]
    assert {"id", "hash", "state", "blocks", "title", "callback_id", "root_view_id", "app_id", "bot_id"} <= set(view)
    assert view["state"]["values"]["name"]["name"]["value"] == "x"


def what_is_wrong_with_a_view(case: Case) -> None:
    answer = case.send(view=VIEW | {"blocks": [{"type": "section"}]}).json()
    assert answer["error"] == "invalid_arguments"
    assert any("/view/blocks/0" in message for message in answer["response_metadata"]["messages"])


def takes_the_first_one_s_place(case: Case) -> None:
    first = case.good()["view"]["id"]
    case.arguments["trigger_id"] = case.slack.workspace.views.trigger(ADA)
    case.good()
    assert not case.slack.workspace.views.is_open(first)


def refused_without_a_view_s_id(case: Case) -> None:
    assert case.refused(view_id=None) == "not_found"


def found_by_its_external_id(case: Case) -> None:
    named = VIEW | {"external_id": "mine"}
    view_id = case.open(external_id="mine")
    assert case.good(view_id=None, external_id="mine", view=named)["view"]["id"] == view_id


def hash_of_the_view(case: Case) -> None:
    first = case.good()["view"]["hash"]
    case.good(hash=first)
    assert case.refused(hash=first) == "hash_conflict"


def a_new_hash(case: Case) -> None:
    before, after = case.good()["view"], case.good()["view"]
    assert before["id"] == after["id"]
    assert before["hash"] != after["hash"]


def keeps_what_was_put_in(case: Case) -> None:
    state = {"type": "plain_text_input", "value": "written"}
    case.slack.workspace.views.put(case.arguments["view_id"], "name", "name", state)
    assert case.good()["view"]["state"]["values"]["name"]["name"]["value"] == "written"
    renamed = VIEW | {"blocks": [NAME | {"block_id": "other"}]}
    assert case.good(view=renamed)["view"]["state"]["values"]["other"]["name"]["value"] == "x"


def a_person(case: Case) -> None:
    user = case.good()["user"]
    assert {"id", "team_id", "name", "real_name", "deleted", "is_bot", "profile"} <= set(user)


def the_flags(case: Case) -> None:
    flags = ("is_restricted", "is_ultra_restricted", "is_email_confirmed")
    user = case.good()["user"]
    assert [user[name] for name in flags] == [False, False, True]
    case.slack.workspace.people.change(
        ADA, is_ultra_restricted=True, is_email_confirmed=False, is_stranger=True, is_bot=True
    )
    user = case.good()["user"]
    assert [user[name] for name in (*flags, "is_stranger", "is_bot")] == [True, True, False, True, True]


def an_email_with_its_scope(case: Case) -> None:
    assert case.good()["user"]["profile"]["email"] == "ada.park@quillworks.example"
    case.slack.scopes.discard("users:read.email")
    assert "email" not in case.good()["user"]["profile"]


def a_deleted_user(case: Case) -> None:
    case.slack.workspace.people.change(ADA, deleted=True)
    user = case.good()["user"]
    assert user["deleted"] is True
    assert "is_restricted" not in user


def a_user_of_an_org(case: Case) -> None:
    case.slack.workspace.people.change(ADA, enterprise_id="E0QUILL")
    assert case.good()["user"]["enterprise_user"]["enterprise_id"] == "E0QUILL"


def ids_of_members(case: Case) -> None:
    assert case.good()["users"] == [ADA]


def answered(case: Case, **body: Any) -> requests.Response:
    """Send something to a click's address."""
    return case.http.post(case.url, json={"text": "said", **body})


def told(case: Case) -> list[str]:
    return [one.text for one in case.slack.workspace.ephemerals(ADA) if one.channel == case.channel]


def to_whom(case: Case) -> None:
    for body in ({}, {"response_type": "ephemeral"}):
        answer = answered(case, **body)
        assert (answer.status_code, answer.text) == (200, "ok")
    assert told(case) == ["said", "said"]
    answered(case, response_type="in_channel")
    assert [one.text for one in case.slack.workspace.messages(case.channel)] == ["first", "said"]


def in_the_message_s_place(case: Case) -> None:
    answered(case, replace_original=True)
    assert [one.text for one in case.slack.workspace.messages(case.channel)] == ["said"]


def deletes_the_message(case: Case) -> None:
    answered(case, delete_original=True)
    assert case.slack.workspace.messages(case.channel) == []


def five_answers(case: Case) -> None:
    assert {answered(case).status_code for _ in range(5)} == {200}
    assert (answered(case).status_code, answered(case).json()["error"]) == (404, "used_url")


def half_an_hour(case: Case) -> None:
    case.clock.now += 1799
    assert answered(case).status_code == 200
    case.clock.now += 1
    assert (answered(case).status_code, answered(case).json()["error"]) == (404, "expired_url")


def clicks_of(case: Case) -> Clicks:
    return Clicks(case.slack, actions_url="", signing_secret=SECRET, clock=case.clock)


def clicked(case: Case) -> dict[str, Any]:
    """Return what a click on a message of the case brings."""
    ts = case.post(blocks=[button(action_id="convert", value="v")])
    return clicks_of(case).payload_of_click(ADA, case.slack.workspace.message(case.channel, ts), "convert")


def a_form_of_one_field(case: Case) -> None:
    fields = parse_qs(payloads.form(clicked(case)).decode())
    assert list(fields) == ["payload"]
    assert json.loads(fields["payload"][0])["type"] == "block_actions"


def signed(case: Case) -> None:
    request = clicks_of(case).request(clicked(case))
    second = request.headers["X-Slack-Request-Timestamp"]
    digest = hmac.new(SECRET.encode(), f"v0:{second}:".encode() + request.body, hashlib.sha256).hexdigest()
    assert request.headers["X-Slack-Signature"] == f"v0={digest}"
    assert int(second) == int(case.clock.now)


def a_click_on_a_message(case: Case) -> None:
    payload = clicked(case)
    keys = {"type", "user", "team", "enterprise", "is_enterprise_install", "api_app_id", "token", "container"}
    assert keys | {"channel", "message", "state", "trigger_id", "response_url", "actions"} == set(payload)
    assert payload["container"]["message_ts"] == payload["message"]["ts"]
    assert {"type", "action_id", "block_id", "text", "value", "action_ts"} == set(payload["actions"][0])


def a_choice_in_a_view(case: Case) -> None:
    with serving(case) as (clicks, app):
        case.open()
        clicks.write(ADA, "name", "written")
    (payload,) = app.payloads
    assert (payload["type"], payload["container"]["type"]) == ("block_actions", "view")
    assert "response_url" not in payload
    assert payload["view"]["state"]["values"]["name"]["name"]["value"] == "written"
    assert payload["actions"][0]["value"] == "written"


def a_submission(case: Case) -> None:
    view_id = case.open()
    payload = clicks_of(case).payload_of_submission(ADA)
    assert (payload["type"], payload["view"]["id"], payload["view"]["private_metadata"]) == (
        "view_submission",
        view_id,
        "kept",
    )
    assert payload["view"]["hash"]
    assert payload["view"]["state"]["values"]["name"]["name"]["value"] == "x"
    assert "response_url" not in payload


def a_view_is_closed(case: Case) -> None:
    with serving(case) as (clicks, app):
        case.open(notify_on_close=True)
        clicks.close(ADA)
        case.open()
        clicks.close(ADA)
    assert [payload["type"] for payload in app.payloads] == ["view_closed"]


@contextmanager
def serving(case: Case, answer: Any = "") -> Iterator[tuple[Clicks, App]]:
    """Let there be an app that answers so."""
    app = App()
    app.answer = lambda _: answer
    with Serving(app.flask) as server:
        clicks = clicks_of(case)
        clicks.actions_url = f"{server.url}/slack/actions"
        yield clicks, app


def after_submission(case: Case, answer: Any) -> list[str]:
    """Submit a view to an app that answers so, and return the ids of the view before and of the one that is shown then."""
    before = case.open()
    with serving(case, answer) as (clicks, _):
        assert clicks.submit(ADA).trouble == ""
    after = case.slack.workspace.views.shown(ADA)
    return [before] + ([after.id] if after else [])


def closes(case: Case) -> None:
    assert len(after_submission(case, "")) == 1


def updates(case: Case) -> None:
    before, after = after_submission(case, {"response_action": "update", "view": VIEW | {"private_metadata": "new"}})
    assert before == after
    assert clicks_of(case).view(ADA).sent["private_metadata"] == "new"


def pushes(case: Case) -> None:
    before, after = after_submission(case, {"response_action": "push", "view": VIEW})
    assert before != after
    assert clicks_of(case).view(ADA).previous_view_id == before


def clears(case: Case) -> None:
    assert len(after_submission(case, {"response_action": "clear"})) == 1


def shows_errors(case: Case) -> None:
    case.open()
    before = clicks_of(case).view(ADA).hash
    with serving(case, {"response_action": "errors", "errors": {"name": "No."}}) as (clicks, _):
        assert clicks.submit(ADA).trouble == ""
    assert (clicks_of(case).view(ADA).errors, clicks_of(case).view(ADA).hash) == ({"name": "No."}, before)


def an_org_s_user(case: Case) -> None:
    case.slack.workspace.people.change(ADA, enterprise_id="E0QUILL")
    payload = clicked(case)
    assert payload["user"]["team_id"] == payload["enterprise"]["id"] == "E0QUILL"


def posted(case: Case) -> None:
    answer = case.good()
    assert (answer["channel"], answer["message"]["text"], answer["message"]["ts"]) == (case.channel, "x", answer["ts"])


def text_instead_of_blocks(case: Case) -> None:
    case.arguments["ts"] = case.post(blocks=[{"type": "divider"}])
    assert case.good()["message"]["blocks"] == []


def keeps_or_removes_metadata(case: Case) -> None:
    assert case.good()["message"]["metadata"] == METADATA
    assert "metadata" not in case.good(metadata={})["message"]


def ignores_other_arguments(case: Case) -> None:
    case.good(unfurl_links=False, unfurl_media=False)


def edited(case: Case) -> None:
    answer = case.good()
    assert (answer["channel"], answer["ts"], answer["text"]) == (case.channel, case.ts, "z")
    assert answer["message"]["text"] == "z"


def left_is_not_found(case: Case) -> None:
    left(case)
    assert case.refused() == "channel_not_found"


def deleted(case: Case) -> None:
    assert case.good() == {"ok": True, "channel": case.channel, "ts": case.ts}
    assert case.slack.workspace.messages(case.channel) == []


def archived_cannot_be_deleted_from(case: Case) -> None:
    archived(case)
    assert case.refused() == "cant_delete_message"


def links(case: Case) -> None:
    answer = case.good()
    assert answer["channel"] == case.channel
    assert answer["permalink"].endswith(f"/{case.channel}/p{case.ts.replace('.', '')}")


def three(case: Case) -> tuple[str, str, str]:
    """Let there be three messages, in the thread where a thread is read, and return the ts of each."""
    thread = {"thread_ts": case.ts} if case.call == "conversations.replies" else {}
    return case.ts, case.post("second", **thread), case.post("third", **thread)


def pages(case: Case) -> None:
    three(case)
    case.arguments["limit"] = 2
    first = case.good()
    second = case.good(cursor=first["response_metadata"]["next_cursor"])
    assert (len(first["messages"]), first["has_more"]) == (2, True)
    assert (len(second["messages"]), second["has_more"]) == (1, False)
    assert {one["text"] for one in (*first["messages"], *second["messages"])} == {"first", "second", "third"}


def pages_of_a_thread(case: Case) -> None:
    pages(case)
    for _ in range(1000):
        case.post(thread_ts=case.ts)
    del case.arguments["limit"]
    assert (len(case.good()["messages"]), case.good()["has_more"]) == (1000, True)


def shows_metadata(case: Case) -> None:
    assert "metadata" not in case.good()["messages"][0]
    assert case.good(include_all_metadata=True)["messages"][0]["metadata"] == METADATA


def inclusive(case: Case) -> None:
    oldest, _, latest = three(case)
    case.arguments |= {"oldest": oldest, "latest": latest}
    assert case.shown() == ["second"]
    case.arguments["inclusive"] = True
    assert len(case.shown()) == 3


def before_latest(case: Case) -> None:
    case.arguments["latest"] = three(case)[1]
    assert case.shown() == ["first"]


def after_oldest(case: Case) -> None:
    case.arguments["oldest"] = three(case)[1]
    assert case.shown() == ["third"]


def limits(case: Case) -> None:
    for _ in range(999):
        case.post()
    assert [len(case.good(**given)["messages"]) for given in ({}, {"limit": 7}, {"limit": 1000})] == [100, 7, 999]


def without_replies(case: Case) -> None:
    case.post("reply", thread_ts=case.ts)
    assert case.shown() == ["first"]


def reads_from_a_reply(case: Case) -> None:
    assert case.shown() == ["first"]
    case.arguments["ts"] = case.post("reply", thread_ts=case.ts)
    assert case.shown() == ["first", "reply"]
    assert case.refused(ts=None) == "thread_not_found"


def describes(case: Case) -> None:
    channel = case.good()["channel"]
    assert (channel["id"], channel["is_member"], channel["is_archived"]) == (case.channel, True, False)
    assert {"name", "is_private", "is_shared", "is_ext_shared", "is_org_shared"} <= set(channel)


def private_is_not_found(case: Case) -> None:
    case.slack.workspace.keep_channel(replace(case.slack.workspace.channel(case.channel), private=True, joined=False))
    assert case.refused() == "channel_not_found"


def says_who(case: Case) -> None:
    assert {"url", "team", "user", "team_id", "user_id", "bot_id"} <= set(case.good())


def says_the_edit_window(case: Case) -> None:
    case.slack.workspace.edit_window_minutes = 5
    assert case.good()["msg_edit_window_mins"] == 5


def says_ok(case: Case) -> None:
    answer = case.send()
    assert (answer.status_code, answer.text) == (200, "ok")


CHECKS: Mapping[str, Callable[[Case], None]] = {
    "tier 2": tier(40, per_minute=20),
    "tier 4": tier(200, per_minute=100),
    "told alone": told_alone,
    "nobody in channel": nobody_in_channel,
    "view as text": view_as_text,
    "trigger opens a view": trigger_opens_a_view,
    "trigger lives three seconds": trigger_lives_three_seconds,
    "unknown trigger": unknown_trigger,
    "a view": a_view,
    "what is wrong with a view": what_is_wrong_with_a_view,
    "takes the first one's place": takes_the_first_one_s_place,
    "refused without a view's id": refused_without_a_view_s_id,
    "found by its external id": found_by_its_external_id,
    "hash of the view": hash_of_the_view,
    "a new hash": a_new_hash,
    "keeps what was put in": keeps_what_was_put_in,
    "no such user": refused_with("user_not_found", user=None),
    "no such group": refused_with("no_such_subteam", usergroup=None),
    "a person": a_person,
    "the flags": the_flags,
    "an email with its scope": an_email_with_its_scope,
    "a deleted user": a_deleted_user,
    "a user of an org": a_user_of_an_org,
    "ids of members": ids_of_members,
    "to whom": to_whom,
    "in the message's place": in_the_message_s_place,
    "deletes the message": deletes_the_message,
    "five answers": five_answers,
    "half an hour": half_an_hour,
    "a form of one field": a_form_of_one_field,
    "signed": signed,
    "a click on a message": a_click_on_a_message,
    "a choice in a view": a_choice_in_a_view,
    "a submission": a_submission,
    "a view closed": a_view_is_closed,
    "closes": closes,
    "updates": updates,
    "pushes": pushes,
    "clears": clears,
    "shows errors": shows_errors,
    "an org's user": an_org_s_user,
    "token as an argument": token_as_argument,
    "refused with 200": refused_with_200,
    "names scopes": names_scopes,
    "no such method": said("unknown_method"),
    "broken JSON": said("invalid_json", "{"),
    "JSON list": said("json_not_object", "[]"),
    "by id or name": by_id_or_name,
    "by id alone": by_id_alone,
    "refused without": refused_without,
    "text or blocks": text_or_blocks,
    "blocks as text": blocks_as_text,
    "keeps metadata": keeps_metadata,
    "replies": replies,
    "broadcasts": broadcasts,
    "cuts text": cuts_text,
    "one post a second": one_post_a_second,
    "burst of five": one_post_a_second,
    "tier 3": tier(100, per_minute=50),
    "posted": posted,
    "text instead of blocks": text_instead_of_blocks,
    "keeps or removes metadata": keeps_or_removes_metadata,
    "edited": edited,
    "ignores other arguments": ignores_other_arguments,
    "left is not found": left_is_not_found,
    "deleted": deleted,
    "archived cannot be deleted from": archived_cannot_be_deleted_from,
    "links": links,
    "pages": pages,
    "pages of a thread": pages_of_a_thread,
    "shows metadata": shows_metadata,
    "inclusive": inclusive,
    "before latest": before_latest,
    "after oldest": after_oldest,
    "limits": limits,
    "without replies": without_replies,
    "reads from a reply": reads_from_a_reply,
    "describes": describes,
    "private is not found": private_is_not_found,
    "says who": says_who,
    "says the edit window": says_the_edit_window,
    "says ok": says_ok,
}


@pytest.mark.parametrize("row", rows("slack"), ids=str)
def test_the_stand_in_does_what_the_page_says(row: Row, case_of: Callable[[str], Case]) -> None:
    """Each row is done over HTTP."""
    if row.kind == "error":
        for call in says_it(row):
            check_error(row, case_of(call))
    elif row.does == MEASURED:
        for call in ("chat.postMessage", "chat.update"):
            check_limit(row, case_of(call))
    elif row.does == MEASURED_VIEW:
        check_limit_of_view(row, case_of("views.open"))
    else:
        CHECKS[row.does](case_of("auth.test" if row.call == EVERY else row.call))


def says_it(row: Row) -> Collection[str]:
    """Return the methods that say an error: for its cause all that it can befall, or the one that it is planned for."""
    if row.call != EVERY:
        return [row.call]
    if row.does == ON_DEMAND:
        return ["chat.postMessage"]
    return NEED_A_SCOPE if row.does == "no scope" else METHODS


def test_each_call_that_the_stand_in_answers_has_its_page() -> None:
    """And no page is of a call that it does not answer."""
    assert set(calls("slack")) == {*METHODS, WEBHOOK, RESPONSE_URL, INTERACTIONS, EVERY, BLOCKS, VIEW_BLOCKS}


def test_every_cause_and_every_check_is_of_a_row() -> None:
    """None is left over when a row goes."""
    assert {row.does for row in rows("slack")} == {*CAUSES, *CHECKS, ON_DEMAND, MEASURED, MEASURED_VIEW}


@pytest.mark.parametrize("method", METHODS)
def test_every_code_of_a_method_s_page_has_a_meaning_and_no_other_is_listed(method: str) -> None:
    """What Slack documents is neither forgotten nor invented by the product."""
    pages = calls("slack")
    assert set(PAGES[method].codes) == pages[method].names("error") | pages[EVERY].names("error")


def test_every_code_of_an_incoming_webhook_has_a_meaning() -> None:
    """Its page is not that of a method."""
    assert set(WEBHOOK_PAGE.codes) == calls("slack")[WEBHOOK].names("error")
