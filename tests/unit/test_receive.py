"""receive: 202 only once the inbox has every lead, 503 when it cannot, and answers that repeat nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from chalicelib.aws.queues import Message
from chalicelib.errors import AwsUnavailable, LeadmatchError, Misconfigured
from chalicelib.steps.receive import receive
from chalicelib.steps.results import HttpReply

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


def call(inbox: Inbox, body: object, *, key: str = KEY, keys: Callable[[], Sequence[str]] = lambda: [KEY]) -> HttpReply:
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


LARGE = "x" * 70_000
CHECK = {"X-Leadmatch-Check": "1"}
LIVE = {"X-Leadmatch-Key": KEY}


def request(
    method: str = "POST", *, headers: dict[str, str] | None = None, body: object = "", query: object = None
) -> HttpReply:
    """Answer a call of any method, with URL parameters as API Gateway hands them over."""
    pairs = query.items() if isinstance(query, dict) else query or ()
    several: dict[str, list[str]] = {}
    for name, value in pairs:
        several.setdefault(name, []).append(value)
    event = {
        "httpMethod": method,
        "headers": headers or {},
        "body": body if isinstance(body, str) else json.dumps(body),
        "queryStringParameters": {name: values[-1] for name, values in several.items()} or None,
        "multiValueQueryStringParameters": several or None,
    }
    return receive(event, keys=lambda: [KEY], inbox=Inbox(), now=lambda: NOW, new_event_id=lambda: "e")


@pytest.mark.parametrize(
    ("headers", "body", "missed"),
    [
        ({"X-Leadmatch-Key": "retired"}, {"id": ID}, "wrong key"),
        ({"X-Leadmatch-Key": "retired"}, LARGE, "wrong key"),
        ({"X-Leadmatch-Key": "retired", **CHECK}, {"id": ID}, "wrong key"),
        ({"X-Leadmatch-Key": "retired", **CHECK}, {}, "wrong key"),
        ({"Webhook-Signature": "v1,AAAA"}, {"id": ID}, "wrong key"),
        ({}, {"ids": [ID], "token": "retired"}, "wrong key"),
        (LIVE, {"id": "${Leads.Lead Id}"}, "lost"),
        (LIVE, "", "lost"),
        (LIVE, LARGE, "lost"),
        ({}, {"ids": ["x"], "token": KEY}, "lost"),
        ({}, {"id": ID}, "wrong key"),
        ({}, f"lead_id={ID}", "wrong key"),
        ({}, {"payload": json.dumps({"lead_id": ID})}, "wrong key"),
        ({}, {"event": {"lead_id": ID}}, "wrong key"),
        ({}, {"ids": [ID]}, "wrong key"),
        ({}, f"ids[]={ID}&ids[]={OTHER}", "wrong key"),
        ({}, {"lead_id": "${Leads.Lead Id}"}, "wrong key"),
        ({}, ID, "wrong key"),
        (CHECK, {"id": ID}, "wrong key"),
        ({}, f"key={KEY}&lead_id={ID}", "wrong key"),
        ({}, f"key={KEY}", "wrong key"),
        ({}, {"X-Leadmatch-Key": KEY}, "wrong key"),
        ({}, {"data": {"Key": "retired"}}, "wrong key"),
        ({}, {"token": KEY, "lead_id": ID}, "wrong key"),
        ({}, LARGE, ""),
        ({}, "not json {", ""),
        ({}, {"lead_id": ""}, ""),
        ({}, {"ids": []}, ""),
        ({}, {"key": ""}, ""),
        ({}, {"owner": {"id": "5"}}, ""),
        ({}, "user=admin&password=x&submit=1", ""),
        ({}, "", ""),
        ({}, {"token": "a scanner's"}, ""),
        (CHECK, {}, ""),
        (LIVE | CHECK, {}, ""),
        (LIVE | CHECK, {"id": "x"}, ""),
        (LIVE, {"id": ID}, ""),
    ],
)
def test_a_refusal_with_a_live_key_is_a_loss_and_a_wrong_key_is_told_apart(
    headers: dict[str, str], body: object, missed: str
) -> None:
    """A stranger makes no call a lost one, nor hides one as the operator's check; who shows no key and names no lead is a scanner."""
    reply = request(headers=headers, body=body)
    assert (reply.is_lost, reply.has_wrong_key) == (missed == "lost", missed == "wrong key")


