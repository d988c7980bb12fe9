"""What becomes of one lead that comes in again, is delivered twice, or meets trouble on its way."""

from __future__ import annotations

import json

import pytest
import requests

from sandbox.callers import EVERY_FORM, MakeCall, json_call
from sandbox.slack.workspace import Message
from sandbox.system import OPERATOR, RETIRING_KEY, SALES, WEBHOOK_KEY, Sandbox
from sandbox.zoho import faults
from sandbox.zoho.faults import Answer, Fault
from tests.flow.leads import dead_letters, matches, messages, put_into_inbox, send, zylker_contact
from tests.waiting import SECONDS


@pytest.mark.parametrize("call", EVERY_FORM, ids=[call.__name__ for call in EVERY_FORM])
def test_every_form_of_call_reaches_slack(sandbox: Sandbox, call: MakeCall) -> None:
    """JSON, form, multipart, Notification and signed calls end alike; the trigger says how the lead came in."""
    lead_id = zylker_contact(sandbox)
    event_id = send(sandbox, lead_id, call)
    (match,) = matches(sandbox, lead_id)
    assert len(messages(sandbox, event_id)) == 1
    assert match["id"] == event_id
    assert match["trigger"] == ("notification" if call.__name__ == "notification_call" else "webhook")


def test_a_second_event_updates_the_message_and_says_what_changed(sandbox: Sandbox) -> None:
    """One message per lead: the second event edits it, and a reply in its thread tells of the new verdict."""
    lead_id = sandbox.crm.add("Leads", Full_Name="Noor Haddad", Company="Fernway", Email="noor@fernway.example")
    first = send(sandbox, lead_id)
    sandbox.crm.add("Accounts", Account_Name="Fernway")
    second = send(sandbox, lead_id)
    message, reply = _message_and_reply(messages(sandbox, first, second))
    assert "Fernway is already an account" in message.text
    assert reply.text.startswith("Changed: Probably Fernway is already an account")
    assert [match["id"] for match in matches(sandbox, lead_id)] == [first, second]


def test_a_second_event_with_the_same_verdict_says_nothing_new(sandbox: Sandbox) -> None:
    """An update that changes nothing leaves the thread empty."""
    lead_id = zylker_contact(sandbox)
    events = [send(sandbox, lead_id), send(sandbox, lead_id)]
    (message,) = messages(sandbox, *events)
    assert message.thread_ts is None


def test_the_same_inbox_message_twice_is_one_message_and_one_event_id(sandbox: Sandbox) -> None:
    """A redelivery sends the stored verdict again, asks Zoho nothing, and shows nothing twice."""
    lead_id = zylker_contact(sandbox)
    event_id = send(sandbox, lead_id)
    asked = len(sandbox.zoho.calls_for(lead_id))
    body = json.dumps(
        {"lead_id": lead_id, "event_id": event_id, "accepted_at": matches(sandbox, lead_id)[0]["acceptedat"]}
        | {"trigger": "webhook"}
    )
    put_into_inbox(sandbox, body)
    assert len(sandbox.zoho.calls_for(lead_id)) == asked
    assert len(messages(sandbox, event_id)) == 1
    assert {match["id"] for match in matches(sandbox, lead_id)} == {event_id}


def test_an_older_event_is_dropped(sandbox: Sandbox) -> None:
    """What was accepted before the event in the ledger changes nothing any more."""
    lead_id = zylker_contact(sandbox)
    event_id = send(sandbox, lead_id)
    old = {"lead_id": lead_id, "event_id": "old", "accepted_at": "2020-01-01T00:00:00Z", "trigger": "replay"}
    put_into_inbox(sandbox, json.dumps(old))
    assert [match["id"] for match in matches(sandbox, lead_id)] == [event_id]
    assert messages(sandbox, "old") == []


def test_a_notification_with_several_leads_checks_each(sandbox: Sandbox) -> None:
    """Every id of a Notification ends at both outputs under an event id of its own."""
    leads = [sandbox.crm.add("Leads", Full_Name=f"Lead {n}", Company=f"Company {n}") for n in range(3)]
    body = {"ids": leads, "module": "Leads", "channel_id": "1", "token": WEBHOOK_KEY, "operation": "insert"}
    response = requests.post(sandbox.webhook_url, json=body, timeout=SECONDS)
    assert response.status_code == 202
    assert sandbox.wait_until_idle()
    events = {one["lead_id"]: one["event_id"] for one in response.json()["accepted"]}
    assert list(events) == leads
    for lead_id, event_id in events.items():
        assert [match["id"] for match in matches(sandbox, lead_id)] == [event_id]
        assert len(messages(sandbox, event_id)) == 1


def test_the_previous_key_still_opens(sandbox: Sandbox) -> None:
    """Two keys live at once, so that a key can be changed without a gap."""
    send(sandbox, zylker_contact(sandbox), key=RETIRING_KEY)


