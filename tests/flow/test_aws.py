"""The adapters to AWS against moto's server: queues, secrets, the waiting leads."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.aws.ledger import Ledger
from chalicelib.aws.queues import InboxTurn, Message, Queue, dead_letter_url
from chalicelib.aws.secrets import CredentialsSecret, ZohoClientSecret, ZohoTokenSecret
from chalicelib.aws.zoho_health import ZohoHealth
from chalicelib.errors import AwsUnavailable, Misconfigured, OutOfOrder, Superseded
from chalicelib.events import LeadEvent
from chalicelib.steps.sweep import sweep
from chalicelib.wiring import clients
from sandbox.system import Sandbox
from tests.flow.leads import take_all

NUMBERS = itertools.count()


@pytest.fixture
def queue_url(sandbox: Sandbox) -> str:
    return make_queue(sandbox)


def make_queue(sandbox: Sandbox, **attributes: str) -> str:
    """Make a queue; return its URL."""
    name = f"test-{next(NUMBERS)}.fifo"
    made = sandbox.aws.client("sqs").create_queue(QueueName=name, Attributes={"FifoQueue": "true"} | attributes)
    return str(made["QueueUrl"])


def test_a_hundred_messages_go_ten_a_call(sandbox: Sandbox, queue_url: str) -> None:
    """All of them arrive, in ten calls."""
    sandbox.aws.calls.clear()
    texts = [str(number) for number in range(100)]
    Queue(clients.sqs(), queue_url).send_all([Message(text, "g", text) for text in texts])
    assert [call.action for call in sandbox.aws.calls] == ["sqs:SendMessage"] * 10
    assert take_all(sandbox, queue_url) == texts


@pytest.mark.parametrize(("scope", "taken"), [("messageGroup", ["elsewhere"]), ("queue", [])])
def test_a_repeat_within_five_minutes_is_dropped_even_after_the_message_is_gone(
    sandbox: Sandbox, scope: str, taken: list[str]
) -> None:
    """SQS remembers an id in its group with `DeduplicationScope: messageGroup`, as the stage's queues have it, else in the queue."""
    limit = {"messageGroup": "perMessageGroupId", "queue": "perQueue"}[scope]
    url = make_queue(sandbox, DeduplicationScope=scope, FifoThroughputLimit=limit)
    queue = Queue(clients.sqs(), url)
    queue.send(Message("first", "g", "same"))
    assert take_all(sandbox, url) == ["first"]
    queue.send(Message("again", "g", "same"))
    queue.send(Message("elsewhere", "other-group", "same"))
    assert take_all(sandbox, url) == taken


def test_a_missing_queue_is_unavailable_with_aws_s_own_word(sandbox: Sandbox) -> None:
    """The reason names the service and the code, and nothing that was sent."""
    queue = Queue(clients.sqs(), f"{sandbox.aws.url}/123456789012/none.fifo")
    with pytest.raises(AwsUnavailable) as error:
        queue.send(Message("ada@zylker.example", "g", "d"))
    assert error.value.reason.startswith("sqs_")
    assert "ada" not in str(error.value)


def test_an_unreachable_aws_is_unavailable(sandbox: Sandbox) -> None:
    """No connection is a Retryable, not a crash."""
    import boto3
    from botocore.config import Config

    config = Config(connect_timeout=0.2, retries={"total_max_attempts": 1})
    sqs = boto3.client("sqs", endpoint_url="http://127.0.0.1:9", config=config)
    with pytest.raises(AwsUnavailable) as error:
        Queue(sqs, sandbox.outputs["InboxQueueUrl"]).send(Message("b", "g", "d"))
    assert error.value.reason == "sqs_endpoint_connection_error"


def test_a_dead_letter_queue_has_its_queue_s_name() -> None:
    """The convention of the template, written once."""
    url = "https://sqs.us-east-1.amazonaws.com/1/leadmatch-dev-inbox.fifo"
    assert dead_letter_url(url) == "https://sqs.us-east-1.amazonaws.com/1/leadmatch-dev-inbox-dead.fifo"


