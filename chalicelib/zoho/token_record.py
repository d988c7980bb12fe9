"""What is known of Zoho's token endpoint: when it was asked, what it answered, and whether it may be asked now. Pure.

`refresh` alone writes this record; check reads it to know when a token can be there. It is about one pair of credentials:
with others Zoho is asked at once. Times are whole epoch seconds by the clock of whoever wrote them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from chalicelib.errors import (
    LeadmatchError,
    Retryable,
    TokenUnclear,
    Unreadable,
    ZohoBlocked,
    ZohoRefused,
    ZohoThrottled,
    ZohoTokensRejected,
    ZohoUnavailable,
)
from chalicelib.events import TokenRequest
from chalicelib.timing import (
    CLOCKS_DIFFER,
    LONGEST_ASKED_SECONDS,
    TOKEN_BACKOFF,
    TOKEN_BUDGETS,
    TOKEN_DOUBTED_SECONDS,
    TOKEN_GOOD_SECONDS,
    TOKEN_LIFETIME_SECONDS,
    TOKEN_REFUSED_BUDGETS,
    TOKEN_REFUSED_LONGEST_SECONDS,
    TOKEN_REFUSED_SECONDS,
    TOKEN_REPLACED_SECONDS,
    TOKEN_UNCLEAR_BUDGET,
    TOKEN_UNCLEAR_PROBE_SECONDS,
    honoured_seconds,
)
from chalicelib.wire import from_fields, to_fields

DIGEST_SHOWN = 12
Budgets = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """Zoho was asked to replace a version of the secret; it counts for the budgets.

    `after_refusal`: a token that should still have lived was refused. `unclear`: no answer is known, since it was lost or the
    refresher died. `stored`: the version that took its place, empty when none did, whose token lives until `ends_at`.
    """

    at: int
    version: str
    after_refusal: bool = False
    unclear: bool = True
    stored: str = ""
    ends_at: int = 0


@dataclass(frozen=True, slots=True)
class Pause:
    """Until when nobody asks Zoho, after so many failures in a row, and what Zoho's last answer came to.

    `refused`: one of them was a refusal of the credentials. `blocked`: the last one was an answer that lets nobody in.
    """

    until: int
    reason: str
    message: str
    failures: int
    refused: bool = False
    blocked: bool = False

    def holds(self, now: int) -> bool:
        """Return whether it lasts; one that would last longer than any does was written by a clock that is ahead."""
        return now < self.until <= now + LONGEST_ASKED_SECONDS + CLOCKS_DIFFER.total_seconds()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Zoho does not take the credentials: our sentence about it, and when it said so."""

    message: str
    at: int


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """The record of the credentials with this digest, which gives nothing of them away."""

    digest: str = ""
    asks: tuple[Ask, ...] = ()
    pause: Pause | None = None
    refusal: Refusal | None = None

    def of(self, digest: str) -> TokenRecord:
        """Return the record of these credentials: a new one when the last asks were made with others."""
        return self if digest == self.digest else TokenRecord(digest)

    def needs_none(self, request: TokenRequest, *, now: int) -> bool:
        """Return whether the request is out of date, or comes from a clock that is ahead.

        A new token took the place of the version, which is known for as long as the queue keeps requests; or the version's own token
        is good, and nobody says that Zoho refuses it.
        """
        stored = [ask for ask in self.asks if ask.stored]
        is_replaced = any(
            ask.version == request.version and abs(now - ask.at) < TOKEN_REPLACED_SECONDS for ask in stored
        )
        is_good = any(
            ask.stored == request.version and TOKEN_GOOD_SECONDS < ask.ends_at - now <= TOKEN_LIFETIME_SECONDS
            for ask in stored
        )
        return is_replaced or (is_good and not request.follows_a_refusal)

    def objection(self, *, now: int, after_refusal: bool = False) -> LeadmatchError | None:
        """Return what speaks against asking Zoho now; None when nothing does."""
        if self.refusal and abs(now - self.refusal.at) < TOKEN_REFUSED_SECONDS:
            return ZohoRefused(self.refusal.message, reason="zoho_not_connected")
        if self.pause and self.pause.holds(now):
            return ZohoUnavailable(
                f"{self.pause.message} leadmatch asks Zoho again after a pause.",
                reason=self.pause.reason,
                retry_after_seconds=self.pause.until - now,
            )
        return self._spent(now) or (self._refused_too_often(now) if after_refusal else None)

    def asked(self, request: TokenRequest, *, now: int) -> TokenRecord:
        """Return the record of a refresher that is about to ask, which counts from now on."""
        window, limit = TOKEN_BUDGETS[-1]
        of_the_day = tuple(ask for ask in self.asks if abs(now - ask.at) < window)[1 - limit :]
        ask = Ask(now, request.version, after_refusal=request.follows_a_refusal)
        return replace(self, asks=(*of_the_day, ask))

    def succeeded(self, *, stored: str, ends_at: int) -> TokenRecord:
        """Return the record after Zoho gave a token; `stored` is its version in the secret, empty when it is not there."""
        ask = replace(self.asks[-1], unclear=False, stored=stored, ends_at=ends_at)
        return TokenRecord(self.digest, (*self.asks[:-1], ask))

    def failed(self, error: LeadmatchError, *, now: int) -> TokenRecord:
        """Return the record after Zoho gave no token; only a lost answer counts, since it may have held one.

        The first refusal of credentials is a pause, the second one in a row is believed.
        """
        asks = self.asks if isinstance(error, TokenUnclear) else self.asks[:-1]
        is_refusal = isinstance(error, ZohoRefused)
        if is_refusal and self.was_refused:
            return replace(self.refusing(str(error), now=now), asks=asks)
        failures = self.pause.failures if self.pause else 0
        pause = Pause(
            now + _pause_seconds(error, failures),
            error.reason,
            str(error),
            failures + 1,
            refused=is_refusal or self.was_refused,
            blocked=isinstance(error, ZohoBlocked),
        )
        return replace(self, asks=asks, pause=pause)

    def refusing(self, message: str, *, now: int) -> TokenRecord:
        """Return the record of credentials that are of no use: Zoho takes them no more, or they are not whole."""
        return replace(self, pause=None, refusal=Refusal(message, now))

    @property
    def was_refused(self) -> bool:
        """Whether Zoho refused the credentials the last time that it said anything clear about them."""
        return self.refusal is not None or (self.pause is not None and self.pause.refused)

    @property
    def was_blocked(self) -> bool:
        """Whether Zoho let nobody in the last time."""
        return self.pause is not None and self.pause.blocked

    @property
    def known_by(self) -> str:
        """The beginning of the digest, for logs and for what tells incidents apart."""
        return self.digest[:DIGEST_SHOWN]

    @property
    def first_refusal(self) -> int:
        """What tells one revocation of the credentials from the next: when the pause after its first refusal ends."""
        return self.pause.until if self.pause else 0

    def judged(self, error: LeadmatchError) -> LeadmatchError:
        """Return what an answer without a token means: the first refusal or blocking may be a slip, and is tried again."""
        if isinstance(error, ZohoBlocked) and not self.was_blocked:
            return ZohoUnavailable(str(error), reason=error.reason)
        if isinstance(error, ZohoRefused) and not self.was_refused:
            again = f"{error} leadmatch asks Zoho once more in a minute."
            return ZohoUnavailable(again, reason=error.reason, retry_after_seconds=TOKEN_DOUBTED_SECONDS)
        return error

    def fields(self) -> dict[str, Any]:
        """Return DynamoDB's form."""
        return to_fields(self)

    def _spent(self, now: int) -> ZohoThrottled | None:
        if seconds := seconds_until_free(self.asks, now=now):
            message = "leadmatch has fetched as many access tokens as it may for now."
        elif seconds := _seconds_until_unclear_may_be_tried(self.asks, now=now):
            message = "Zoho's answers with access tokens were lost too often; leadmatch asks once an hour."
        else:
            return None
        return ZohoThrottled(message, reason="token_budget", retry_after_seconds=seconds)

    def _refused_too_often(self, now: int) -> ZohoTokensRejected | None:
        asks = tuple(ask for ask in self.asks if ask.after_refusal)
        seconds = seconds_until_free(asks, now=now, budgets=TOKEN_REFUSED_BUDGETS)
        if not seconds:
            return None
        return ZohoTokensRejected(
            "Zoho refuses new access tokens as it did the old ones; leadmatch fetches no other for now.",
            reason="zoho_token_refused",
            retry_after_seconds=min(seconds, TOKEN_REFUSED_LONGEST_SECONDS),
        )


