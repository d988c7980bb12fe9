"""How the Slack stand-in is made to do the rows about people, their views and their clicks: a cause for an error, a check for the rest."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

import requests

from sandbox.serving import Serving
from sandbox.slack import payloads
from sandbox.slack.clicks import Clicks
from tests.slack_app import App
from tests.vendor_pages.slack_case import ADA, Case, changed, refused_with
from tests.view_parts import NAME, TEXT, VIEW

SECRET = "5e" * 16
BUTTON = {"type": "button", "text": TEXT, "action_id": "convert", "value": "v"}


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
    "no such address": changed(email="nobody@quillworks.example"),
    "no such group": changed(usergroup="S0NONE"),
    "no groups on this plan": no_groups,
}
"""What makes the stand-in say the error's code by itself."""


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


def nobody_who_was_deactivated(case: Case) -> None:
    case.slack.workspace.people.change(ADA, deleted=True)
    assert case.refused() == "users_not_found"


def the_email_that_was_asked_for(case: Case) -> None:
    assert case.good()["user"]["profile"]["email"] == case.arguments["email"]


def another_spelling(case: Case) -> None:
    assert case.refused(email=case.arguments["email"].upper()) == "users_not_found"


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
    ts = case.post(blocks=[{"type": "actions", "elements": [BUTTON]}])
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


CHECKS: Mapping[str, Callable[[Case], None]] = {
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
    "nobody has it": refused_with("users_not_found", email=None),
    "nobody who was deactivated": nobody_who_was_deactivated,
    "the email that was asked for": the_email_that_was_asked_for,
    "another spelling is another address": another_spelling,
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
}
