"""The access token as check has it: memory, the secret, and a request to whoever fetches one."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from chalicelib.errors import (
    AwsUnavailable,
    Misconfigured,
    Retryable,
    TokenAwaited,
    ZohoRefused,
    ZohoThrottled,
    ZohoTokensRejected,
    ZohoUnavailable,
)
from chalicelib.events import TokenRequest
from chalicelib.timing import (
    SHORT_WAIT_SECONDS,
    TOKEN_EARLY_SECONDS,
    TOKEN_LOOK_SECONDS,
    TOKEN_NEW_SECONDS,
    TOKEN_REST_SECONDS,
    TOKEN_SOON_SECONDS,
    TOKEN_SWEEP_RENEWS_SECONDS,
    TOKEN_WAIT_SECONDS,
)
from chalicelib.wire import time_text
from chalicelib.zoho.tokens import AccessToken, AccessTokens, read_token, request_early
from tests.unit.token_world import DOMAIN, World
from tests.unit.zoho_answers import NOW

REFUSAL = ZohoRefused("Authorise leadmatch again.", reason="zoho_not_connected")
DOWN = ZohoUnavailable("down", reason="zoho_no_token")


@pytest.fixture
def world() -> World:
    """Return an empty secret, and a refresher that runs."""
    return World()


def requested(world: World) -> list[tuple[str, str]]:
    """Return what is queued."""
    return [(request.version, request.reason) for request in world.requests]


def test_the_stored_token_is_used_and_kept_in_memory(world: World) -> None:
    """A cold start costs one look into the secret, a warm worker asks nobody anything."""
    world.secret.put("stored")
    worker = world.worker()
    assert [world.token(worker).value for _ in range(3)] == ["stored"] * 3
    assert (world.secret.reads, world.refreshes, requested(world)) == (1, 0, [])


def test_a_cold_stage_gets_its_token_within_one_wait(world: World) -> None:
    """One request, looks each half second, and the token that refresh stored meanwhile."""
    assert world.token(world.worker()).value == "new-1"
    assert (world.refreshes, world.clock.passed) == (1, TOKEN_LOOK_SECONDS)
    assert world.token(world.worker()).value == "new-1"
    assert world.refreshes == 1


@pytest.mark.parametrize("left", [TOKEN_EARLY_SECONDS, 30])
def test_a_token_that_is_about_to_end_is_requested_without_waiting(world: World, left: int) -> None:
    """The sweep should have done it; the old one serves, and the next lead finds the new one."""
    world.secret.put("old", seconds=left)
    worker = world.worker()
    assert world.token(worker).value == "old"
    assert world.token(worker).value == "old"
    assert requested(world) == [("v1", "expiring")]
    assert world.clock.passed == 0
    world.run_refresh()
    world.clock.passed += TOKEN_REST_SECONDS
    assert world.token(worker).value == "new-1"
    assert world.refreshes == 1


def test_a_token_with_more_than_ten_minutes_left_is_not_requested(world: World) -> None:
    """The sweep does that."""
    world.secret.put("old", seconds=TOKEN_EARLY_SECONDS + 1)
    assert world.token(world.worker()).value == "old"
    assert requested(world) == []


def test_what_was_renewed_meanwhile_is_taken_over_without_a_request(world: World) -> None:
    """Near its end the secret is looked at first."""
    world.secret.put("old", seconds=900)
    worker = world.worker()
    assert world.token(worker).value == "old"
    world.secret.put("next")
    world.clock.passed += 400
    assert world.token(worker).value == "next"
    assert requested(world) == []


def test_while_an_old_token_serves_nobody_looks_all_the_time(world: World) -> None:
    """Ten seconds of rest between two looks, and one request a minute that SQS keeps."""
    world.refresh_runs = False
    world.secret.put("old", seconds=300)
    worker = world.worker()
    for _ in range(30):
        assert world.token(worker).value == "old"
        world.clock.passed += 4
    assert world.secret.reads == 10 + 1
    assert len(world.requests) == 2


def test_what_fails_while_an_old_token_serves_is_a_warning(world: World) -> None:
    """Neither Secrets Manager nor SQS is needed to go on; with no token they are."""
    world.secret.put("old", seconds=300)
    worker = world.worker()
    assert world.token(worker).value == "old"
    world.secret.is_down = True
    world.clock.passed += TOKEN_REST_SECONDS
    assert world.token(worker).value == "old"
    assert world.warnings == [("token_not_renewed", "secretsmanager_down")]
    world.clock.passed += 300
    with pytest.raises(AwsUnavailable):
        world.token(worker)


def test_a_refused_token_is_looked_up_before_another_is_requested(world: World) -> None:
    """It may have been replaced already."""
    world.secret.put("first")
    worker = world.worker()
    first = world.token(worker)
    world.secret.put("second")
    assert world.token(worker, refused=first).value == "second"
    assert requested(world) == []


def test_a_refused_token_that_is_still_stored_is_replaced(world: World) -> None:
    """Once for all threads and workers that come with it."""
    world.secret.put("first", seconds=3000)
    workers = [world.worker() for _ in range(3)]
    first, *_ = [world.token(worker) for worker in workers]
    assert [world.token(worker, refused=first).value for worker in workers] == ["new-1"] * 3
    assert [world.token(worker, refused=first).value for worker in workers] == ["new-1"] * 3
    assert world.refreshes == 1
    assert world.item.record.asks[-1].after_refusal


def test_a_refused_token_near_its_end_is_replaced_as_one_that_ends(world: World) -> None:
    """It would have been by now, whatever the budget for refused ones says."""
    world.secret.put("first", seconds=300)
    worker = world.worker()
    first = world.token(worker)
    world.requests.clear()
    world.clock.passed += 60
    assert world.token(worker, refused=first).value == "new-1"
    assert not world.item.record.asks[-1].after_refusal


def test_a_new_token_that_is_refused_costs_no_other(world: World) -> None:
    """Something else is wrong than the token, and Zoho gives out ten in ten minutes for everybody."""
    worker = world.worker()
    new = world.token(worker)
    with pytest.raises(ZohoTokensRejected) as error:
        world.token(worker, refused=new)
    assert error.value.retry_after_seconds == TOKEN_NEW_SECONDS
    assert world.refreshes == 1


def test_a_stored_token_that_zoho_refuses_does_not_push_out_one_that_serves(world: World) -> None:
    """It lives longer by its date alone; nor does an older one."""
    world.secret.put("good", seconds=900)
    worker = world.worker()
    good = world.token(worker)
    world.secret.put("bad")
    assert world.token(worker, refused=AccessToken("bad", DOMAIN, NOW + timedelta(hours=1))) == good
    world.secret.put("older", seconds=700)
    world.clock.passed += 400
    assert world.token(worker).value == "good"


def test_the_wait_has_an_end(world: World) -> None:
    """Refresh does not run: the lead comes back later than at once, and each attempt requests anew."""
    world.refresh_runs = False
    worker = world.worker()
    for attempt in range(3):
        begun = world.clock.passed
        with pytest.raises(TokenAwaited) as error:
            world.token(worker)
        assert world.clock.passed - begun == TOKEN_WAIT_SECONDS
        assert (error.value.retry_after_seconds or 0) > SHORT_WAIT_SECONDS
        world.clock.passed += 60
        assert len(world.requests) == attempt + 1
    world.refresh_runs = True
    assert world.token(worker).value == "new-1"
    assert world.refreshes == 1


def test_a_refresher_that_was_down_for_ten_minutes_costs_one_refresh(world: World) -> None:
    """Fifty workers have asked each minute; all of their requests name one version."""
    world.secret.put("old", seconds=-60)
    world.refresh_runs = False
    workers = [world.worker() for _ in range(50)]
    for worker in workers * 2:
        with pytest.raises(TokenAwaited):
            world.token(worker)
    assert world.clock.passed >= 600
    assert len(world.requests) >= 10
    world.refresh_runs = True
    assert {world.token(worker).value for worker in workers} == {"new-1"}
    assert (world.refreshes, world.requests) == (1, [])


def test_a_request_that_sqs_drops_as_a_repeat_is_made_up_for_within_a_minute(world: World) -> None:
    """The one before it was deleted because DynamoDB was down, and its id lives on for five minutes."""
    world.item.lose = ["before"]
    worker, begun = world.worker(), world.clock.passed
    with pytest.raises(TokenAwaited):
        world.token(worker)
    assert world.warnings == [("dropped", "dynamodb_down")]
    while True:
        try:
            assert world.token(worker).value == "new-1"
            break
        except TokenAwaited:
            world.clock.passed += TOKEN_SOON_SECONDS
    assert world.refreshes == 1
    assert world.clock.passed - begun <= 60 + TOKEN_WAIT_SECONDS + TOKEN_SOON_SECONDS


def test_requests_of_a_minute_are_one_and_a_lost_one_is_made_up_for_in_the_next(world: World) -> None:
    """Fifty workers make one message; when it is lost nobody asks again under its id, but under the next minute's."""
    world.refresh_runs = False
    for _ in range(50):
        world.send(TokenRequest("v1", "expired"))
    assert len(world.requests) == 1
    world.requests.clear()  # lost
    world.send(TokenRequest("v1", "refused"))
    assert world.requests == []
    world.clock.passed += 60
    world.send(TokenRequest("v1", "expired"))
    assert len(world.requests) == 1


