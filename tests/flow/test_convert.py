"""Converting a lead from Slack: what Zoho may answer, who may not, and what each person, the message and other systems hear of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chalicelib.aws.pipeline_item import PipelineItem
from chalicelib.conversion import Pipeline
from chalicelib.slack.outcomes import SENTENCES
from chalicelib.wiring import clients
from sandbox.slack.workspace import Message
from sandbox.system import OPERATOR
from sandbox.zoho import faults
from sandbox.zoho.faults import Answer, Fault, Meanwhile, Said
from tests.flow.acting import ADA, BO, Acting, acting
from tests.flow.leads import zylker_contact
from tests.golden import schema

__all__ = ["acting"]
STAGE = "Id. Decision Makers"
PIPELINES = [Pipeline("Standard (Standard)", ("Qualification", STAGE)), Pipeline("Renewals", ("Renewal Due",))]


def converted(acting: Acting, lead_id: str, person: str = ADA) -> Message:
    """Let a person convert a lead as the form recommends it; return the lead's message as it stands then."""
    message = acting.message_of(lead_id)
    acting.click(person, message, "convert")
    assert acting.submit(person).trouble == ""
    assert acting.sandbox.wait_until_idle()
    return acting.now(message)


def hears(acting: Acting, person: str = ADA) -> str:
    """Return all that one person is shown: the open view, and what was said to them alone."""
    return json.dumps(acting.view(person).sent, ensure_ascii=False) + " ".join(acting.told(person))


def buttons(message: Message) -> set[str]:
    """Return the actions of a message's buttons."""
    elements = [element for block in message.blocks for element in block.get("elements", ())]
    return {element["action_id"] for element in elements if "action_id" in element}


def events(acting: Acting, lead_id: str) -> list[dict[str, Any]]:
    """Return the events that say that the lead was converted; each keeps to its schema."""
    found = [json.loads(text) for text in acting.sandbox.match_texts()]
    mine = [event for event in found if event["subject"] == lead_id and event["type"] == "leadmatch.lead.converted.v1"]
    for event in mine:
        Draft202012Validator(schema.converted_event_schema()).validate(event)
    return mine


def test_zoho_is_asked_for_exactly_what_was_chosen(acting: Acting) -> None:
    """On v7, whatever version the stage reads with; a contact never changes its account, and tags are carried over by name."""
    acting.sandbox.crm.deals.mandatory = ()
    PipelineItem(clients.table(acting.sandbox.outputs["TableName"]), now=clients.utc_now).write(PIPELINES)
    lead_id = zylker_contact(acting.sandbox)
    acting.sandbox.crm.change("Leads", lead_id, Tag=[{"name": "Trade fair", "id": "1"}])
    message = acting.message_of(lead_id)
    acting.click(ADA, message, "convert")
    acting.choose(ADA, "deal", "make_deal")
    select = next(block for block in acting.view(ADA).sent["blocks"] if block.get("block_id") == "stage")
    options = [one for group in select["element"]["option_groups"] for one in group["options"]]
    acting.choose(ADA, "stage", next(one["value"] for one in options if one["text"]["text"].startswith(STAGE)))
    acting.write(ADA, "amount", "1250.50")
    acting.write(ADA, "closing_date", "2031-05-06")
    assert acting.submit(ADA).trouble == ""
    assert acting.sandbox.wait_until_idle()
    (call,) = acting.sandbox.zoho.calls_for(lead_id, "convert")
    (made,) = acting.sandbox.crm.conversions(lead_id)
    assert call.version == "v7"
    body: Any = call.body
    assert body["data"][0] == {
        "overwrite": False,
        "notify_lead_owner": False,
        "Accounts": {"id": made.account_id},
        "Contacts": {"id": made.contact_id},
        "Deals": {
            "Deal_Name": "Zylker",
            "Closing_Date": "2031-05-06",
            "Stage": STAGE,
            "Pipeline": "Standard (Standard)",
            "Amount": 1250.5,
        },
        "carry_over_tags": {"Contacts": ["Trade fair"], "Accounts": ["Trade fair"], "Deals": ["Trade fair"]},
    }
    (event,) = events(acting, lead_id)
    assert event["data"]["deal"]["id"] == made.deal_id
    assert (event["data"]["converted_from"], event["data"]["person"]) == ("slack", ADA)
    assert event["data"]["differences"] == []


