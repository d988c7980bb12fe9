"""What the workers know together: budgets, pauses, refusals, and the form that DynamoDB keeps."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from chalicelib.errors import (
    LeadmatchError,
    Retryable,
    TokenUnclear,
    ZohoRefused,
    ZohoThrottled,
    ZohoUnavailable,
)
from chalicelib.timing import TOKEN_DOUBTED_SECONDS, TOKEN_REFUSED_LONGEST_SECONDS
from chalicelib.zoho.token_budget import Ask
from chalicelib.zoho.token_pause import Pause
from chalicelib.zoho.token_record import Refusal, TokenRecord, read_record

NOW = 1_800_000_000
REFUSED = ZohoRefused("Authorise leadmatch again.", reason="zoho_not_connected")
THROTTLED = ZohoThrottled("slow", reason="zoho_token_throttled", retry_after_seconds=600.0)
UNCLEAR = TokenUnclear("lost", reason="zoho_token_no_answer")
UNAVAILABLE = ZohoUnavailable("down", reason="zoho_no_token")


def claimed(
    record: TokenRecord | None = None, *, at: int = NOW, digest: str = "d", after_refusal: bool = False
) -> TokenRecord:
    return (record or TokenRecord()).claimed(
        owner="a", version="v1", digest=digest, now=at, lease_seconds=50, after_refusal=after_refusal
    )


def in_dynamodb(value: Any) -> Any:
    """Return what DynamoDB gives back: numbers as Decimals."""
    if isinstance(value, dict):
        return {name: in_dynamodb(one) for name, one in value.items()}
    if isinstance(value, list):
        return [in_dynamodb(one) for one in value]
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def test_a_record_survives_dynamodb() -> None:
    """Written and read back, with numbers as Decimals, nothing is lost; an empty item is an empty record."""
    pauses = (Pause("d", NOW + 9, "x", 3), Pause("other", NOW + 5, "y", 1, refused=True))
    record = claimed(TokenRecord(pauses=pauses, refusal=Refusal("d", "m", NOW)), after_refusal=True)
    assert read_record(in_dynamodb(record.fields())) == record
    assert read_record({}) == TokenRecord()


def test_a_refresh_counts_from_the_claim_on() -> None:
    """A worker that dies after it was given a token has used it up all the same."""
    record = claimed()
    assert (record.owner, record.lease_until, record.replaces) == ("a", NOW + 50, "v1")
    assert [ask.at for ask in record.asks] == [NOW]


def test_success_clears_what_went_wrong_and_keeps_the_count() -> None:
    """The lease is free, the version that was replaced is known, Zoho's refusals are history."""
    record = claimed(TokenRecord(pauses=(Pause("d", NOW, "x", 3, refused=True),), refusal=Refusal("d", "m", NOW)))
    after = record.succeeded(digest="d", stored=True, now=NOW + 1)
    assert after == TokenRecord(replaces="v1", stored_at=NOW + 1, asks=(Ask(NOW, "d"),))
    assert record.succeeded(digest="d", stored=False, now=NOW + 1).stored_at == 0


@pytest.mark.parametrize(
    ("after_seconds", "version", "stored", "answer"),
    [(0, "v1", True, True), (299, "v1", True, True), (-240, "v1", True, True), (300, "v1", True, False),
     (0, "v2", True, False), (0, "v1", False, False)],
)  # fmt: skip
def test_a_version_that_was_just_replaced_is_known(
    after_seconds: int,
    version: str,
    stored: bool,  # noqa: FBT001
    answer: bool,  # noqa: FBT001
) -> None:
    """For five minutes, by any clock; a version whose successor was not stored stands."""
    record = claimed().succeeded(digest="d", stored=stored, now=NOW)
    assert record.has_replaced(version, now=NOW + after_seconds) is answer


