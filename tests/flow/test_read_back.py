"""A conversion of which Zoho does not say whether it happened: it is read back, never called again, and everybody hears of its end."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import timedelta

import pytest

import app
from chalicelib.aws.conversions import ConversionItem, Conversions, read_context
from chalicelib.aws.dynamodb import Table
from chalicelib.aws.queues import Message, Queue, dead_letter_url
from chalicelib.conversion import Click, Person, PersonNotice, Wanted
from chalicelib.slack.outcomes import SENTENCES
from chalicelib.steps.check import GiveUpPolicy
from chalicelib.steps.convert import ConvertTiming
from chalicelib.steps.publish_conversion import NOT_DISMISSED
from chalicelib.wiring import Wiring, clients
from sandbox.system import OPERATOR, SALES
from sandbox.zoho import faults
from sandbox.zoho.faults import Answer, Fault
from tests.flow.acting import ADA, BO, Acting, acting
from tests.flow.leads import zylker_contact
from tests.flow.test_convert import buttons, converted, hears
from tests.waiting import wait_for

__all__ = ["acting"]
SHORT = ConvertTiming(read_again_seconds=(0.0, 0.0, 0.0))
"""What fifteen minutes are to people, three receives are here."""
NO_ANSWER = Answer(503, faults.SERVICE_UNAVAILABLE.body)


@pytest.fixture
def hasty(acting: Acting) -> Acting:
    """Return people whose conversions are read back at once."""
    app.wiring = Wiring(os.environ, give_up_policy=GiveUpPolicy(120, 120, 120), convert_timing=SHORT)
    return acting


def item_of(people: Acting, lead_id: str) -> ConversionItem | None:
    """Return how far a lead's conversion has come."""
    return read_context(table_of(people), lead_id, warn=str).conversion


def table_of(people: Acting) -> Table:
    """Return the stage's table."""
    return clients.table(people.sandbox.outputs["TableName"])


def state_of(people: Acting, lead_id: str) -> str | None:
    """Return the state of a lead's conversion."""
    item = item_of(people, lead_id)
    return item.state if item else None


def test_a_lead_that_stays_open_is_told_as_open_and_only_a_new_click_calls_again(hasty: Acting) -> None:
    """The buttons come back with a warning; the next click is a call of its own."""
    lead_id = zylker_contact(hasty.sandbox)
    hasty.sandbox.zoho.on("convert", NO_ANSWER, times=1)
    message = converted(hasty, lead_id)
    assert state_of(hasty, lead_id) == "UNKNOWN"
    assert "it shows the lead as open" in hears(hasty)
    assert "Zoho did not say whether it converted the lead" in message.text
    assert "convert" in buttons(message)
    assert len(hasty.sandbox.zoho.calls_for(lead_id, "convert")) == 1
    hasty.click(BO, message, "convert")
    assert hasty.submit(BO).trouble == ""
    assert hasty.sandbox.wait_until_idle()
    assert len(hasty.sandbox.zoho.calls_for(lead_id, "convert")) == 2
    assert f"<@{BO}> converted this lead" in hasty.now(message).text


def test_what_zoho_schedules_is_told_once_it_is_done(acting: Acting) -> None:
    """A 202 says nothing; the person hears so meanwhile, and the lead's next reading shows it."""
    lead_id = zylker_contact(acting.sandbox)
    acting.sandbox.zoho.on("convert", Fault.SCHEDULED, times=1)
    message = acting.message_of(lead_id)
    acting.click(ADA, message, "convert")
    acting.submit(ADA)
    wait_for(lambda: (item := item_of(acting, lead_id)) is not None and item.reads == 1)
    with acting.sandbox.pump.resting():  # convert has put its message off once it has returned
        acting.sandbox.zoho.run_jobs()
        acting.sandbox.aws.show(acting.sandbox.outputs["ConvertQueueUrl"])
    assert acting.sandbox.wait_until_idle()
    assert state_of(acting, lead_id) == "CONVERTED"
    assert "Converted into" in hears(acting)
    assert f"<@{ADA}> converted this lead" in acting.now(message).text


def click_of(lead_id: str, person: str = ADA) -> Click:
    """Return a click that was queued, as the queue's dead letters hold it."""
    lead = app.wiring.ledger.read(lead_id)
    assert lead
    wanted = Wanted(account="new", contact="new", carry_over_tags=False)
    at, who = clients.utc_now(), Person(person, SALES.id, email="ada.park@quillworks.example")
    return Click("convert", "c" * 64, lead_id, lead.event_id, lead.revision, at, who, wanted)


