"""Where the access token comes from: memory, then the shared secret, then Zoho, for many workers together."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.errors import (
    AwsUnavailable,
    LeadmatchError,
    LeaseHeld,
    Misconfigured,
    Retryable,
    TokenUnclear,
    ZohoRefused,
    ZohoThrottled,
    ZohoUnavailable,
)
from chalicelib.timing import (
    TOKEN_DOUBTED_SECONDS,
    TOKEN_EARLY_JITTER_SECONDS,
    TOKEN_EARLY_SECONDS,
    TOKEN_REFUSED_LONGEST_SECONDS,
    TOKEN_REST_SECONDS,
    TOKEN_SOON_SECONDS,
)
from chalicelib.zoho.oauth import AccessToken, ZohoClientCredentials
from chalicelib.zoho.token_budget import Ask
from chalicelib.zoho.token_lease import TokenTiming
from chalicelib.zoho.token_record import TokenRecord
from chalicelib.zoho.token_secret import WRITES
from chalicelib.zoho.tokens import AccessTokens
from tests.unit.token_world import DOMAIN, TIMING, World
from tests.unit.zoho_answers import ACCOUNTS, CREDENTIALS, NOW

DOWN = ZohoUnavailable("down", reason="zoho_no_token")
THROTTLED = ZohoThrottled("slow", reason="zoho_token_throttled", retry_after_seconds=600.0)
REFUSED = ZohoRefused("Authorise leadmatch again.", reason="zoho_not_connected")
AWS_DOWN = AwsUnavailable("no", reason="secretsmanager_down")
LONG_LEASE = TokenTiming(lease_seconds=50)
"""Nobody sees the end of it in one wait."""
TODAY = (CREDENTIALS.digest(), NOW.date())
"""Whose tokens are refused, and when."""
OTHER_CREDENTIALS = ZohoClientCredentials("1000.CLIENT", "client-secret-text", "1000.another-refresh-token", ACCOUNTS)


@pytest.fixture
def world() -> World:
    return World()


def near_its_end(world: World) -> tuple[AccessTokens, AccessToken]:
    """Return a worker whose token is to be refreshed by now and lives for four minutes, and that token."""
    tokens = world.worker()
    old = tokens.get()
    world.clock.passed += 3600 - 240
    return tokens, old


def refuse_once(world: World, tokens: AccessTokens) -> None:
    """Let Zoho refuse the credentials for the first time, and let the pause after it pass."""
    with pytest.raises(ZohoUnavailable):
        tokens.get()
    world.clock.passed += TOKEN_DOUBTED_SECONDS


# Memory, then the secret


def test_the_stored_token_is_used_before_a_new_one(world: World) -> None:
    """A cold start costs Zoho nothing and takes no lease."""
    world.store.put("stored")
    assert world.worker().get() == AccessToken("stored", DOMAIN, NOW + timedelta(hours=1))
    assert (world.store.reads, world.item.reads, world.refreshes) == (1, 0, 0)


def test_memory_comes_before_the_store(world: World) -> None:
    """A warm worker asks nobody anything."""
    tokens = world.worker()
    assert [tokens.get().value for _ in range(3)] == ["new-1"] * 3
    assert (world.store.reads, world.store.writes, world.item.reads, world.refreshes) == (1, 1, 1, 1)


def test_a_new_token_is_stored_for_the_others(world: World) -> None:
    """Another worker reads it, and the lease is free."""
    given = world.worker().get()
    assert world.worker().get() == given
    assert (world.refreshes, world.item.record.owner) == (1, "")
    assert world.asked_with == [CREDENTIALS]


@pytest.mark.parametrize("random", [0.0, 0.5, 1.0])
def test_it_is_refreshed_early_at_a_moment_of_its_own(world: World, random: float) -> None:
    """Five to ten minutes before its end, each worker at another time."""
    tokens = world.worker(random=random)
    tokens.get()
    world.clock.passed = 3600 - (TOKEN_EARLY_SECONDS + TOKEN_EARLY_JITTER_SECONDS * random) - 1
    assert tokens.get().value == "new-1"
    world.clock.passed += 1
    assert tokens.get().value == "new-2"


def test_what_another_worker_renewed_is_taken_over(world: World) -> None:
    """Near its end the store is asked before Zoho."""
    tokens, _ = near_its_end(world)
    world.store.put("of-another-worker")
    assert tokens.get().value == "of-another-worker"
    assert world.refreshes == 1


# A token that Zoho refuses


def test_a_refused_token_is_looked_up_before_it_is_renewed(world: World) -> None:
    """Another worker may have renewed it already."""
    tokens = world.worker()
    refused = tokens.get()
    world.store.put("of-another-worker")
    assert tokens.get(refused=refused).value == "of-another-worker"
    assert world.refreshes == 1


def test_a_refused_token_that_is_still_stored_is_renewed(world: World) -> None:
    """The store's token is no better when it is the same."""
    tokens = world.worker()
    refused = tokens.get()
    world.clock.passed += 120
    assert tokens.get(refused=refused).value == "new-2"
    assert (world.store.value, world.refreshes) == ("new-2", 2)


