"""Whatever API Gateway may pass on, receive answers; without a live key nothing reaches the inbox."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.aws.queues import Message
from chalicelib.errors import AwsUnavailable
from chalicelib.steps.receive import receive
from chalicelib.steps.results import HttpReply

KEY = "key-of-the-tests"
ANY_TEXT = st.text(st.characters(exclude_categories=()))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=8,
)
IDS = st.from_regex(r"\A[0-9]{1,20}\Z") | JSON
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "id": IDS,
        "lead_id": IDS,
        "ids": st.lists(IDS, max_size=4) | JSON,
        "module": st.just("Leads") | JSON,
        "token": st.just("key-of-nobody") | JSON,
        "channel_id": JSON,
        "data": JSON,
    },
)
PART_HEADS = st.sampled_from(
    [
        b'Content-Disposition: form-data; name="lead_id"',
        b"Content-Disposition: form-data; name*0*=utf-8''lead; name*1=_id",
        b"Content-Type: multipart/mixed; boundary=b1",
        b"Content-Transfer-Encoding: x-uuencode",
        b"",
    ]
)
MULTIPART = st.lists(st.tuples(PART_HEADS, st.binary(max_size=30)), max_size=4).map(
    lambda parts: b"".join(b"--b1\r\n%s\r\n\r\n%s\r\n" % part for part in parts) + b"--b1--"
)
BODIES = (
    st.none()
    | st.binary(max_size=200)
    | ANY_TEXT
    | FIELDS.map(json.dumps)
    | FIELDS.map(lambda fields: "&".join(f"{name}={value}" for name, value in fields.items()))
    | MULTIPART
    | st.sampled_from(
        [
            'payload={"id": "1"}',
            'payload=%7B"lead": {"id": 2}}&id=2',
            '"' * 500,
            "%7B" * 9000,
            "%25" * 9000 + "7B",
            "{" * 3000,
            '{"a":' * 12_000,
            "[" * 60_000,
            "a" * 70_000,
            "&" * 300,
            '{"id": ' + "9" * 5000 + "}",
        ]
    )
)
HEADERS = st.dictionaries(
    st.sampled_from(
        ["Content-Type", "X-Leadmatch-Key", "webhook-id", "webhook-timestamp", "webhook-signature", "WEBHOOK-ID"]
    )
    | ANY_TEXT,
    st.sampled_from(["multipart/form-data; boundary=b1", "application/json", "1772442900", "v1,AAAA", ""]) | ANY_TEXT,
    max_size=6,
)
NAMES = st.sampled_from(["key", "KEY", "lead_id", "Lead Id", "id", "ids", "payload", "module", "token"]) | ANY_TEXT
VALUES = (
    st.sampled_from(["7110000000000204017", "2", "", '{"id": "1"}', "%7B%22id%22:1%7D", "key-of-nobody"]) | ANY_TEXT
)
EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "httpMethod": st.sampled_from(["POST", "PUT", "DELETE", "GET"]) | st.none(),
        "headers": st.none() | HEADERS,
        "queryStringParameters": st.none() | st.dictionaries(NAMES, VALUES, max_size=4),
        "multiValueQueryStringParameters": st.none() | st.dictionaries(NAMES, st.lists(VALUES, max_size=3), max_size=4),
        "body": BODIES,
        "isBase64Encoded": st.none() | st.booleans(),
    },
)
PACKED = BODIES.map(
    lambda body: {
        "headers": {},
        "isBase64Encoded": True,
        "body": base64.b64encode(
            body if isinstance(body, bytes) else (body or "").encode("utf-8", "surrogatepass")
        ).decode(),
    }
)


class Inbox:
    """Counts what it is sent, or fails."""

    def __init__(self, *, fails: bool) -> None:
        self.fails, self.messages = fails, []

    def send_all(self, messages: Sequence[Message]) -> None:
        """Keep them or raise."""
        if self.fails:
            raise AwsUnavailable("no", reason="sqs_down")
        self.messages += messages


def answer(event: dict[str, Any], inbox: Inbox) -> HttpReply:
    return receive(
        event,
        keys=lambda: [KEY, "whsec_AAAA"],
        inbox=inbox,
        now=lambda: datetime(2026, 3, 2, 9, 15, tzinfo=UTC),
        new_event_id=lambda: "event",
    )


@settings(max_examples=400)
@given(event=EVENTS | PACKED, fails=st.booleans())
def test_a_caller_with_the_key_always_gets_an_answer(event: dict[str, Any], fails: bool) -> None:  # noqa: FBT001
    """202, 400 or 413, or 503 when the inbox fails; accepted leads are digits and are in the inbox."""
    inbox = Inbox(fails=fails)
    with_key = {**event, "headers": {**(event.get("headers") or {}), "x-leadmatch-key": KEY}}
    # A dict keeps the order of its names: of two spellings of a header the last one counts.
    with_key["headers"] = {
        name: value
        for name, value in with_key["headers"].items()
        if name.lower() != "x-leadmatch-key" or name == "x-leadmatch-key"
    }
    reply = answer(with_key, inbox)
    assert reply.status in {400, 413, 503 if fails else 202}
    assert [message.group for message in inbox.messages] == [taken["lead_id"] for taken in reply.about.get("leads", ())]
    assert all(message.group.isascii() and message.group.isdigit() for message in inbox.messages)
    json.dumps(reply.body)


@settings(max_examples=400)
@given(event=EVENTS | PACKED)
def test_a_stranger_reaches_no_inbox(event: dict[str, Any]) -> None:
    """Without a live key it is 401, or what API Gateway's own envelope cannot hold."""
    inbox = Inbox(fails=True)
    reply = answer(event, inbox)
    assert reply.status in {400, 401, 413}
    assert reply.status != 400 or reply.reason == "bad_base64"
    assert not reply.is_lost
    assert inbox.messages == []