def die(hasty: Acting, click: Click) -> None:
    """Put a click where SQS moves what was received too often."""
    url = dead_letter_url(hasty.sandbox.outputs["ConvertQueueUrl"])
    Queue(clients.sqs(), url).send(Message(click.to_json(), group=click.lead_id, deduplication_id=clients.new_id()))


def swept(hasty: Acting) -> None:
    """Let the sweep run, and all that follows."""
    app.wiring.sweep()
    assert hasty.sandbox.wait_until_idle()


def alerts(hasty: Acting, lead_id: str) -> list[str]:
    """Return the operator's alerts about a lead."""
    return [one.text for one in hasty.sandbox.slack.workspace.messages(OPERATOR.id) if lead_id in one.text]


@pytest.mark.parametrize("has_begun", [False, True], ids=["before it was taken", "after it was taken"])
def test_a_click_that_died_is_told_to_the_person_and_the_operator_and_never_tried_again(
    hasty: Acting, *, has_begun: bool
) -> None:
    """Zoho was not called for it, and is not now; the buttons work."""
    lead_id = zylker_contact(hasty.sandbox)
    message = hasty.message_of(lead_id)
    click = click_of(lead_id)
    if has_begun:
        Conversions(table_of(hasty), now=clients.utc_now).begin(
            click, None, owner="dead", message_id="dead", lease_seconds=0
        )
    die(hasty, click)
    swept(hasty)
    (told,) = hasty.told(ADA)
    assert re.fullmatch(rf"<https://\S+/Leads/{lead_id}\|Ada Park · Zylker>: Nothing was converted\. .+", told)
    assert len(alerts(hasty, lead_id)) == 1
    assert "Zoho was not called" in alerts(hasty, lead_id)[0]
    swept(hasty)
    assert len(hasty.told(ADA)) == len(alerts(hasty, lead_id)) == 1
    assert hasty.sandbox.zoho.calls_for(lead_id, "convert") == []
    hasty.click(BO, message, "convert")
    hasty.submit(BO)
    assert hasty.sandbox.wait_until_idle()
    assert len(hasty.sandbox.crm.conversions(lead_id)) == 1


@pytest.mark.parametrize("took_effect", [False, True], ids=["open", "converted"])
def test_a_call_whose_worker_and_message_are_gone_is_read_back_by_way_of_the_sweep(
    hasty: Acting, *, took_effect: bool
) -> None:
    """The index has it; convert reads the lead, and calls nothing."""
    lead_id = zylker_contact(hasty.sandbox)
    message = hasty.message_of(lead_id)
    click = click_of(lead_id)
    items = Conversions(table_of(hasty), now=clients.utc_now)
    held = items.begin(click, None, owner="dead", message_id="dead", lease_seconds=0)
    items.call(held, read_at=clients.utc_now() - timedelta(minutes=1))
    if took_effect:
        hasty.sandbox.crm.convert(lead_id)
    swept(hasty)
    assert state_of(hasty, lead_id) == ("CONVERTED" if took_effect else "UNKNOWN")
    assert hasty.sandbox.zoho.calls_for(lead_id, "convert") == []
    assert hasty.told(ADA)
    shown = hasty.now(message).text
    assert (f"<@{ADA}> converted" in shown) if took_effect else ("did not say" in shown)


def test_a_click_that_waited_for_half_an_hour_is_not_carried_out(hasty: Acting) -> None:
    """As after a stand-still of the function: the person is told, and clicks again if they still want it."""
    lead_id = zylker_contact(hasty.sandbox)
    hasty.message_of(lead_id)
    record = {
        "body": click_of(lead_id).to_json(),
        "messageId": "late",
        "receiptHandle": "late",
        "attributes": {
            "ApproximateReceiveCount": "1",
            "MessageGroupId": lead_id,
            "MessageDeduplicationId": "late",
            "SentTimestamp": str(int((clients.utc_now() - timedelta(minutes=31)).timestamp() * 1000)),
        },
    }
    app.wiring.convert.handle(record)
    assert hasty.sandbox.wait_until_idle()
    assert "waited too long" in " ".join(hasty.told(ADA))
    assert hasty.sandbox.zoho.calls_for(lead_id, "convert") == []