def test_a_token_refused_to_many_costs_one(world: World) -> None:
    """Threads and workers that come with the same refused token get the renewed one."""
    first, second = world.worker(), world.worker()
    refused = first.get()
    second.get()
    world.clock.passed += 120
    assert [first.get(refused=refused).value for _ in range(2)] == ["new-2", "new-2"]
    assert second.get(refused=refused).value == "new-2"


def test_a_worker_that_reads_an_old_version_does_not_renew_what_was_renewed(world: World) -> None:
    """AWS does not tell everybody at once: the lease knows that the version was replaced, and the secret is read again."""
    second = world.worker()
    world.store.put("expired", seconds=-1)
    old = (world.store.fields, world.store.version)
    world.worker().get()
    world.store.stale_reads = [old, old]
    assert second.get().value == "new-1"
    assert (world.refreshes, world.store.stale_reads) == (1, [])


def test_a_new_token_that_is_refused_costs_no_other(world: World) -> None:
    """Something else is wrong than the token, and Zoho gives out ten in ten minutes for everybody."""
    tokens = world.worker()
    refused = tokens.get()
    with pytest.raises(ZohoUnavailable) as error:
        tokens.get(refused=refused)
    assert (error.value.reason, world.refreshes) == ("zoho_token_refused", 1)
    assert world.item.record.owner == ""


def refuse_tokens(world: World, tokens: AccessTokens) -> Retryable:
    """Let Zoho answer 401 to every token, and a lead come back each two minutes, until no other token is fetched."""
    while True:
        refused = tokens.get()
        try:
            world.clock.passed += 120
            tokens.get(refused=refused)
        except Retryable as error:
            return error


def test_tokens_that_are_refused_one_after_the_other_cost_two_in_ten_minutes(world: World) -> None:
    """Whoever still has a use for the token that there is gets it; the operator hears of it once from a worker."""
    tokens = world.worker()
    error = refuse_tokens(world, tokens)
    assert isinstance(error, ZohoUnavailable)
    assert (error.reason, error.retry_after_seconds) == ("zoho_token_refused", TOKEN_REFUSED_LONGEST_SECONDS)
    assert (world.refreshes, world.tokens_refused, world.failures) == (3, [TODAY], [])
    assert [worker.get().value for worker in (tokens, world.worker())] == ["new-3"] * 2
    refuse_tokens(world, tokens)
    assert world.tokens_refused == [TODAY]


def test_refused_tokens_are_told_of_again_on_another_day(world: World) -> None:
    """The first ones were perhaps one lead's; of all workers each says the same of a day, so that it can be told once."""
    warm = world.worker()
    refuse_tokens(world, warm)
    refuse_tokens(world, world.worker())
    world.clock.passed += timedelta(days=45).total_seconds()
    refuse_tokens(world, warm)
    digest, today = TODAY
    assert world.tokens_refused == [TODAY, TODAY, (digest, today + timedelta(days=45))]


def test_refused_tokens_that_could_not_be_told_of_are_told_of_again(world: World) -> None:
    """The lead hears the same either way."""
    tokens = world.worker()
    world.telling_fails = [AwsUnavailable("no", reason="sqs_down")]
    assert [refuse_tokens(world, tokens).reason for _ in range(2)] == ["zoho_token_refused"] * 2
    assert world.tokens_refused == [TODAY]
    assert world.warnings == [("refused_tokens_not_told", "sqs_down")]