REFUSALS: dict[str, tuple[Said, str]] = {
    "of the body": (faults.DUPLICATE_DATA, "the same value in the field Email"),
    "errors in a 202": (faults.VALIDATION_ERRORS, "requires a value for the field Industry"),
    "bare": (faults.NO_PERMISSION, SENTENCES["NO_PERMISSION"]),
    "a page of a gateway": (Answer(403, "<html>no</html>"), "Zoho refused the conversion"),
}
"""One of each form; what each code means is tried in tests/unit."""


@pytest.mark.parametrize(("answer", "said"), REFUSALS.values(), ids=REFUSALS)
def test_a_clear_refusal_is_told_in_words_and_the_form_comes_back_filled(
    acting: Acting, answer: Said, said: str
) -> None:
    """Nothing was converted, nobody calls again, and the buttons are back; a second try may work."""
    lead_id = zylker_contact(acting.sandbox)
    acting.sandbox.zoho.on("convert", answer, times=1)
    message = converted(acting, lead_id)
    assert said in hears(acting)
    assert {"contact", "account"} <= set(acting.view(ADA).inputs)
    assert acting.sandbox.crm.conversions(lead_id) == []
    assert len(acting.sandbox.zoho.calls_for(lead_id, "convert")) == 1
    assert "convert" in buttons(message)
    assert events(acting, lead_id) == []
    assert acting.submit(ADA).trouble == ""  # the same form, which has a new hash by now
    assert acting.sandbox.wait_until_idle()
    assert len(acting.sandbox.crm.conversions(lead_id)) == 1


LOST = {
    "the connection is reset": Fault.RESET_AFTER_EFFECT,
    "half an answer": Fault.HALF_ANSWER,
    "500 after the effect": Answer(500, faults.INTERNAL_ERROR.body, effect=True),
}


@pytest.mark.parametrize("answer", LOST.values(), ids=LOST)
def test_a_lost_answer_is_found_out_by_reading_the_lead(acting: Acting, answer: Said) -> None:
    """Zoho was called once; who converted is the clicker, since Zoho names our user and a time after the call."""
    lead_id = zylker_contact(acting.sandbox)
    acting.sandbox.zoho.on("convert", answer, times=1)
    message = converted(acting, lead_id)
    assert f"<@{ADA}> converted this lead" in message.text
    assert "Converted into" in hears(acting)
    assert len(acting.sandbox.crm.conversions(lead_id)) == len(acting.sandbox.zoho.calls_for(lead_id, "convert")) == 1
    (event,) = events(acting, lead_id)
    assert event["data"]["converted_from"] == "slack"


@pytest.mark.parametrize("when", ["before the call", "before the form was sent"])
def test_a_colleague_who_converts_in_zoho_meanwhile_is_not_taken_for_the_clicker(acting: Acting, when: str) -> None:
    """The person is told, and the message says that the lead is converted already."""
    crm = acting.sandbox.crm
    lead_id, colleague = zylker_contact(acting.sandbox), crm.users.add("Cy Moss", "cy.moss@quillworks.example")
    message = acting.message_of(lead_id)
    acting.click(ADA, message, "convert")

    def convert() -> None:
        crm.convert(lead_id, by=colleague)

    if when == "before the call":
        acting.sandbox.zoho.on("convert", Meanwhile(convert))
    else:
        convert()
    assert acting.submit(ADA).trouble == ""
    assert acting.sandbox.wait_until_idle()
    assert "was converted in Zoho meanwhile" in hears(acting)
    assert [one.by for one in crm.conversions(lead_id)] == [colleague]
    shown = acting.now(message)
    assert f"<@{ADA}> converted" not in shown.text
    assert "already converted" in shown.text.lower()
    (event,) = events(acting, lead_id)
    assert (event["data"]["converted_from"], event["data"]["person"]) == ("zoho", None)


