"""Where the access token comes from: memory, then the shared secret, then Zoho."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from chalicelib.errors import AwsUnavailable, LeadmatchError, ZohoThrottled, ZohoUnavailable
from chalicelib.zoho.oauth import AccessToken
from chalicelib.zoho.tokens import EARLY_SECONDS, JITTER_SECONDS, AccessTokens
from tests.unit.zoho_answers import NOW

DOMAIN = "https://www.zohoapis.eu"


def token(value: str, seconds: float = 3600) -> AccessToken:
    return AccessToken(value, DOMAIN, NOW + timedelta(seconds=seconds))


class World:
    """A store, a Zoho and a clock, all in memory."""

    def __init__(self) -> None:
        self.now = NOW
        self.stored: dict[str, str] | None = None
        self.store_fails = False
        self.refresh_error: LeadmatchError | None = None
        self.reads = self.writes = self.refreshes = 0
        self.warnings: list[LeadmatchError] = []

    def read(self) -> Mapping[str, str] | None:
        """Give what is stored."""
        self.reads += 1
        return self.stored

    def write(self, fields: Mapping[str, str]) -> None:
        """Store, or fail."""
        self.writes += 1
        if self.store_fails:
            raise AwsUnavailable("no", reason="secretsmanager_down")
        self.stored = dict(fields)

    def refresh(self) -> AccessToken:
        """Give a new token of an hour, or fail."""
        self.refreshes += 1
        if self.refresh_error:
            raise self.refresh_error
        return AccessToken(f"new-{self.refreshes}", DOMAIN, self.now + timedelta(hours=1))

    def tell(self) -> datetime:
        """Give the time."""
        return self.now

    def put(self, value: str, seconds: float = 3600) -> None:
        """Let another worker have stored a token."""
        expires_at = (self.now + timedelta(seconds=seconds)).isoformat()
        self.stored = {"access_token": value, "api_domain": DOMAIN, "expires_at": expires_at}

    def tokens(self, random: float = 0.0) -> AccessTokens:
        """Give a worker's view."""
        return AccessTokens(
            store=self, refresh=self.refresh, now=self.tell, random=lambda: random, warn=self.warnings.append
        )


@pytest.fixture
def world() -> World:
    return World()


def test_the_stored_token_is_used_before_a_new_one(world: World) -> None:
    """A cold start costs Zoho nothing."""
    world.put("stored")
    assert world.tokens().get() == token("stored")
    assert (world.reads, world.refreshes, world.writes) == (1, 0, 0)


def test_memory_comes_before_the_store(world: World) -> None:
    """A warm worker reads nothing."""
    tokens = world.tokens()
    assert [tokens.get().value for _ in range(3)] == ["new-1"] * 3
    assert (world.reads, world.refreshes, world.writes) == (1, 1, 1)


def test_a_new_token_is_stored_for_the_others(world: World) -> None:
    """The secret has its value, its API address and its end; another worker reads just that."""
    given = world.tokens().get()
    assert world.stored == {
        "access_token": "new-1",
        "api_domain": DOMAIN,
        "expires_at": "2026-03-02T10:15:00.000000Z",
    }
    assert world.tokens().get() == given
    assert world.refreshes == 1


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"access_token": ""},
        {"access_token": "x"},
        {"access_token": "x", "expires_at": "soon"},
        {"access_token": "x", "expires_at": "2027-01-01T00:00:00"},
        {"access_token": "x", "expires_at": "2020-01-01T00:00:00Z"},
    ],
)
def test_what_is_no_good_token_is_replaced(world: World, stored: dict[str, str]) -> None:
    """An empty, broken or old secret counts as none."""
    world.stored = stored
    assert world.tokens().get().value == "new-1"


@pytest.mark.parametrize("random", [0.0, 0.5, 1.0])
def test_it_is_refreshed_early_at_a_moment_of_its_own(world: World, random: float) -> None:
    """Five to ten minutes before its end, each worker at another time."""
    tokens = world.tokens(random)
    margin = EARLY_SECONDS + JITTER_SECONDS * random
    tokens.get()
    world.now = NOW + timedelta(seconds=3600 - margin - 1)
    assert tokens.get().value == "new-1"
    world.now += timedelta(seconds=1)
    assert tokens.get().value == "new-2"


def test_what_another_worker_renewed_is_taken_over(world: World) -> None:
    """Near its end the store is asked before Zoho."""
    tokens = world.tokens()
    tokens.get()
    world.now += timedelta(minutes=56)
    world.put("of-another-worker")
    assert tokens.get().value == "of-another-worker"
    assert world.refreshes == 1


