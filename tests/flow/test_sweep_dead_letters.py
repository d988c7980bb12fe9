"""A lead and a notice that die without a word, through real queues: the sweep tells of them, once."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import app
from chalicelib.aws.ledger_item import LedgerItem, UnknownOutcomes
from chalicelib.aws.queues import DeadLetters, InboxTurn, Message, Queue, dead_letter_url, quarantined
from chalicelib.events import LeadEvent, Notice
from chalicelib.steps.notify_plan import MAKE_ROOM_AFTER
from chalicelib.wiring import clients
from sandbox.system import OPERATOR, SALES, Sandbox
from tests.flow.leads import matches, messages, zylker_contact
from tests.waiting import wait_for

NUMBERS = itertools.count()


def die(sandbox: Sandbox, queue: str, body: str) -> None:
    """Put a message where SQS moves what was received too often, under an id of its own."""
    fields = json.loads(body)
    sandbox.aws.client("sqs").send_message(
        QueueUrl=dead_letter_url(sandbox.outputs[f"{queue}QueueUrl"]),
        MessageBody=body,
        MessageGroupId=fields.get("event", fields)["lead_id"],
        MessageDeduplicationId=clients.new_id(),
    )


def count(sandbox: Sandbox, queue: str) -> int:
    """Return how many dead letters there are, hidden ones too."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    url = dead_letter_url(sandbox.outputs[f"{queue}QueueUrl"])
    found = sandbox.aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)


def new_event(sandbox: Sandbox) -> LeadEvent:
    """Return an event of a lead that Zoho knows."""
    return LeadEvent(zylker_contact(sandbox), clients.new_id(), clients.utc_now(), "webhook")


def test_a_lead_that_died_is_told_as_not_checked(sandbox: Sandbox) -> None:
    """Sales people, other systems and the operator's redrive: each has it once, however often it is swept."""
    event = new_event(sandbox)
    before = count(sandbox, "Inbox")
    die(sandbox, "Inbox", event.to_json())
    assert [app.wiring.sweep().fields["died"], app.wiring.sweep().fields["died"]] == [1, 0]
    assert sandbox.wait_until_idle()
    (message,) = messages(sandbox, event.event_id)
    assert "NOT CHECKED: Our check failed" in message.text
    assert message.channel == SALES.id
    assert [match["data"]["verdict"]["reason"] for match in matches(sandbox, event.lead_id)] == ["check_broke_off"]
    assert count(sandbox, "Inbox") == before + 1


def test_no_number_of_copies_of_a_lead_hides_what_died_behind_them(sandbox: Sandbox) -> None:
    """A waiting lead that cannot be checked leaves a copy every four hours; SQS hides what stands behind ten of a group."""
    event, dead = new_event(sandbox), DeadLetters(clients.sqs(), dead_letter_url(sandbox.outputs["InboxQueueUrl"]))
    copies = [replace(event, event_id=f"copy-{number}", trigger="replay") for number in range(12)]
    dead.send_all([quarantined(Message.of_event(copy), reason="zoho_no_answer") for copy in copies])
    die(sandbox, "Inbox", event.to_json())
    assert app.wiring.sweep().fields["died"] == 1


def test_a_notice_that_died_reaches_its_own_channel(sandbox: Sandbox) -> None:
    """The worker died with the lease in its hand, or Slack was down for too long: it is told after all, and whole."""
    event = new_event(sandbox)
    before = count(sandbox, "Slack")
    _break_off(sandbox, event, rounds=0)
    (message,) = messages(sandbox, event.event_id)
    assert message.channel == SALES.id
    assert "could not be shown" not in message.text
    assert count(sandbox, "Slack") == before


def test_a_notice_that_broke_off_twice_reaches_the_operator(sandbox: Sandbox) -> None:
    """What was told again died with the lease in its hand too; the operator hears which lead it was."""
    event = new_event(sandbox)
    before = count(sandbox, "Slack")
    _break_off(sandbox, event, rounds=1)
    (message,) = messages(sandbox, event.event_id)
    assert message.channel == OPERATOR.id
    assert message.text.startswith(f"Lead {event.lead_id} was checked, but its summary could not be shown.")
    assert count(sandbox, "Slack") == before