def test_a_day_of_refused_tokens_leaves_enough_for_those_that_end(world: World) -> None:
    """Two leads are answered 401 for good, all others get their token, day after day, and no budget is ever spent."""
    tokens = world.worker()
    while world.clock.passed < 48 * 3600:
        token = tokens.get()  # raises when none is to be had
        with suppress(ZohoUnavailable):
            tokens.get(refused=token)
        world.clock.passed += 60
    assert world.refreshes <= 2 * 60
    digest, today = TODAY
    assert world.tokens_refused == [(digest, today + timedelta(days=number)) for number in range(3)]
    assert len(world.item.record.asks) < 60


def test_a_new_authorisation_is_not_locked_out_by_what_the_old_one_used_up(world: World) -> None:
    """Zoho counts for each refresh token; leads that wait follow by themselves."""
    now = int(world.clock.now().timestamp())
    world.item.content = TokenRecord(asks=(Ask(now, CREDENTIALS.digest()),) * 60).fields()
    with pytest.raises(ZohoThrottled):
        world.worker().get()
    world.credentials = OTHER_CREDENTIALS
    assert world.worker().get().value == "new-1"


def test_a_refused_token_near_its_end_is_replaced_as_one_that_ends(world: World) -> None:
    """It would have been by now, whatever the budget for refused ones says."""
    now, digest = int(world.clock.now().timestamp()), CREDENTIALS.digest()
    world.item.content = TokenRecord(
        asks=tuple(Ask(now + at, digest, after_refusal=True) for at in (3100, 3200))
    ).fields()
    world.store.put("near-its-end")
    world.clock.passed += 3600 - 240
    near = AccessToken("near-its-end", DOMAIN, NOW + timedelta(hours=1))
    assert world.worker().get(refused=near).value == "new-1"
    assert [ask.after_refusal for ask in world.item.record.asks] == [True, True, False]


# Waiting for another worker


def test_who_finds_the_lease_taken_waits_for_the_secret(world: World) -> None:
    """A short while, with looks at random moments, until the token is there."""
    world.take_lease()
    world.clock.while_asleep = [lambda: None, lambda: world.store.put("of-the-holder")]
    assert world.worker(random=0.5).get().value == "of-the-holder"
    assert (world.refreshes, world.clock.passed) == (0, 1.0)


def test_the_wait_has_an_end() -> None:
    """Another worker took over meanwhile, say; the lead comes back when the lease can have been watched for its whole length."""
    world = World(LONG_LEASE)
    world.take_lease()
    with pytest.raises(LeaseHeld) as error:
        world.worker().get()
    assert error.value.reason == "token_lease_held"
    assert world.clock.passed == pytest.approx(LONG_LEASE.wait_seconds, abs=1)
    left = LONG_LEASE.lease_seconds - world.clock.passed
    assert error.value.retry_after_seconds == pytest.approx(left)


def test_who_waited_in_vain_comes_back_later_than_at_once(world: World) -> None:
    """The edge sleeps through waits of less than three seconds, which would go past check's time-out."""
    world.store.put("expired", seconds=-1)
    turn = world.lease().claim(version="v1", digest="d")
    assert turn
    world.lease().succeeded(turn, stored=True)  # and the secret still shows the version that was replaced
    with pytest.raises(LeaseHeld) as error:
        world.worker().get()
    assert error.value.retry_after_seconds == TOKEN_SOON_SECONDS


def test_a_dead_worker_s_lease_is_taken_over_within_one_wait(world: World) -> None:
    """A cold worker watches it for its whole length, so that no lead is put off; both refreshes are counted."""
    world.store.put("expired", seconds=-1)
    world.take_lease()
    assert world.worker().get().value == "new-1"
    assert world.clock.passed == pytest.approx(TIMING.lease_seconds, abs=1)
    assert (world.refreshes, len(world.item.record.asks)) == (1, 2)


def test_a_dead_worker_s_lease_is_taken_over_by_who_could_not_watch_it_to_its_end() -> None:
    """Whoever comes back after the lease's length renews, and both refreshes are counted."""
    world = World(LONG_LEASE)
    world.take_lease()
    tokens = world.worker()
    with pytest.raises(LeaseHeld):
        tokens.get()
    world.clock.passed += LONG_LEASE.lease_seconds
    assert tokens.get().value == "new-1"
    assert len(world.item.record.asks) == 2


