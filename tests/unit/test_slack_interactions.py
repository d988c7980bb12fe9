"""A click is Slack's when slack_sdk's own verifier says so, and nobody else's call is."""

from __future__ import annotations

import hmac
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import Clock, SignatureVerifier

from chalicelib.slack.interactions import clicked, is_from_slack

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
BODY = urlencode({"payload": json.dumps({"type": "block_actions", "actions": [{"action_id": "open_lead"}]})}).encode()


class Standing(Clock):
    """slack_sdk's clock, standing at `NOW`."""

    def now(self) -> float:
        """Return the second."""
        return NOW.timestamp()


def signed(body: bytes = BODY, *, secret: str = SECRET, at: datetime = NOW) -> dict[str, str]:
    """Sign as Slack does, by the hand of its own library."""
    timestamp = str(int(at.timestamp()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
    return {"x-slack-request-timestamp": timestamp, "x-slack-signature": str(signature)}


def test_what_slack_signed_is_slacks() -> None:
    """Today's secret, this body, this second."""
    assert is_from_slack(signed(), BODY, SECRET, now=NOW)


@pytest.mark.parametrize("seconds", [-301, -300, 0, 300, 301])
def test_a_signature_lives_five_minutes(seconds: int) -> None:
    """Either way, since clocks differ; an older one may be a replay. slack_sdk draws the same line."""
    headers = signed(at=NOW + timedelta(seconds=seconds))
    verifier = SignatureVerifier(SECRET, clock=Standing())
    assert is_from_slack(headers, BODY, SECRET, now=NOW) is (abs(seconds) <= 300)
    assert verifier.is_valid_request(BODY, headers) is (abs(seconds) <= 300)


@pytest.mark.parametrize(
    "changes",
    [
        {"x-slack-signature": ""},
        {"x-slack-signature": "v0="},
        {"x-slack-signature": "v0=é"},
        {"x-slack-signature": "\ud800"},
        {"x-slack-request-timestamp": ""},
        {"x-slack-request-timestamp": "soon"},
        {"x-slack-request-timestamp": "1" * 400},
        {"x-slack-request-timestamp": "٣"},
        {"x-slack-request-timestamp": str(int(NOW.timestamp()) + 1)},
    ],
)
def test_anything_changed_is_not_slacks(changes: dict[str, str]) -> None:
    """And nothing raises."""
    assert not is_from_slack(signed() | changes, BODY, SECRET, now=NOW)


def test_another_body_or_secret_is_not_slacks() -> None:
    """An empty secret opens nothing, not even to who signs with it."""
    assert not is_from_slack(signed(), BODY + b" ", SECRET, now=NOW)
    assert not is_from_slack(signed(secret="another"), BODY, SECRET, now=NOW)
    unkeyed = hmac.digest(b"", b"v0:%d:%b" % (NOW.timestamp(), BODY), "sha256").hex()
    assert not is_from_slack(signed() | {"x-slack-signature": f"v0={unkeyed}"}, BODY, "", now=NOW)
    assert not is_from_slack({}, BODY, SECRET, now=NOW)


@given(headers=st.dictionaries(st.sampled_from(sorted(signed())), st.text()), body=st.binary(), secret=st.text())
def test_no_call_makes_the_verifier_raise(headers: dict[str, str], body: bytes, secret: str) -> None:
    """Strangers send what they like."""
    assert not is_from_slack(headers, body, secret, now=NOW)


def test_the_buttons_that_were_clicked_are_named() -> None:
    """By their action ids alone: the payload holds people's names too."""
    assert clicked(BODY) == ("open_lead",)


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "{",
        "[" * 100_000,
        "null",
        "[]",
        '{"actions": null}',
        '{"actions": "open_lead"}',
        '{"actions": ["open_lead", {"action_id": 7}]}',
    ],
)
def test_a_payload_that_names_none_is_no_trouble(payload: str) -> None:
    """It was Slack's all the same."""
    assert clicked(urlencode({"payload": payload}).encode()) == ()


def test_a_long_payload_says_little() -> None:
    """A log line has an end."""
    many = urlencode({"payload": json.dumps({"actions": [{"action_id": "x" * 1000}] * 100})}).encode()
    assert clicked(many) == ("x" * 40,) * 5


@given(st.binary())
def test_any_bytes_are_read(body: bytes) -> None:
    """Nothing raises."""
    assert isinstance(clicked(body), tuple)
