"""Acting on a lead from Slack, over HTTP: the form, its submission, and who is told what; Zoho is asked by convert alone."""

from __future__ import annotations

import io
import json
import time

import pytest
import requests

from chalicelib import timing
from chalicelib.aws.pipeline_item import PipelineItem
from chalicelib.conversion import Pipeline
from chalicelib.slack import modal
from chalicelib.slack.interactions import SIGNATURE_HEADER, TIMESTAMP_HEADER, signature
from chalicelib.slack.modal import CHANGED, TOO_SLOW
from chalicelib.slack.people import OBJECTIONS
from chalicelib.wiring import clients
from sandbox.slack.faults import Answer
from sandbox.system import SIGNING_SECRET, Sandbox
from tests.flow.acting import ADA, BO, Acting, acting
from tests.flow.leads import zylker_contact
from tests.flow.log_lines import lines_since, measured
from tests.slack_payloads import body_of, clicked, opened, submitted
from tests.waiting import SECONDS

__all__ = ["acting"]
GET_SECRET = "secretsmanager:GetSecretValue"


def test_a_click_opens_the_form_with_one_read_and_one_call(acting: Acting) -> None:
    """Zoho is not asked: everything stands in the ledger."""
    message = acting.message_of(zylker_contact(acting.sandbox))
    acting.sandbox.aws.calls.clear()
    slack, zoho = len(acting.sandbox.slack.calls), len(acting.sandbox.zoho.calls)
    reply = acting.click(ADA, message, "convert")
    assert (reply.trouble, reply.body) == ("", "")
    calls = [call.action for call in acting.sandbox.aws.calls if call.action != GET_SECRET]
    assert calls == ["dynamodb:BatchGetItem"]
    assert [call.method for call in acting.sandbox.slack.calls[slack:]] == ["views.open"]
    assert len(acting.sandbox.zoho.calls) == zoho
    assert {"contact", "account", "extras"} <= set(acting.view(ADA).inputs)


def test_two_clicks_convert_the_lead_and_everybody_sees_it(acting: Acting, log: io.StringIO) -> None:
    """The form, its submission, convert, the message; the log names nobody."""
    lead_id, start = zylker_contact(acting.sandbox), len(log.getvalue())
    message = acting.message_of(lead_id)
    acting.click(ADA, message, "convert")
    reply = acting.submit(ADA)
    assert reply.trouble == ""
    assert "Converting…" in json.loads(reply.body)["view"]["blocks"][0]["text"]["text"]
    assert acting.sandbox.wait_until_idle()
    (made,) = acting.sandbox.crm.conversions(lead_id)
    assert made.by
    shown = acting.now(message)
    assert f"<@{ADA}> converted this lead" in shown.text
    assert "convert" not in {
        element["action_id"]
        for block in shown.blocks
        for element in block.get("elements", ())
        if "action_id" in element
    }
    clicks = [line for line in lines_since(log, start) if line.get("message") == "clicked"]
    assert [line["reason"] for line in clicks] == ["form_opened", "click_queued"]
    said = json.dumps(lines_since(log, start))
    assert not any(name in said for name in ("Ada Park", "ada.park", "Zylker"))


def test_what_is_delivered_twice_has_one_effect(acting: Acting) -> None:
    """The click, its form's submission, and the click of who checks again."""
    lead_id = zylker_contact(acting.sandbox)
    message = acting.message_of(lead_id)
    first = acting.click(ADA, message, "convert")
    assert acting.deliver(first.request).status == 200
    assert len(acting.sandbox.slack.workspace.views.opened) == 1
    checks = len(acting.sandbox.zoho.calls_for(lead_id, "options"))
    again = acting.click(BO, message, "check_again")
    assert acting.deliver(again.request).status == 200
    assert acting.sandbox.wait_until_idle()
    assert len(acting.sandbox.zoho.calls_for(lead_id, "options")) == checks + 1
    acting.click(ADA, acting.now(message), "convert")
    once = acting.submit(ADA)
    twice = acting.deliver(once.request)
    assert acting.sandbox.wait_until_idle()
    late = acting.deliver(once.request)
    assert {reply.status for reply in (once, twice, late)} == {200}
    assert acting.sandbox.wait_until_idle()
    assert len(acting.sandbox.crm.conversions(lead_id)) == 1
    assert len(acting.sandbox.zoho.calls_for(lead_id, "convert")) == 1


def test_two_people_at_once_convert_once_and_both_are_told(acting: Acting) -> None:
    """Each has a form of their own."""
    lead_id = zylker_contact(acting.sandbox)
    message = acting.message_of(lead_id)
    for person in (ADA, BO):
        acting.click(person, message, "convert")
    for person in (ADA, BO):
        assert acting.submit(person).trouble == ""
    assert acting.sandbox.wait_until_idle()
    assert len(acting.sandbox.crm.conversions(lead_id)) == 1
    told = {person: json.dumps(acting.view(person).sent) + " ".join(acting.told(person)) for person in (ADA, BO)}
    assert all("onverted" in text or "converting" in text for text in told.values()), told