def test_a_slow_worker_that_is_overtaken_costs_one_refresh_and_spoils_nothing(world: World) -> None:
    """Zoho drips: its successor's token is everybody's, its own serves it alone, both are counted and the lease is free."""
    world.store.put("expired", seconds=-1)

    def dripping(own: ZohoClientCredentials) -> AccessToken:
        assert world.worker().get().value == "new-1"
        world.clock.passed += 5
        return world.refresh(own)

    slow = world.worker(refresh=dripping)
    assert [slow.get().value for _ in range(2)] == ["new-2"] * 2
    assert world.store.value == "new-1"
    assert (world.refreshes, len(world.item.record.asks), world.item.record.owner) == (2, 2, "")
    assert world.worker().get().value == "new-1"


@pytest.mark.parametrize("frozen", ["clock", "now"])
def test_a_worker_whose_clock_stood_still_stores_nothing_late(world: World, frozen: str) -> None:
    """Frozen with the answer in its hands for longer than its lease: by the other clock it knows."""

    def frozen_refresh(own: ZohoClientCredentials) -> AccessToken:
        token = world.refresh(own)
        world.clock.stand_still(frozen)
        world.clock.passed += TIMING.lease_seconds
        world.store.put("of-the-successor")
        return token

    assert world.worker(refresh=frozen_refresh).get().value == "new-1"
    assert world.store.value == "of-the-successor"


def test_a_token_near_its_end_is_used_instead_of_waiting(world: World) -> None:
    """An early refresh by another worker makes nobody wait, a cold start included."""
    tokens, old = near_its_end(world)
    world.take_lease()
    assert tokens.get() == old
    assert world.worker().get() == old
    assert (world.clock.passed, world.refreshes) == (3600 - 240, 1)


@pytest.mark.parametrize("stored_seconds", [-1, 100])
def test_an_older_token_in_the_secret_does_not_push_out_a_better_one(world: World, stored_seconds: float) -> None:
    """Somebody stored late; the token in memory lives longer."""
    tokens, old = near_its_end(world)
    world.store.put("older", seconds=stored_seconds)
    world.take_lease()
    assert tokens.get() == old


def test_a_stored_token_that_zoho_refuses_does_not_push_out_one_that_serves(world: World) -> None:
    """It lives longer by its date alone."""
    tokens, old = near_its_end(world)
    world.store.put("refused", seconds=300)
    world.take_lease()
    refused = AccessToken("refused", DOMAIN, world.clock.now() + timedelta(seconds=300))
    assert tokens.get(refused=refused) == old


def test_while_an_old_token_serves_nobody_looks_all_the_time(world: World) -> None:
    """Ten seconds of rest between two looks; a refused token ends it at once."""
    tokens, old = near_its_end(world)
    world.take_lease()
    assert tokens.get() == old
    reads = world.store.reads
    assert tokens.get() == old
    assert world.store.reads == reads
    world.store.put("of-the-holder")
    world.clock.passed += TOKEN_REST_SECONDS
    assert tokens.get().value == "of-the-holder"


def test_a_refused_token_does_not_rest(world: World) -> None:
    """It lives by its date alone."""
    tokens, old = near_its_end(world)
    world.take_lease()
    assert tokens.get() == old
    world.store.put("of-the-holder")
    assert tokens.get(refused=old).value == "of-the-holder"


@pytest.mark.parametrize("skew", [-120, 120])
def test_clocks_that_differ_cost_no_second_refresh(world: World, skew: float) -> None:
    """Two minutes ahead or behind, a worker finds the lease held, waits, and takes the token."""
    world.store.put("expired", seconds=-200)
    world.take_lease(skew=-skew)
    world.clock.while_asleep = [lambda: world.store.put("of-the-holder")]
    assert world.worker(skew=skew).get().value == "of-the-holder"
    assert world.refreshes == 0


# When the secret or the lease cannot be written


def test_a_write_that_fails_once_is_made_again_under_the_lease(world: World) -> None:
    """The others find the token when the lease is free."""
    world.store.failures = [AWS_DOWN]
    assert world.worker().get().value == "new-1"
    assert world.worker().get().value == "new-1"
    assert (world.refreshes, world.store.writes) == (1, 2)