def test_a_retired_key_dies_within_a_minute(sandbox: Sandbox) -> None:
    """The secret is kept for sixty seconds and not longer."""
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    secrets, name = sandbox.aws.client("secretsmanager"), f"test/{next(NUMBERS)}"
    secrets.create_secret(Name=name, SecretString=json.dumps({"webhook_keys": ["old"]}))
    secret = CredentialsSecret(clients.secretsmanager(), name, now=lambda: now[0])
    assert secret.read().webhook_keys == ("old",)
    secrets.put_secret_value(SecretId=name, SecretString=json.dumps({"webhook_keys": ["new", "", 3]}))
    now[0] += timedelta(seconds=59)
    assert secret.read().webhook_keys == ("old",)
    now[0] += timedelta(seconds=1)
    assert secret.read().webhook_keys == ("new",)


@pytest.mark.parametrize("text", ["not json", "[]", '"text"'])
def test_a_secret_that_is_no_object_is_a_misconfiguration(sandbox: Sandbox, text: str) -> None:
    """Nothing of it is repeated."""
    name = f"test/{next(NUMBERS)}"
    sandbox.aws.client("secretsmanager").create_secret(Name=name, SecretString=text)
    secret = CredentialsSecret(clients.secretsmanager(), name, now=clients.utc_now)
    with pytest.raises(Misconfigured):
        secret.read()


@pytest.mark.moto_only("MiniStack gives a secret without a value a version")
def test_a_token_secret_may_have_no_value_yet(sandbox: Sandbox) -> None:
    """The template makes it empty; the first refresh fills it."""
    name = f"test/{next(NUMBERS)}"
    sandbox.aws.client("secretsmanager").create_secret(Name=name)
    secret = ZohoTokenSecret(clients.secretsmanager(), name)
    assert secret.read() == (None, "none")
    version = secret.write({"access_token": "t"})
    assert secret.read() == ({"access_token": "t"}, version)


def test_zoho_s_client_is_read_anew_each_time(sandbox: Sandbox) -> None:
    """New credentials are tried at once; what is no object with texts is empty."""
    secrets, name = sandbox.aws.client("secretsmanager"), f"test/{next(NUMBERS)}"
    secrets.create_secret(Name=name, SecretString="not json")
    secret = ZohoClientSecret(clients.secretsmanager(), name)
    assert secret.read() == {}
    secrets.put_secret_value(SecretId=name, SecretString=json.dumps({"client_id": "1000.NEW", "client_secret": 3}))
    assert secret.read() == {"client_id": "1000.NEW"}


def test_a_token_written_twice_is_one_version(sandbox: Sandbox) -> None:
    """A write whose answer was lost is made again; a day has a hundred versions, so the second one is none."""
    name = f"test/{next(NUMBERS)}"
    sandbox.aws.client("secretsmanager").create_secret(Name=name)
    secret, versions = ZohoTokenSecret(clients.secretsmanager(), name), []
    for value in ("t", "t", "u"):
        secret.write({"access_token": value})
        versions.append(secret.read()[1])
    assert versions[0] == versions[1] != versions[2]


class NoBanner:
    """There is no outage to look after."""

    def look_after(self, state: ZohoHealth) -> None:
        """Say nothing."""


class Waiting:
    """A ledger whose clock the test moves, and an inbox of its own."""

    def __init__(self, sandbox: Sandbox, inbox_url: str) -> None:
        self.now = datetime(2031, 1, 1, tzinfo=UTC) + timedelta(days=next(NUMBERS))
        self.ledger = Ledger(sandbox.aws.table(sandbox.outputs["TableName"]), now=lambda: self.now)
        self.sandbox, self.inbox_url = sandbox, inbox_url

    def sweep(self) -> list[str]:
        """Sweep; return the leads that were queued."""
        inbox = Queue(clients.sqs(), self.inbox_url)
        sweep(
            ledger=self.ledger,
            inbox=inbox,
            banner=NoBanner(),
            state=ZohoHealth(),
            credits_floor=0,
            now=lambda: self.now,
            new_event_id=clients.new_id,
        )
        return [json.loads(body)["lead_id"] for body in take_all(self.sandbox, self.inbox_url)]