def test_base64_that_is_none_is_a_loss_with_a_live_key() -> None:
    """It is no 500, and who sent it is known."""
    event = {"headers": LIVE, "body": "not base64!", "isBase64Encoded": True}
    reply = receive(event, keys=lambda: [KEY], inbox=Inbox(), now=lambda: NOW, new_event_id=lambda: "e")
    assert (reply.status, reply.reason, reply.is_lost) == (400, "bad_base64", True)


TAKEN: dict[str, dict[str, Any]] = {
    "POST": {"headers": LIVE, "body": {"lead_id": ID}},
    "POST with the id in the URL": {"headers": LIVE, "query": {"lead_id": ID}},
    "POST with the id in both": {"headers": LIVE, "query": {"lead_id": ID}, "body": {"id": ID}},
    "POST with the id in the URL and a broken body": {
        "headers": LIVE,
        "query": {"lead_id": ID},
        "body": '{"n": "a"b"}',
    },
    "PUT": {"method": "PUT", "headers": LIVE, "body": f"lead_id={ID}"},
    "PUT with the id in the URL": {"method": "PUT", "headers": LIVE, "query": {"Lead Id": ID}},
    "DELETE": {"method": "DELETE", "headers": LIVE, "query": {"LEAD_ID": ID}},
    "GET": {"method": "GET", "query": {"key": KEY, "lead_id": ID}},
    "GET with a header": {"method": "GET", "headers": LIVE, "query": {"lead_id": ID}},
    "GET with other parameters": {"method": "GET", "query": {"KEY": KEY, "lead-id": ID, "name": "Okafor"}},
    "POST with an object in the URL": {"headers": LIVE, "query": {"payload": json.dumps({"lead_id": ID})}},
    "POST with an object in the URL and a broken body": {
        "headers": LIVE,
        "query": {"lead[id]": ID},
        "body": '{"n": "a"b"}',
    },
    "POST with nothing but the id": {"headers": LIVE, "body": ID},
    "GET with a blank behind the key": {"method": "GET", "query": {"key": f"{KEY}\u00a0 ", "id": ID}},
    "GET with the id twice": {"method": "GET", "query": [("key", KEY), ("id", ID), ("lead_id", ID)]},
}


@pytest.mark.parametrize("given", TAKEN.values(), ids=TAKEN)
def test_each_method_of_zoho_s_form_is_taken(given: dict[str, Any]) -> None:
    """The id may stand in the URL with any of them; the key only where no header can be sent."""
    reply = request(**given)
    assert (reply.status, reply.leads) == (202, 1), reply.body
    assert reply.about["leads"][0]["lead_id"] == ID
    assert (reply.about.get("key_in") == "url") == (not given.get("headers"))


HELD_TEXT = json.dumps({"lead_id": ID, "Lead_Status": "Qualified"})
PART = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n--b--\r\n'
BODIES = {
    "JSON in a form's field": f"payload={quote(HELD_TEXT)}&source=workflow",
    "JSON in a form's field, not encoded": f"data={HELD_TEXT}",
    "JSON in a field of multipart": PART.format("Lead", HELD_TEXT),
    "JSON encoded twice in a form's field": f"json={quote(json.dumps(HELD_TEXT))}",
    "JSON with a byte-order mark in a form's field": f"payload=%EF%BB%BF{quote(HELD_TEXT)}",
    "JSON as a form's only name": quote(HELD_TEXT) + "=",
    "JSON encoded twice": json.dumps(HELD_TEXT),
    "JSON with a byte-order mark": "\ufeff" + HELD_TEXT,
    "JSON with raw line breaks": f'{{"note": "a\r\nb\tc", "LEAD_ID": {ID}}}',
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "base64"])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_json_is_read_wherever_people_put_it(body: str, *, packed: bool) -> None:
    """With any Content-Type, packed by API Gateway or not."""
    sent = base64.b64encode(body.encode()).decode() if packed else body
    event = {"httpMethod": "POST", "headers": LIVE, "body": sent, "isBase64Encoded": packed}
    reply = receive(event, keys=lambda: [KEY], inbox=Inbox(), now=lambda: NOW, new_event_id=lambda: "e")
    assert (reply.status, reply.about.get("leads")) == (202, [{"lead_id": ID, "event_id": "e"}]), reply.body


def test_several_leads_may_stand_in_the_url() -> None:
    """Like in a form."""
    for query in ([("ids", ID), ("ids", OTHER)], {"ids": f"{ID},{OTHER}"}):
        assert request("DELETE", headers=LIVE, query=query).leads == 2


