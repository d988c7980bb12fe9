"""What is known of the token endpoint: budgets, pauses, refusals, what a request leads to, and the form that DynamoDB keeps."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.errors import (
    LeadmatchError,
    Retryable,
    TokenUnclear,
    ZohoBlocked,
    ZohoRefused,
    ZohoThrottled,
    ZohoTokensRejected,
    ZohoUnavailable,
)
from chalicelib.events import TokenReason, TokenRequest
from chalicelib.timing import (
    TOKEN_BUDGETS,
    TOKEN_DOUBTED_SECONDS,
    TOKEN_REFUSED_BUDGETS,
    TOKEN_REFUSED_LONGEST_SECONDS,
)
from chalicelib.zoho.token_record import (
    Ask,
    AskZoho,
    NotNeeded,
    NotNow,
    Pause,
    Refusal,
    TokenRecord,
    plan,
    read_record,
    seconds_until_free,
)

NOW = 1_800_000_000
REFUSED = ZohoRefused("Authorise leadmatch again.", reason="zoho_not_connected")
THROTTLED = ZohoThrottled("slow", reason="zoho_token_throttled", retry_after_seconds=600.0)
UNCLEAR = TokenUnclear("lost", reason="zoho_token_no_answer")
UNAVAILABLE = ZohoUnavailable("down", reason="zoho_no_token")
BLOCKED = ZohoBlocked("Zoho lets nobody in.", reason="zoho_ip_restricted")


def request(version: str = "v1", cause: TokenReason = "expired") -> TokenRequest:
    """Return a request to replace a version of the secret."""
    return TokenRequest(version, cause)


def asked(record: TokenRecord | None = None, *, at: int = NOW, cause: TokenReason = "expired") -> TokenRecord:
    """Return the record of a refresher that is about to ask."""
    return (record or TokenRecord("d")).asked(request(cause=cause), now=at)


def asks_at(*times: int) -> tuple[Ask, ...]:
    """Return asks in the order given."""
    return tuple(Ask(at, "v") for at in times)


def in_dynamodb(value: Any) -> Any:
    """Return what DynamoDB gives back: numbers as Decimals."""
    if isinstance(value, dict):
        return {name: in_dynamodb(one) for name, one in value.items()}
    if isinstance(value, list):
        return [in_dynamodb(one) for one in value]
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


PAUSED = TokenRecord("d", pause=Pause(NOW + 40, "zoho_no_token", "m", 2))
REFUSING = TokenRecord("d", refusal=Refusal("Authorise leadmatch again.", NOW - 5))
SPENT = TokenRecord("d", asks=asks_at(*(NOW - 100,) * 5))
HUNG = TokenRecord("d", asks=asks_at(*range(NOW - 40_000, NOW - 10_000, 1000), NOW - 1000))
REJECTED = TokenRecord("d", asks=(Ask(NOW - 60, "v0", after_refusal=True, unclear=False, stored="v1"),) * 2)
STORED = asked(at=NOW - 60).succeeded(stored="v2", ends_at=NOW + 3540)
LOST = asked(at=NOW - 60).succeeded(stored="", ends_at=NOW + 3540)
DIED = asked(at=NOW - 60)
ROWS: list[tuple[str, TokenRecord, TokenRequest, type]] = [
    ("nothing is known", TokenRecord(), request(), AskZoho),
    ("the secret is empty", TokenRecord("d"), request("none"), AskZoho),
    ("the version was replaced a minute ago", STORED, request("v1"), NotNeeded),
    ("so it was, and refused", STORED, request("v1", "refused"), NotNeeded),
    ("a clock that is ahead calls its successor old", STORED, request("v2"), NotNeeded),
    ("its successor is refused", STORED, request("v2", "refused"), AskZoho),
    (
        "its successor is forty minutes old",
        asked(at=NOW - 2400).succeeded(stored="v2", ends_at=NOW + 1200),
        request("v2", "expiring"),
        AskZoho,
    ),
    (
        "its successor was given for ten minutes only",
        asked().succeeded(stored="v2", ends_at=NOW + 600),
        request("v2"),
        AskZoho,
    ),
    (
        "a clock that is ahead stored its successor",
        asked().succeeded(stored="v2", ends_at=NOW + 9000),
        request("v2"),
        AskZoho,
    ),
    ("somebody else stored another one", STORED, request("v9"), AskZoho),
    ("its successor could not be stored", LOST, request("v1"), AskZoho),
    ("the refresher died", DIED, request("v1"), AskZoho),
    ("Zoho gave none recently", PAUSED, request(), NotNow),
    ("the pause is over", replace(PAUSED, pause=Pause(NOW, "x", "m", 2)), request(), AskZoho),
    (
        "a clock that is ahead wrote the pause",
        replace(PAUSED, pause=Pause(NOW + 9000, "x", "m", 2)),
        request(),
        AskZoho,
    ),
    ("the credentials are refused", REFUSING, request(), NotNow),
    ("they were, an hour ago", replace(REFUSING, refusal=Refusal("m", NOW - 3600)), request(), AskZoho),
    ("the credentials are others", REFUSING.of("new"), request(), AskZoho),
    ("the budget is spent", SPENT, request(), NotNow),
    ("the budget of other credentials is spent", SPENT.of("new"), request(), AskZoho),
    ("answers were lost all day", HUNG, request(), NotNow),
    ("new tokens are refused too", REJECTED, request("v2", "refused"), NotNow),
    ("so they are, and one ends", REJECTED, request("v2", "expiring"), AskZoho),
]


@pytest.mark.parametrize(("about", "record", "wanted", "outcome"), ROWS, ids=[row[0] for row in ROWS])
def test_what_a_request_leads_to(about: str, record: TokenRecord, wanted: TokenRequest, outcome: type) -> None:
    """Each row of the table; `pytest -s` prints it."""
    found = plan(record, wanted, now=NOW)
    why = f": {type(found.error).__name__}, {found.error.reason}" if isinstance(found, NotNow) else ""
    print(f"{about:42} {wanted.version:5}{wanted.reason:9} -> {type(found).__name__}{why}")  # noqa: T201 - the table
    assert type(found) is outcome
    if isinstance(found, AskZoho):
        assert found.record.asks[-1] == Ask(NOW, wanted.version, after_refusal=wanted.follows_a_refusal)


def test_a_record_survives_dynamodb() -> None:
    """Written and read back, with numbers as Decimals, nothing is lost; an empty item is an empty record."""
    for pause, refusal in itertools.product(
        (None, Pause(NOW + 9, "x", "m", 3, refused=True)), (None, Refusal("m", NOW))
    ):
        record = asked(TokenRecord("d", pause=pause, refusal=refusal), cause="refused")
        assert read_record(in_dynamodb(record.fields())) == record
    assert read_record({}) == TokenRecord()


@pytest.mark.parametrize("fields", [{"digest": 7}, {"digest": "d", "asks": [{"at": "soon"}]}, {"pause": "no"}])
def test_a_record_that_cannot_be_read_counts_as_nothing(fields: dict[str, Any]) -> None:
    """Another version wrote it; raised instead, it would keep every lead from a token until somebody removed it."""
    assert read_record(fields) == TokenRecord()


def test_success_clears_what_went_wrong_and_keeps_the_count() -> None:
    """The version that was replaced is known, Zoho's refusals are history."""
    record = asked(TokenRecord("d", pause=Pause(NOW, "x", "m", 3, refused=True), refusal=Refusal("m", NOW)))
    after = record.succeeded(stored="v2", ends_at=NOW + 3540)
    assert after == TokenRecord("d", asks=(Ask(NOW, "v1", unclear=False, stored="v2", ends_at=NOW + 3540),))