def test_an_expired_trigger_is_one_message(acting: Acting) -> None:
    """Slack was faster than we were."""
    lead_id = zylker_contact(acting.sandbox)
    payload = acting.payload_of_click(ADA, acting.message_of(lead_id), "convert")
    acting.sandbox.slack.workspace.views.expire_triggers()
    assert acting.deliver(acting.request(payload)).trouble == ""
    (told,) = acting.told(ADA)
    assert told.endswith(f"/Leads/{lead_id}|Ada Park · Zylker>: {TOO_SLOW}")
    assert acting.sandbox.slack.workspace.views.opened == []


def test_a_form_of_a_lead_that_changed_shows_the_new_state(acting: Acting) -> None:
    """A click on an old message opens the lead as it is now; a form that is open is answered with it."""
    lead_id = zylker_contact(acting.sandbox)
    old = acting.message_of(lead_id)
    acting.click(ADA, old, "convert")
    acting.sandbox.crm.change("Leads", lead_id, Email="somebody@else.example", Company="Other Ltd")
    acting.click(BO, old, "check_again")
    assert acting.sandbox.wait_until_idle()
    reply = acting.submit(ADA)
    assert (reply.trouble, CHANGED in reply.body) == ("", True)
    assert acting.sandbox.crm.conversions(lead_id) == []
    acting.click(BO, old, "convert")
    assert "Other Ltd" in json.dumps(acting.view(BO).sent)


def test_the_deal_follows_the_choice(acting: Acting) -> None:
    """The form is rendered again for it, and what was chosen before stays."""
    table = clients.table(acting.sandbox.outputs["TableName"])
    PipelineItem(table, now=clients.utc_now).write([Pipeline("Standard (Standard)", ("Qualification",))])
    message = acting.message_of(zylker_contact(acting.sandbox))
    acting.click(ADA, message, "convert")
    assert "stage" not in acting.view(ADA).inputs
    reply = acting.choose(ADA, "deal", "make_deal")
    assert reply
    assert reply.trouble == ""
    assert {"deal_name", "closing_date", "stage", "amount"} <= set(acting.view(ADA).inputs)
    acting.write(ADA, "amount", "12500")
    acting.choose(ADA, "contact", "new")
    reply = acting.choose(ADA, "account", "new")
    assert reply
    assert "account Zylker (new), a new deal, as filled in above" in json.dumps(acting.view(ADA).sent)
    (amount,) = acting.view(ADA).values["amount"].values()
    assert amount["value"] == "12500"


def test_a_dismissed_lead_says_who_and_why(acting: Acting) -> None:
    """And can be checked again."""
    message = acting.message_of(zylker_contact(acting.sandbox))
    acting.click(ADA, message, "dismiss")
    acting.choose(ADA, "reason", "duplicate")
    assert acting.submit(ADA).trouble == ""
    assert acting.sandbox.wait_until_idle()
    shown = acting.now(message)
    assert f"<@{ADA}> dismissed this lead" in shown.text
    acting.click(BO, message, "convert")
    assert "dismissed this lead" in acting.told(BO)[-1]


PEOPLE = {
    "outsider with a colleague's address": ({"team_id": "T0OTHER"}, "slack_user_is_stranger"),
    "guest": ({"is_restricted": True}, "slack_user_is_guest"),
    "deactivated in Slack": ({"deleted": True}, "slack_user_deleted"),
    "never confirmed in Slack": ({"is_email_confirmed": False}, "slack_email_unconfirmed"),
}


@pytest.mark.parametrize(("changes", "word"), PEOPLE.values(), ids=PEOPLE)
def test_who_may_not_is_told_alone(acting: Acting, changes: dict[str, object], word: str) -> None:
    """In the view, or where none opens beside the message; Zoho hears of nobody."""
    lead_id = zylker_contact(acting.sandbox)
    message = acting.message_of(lead_id)
    if "team_id" not in changes:
        acting.click(ADA, message, "convert")
        acting.sandbox.slack.workspace.people.change(ADA, **changes)
        acting.submit(ADA)
        shown = acting.view(ADA).sent
        assert OBJECTIONS[word] in json.dumps(shown)
    else:
        acting.sandbox.slack.workspace.people.change(ADA, **changes)
        acting.click(ADA, message, "convert")
        assert acting.told(ADA) == [OBJECTIONS[word]]
        assert acting.sandbox.slack.workspace.views.opened == []
    assert acting.sandbox.wait_until_idle()
    assert acting.sandbox.zoho.calls_for(lead_id, "convert") == []
    assert acting.told(BO) == []
    assert acting.now(message) == message