def turn(event: LeadEvent) -> InboxTurn:
    """Return the turn of an event that the inbox took and gave out when it was accepted."""
    return InboxTurn(event.accepted_at, event.accepted_at)


def test_a_waiting_lead_is_swept_when_it_is_due_and_not_twice(sandbox: Sandbox, queue_url: str) -> None:
    """Four hours later it comes back as an event of its own; the next sweep leaves it alone."""
    waiting = Waiting(sandbox, queue_url)
    event = LeadEvent(str(2 * 10**18), "first", waiting.now, "webhook")
    waiting.ledger.store_match(event, "{}", turn=turn(event), due_at=waiting.now + timedelta(hours=4))
    assert waiting.sweep() == []
    waiting.now += timedelta(hours=4)
    assert waiting.sweep() == [event.lead_id]
    assert waiting.sweep() == []


@pytest.mark.parametrize("hours_ahead", [2, 5, 30])
def test_a_recheck_that_a_wrong_clock_put_off_is_swept(sandbox: Sandbox, queue_url: str, hours_ahead: int) -> None:
    """No right clock writes a time further ahead than a recheck, so the lead is checked now rather than days later."""
    waiting = Waiting(sandbox, queue_url)
    event = LeadEvent(str(2 * 10**18 + 6), "first", waiting.now, "webhook")
    waiting.ledger.store_match(event, "{}", turn=turn(event), due_at=waiting.now + timedelta(hours=4 + hours_ahead))
    assert waiting.sweep() == [event.lead_id]
    assert waiting.sweep() == []
    waiting.now += timedelta(hours=4)
    assert waiting.sweep() == [event.lead_id]


def test_a_lead_that_no_longer_waits_is_not_swept(sandbox: Sandbox, queue_url: str) -> None:
    """A verdict that is not `wait` takes the lead off the list."""
    waiting = Waiting(sandbox, queue_url)
    first = LeadEvent(str(2 * 10**18 + 1), "first", waiting.now, "webhook")
    waiting.ledger.store_match(first, "{}", turn=turn(first), due_at=waiting.now)
    second = LeadEvent(first.lead_id, "second", waiting.now + timedelta(seconds=1), "webhook")
    waiting.ledger.store_match(second, "{}", turn=turn(second))
    waiting.now += timedelta(hours=5)
    assert waiting.sweep() == []


def test_a_waiting_lead_that_could_not_be_checked_stays_due(sandbox: Sandbox, queue_url: str) -> None:
    """Whoever asked this time, and its item says so; a lead that never waited does not begin to."""
    waiting = Waiting(sandbox, queue_url)
    first = LeadEvent(str(2 * 10**18 + 4), "first", waiting.now, "webhook")
    waiting.ledger.store_match(first, "{}", turn=turn(first), due_at=waiting.now + timedelta(hours=4))
    for lead_id in (first.lead_id, str(2 * 10**18 + 5)):
        second = LeadEvent(lead_id, "second", waiting.now + timedelta(seconds=1), "webhook")
        item = waiting.ledger.store_match(second, "{}", turn=turn(second), keep_due=True)
        assert bool(item.due_at) == (lead_id == first.lead_id)
    waiting.now += timedelta(hours=4)
    assert waiting.sweep() == [first.lead_id]


def test_an_older_event_cannot_overwrite_a_newer_one(sandbox: Sandbox, queue_url: str) -> None:
    """The ledger keeps the order of the inbox."""
    waiting = Waiting(sandbox, queue_url)
    new = LeadEvent(str(2 * 10**18 + 2), "new", waiting.now, "webhook")
    waiting.ledger.store_match(new, "{}", turn=turn(new))
    old = LeadEvent(new.lead_id, "old", waiting.now - timedelta(minutes=1), "replay")
    with pytest.raises(Superseded):
        waiting.ledger.store_match(old, "{}", turn=turn(old))