@pytest.mark.parametrize(("after_seconds", "known"), [(0, True), (1199, True), (-240, True), (1200, False)])
def test_a_version_that_was_replaced_is_known_for_as_long_as_requests_are_kept(
    after_seconds: int,
    known: bool,  # noqa: FBT001
) -> None:
    """By any clock, also when it was not the last one; a secret that was put back by hand is not stuck for longer."""
    record = (
        asked()
        .succeeded(stored="v2", ends_at=NOW + 3540)
        .asked(request("v2"), now=NOW)
        .succeeded(stored="v3", ends_at=NOW + 3540)
    )
    assert record.needs_none(request("v1"), now=NOW + after_seconds) is known


def test_a_spent_budget_is_an_objection_with_its_end() -> None:
    """Whoever wants a token is told when there is one again."""
    objection = SPENT.objection(now=NOW)
    assert isinstance(objection, ZohoThrottled)
    assert (objection.reason, objection.retry_after_seconds) == ("token_budget", 500)


def test_tokens_that_were_refused_are_replaced_less_often() -> None:
    """The third in ten minutes is not asked for; one for a token that ends is."""
    record = asked(asked(at=NOW - 200, cause="refused"), at=NOW - 100, cause="refused")
    objection = record.objection(now=NOW, after_refusal=True)
    assert isinstance(objection, ZohoTokensRejected)
    assert (objection.reason, objection.retry_after_seconds) == ("zoho_token_refused", TOKEN_REFUSED_LONGEST_SECONDS)
    assert record.objection(now=NOW) is None
    near = record.objection(now=NOW + 395, after_refusal=True)
    assert isinstance(near, ZohoTokensRejected)
    assert near.retry_after_seconds == 5
    assert record.objection(now=NOW + 400, after_refusal=True) is None