def test_a_spent_budget_is_an_objection_with_its_end() -> None:
    """Whoever wants a token is told when there is one again."""
    objection = TokenRecord(asks=(Ask(NOW - 100, "d"),) * 5).objection("d", now=NOW)
    assert isinstance(objection, ZohoThrottled)
    assert (objection.reason, objection.retry_after_seconds) == ("token_budget", 500)


def test_budget_and_pause_are_those_of_one_set_of_credentials() -> None:
    """New ones are tried at once, whatever the old ones have used up; workers that still hold those are held up as before."""
    spent = TokenRecord(asks=(Ask(NOW - 100, "d"),) * 5)
    assert spent.objection("new", now=NOW) is None
    assert claimed(spent, digest="new").objection("d", now=NOW) is not None
    paused = claimed().failed(THROTTLED, digest="d", now=NOW)
    assert paused.objection("new", now=NOW) is None
    assert claimed(paused, digest="new").failed(UNAVAILABLE, digest="new", now=NOW).objection("d", now=NOW + 599)
    assert claimed(paused, digest="new").succeeded(digest="new", stored=True, now=NOW).objection("d", now=NOW + 599)


def test_pauses_of_others_are_forgotten_in_the_end() -> None:
    """An hour after they were over, so that the record does not grow with every new authorisation."""
    record = claimed(digest="old").failed(UNAVAILABLE, digest="old", now=NOW)
    later = claimed(record, at=NOW + 3600).failed(UNAVAILABLE, digest="d", now=NOW + 3600)
    assert [pause.digest for pause in later.pauses] == ["old", "d"]
    later = claimed(record, at=NOW + 3610).failed(UNAVAILABLE, digest="d", now=NOW + 3610)
    assert [pause.digest for pause in later.pauses] == ["d"]


def test_tokens_that_were_refused_are_replaced_less_often() -> None:
    """The third in ten minutes is not asked for; one for a token that ends is."""
    record = claimed(claimed(at=NOW - 200, after_refusal=True), at=NOW - 100, after_refusal=True)
    objection = record.objection("d", now=NOW, after_refusal=True)
    assert isinstance(objection, ZohoUnavailable)
    assert (objection.reason, objection.retry_after_seconds) == ("zoho_token_refused", TOKEN_REFUSED_LONGEST_SECONDS)
    assert record.objection("d", now=NOW) is None
    assert record.objection("new", now=NOW, after_refusal=True) is None
    near = record.objection("d", now=NOW + 395, after_refusal=True)
    assert isinstance(near, ZohoUnavailable)
    assert near.retry_after_seconds == 5
    assert record.objection("d", now=NOW + 400, after_refusal=True) is None


def test_a_day_of_refused_tokens_leaves_forty_refreshes() -> None:
    """However often leads come back with a token that Zoho refuses."""
    record, times = TokenRecord(), []
    for now in range(NOW, NOW + 24 * 3600, 30):
        if record.objection("d", now=now, after_refusal=True) is None:
            times.append(now)
            record = claimed(record, at=now, after_refusal=True).succeeded(digest="d", stored=True, now=now)
    assert len(times) == 20
    for seconds, limit in ((600, 2), (3600, 4)):
        assert max(sum(start <= at < start + seconds for at in times) for start in times) == limit


def test_the_first_refusal_of_credentials_is_a_pause() -> None:
    """Zoho's answer may be a slip; the next one a minute later is believed."""
    once = claimed().failed(REFUSED, digest="d", now=NOW)
    assert once.refusal is None
    objection = once.objection("d", now=NOW + 1)
    assert isinstance(objection, ZohoUnavailable)
    assert (objection.reason, objection.retry_after_seconds) == ("zoho_not_connected", TOKEN_DOUBTED_SECONDS - 1)
    assert once.objection("d", now=NOW + TOKEN_DOUBTED_SECONDS) is None
    twice = claimed(once, at=NOW + 60).failed(REFUSED, digest="d", now=NOW + 60)
    assert twice.refusal == Refusal("d", str(REFUSED), NOW + 60)


