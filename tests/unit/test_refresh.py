"""refresh: what becomes of a request for a token, of Zoho's answer, and of a refresher that dies."""

from __future__ import annotations

import pytest

from chalicelib.aws.queues import Delivery
from chalicelib.errors import (
    AwsUnavailable,
    LeadmatchError,
    Misconfigured,
    Unreadable,
    ZohoBlocked,
    ZohoRefused,
    ZohoThrottled,
    ZohoUnavailable,
)
from chalicelib.events import TokenReason, TokenRequest
from chalicelib.metrics import Metric
from chalicelib.timing import TOKEN_DOUBTED_SECONDS, TOKEN_REFUSED_SECONDS
from chalicelib.zoho.token_record import Ask, TokenRecord
from tests.unit.token_world import World
from tests.unit.zoho_answers import CREDENTIALS, NOW

REFUSAL = ZohoRefused("Authorise leadmatch again.", reason="zoho_not_connected")
DOWN = ZohoUnavailable("down", reason="zoho_no_token")
BLOCKED = ZohoBlocked("Zoho lets nobody in.", reason="zoho_ip_restricted")
NO_AWS = AwsUnavailable("no", reason="secretsmanager_down")
KNOWN_BY = CREDENTIALS.digest()[:12]
FAILED = {Metric.TOKEN_REFRESH_FAILURES: 1}


@pytest.fixture
def world() -> World:
    """Return an empty secret and an empty record."""
    return World()


class Died(Exception):
    """The process was killed."""


def refuse_twice(world: World) -> None:
    """Let Zoho refuse the credentials until it is believed."""
    world.zoho_says = [REFUSAL, REFUSAL]
    for _ in range(2):
        world.request()
        world.clock.passed += TOKEN_DOUBTED_SECONDS


def test_a_token_is_asked_for_counted_and_stored(world: World) -> None:
    """In this order: the record says so before Zoho is asked, and what the token became afterwards."""
    seen: list[TokenRecord] = []
    result = world.refresh(
        TokenRequest("none", "expired"), ask=lambda own: seen.append(world.item.record) or world.ask(own)
    )
    assert (result.name, result.fields, result.measures) == (
        "token_refreshed",
        {"secret_version": "none", "request": "expired"},
        {},
    )
    now = int(NOW.timestamp())
    assert seen[0].asks == (Ask(now, "none"),)
    assert world.item.record.asks == (Ask(now, "none", unclear=False, stored="v1", ends_at=now + 3600),)
    assert (world.secret.value, world.secret.writes) == ("new-1", 1)


@pytest.mark.parametrize("body", ["", "null", "[]", '{"version": 1, "reason": "expired"}', '{"version": "v1"}', '{"version": "v1", "reason": "bored"}',
                                  '{"version": "v1", "reason": ["x"]}'])  # fmt: skip
def test_what_is_no_request_is_said_to_be_none(world: World, body: str) -> None:
    """Nobody is asked."""
    with pytest.raises(Unreadable):
        world.refresher().refresh(Delivery(body))
    assert (world.refreshes, world.item.epoch) == (0, 0)


def test_a_request_that_comes_twice_costs_one_refresh(world: World) -> None:
    """SQS may deliver twice; and a late request of the minute before names the version that was replaced."""
    for _ in range(2):
        world.refresh(TokenRequest("none", "expired"))
    world.refresh(TokenRequest("none", "refused"))
    assert world.refreshes == 1


def test_of_two_refreshers_one_asks(world: World) -> None:
    """The message group lets one work at a time; beyond that the record's epoch does."""
    world.item.before_write = lambda: (setattr(world.item, "before_write", lambda: None), world.request())
    assert world.request().name == "token_request_overtaken"
    assert world.refreshes == 1


