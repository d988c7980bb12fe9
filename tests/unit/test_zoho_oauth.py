"""A refresh token becomes an access token, and no secret shows when it does not."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests

from chalicelib.errors import LeadmatchError, TokenUnclear, ZohoBlocked, ZohoRefused, ZohoThrottled, ZohoUnavailable
from chalicelib.zoho.oauth import AccessToken, ZohoClientCredentials, named_api_domain, refresh
from tests.local_http import LocalHttp, answer, break_off, closed_port_url, reset
from tests.unit.zoho_answers import ACCOUNTS, CREDENTIALS, NOW, TOKEN

SECRETS = (CREDENTIALS.client_id, CREDENTIALS.client_secret, CREDENTIALS.refresh_token, "1000.answered")


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


def ask(session: requests.Session, url: str) -> AccessToken:
    return refresh(session, replace(CREDENTIALS, accounts_url=url), now=lambda: NOW)


def test_the_credentials_travel_in_the_body(session: requests.Session) -> None:
    """Addresses end up in logs, bodies do not."""
    with LocalHttp(answer(200, b'{"access_token": "1000.answered", "expires_in": 3600}')) as server:
        assert ask(session, server.url).value == "1000.answered"
    (seen,) = server.seen
    assert (seen.method, seen.path, seen.query) == ("POST", "/oauth/v2/token", {})
    assert parse_qs(seen.body.decode()) == {
        "grant_type": ["refresh_token"],
        "client_id": [CREDENTIALS.client_id],
        "client_secret": [CREDENTIALS.client_secret],
        "refresh_token": [CREDENTIALS.refresh_token],
    }


def test_its_hour_begins_when_it_was_asked_for(session: requests.Session) -> None:
    """The clock is read before the call, so a slow answer makes no token look younger than it is."""
    times = iter([NOW, NOW + timedelta(seconds=30)])
    with LocalHttp(answer(200, b'{"access_token": "1000.answered", "expires_in": 3600}')) as server:
        token = refresh(session, replace(CREDENTIALS, accounts_url=server.url), now=times.__next__)
    assert token.expires_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ('"expires_in": 3600', 3600),
        ('"expires_in": 60', 60),
        ('"expires_in": "60"', 60),
        ('"expires_in_sec": 60, "expires_in": 60000', 60),
        ('"expires_in": 3600000', 3600),
        ('"expires_in": 9999', 3600),
        ('"expires_in": -1', 3600),
        ('"expires_in": 60.5', 3600),
        ('"expires_in": null', 3600),
        ('"expires_in": [60]', 3600),
        ('"expires_in": "\u0661"', 3600),
        ('"x": 0', 3600),
    ],
)
def test_a_token_lives_an_hour_at_most(session: requests.Session, fields: str, seconds: int) -> None:
    """Seconds are believed up to an hour, whatever name or kind they have."""
    with LocalHttp(answer(200, f'{{"access_token": "1000.answered", {fields}}}'.encode())) as server:
        assert ask(session, server.url).expires_at == NOW + timedelta(seconds=seconds)


def test_a_throttle_waits_as_long_as_zoho_says(session: requests.Session) -> None:
    """Ten minutes unless a header says otherwise."""
    with (
        LocalHttp(answer(400, b'{"error": "Access Denied", "status": "failure"}', {"Retry-After": "42"})) as server,
        pytest.raises(ZohoThrottled) as caught,
    ):
        ask(session, server.url)
    assert caught.value.retry_after_seconds == 42.0


@pytest.mark.parametrize("act", [reset, break_off])
def test_after_a_lost_answer_zoho_may_have_given_out_a_token(session: requests.Session, act: Any) -> None:
    """It may be asked for again, and the one that was lost counts."""
    with LocalHttp(act) as server, pytest.raises(TokenUnclear) as caught:
        ask(session, server.url)
    assert caught.value.reason == "zoho_token_no_answer"


def test_where_nobody_listens_no_token_was_given_out(session: requests.Session) -> None:
    """Not a byte was sent, so nothing counts."""
    with pytest.raises(ZohoUnavailable) as caught:
        ask(session, closed_port_url())
    assert not isinstance(caught.value, TokenUnclear)
    assert caught.value.reason == "zoho_token_unreachable"


def test_a_digest_tells_credentials_apart_and_gives_nothing_away() -> None:
    """The same texts give the same digest; one that moves to the next, or another data centre, gives another."""
    same = ZohoClientCredentials("1000.CLIENT", "client-secret-text", "1000.refresh-token-text", ACCOUNTS)
    moved = ZohoClientCredentials("1000.CLIENTc", "lient-secret-text", "1000.refresh-token-text", ACCOUNTS)
    assert same.digest() == CREDENTIALS.digest() != moved.digest()
    assert replace(same, accounts_url="https://accounts.zoho.eu").digest() != same.digest()
    assert not [secret for secret in SECRETS if secret in same.digest()]


def test_a_redirect_gets_no_credentials(session: requests.Session) -> None:
    """The token endpoint has no other address."""
    with LocalHttp(answer(200)) as other, LocalHttp(answer(307, headers={"Location": other.url})) as server:
        with pytest.raises(ZohoUnavailable):
            ask(session, server.url)
        assert other.seen == []


BODIES = (
    b'{"error": "invalid_code", "access": "1000.answered"}',
    b'{"error": "Access Denied", "status": "failure", "error_description": "1000.answered"}',
    b'{"access_token": {"value": "1000.answered"}}',
    b"<html>1000.answered</html>",
)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("status", [200, 400, 500])
def test_no_secret_shows_in_a_failure(session: requests.Session, status: int, body: bytes) -> None:
    """Neither in the text nor in the traceback, causes included."""
    with LocalHttp(answer(status, body)) as server, pytest.raises(LeadmatchError) as caught:
        ask(session, server.url)
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert not [secret for secret in SECRETS if secret in shown]


@pytest.mark.parametrize("url", ["", "http://", "http://[", "nothing"])
def test_no_secret_shows_where_nobody_answers(session: requests.Session, url: str) -> None:
    """An address that is none fails like one where nobody listens."""
    with pytest.raises(ZohoUnavailable) as caught:
        ask(session, url or closed_port_url())
    shown = "".join(traceback.format_exception(caught.value))
    assert not [secret for secret in SECRETS if secret in shown]


def test_secrets_are_not_printed() -> None:
    """Whoever logs these objects logs no secret."""
    shown = f"{CREDENTIALS!r} {CREDENTIALS} {TOKEN!r} {TOKEN}"
    assert not [secret for secret in (*SECRETS, TOKEN.value) if secret in shown]


@pytest.mark.parametrize("status", [200, 400, 403])
@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("general_error", '"general_error"'),
        ("unauthorized_client", '"unauthorized_client"'),
        ("org_policy_violation", '"org_policy_violation"'),
        ("access denied by policy", '"access denied by policy"'),
        ("1000.answered", ""),
        ("ada@zylker.example", ""),
        ("\u62d2\u7edd", ""),
        ("x" * 61, ""),
    ],
)
def test_a_word_that_nobody_knows_is_for_a_person(
    session: requests.Session, word: str, shown: str, status: int
) -> None:
    """Waiting alone may cure nothing; the word is repeated when it can be no more than one."""
    body = json.dumps({"error": word}).encode()
    with LocalHttp(answer(status, body)) as server, pytest.raises(ZohoBlocked) as caught:
        ask(session, server.url)
    assert caught.value.reason == "zoho_token_unknown_word"
    assert (shown or "issues no access token. A possible cause") in str(caught.value)
    assert bool(shown) == (word in str(caught.value))


@pytest.mark.parametrize(
    "fields",
    [
        {"error": "ip_restricted"},
        {"error": "INVALID_IP"},
        {"error": "access_denied", "error_description": "Access denied from this IP address"},
        {"error": "Access Denied", "error_description": "Your IP is not allowed.", "status": "failure"},
        {"code": "IP_NOT_ALLOWED", "message": "ip restriction"},
        {"error": {"code": "ip_restricted"}},
        {"error": {"type": "x", "message": "IPAddress not whitelisted"}},
        {"data": [{"code": "IPRESTRICTED"}]},
        {"errors": ["access denied", "IPv4 address is not allowed"]},
    ],
    ids=str,
)
def test_a_refusal_that_names_the_address_is_for_a_person(session: requests.Session, fields: dict[str, Any]) -> None:
    """It is no throttle, and no credentials are wrong."""
    with LocalHttp(answer(400, json.dumps(fields).encode())) as server, pytest.raises(ZohoBlocked) as caught:
        ask(session, server.url)
    assert caught.value.reason == "zoho_ip_restricted"


@pytest.mark.parametrize("body", [b'{"error": "internal_error"}', b"<html>Service Unavailable</html>", b"{}"])
def test_a_failure_of_zoho_s_own_is_no_word(session: requests.Session, body: bytes) -> None:
    """It ends by itself."""
    with LocalHttp(answer(503, body)) as server, pytest.raises(ZohoUnavailable) as caught:
        ask(session, server.url)
    assert (type(caught.value), caught.value.reason) == (ZohoUnavailable, "zoho_no_token")


def test_too_many_calls_from_an_address_are_a_throttle(session: requests.Session) -> None:
    """They end by themselves."""
    said = {"error": "Access Denied", "error_description": "Too many requests from this IP", "status": "failure"}
    with LocalHttp(answer(400, json.dumps(said).encode())) as server, pytest.raises(ZohoThrottled):
        ask(session, server.url)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, b"<html><head><title>IPv6</title></head><body><h1>Access from your IP address is restricted</h1></body></html>"),
        (403, b"Access from this address is restricted"),
        (401, "Votre adresse IP n'est pas autoris\u00e9e".encode()),
    ],
)  # fmt: skip
def test_a_page_may_name_the_address_too(session: requests.Session, status: int, body: bytes) -> None:
    """HTML and plain text are read without their markup."""
    with LocalHttp(answer(status, body)) as server, pytest.raises(ZohoBlocked) as caught:
        ask(session, server.url)
    assert caught.value.reason == "zoho_ip_restricted"


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (403, b"<html>Forbidden</html>", "answers HTTP 403"),
        (403, b"", "answers HTTP 403"),
        (404, b"not found", "answers HTTP 404"),
        (400, b"{}", "answers HTTP 400"),
        (200, b'{"message": "blocked"}', "answers HTTP 200"),
        (200, b'{"error": {"code": "org_blocked", "message": "no"}}', '"org_blocked"'),
        (200, b'[{"error": "org_blocked"}]', '"org_blocked"'),
        (400, b'{"status": "failure", "error": "access_denied"}', '"access_denied"'),
        (400, b'{"status": "failure", "error": "FORBIDDEN"}', '"FORBIDDEN"'),
        (200, b'{"status": "failure", "error": {"code": "blocked-by-policy"}}', '"blocked-by-policy"'),
    ],
)
def test_what_nobody_knows_is_for_a_person(session: requests.Session, status: int, body: bytes, said: str) -> None:
    """At whatever level it stands; a throttle has no program's word."""
    with LocalHttp(answer(status, body)) as server, pytest.raises(ZohoBlocked) as caught:
        ask(session, server.url)
    assert caught.value.reason == "zoho_token_unknown_word"
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "said",
    [
        {"error": "Access Denied", "status": "failure"},
        {"error": "\u62d2\u7edd\u8bbf\u95ee", "status": "failure"},
        {"error": "Acceso denegado", "error_description": "Demasiadas solicitudes", "status": "failure"},
        {"error": "access_denied", "error_description": "You have made too many requests", "status": "failure"},
        {"error": {"code": "x_y", "message": "Rate limit exceeded"}},
    ],
    ids=str,
)
def test_a_throttle_is_known_in_every_language(session: requests.Session, said: dict[str, Any]) -> None:
    """It ends by itself, and nobody is told."""
    with LocalHttp(answer(400, json.dumps(said).encode())) as server, pytest.raises(ZohoThrottled):
        ask(session, server.url)


@pytest.mark.parametrize("body", [b'{"error": {"code": "invalid_code"}}', b'[{"error": "invalid_code"}]'])
def test_wrong_credentials_are_known_at_any_level(session: requests.Session, body: bytes) -> None:
    """One reader for all that Zoho says."""
    with LocalHttp(answer(200, body)) as server, pytest.raises(ZohoRefused) as caught:
        ask(session, server.url)
    assert caught.value.reason == "zoho_not_connected"


@pytest.mark.parametrize("named", ["NULL", "none", "None", " null ", "Undefined", "nil", None, "", [], False], ids=str)
def test_nothing_is_no_api(named: object) -> None:
    """However a program writes it."""
    assert named_api_domain(named) == ""