@pytest.mark.parametrize("ahead", [2, 120, 3600, 86_400, -2, -120, -3600, -86_400])
def test_the_inbox_says_which_event_is_newer_whatever_the_clock_of_whoever_accepted_it(
    sandbox: Sandbox, queue_url: str, ahead: float
) -> None:
    """The first machine's clock was wrong by so many seconds; the lead qualifies again a second later."""
    waiting = Waiting(sandbox, queue_url)
    lead_id, sent_at = str(4 * 10**18 + 200_000 + round(ahead)), waiting.now
    first = LeadEvent(lead_id, "first", sent_at + timedelta(seconds=ahead), "webhook")
    second = LeadEvent(lead_id, "second", sent_at + timedelta(seconds=1), "webhook")
    waiting.ledger.store_match(first, '"1"', turn=InboxTurn(sent_at, sent_at))
    stored = waiting.ledger.store_match(
        second,
        '"2"',
        turn=InboxTurn(sent_at + timedelta(seconds=1), sent_at + timedelta(seconds=1)),
        earlier=("first",),
    )
    assert (stored.event_id, stored.match, stored.revision) == ("second", '"2"', 2)
    with pytest.raises(Superseded) as repeated:  # a worker that was long dead
        waiting.ledger.store_match(
            first, '"1"', turn=InboxTurn(sent_at + timedelta(days=1), sent_at + timedelta(days=1))
        )
    assert repeated.value.reason == "repeated"
    with pytest.raises(OutOfOrder):
        waiting.ledger.store_match(replace(second, event_id="unknown"), '"3"', turn=InboxTurn(sent_at, sent_at))


@pytest.mark.parametrize("ahead", [5 * 3600, -5 * 3600, 120, -120, 3 * 86_400])
def test_what_died_is_ordered_by_when_its_turn_was_over(sandbox: Sandbox, queue_url: str, ahead: float) -> None:
    """It is newer than what was given out before that, and older than what was given out then, whatever the receiver's clock."""
    waiting = Waiting(sandbox, queue_url)
    lead_id, began = str(4 * 10**18 + 400_000 + round(ahead)), waiting.now
    first, died, last, late = (
        LeadEvent(lead_id, name, began + timedelta(seconds=wrong), "webhook")
        for name, wrong in (("first", 0), ("died", ahead), ("last", 1), ("late", ahead))
    )
    over = began + timedelta(hours=2)
    waiting.ledger.store_match(first, "{}", turn=InboxTurn(began, began))
    assert waiting.ledger.store_match(died, "{}", turn=InboxTurn(over)).event_id == "died"
    behind = InboxTurn(over + timedelta(seconds=1), sent_at=began + timedelta(seconds=1))
    assert waiting.ledger.store_match(last, "{}", turn=behind).event_id == "last"
    with pytest.raises(OutOfOrder):
        waiting.ledger.store_match(late, "{}", turn=InboxTurn(over))


def test_events_of_one_moment_and_what_comes_after_a_dead_letter_are_taken_as_they_come(
    sandbox: Sandbox, queue_url: str
) -> None:
    """SQS tells milliseconds, and does not tell when the inbox took a dead letter, whose receiver's clock may have been ahead."""
    waiting = Waiting(sandbox, queue_url)
    lead_id = str(4 * 10**18 + 300_001)
    died = LeadEvent(lead_id, "z-died", waiting.now + timedelta(hours=5), "webhook")
    waiting.ledger.store_match(died, "{}", turn=InboxTurn(waiting.now))
    for event_id in ("b", "a"):
        event = LeadEvent(lead_id, event_id, waiting.now, "webhook")
        assert waiting.ledger.store_match(event, "{}", turn=InboxTurn(waiting.now, waiting.now)).event_id == event_id


def test_the_same_event_keeps_its_first_match_and_revision(sandbox: Sandbox, queue_url: str) -> None:
    """A write that landed although its answer was lost is recognised."""
    waiting = Waiting(sandbox, queue_url)
    event = LeadEvent(str(2 * 10**18 + 3), "one", waiting.now, "webhook")
    first = waiting.ledger.store_match(event, '"a"', turn=turn(event))
    again = waiting.ledger.store_match(event, '"b"', turn=turn(event))
    assert (again.match, again.revision) == (first.match, first.revision) == ('"a"', 1)