def test_a_day_of_refused_tokens_leaves_forty_refreshes() -> None:
    """However often leads come back with a token that Zoho refuses."""
    record, times = TokenRecord("d"), []
    for now in range(NOW, NOW + 24 * 3600, 30):
        if record.objection(now=now, after_refusal=True) is None:
            times.append(now)
            record = asked(record, at=now, cause="refused").succeeded(stored="v2", ends_at=NOW + 3540)
    assert len(times) == 20
    for seconds, limit in ((600, 2), (3600, 4)):
        assert max(sum(start <= at < start + seconds for at in times) for start in times) == limit


def test_the_first_refusal_of_credentials_is_a_pause() -> None:
    """Zoho's answer may be a slip; the next one a minute later is believed."""
    once = asked().failed(REFUSED, now=NOW)
    assert once.refusal is None
    objection = once.objection(now=NOW + 1)
    assert isinstance(objection, ZohoUnavailable)
    assert (objection.reason, objection.retry_after_seconds) == ("zoho_not_connected", TOKEN_DOUBTED_SECONDS - 1)
    assert once.objection(now=NOW + TOKEN_DOUBTED_SECONDS) is None
    twice = asked(once, at=NOW + 60).failed(REFUSED, now=NOW + 60)
    assert twice.refusal == Refusal(str(REFUSED), NOW + 60)


def test_a_refusal_is_doubted_anew_after_a_token_but_not_after_a_failure() -> None:
    """What is no token does not speak for the credentials; other credentials have a first refusal of their own."""
    once = asked().failed(REFUSED, now=NOW)
    assert not asked(once).succeeded(stored="v2", ends_at=NOW + 3540).was_refused
    assert asked(once).failed(UNAVAILABLE, now=NOW).was_refused
    assert not once.of("new").was_refused
    assert asked(once.of("new")).failed(REFUSED, now=NOW).refusal is None