def test_a_call_without_a_live_key_reaches_nothing(sandbox: Sandbox) -> None:
    """401, and not one call to Zoho."""
    lead_id = zylker_contact(sandbox)
    response = json_call(lead_id, "wrong").send(sandbox.webhook_url)
    assert response.status_code == 401
    assert response.json()["error"]["reason"] == "no_live_key"
    assert sandbox.zoho.calls_for(lead_id) == []


@pytest.mark.parametrize("trouble", [faults.SERVICE_UNAVAILABLE, faults.too_many_requests(retry_after_seconds=1)])
def test_trouble_that_passes_costs_time_and_nothing_else(patient: Sandbox, trouble: object) -> None:
    """A lead that Zoho does not answer for once is asked for again and ends in one message."""
    lead_id = zylker_contact(patient)
    patient.zoho.on("options", trouble, lead_id=lead_id, times=1)  # type: ignore[arg-type]
    event_id = send(patient, lead_id)
    (match,) = matches(patient, lead_id)
    assert match["data"]["verdict"]["action"] == "convert_into_contact"
    assert len(messages(patient, event_id)) == 1


def test_a_broken_connection_to_zoho_is_tried_again(sandbox: Sandbox) -> None:
    """A reset is a Retryable like any other; when it is given up the lead is told of as not checked."""
    lead_id = zylker_contact(sandbox)
    sandbox.zoho.on("lead", Fault.RESET, lead_id=lead_id)
    event_id = send(sandbox, lead_id)
    (match,) = matches(sandbox, lead_id)
    assert match["data"]["verdict"]["action"] == "unchecked"
    assert match["data"]["lead"]["name"] is None
    (message,) = messages(sandbox, event_id)
    assert "NOT CHECKED" in message.text


def test_a_given_up_lead_can_be_replayed_from_the_dead_letters(sandbox: Sandbox) -> None:
    """What is given up is told, sent, and kept; brought back, it is asked anew and its message becomes right."""
    lead_id = zylker_contact(sandbox)
    sandbox.zoho.on("options", faults.NO_PERMISSION, lead_id=lead_id)
    event_id = send(sandbox, lead_id)
    assert "Zoho refused us access" in messages(sandbox, event_id)[0].text
    sandbox.zoho.clear()
    (letter,) = [body for body in dead_letters(sandbox, "inbox") if lead_id in body]
    put_into_inbox(sandbox, letter)
    gave_up, replayed = matches(sandbox, lead_id)
    assert [gave_up["trigger"], replayed["trigger"]] == ["webhook", "replay"]
    assert replayed["data"]["verdict"]["action"] == "convert_into_contact"
    message, reply = _message_and_reply(messages(sandbox, event_id, replayed["id"]))
    assert "already a contact" in message.text
    assert reply.text.startswith("Changed: Ada Park is already a contact")


def test_a_lead_that_is_found_after_all_is_told_to_sales(sandbox: Sandbox) -> None:
    """The webhook may be faster than the record; what the operator heard first, sales people act on."""
    lead_id = zylker_contact(sandbox)
    sandbox.zoho.on("lead", Answer(204), lead_id=lead_id, times=2)
    sandbox.zoho.on("options", faults.INVALID_DATA, lead_id=lead_id, times=1)
    first, second = send(sandbox, lead_id), send(sandbox, lead_id)
    assert [message.channel for message in messages(sandbox, first)] == [OPERATOR.id]
    assert [message.channel for message in messages(sandbox, second)] == [SALES.id]


def test_a_lead_locked_in_a_merge_becomes_wait(sandbox: Sandbox) -> None:
    """RECORD_LOCKED is retried, and when its own time ends the lead waits for the sweep."""
    lead_id = zylker_contact(sandbox)
    sandbox.zoho.on("options", faults.RECORD_LOCKED, lead_id=lead_id)
    send(sandbox, lead_id)
    (match,) = matches(sandbox, lead_id)
    assert match["data"]["verdict"]["action"] == "wait"
    assert match["data"]["verdict"]["reason"] == "record_locked"
    assert match["data"]["lead"]["name"] == "Ada Park"


def test_a_converted_lead_that_was_never_told_of_stays_quiet(sandbox: Sandbox) -> None:
    """Other systems hear of it; Slack does not."""
    lead_id = zylker_contact(sandbox)
    sandbox.crm.convert(lead_id)
    event_id = send(sandbox, lead_id)
    (match,) = matches(sandbox, lead_id)
    assert match["data"]["verdict"]["action"] == "already_converted"
    assert messages(sandbox, event_id) == []


def test_a_lead_that_is_not_found_goes_to_the_operator(sandbox: Sandbox) -> None:
    """Sales people are not bothered with it."""
    event_id = send(sandbox, "7203914000000000009")
    (message,) = messages(sandbox, event_id)
    assert message.channel == OPERATOR.id != SALES.id


def _message_and_reply(found: list[Message]) -> tuple[Message, Message]:
    (message,) = [one for one in found if one.thread_ts is None]
    (reply,) = [one for one in found if one.thread_ts is not None]
    assert reply.thread_ts == message.ts
    return message, reply
