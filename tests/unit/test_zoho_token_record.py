"""What the workers know together: budgets, pauses, refusals, and the form that DynamoDB keeps."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chalicelib.errors import (
    LeadmatchError,
    Retryable,
    TokenUnclear,
    ZohoRefused,
    ZohoThrottled,
    ZohoUnavailable,
)
from chalicelib.zoho.token_record import BUDGETS, Refusal, TokenRecord, read_record, seconds_until_free

NOW = 1_800_000_000
REFUSED = ZohoRefused("Authorise leadmatch again.", reason="zoho_not_connected")
THROTTLED = ZohoThrottled("slow", reason="zoho_token_throttled", retry_after_seconds=600.0)
UNCLEAR = TokenUnclear("lost", reason="zoho_token_no_answer")
UNAVAILABLE = ZohoUnavailable("down", reason="zoho_no_token")


def claimed(record: TokenRecord | None = None, *, at: int = NOW) -> TokenRecord:
    return (record or TokenRecord()).claimed(owner="a", version="v1", now=at, lease_seconds=50)


def test_a_record_survives_dynamodb() -> None:
    """Written and read back, with numbers as Decimals, nothing is lost; an empty item is an empty record."""
    record = claimed(TokenRecord(failures=3, paused_until=NOW + 9, pause_reason="x", refusal=Refusal("d", "m", NOW)))
    fields = record.fields()
    decimals = fields | {name: Decimal(value) for name, value in fields.items() if isinstance(value, int)}
    decimals["asked_at"] = [Decimal(at) for at in fields["asked_at"]]
    decimals["refusal"] = {"digest": "d", "message": "m", "at": Decimal(NOW)}
    assert read_record(decimals) == record
    assert read_record({}) == TokenRecord()


def test_a_refresh_counts_from_the_claim_on() -> None:
    """A worker that dies after it was given a token has used it up all the same."""
    record = claimed()
    assert (record.owner, record.lease_until, record.replaces) == ("a", NOW + 50, "v1")
    assert record.asked_at == (NOW,)


def test_success_clears_what_went_wrong_and_keeps_the_count() -> None:
    """The lease is free, the version that was replaced is known, Zoho's refusals are history."""
    record = claimed(TokenRecord(failures=3, paused_until=NOW, pause_reason="x", refusal=Refusal("d", "m", NOW)))
    assert record.succeeded(stored=True, now=NOW + 1) == TokenRecord(replaces="v1", stored_at=NOW + 1, asked_at=(NOW,))
    assert record.succeeded(stored=False, now=NOW + 1).stored_at == 0


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
    record = claimed().succeeded(stored=stored, now=NOW)
    assert record.has_replaced(version, now=NOW + after_seconds) is answer


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        ((), 0),
        ((0,) * 4, 0),
        ((0,) * 5, 600),
        ((599,) * 5, 1),
        ((600,) * 5, 0),
        ((100, 200, 300, 400, 500, 550), 100),
        ((3000,) * 6 + (650,) * 4, 600),
        ((3000,) * 10, 600),
        ((1800,) * 9, 0),
        ((3600,) * 60, 82800),
        ((86400,) * 60, 0),
        ((-120,) * 5, 600),
        ((-100_000,) * 60, 0),
    ],
)
def test_the_budgets_of_ten_minutes_an_hour_and_a_day(asked: tuple[int, ...], wait: int) -> None:
    """Five, ten and sixty (`asked` is seconds ago); the wait lasts until the slot is free, whoever's clock wrote it."""
    assert seconds_until_free(tuple(NOW - ago for ago in asked), now=NOW) == wait


def test_after_the_wait_there_is_room() -> None:
    """The wait is exact for a full budget of each kind, and one second less is too short."""
    for seconds, limit in BUDGETS:
        asked = tuple(NOW - seconds // 2 - n for n in range(limit))
        wait = seconds_until_free(asked, now=NOW)
        assert seconds_until_free(asked, now=NOW + wait - 1) == 1
        assert seconds_until_free(asked, now=NOW + wait) == 0


def test_the_record_forgets_what_no_budget_counts() -> None:
    """At most sixty times are kept, those of the last day."""
    old = tuple(range(NOW - 100_000, NOW - 99_900))
    assert claimed(TokenRecord(asked_at=old)).asked_at == (NOW,)
    assert len(claimed(TokenRecord(asked_at=tuple(range(NOW - 70, NOW)))).asked_at) == 60


def test_a_spent_budget_is_an_objection_with_its_end() -> None:
    """Whoever wants a token is told when there is one again."""
    objection = TokenRecord(asked_at=(NOW - 100,) * 5).objection("d", now=NOW)
    assert isinstance(objection, ZohoThrottled)
    assert (objection.reason, objection.retry_after_seconds) == ("token_budget", 500)


def test_refused_credentials_are_asked_with_once_an_hour() -> None:
    """The same error for everybody until then; other credentials are tried at once."""
    record = claimed().failed(REFUSED, digest="d", now=NOW)
    for seconds in (0, 3599, -120):
        objection = record.objection("d", now=NOW + seconds)
        assert isinstance(objection, ZohoRefused)
        assert (str(objection), objection.reason) == (str(REFUSED), REFUSED.reason)
    assert record.objection("d", now=NOW + 3600) is None
    assert record.objection("new", now=NOW) is None


@pytest.mark.parametrize(("error", "counted"), [(REFUSED, 0), (THROTTLED, 0), (UNAVAILABLE, 0), (UNCLEAR, 1)])
def test_only_a_lost_answer_uses_up_a_refresh(error: LeadmatchError, counted: int) -> None:
    """What Zoho answered without a token cost none; what was lost may have held one."""
    record = claimed(TokenRecord(asked_at=(NOW - 5,))).failed(error, digest="d", now=NOW)
    assert len(record.asked_at) == 1 + counted
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
    assert record.asked_at == ()
    assert 0 < max(sum(start <= at < start + 600 for at in times) for start in times) < 5