@pytest.mark.parametrize(
    ("answers", "error", "asks"),
    [
        ([DOWN], ZohoUnavailable, 1),
        ([REFUSAL], ZohoUnavailable, 1),
        ([REFUSAL, REFUSAL], ZohoRefused, 2),
    ],
)
def test_what_zoho_said_is_known_by_the_record(
    world: World, answers: list[Retryable], error: type[Exception], asks: int
) -> None:
    """Whoever comes then does not wait for what cannot come, but requests all the same: the credentials may be new ones."""
    for number, said in enumerate(answers):
        world.clock.passed += 60 * number
        world.zoho_says = [said]
        assert world.request().name == "token_refresh_failed"
    begun = world.clock.passed
    with pytest.raises(error):
        world.token(world.worker())
    assert world.clock.passed == begun
    assert requested(world) == [("none", "expired")]
    world.run_refresh()
    assert world.refreshes == asks


def test_a_spent_budget_stops_everybody_but_no_living_token(world: World) -> None:
    """The sixth in ten minutes waits; who has an old token goes on with it."""
    for number in range(5):
        world.secret.failures = [AwsUnavailable("no", reason="secretsmanager_down")] * 3
        assert world.request(f"v{number}").name == "token_lost"
        world.clock.passed += 10
    with pytest.raises(ZohoThrottled) as error:
        world.token(world.worker())
    assert error.value.reason == "token_budget"
    world.secret.put("old", seconds=300)
    assert world.token(world.worker()).value == "old"
    world.run_refresh()
    assert world.refreshes == 5