@pytest.mark.parametrize("dies", ["before Zoho is asked", "with the answer", "before the record is written"])
def test_a_refresher_that_dies_costs_at_most_one_refresh_more(world: World, dies: str) -> None:
    """Its request comes again; each ask is counted, and a token that is stored is found by whoever waits."""

    def ask(_own: object) -> object:
        if dies != "before Zoho is asked":
            world.ask(CREDENTIALS)
        raise Died

    if dies == "before the record is written":
        world.item.lose = [None, "before"]
        world.request()
    else:
        with pytest.raises(Died):
            world.refresh(TokenRequest("none", "expired"), ask=ask)
    result = world.refresh(TokenRequest("none", "expired"))
    assert result.name == "token_refreshed"
    assert world.refreshes == (1 if dies == "before Zoho is asked" else 2)
    assert len(world.item.record.asks) == 2
    assert world.secret.value == f"new-{world.refreshes}"


@pytest.mark.parametrize("failures", [1, 2])
def test_a_write_that_fails_is_made_again(world: World, failures: int) -> None:
    """Three writes in about two seconds, each failure logged."""
    world.secret.failures = [NO_AWS] * failures
    assert world.request().name == "token_refreshed"
    assert (world.secret.writes, world.secret.value) == (failures + 1, "new-1")
    assert world.warnings == [("token_not_stored", "secretsmanager_down")] * failures
    assert world.clock.passed == pytest.approx({1: 0.6, 2: 1.8}[failures])


def test_a_token_that_could_not_be_stored_is_lost_and_counted(world: World) -> None:
    """The next request asks for another one: nobody has this one's version."""
    world.secret.failures = [NO_AWS] * 3
    result = world.request()
    assert (result.name, result.measures, world.secret.writes) == ("token_lost", FAILED, 3)
    assert world.request().name == "token_refreshed"
    assert (world.refreshes, len(world.item.record.asks)) == (2, 2)


def test_a_record_that_cannot_be_written_asks_nobody(world: World) -> None:
    """What is not counted is not asked for; a lost answer leaves an ask that was not made, which counts."""
    for fate in ("before", "after"):
        world.item.lose = [fate]
        with pytest.raises(AwsUnavailable):
            world.request()
    assert world.refreshes == 0
    assert world.request().name == "token_refreshed"
    assert len(world.item.record.asks) == 2


@pytest.mark.parametrize(("cause", "counted"), [("expiring", {}), ("expired", FAILED), ("refused", FAILED)])
def test_a_failure_counts_when_no_old_token_serves(
    world: World, cause: TokenReason, counted: dict[Metric, float]
) -> None:
    """Minutes before its end a token is still good, so that a passing failure rings no alarm."""
    world.zoho_says = [DOWN]
    result = world.request(cause=cause)
    assert (result.name, result.fields["reason"], result.measures) == ("token_refresh_failed", "zoho_no_token", counted)
    assert world.request().name == "token_not_requested"
    world.clock.passed += 10
    assert world.request().name == "token_refreshed"


def test_one_refusal_of_good_credentials_is_a_wait_of_a_minute(world: World) -> None:
    """Believed at once, a slip of Zoho's would make every lead of an hour NOT CHECKED, to be replayed by hand."""
    world.zoho_says = [REFUSAL]
    world.request()
    assert world.alerts.told == []
    world.clock.passed += TOKEN_DOUBTED_SECONDS
    assert world.request().name == "token_refreshed"
    assert world.item.record.pause is None


def test_a_revocation_is_told_once_and_zoho_is_asked_once_an_hour(world: World) -> None:
    """While an old token serves, too: only a person can end it."""
    world.zoho_says = [REFUSAL] * 4
    measures = [world.request(cause="expiring").measures]
    world.clock.passed += TOKEN_DOUBTED_SECONDS
    measures.append(world.request(cause="expiring").measures)
    assert measures == [{}, FAILED]
    begun = int(NOW.timestamp()) + TOKEN_DOUBTED_SECONDS
    assert world.alerts.told == [("revoked", f"{KNOWN_BY}-{begun}")]
    for _ in range(70):
        world.request()
        world.clock.passed += 60
    assert world.refreshes == 3
    assert world.clock.passed - TOKEN_DOUBTED_SECONDS > TOKEN_REFUSED_SECONDS
    assert len(world.alerts.told) == 1