def test_records_that_are_not_the_chosen_ones_are_told_to_the_person_and_the_operator(acting: Acting) -> None:
    """And stand in the message and in the event."""
    lead_id = zylker_contact(acting.sandbox)
    other = acting.sandbox.crm.add("Contacts", Full_Name="Somebody Else")
    details = {"Contacts": {"name": "Somebody Else", "id": other}, "Accounts": None, "Deals": None}
    success = {"data": [{"code": "SUCCESS", "details": details, "message": "converted", "status": "success"}]}
    acting.sandbox.zoho.on("convert", Answer(200, success))
    message = converted(acting, lead_id)
    for said in (hears(acting), message.text):
        assert "the contact is not the chosen one" in said
        assert "Zoho names no account" in said
    alerts = [one.text for one in acting.sandbox.slack.workspace.messages(OPERATOR.id)]
    assert any(lead_id in text and "the contact is not the chosen one" in text for text in alerts)
    (event,) = events(acting, lead_id)
    assert event["data"]["differences"] == ["contact_is_another", "account_is_missing"]


CHANGES: dict[str, Callable[[Acting, str], object]] = {
    "company": lambda acting, lead_id: acting.sandbox.crm.change("Leads", lead_id, Company="Other Ltd"),
    "email": lambda acting, lead_id: acting.sandbox.crm.change("Leads", lead_id, Email="other@else.example"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_lead_that_changed_in_zoho_is_looked_at_again_and_not_converted(
    acting: Acting, change: Callable[[Acting, str], object]
) -> None:
    """The person is told, and the message shows the new verdict."""
    lead_id = zylker_contact(acting.sandbox)
    message = acting.message_of(lead_id)
    acting.click(ADA, message, "convert")
    change(acting, lead_id)
    assert acting.submit(ADA).trouble == ""
    assert acting.sandbox.wait_until_idle()
    assert SENTENCES["lead_changed"] in hears(acting)
    assert acting.sandbox.zoho.calls_for(lead_id, "convert") == []
    assert acting.now(message).text != message.text
    assert "convert" in buttons(acting.now(message))


def test_a_change_that_decides_nothing_holds_nobody_up(acting: Acting) -> None:
    """A phone number that matches nothing: Zoho is asked again, and says the same."""
    lead_id = zylker_contact(acting.sandbox)
    message = acting.message_of(lead_id)
    asked = len(acting.sandbox.zoho.calls_for(lead_id, "options"))
    acting.click(ADA, message, "convert")
    acting.sandbox.crm.change("Leads", lead_id, Phone="+1 555 0199")
    assert acting.submit(ADA).trouble == ""
    assert acting.sandbox.wait_until_idle()
    assert len(acting.sandbox.zoho.calls_for(lead_id, "options")) == asked + 1
    assert len(acting.sandbox.crm.conversions(lead_id)) == 1


def _two_of_one_address(acting: Acting) -> None:
    acting.sandbox.crm.users.add("Ada Again", "ADA.PARK@quillworks.example")


def _user_id(acting: Acting) -> str:
    (found,) = [
        str(user["id"]) for user in acting.sandbox.crm.users.all() if user["email"] == "ada.park@quillworks.example"
    ]
    return found


def _changed(**fields: Any) -> Callable[[Acting], None]:
    return lambda acting: acting.sandbox.crm.users.change(_user_id(acting), **fields)


STRANGERS: dict[str, tuple[Callable[[Acting], object], str]] = {
    "deactivated in Zoho": (_changed(status="inactive"), "not_a_zoho_user"),
    "invited and never confirmed": (_changed(confirm=False), "not_a_zoho_user"),
    "another address in Zoho": (_changed(email="ada@private.example"), "not_a_zoho_user"),
    "two Zoho users of one address": (_two_of_one_address, "several_zoho_users"),
    "a profile not named": (_changed(profile="Interns"), "zoho_profile_not_named"),
    "a user of a portal": (_changed(type__s="Client Portal User"), "zoho_user_not_regular"),
    "users cannot be asked": (
        lambda acting: acting.sandbox.zoho.on("users", faults.OAUTH_SCOPE_MISMATCH),
        "zoho_users_not_read",
    ),
}


@pytest.mark.parametrize(("change", "word"), STRANGERS.values(), ids=STRANGERS)
def test_who_is_no_converter_in_zoho_is_told_alone(
    acting: Acting, change: Callable[[Acting], object], word: str
) -> None:
    """Zoho is not called to convert, the form does not come back, and nobody else hears of it."""
    lead_id = zylker_contact(acting.sandbox)
    message = acting.message_of(lead_id)
    acting.click(ADA, message, "convert")
    change(acting)
    acting.submit(ADA)
    assert acting.sandbox.wait_until_idle()
    assert SENTENCES[word] in hears(acting)
    assert acting.view(ADA).inputs == {}
    assert acting.sandbox.zoho.calls_for(lead_id, "convert") == []
    assert acting.now(message).blocks == message.blocks
    assert acting.told(BO) == []


def test_who_was_deactivated_a_minute_ago_converts_nothing(acting: Acting) -> None:
    """Zoho is asked each time, also who converted a lead just now."""
    lead_id = zylker_contact(acting.sandbox)
    converted(acting, lead_id)
    assert len(acting.sandbox.crm.conversions(lead_id)) == 1
    _changed(status="inactive")(acting)
    other = zylker_contact(acting.sandbox, "Bo Chen", "bo@zylker.example")
    message = acting.message_of(other)
    acting.click(ADA, message, "convert")
    acting.choose(ADA, "contact", "new")
    acting.choose(ADA, "account", "new")
    acting.submit(ADA)
    assert acting.sandbox.wait_until_idle()
    assert SENTENCES["not_a_zoho_user"] in hears(acting)
    assert acting.sandbox.crm.conversions(other) == []


def test_who_is_named_needs_no_profile_and_everything_else(acting: Acting) -> None:
    """`+U…` in converters.slack."""
    acting.name_converters("Administrator", slack=(f"+{ADA}",))
    lead_id = zylker_contact(acting.sandbox)
    converted(acting, lead_id)
    assert len(acting.sandbox.crm.conversions(lead_id)) == 1
    _changed(confirm=False)(acting)
    other = zylker_contact(acting.sandbox, "Bo Chen", "bo@zylker.example")
    message = acting.message_of(other)
    acting.click(ADA, message, "convert")
    acting.choose(ADA, "contact", "new")
    acting.choose(ADA, "account", "new")
    acting.submit(ADA)
    assert acting.sandbox.wait_until_idle()
    assert acting.sandbox.crm.conversions(other) == []


def test_a_view_that_was_closed_is_told_in_the_channel_alone(acting: Acting) -> None:
    """`not_found` is an end, and the person hears it all the same."""
    lead_id = zylker_contact(acting.sandbox)
    message = acting.message_of(lead_id)
    acting.sandbox.zoho.on("convert", faults.NO_PERMISSION)
    acting.click(ADA, message, "convert")
    acting.submit(ADA)
    acting.close(ADA)
    assert acting.sandbox.wait_until_idle()
    assert any(SENTENCES["NO_PERMISSION"] in text for text in acting.told(ADA))
    assert acting.told(BO) == []


def test_the_history_says_what_happened_and_who_did_it(acting: Acting) -> None:
    """By Slack's ids."""
    lead_id = zylker_contact(acting.sandbox)
    message = acting.message_of(lead_id)
    acting.click(BO, message, "dismiss")
    acting.choose(BO, "reason", "duplicate")
    acting.submit(BO)
    assert acting.sandbox.wait_until_idle()
    acting.click(ADA, message, "check_again")
    assert acting.sandbox.wait_until_idle()
    acting.click(ADA, message, "convert")
    acting.submit(ADA)
    assert acting.sandbox.wait_until_idle()
    item = clients.table(acting.sandbox.outputs["TableName"]).get(f"lead#{lead_id}")
    assert item
    told = [(entry["what"], entry["who"]) for entry in item["history"]]
    assert told == [
        ("checked_convert_into_contact", ""),
        ("dismissed", BO),
        ("checked_convert_into_contact", ""),
        ("converting", ADA),
        ("converted", ADA),
    ]