REFUSED: dict[str, tuple[dict[str, Any], int, str, str]] = {
    "GET without a key": ({"method": "GET", "query": {"lead_id": ID}}, 401, "no_live_key", "wrong key"),
    "GET with a wrong key": ({"method": "GET", "query": {"key": "old", "lead_id": ID}}, 401, "no_live_key", "wrong key"),
    "GET with two keys": ({"method": "GET", "query": [("key", "old"), ("key", KEY), ("id", ID)]}, 401, "no_live_key", "wrong key"),
    "GET of a scanner": ({"method": "GET", "query": {"q": "1"}}, 401, "no_live_key", ""),
    "GET with a key and no lead": ({"method": "GET", "query": {"key": KEY}}, 400, "no_lead_id", "lost"),
    "GET with a typed merge field": ({"method": "GET", "query": {"key": KEY, "id": "${Leads.Lead Id}"}}, 400, "unresolved_merge_field", "lost"),
    "POST with the key in the URL": ({"query": {"key": KEY, "lead_id": ID}}, 401, "no_live_key", "wrong key"),
    "PUT with the key in the URL": ({"method": "PUT", "query": {"key": KEY}, "body": {"id": ID}}, 401, "no_live_key", "wrong key"),
    "DELETE with the key in the URL": ({"method": "DELETE", "query": {"key": KEY, "lead_id": ID}}, 401, "no_live_key", "wrong key"),
    "a Notification's token in the URL": ({"query": {"token": KEY, "ids": ID}}, 401, "no_live_key", "wrong key"),
    "DELETE without a lead": ({"method": "DELETE", "headers": LIVE}, 400, "no_lead_id", "lost"),
    "POST with nothing": ({"headers": LIVE, "query": {"a": "1"}}, 400, "no_body", "lost"),
    "two leads in URL and body": ({"headers": LIVE, "query": {"lead_id": ID}, "body": {"id": OTHER}}, 400, "different_ids", "lost"),
    "two leads in the URL": ({"method": "GET", "query": [("key", KEY), ("id", ID), ("id", OTHER)]}, 400, "different_ids", "lost"),
    "two leads in the body": ({"headers": LIVE, "body": f'{{"lead_id": "{ID}", "lead_id": "{OTHER}"}}'}, 400, "different_ids", "lost"),
}  # fmt: skip


@pytest.mark.parametrize(("given", "status", "reason", "missed"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_of_any_method_says_why(given: dict[str, Any], status: int, reason: str, missed: str) -> None:
    """Who names a lead in the URL without a key is counted too: Zoho drops the headers when a webhook becomes a GET."""
    reply = request(**given)
    assert (reply.status, reply.reason) == (status, reason)
    assert (reply.is_lost, reply.has_wrong_key) == (missed == "lost", missed == "wrong key")
    assert KEY not in json.dumps([reply.body, reply.about])


@pytest.mark.parametrize("key", [KEY, "old"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_key_in_the_wrong_place_is_told_so_good_or_not(method: str, key: str) -> None:
    """Nobody learns by it whether a key is live."""
    message = request(method, query={"key": key, "lead_id": ID}).body["error"]["message"]
    assert f"With {method} a key in the URL does not count" in message


@pytest.mark.parametrize("key", [KEY, "old"])
@pytest.mark.parametrize("name", ["key", "Key", "token", "X-Leadmatch-Key", "leadmatch_key"])
@pytest.mark.parametrize("pack", [urlencode, json.dumps], ids=["form", "JSON"])
def test_a_key_in_the_body_is_told_so_good_or_not(pack: Callable[[object], str], name: str, key: str) -> None:
    """Among the body's parameters it counts for nothing, and the answer says where it goes."""
    reply = request(body=pack({name: key, "lead_id": ID}))
    message = reply.body["error"]["message"]
    assert reply.status == 401
    assert "A key in the body does not count: put it into the header X-Leadmatch-Key" in message
    assert KEY not in json.dumps([reply.body, reply.about])


def test_a_retired_token_of_a_notification_is_in_its_place() -> None:
    """Its place is the body."""
    message = request(body={"ids": [ID], "token": "old"}).body["error"]["message"]
    assert "in the body does not count" not in message


def test_a_plus_of_a_key_survives_the_url() -> None:
    """Typed into the URL by hand it is not percent-encoded, and arrives as a blank."""
    key = "whsec_ab+cd/ef+=="
    event = {"httpMethod": "GET", "queryStringParameters": {"key": key.replace("+", " "), "id": ID}}
    reply = receive(event, keys=lambda: [key], inbox=Inbox(), now=lambda: NOW, new_event_id=lambda: "e")
    assert reply.status == 202


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