def test_a_refused_token_is_looked_up_before_it_is_renewed(world: World) -> None:
    """Another worker may have renewed it already."""
    tokens = world.tokens()
    refused = tokens.get()
    world.put("of-another-worker")
    assert tokens.get(refused=refused).value == "of-another-worker"
    assert (world.reads, world.refreshes) == (2, 1)


def test_a_refused_token_that_is_still_stored_is_renewed(world: World) -> None:
    """The store's token is no better when it is the same."""
    tokens = world.tokens()
    refused = tokens.get()
    world.now += timedelta(minutes=2)
    assert tokens.get(refused=refused).value == "new-2"
    assert world.stored is not None
    assert world.stored["access_token"] == "new-2"
    assert (world.reads, world.refreshes) == (2, 2)


def test_a_token_refused_to_one_thread_does_not_cost_two(world: World) -> None:
    """A second thread that comes with the same refused token gets the renewed one."""
    tokens = world.tokens()
    refused = tokens.get()
    world.now += timedelta(minutes=2)
    assert [tokens.get(refused=refused).value for _ in range(2)] == ["new-2", "new-2"]


def test_a_failed_write_is_told_and_tried_again(world: World) -> None:
    """The new token is used all the same, and shared at the next call."""
    world.store_fails = True
    tokens = world.tokens()
    assert tokens.get().value == "new-1"
    assert tokens.get().value == "new-1"
    assert [error.reason for error in world.warnings] == ["secretsmanager_down"] * 2
    world.store_fails = False
    tokens.get()
    tokens.get()
    assert world.stored is not None
    assert world.stored["access_token"] == "new-1"
    assert (world.writes, world.refreshes, len(world.warnings)) == (3, 1, 2)


def test_a_refresh_that_fails_is_raised_and_tried_again(world: World) -> None:
    """Nothing of the failure is kept."""
    world.refresh_error = ZohoThrottled("slow", reason="zoho_token_throttled")
    tokens = world.tokens()
    with pytest.raises(ZohoThrottled):
        tokens.get()
    world.refresh_error = None
    assert tokens.get().value == "new-2"


def test_a_new_token_that_is_refused_costs_no_other(world: World) -> None:
    """Something else is wrong than the token, and Zoho gives out ten in ten minutes for everybody."""
    tokens = world.tokens()
    refused = tokens.get()
    with pytest.raises(ZohoUnavailable) as error:
        tokens.get(refused=refused)
    assert (error.value.reason, world.refreshes) == ("zoho_token_refused", 1)


def test_when_an_early_refresh_fails_the_old_token_serves_while_it_lives(world: World) -> None:
    """Minutes before its end it is still good, and the failure is told."""
    tokens = world.tokens()
    old = tokens.get()
    world.refresh_error = ZohoThrottled("slow", reason="zoho_token_throttled")
    world.now += timedelta(seconds=3600 - 60)
    assert tokens.get() == old
    assert [error.reason for error in world.warnings] == ["zoho_token_throttled"]
    world.now += timedelta(seconds=60)
    with pytest.raises(ZohoThrottled):
        tokens.get()


def test_of_many_cold_workers_those_that_zoho_throttles_take_the_token_of_the_others(world: World) -> None:
    """Zoho had a token for one of them, and it stands in the store by now."""

    def throttled() -> AccessToken:
        world.put("of-a-faster-worker")
        raise ZohoThrottled("slow", reason="zoho_token_throttled")

    world.refresh = throttled  # type: ignore[method-assign]
    tokens = world.tokens()
    assert tokens.get().value == "of-a-faster-worker"


def test_two_threads_cost_one_refresh(world: World) -> None:
    """Both questions about a lead start at once on a cold worker."""
    second = threading.Event()
    start = threading.Barrier(2, timeout=5)

    def slow_refresh() -> AccessToken:
        world.refreshes += 1
        if world.refreshes == 1:
            second.wait(0.2)  # time for the other thread to refresh too, if nothing keeps it
        else:
            second.set()
        return token(f"new-{world.refreshes}")

    tokens = AccessTokens(
        store=world, refresh=slow_refresh, now=world.tell, random=lambda: 0.0, warn=world.warnings.append
    )

    def ask() -> str:
        start.wait()
        return tokens.get().value

    with ThreadPoolExecutor(max_workers=2) as pool:
        values = [asked.result() for asked in [pool.submit(ask), pool.submit(ask)]]
    assert (values, world.refreshes) == (["new-1", "new-1"], 1)