@dataclass(frozen=True, slots=True)
class NotNeeded:
    """The version that the request names was replaced, or its token is good: whoever asked finds one in the secret."""


@dataclass(frozen=True, slots=True)
class NotNow:
    """Zoho is not to be asked, for this reason."""

    error: LeadmatchError
    record: TokenRecord


@dataclass(frozen=True, slots=True)
class AskZoho:
    """Zoho is to be asked, once the record says so."""

    record: TokenRecord


def plan(record: TokenRecord, request: TokenRequest, *, now: int) -> NotNeeded | NotNow | AskZoho:
    """Return what a request for a token leads to, by the record of the credentials that there are."""
    if record.needs_none(request, now=now):
        return NotNeeded()
    error = record.objection(now=now, after_refusal=request.follows_a_refusal)
    return NotNow(error, record) if error else AskZoho(record.asked(request, now=now))


def seconds_until_free(asks: tuple[Ask, ...], *, now: int, budgets: Budgets = TOKEN_BUDGETS) -> int:
    """Return how long to wait until every budget has room again; 0 when they have.

    Times that seem to lie ahead were written by a faster clock and count as well.
    """
    waits = [0]
    for seconds, limit in budgets:
        counted = sorted(ask.at for ask in asks if abs(now - ask.at) < seconds)
        if len(counted) >= limit:
            waits.append(min(counted[-limit] + seconds - now, seconds))
    return max(waits)


def read_record(fields: Mapping[str, Any]) -> TokenRecord:
    """Read DynamoDB's form; without fields nothing was written yet.

    What cannot be read, as another version of leadmatch may have written it, counts as nothing: it would keep every lead from a
    token for as long as it is kept, and the next write replaces it.
    """
    try:
        return from_fields(TokenRecord, fields)
    except Unreadable:
        return TokenRecord()


def _seconds_until_unclear_may_be_tried(asks: tuple[Ask, ...], *, now: int) -> int:
    """Return how long to wait because too many asks had no clear answer; 0 while few had, or an hour after the last one."""
    unclear = tuple(ask for ask in asks if ask.unclear)
    if not seconds_until_free(unclear, now=now, budgets=(TOKEN_UNCLEAR_BUDGET,)):
        return 0
    return seconds_until_free(unclear, now=now, budgets=((TOKEN_UNCLEAR_PROBE_SECONDS, 1),))


def _pause_seconds(error: LeadmatchError, failures: int) -> int:
    """Return for how many seconds nobody asks Zoho: what it wants, but never less than our own pause, which grows."""
    own = int(TOKEN_BACKOFF.whole_seconds(failures))
    if isinstance(error, ZohoRefused):
        return max(own, TOKEN_DOUBTED_SECONDS)
    asked = error.retry_after_seconds if isinstance(error, Retryable) else None
    return max(own, ceil(honoured_seconds(asked)))
