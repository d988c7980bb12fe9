"""The access token in the shared secret."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.errors import AwsUnavailable
from chalicelib.zoho.oauth import AccessToken
from chalicelib.zoho.token_secret import WRITES, TokenSecret
from tests.unit.token_world import DOMAIN, World
from tests.unit.zoho_answers import NOW

TOKEN = AccessToken("new", DOMAIN, NOW + timedelta(hours=1))
DOWN = AwsUnavailable("no", reason="secretsmanager_down")


@pytest.fixture
def world() -> World:
    return World()


def secret(world: World) -> TokenSecret:
    return TokenSecret(world.store, sleep=world.clock.sleep, warn=world.warn)


def test_what_is_stored_is_read_back_with_its_version(world: World) -> None:
    """Value, API address and end; the fields are those of the contract."""
    assert secret(world).read() == (None, "")
    assert secret(world).store(TOKEN)
    assert secret(world).read() == (TOKEN, "v1")
    assert world.store.fields == {
        "access_token": "new",
        "api_domain": DOMAIN,
        "expires_at": "2026-03-02T10:15:00.000000Z",
    }


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"access_token": ""},
        {"access_token": "x"},
        {"access_token": "x", "expires_at": "soon"},
        {"access_token": "x", "expires_at": "2027-01-01T00:00:00"},
    ],
)
def test_what_is_no_token_counts_as_none(world: World, stored: dict[str, str]) -> None:
    """An empty or broken secret is replaced, so its version is known."""
    world.store.fields, world.store.version = stored, 7
    assert secret(world).read() == (None, "v7")


@pytest.mark.parametrize("api_domain", [{}, {"api_domain": ""}, {"api_domain": "null"}, {"api_domain": None}], ids=str)
def test_a_token_whose_answer_named_no_api_is_a_token(world: World, api_domain: dict[str, str]) -> None:
    """The data centre's own API serves."""
    world.store.fields = {"access_token": "x", "expires_at": "2026-03-02T10:15:00Z", **api_domain}
    world.store.version = 3
    assert secret(world).read() == (AccessToken("x", "", TOKEN.expires_at), "v3")


@pytest.mark.parametrize("failures", range(WRITES))
def test_a_failed_write_is_tried_again_after_a_pause(world: World, failures: int) -> None:
    """Three writes in about two seconds, each failure told."""
    world.store.failures = [DOWN] * failures
    assert secret(world).store(TOKEN)
    assert (world.store.value, world.store.writes) == ("new", failures + 1)
    assert world.warnings == [("token_not_stored", "secretsmanager_down")] * failures
    assert world.clock.passed < 2


def test_after_three_writes_it_is_not_stored(world: World) -> None:
    """Whoever has the token is told so, and no time is slept away after the last one."""
    world.store.is_down = True
    assert not secret(world).store(TOKEN)
    assert world.store.writes == WRITES
    assert not secret(world).store(TOKEN, writes=1)
    assert world.store.writes == WRITES + 1


def test_nothing_is_written_by_who_may_not_go_on(world: World) -> None:
    """Others may have stored a newer token by now."""
    assert not secret(world).store(TOKEN, may_go_on=lambda: False)
    world.store.failures = [DOWN]
    assert not secret(world).store(TOKEN, may_go_on=lambda: world.clock.passed == 0)
    assert world.store.writes == 1