def test_a_revocation_is_told_each_time_it_happens(world: World) -> None:
    """Cured without new credentials (a user deactivated twice), it is another incident."""
    refuse_twice(world)
    world.clock.passed += TOKEN_REFUSED_SECONDS
    assert world.request().name == "token_refreshed"
    world.clock.passed += 3600
    refuse_twice(world)
    assert len(set(world.alerts.told)) == 2


def test_new_credentials_are_tried_at_once_and_told_of_anew(world: World) -> None:
    """Whoever authorises leadmatch again need not wait for an hour, whatever the old ones have used up."""
    refuse_twice(world)
    world.credentials = type(CREDENTIALS)("other", "secret", "1000.new", "https://accounts.zoho.eu")
    refuse_twice(world)
    assert world.refreshes == 4
    assert len(set(world.alerts.told)) == 2
    world.credentials = type(CREDENTIALS)("third", "secret", "1000.new", "https://accounts.zoho.eu")
    assert world.request().name == "token_refreshed"


def test_what_could_not_be_told_is_told_again_as_the_same_incident(world: World) -> None:
    """The refusal is written down only after the operator's notice is on its way; a crash in between tells it again."""
    world.zoho_says = [REFUSAL] * 4
    world.request()
    world.clock.passed += TOKEN_DOUBTED_SECONDS
    world.alerts.fails = [NO_AWS]
    with pytest.raises(AwsUnavailable):
        world.request()
    assert world.item.record.refusal is None
    world.item.lose = [None, "before"]
    world.request()
    world.request()
    assert len(world.alerts.told) == 2
    assert len(set(world.alerts.told)) == 1
    assert world.item.record.refusal


def test_refused_tokens_are_told_once_a_day(world: World) -> None:
    """Others would change nothing: Zoho is not asked, and the operator hears of it with the day in the incident's name."""
    version = "none"
    for _ in range(3):
        result = world.request(version, "refused")
        version = f"v{world.secret.version}"
        world.clock.passed += 120
    assert (result.name, result.fields["reason"]) == ("token_not_requested", "zoho_token_refused")
    assert world.refreshes == 2
    assert world.alerts.told == [("tokens_rejected", f"{KNOWN_BY}-tokens-{NOW.date()}")]
    world.alerts.fails = [NO_AWS]
    with pytest.raises(AwsUnavailable):
        world.request(version, "refused")
    assert world.request(version, "expiring").name == "token_not_needed"


def test_being_blocked_is_told_from_the_second_time_on(world: World) -> None:
    """One answer may be a slip; a person has to look at the second."""
    world.zoho_says = [BLOCKED, BLOCKED]
    world.request()
    assert world.alerts.told == []
    world.clock.passed += 900
    world.request()
    assert world.alerts.told == [("blocked", "zoho_ip_restricted")]


def test_credentials_that_are_not_whole_are_written_down_as_refused(world: World) -> None:
    """Check says so at once; the ones that replace them are tried at the next request."""
    world.credentials = Misconfigured("The secret zoho-client lacks refresh_token.", reason="zoho_not_connected")
    result = world.request()
    assert (result.name, result.measures) == ("token_not_requested", {Metric.FAILURES: 1})
    objection = world.item.record.objection(now=int(NOW.timestamp()))
    assert isinstance(objection, ZohoRefused)
    assert str(objection) == "The secret zoho-client lacks refresh_token."
    world.credentials = CREDENTIALS
    assert world.request().name == "token_refreshed"


@pytest.mark.parametrize(
    "error", [ZohoThrottled("slow", reason="zoho_token_throttled", retry_after_seconds=600.0), DOWN, REFUSAL]
)
def test_nobody_is_asked_while_a_pause_lasts(world: World, error: LeadmatchError) -> None:
    """However many requests come."""
    world.zoho_says = [error]
    for _ in range(5):
        world.request()
    assert world.refreshes == 1