def test_a_token_that_could_not_be_stored_is_used_and_stored_at_the_next_call(world: World) -> None:
    """The worker that has it goes on; the lease is free and says that the old version stands."""
    world.store.failures = [AWS_DOWN] * (WRITES + 1)
    tokens = world.worker()
    assert tokens.get().value == "new-1"
    assert (world.item.record.owner, world.item.record.stored_at) == ("", 0)
    assert [tokens.get().value for _ in range(3)] == ["new-1"] * 3
    assert world.store.value == "new-1"
    assert (world.refreshes, world.store.writes) == (1, WRITES + 2)
    assert world.warnings == [("token_not_stored", "secretsmanager_down")] * (WRITES + 1)


def test_a_token_that_is_stored_late_replaces_no_newer_one(world: World) -> None:
    """Another worker has stored one meanwhile: that one is everybody's."""
    world.store.failures = [AWS_DOWN] * WRITES
    tokens = world.worker()
    tokens.get()
    assert world.worker().get().value == "new-2"
    tokens.get()
    assert (world.store.value, world.store.writes) == ("new-2", WRITES + 1)
    reads = world.store.reads
    tokens.get()
    assert world.store.reads == reads


def test_a_token_that_was_never_stored_is_forgotten_for_another_one_s(world: World) -> None:
    """Near its end it is no longer worth a write."""
    world.store.failures = [AWS_DOWN] * WRITES
    tokens = world.worker()
    tokens.get()
    world.clock.passed += 3600 - 240
    world.store.put("of-another-worker")
    reads = world.store.reads
    assert [tokens.get().value for _ in range(2)] == ["of-another-worker"] * 2
    assert (world.store.reads, world.store.writes) == (reads + 1, WRITES)


def test_a_secret_that_cannot_be_read_keeps_no_warm_worker_from_its_token(world: World) -> None:
    """Neither a late write nor an early refresh is needed to go on."""
    world.store.failures = [AWS_DOWN] * WRITES
    tokens = world.worker()
    tokens.get()
    world.store.is_down = True
    assert tokens.get().value == "new-1"
    world.clock.passed += 3600 - 240
    assert tokens.get().value == "new-1"
    world.clock.passed += 240
    with pytest.raises(AwsUnavailable):
        tokens.get()
    assert world.refreshes == 1


def test_without_the_lease_nobody_asks_zoho(world: World) -> None:
    """DynamoDB is down: a lead waits, or an old token serves."""
    world.item.lose = ["before"]
    with pytest.raises(AwsUnavailable):
        world.worker().get()
    tokens, old = near_its_end(world)
    world.item.lose = ["before"]
    assert tokens.get() == old
    assert world.warnings == [("token_not_renewed", "dynamodb_down")]
    assert world.refreshes == 1


@pytest.mark.parametrize("fate", ["before", "after"])
def test_a_lease_that_cannot_be_given_back_costs_no_token(world: World, fate: str) -> None:
    """The token is stored by then; the lease ends by itself."""
    world.item.lose = [None, fate]
    assert world.worker().get().value == "new-1"
    assert world.worker().get().value == "new-1"
    assert [name for name, _ in world.warnings] == ["token_lease_not_returned"]


def test_who_outlives_its_lease_does_not_write_over_its_successor(world: World) -> None:
    """A frozen worker wakes with a token: it uses it, and leaves the secret to the one that took over."""

    def frozen(own: ZohoClientCredentials) -> AccessToken:
        world.clock.passed += TIMING.lease_seconds
        world.store.put("of-the-successor")
        return world.refresh(own)

    tokens = world.worker(refresh=frozen)
    assert tokens.get().value == "new-1"
    assert world.store.value == "of-the-successor"
    tokens.get()
    assert world.store.value == "of-the-successor"


# When Zoho gives none


def test_a_refresh_that_fails_is_told_once_and_tried_again_after_the_pause(world: World) -> None:
    """All workers keep the pause; only the one that asked tells of a failure."""
    world.zoho_says = [THROTTLED]
    tokens = world.worker()
    for worker in (tokens, tokens, world.worker()):
        with pytest.raises((ZohoThrottled, ZohoUnavailable)) as error:
            worker.get()
        assert error.value.reason == "zoho_token_throttled"
    assert (world.failures, world.refreshes) == (["zoho_token_throttled"], 1)
    world.clock.passed += 600
    assert tokens.get().value == "new-2"


def test_when_an_early_refresh_fails_the_old_token_serves_while_it_lives(world: World) -> None:
    """Minutes before its end it is still good, so that a passing failure is a warning and rings no alarm."""
    tokens, old = near_its_end(world)
    world.zoho_says = [THROTTLED]
    assert tokens.get() == old
    assert world.failures == []
    assert world.warnings == [("token_not_renewed", "zoho_token_throttled")]
    world.clock.passed += 240
    with pytest.raises(ZohoUnavailable):
        tokens.get()