def test_a_group_that_cannot_be_asked_lets_nobody_convert(acting: Acting) -> None:
    """As on a plan without user groups; with one, its members may."""
    lead_id = zylker_contact(acting.sandbox)
    acting.name_converters("Standard", slack=("S0SALES",))
    acting.sandbox.slack.workspace.people.keep_group("S0SALES", [ADA])
    message = acting.message_of(lead_id)
    for person in (ADA, BO):
        acting.click(person, message, "convert")
    acting.submit(BO)
    assert OBJECTIONS["slack_user_not_listed"] in json.dumps(acting.view(BO).sent)
    acting.sandbox.slack.workspace.people.has_user_groups = False
    acting.submit(ADA)
    assert OBJECTIONS["slack_user_not_known"] in json.dumps(acting.view(ADA).sent)
    acting.sandbox.slack.workspace.people.has_user_groups = True
    acting.click(ADA, message, "convert")
    acting.submit(ADA)
    assert acting.sandbox.wait_until_idle()
    assert len(acting.sandbox.crm.conversions(lead_id)) == 1


def test_an_answer_comes_in_time_whatever_hangs(
    acting: Acting, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack's calls and AWS's: 200, and a line in the log; what could not be asked is refused."""
    message = acting.message_of(zylker_contact(acting.sandbox))
    acting.click(BO, message, "convert")
    start, slow = len(log.getvalue()), Answer(200, None, effect=True, delay_seconds=SECONDS)
    acting.sandbox.slack.on("views.open", slow)
    acting.sandbox.slack.on("users.info", slow)
    monkeypatch.setattr(timing, "ACT_SECONDS", 0.5)
    click, submission = acting.click(ADA, message, "convert"), acting.submit(BO)
    assert (click.status, click.body, submission.trouble) == (200, "", "")
    lines = [line for line in lines_since(log, start) if line.get("message") == "clicked"]
    assert [line["status"] for line in lines] == [200, 200]
    assert not {"form_opened", "click_queued"} & {line["reason"] for line in lines}
    assert acting.sandbox.wait_until_idle()
    assert acting.sandbox.crm.conversions() == []


HOSTILE = {
    "no payload": b"",
    "not a form": b"\xff\xfe\x00",
    "not JSON": b"payload=%7B",
    "deep JSON": b"payload=" + b"%5B" * 100_000,
    "a number": b"payload=" + b"9" * 10_000,
    "a list": b"payload=[]",
    "no person": b"payload={}",
    "a person of another type": body_of({"type": "block_actions", "user": 7}),
    "a button without a lead": body_of(clicked("convert", "x", 1)),
    "a revision without end": body_of(clicked("convert", "1", 10**300)),
    "a form without a lead": body_of(submitted(opened(modal.converting() | {"callback_id": "convert"}))),
    "surrogates": body_of(clicked("convert", "\ud800", 1)),
}


def signed(body: bytes) -> dict[str, str]:
    """Return the headers of a call that Slack signed now; its own library signs no bytes that are no text."""
    timestamp = str(int(time.time()))
    return {TIMESTAMP_HEADER: timestamp, SIGNATURE_HEADER: signature(SIGNING_SECRET, timestamp, body)}


def test_hostile_bodies_are_refused_with_a_reason(acting: Acting, log: io.StringIO) -> None:
    """Signed or not, as text or as base64, and none is a crash."""
    for name, body in HOSTILE.items():
        headers = signed(body)
        answer = requests.post(acting.actions_url, data=body, headers=headers, timeout=SECONDS)
        assert (name, answer.status_code, "reason" in answer.text) == (name, 400, True)
        stranger = requests.post(acting.actions_url, data=body, headers={"X-Slack-Signature": "v0=x"}, timeout=SECONDS)
        assert (name, stranger.status_code) == (name, 401)
    assert "unexpected" not in log.getvalue()
    assert measured(lines_since(log, 0)) == {}


def test_while_people_may_not_act_a_click_is_answered_with_nothing(sandbox: Sandbox, log: io.StringIO) -> None:
    """Whatever the payload is; nothing opens, and nothing is asked of anybody."""
    start, body = len(log.getvalue()), body_of(clicked("convert", "1", 1))
    calls = len(sandbox.slack.calls)
    headers = signed(body)
    answer = requests.post(sandbox.actions_url, data=body, headers=headers, timeout=SECONDS)
    assert (answer.status_code, answer.content) == (200, b"")
    assert len(sandbox.slack.calls) == calls
    assert [line["buttons"] for line in lines_since(log, start) if line.get("message") == "clicked"] == [["convert"]]
