"""A call becomes lead events: authentication, event ids, trigger."""

from __future__ import annotations

import base64
import itertools
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from standardwebhooks import Webhook

from chalicelib.errors import CallRefused
from chalicelib.events import LeadEvent
from chalicelib.webhook import EVENT_NAMESPACE, Accepted, Refused, accept
from chalicelib.webhook.auth import Entry
from chalicelib.webhook.request import WebhookCall

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
KEY = "whsec_" + base64.b64encode(b"current-key-of-thirty-two-bytes!").decode()
ID, OTHER = "7110000000000204017", "7110000000000204025"
NOTIFICATION = {"module": "Leads", "ids": [ID, OTHER], "channel_id": "2002", "token": KEY, "operation": "update"}


def taken(headers: dict[str, str], fields: dict[str, object] | str) -> tuple[LeadEvent, ...]:
    body = fields if isinstance(fields, str) else json.dumps(fields)
    fresh = (f"fresh-{number}" for number in itertools.count())
    return events_of(WebhookCall(headers, body.encode()), fresh.__next__)


def events_of(call: WebhookCall, new_event_id: Callable[[], str] = lambda: "fresh") -> tuple[LeadEvent, ...]:
    result = accept(call, keys=[KEY], now=NOW, new_event_id=new_event_id)
    if isinstance(result, Refused):
        raise result.error
    return result.events


def signed_headers(body: str, message_id: str = "msg_1") -> dict[str, str]:
    signature = Webhook(KEY).sign(message_id, NOW, body)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": signature,
    }


def test_each_lead_gets_an_event_of_its_own() -> None:
    """With a key, each lead has a fresh event id and the time of the call."""
    assert taken({"x-leadmatch-key": KEY}, {"ids": [ID, OTHER]}) == (
        LeadEvent(ID, "fresh-0", NOW, "webhook"),
        LeadEvent(OTHER, "fresh-1", NOW, "webhook"),
    )


def test_a_signed_call_has_the_same_event_ids_when_it_is_repeated() -> None:
    """The id is a UUIDv5 of webhook-id and lead id, so a redelivery is the same event."""
    body = json.dumps({"ids": [ID, OTHER]})
    first, again = taken(signed_headers(body), body), taken(signed_headers(body), body)
    assert first == again
    assert [event.event_id for event in first] == [
        str(uuid.uuid5(EVENT_NAMESPACE, f"msg_1/{lead_id}")) for lead_id in (ID, OTHER)
    ]


def test_the_url_of_a_signed_call_names_no_lead() -> None:
    """The signature covers the body alone: whoever repeats a call could change the URL."""
    call = WebhookCall(signed_headers(json.dumps({"id": ID})), json.dumps({"id": ID}).encode(), [("lead_id", OTHER)])
    (event,) = events_of(call)
    assert event.lead_id == ID


@pytest.mark.parametrize(
    ("timestamp", "message"),
    [
        (str(int(NOW.timestamp()) * 1000), "webhook-timestamp must be in seconds"),
        ("", "webhook-timestamp must be in seconds"),
        ("2026-03-02T09:15:00Z", "webhook-timestamp must be in seconds"),
        (f"{NOW.timestamp():.3f}", "webhook-timestamp must be in seconds"),
        (str(int(NOW.timestamp()) - 301), "differs from our clock by more than 5 minutes"),
    ],
    ids=["milliseconds", "empty", "a date", "with a fraction", "old"],
)
def test_a_signed_call_whose_time_is_wrong_is_told_so(timestamp: str, message: str) -> None:
    """Deluge counts milliseconds; without a signature the time is nobody's business."""
    headers = signed_headers("id=1") | {"webhook-timestamp": timestamp}
    for shown, said in ((headers, True), ({"webhook-timestamp": timestamp}, False)):
        with pytest.raises(CallRefused) as caught:
            taken(shown, "id=1")
        assert (caught.value.status, message in str(caught.value)) == (401, said)


def test_another_webhook_id_is_another_event() -> None:
    """Only a repetition has the same id."""
    body = json.dumps({"id": ID})
    assert taken(signed_headers(body, "msg_1"), body) != taken(signed_headers(body, "msg_2"), body)


def test_a_webhook_id_that_is_not_signed_decides_nothing() -> None:
    """Whoever holds a key alone cannot choose event ids."""
    (event,) = taken({"x-leadmatch-key": KEY, "webhook-id": "msg_1"}, {"id": ID})
    assert event.event_id == "fresh-0"


def test_a_notification_is_known_by_its_channel() -> None:
    """Its token lets it in, and the trigger says what it was."""
    events = taken({}, NOTIFICATION)
    assert [(event.lead_id, event.trigger) for event in events] == [(ID, "notification"), (OTHER, "notification")]


@pytest.mark.parametrize(
    "fields",
    [
        {**NOTIFICATION, "token": "retired"},
        {"id": ID, "token": KEY},
        {"id": ID, "key": KEY},
        f"key={KEY}&lead_id={ID}",
        {"id": ID},
        "not json {",
        "",
        '{"broken": ',
    ],
)
def test_without_a_live_key_the_body_does_not_matter(fields: dict[str, object] | str) -> None:
    """A stranger learns nothing about the body: always 401."""
    for headers in ({}, {"x-leadmatch-key": "retired"}, {**signed_headers("another body")}):
        with pytest.raises(CallRefused) as caught:
            taken(headers, fields)
        assert (caught.value.reason, caught.value.status) == ("no_live_key", 401)