def test_a_failure_without_an_old_token_is_told(world: World) -> None:
    """Minutes later the old one is gone, and leads wait."""
    tokens, _ = near_its_end(world)
    world.zoho_says = [THROTTLED, THROTTLED]
    tokens.get()
    world.clock.passed += 600
    with pytest.raises(ZohoThrottled):
        tokens.get()
    assert world.failures == ["zoho_token_throttled"]


def test_a_revocation_is_told_while_an_old_token_serves(world: World) -> None:
    """Only a person can end it, and has the minutes that the old token lives for."""
    tokens, old = near_its_end(world)
    world.zoho_says = [REFUSED, REFUSED]
    assert tokens.get() == old
    assert (world.failures, world.revoked) == ([], [])
    world.clock.passed += TOKEN_DOUBTED_SECONDS
    assert tokens.get() == old
    assert world.failures == ["zoho_not_connected"]
    assert world.revoked == [(str(REFUSED), CREDENTIALS.digest())]


def test_one_refusal_of_good_credentials_is_a_wait_of_a_minute(world: World) -> None:
    """Believed at once, a slip of Zoho's would make every lead of an hour NOT CHECKED, to be replayed by hand."""
    world.zoho_says = [REFUSED]
    for worker in (world.worker(), world.worker()):
        with pytest.raises(ZohoUnavailable) as error:
            worker.get()
        assert (error.value.reason, error.value.retry_after_seconds) == ("zoho_not_connected", TOKEN_DOUBTED_SECONDS)
    assert (world.refreshes, world.revoked, world.failures) == (1, [], ["zoho_not_connected"])
    world.clock.passed += TOKEN_DOUBTED_SECONDS
    assert world.worker().get().value == "new-2"


def test_a_spent_budget_stops_everybody_but_no_living_token(world: World) -> None:
    """The sixth in ten minutes waits; who has an old token goes on with it, a cold worker with the stored one."""
    tokens, old = near_its_end(world)
    spent = TokenRecord(asks=(Ask(int(world.clock.now().timestamp()), CREDENTIALS.digest()),) * 5)
    world.item.content = spent.fields()
    for worker in (tokens, world.worker()):
        assert worker.get() == old
    assert world.warnings == [("token_not_renewed", "token_budget")] * 2
    world.clock.passed += 240
    with pytest.raises(ZohoThrottled) as error:
        world.worker().get()
    assert (error.value.reason, error.value.retry_after_seconds) == ("token_budget", 360)
    assert (world.refreshes, world.failures) == (1, [])


def test_revoked_credentials_are_told_once_and_asked_with_once_an_hour(world: World) -> None:
    """Everybody raises the same refusal; the operator hears of it once for each credential."""
    world.zoho_says = [REFUSED] * 4
    refuse_once(world, world.worker())
    for worker in (world.worker(), world.worker()):
        with pytest.raises(ZohoRefused) as error:
            worker.get()
        assert str(error.value) == str(REFUSED)
    world.clock.passed += 3600
    with pytest.raises(ZohoRefused):
        world.worker().get()
    assert world.refreshes == 3
    assert world.failures == ["zoho_not_connected"] * 3
    assert world.revoked == [(str(REFUSED), CREDENTIALS.digest())]
    assert CREDENTIALS.refresh_token not in str(world.item.content)


def test_new_credentials_are_tried_at_once(world: World) -> None:
    """Whoever authorises leadmatch again need not wait for an hour; new ones that are refused are told of anew."""
    world.zoho_says = [REFUSED] * 4
    tokens = world.worker()
    for world.credentials in (CREDENTIALS, OTHER_CREDENTIALS):
        refuse_once(world, tokens)
        with pytest.raises(ZohoRefused):
            tokens.get()
    assert [digest for _, digest in world.revoked] == [CREDENTIALS.digest(), OTHER_CREDENTIALS.digest()]
    world.credentials = ZohoClientCredentials("a", "b", "c", ACCOUNTS)
    assert tokens.get().value == "new-5"
    assert world.item.record.refusal is None


SKEWS = [11.0, -11.0, 3600.0, -3600.0, 4 * 3600.0, -4 * 3600.0, 20 * 3600.0, -20 * 3600.0]