def test_refused_credentials_are_asked_with_once_an_hour() -> None:
    """The same error for everybody until then, by any clock; a failure in between does not make them new."""
    record = asked(asked(at=NOW - 60).failed(REFUSED, now=NOW - 60)).failed(REFUSED, now=NOW)
    for seconds in (0, 3599, -120):
        objection = record.objection(now=NOW + seconds)
        assert isinstance(objection, ZohoRefused)
        assert (str(objection), objection.reason) == (str(REFUSED), REFUSED.reason)
    assert record.objection(now=NOW + 3600) is None
    later = asked(record, at=NOW + 3600).failed(UNAVAILABLE, now=NOW + 3600)
    assert later.refusal
    assert later.was_refused


@pytest.mark.parametrize(("error", "counted"), [(REFUSED, 0), (THROTTLED, 0), (UNAVAILABLE, 0), (UNCLEAR, 1)])
def test_only_a_lost_answer_uses_up_a_refresh(error: LeadmatchError, counted: int) -> None:
    """What Zoho answered without a token cost none; what was lost may have held one."""
    record = asked(TokenRecord("d", asks=asks_at(NOW - 5))).failed(error, now=NOW)
    assert len(record.asks) == 1 + counted


def test_failures_in_a_row_pause_everybody_for_longer_each_time() -> None:
    """Ten seconds, four times as long each time up to fifteen minutes; the objection names what went wrong and when it is over."""
    record, pauses = TokenRecord("d"), []
    for _ in range(9):
        record = asked(record).failed(UNAVAILABLE, now=NOW)
        objection = record.objection(now=NOW)
        assert isinstance(objection, Retryable)
        assert objection.reason == "zoho_no_token"
        pauses.append(objection.retry_after_seconds)
    assert pauses == [10, 40, 160, 640, 900, 900, 900, 900, 900]
    assert record.objection(now=NOW + 900) is None


@pytest.mark.parametrize(("wanted", "kept"), [(0.3, 10), (1.0, 10), (42.2, 43), (600.0, 600), (900_000.0, 3600)])
def test_the_pause_that_zoho_asks_for_is_kept(wanted: float, kept: int) -> None:
    """Within reason: not under our own pause, not over an hour."""
    error = ZohoThrottled("slow", reason="zoho_token_throttled", retry_after_seconds=wanted)
    objection = asked().failed(error, now=NOW).objection(now=NOW)
    assert isinstance(objection, Retryable)
    assert objection.retry_after_seconds == kept


@pytest.mark.parametrize("asked_seconds", [None, 0.3, 1.0, 30.0])
def test_zoho_is_asked_less_than_five_times_in_any_ten_minutes_of_clear_failures(asked_seconds: float | None) -> None:
    """They are not counted in the budget, whatever pause Zoho asks for; with five that are, it makes less than ten."""
    error = ZohoThrottled("slow", reason="zoho_token_throttled", retry_after_seconds=asked_seconds)
    times, record = asks_of_a_while(lambda record, now: record.failed(error, now=now), seconds=7200)
    assert record.asks == ()
    assert 0 < max(sum(start <= at < start + 600 for at in times) for start in times) < 5


def asks_of_a_while(
    answer: Callable[[TokenRecord, int], TokenRecord], *, seconds: int
) -> tuple[list[int], TokenRecord]:
    """Let a request come each second, and Zoho answer so; return when it was asked, and the record at the end."""
    record, times, now = TokenRecord("d"), [], NOW
    while now < NOW + seconds:
        found = plan(record, request(), now=now)
        if isinstance(found, AskZoho):
            times.append(now)
            record = answer(found.record, now)
        wait = (
            found.error.retry_after_seconds if isinstance(found, NotNow) and isinstance(found.error, Retryable) else 1
        )
        now += max(1, int(wait or 1))
    return times, record


def test_a_day_of_lost_answers_stays_within_every_budget() -> None:
    """Each may have held a token: five in ten minutes, ten an hour, sixty a day, and the tries spread by themselves."""
    times, _ = asks_of_a_while(lambda record, now: record.failed(UNCLEAR, now=now), seconds=24 * 3600)
    for seconds, limit in ((600, 5), (3600, 10), (86400, 60)):
        assert max(sum(at <= other < at + seconds for other in times) for at in times) <= limit
    assert max(later - sooner for sooner, later in itertools.pairwise(times[:30])) <= 1000


