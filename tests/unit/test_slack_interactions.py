"""A click is Slack's when slack_sdk's own verifier says so, and nobody else's call is."""

from __future__ import annotations

import hmac
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import Clock, SignatureVerifier

from chalicelib.errors import CallRefused
from chalicelib.slack.interactions import Target, View, clicked, is_from_slack, read_interaction, read_target
from tests import slack_payloads
from tests.slack_payloads import body_of, chose, opened, submitted

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


FORM = opened(
    {"blocks": [], "title": {}, "close": {}, "callback_id": "convert", "private_metadata": '{"lead_id": "7"}'}
)


def test_a_click_on_a_message_is_read() -> None:
    """Who, of which workspace, in which channel, on which message, and what the button brings."""
    done = read_interaction(body_of(slack_payloads.clicked("convert", "360", 7)))
    assert (done.kind, done.user_id, done.team_id, done.channel) == ("button", "U0ADA", "T0OURS", "C0LEADS")
    assert (done.trigger_id, done.response_url) == ("1.2.abc", slack_payloads.RESPONSE_URL)
    assert (done.message_ts, done.action) == ("1.0", "convert")
    assert read_target(done.value) == Target("360", 7)
    assert "secret" not in repr(done)


def test_a_choice_in_a_form_and_its_submission_are_read() -> None:
    """With the form's state, and what came back with it."""
    view = {**FORM, "state": {"values": {"deal": {"deal": {"selected_options": []}}}}}
    choice, submission = read_interaction(body_of(chose(view, "deal"))), read_interaction(body_of(submitted(view)))
    assert (choice.kind, submission.kind, choice.action) == ("choice", "submission", "deal")
    for done in (choice, submission):
        assert done.view
        assert (done.view.id, done.view.hash, done.view.callback_id) == ("V0FORM", "1.first", "convert")
        assert done.view.metadata == {"lead_id": "7"}
        assert done.view.values == view["state"]["values"]
        assert (done.view.root_id, done.view.previous_id) == ("V0FORM", "")


@pytest.mark.parametrize("kind", ["view_closed", "shortcut", "message_action", "block_suggestion", 7, None])
def test_what_no_form_of_ours_sends_is_something_else(kind: object) -> None:
    """It is Slack's, and answered with nothing."""
    assert read_interaction(body_of(slack_payloads.clicked("convert", "360", 7, type=kind))).kind == "other"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no_payload"),
        (b"payload=", "no_payload"),
        (b"payload=%7B", "no_payload"),
        (b"payload=" + b"%5B" * 100_000, "no_payload"),
        (b"payload=[]", "no_payload"),
        (b"payload=7", "no_payload"),
        (b"payload=\xff", "bad_form"),
        (b"payload=%FF", "bad_form"),
        (b"a=1&" * 50, "bad_form"),
        (b"payload={}", "no_person"),
        (body_of({"user": "U0ADA"}), "no_person"),
        (body_of({"user": {"id": "ada"}}), "no_person"),
        (body_of({"user": {"id": 10**400}}), "no_person"),
        (b"payload=" + b"9" * 10_000, "no_payload"),
    ],
)
def test_a_body_that_holds_no_payload_is_refused(body: bytes, reason: str) -> None:
    """With 400, and why."""
    with pytest.raises(CallRefused) as refused:
        read_interaction(body)
    assert (refused.value.reason, refused.value.status) == (reason, 400)


def test_what_does_not_fit_is_left_out() -> None:
    """Ids of other characters, texts without end, values of other types: nothing of them goes further."""
    odd = {
        "trigger_id": "x" * 500,
        "response_url": "javascript:alert(1)",
        "channel": {"id": "lead-matches"},
        "container": [],
        "actions": [{"action_id": "<script>", "value": "x" * 5000}],
        "view": {"id": "V0FORM", "hash": [7], "private_metadata": "[1]", "state": {"values": []}},
    }
    done = read_interaction(body_of(slack_payloads.clicked("convert", "360", 7) | odd))
    assert (done.trigger_id, done.response_url, done.channel, done.message_ts) == ("", "", "", "")
    assert (done.action, done.value) == ("", "")
    assert done.view == View("V0FORM", "", "", {}, {})


@pytest.mark.parametrize(
    "fields",
    [
        *("", "{", "[]", "7", "{}", '{"lead_id": "360"}', '{"lead_id": 360.5, "revision": 1}'),
        *('{"lead_id": "36a", "revision": 1}', '{"lead_id": "360", "revision": -1}'),
        '{"lead_id": "360", "revision": 1' + "0" * 20 + "}",
        '{"lead_id": "٣", "revision": 1}',
        {"lead_id": ["360"], "revision": "1"},
        {"lead_id": "360", "revision": True},
    ],
)
def test_a_button_that_names_no_lead_is_refused(fields: Any) -> None:
    """No button of ours is so."""
    with pytest.raises(CallRefused) as refused:
        read_target(fields)
    assert refused.value.reason == "no_lead"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["user", "id", "team_id", "view", "state", "values", "actions", "type", "hash", "container"]
            ),
            inner,
        )
    ),
)


@given(st.binary() | JSON.map(body_of))
def test_any_body_is_read_or_refused(body: bytes) -> None:
    """Nothing else is raised."""
    done = None
    with suppress(CallRefused):
        done = read_interaction(body)
    assert done is None or done.user_id
