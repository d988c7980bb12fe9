"""What bad answers mean, beyond the recorded ones."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import (
    AlreadyConverted,
    LeadmatchError,
    LeadNotFound,
    Permanent,
    Retryable,
    ZohoApiThrottled,
    ZohoBlocked,
    ZohoGatewayRefused,
    ZohoRefused,
    ZohoUnavailable,
)
from chalicelib.http import Answer
from chalicelib.steps.check import CAUSES
from chalicelib.zoho.errors import REFUSALS, THROTTLED, code_of, failure, token_was_refused


def bad(status: int, code: str | None = None, **headers: str) -> Answer:
    body = json.dumps({"code": code, "message": "of ada@kestrel.example", "status": "error"}).encode() if code else b""
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_retry_after_is_honoured_where_it_is_sent(status: int) -> None:
    """Zoho documents none; some gateways send it."""
    error = failure(bad(status, "ANY_CODE", retry_after="17"))
    assert isinstance(error, Retryable)
    assert error.retry_after_seconds == 17.0


@pytest.mark.parametrize("code", THROTTLED)
@pytest.mark.parametrize("status", [200, 400, 403, 429])
def test_a_throttle_is_known_by_its_code(code: str, status: int) -> None:
    """The status varies."""
    assert failure(bad(status, code)).reason == "zoho_throttled"


@pytest.mark.parametrize("status", [200, 202, 400, 401, 403, 404, 429, 500])
def test_converted_already_is_known_by_its_code(status: int) -> None:
    """The status varies, and a lead that is converted is no lead that is gone or refused."""
    answer = bad(status, "ID_ALREADY_CONVERTED")
    assert isinstance(failure(answer), AlreadyConverted)
    assert not token_was_refused(answer)


@pytest.mark.parametrize("code", REFUSALS)
def test_every_refusal_is_permanent(code: str) -> None:
    """A person has to change something."""
    assert isinstance(failure(bad(403, code)), Permanent)


def test_every_refusal_has_a_cause_that_people_read() -> None:
    """Without one the message would say that Zoho refused our request, and not what it was about."""
    assert {reason for reason, _ in REFUSALS.values()} <= set(CAUSES)


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        (bad(401, "INVALID_TOKEN"), True),
        (bad(401, "AUTHENTICATION_FAILURE"), True),
        (bad(401), True),
        (bad(401, "OAUTH_SCOPE_MISMATCH"), False),
        (bad(403, "INVALID_TOKEN"), False),
        (bad(200, "INVALID_TOKEN"), False),
    ],
    ids=lambda value: f"{value.status}-{code_of(value)}" if isinstance(value, Answer) else "",
)
def test_a_new_token_helps_only_against_a_refused_one(answer: Answer, refused: bool) -> None:  # noqa: FBT001
    """A missing scope stays missing."""
    assert token_was_refused(answer) is refused


@given(
    status=st.integers(100, 599),
    body=st.binary(max_size=60)
    | st.recursive(
        st.none() | st.text(max_size=4) | st.just("RECORD_LOCKED"),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["code", "data"]), inner),
    ).map(lambda value: json.dumps(value).encode()),
)
def test_every_bad_answer_is_one_of_our_errors(status: int, body: bytes) -> None:
    """Each is Retryable or Permanent and has a reason; nothing raises."""
    error = failure(Answer(status, {}, body))
    assert isinstance(error, LeadmatchError)
    assert isinstance(error, Retryable) != isinstance(error, Permanent)
    assert error.reason.isascii()
    assert error.reason == error.reason.lower()


def test_nothing_of_zohos_text_is_passed_on() -> None:
    """Its messages may hold names and addresses."""
    for status in (200, 400, 401, 403, 429, 500):
        assert "ada@" not in str(failure(bad(status, "SOMETHING_ELSE")))


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (403, "INVALID_IP", "denied"),
        (401, "IP_RESTRICTED", "denied"),
        (400, "ACCESS_DENIED", "Access denied from this IP address"),
        (401, "AUTHENTICATION_FAILURE", "Your IP is not in the list of allowed IPs"),
        (403, "NO_PERMISSION", "ip not allowed"),
        (403, "AUTHORIZATION_FAILED", "unauthorised_ip"),
    ],
)
def test_a_refusal_that_names_the_address_waits_for_a_person(status: int, code: str, message: str) -> None:
    """No new token helps, and no lead is wrong."""
    answer = Answer(status, {}, json.dumps({"code": code, "message": message, "status": "error"}).encode())
    error = failure(answer)
    assert (type(error), error.reason) == (ZohoBlocked, "zoho_ip_restricted")
    assert not token_was_refused(answer)


@pytest.mark.parametrize(
    ("status", "code", "message", "kind"),
    [
        (400, "INVALID_DATA", "the field IP is invalid", LeadNotFound),
        (429, "TOO_MANY_REQUESTS", "from this IP", ZohoApiThrottled),
        (403, "NO_PERMISSION", "Too many requests from this IP", ZohoRefused),
        (403, "NO_PERMISSION", "zip code, skipped, ipso facto", ZohoRefused),
        (503, "SERVICE_UNAVAILABLE", "no IP", ZohoUnavailable),
    ],
)
def test_the_word_elsewhere_means_nothing(status: int, code: str, message: str, kind: type[LeadmatchError]) -> None:
    """Only a refusal of the call itself can be about its address."""
    answer = Answer(status, {}, json.dumps({"code": code, "message": message, "status": "error"}).encode())
    assert type(failure(answer)) is kind


@pytest.mark.parametrize(
    "body",
    [
        {"data": [{"code": "INVALID_IP", "status": "error"}]},
        {"Leads": {"code": "IP_NOT_ALLOWED"}},
        {"error": {"code": "INVALID_IP"}},
        {"error": {"details": [{"reason": {"message": "IP restriction"}}]}},
        {"errors": ["Your IPs are not allowed"]},
        [{"code": "IP_RESTRICTED"}],
        {"code": "IPRESTRICTED"},
        {"code": "IPRestriction"},
        {"code": "INVALIDIP"},
        {"code": "clientIP"},
        {"message": "IPAddress not whitelisted"},
        {"message": "IPv4 address is blocked"},
        {"message": "Access from this address is restricted"},
        {"code": "NO_PERMISSION", "message": "not one of the Allowed IPs"},
    ],
    ids=str,
)
@pytest.mark.parametrize("status", [400, 401, 403])
def test_an_address_is_found_at_every_level_and_in_every_spelling(body: object, status: int) -> None:
    """Zoho documents no code for it."""
    answer = Answer(status, {}, json.dumps(body).encode())
    assert (type(failure(answer)), failure(answer).reason) == (ZohoBlocked, "zoho_ip_restricted")
    assert not token_was_refused(answer)


@pytest.mark.parametrize(
    "page",
    [
        "<html><style>.ip{}</style><body>Access from your IP address is restricted</body></html>",
        "Access from your IP address is restricted",
        "<p>IP_RESTRICTED</p>" + "x" * 100_000,
        "IP\u30a2\u30c9\u30ec\u30b9\u304c\u8a31\u53ef\u3055\u308c\u3066\u3044\u307e\u305b\u3093",
    ],
    ids=["html", "text", "long", "japanese"],
)
def test_a_page_that_names_the_address_waits_for_a_person(page: str) -> None:
    """A firewall before Zoho answers without JSON."""
    for status in (401, 403):
        assert failure(Answer(status, {}, page.encode())).reason == "zoho_ip_restricted"
    for status in (200, 302, 502, 503):
        assert type(failure(Answer(status, {}, page.encode()))) is ZohoUnavailable


@pytest.mark.parametrize(
    "said",
    ["SHIP_NOT_ALLOWED", "RECIPIENT_REFUSED", "ZIP is invalid", "OWNERSHIP", "relationship", "participant", "iPhone",
     "iPaaS", "multiple", "description", "the email address is invalid", "VIP customers", "IPO"],
)  # fmt: skip
def test_other_words_name_no_address(said: str) -> None:
    """Nor does a page's markup."""
    answer = Answer(403, {}, json.dumps({"error": {"code": said, "message": said}}).encode())
    assert type(failure(answer)) is ZohoRefused
    page = f"<html><script>var ip = 1</script><p id='ip'>{said}</p><style>ip{{}}</style></html>"
    assert type(failure(Answer(403, {}, page.encode()))) is ZohoGatewayRefused


def test_a_field_of_a_good_answer_is_no_code() -> None:
    """Only what Zoho writes small, at the first two levels, is its own word."""
    body = {"data": [{"id": "1", "Code": "X1", "Owner": {"code": "Y2"}}], "info": {"more": {"code": "Z3"}}}
    assert code_of(Answer(200, {}, json.dumps(body).encode())) == ""