def test_refused_tokens_come_to_an_end_for_all_leads(world: World) -> None:
    """Zoho answers 401 to one token after the other: two in ten minutes, then the lead is told so, and comes back in five minutes."""
    worker = world.worker()
    token = world.token(worker)
    for _ in range(2):
        world.clock.passed += TOKEN_NEW_SECONDS + 1
        token = world.token(worker, refused=token)
    world.clock.passed += TOKEN_NEW_SECONDS + 1
    with pytest.raises(ZohoTokensRejected) as error:
        world.token(worker, refused=token)
    assert 0 < (error.value.retry_after_seconds or 0) <= 300
    assert world.token(worker) == token  # whoever still has a use for it gets it


def test_replaced_credentials_are_tried_within_a_minute(world: World) -> None:
    """While the old ones are refused for an hour, each lead requests once a minute, and the first such request finds the new ones."""
    world.zoho_says = [REFUSAL, REFUSAL]
    world.request()
    world.clock.passed += 60
    world.request()
    worker = world.worker()
    with pytest.raises(ZohoRefused):
        world.token(worker)
    world.run_refresh()
    assert world.refreshes == 2
    assert not isinstance(world.credentials, Misconfigured)
    world.credentials = type(world.credentials)("other", "secret", "1000.new", "https://accounts.zoho.eu")
    world.clock.passed += 60
    with pytest.raises(ZohoRefused):
        world.token(worker)
    world.run_refresh()
    assert (world.refreshes, world.secret.value) == (3, "new-3")
    assert world.token(worker).value == "new-3"


def test_whoever_may_read_the_record_does_not_wait_for_what_cannot_come(world: World) -> None:
    """As the operator's check: it ends with what Zoho answered."""
    world.zoho_says = [DOWN]
    worker = AccessTokens(
        secret=world.secret,
        request=world.send,
        warn=world.warn,
        now=world.clock.now,
        clock=world.clock.monotonic,
        sleep=world.clock.sleep,
        read_record=lambda: world.item.content,
    )
    with pytest.raises(ZohoUnavailable, match="down leadmatch asks Zoho again after a pause"):
        worker.get()
    assert world.clock.passed == TOKEN_LOOK_SECONDS


def test_credentials_that_are_not_whole_are_said_at_once(world: World) -> None:
    """Refresh writes it down, and no lead waits for six hours."""
    world.credentials = Misconfigured("The secret zoho-client lacks refresh_token.", reason="zoho_not_connected")
    with pytest.raises(TokenAwaited):
        world.token(world.worker())
    with pytest.raises(ZohoRefused) as error:
        world.token(world.worker())
    assert str(error.value) == "The secret zoho-client lacks refresh_token."
    assert world.refreshes == 0


def test_a_record_that_cannot_be_read_stops_neither_leads_nor_refresh(world: World) -> None:
    """As after a deploy was rolled back: a token is there all the same, and the record is written anew."""
    world.item.content, world.item.epoch = {"asks": [{"at": 5}]}, 3
    assert world.token(world.worker()).value == "new-1"
    assert [ask.stored for ask in world.item.record.asks] == ["v1"]