def test_a_notice_that_slack_never_answered_clearly_makes_room_and_is_told_by_the_sweep(sandbox: Sandbox) -> None:
    """Through real queues: out of its channel's way at once, unmarked, and whole when the sweep brings it back."""
    event, before = new_event(sandbox), count(sandbox, "Slack")
    app.wiring.ledger.store_match(event, _match_text(event), turn=InboxTurn(event.accepted_at))
    held = app.wiring.ledger.claim(event.lead_id, owner="stumbled", lease_seconds=-60)
    assert isinstance(held, LedgerItem)
    app.wiring.ledger.note_unknown_outcomes(held, UnknownOutcomes(MAKE_ROOM_AFTER), lease_seconds=-60)
    notice = Notice(event, "verdict", 1, SALES.id)
    Queue(sandbox.aws.client("sqs"), sandbox.outputs["SlackQueueUrl"]).send(Message.of_notice(notice))
    assert sandbox.wait_until_idle()
    assert (messages(sandbox, event.event_id), count(sandbox, "Slack")) == ([], before + 1)
    wait_for(lambda: _lease_is_over(event))  # the sweep leaves it alone before
    assert app.wiring.sweep().fields["died"] == 1
    assert sandbox.wait_until_idle()
    (message,) = messages(sandbox, event.event_id)
    assert "could not be shown" not in message.text
    assert count(sandbox, "Slack") == before


def test_what_sqs_moves_by_itself_bears_no_mark_and_what_we_park_does(sandbox: Sandbox) -> None:
    """Twice received and never deleted, it lies beside a parked letter; a look gives both, each once, and hides them."""
    sqs, name = sandbox.aws.client("sqs"), f"died-{next(NUMBERS)}"
    fifo = {"FifoQueue": "true"}
    dead = sqs.create_queue(QueueName=f"{name}-dead.fifo", Attributes=fifo)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 2})
    live = sqs.create_queue(QueueName=f"{name}.fifo", Attributes=fifo | {"RedrivePolicy": redrive})["QueueUrl"]
    sqs.send_message(QueueUrl=live, MessageBody="crash", MessageGroupId="1", MessageDeduplicationId="e")
    for _ in range(3):
        sqs.receive_message(QueueUrl=live, VisibilityTimeout=0)
    letters = DeadLetters(clients.sqs(), dead)
    letters.send(quarantined(Message("given up", "2", "e"), reason="of_this_test"))
    assert {(one.body, one.is_quarantined) for one in letters.look(hidden_seconds=60)} == {
        ("crash", False),
        ("given up", True),
    }
    assert list(letters.look(hidden_seconds=60)) == []


def test_a_letter_that_is_removed_is_gone(sandbox: Sandbox) -> None:
    """And the ones beside it stay."""
    sqs = sandbox.aws.client("sqs")
    url = sqs.create_queue(QueueName=f"died-{next(NUMBERS)}.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    letters = DeadLetters(clients.sqs(), url)
    letters.send_all([Message(str(number), str(number), str(number)) for number in range(12)])
    seen = {letter.body: letter for letter in letters.look(hidden_seconds=60)}
    for letter in (letter for body, letter in seen.items() if body != "7"):
        letters.remove(letter)
    letters.release(list(seen.values()))
    kept = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=3)["Messages"]
    assert [message["Body"] for message in kept] == ["7"]


def _break_off(sandbox: Sandbox, event: LeadEvent, *, rounds: int) -> None:
    """Let a notice die in the middle of its last attempt, sweep, and wait for what comes of it."""
    app.wiring.ledger.store_match(event, _match_text(event), turn=InboxTurn(event.accepted_at))
    app.wiring.ledger.claim(event.lead_id, owner="died", lease_seconds=-60)
    die(sandbox, "Slack", Notice(event, "verdict", 1, SALES.id, rounds).to_json())
    assert app.wiring.sweep().fields["died"] == 1
    assert sandbox.wait_until_idle()


def _lease_is_over(event: LeadEvent) -> bool:
    item = app.wiring.ledger.read(event.lead_id)
    return item is not None and item.lease_until < clients.utc_now().timestamp()


def _match_text(event: LeadEvent) -> str:
    from chalicelib import match_event
    from chalicelib.match_event import Match
    from chalicelib.verdict import lead_not_found

    return match_event.write(Match(event, None, lead_not_found(event.lead_id), {}, clients.utc_now()), stage="sandbox")