@pytest.mark.parametrize("meanwhile", ["dismissed", "checked again"])
def test_a_lead_on_which_something_was_decided_meanwhile_is_not_converted(hasty: Acting, meanwhile: str) -> None:
    """Both came through act in time; who wants it converted all the same looks at the message first."""
    lead_id = zylker_contact(hasty.sandbox)
    message = hasty.message_of(lead_id)
    click, queue = click_of(lead_id), Queue(clients.sqs(), hasty.sandbox.outputs["ConvertQueueUrl"])
    if meanwhile == "dismissed":
        who = Person(BO, SALES.id)
        queue.send(Message.of_click(replace(click, kind="dismiss", click_id="d" * 64, person=who, reason="Spam")))
    else:
        hasty.click(BO, message, "check_again")
        assert hasty.sandbox.wait_until_idle()
    queue.send(Message.of_click(click))
    assert hasty.sandbox.wait_until_idle()
    assert SENTENCES["decided_meanwhile"] in " ".join(hasty.told(ADA))
    assert hasty.sandbox.zoho.calls_for(lead_id, "convert") == []


def test_a_dismissal_that_died_is_told_as_one(hasty: Acting) -> None:
    """Nobody is sent to convert a lead that somebody wanted closed."""
    lead_id = zylker_contact(hasty.sandbox)
    hasty.message_of(lead_id)
    die(hasty, replace(click_of(lead_id), kind="dismiss", reason="Spam"))
    swept(hasty)
    (told,) = hasty.told(ADA)
    assert told.endswith(f"|Lead {lead_id}>: {NOT_DISMISSED}")
    assert alerts(hasty, lead_id) == []


def test_what_one_person_was_to_be_told_is_told_once_more_without_the_view(hasty: Acting) -> None:
    """Rendering or sending the view may be what crashed; a second death is for a person to look at."""
    notice = PersonNotice("n/refused", Person(ADA, SALES.id, "V0GONE"), "Nothing was converted.", '{"type": "modal"}')
    for _ in range(2):
        url = dead_letter_url(hasty.sandbox.outputs["SlackQueueUrl"])
        Queue(clients.sqs(), url).send(Message(notice.to_json(), group=notice.group, deduplication_id=clients.new_id()))
        swept(hasty)
        notice = replace(notice, view="")
    assert hasty.told(ADA) == ["Nothing was converted."]


@pytest.mark.parametrize("refusal", [faults.NO_PERMISSION, faults.INVALID_DATA], ids=["no permission", "deleted"])
def test_a_conversion_that_zoho_lets_nobody_read_back_ends_all_the_same(hasty: Acting, refusal: Answer) -> None:
    """The person is told that it is not clear, and the buttons are back; nothing stays "is converting"."""
    lead_id = zylker_contact(hasty.sandbox)
    message = hasty.message_of(lead_id)
    items, click = Conversions(table_of(hasty), now=clients.utc_now), click_of(lead_id)
    held = items.begin(click, None, owner="dead", message_id="dead", lease_seconds=0)
    items.call(held, read_at=clients.utc_now() - timedelta(minutes=1))
    hasty.sandbox.zoho.on("lead", refusal)
    swept(hasty)
    assert state_of(hasty, lead_id) == "UNKNOWN"
    assert hasty.told(ADA)
    assert "convert" in buttons(hasty.now(message))


def test_what_was_not_clear_is_not_written_over_a_later_dismissal(hasty: Acting) -> None:
    """A message that SQS repeats tells its end again, and undoes nothing."""
    lead_id = zylker_contact(hasty.sandbox)
    hasty.sandbox.zoho.on("convert", NO_ANSWER, times=1)
    message = converted(hasty, lead_id)
    hasty.click(BO, message, "dismiss")
    hasty.choose(BO, "reason", "spam")
    hasty.submit(BO)
    assert hasty.sandbox.wait_until_idle()
    item = item_of(hasty, lead_id)
    assert item
    assert item.click
    queue = Queue(clients.sqs(), hasty.sandbox.outputs["ConvertQueueUrl"])
    queue.send(Message.of_click(item.click, again="/repeated"))
    assert hasty.sandbox.wait_until_idle()
    assert f"<@{BO}> dismissed this lead" in hasty.now(message).text
