"""What the workers know together about the access token: who fetches the next one, when Zoho was asked, what it refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from math import ceil
from typing import Any

from chalicelib.errors import LeadmatchError, Retryable, TokenUnclear, ZohoRefused, ZohoThrottled, ZohoUnavailable

BUDGETS = ((600, 5), (3600, 10), (24 * 3600, 60))
"""How many seconds, and how often Zoho may be asked in them by all workers together: half of what Zoho allows."""
FIRST_PAUSE_SECONDS = 10
PAUSE_GROWTH = 4
"""Answers without a token are not counted in the budgets, so the pauses alone keep them under five in ten minutes."""
MOST_GROWTHS = 4
LONGEST_PAUSE_SECONDS = 900
LONGEST_ASKED_SECONDS = 3600
REFUSED_SECONDS = 3600
STALE_SECONDS = 300
"""How long after a refresh somebody may still read the version that it replaced: far longer than AWS takes to tell
everybody, and longer than clocks differ."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Credentials that Zoho does not take, by their digest, and our sentence about it."""

    digest: str
    message: str
    at: int


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """The shared record; times are whole epoch seconds by the clock of whoever wrote them.

    `owner` fetches the next token until `lease_until`; `replaces` is the version of the secret that the last one to
    claim the lease had read, and `stored_at` when a new token took that version's place (0: it did not).
    """

    owner: str = ""
    lease_until: int = 0
    replaces: str = ""
    stored_at: int = 0
    asked_at: tuple[int, ...] = ()
    failures: int = 0
    paused_until: int = 0
    pause_reason: str = ""
    refusal: Refusal | None = None

    def fields(self) -> dict[str, Any]:
        """Give DynamoDB's form."""
        return asdict(self) | {"asked_at": list(self.asked_at)}

    def has_replaced(self, version: str, *, now: int) -> bool:
        """Tell whether a new token took the place of this version of the secret a short time ago."""
        return bool(self.stored_at) and self.replaces == version and abs(now - self.stored_at) < STALE_SECONDS

    def objection(self, digest: str, *, now: int) -> LeadmatchError | None:
        """Give what speaks against asking Zoho now, with the credentials of this digest; None when nothing does."""
        refusal = self.refusal
        if refusal and refusal.digest == digest and abs(now - refusal.at) < REFUSED_SECONDS:
            return ZohoRefused(refusal.message, reason="zoho_not_connected")
        if self.paused_until > now:
            return ZohoUnavailable(
                "Zoho gave no access token lately; it is asked again after a pause.",
                reason=self.pause_reason,
                retry_after_seconds=self.paused_until - now,
            )
        if seconds := seconds_until_free(self.asked_at, now=now):
            return ZohoThrottled(
                "Enough access tokens were fetched for now.", reason="token_budget", retry_after_seconds=seconds
            )
        return None

    def claimed(self, *, owner: str, version: str, now: int, lease_seconds: int) -> TokenRecord:
        """Give the record of a worker who is about to ask Zoho, which counts from now on."""
        return replace(
            self,
            owner=owner,
            lease_until=now + lease_seconds,
            replaces=version,
            stored_at=0,
            asked_at=(*_of_the_day(self.asked_at, now), now),
        )

    def succeeded(self, *, stored: bool, now: int) -> TokenRecord:
        """Give the record after Zoho gave a token; `stored` says whether the others find it in the secret."""
        return TokenRecord(replaces=self.replaces, stored_at=now if stored else 0, asked_at=self.asked_at)

    def failed(self, error: LeadmatchError, *, digest: str, now: int) -> TokenRecord:
        """Give the record after Zoho gave no token; only a lost answer counts, since it may have held one."""
        counts = isinstance(error, TokenUnclear)
        free = replace(self if counts else self.taken_back(), owner="", lease_until=0)
        if isinstance(error, ZohoRefused):
            return replace(free, refusal=Refusal(digest, str(error), now))
        until = now + self._pause_seconds(error)
        return replace(free, failures=self.failures + 1, paused_until=until, pause_reason=error.reason)

    def _pause_seconds(self, error: LeadmatchError) -> int:
        """Give how long nobody asks Zoho: what it wants, but never less than our own pause, which grows."""
        own: int = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * PAUSE_GROWTH ** min(self.failures, MOST_GROWTHS))
        asked = error.retry_after_seconds if isinstance(error, Retryable) else None
        return max(own, min(LONGEST_ASKED_SECONDS, ceil(asked or 0)))

    def taken_back(self) -> TokenRecord:
        """Give the record without its last claim, which asked Zoho for nothing."""
        return replace(self, owner="", lease_until=0, asked_at=self.asked_at[:-1])


def seconds_until_free(asked_at: tuple[int, ...], *, now: int) -> int:
    """Give how long to wait until every budget has room again; 0 when they have.

    Times that seem to lie ahead were written by a faster clock and count as well.
    """
    waits = [0]
    for seconds, limit in BUDGETS:
        counted = sorted(at for at in asked_at if abs(now - at) < seconds)
        if len(counted) >= limit:
            waits.append(min(counted[-limit] + seconds - now, seconds))
    return max(waits)


def _of_the_day(asked_at: tuple[int, ...], now: int) -> tuple[int, ...]:
    seconds, limit = BUDGETS[-1]
    return tuple(at for at in asked_at if abs(now - at) < seconds)[1 - limit :]


def read_record(fields: Mapping[str, Any]) -> TokenRecord:
    """Read DynamoDB's form, in which numbers are Decimals; what is absent has not happened."""
    refusal = fields.get("refusal")
    return TokenRecord(
        owner=fields.get("owner", ""),
        lease_until=int(fields.get("lease_until", 0)),
        replaces=fields.get("replaces", ""),
        stored_at=int(fields.get("stored_at", 0)),
        asked_at=tuple(int(at) for at in fields.get("asked_at", ())),
        failures=int(fields.get("failures", 0)),
        paused_until=int(fields.get("paused_until", 0)),
        pause_reason=fields.get("pause_reason", ""),
        refusal=Refusal(refusal["digest"], refusal["message"], int(refusal["at"])) if refusal else None,
    )