@pytest.mark.parametrize("skew", SKEWS)
def test_a_token_that_a_wrong_clock_stored_stops_no_refresh(world: World, skew: float) -> None:
    """It seems to live for hours more, or to be over: when Zoho refuses it the others have another one within minutes."""

    def refresh(_: ZohoClientCredentials) -> AccessToken:
        world.refreshes += 1
        return AccessToken("by the wrong clock", DOMAIN, world.clock.now(skew) + timedelta(hours=1))

    world.worker(skew=skew, refresh=refresh).get()
    right = world.worker()
    token = right.get()
    world.clock.passed += 3700  # by now Zoho refuses it
    began = world.clock.passed
    while right.get().is_same(token):
        with suppress(LeadmatchError):
            right.get(refused=token)
        world.clock.passed += 10
    assert world.clock.passed - began <= 120
    assert world.refreshes <= 4


@pytest.mark.parametrize("answer", [DOWN, THROTTLED, REFUSED, TokenUnclear("lost", reason="zoho_token_no_answer")])
@pytest.mark.parametrize("skew", SKEWS)
def test_a_pause_that_a_wrong_clock_wrote_is_no_longer_than_any(
    world: World, skew: float, answer: LeadmatchError
) -> None:
    """A worker whose clock is hours ahead is told to wait; the others ask again within two hours, and then by the right time."""
    world.zoho_says = [answer]
    with pytest.raises(LeadmatchError):
        world.worker(skew=skew).get()
    began = world.clock.passed
    while world.store.value is None:
        with suppress(LeadmatchError):
            world.worker().get()
        world.clock.passed += 60
    assert world.clock.passed - began <= 2 * 3600


@pytest.mark.parametrize(
    "between",
    [
        pytest.param(timedelta(hours=2), id="the same morning"),
        pytest.param(timedelta(days=3), id="days later"),
        pytest.param(timedelta(days=89), id="within the ledger's memory"),
        pytest.param(timedelta(minutes=70), id="an incident that was believed first"),
    ],
)
def test_a_revocation_is_told_each_time_it_happens(world: World, between: timedelta) -> None:
    """Cured without new credentials (a user deactivated twice), it is another incident; within one it stays the same."""
    for _ in range(2):
        world.zoho_says = [REFUSED] * 3
        refuse_once(world, world.worker())
        for _ in range(2):  # the second one asks an hour later: it is the same revocation
            with pytest.raises(ZohoRefused):
                world.worker().get()
            world.clock.passed += 3600
        assert world.worker().get()
        world.clock.passed += between.total_seconds()
    assert [digest for _, digest in world.revoked] == [CREDENTIALS.digest()] * 2
    assert len(set(world.incidents)) == 2


def test_a_revocation_that_is_told_again_after_a_crash_is_the_same_incident(world: World) -> None:
    """The notice was on its way, the record was not written: the operator's channel shows one message."""
    world.zoho_says = [REFUSED] * 3
    refuse_once(world, world.worker())
    world.item.lose = [None, "before"]
    for _ in range(2):
        with pytest.raises(ZohoRefused):
            world.worker().get()
        world.clock.passed += 3600
    assert len(world.incidents) == 2
    assert len(set(world.incidents)) == 1


@pytest.mark.parametrize("fault", ["its answers are lost", "its callers die", "each in turn"])
@pytest.mark.parametrize("hours", [1, 8, 16, 23])
def test_a_token_endpoint_that_hung_for_hours_gives_a_token_within_one(world: World, hours: int, fault: str) -> None:
    """Each ask may have given out a token and counts; half of the day's budget is left for when clear answers come again."""
    unclear, numbers = TokenUnclear("lost", reason="zoho_token_no_answer"), itertools.count()

    def hang(_: ZohoClientCredentials) -> AccessToken:
        world.refreshes += 1
        dies = fault == "its callers die" or (fault == "each in turn" and next(numbers) % 2)
        raise KeyboardInterrupt if dies else unclear

    while world.clock.passed < hours * 3600:
        with suppress(LeadmatchError, KeyboardInterrupt):
            world.worker(refresh=hang).get()
        world.clock.passed += 120
    asked = world.refreshes
    assert asked <= 30 + hours
    answered_from = world.clock.passed
    while world.refreshes == asked:
        with suppress(LeadmatchError):
            world.worker().get()
        world.clock.passed += 60
    assert world.clock.passed - answered_from <= 3600 + 120
    while world.clock.passed < 24 * 3600:  # and tokens that end are renewed, hour after hour
        world.worker().get()
        world.clock.passed += 600