def test_a_stale_look_does_not_renew_what_was_renewed(world: World) -> None:
    """AWS does not tell everybody at once: the record knows that the version was replaced, and the secret is read again."""
    world.secret.put("old", seconds=-10)
    world.request()
    old = ({"access_token": "old", "api_domain": DOMAIN, "expires_at": time_text(NOW)}, 1)
    world.secret.stale_reads = [old, old]
    assert world.token(world.worker()).value == "new-1"
    assert world.refreshes == 1
    assert world.results[-1].name == "token_not_needed"


@pytest.mark.parametrize("skew", [-3600.0, -120.0, 120.0, 3600.0])
def test_a_worker_s_wrong_clock_costs_no_second_refresh(world: World, skew: float) -> None:
    """Its requests name the version, and the record has only the refresher's own times."""
    world.secret.put("old", seconds=300)
    for _ in range(10):
        for worker in (world.worker(), world.worker(skew=skew)):
            try:
                world.token(worker)
            except TokenAwaited:
                assert skew > 0  # to it every token has ended
        world.run_refresh()
        world.clock.passed += 60
    assert world.refreshes == 1


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_token_that_a_wrong_clock_stored_stops_no_refresh(world: World, hours: int) -> None:
    """It seems to live for hours more, or to be over: when Zoho refuses it there is another one."""
    world.secret.put("strange", seconds=3600 + hours * 3600)
    worker = world.worker()
    token = world.token(worker)
    if hours > 0:
        assert token.value == "strange"
        assert token.expires_at <= NOW + timedelta(hours=1)
        world.clock.passed += 1
        token = world.token(worker, refused=token)
    assert token.value == "new-1"


def test_two_threads_cost_one_request_and_one_wait(world: World) -> None:
    """Both questions about a lead start at once on a cold worker."""
    worker, got = world.worker(), []
    threads = [threading.Thread(target=lambda: got.append(world.token(worker).value)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["new-1"] * 2
    assert world.refreshes == 1


def test_a_thread_that_keeps_the_lock_holds_nobody_up_for_longer_than_the_wait(world: World) -> None:
    """As one does that was left behind; the lead comes back later, and no thread waits for ever."""
    asleep, wake = threading.Event(), threading.Event()

    def sleep(_seconds: float) -> None:
        asleep.set()
        wake.wait()

    worker = AccessTokens(
        secret=world.secret,
        request=world.send,
        warn=world.warn,
        now=world.clock.now,
        clock=world.clock.monotonic,
        sleep=sleep,
        lock_seconds=0.05,
    )
    left_behind = threading.Thread(target=worker.get)
    left_behind.start()
    asleep.wait()
    with pytest.raises(TokenAwaited):
        worker.get()
    world.secret.put("new")
    wake.set()
    left_behind.join()
    assert worker.get().value == "new"


@pytest.mark.parametrize(
    ("left", "reason"),
    [
        (TOKEN_SWEEP_RENEWS_SECONDS + 1, None),
        (TOKEN_SWEEP_RENEWS_SECONDS, "expiring"),
        (1, "expiring"),
        (0, "expired"),
        (None, "expired"),
    ],
)
def test_the_sweep_requests_the_next_token_long_before_the_end(
    world: World, left: int | None, reason: str | None
) -> None:
    """Twenty minutes: so check finds it there. An empty or broken secret is requested for as well."""
    if left is not None:
        world.secret.put("old", seconds=left)
    request_early(world.secret, request=world.send, now=world.clock.now())
    version = "none" if left is None else "v1"
    assert requested(world) == ([(version, reason)] if reason else [])


@pytest.mark.parametrize(
    "fields",
    [
        None,
        {},
        {"access_token": ""},
        {"access_token": "t"},
        {"access_token": "t", "expires_at": "soon"},
        {"access_token": "t", "expires_at": "2026-03-02T09:00:00"},
    ],
)
def test_what_is_no_token_counts_as_none(fields: dict[str, str] | None) -> None:
    """An empty or broken secret is replaced."""
    assert read_token(fields, now=NOW) is None


@pytest.mark.parametrize("api_domain", [{}, {"api_domain": ""}, {"api_domain": "null"}])
def test_a_token_whose_answer_named_no_api_is_a_token(api_domain: dict[str, str]) -> None:
    """The data centre's own API serves."""
    token = read_token({"access_token": "t", "expires_at": time_text(NOW), **api_domain}, now=NOW)
    assert token == AccessToken("t", "", NOW)


def test_a_token_is_read_back_as_it_was_stored() -> None:
    """Value, API address and end; the fields are those of the contract."""
    token = AccessToken("t", DOMAIN, NOW + timedelta(hours=1))
    assert set(token.fields()) == {"access_token", "api_domain", "expires_at"}
    assert read_token(token.fields(), now=NOW) == token
    assert DOMAIN not in repr(token)