def test_a_notification_of_another_module_is_refused() -> None:
    """A channel that also watches contacts is told so."""
    with pytest.raises(CallRefused) as caught:
        taken({}, {**NOTIFICATION, "module": "Contacts"})
    assert caught.value.reason == "other_module"


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"operation": "DELETE"},
        {"operation": " Delete "},
        {"operation": "Leads.delete"},
        {"ids": []},
        {"ids": ["not an id"]},
        {"module": {"api_name": "Leads"}},
        {"operation": "deleted"},
        {"operation": ["delete"]},
        {"operation": ["Leads.delete", "deleted"]},
        {"operation": "LeadDeleted"},
        {"operation": "record_deleted"},
        {"operation": "\u00a0delete\u200b"},
        {"operation": "DELETES"},
    ],
    ids=repr,
)
def test_a_notification_of_a_deletion_names_no_lead(change: dict[str, object]) -> None:
    """A lead that is gone qualifies for nothing, so nobody is asked about it and nobody is told."""
    assert taken({}, {**NOTIFICATION, "operation": "delete", **change}) == ()


DELETION = json.dumps({"ids": [ID], "operation": "delete", "module": "Leads"})


@pytest.mark.parametrize(
    ("body", "query"),
    [
        (f"payload={quote(DELETION)}", {}),
        (f"data={DELETION}", {}),
        (json.dumps({"data": {"Ids": [ID], "Operation": "Delete"}}), {}),
        (json.dumps({"Ids": [ID], "Operation": "delete"}), {}),
        (json.dumps({"channelId": "1", "id": ID, "operation": "delete"}), {}),
        (json.dumps({"ids": [ID]}), {"operation": "delete"}),
        ("", {"ids": ID, "operation": "delete"}),
    ],
)
def test_a_deletion_is_known_wherever_it_stands(body: str, query: dict[str, str]) -> None:
    """In a form's field, in an object, in the URL, and with other capitals."""
    assert events_of(WebhookCall({"x-leadmatch-key": KEY}, body.encode(), list(query.items()), "DELETE")) == ()


@pytest.mark.parametrize("name", ["Module", "MODULE", "module_name", "Module Name"])
def test_a_deletion_of_another_module_is_refused_with_any_capitals(name: str) -> None:
    """A name's capitals decide nothing."""
    with pytest.raises(CallRefused) as caught:
        taken({}, {"ids": [ID], "token": KEY, "operation": "delete", name: "Contacts"})
    assert caught.value.reason == "other_module"


@pytest.mark.parametrize("module", ["Contacts", "Accounts", {"api_name": "Deals"}, "CustomModule1"], ids=str)
def test_a_deletion_in_another_module_is_refused(module: object) -> None:
    """The channel watches the wrong module, and whoever made it has to hear of that."""
    with pytest.raises(CallRefused) as caught:
        taken({}, {**NOTIFICATION, "operation": "delete", "module": module})
    assert (caught.value.reason, caught.value.status) == ("other_module", 400)


@pytest.mark.parametrize(
    "operation",
    ["insert", "update", "restore", "", None, ["delete", "update"], [], "undelete", "restore deleted", {"delete": 1}],
    ids=str,
)
def test_any_other_operation_names_its_leads(operation: object) -> None:
    """What is not known to be a deletion is asked about."""
    events = taken({}, {**NOTIFICATION, "operation": operation})
    assert [event.lead_id for event in events] == [ID, OTHER]


def test_a_workflow_webhook_may_have_a_field_of_that_name() -> None:
    """Its fields are the administrator's own."""
    (event,) = taken({"x-leadmatch-key": KEY}, {"id": ID, "operation": "delete"})
    assert (event.lead_id, event.trigger) == (ID, "webhook")


def test_a_call_of_the_operator_s_check_says_so() -> None:
    """Readers of the matches can leave its test lead out."""
    (event,) = taken({"x-leadmatch-key": KEY, "x-leadmatch-check": "yes"}, {"id": ID})
    assert event.trigger == "check"


def test_a_stranger_cannot_pass_for_a_check() -> None:
    """The header lets nobody in."""
    with pytest.raises(CallRefused, match="live webhook key"):
        taken({"x-leadmatch-check": "yes"}, {"id": ID})


@pytest.mark.parametrize("number", [0, 1], ids=["current", "previous"])
def test_how_a_call_was_let_in_is_told(number: int) -> None:
    """Which key it was and where it stood, also of a call that is refused for its body."""
    other = "whsec_" + base64.b64encode(b"another-key-of-thirty-two-bytes!").decode()
    keys = [KEY, other] if number == 0 else [other, KEY]
    body = json.dumps(NOTIFICATION)
    ways = {
        "header": WebhookCall({"x-leadmatch-key": KEY}, body.encode()),
        "url": WebhookCall({}, body.encode(), [("key", KEY)], "GET"),
        "signature": WebhookCall(signed_headers(body), body.encode()),
        "token": WebhookCall({}, body.encode()),
    }
    for where, call in ways.items():
        result = accept(call, keys=keys, now=NOW, new_event_id=lambda: "fresh")
        assert isinstance(result, Accepted)
        webhook_id = "msg_1" if where == "signature" else ""
        assert result.entry == Entry(where, ("current", "previous")[number], webhook_id)
    refused = accept(WebhookCall({"x-leadmatch-key": KEY}, b"{"), keys=keys, now=NOW, new_event_id=lambda: "fresh")
    assert isinstance(refused, Refused)
    assert refused.entry == Entry("header", ("current", "previous")[number])
