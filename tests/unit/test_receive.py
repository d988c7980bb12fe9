"""receive: 202 only once the inbox has every lead, 503 when it cannot, and answers that repeat nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from chalicelib.aws.queues import Message
from chalicelib.errors import AwsUnavailable, LeadmatchError, Misconfigured
from chalicelib.steps.receive import receive
from chalicelib.steps.reply import Reply

KEY = "key-of-the-tests"
ID, OTHER = "7110000000000204017", "7110000000000204025"
NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)


class Inbox:
    """Keeps what it is sent, or raises."""

    def __init__(self, error: LeadmatchError | None = None) -> None:
        self.error = error
        self.messages: list[Message] = []

    def send_all(self, messages: Sequence[Message]) -> None:
        """Keep them or raise."""
        if self.error:
            raise self.error
        self.messages += messages


def call(inbox: Inbox, body: object, *, key: str = KEY, keys: Callable[[], Sequence[str]] = lambda: [KEY]) -> Reply:
    numbers = iter(range(1000))
    return receive(
        {"headers": {"X-Leadmatch-Key": key}, "body": body if isinstance(body, str) else json.dumps(body)},
        keys=keys,
        inbox=inbox,
        now=lambda: NOW,
        new_event_id=lambda: f"event-{next(numbers)}",
    )


def unreadable_keys(error: LeadmatchError) -> Callable[[], Sequence[str]]:
    def keys() -> Sequence[str]:
        raise error

    return keys


def test_what_is_accepted_is_in_the_inbox() -> None:
    """Group is the lead, deduplication id the event, and the answer names both."""
    inbox = Inbox()
    reply = call(inbox, {"ids": [ID, OTHER]})
    accepted = [{"lead_id": ID, "event_id": "event-0"}, {"lead_id": OTHER, "event_id": "event-1"}]
    assert (reply.status, reply.body, reply.reason) == (202, {"accepted": accepted}, "accepted")
    assert (reply.leads, reply.about) == (2, {"leads": accepted})
    assert [(message.group, message.deduplication_id) for message in inbox.messages] == [
        (ID, "event-0"),
        (OTHER, "event-1"),
    ]
    assert json.loads(inbox.messages[0].body) == {
        "lead_id": ID,
        "event_id": "event-0",
        "accepted_at": "2026-03-02T09:15:00.000000Z",
        "trigger": "webhook",
    }


@pytest.mark.parametrize(
    "error",
    [
        AwsUnavailable("sqs answered Throttling", reason="sqs_throttling"),
        Misconfigured("no queue", reason="no_queue"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_inbox_that_fails_is_503(error: LeadmatchError) -> None:
    """Nothing is said accepted; the caller is told when to come back, as text."""
    reply = call(Inbox(error), {"id": ID})
    assert (reply.status, reply.headers, reply.leads) == (503, {"Retry-After": "60"}, 0)
    assert reply.reason == error.reason
    assert reply.body["error"]["reason"] == "try_again"


@pytest.mark.parametrize("kind", [AwsUnavailable, Misconfigured])
def test_keys_that_cannot_be_read_are_503(kind: type[AwsUnavailable | Misconfigured]) -> None:
    """Whether the key is live is not known, so it is neither 401 nor 202."""
    inbox = Inbox()
    reply = call(inbox, {"id": ID}, keys=unreadable_keys(kind("no", reason="secret_unreadable")))
    assert (reply.status, reply.reason, reply.headers["Retry-After"]) == (503, "secret_unreadable", "60")
    assert inbox.messages == []


def test_a_deletion_is_answered_202_and_queues_nothing() -> None:
    """Another answer would count as a failed call at Zoho's; the log says what it was."""
    inbox = Inbox()
    reply = call(inbox, {"ids": [ID], "operation": "delete", "channel_id": "7", "module": "Leads"})
    assert (reply.status, reply.body, reply.reason) == (202, {"accepted": []}, "leads_deleted")
    assert (reply.leads, reply.is_lost, inbox.messages) == (0, False, [])


def test_one_bad_id_keeps_all_out() -> None:
    """All are queued or none is."""
    inbox = Inbox()
    assert call(inbox, {"ids": [ID, "${Leads.Lead Id}"]}).status == 400
    assert inbox.messages == []


@pytest.mark.parametrize(
    ("body", "key", "status"),
    [
        ({"id": "Ines Secretperson"}, KEY, 400),
        ({"id": "${Leads.Secretperson}"}, KEY, 400),
        ('{"id": "Secretperson', KEY, 400),
        ({"id": ID, "module": "Secretperson"}, KEY, 400),
        ({"data": "Secretperson"}, KEY, 400),
        ("Secretperson" * 6000, KEY, 413),
        ({"id": ID}, "Secretperson", 401),
        ({"ids": [ID], "token": "Secretperson"}, "", 401),
    ],
)
def test_a_refusal_repeats_nothing(body: object, key: str, status: int) -> None:
    """Neither the body's values nor the key stand in the answer or in what is logged of it."""
    reply = call(Inbox(), body, key=key)
    told = json.dumps([reply.body, reply.reason, dict(reply.headers)])
    assert reply.status == status
    assert "Secretperson" not in told
    assert KEY not in told


@pytest.mark.parametrize(
    ("headers", "body", "is_lost"),
    [
        ({"X-Leadmatch-Key": "retired"}, {"id": ID}, True),
        ({"Webhook-Signature": "v1,AAAA"}, {"id": ID}, True),
        ({}, {"ids": [ID], "token": "retired"}, True),
        ({"X-Leadmatch-Key": KEY}, {"id": "${Leads.Lead Id}"}, True),
        ({"X-Leadmatch-Key": KEY}, "", True),
        ({}, {"ids": ["x"], "token": KEY}, True),
        ({}, {"id": ID}, False),
        ({}, "not json {", False),
        ({}, {"token": "a scanner's"}, False),
        ({"X-Leadmatch-Key": KEY, "X-Leadmatch-Check": "yes"}, {}, False),
        ({"X-Leadmatch-Key": KEY}, {"id": ID}, False),
    ],
)
def test_a_refusal_of_whoever_shows_a_key_is_a_loss(headers: dict[str, str], body: object, *, is_lost: bool) -> None:
    """A wrong key or body in Zoho loses every lead; a scanner and the operator's check lose nothing."""
    text = body if isinstance(body, str) else json.dumps(body)
    reply = receive(
        {"headers": headers, "body": text}, keys=lambda: [KEY], inbox=Inbox(), now=lambda: NOW, new_event_id=lambda: "e"
    )
    assert reply.is_lost == is_lost


def test_which_of_two_keys_let_a_call_in_is_known() -> None:
    """So that an operator sees when the previous one is used no more; with one key there is nothing to tell."""
    both = [KEY, "the-previous-key"]
    assert call(Inbox(), {"id": ID}, keys=lambda: both).about["key"] == "current"
    assert call(Inbox(), {"id": ID}, key="the-previous-key", keys=lambda: both).about["key"] == "previous"
    assert (
        call(Inbox(), {"ids": [ID], "token": "the-previous-key"}, key="", keys=lambda: both).about["key"] == "previous"
    )
    assert "key" not in call(Inbox(), {"id": ID}).about


def test_unavailable_says_nothing_of_the_cause() -> None:
    """What failed inside is for the log, and there only as a word."""
    reply = call(Inbox(AwsUnavailable("queue url https://sqs.example/123", reason="sqs_timeout")), {"id": ID})
    assert "sqs" not in json.dumps(reply.body)