@pytest.mark.parametrize("hours", [3, 16, 23])
@pytest.mark.parametrize("dies", [False, True])
def test_a_token_endpoint_that_hung_for_hours_gives_a_token_within_one(hours: int, dies: bool) -> None:  # noqa: FBT001
    """Each ask may have given out a token and counts, that of a refresher that died too; half of the day is left for clear answers."""

    def hang(record: TokenRecord, now: int) -> TokenRecord:
        return record if dies else record.failed(UNCLEAR, now=now)

    times, record = asks_of_a_while(hang, seconds=hours * 3600)
    assert times
    objection = record.objection(now=NOW + hours * 3600)
    wait = objection.retry_after_seconds if isinstance(objection, Retryable) else 0
    assert (wait or 0) <= 3600


def test_of_two_refusals_or_blockings_in_a_row_the_second_one_is_believed() -> None:
    """One answer may be a slip: it is a failure like any other, and what comes between begins anew for blockings."""
    record = TokenRecord("d")
    for error, expected in (
        (BLOCKED, ZohoUnavailable),
        (BLOCKED, ZohoBlocked),
        (UNAVAILABLE, ZohoUnavailable),
        (BLOCKED, ZohoUnavailable),
        (REFUSED, ZohoUnavailable),
        (UNAVAILABLE, ZohoUnavailable),
        (REFUSED, ZohoRefused),
    ):
        judged = asked(record).judged(error)
        assert (type(judged), judged.reason) == (expected, error.reason)
        assert str(error) in str(judged)
        record = asked(record).failed(error, now=NOW)


def test_each_revocation_has_a_name_of_its_own() -> None:
    """Until the refusal is written down it is the same one; after a token it is another."""
    first = asked().failed(REFUSED, now=NOW)
    assert asked(first).first_refusal == first.first_refusal
    cured = asked(asked(first).failed(REFUSED, now=NOW + 60)).succeeded(stored="v2", ends_at=NOW + 3540)
    again = asked(cured, at=NOW + 7200).failed(REFUSED, now=NOW + 7200)
    assert asked(again).first_refusal != first.first_refusal


@pytest.mark.parametrize(
    ("ago", "wait"),
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
def test_the_budgets_of_ten_minutes_an_hour_and_a_day(ago: tuple[int, ...], wait: int) -> None:
    """Five, ten and sixty (`ago` is in seconds); the wait lasts until the slot is free, whoever's clock wrote it."""
    assert seconds_until_free(asks_at(*(NOW - seconds for seconds in ago)), now=NOW) == wait


@pytest.mark.parametrize("budgets", [TOKEN_BUDGETS, TOKEN_REFUSED_BUDGETS])
def test_after_the_wait_there_is_room(budgets: tuple[tuple[int, int], ...]) -> None:
    """The wait is exact for a full budget of each kind, and one second less is too short."""
    for seconds, limit in budgets:
        asks = asks_at(*(NOW - seconds // 2 - n for n in range(limit)))
        wait = seconds_until_free(asks, now=NOW, budgets=budgets)
        assert seconds_until_free(asks, now=NOW + wait - 1, budgets=budgets) == 1
        assert seconds_until_free(asks, now=NOW + wait, budgets=budgets) == 0


def test_what_no_budget_counts_is_forgotten() -> None:
    """At most sixty asks are kept, those of the last day."""
    old = TokenRecord("d", asks=asks_at(*range(NOW - 100_000, NOW - 99_900)))
    assert len(asked(old).asks) == 1
    full = TokenRecord("d", asks=asks_at(*range(NOW - 70, NOW)))
    assert asked(full).asks == (*full.asks[-59:], Ask(NOW, "v1"))