def test_what_could_not_be_told_is_told_again(world: World) -> None:
    """The refusal is written down for all only after the operator's notice is on its way."""
    world.zoho_says = [REFUSED] * 3
    refuse_once(world, world.worker())
    world.telling_fails = [AwsUnavailable("no", reason="sqs_down")]
    with pytest.raises(ZohoRefused):
        world.worker().get()
    assert world.item.record.refusal is None
    world.clock.passed += 3600
    with pytest.raises(ZohoRefused):
        world.worker().get()
    assert [digest for _, digest in world.revoked] == [CREDENTIALS.digest()]


def test_credentials_that_are_missing_cost_no_turn(world: World) -> None:
    """They are looked at before the lease is taken."""
    world.credentials = Misconfigured("lacks", reason="zoho_not_connected")
    with pytest.raises(Misconfigured):
        world.worker().get()
    assert world.item.writes == 0


# Threads


def test_two_threads_cost_one_refresh(world: World) -> None:
    """Both questions about a lead start at once on a cold worker."""
    second = threading.Event()
    start = threading.Barrier(2, timeout=5)

    def slow_refresh(own: ZohoClientCredentials) -> AccessToken:
        if world.refreshes:
            second.set()
        else:
            second.wait(0.2)  # time for the other thread to refresh too, if nothing keeps it
        return world.refresh(own)

    tokens = world.worker(refresh=slow_refresh)

    def ask() -> str:
        start.wait()
        return tokens.get().value

    with ThreadPoolExecutor(max_workers=2) as pool:
        values = [asked.result() for asked in [pool.submit(ask), pool.submit(ask)]]
    assert (values, world.refreshes) == (["new-1", "new-1"], 1)


def test_a_thread_does_not_wait_for_another_one_s_early_refresh(world: World) -> None:
    """The old token serves while the other thread is with Zoho."""
    tokens: list[AccessTokens] = []
    given: list[str] = []

    def refresh(own: ZohoClientCredentials) -> AccessToken:
        if world.refreshes:
            with suppress(TimeoutError):
                given.append(pool.submit(tokens[0].get).result(timeout=30).value)
        return world.refresh(own)

    tokens.append(world.worker(refresh=refresh))
    tokens[0].get()
    world.clock.passed += 3600 - 240
    with ThreadPoolExecutor(max_workers=1) as pool:
        assert tokens[0].get().value == "new-2"
    assert given == ["new-1"]


def test_a_thread_s_wait_for_another_one_is_a_part_of_its_wait() -> None:
    """A lead's two questions give up together: twice the wait would leave check no time for Zoho."""
    world = World(LONG_LEASE)
    world.take_lease()
    tokens, second, begun = world.worker(), [], threading.Event()

    def begin_the_second() -> None:
        main = threading.current_thread()
        world.clock.when_read = lambda: None if threading.current_thread() is main else begun.set()
        second.append(pool.submit(tokens.get))
        begun.wait(1)

    world.clock.while_asleep = [begin_the_second]
    with ThreadPoolExecutor(max_workers=1) as pool:
        with pytest.raises(LeaseHeld):
            tokens.get()
        with pytest.raises(LeaseHeld):
            second[0].result()
    assert world.clock.passed == pytest.approx(TIMING.wait_seconds, abs=2)


def test_a_thread_that_keeps_the_lock_holds_nobody_up_for_longer_than_the_wait(world: World) -> None:
    """As one does that was left behind with an answer that drips: the lead comes back later, and no thread waits for ever."""
    entered, go_on = threading.Event(), threading.Event()

    def drips(_own: ZohoClientCredentials) -> AccessToken:
        entered.set()
        go_on.wait(30)
        raise DOWN

    world.timing = replace(world.timing, wait_seconds=0.1)
    tokens = world.worker(refresh=drips)
    with ThreadPoolExecutor(max_workers=1) as pool:
        left_behind = pool.submit(tokens.get)
        assert entered.wait(30)
        with pytest.raises(LeaseHeld):
            tokens.get()
        go_on.set()
        with pytest.raises(ZohoUnavailable):
            left_behind.result(timeout=30)
