"""The stand-in's token endpoint is as strict as Zoho's."""

from __future__ import annotations

import pytest

from sandbox.zoho.oauth import Tokens
from tests.stand_in_clock import Clock

GOOD = {
    "grant_type": "refresh_token",
    "client_id": "1000.CLIENT",
    "client_secret": "hush",
    "refresh_token": "1000.refresh",
}


@pytest.fixture
def clock() -> Clock:
    return Clock()


def tokens_of(clock: Clock, **settings: object) -> Tokens:
    return Tokens(client_id="1000.CLIENT", client_secret="hush", refresh_token="1000.refresh", clock=clock, **settings)


@pytest.fixture
def tokens(clock) -> Tokens:
    return tokens_of(clock)


def test_a_good_request_gets_a_token(clock):
    """The answer has Zoho's keys, and no new refresh token."""
    answer = tokens_of(clock, api_domain="https://api.zoho.example").answer(GOOD)
    assert answer.status == 200
    assert set(answer.body) == {"access_token", "scope", "api_domain", "token_type", "expires_in"}
    assert answer.body["access_token"].startswith("1000.")
    assert answer.body["api_domain"] == "https://api.zoho.example"
    assert (answer.body["token_type"], answer.body["expires_in"]) == ("Bearer", 3600)


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"client_id": "1000.OTHER"}, "invalid_client"),
        ({"client_secret": "guessed"}, "invalid_client_secret"),
        ({"refresh_token": "1000.other"}, "invalid_code"),
        ({"grant_type": "authorization_code"}, "invalid_code"),
    ],
)
def test_a_wrong_request_is_refused_with_status_200(tokens, wrong, word):
    """Zoho says its errors in the body of a success."""
    answer = tokens.answer(GOOD | wrong)
    assert (answer.status, answer.body) == (200, {"error": word})
    without = {name: value for name, value in GOOD.items() if name not in wrong}
    assert tokens.answer(without).body == {"error": word}


def test_a_token_lives_an_hour(tokens, clock):
    """To the second."""
    value = tokens.answer(GOOD).body["access_token"]
    clock.now += 3599
    assert tokens.is_live(value)
    clock.now += 1
    assert not tokens.is_live(value)


def test_the_eleventh_token_in_ten_minutes_is_refused_until_they_are_over(tokens, clock):
    """The ten minutes begin with the first token, and asking again does not lengthen them."""
    for _ in range(10):
        assert "access_token" in tokens.answer(GOOD).body
        clock.now += 30
    for _ in range(5):
        refused = tokens.answer(GOOD)
        assert (refused.status, refused.body["error"], refused.body["status"]) == (400, "Access Denied", "failure")
        clock.now += 59
    clock.now += 5
    assert "access_token" in tokens.answer(GOOD).body


def test_the_throttle_may_have_status_200(clock):
    """Reports disagree, so both can be set."""
    tokens = tokens_of(clock, throttle_status=200)
    assert [tokens.answer(GOOD).status for _ in range(11)] == [200] * 11


def test_a_refused_request_does_not_count(tokens):
    """Only tokens do."""
    for _ in range(20):
        tokens.answer(GOOD | {"client_secret": "guessed"})
    assert "access_token" in tokens.answer(GOOD).body


def test_the_sixteenth_live_token_kills_the_oldest(tokens, clock):
    """Whoever still holds the oldest finds out at the next call."""
    values = []
    for _ in range(16):
        values.append(tokens.answer(GOOD).body["access_token"])
        clock.now += 61
    assert [tokens.is_live(value) for value in values] == [False] + [True] * 15


def test_all_tokens_can_be_killed_and_new_ones_are_given(tokens):
    """An access token may die before its hour."""
    value = tokens.answer(GOOD).body["access_token"]
    tokens.kill_all()
    assert not tokens.is_live(value)
    assert tokens.is_live(tokens.answer(GOOD).body["access_token"])


def test_a_revoked_refresh_token_is_good_for_nothing(tokens):
    """Its access tokens die with it, and leaving it out does not help."""
    value = tokens.answer(GOOD).body["access_token"]
    tokens.revoke_refresh_token()
    assert not tokens.is_live(value)
    assert tokens.answer(GOOD).body == {"error": "invalid_code"}
    assert tokens.answer(GOOD | {"refresh_token": ""}).body == {"error": "invalid_code"}


def grant(code: str) -> dict[str, str]:
    """Return the form that exchanges a grant code."""
    return {"grant_type": "authorization_code", "client_id": "1000.CLIENT", "client_secret": "hush", "code": code}


def test_a_grant_code_becomes_a_refresh_token_once(tokens):
    """The second time it is refused with HTTP 200, as Zoho does, and the refresh token that it became goes on working."""
    code = tokens.issue_grant_code()
    first = tokens.answer(grant(code))
    assert (first.status, set(first.body)) == (
        200,
        {"access_token", "refresh_token", "scope", "api_domain", "token_type", "expires_in"},
    )
    assert (tokens.answer(grant(code)).status, tokens.answer(grant(code)).body) == (200, {"error": "invalid_code"})
    assert "access_token" in tokens.answer(GOOD | {"refresh_token": first.body["refresh_token"]}).body
    assert "access_token" in tokens.answer(GOOD).body


def test_a_grant_code_lives_for_minutes(tokens, clock):
    """Three unless the operator chose another time."""
    short, long = tokens.issue_grant_code(), tokens.issue_grant_code(life_seconds=600)
    clock.now += 180
    assert tokens.answer(grant(short)).body == {"error": "invalid_code"}
    assert "refresh_token" in tokens.answer(grant(long)).body


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"client_id": "1000.OTHER"}, "invalid_client"),
        ({"client_secret": "guessed"}, "invalid_client_secret"),
        ({"code": "1000.other.code"}, "invalid_code"),
        ({"code": ""}, "invalid_code"),
    ],
)
def test_a_wrong_exchange_is_refused_and_spends_no_code(tokens, wrong, word):
    """The client is looked at before the code."""
    code = tokens.issue_grant_code()
    assert tokens.answer(grant(code) | wrong).body == {"error": word}
    assert "refresh_token" in tokens.answer(grant(code)).body


def test_a_revoked_client_gives_no_access_for_what_it_gave_out(tokens):
    """A refresh token of a grant code dies with the others."""
    given = tokens.answer(grant(tokens.issue_grant_code())).body["refresh_token"]
    tokens.revoke_refresh_token()
    assert tokens.answer(GOOD | {"refresh_token": given}).body == {"error": "invalid_code"}
