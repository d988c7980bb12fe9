"""Who is calling: header keys, Standard Webhooks signatures checked against the standardwebhooks package, tokens."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from chalicelib.webhook.auth import MAX_SIGNATURES, let_in
from chalicelib.webhook.request import WebhookCall

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
CURRENT = "whsec_" + base64.b64encode(b"current-key-of-thirty-two-bytes!").decode()
PREVIOUS = "whsec_" + base64.b64encode(b"previous-key-of-thirty-two-bytes").decode()
RETIRED = "whsec_" + base64.b64encode(b"retired-key-of-thirty-two-bytes!").decode()
KEYS = (CURRENT, PREVIOUS)
BODY = '{"lead_id": "7110000000000204017", "city": "K\u00f8ge"}'


def signed(key: str = CURRENT, *, at: datetime = NOW, message_id: str = "msg_1", body: str = BODY) -> WebhookCall:
    signature = Webhook(key).sign(message_id, at, body)
    return WebhookCall(
        {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature,
        },
        body.encode(),
    )


def where(call: WebhookCall, keys: Sequence[str] = KEYS, fields: Mapping[str, object] | None = None) -> str:
    entry = let_in(call, fields or {}, keys, now=NOW)
    return entry.where if entry else ""


def is_signed(call: WebhookCall, keys: Sequence[str], *, now: datetime) -> bool:
    entry = let_in(call, {}, keys, now=now)
    return entry is not None and entry.where == "signature"


def changed(call: WebhookCall, **headers: str) -> WebhookCall:
    new = {name.replace("_", "-"): value for name, value in headers.items()}
    return WebhookCall({**call.headers, **new}, call.body)


@pytest.mark.parametrize("key", KEYS, ids=["current", "previous"])
def test_both_live_keys_are_taken_in_the_header(key: str) -> None:
    """While a key is changed, the old one works too."""
    assert where(WebhookCall({"x-leadmatch-key": key}, b""), KEYS) == "header"


@pytest.mark.parametrize("key", [RETIRED, "", CURRENT[:-1], CURRENT + " ", CURRENT.lower(), "\u00e9", "\ud800", "None"])
def test_other_keys_are_not(key: str) -> None:
    """Retired, empty, cut, changed and non-ASCII texts are no key, and none raises."""
    assert not where(WebhookCall({"x-leadmatch-key": key}, b""), KEYS)


def test_any_text_may_be_a_header_key() -> None:
    """Keys that people made need not be base64, nor ASCII."""
    assert where(WebhookCall({"x-leadmatch-key": "m\u00f8llen"}, b""), ["m\u00f8llen"]) == "header"


@pytest.mark.parametrize("keys", [(), ("",)])
def test_an_empty_key_opens_nothing(keys: tuple[str, ...]) -> None:
    """A secret without keys lets nobody in."""
    assert not where(WebhookCall({}, b""), keys)
    assert not where(WebhookCall({"x-leadmatch-key": ""}, b""), keys)
    assert not where(WebhookCall({}, b""), keys, {"ids": ["1"], "token": ""})
    assert not where(WebhookCall({}, b"", [("key", "")], "GET"), keys)
    assert not is_signed(signed(), keys, now=NOW)


@pytest.mark.parametrize("key", KEYS, ids=["current", "previous"])
def test_a_signature_of_the_reference_package_fits(key: str) -> None:
    """What standardwebhooks signs with a live key is let in."""
    assert is_signed(signed(key), KEYS, now=NOW)


def test_the_reference_package_agrees() -> None:
    """What it verifies, we do; it has no clock of its own to set, so this one call is of now."""
    now = datetime.now(UTC)
    call = signed(at=now)
    assert Webhook(CURRENT).verify(call.body, dict(call.headers))["lead_id"] == "7110000000000204017"
    assert is_signed(call, KEYS, now=now)


def test_a_retired_key_signs_nothing() -> None:
    """A good signature of another key is refused."""
    assert not is_signed(signed(RETIRED), KEYS, now=NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook_id": "msg_2"},
        {"webhook_id": ""},
        {"webhook_timestamp": str(int(NOW.timestamp()) + 1)},
        {"webhook_signature": ""},
        {"webhook_signature": "v1,"},
        {"webhook_signature": "v1,\u00e9 v1,\ud800"},
        {"webhook_signature": signed().header("webhook-signature").replace("v1,", "v1a,")},
        {"webhook_signature": signed().header("webhook-signature").replace("v1,", "v2,")},
        {"webhook_signature": signed().header("webhook-signature").removeprefix("v1,")},
    ],
)
def test_a_changed_header_breaks_the_signature(change: dict[str, str]) -> None:
    """Id, time and version are signed or checked as well."""
    assert not is_signed(changed(signed(), **change), KEYS, now=NOW)


def test_a_changed_body_breaks_the_signature() -> None:
    """One byte more is another body."""
    call = signed()
    assert not is_signed(WebhookCall(call.headers, call.body + b" "), KEYS, now=NOW)


@pytest.mark.parametrize(
    ("seconds", "taken"), [(-301, False), (-300, True), (0, True), (300, True), (301, False), (86400, False)]
)
def test_a_signature_is_good_for_five_minutes(seconds: int, taken: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    """Old calls cannot be played again, and none comes from the future."""
    assert is_signed(signed(at=NOW + timedelta(seconds=seconds)), KEYS, now=NOW) is taken


@pytest.mark.parametrize("timestamp", ["", "now", "-1", "1.5", "1e9", "\u0663", "9" * 5000, " 1772442900"])
def test_a_time_that_is_none_is_refused(timestamp: str) -> None:
    """Only plain ASCII digits are a time, and none is too long to compare."""
    assert not is_signed(changed(signed(), webhook_timestamp=timestamp), KEYS, now=NOW)


def test_one_fitting_signature_of_several_is_enough() -> None:
    """A sender that changes its key signs with both; other versions beside them do not matter."""
    fitting = signed().header("webhook-signature")
    other = signed(RETIRED).header("webhook-signature")
    assert is_signed(changed(signed(), webhook_signature=f"v1a,abc {other} {fitting}"), KEYS, now=NOW)


def test_only_the_first_signatures_are_tried() -> None:
    """A header full of signatures costs no more than eight."""
    fitting, padding = signed().header("webhook-signature"), "v1,abc " * MAX_SIGNATURES
    assert not is_signed(changed(signed(), webhook_signature=padding + fitting), KEYS, now=NOW)


@pytest.mark.parametrize("bad", ["not base64!", "whsec_", "whsec_%%%", "m\u00f8llen", "a"])
def test_a_key_that_is_no_base64_signs_nothing_and_stops_nothing(bad: str) -> None:
    """Such a key serves in the header alone, and the keys beside it still sign."""
    assert is_signed(signed(), [bad, CURRENT], now=NOW)
    assert not is_signed(signed(), [bad], now=NOW)


def test_a_key_without_its_prefix_signs_too() -> None:
    """As the reference package has it, whsec_ is only a mark."""
    bare = CURRENT.removeprefix("whsec_")
    assert is_signed(signed(CURRENT), [bare], now=NOW)


@pytest.mark.parametrize(
    ("fields", "taken"),
    [
        ({"ids": ["1"], "token": CURRENT}, True),
        ({"ids": ["1"], "token": PREVIOUS}, True),
        ({"ids": ["1"], "token": RETIRED}, False),
        ({"lead_id": "1", "token": CURRENT}, False),
        ({"ids": ["1"]}, False),
        ({"ids": ["1"], "token": None}, False),
        ({"ids": ["1"], "token": [CURRENT]}, False),
    ],
)
def test_a_token_counts_in_a_notification_alone(fields: dict[str, object], taken: bool) -> None:  # noqa: FBT001
    """The key in the body is for Zoho Notifications, which have `ids`."""
    assert where(WebhookCall({}, b""), KEYS, fields) == ("token" if taken else "")


@pytest.mark.parametrize("blank", [" ", "\n", "\t", "\u00a0", "\u200b", "\ufeff", "\r\n "], ids=repr)
@pytest.mark.parametrize("key", [CURRENT, "whsec_ab+cd/ef+", "with a blank"])
def test_a_blank_behind_a_key_in_the_url_does_not_matter(key: str, blank: str) -> None:
    """It is pasted with it, and the form shows none; a plus that is not percent-encoded arrives as a blank."""
    for sent in (key, key + blank, blank + key):
        assert where(WebhookCall({}, b"", [("key", sent)], "GET"), [key.replace(" ", "+")]) == "url"
    assert not where(WebhookCall({}, b"", [("key", key + blank + "x")], "GET"), [key])
    assert not where(WebhookCall({}, b"", [("key", key + blank)], "POST"), [key])


def test_a_plus_at_the_end_of_a_key_survives_the_url() -> None:
    """A blank at the end may be one, or none."""
    assert where(WebhookCall({}, b"", [("key", "ab cd ")], "GET"), ["ab+cd+"]) == "url"
