"""A person in front of the Slack stand-in: clicks, forms, submissions, and what each answer of an app does to what they see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.serving import Serving
from sandbox.slack.clicks import Clicks, Reply, missing_inputs
from sandbox.slack.methods import ACTING, GRANTED
from sandbox.slack.response_urls import RESPONSE_URL
from sandbox.slack.server import SlackStandIn
from sandbox.slack.workspace import Message
from tests.slack_app import App
from tests.stand_in_clock import Clock

TOKEN, SECRET, CHANNEL, ADA = "xoxb-of-the-tests", "5e" * 16, "C0LEADS", "U0ADA"
TEXT = {"type": "plain_text", "text": "x"}
BUTTON = {"type": "button", "text": TEXT, "action_id": "convert", "value": '{"lead_id": "1"}', "style": "primary"}


def option(value: str) -> dict[str, Any]:
    return {"text": TEXT, "value": value}


def entry(block_id: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": block_id,
        "label": TEXT,
        "element": {**element, "action_id": block_id},
        **more,
    }


SELECT = {"type": "static_select", "options": [option("a"), option("b")], "initial_option": option("a")}
BOXES = {"type": "checkboxes", "options": [option("mail"), option("tags")]}
FORM = {
    "type": "modal",
    "title": TEXT,
    "submit": TEXT,
    "private_metadata": "kept",
    "callback_id": "convert",
    "blocks": [
        entry("account", SELECT, dispatch_action=True),
        entry("extras", BOXES, optional=True),
        entry("name", {"type": "plain_text_input", "initial_value": "Fernhill"}),
        entry("day", {"type": "datepicker"}, optional=True),
    ],
}
PLAIN = {"type": "modal", "title": TEXT, "blocks": [{"type": "section", "text": TEXT}]}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slack(clock: Clock) -> Iterator[SlackStandIn]:
    scopes = (*GRANTED, *ACTING)
    with SlackStandIn(bot_token=TOKEN, channels=[CHANNEL], clock=clock, scopes=scopes) as stand_in:
        stand_in.workspace.people.add(ADA, "Ada Park", "ada.park@quillworks.example")
        yield stand_in


@pytest.fixture
def client(slack: SlackStandIn) -> WebClient:
    return WebClient(TOKEN, base_url=f"{slack.api_url}/", retry_handlers=[])


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def clicks(slack: SlackStandIn, app: App, clock: Clock) -> Iterator[Clicks]:
    with Serving(app.flask) as serving:
        yield Clicks(slack, actions_url=f"{serving.url}/slack/actions", signing_secret=SECRET, clock=clock)


@pytest.fixture
def message(slack: SlackStandIn) -> Message:
    return slack.workspace.post(CHANNEL, text="a lead", blocks=[{"type": "actions", "elements": [BUTTON]}])


@pytest.fixture
def opened(slack: SlackStandIn, client: WebClient) -> str:
    """Let Ada have the form open, and return its id."""
    return str(client.views_open(trigger_id=slack.workspace.views.trigger(ADA), view=FORM)["view"]["id"])


def refused(call: Callable[..., Any], **arguments: Any) -> str:
    """Make a call that has to be refused, and return the code."""
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return str(caught.value.response["error"])


def test_a_click_brings_what_slack_s_reference_shows(clicks: Clicks, app: App, message: Message) -> None:
    """Who, where, on what, and the two addresses to answer with."""
    assert clicks.click(ADA, message, "convert").trouble == ""
    (payload,) = app.payloads
    assert payload["type"] == "block_actions"
    assert payload["user"] == {"id": ADA, "username": "ada.park", "name": "ada.park", "team_id": "T0SANDBOX"}
    assert (payload["team"]["id"], payload["enterprise"]) == ("T0SANDBOX", None)
    assert payload["container"]["message_ts"] == payload["message"]["ts"] == message.ts
    (action,) = payload["actions"]
    assert (action["action_id"], action["value"], action["block_id"]) == ("convert", BUTTON["value"], "b0")
    assert payload["trigger_id"]
    assert payload["response_url"].startswith("http")
    with pytest.raises(KeyError):
        clicks.click(ADA, message, "dismiss")


def test_a_stranger_and_an_org_show_whose_they_are(clicks: Clicks, slack: SlackStandIn, message: Message) -> None:
    """The user's team is another one; in an org it is the org's id."""
    slack.workspace.people.add("U0OUT", "Iva Moss", "iva@fernhill.example", team_id="T0OTHER", is_stranger=True)
    assert clicks.payload_of_click("U0OUT", message, "convert")["user"]["team_id"] == "T0OTHER"
    slack.workspace.people.change(ADA, enterprise_id="E0QUILL")
    payload = clicks.payload_of_click(ADA, message, "convert")
    assert (payload["user"]["team_id"], payload["enterprise"]["id"]) == ("E0QUILL", "E0QUILL")


def test_a_trigger_opens_one_view_and_soon(slack: SlackStandIn, client: WebClient, clock: Clock) -> None:
    """Used, too old, misspelt: each has its own code."""
    views = slack.workspace.views
    trigger_id = views.trigger(ADA)
    view = client.views_open(trigger_id=trigger_id, view=FORM)["view"]
    assert (view["private_metadata"], view["callback_id"]) == ("kept", "convert")
    assert refused(client.views_open, trigger_id=trigger_id, view=FORM) == "exchanged_trigger_id"
    late = views.trigger(ADA)
    clock.now += 3
    assert refused(client.views_open, trigger_id=late, view=FORM) == "expired_trigger_id"
    assert refused(client.views_open, trigger_id="soon", view=FORM) == "invalid_trigger_id"
    soon = views.trigger(ADA)
    views.expire_triggers()
    assert refused(client.views_open, trigger_id=soon, view=FORM) == "expired_trigger_id"
    assert [one.id for one in views.opened] == [view["id"]]


def test_what_is_chosen_and_written_is_submitted(clicks: Clicks, app: App, opened: str) -> None:
    """With the state of every input, as `view.state.values` has it; an input that dispatches tells the app at once."""
    told = clicks.choose(ADA, "account", "b")
    assert told is not None
    assert app.payloads[0]["actions"][0]["selected_option"] == option("b")
    assert app.payloads[0]["view"]["state"]["values"]["account"]["account"]["selected_option"] == option("b")
    assert clicks.choose(ADA, "extras", "mail", "tags") is None
    assert clicks.write(ADA, "day", "2026-12-31") is None
    clicks.write(ADA, "name", "Quarry")
    assert clicks.submit(ADA).trouble == ""
    payload = app.payloads[-1]
    values = payload["view"]["state"]["values"]
    assert (payload["type"], payload["view"]["id"]) == ("view_submission", opened)
    assert (payload["view"]["private_metadata"], payload["view"]["hash"]) == ("kept", app.payloads[0]["view"]["hash"])
    assert values["name"]["name"] == {"type": "plain_text_input", "value": "Quarry"}
    assert values["day"]["day"]["selected_date"] == "2026-12-31"
    assert values["extras"]["extras"]["selected_options"] == [option("mail"), option("tags")]
    with pytest.raises(LookupError):
        clicks.view(ADA)


def test_slack_does_not_submit_what_lacks_something(clicks: Clicks, app: App, opened: str) -> None:
    """An input that is not optional has to be filled in; nothing is sent."""
    assert opened
    clicks.write(ADA, "name", "")
    assert missing_inputs(clicks.view(ADA)) == ["name"]
    with pytest.raises(ValueError, match="name"):
        clicks.submit(ADA)
    assert app.payloads == []


def submitted(clicks: Clicks, app: App, answer: Any) -> Reply:
    """Submit, and let the app answer so."""
    app.answer = lambda _: answer
    return clicks.submit(ADA)


def test_an_answer_may_replace_the_view(clicks: Clicks, app: App, opened: str) -> None:
    """It keeps its id and has another hash; what has no inputs has no state."""
    before = clicks.view(ADA).hash
    assert submitted(clicks, app, {"response_action": "update", "view": PLAIN}).trouble == ""
    after = clicks.view(ADA)
    assert (after.id, after.values) == (opened, {})
    assert after.hash != before


def test_an_answer_may_show_errors(clicks: Clicks, app: App, opened: str) -> None:
    """The view stays, its hash too, so that a corrected form can be told from a delivery repeated only by what it holds."""
    before = clicks.view(ADA).hash
    assert submitted(clicks, app, {"response_action": "errors", "errors": {"name": "Too long."}}).trouble == ""
    assert (clicks.view(ADA).id, clicks.view(ADA).errors, clicks.view(ADA).hash) == (
        opened,
        {"name": "Too long."},
        before,
    )
    wrong = {"response_action": "errors", "errors": {"nowhere": "x"}}
    assert submitted(clicks, app, wrong).trouble == "errors of no input"


def test_an_answer_may_push_and_clear(clicks: Clicks, app: App, opened: str, slack: SlackStandIn) -> None:
    """A pushed view lies over the first, three at most; closing it shows the first again."""
    assert submitted(clicks, app, {"response_action": "push", "view": FORM}).trouble == ""
    assert clicks.view(ADA).previous_view_id == opened
    submitted(clicks, app, {"response_action": "push", "view": FORM})
    assert submitted(clicks, app, {"response_action": "push", "view": FORM}).trouble == "push_limit_reached"
    clicks.close(ADA)
    assert clicks.close(ADA) is None
    assert clicks.view(ADA).id == opened
    submitted(clicks, app, {"response_action": "push", "view": FORM})
    assert submitted(clicks, app, {"response_action": "clear"}).trouble == ""
    assert slack.workspace.views.shown(ADA) is None


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ({"response_action": "shout"}, "no such response_action"),
        ({"response_action": "update", "view": {"type": "modal"}}, "invalid_arguments"),
        ({"response_action": "update"}, "not to be read"),
        ("<html>", "not to be read"),
    ],
)
def test_an_answer_that_slack_cannot_follow_is_trouble(
    clicks: Clicks, app: App, opened: str, answer: Any, trouble: str
) -> None:
    """The person reads a warning, and the view stays as it is."""
    assert submitted(clicks, app, answer).trouble.startswith(trouble)
    assert clicks.view(ADA).id == opened


def test_an_app_that_fails_or_is_away_is_trouble(clicks: Clicks, app: App, message: Message) -> None:
    """For a click, too."""
    app.answer = lambda _: 1 / 0
    assert clicks.click(ADA, message, "convert").trouble == "HTTP 500"
    clicks.actions_url = "http://127.0.0.1:9/slack/actions"
    assert clicks.click(ADA, message, "convert").trouble == "ConnectionError"


def test_a_request_can_be_delivered_twice(clicks: Clicks, app: App, message: Message) -> None:
    """Byte for byte, signature and all."""
    reply = clicks.click(ADA, message, "convert")
    again = clicks.deliver(reply.request)
    assert (again.status, app.payloads[0]) == (200, app.payloads[1])
    assert again.request is reply.request


def test_a_view_that_is_closed_tells_the_app_where_it_says_so(
    clicks: Clicks, app: App, slack: SlackStandIn, client: WebClient
) -> None:
    """notify_on_close."""
    client.views_open(trigger_id=slack.workspace.views.trigger(ADA), view={**PLAIN, "notify_on_close": True})
    assert clicks.close(ADA) is not None
    assert [payload["type"] for payload in app.payloads] == ["view_closed"]


def test_an_update_keeps_what_was_put_in(clicks: Clicks, client: WebClient, opened: str) -> None:
    """While block, action and kind are the same and the choice is still offered; a new hash each time."""
    clicks.choose(ADA, "account", "b")
    clicks.write(ADA, "name", "Quarry")
    first = client.views_update(view_id=opened, view=FORM)["view"]
    assert first["state"]["values"]["account"]["account"]["selected_option"] == option("b")
    assert first["state"]["values"]["name"]["name"]["value"] == "Quarry"
    fewer = {**FORM, "blocks": [entry("account", {**SELECT, "options": [option("a")]})]}
    second = client.views_update(view_id=opened, view=fewer, hash=first["hash"])["view"]
    assert second["state"]["values"] == {
        "account": {"account": {"type": "static_select", "selected_option": option("a")}}
    }
    assert refused(client.views_update, view_id=opened, view=FORM, hash=first["hash"]) == "hash_conflict"
    clicks.close(ADA)
    assert refused(client.views_update, view_id=opened, view=FORM) == "not_found"


def test_a_view_opened_anew_takes_the_first_one_s_place(
    slack: SlackStandIn, client: WebClient, opened: str, clicks: Clicks
) -> None:
    """A person sees one form of the app, and the other is gone."""
    other = client.views_open(trigger_id=slack.workspace.views.trigger(ADA), view=FORM)["view"]["id"]
    assert clicks.view(ADA).id == other
    assert refused(client.views_update, view_id=opened, view=FORM) == "not_found"


def test_an_external_id_is_of_one_view(slack: SlackStandIn, client: WebClient) -> None:
    """In the whole workspace; it finds the view for an update."""
    views = slack.workspace.views
    slack.workspace.people.add("U0ROSA", "Rosa Quill", "rosa.quill@quillworks.example")
    named = {**PLAIN, "external_id": "one"}
    client.views_open(trigger_id=views.trigger(ADA), view=named)
    assert refused(client.views_open, trigger_id=views.trigger("U0ROSA"), view=named) == "duplicate_external_id"
    assert client.views_update(external_id="one", view=named)["view"]["external_id"] == "one"


def test_a_click_s_address_takes_five_answers_in_half_an_hour(
    clicks: Clicks, slack: SlackStandIn, clock: Clock, message: Message
) -> None:
    """For the clicker alone, for all, or in place of the message."""
    url = clicks.payload_of_click(ADA, message, "convert")["response_url"]
    said = [
        requests.post(url, json=body, timeout=5).text
        for body in (
            {"text": "only you", "response_type": "ephemeral", "replace_original": False},
            {"text": "all", "response_type": "in_channel"},
            {"text": "instead", "replace_original": True},
        )
    ]
    assert said == ["ok"] * 3
    assert [(one.user_id, one.text) for one in slack.workspace.ephemerals()] == [(ADA, "only you")]
    assert [one.text for one in slack.workspace.messages(CHANNEL)] == ["instead", "all"]
    assert requests.post(url, data="{", timeout=5).status_code == 400
    assert requests.post(url, json={"text": ""}, timeout=5).json()["error"] == "no_text"
    assert requests.post(url, json={"delete_original": True}, timeout=5).text == "ok"
    assert [one.text for one in slack.workspace.messages(CHANNEL)] == ["all"]
    assert requests.post(url, json={"text": "x"}, timeout=5).json()["error"] == "used_url"
    late = clicks.payload_of_click(ADA, message, "convert")["response_url"]
    clock.now += 1800
    answer = requests.post(late, json={"text": "x"}, timeout=5)
    assert (answer.status_code, answer.json()["error"]) == (404, "expired_url")
    assert {call.method for call in slack.calls} == {RESPONSE_URL}


def test_one_person_is_told_in_a_channel(slack: SlackStandIn, client: WebClient) -> None:
    """Who is not there is not told, and nobody else sees it."""
    client.chat_postEphemeral(channel=CHANNEL, user=ADA, text="only you")
    assert [one.text for one in slack.workspace.ephemerals(ADA)] == ["only you"]
    assert slack.workspace.messages(CHANNEL) == []
    slack.workspace.people.absent.add((CHANNEL, ADA))
    assert refused(client.chat_postEphemeral, channel=CHANNEL, user=ADA, text="x") == "user_not_in_channel"
    assert refused(client.chat_postEphemeral, channel=CHANNEL, user="U0NONE", text="x") == "user_not_in_channel"


def test_a_person_is_described_as_far_as_the_token_may_see(slack: SlackStandIn, client: WebClient) -> None:
    """The email has a scope of its own; the flags are Slack's."""
    people = slack.workspace.people
    assert client.users_info(user=ADA)["user"]["profile"]["email"] == "ada.park@quillworks.example"
    people.change(ADA, is_ultra_restricted=True, is_email_confirmed=False)
    shown = client.users_info(user=ADA)["user"]
    assert (shown["is_restricted"], shown["is_ultra_restricted"], shown["is_email_confirmed"]) == (True, True, False)
    people.change(ADA, deleted=True, is_stranger=True)
    gone = client.users_info(user=ADA)["user"]
    assert (gone["deleted"], gone["is_stranger"], "is_restricted" in gone) == (True, True, False)
    assert refused(client.users_info, user="U0NONE") == "user_not_found"
    slack.scopes.discard("users:read.email")
    assert "email" not in client.users_info(user=ADA)["user"]["profile"]
    slack.scopes.discard("users:read")
    assert refused(client.users_info, user=ADA) == "missing_scope"


def test_user_groups_need_a_plan_that_has_them(slack: SlackStandIn, client: WebClient) -> None:
    """Ids of their members, and nothing else."""
    slack.workspace.people.keep_group("S0SALES", [ADA])
    assert client.usergroups_users_list(usergroup="S0SALES")["users"] == [ADA]
    assert refused(client.usergroups_users_list, usergroup="S0NONE") == "no_such_subteam"
    slack.workspace.people.has_user_groups = False
    assert refused(client.usergroups_users_list, usergroup="S0SALES") == "plan_upgrade_required"