def test_a_refusal_is_doubted_anew_after_a_token_but_not_after_a_failure() -> None:
    """What is no token does not speak for the credentials; other credentials have a first refusal of their own."""
    once = claimed().failed(REFUSED, digest="d", now=NOW)
    assert not claimed(once).succeeded(digest="d", stored=True, now=NOW).was_refused("d")
    assert claimed(once).failed(UNAVAILABLE, digest="d", now=NOW).was_refused("d")
    assert not once.was_refused("new")
    assert claimed(once, digest="new").failed(REFUSED, digest="new", now=NOW).refusal is None


def refused_twice() -> TokenRecord:
    once = claimed(at=NOW - 60).failed(REFUSED, digest="d", now=NOW - 60)
    return claimed(once).failed(REFUSED, digest="d", now=NOW)


def test_refused_credentials_are_asked_with_once_an_hour() -> None:
    """The same error for everybody until then; other credentials are tried at once."""
    record = refused_twice()
    for seconds in (0, 3599, -120):
        objection = record.objection("d", now=NOW + seconds)
        assert isinstance(objection, ZohoRefused)
        assert (str(objection), objection.reason) == (str(REFUSED), REFUSED.reason)
    assert record.objection("d", now=NOW + 3600) is None
    assert record.objection("new", now=NOW) is None


@pytest.mark.parametrize(("error", "counted"), [(REFUSED, 0), (THROTTLED, 0), (UNAVAILABLE, 0), (UNCLEAR, 1)])
def test_only_a_lost_answer_uses_up_a_refresh(error: LeadmatchError, counted: int) -> None:
    """What Zoho answered without a token cost none; what was lost may have held one."""
    record = claimed(TokenRecord(asks=(Ask(NOW - 5, "d"),))).failed(error, digest="d", now=NOW)
    assert len(record.asks) == 1 + counted
    assert (record.owner, record.lease_until) == ("", 0)


def test_failures_in_a_row_pause_everybody_for_longer_each_time() -> None:
    """Ten seconds, four times as long each time up to fifteen minutes; the objection names what went wrong and when it is over."""
    record, pauses = TokenRecord(), []
    for _ in range(9):
        record = claimed(record).failed(UNAVAILABLE, digest="d", now=NOW)
        objection = record.objection("d", now=NOW)
        assert isinstance(objection, Retryable)
        assert objection.reason == "zoho_no_token"
        pauses.append(objection.retry_after_seconds)
    assert pauses == [10, 40, 160, 640, 900, 900, 900, 900, 900]
    assert record.objection("d", now=NOW + 900) is None


@pytest.mark.parametrize(("asked", "kept"), [(0.3, 10), (1.0, 10), (42.2, 43), (600.0, 600), (900_000.0, 3600)])
def test_the_pause_that_zoho_asks_for_is_kept(asked: float, kept: int) -> None:
    """Within reason: not under our own pause, not over an hour."""
    error = ZohoThrottled("slow", reason="zoho_token_throttled", retry_after_seconds=asked)
    objection = claimed().failed(error, digest="d", now=NOW).objection("d", now=NOW)
    assert isinstance(objection, Retryable)
    assert objection.retry_after_seconds == kept


@pytest.mark.parametrize("asked_seconds", [None, 0.3, 1.0, 30.0])
def test_zoho_is_asked_less_than_five_times_in_any_ten_minutes_of_clear_failures(asked_seconds: float | None) -> None:
    """They are not counted in the budget, whatever pause Zoho asks for; with five that are, it makes less than ten."""
    error = ZohoThrottled("slow", reason="zoho_token_throttled", retry_after_seconds=asked_seconds)
    record, times = TokenRecord(), []
    for now in range(NOW, NOW + 7200):
        if record.objection("d", now=now) is None:
            times.append(now)
            record = claimed(record, at=now).failed(error, digest="d", now=now)
    assert record.asks == ()
    assert 0 < max(sum(start <= at < start + 600 for at in times) for start in times) < 5
